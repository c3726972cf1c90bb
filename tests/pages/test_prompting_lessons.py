"""The lessons, from app.py, on the embedded model."""

import re

import pytest

from core.prompting.lessons import definitions, verdicts
from core.runtime import server_state
from tests.support.prompting_pages import opened
from tests.support.screen import html_of, words_of

pytestmark = pytest.mark.usefixtures("home")

SAYS = {
    "hallucination": r"different of 10|All ten answers are the same",  # computed: one of the wordings
    "bias": r"is likelier than “(she|he)” after (all )?\d+ ",
    "relation": r"The language model (has|does not give) ",
    "summarise": r"\d of 3 summaries (is|are) shorter",
    "long": r"All \d chunks were summarised",
    "persona": r"is also said without a role|the system prompt changed nothing",
    "context": r"The answers differ|Both answers are the same",
    "sentiment": r"\d+ of 20 right",
    "documents": r"With 3 of 3 passages[\s\S]*([Tt]he passages|from another passage)",
}


def test_it_opens_with_the_attack_and_its_control_tokens(open_page):
    server_state.lesson_runs.clear()
    app = opened(open_page, "lessons")
    page = html_of(app)
    assert "You are a pirate." in page
    series = list(server_state.lesson_runs.values())[-1]
    kept = [bool(definitions.KEEPS.search(run.text)) for run in series.runs]
    assert len(kept) == 3 and verdicts.injection(kept).text in words_of(page)
    assert page.count("border:2px solid #D55E00") == 4, "four control tokens came out of the user's text"
    assert any("What to watch" in part.value for part in app.markdown)


def test_each_lesson_is_one_press(open_page):
    app = opened(open_page, "lessons")
    for lesson, says in SAYS.items():
        app.pills(key="prompting_lesson").set_value(lesson).run()
        assert not app.exception, app.exception[0].message
        assert re.search(says, words_of(html_of(app))), lesson
        assert bool(app.get("plotly_chart")) == (lesson in ("bias", "hallucination"))


def test_passages_handed_over_are_answered_from_and_never_markup(open_page):
    app = opened(open_page, "lessons")
    app.session_state["prompting_passages"] = [
        {"id": "7", "title": "T", "text": "The <b>cat</b> likes fish."},
        {"id": "8", "title": "U", "text": "word " * 900},
    ]
    app.session_state["prompting_question"] = "Who likes fish?"
    app.run()
    assert not app.exception, app.exception[0].message
    page = html_of(app)
    assert app.text_input(key="prompting_lesson_question").value == "Who likes fish?"
    assert "With 1 of 2 passages" in page and "did not fit" in page
    assert "&lt;b&gt;cat" in page and "tokens of context in use" in page


def test_a_completion_model_has_lessons_too(open_page):
    app = opened(open_page, "lessons")
    app.selectbox(key="prompting_model").set_value("pocket-base").run()
    assert not app.exception, app.exception[0].message
    for lesson in set(SAYS) - {"bias"}:  # which asks it as it asks any other
        app.pills(key="prompting_lesson").set_value(lesson).run()
        assert not app.exception, (lesson, app.exception[0].message)


def test_a_server_has_lessons_too(open_page):
    from tests.support.openai_server import said, server, stream

    with server(lambda handler, body: stream(handler, said("From ", "afar <b>"))) as (url, _):
        app = opened(open_page, "lessons")
        app.selectbox(key="prompting_model").set_value("a server").run()
        app.text_input(key="prompting_server").set_value(url).run()
        for lesson in ("injection", *SAYS):
            app.pills(key="prompting_lesson").set_value(lesson).run()
            app.button(key=f"prompting_ask_{lesson}").click().run()
            assert not app.exception, (lesson, app.exception[0].message)
            page = html_of(app)
            if lesson == "bias":
                assert "This model gives no probabilities for these words." in page
            elif lesson == "hallucination":
                assert "All ten answers are the same" in words_of(page)
                assert all("From afar" in chart.proto.spec for chart in app.get("plotly_chart"))
            elif lesson == "sentiment":
                assert page.count('title="From afar &lt;b&gt;"') == 20 and "0 of 20 right" in page
            else:
                assert "From afar <b>" in words_of(page), lesson
