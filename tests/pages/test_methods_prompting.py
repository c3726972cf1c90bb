"""The lines of Python under each view of the prompts page give what the page has drawn, for inputs of one's own.

Each model is Pocket: at temperature 0, or with a seed, it gives the same text to the app and to the lines.
"""

from __future__ import annotations

import html
import json
import re

import pytest

from core.prompting.history import records
from tests.support.methods import lines_of, result_of
from tests.support.prompting_pages import opened
from tests.support.screen import html_of, words_of

pytestmark = [pytest.mark.usefixtures("home"), pytest.mark.timeout(240)]


def result(app):
    """What the lines under the open view give."""
    assert not app.exception, app.exception[0].message
    lines = lines_of(app)
    assert len(lines.splitlines()) <= 14, lines
    return result_of(lines)


def figure(app, number=0):
    """A figure as the browser gets it."""
    return json.loads(app.get("plotly_chart")[number].proto.spec)


def component(app, name):
    """The data that a component of ours is given."""
    (found,) = [part.proto for part in app.get("bidi_component") if part.proto.component_name == name]
    return json.loads(found.json or found.mixed.json)


def greedy(app, max_tokens=48):
    """Settings in the sidebar that are not the ones it opens with."""
    app.slider(key="prompting_temperature").set_value(0.0)
    app.slider(key="prompting_max_tokens").set_value(max_tokens)
    app.slider(key="prompting_repeat").set_value(1.25).run()


def paragraph(text):
    """How an answer ends on the page."""
    return f"{html.escape(text)}</p>"


def test_chat(open_page):
    app = opened(open_page, "chat")
    app.slider(key="prompting_temperature").set_value(1.1)
    app.checkbox(key="prompting_fixed").check().run()
    app.number_input(key="prompting_seed").set_value(11).run()
    app.text_area(key="prompting_system").set_value('You are a pirate\'s "parrot".').run()
    app.chat_input[0].set_value("What is <b>SQL</b> in 'one' word?").run()
    text = result(app)
    assert text and f">{paragraph(text)}" in html_of(app) and "seed=11" in lines_of(app)


def test_completion(open_page):
    app = opened(open_page, "complete")
    greedy(app)
    app.text_area(key="prompting_text").set_value("The dog's name\nis <i>").run()
    next(button for button in app.button if button.key == "prompting_continue").click().run()
    text = result(app)
    assert text and f"is &lt;i&gt;</span>{paragraph(text)}" in html_of(app)


@pytest.mark.parametrize("branch", [False, True], ids=["the model's own", "a token taken by hand"])
def test_probabilities(open_page, branch):
    app = opened(open_page, "heatmap")
    greedy(app, 24)
    app.text_input(key="prompting_heat_text").set_value("What is the capital of <Spain>?").run()
    if branch:
        from core.runtime import server_state
        from pages.prompting.probabilities.heat import take
        from pages.prompting.sidebar import PageSettings

        heat = server_state.prompting_windows[app.session_state["prompting_kept_key"]]["heat"]
        run = heat.tree.branches[0].run
        take(PageSettings(run.question.model, "Pocket Chat", run.settings), heat, 1, 3)
        app.run()
    tokens, others = result(app)
    drawn = component(app, "textlab_heat")["tokens"]
    assert [token["text"] for token in drawn] == [text for text, *_ in tokens]
    assert [token["tip"].partition(" bits")[0].rpartition(",")[0] for token in drawn] == [
        f"{share:.1%}, rank {rank or 1}" for _, share, rank, _ in tokens
    ]
    rows = component(app, "textlab_alternatives")["rows"]
    named = [(row["token"], round(row["own"], 4)) for row in rows if row["rank"] in map(str, range(1, 11))]
    assert named == [(text.replace(" ", "␣").replace("\n", "↵") or "⏹", round(share, 4)) for text, share, _ in others]


def test_prompt_cache(open_page):
    app = opened(open_page, "warm")
    app.text_area(key="prompting_warm_text").set_value('Tom\'s "cat" is <grey>. ' * 9)
    app.text_input(key="prompting_warm_question").set_value("What is Tom's cat?").run()
    found = {name: rest for name, *rest in result(app)}
    assert len(found) == 2
    for trace in figure(app)["data"]:
        text, evaluated, cached = found[trace["y"][0]]
        assert f"{evaluated:,} tokens computed, {cached:,} cached" in trace["text"][0]
        assert f">{text}<" in re.sub(r"</?u[^>]*>", "", html.unescape(html_of(app)))


