from core.prompting.conversation import SUMMARY, Tree, summary_request


def talk() -> Tree:
    return Tree.of(
        [("user", "Hi", ""), ("assistant", "Hello", "m"), ("user", "Well?", ""), ("assistant", "Well.", "m")]
    )


def words(tree: Tree) -> list[str]:
    return [turn.text for turn in tree.turns]


def test_an_edited_question_stands_beside_the_old_one_and_both_can_be_shown():
    tree = talk()
    changed = tree.change(tree.turns[2], "How so?")
    tree.add("assistant", "Thus.")
    assert words(tree) == ["Hi", "Hello", "How so?", "Thus."]
    old, new = tree.beside(changed)
    assert new is changed
    tree.go_to(old)
    assert words(tree) == ["Hi", "Hello", "Well?", "Well."], "what followed it is still there"
    tree.go_to(new)
    assert words(tree)[-1] == "Thus."


def test_another_answer_to_the_same_question():
    tree = talk()
    tree.go_before(tree.turns[3])
    again = tree.add("assistant", "Very well.")
    assert [turn.text for turn in tree.beside(again)] == ["Well.", "Very well."] and words(tree)[-1] == "Very well."


def test_what_is_removed_can_be_brought_back():
    tree = talk()
    other = tree.change(tree.turns[2], "How so?")
    tree.go_to(tree.beside(other)[0])
    tree.remove(tree.turns[2])
    assert words(tree) == ["Hi", "Hello", "How so?"], "the way beside it is shown"
    tree.restore()
    assert words(tree) == ["Hi", "Hello", "Well?", "Well."] and len(tree.all) == 5
    tree.remove(tree.turns[0])
    assert words(tree) == [] and tree.current is None
    tree.restore()
    assert len(words(tree)) == 4


def test_what_is_left_out_is_left_out_on_every_way_through_it():
    tree = talk()
    tree.leave_out(2, "They greeted.")
    assert tree.left_out == 2
    assert tree.messages() == [
        {"role": "system", "content": SUMMARY + "They greeted."},
        {"role": "user", "content": "Well?"},
        {"role": "assistant", "content": "Well."},
    ]
    assert tree.messages("Be short.")[0]["content"] == f"Be short.\n\n{SUMMARY}They greeted."
    tree.change(tree.turns[2], "How so?")
    assert [part["content"] for part in tree.messages()][1:] == ["How so?"]
    tree.change(tree.turns[0], "Good day")
    assert tree.left_out == 0 and tree.messages() == [{"role": "user", "content": "Good day"}]


def test_messages_for_a_try_and_empty_answers():
    tree = talk()
    tree.add("user", "Next?")
    tree.add("assistant", "")
    assert [part["content"] for part in tree.messages()] == ["Hi", "Hello", "Well?", "Well.", "Next?"]
    assert [part["content"] for part in tree.messages(skip=2)] == ["Well?", "Well.", "Next?"]
    assert Tree().messages("s") == [{"role": "system", "content": "s"}] and Tree().messages() == []


def test_a_summary_is_asked_for_with_what_came_before():
    (asked,) = summary_request(talk().turns[:2], "It was cold.")
    assert asked["role"] == "user" and asked["content"].endswith(
        "Earlier in this conversation: It was cold.\nQuestion: Hi\nAnswer: Hello"
    )
    assert talk().as_text().startswith("You: Hi\n\nModel: Hello")
