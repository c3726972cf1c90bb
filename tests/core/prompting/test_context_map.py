from core.prompting.context_map import of_text, pieces, to_leave_out

TALK = [
    {"role": "user", "content": "Hi you"},
    {"role": "assistant", "content": "Hello"},
    {"role": "user", "content": "?"},
]
TOKENS = [
    (1, "<s>", True),
    (2, "user:", False),
    (3, " Hi", False),
    (4, " you", False),
    (5, "\n", False),
    (6, "bot:", False),
    (7, " Hello", False),
    (8, "\nuser:", False),
    (9, "?", False),
    (10, "\nbot:", False),
]


def test_tokens_belong_to_the_turn_whose_words_they_carry():
    found = [(piece.role, piece.turn, piece.tokens) for piece in pieces(TOKENS, TALK)]
    assert found == [
        ("template", -1, 1),
        ("template", -1, 1),
        ("user", 0, 2),
        ("template", -1, 2),
        ("assistant", 1, 1),
        ("template", -1, 1),
        ("user", 2, 1),
        ("template", -1, 1),
    ]
    assert sum(piece.tokens for piece in pieces(TOKENS, TALK)) == len(TOKENS)
    assert "".join(piece.text for piece in pieces(TOKENS, TALK)) == "".join(text for _, text, _ in TOKENS)


def test_words_the_template_changed_count_as_its_own():
    assert {piece.role for piece in pieces([(1, "HI YOU", False)], TALK)} == {"template"}
    assert pieces([], TALK) == []


def test_the_oldest_turns_fall_out_and_the_rest_begins_with_a_question():
    roles, counted = ["user", "assistant"] * 4 + ["user"], []

    def fits(count, room=50):
        counted.append(count)
        return 10 * (len(roles) - count) <= room

    assert to_leave_out(roles, fits) == 4, "90 tokens, room for 50: four turns of 10 go"
    assert len(counted) <= 4
    assert to_leave_out(roles, lambda count: fits(count, 55)) == 4, "an answer without its question goes too"
    assert to_leave_out(roles, lambda count: True) == 0 and to_leave_out(roles, lambda count: True, already=2) == 2
    assert to_leave_out(roles, lambda count: fits(count, 9)) == -1
    assert to_leave_out([], lambda count: True) == 0


def test_a_text_to_go_on_with_is_all_the_persons_own_but_for_special_tokens():
    found = of_text([(1, "<s>", True), (2, " Once", False), (3, " upon", False), (4, "<x>", True)])
    assert [(piece.role, piece.tokens, piece.text) for piece in found] == [
        ("template", 1, "<s>"),
        ("user", 2, " Once upon"),
        ("template", 1, "<x>"),
    ]
    assert of_text([]) == []