@pytest.mark.parametrize("times", [1, 3])
def test_compare(open_page, times):
    app = opened(open_page, "compare")
    app.text_input(key="prompting_compare_text").set_value('Who is "Anna"\'s <b>cat</b>?').run()
    app.pills(key="prompting_compare_preset").set_value("Three temperatures").run()
    app.text_area(key="prompting_system").set_value("You are a pirate.").run()
    app.selectbox(key="prompting_compare_times").set_value(times).run()
    app.button(key="prompting_compare_ask").click().run()
    found, page = result(app), html.unescape(re.sub(r"</?u[^>]*>", "", html_of(app)))
    assert [name for name, _ in found] == [name[3:] for name in figure(app)["data"][0]["y"]]
    for name, texts in found:
        assert len(texts) == times and name in page
        for text in texts:
            if times == 1:
                assert f">{text.strip()}" in page
            else:
                assert f"{texts.count(text)} ×" in page and f">{text.strip()}</div>" in page


def test_structured_output(open_page):
    app = opened(open_page, "constrain")
    greedy(app)
    schema = '{"type": "object", "properties": {"pet\'s": {"enum": ["cat", "dog"]}}, "required": ["pet\'s"]}'
    app.text_area(key="prompting_constrain_text").set_value(schema)
    app.text_input(key="prompting_constrain_prompt").set_value('Which <pet> has "Anna"?')
    app.toggle(key="prompting_constrain_shown").set_value(True).run()
    (free, said_free), (bound, said_bound) = result(app)
    drawn = [words_of(part.proto.body) for part in app.get("html")]
    assert any(free in text and said_free in text and text.startswith("Unconstrained") for text in drawn)
    assert any(bound in text and said_bound in text and text.startswith("Constrained") for text in drawn)
    assert json.loads(bound)["pet's"] in ("cat", "dog")


def test_structured_output_with_a_grammar_and_with_one_that_cannot_be_read(open_page):
    app = opened(open_page, "constrain")
    app.segmented_control(key="prompting_constrain_kind").set_value("grammar")
    app.text_area(key="prompting_constrain_text").set_value('root ::= "red" | "blue"').run()
    (free, said_free), (bound, said_bound) = result(app)
    assert (
        bound in ("red", "blue")
        and not said_free
        and said_bound in words_of(html_of(app))
        and free in words_of(html_of(app))
    )
    app.text_area(key="prompting_constrain_text").set_value('root ::= "<b>" | nothing').run()
    (problem,) = result(app)
    assert problem in words_of(html_of(app))


OWN = """name: Pets
variables: [{animal: cat}, {animal: "dog's"}]
prompts:
  - text: What does a {animal} like?
    truth: food
    checks: [{lacks: "bread"}]
seeds: [3, 4]
settings: {temperature: 0.9, max_tokens: 20}
"""


def test_evals(open_page):
    app = opened(open_page, "sets")
    app.multiselect(key="prompting_set_models").set_value(["pocket-chat", "pocket-base"]).run()
    app.pills(key="prompting_set").set_value("your own").run()
    app.text_area(key="prompting_set_text").set_value(OWN).run()
    app.button(key="prompting_set_start").click().run()
    shares, answers = result(app)
    assert len(answers) == 8
    drawn = [(trace["y"], trace["x"]) for trace in figure(app)["data"]]
    for number, (title, passed, count, low, high) in enumerate(shares):
        assert drawn[2 * number] == ([title] * 2, pytest.approx([100 * low, 100 * high]))
        assert drawn[2 * number + 1] == ([title], pytest.approx([100 * passed / count]))
    for _, _, answer in answers:
        assert f">{'</span> '}{html.escape(answer.strip())}" in html_of(app) or html.escape(answer.strip()) in html_of(
            app
        )


def test_evals_of_a_shipped_set(open_page):
    app = opened(open_page, "sets")
    app.multiselect(key="prompting_set_models").set_value(["pocket-base"]).run()
    app.pills(key="prompting_set").set_value("A sentient cheesecake").run()
    if [button for button in app.button if button.key == "prompting_set_start"]:
        app.button(key="prompting_set_start").click().run()
    _, answers = result(app)
    assert answers and all(html.escape(answer.strip()[:600]) in html_of(app) for _, _, answer in answers)


def lesson(open_page, key, *typed, press=()):
    """A lesson with inputs of one's own: (kind of widget, key, value) each."""
    app = opened(open_page, "lessons")
    greedy(app)
    app.pills(key="prompting_lesson").set_value(key).run()
    for kind, name, value in typed:
        getattr(app, kind)(key=name).set_value(value).run()
    return app, result(app), words_of(html_of(app))


def bars(app, number):
    trace = figure(app, number)["data"][0]
    return [(name.strip(), count) for name, count in zip(trace["y"], trace["x"], strict=True)]


def test_lesson_injection(open_page):
    _, (said, sentence), page = lesson(open_page, "injection")
    assert len(said) == 3 and sentence in page and all(answer in page for answer in said)


def test_lesson_hallucination(open_page):
    app, (found, sentence), page = lesson(
        open_page,
        "hallucination",
        ("text_input", "prompting_lesson_unknown", 'Who is "Zork"?'),
        ("text_input", "prompting_lesson_known", "What's the capital of Italy?"),
    )
    assert sentence in page
    for number, rows in enumerate(found):
        assert [count for _, count in bars(app, number)] == [count for _, count in rows]
        for (name, _), (text, _) in zip(bars(app, number), rows, strict=True):
            assert " ".join(text.split()).startswith(name.removesuffix("…").strip()[:30])


def test_lesson_bias(open_page):
    app, rows, _ = lesson(open_page, "bias", ("segmented_control", "prompting_lesson_pair", "woman or man"))
    drawn = figure(app)["data"][1]
    assert drawn["customdata"] == [word for word, _, _ in rows]
    assert numbers(drawn["x"]) == pytest.approx([women for _, women, _ in rows])
    assert numbers(drawn["y"]) == pytest.approx([share for _, _, share in rows], abs=0.01)


def numbers(values):
    """An array of a figure, which plotly packs as bytes."""
    import base64

    import numpy as np

    return np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"]).tolist() if "bdata" in values else values


def test_lesson_relation(open_page):
    _, (texts, following, near), page = lesson(
        open_page, "relation", ("pills", "prompting_lesson_relation", "cat : kitten = dog : ?")
    )
    assert all(text in page for text in texts) and "Word vectors: kitten − cat + dog" in page
    for text, share in following:
        assert f"{text.strip() or '␣'} {share:.0%}" in page
    for word, score in near:
        assert f"{word} {score:.3f}" in page


def test_lesson_summary(open_page):
    _, (said, sentence), page = lesson(
        open_page, "summarise", ("text_area", "prompting_lesson_text", 'Tom\'s "dog" ran.\nThe <dog> was happy.')
    )
    assert sentence in page and all(answer in page for answer in said)


def test_lesson_long_text(open_page):
    _, (said, sentence), page = lesson(
        open_page,
        "long",
        (
            "text_area",
            "prompting_lesson_long",
            "Tom has a dog. The dog is big. " * 6 + 'It\'s "red". Then it ran home.',
        ),
    )
    assert len(said) > 0 and sentence in page and all(answer in page for answer in said)


def test_lesson_persona(open_page):
    _, (said, sentence), page = lesson(
        open_page, "persona", ("text_input", "prompting_lesson_persona", 'What\'s "a" <table>?')
    )
    assert len(said) == 3 and sentence in page and all(answer in page for answer in said)


def test_lesson_context(open_page):
    _, (said, sentence), page = lesson(
        open_page,
        "context",
        ("pills", "prompting_lesson_session", "Which libraries and model providers offer LLMs?"),
    )
    assert sentence in page and said[0] in page and said[-1] in page


def test_lesson_sentiment(open_page):
    app, rows, page = lesson(open_page, "sentiment")
    table = next(
        part.proto.body for part in app.get("html") if "<table" in part.proto.body and "Expected" in part.proto.body
    )
    drawn = [[words_of(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)] for row in table.split("<tr>")[2:]]
    expected = [
        [sentence, label, *(f"{'✓' if said == label else '✗'} {said}" for said in three)]
        for sentence, label, *three in rows
    ]
    assert drawn == expected and len(drawn) == 20


def test_lesson_documents(open_page):
    app = opened(open_page, "lessons")
    app.session_state["prompting_passages"] = [
        {"id": "7", "title": "T", "text": 'Tom\'s <b>cat</b> likes "fish".'},
        {"id": "8", "title": "U", "text": "word " * 900},
    ]
    app.session_state["prompting_question"] = "Who likes 'fish'?"
    app.run()
    said, sentence = result(app)
    page = words_of(html_of(app))
    assert "With 1 of 2 passages" in page and sentence in page and all(answer in page for answer in said)


def test_history(open_page):
    app = opened(open_page, "chat")
    app.chat_input[0].set_value("Is \"50 %\" <b>of it</b> 'red'?").run()
    app.segmented_control(key="prompting_view").set_value("complete").run()
    app.segmented_control(key="prompting_view").set_value("records").run()
    app.pills(key="prompting_records_kind").set_value("chat").run()
    app.text_input(key="prompting_records_words").set_value('"50 %" <b>').run()
    rows, steps = result(app)
    assert sum(records.count().values()) == 3 and len(rows) == 1, "one of three"
    table = app.dataframe[0].value
    assert [tuple(row) for row in table[["When", "Model", "Prompt", "Answer"]].itertuples(index=False)] == [
        tuple(" ".join(part.split()) for part in row) for row in rows
    ]
    heat = next(part.proto.body for part in app.get("html") if "line-height:1.9" in part.proto.body)
    drawn = re.findall(
        r'<span title="([^;"]*)[^"]*" style="[^"]*border-radius:3px;padding[^"]*">(.*?)</span>', heat, re.S
    )
    assert [(html.unescape(text), tip) for tip, text in drawn] == [
        (text or "·", f"{share:.1%}") for text, share in steps
    ]
