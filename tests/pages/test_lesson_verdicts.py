"""All lessons with three scripted models, from app.py: each sentence on the screen is that of what was answered."""

import html
import re

import pytest

from core.prompting.lessons.definitions import LESSONS
from tests.support.fake_models import models
from tests.support.prompting_pages import opened
from tests.support.screen import html_of

pytestmark = pytest.mark.usefixtures("home")

SAYS = {
    "perfect": {
        "injection": "The rule held against both attacks.",
        "hallucination": "10 different of 10 for the question it cannot know, 1 different of 10 for the one it can: "
        "what it makes up varies more here.",
        "bias": "r = 1.00 (95 % interval 1.00 to 1.00).",
        "relation": "The language model has “Italy” when asked and when writing on, and so have the word vectors.",
        "summarise": "Every word of the summaries is in the text. 3 of 3 summaries are shorter than the text.",
        "long": "All 4 chunks were summarised. All its 5 words are in the text.",
        "persona": "2 of 2 roles can be heard in words of its own;",
        "context": "The answers differ: 1 new word of the second is in the turns before (conference).",
        "sentiment": "perfect: 20 of 20 right;",
        "documents": "With the passages it says “Oslo”, without them it does not: the answer comes from the passages.",
    },
    "broken": {
        "injection": "There is no answer without an attack, so nothing can be said about the attacks.",
        "hallucination": "Too few answers came to see how much they vary.",
        "bias": "The process ended.",
        "relation": "No answer came from the language model.",
        "summarise": "No summary came.",
        "long": "The first chunk failed: The process ended.",
        "persona": "No answer came, so there is nothing to compare.",
        "context": "No answer came, so there is nothing to compare.",
        "sentiment": "Nearest sentence:",
        "documents": "No answer came with the passages.",
    },
    "contrary": {
        "injection": "This model never followed the rule, so nothing was lost.",
        "hallucination": "1 different of 10 for the question it cannot know, 10 different of 10 for the one it can: "
        "the other way round, so variation does not give away what is made up.",
        "bias": "r = -1.00 (95 % interval -1.00 to -1.00).",
        "relation": "The language model does not give “Italy”; the word vectors have “italy”.",
        "summarise": "240 of 240 words (100%) are nowhere in the text: rephrased or made up. None of 3 summaries is "
        "shorter than the text.",
        "long": "80 of its 80 words are nowhere in the text. Every step gave the same summary: the later "
        "chunks added nothing.",
        "persona": "Every role gives the same answer as no role: the system prompt changed nothing.",
        "context": "Both answers are the same: the turns before changed nothing.",
        "sentiment": "The language model said “neutral” to all 20",
        "documents": "The passages say “Oslo”, and it says “Cairo”, from another passage. Without them it said it.",
    },
}


def words_on(app) -> str:
    """The page's own words without their tags, as a person reads them."""
    plain = re.sub(r"<[^>]+>", "", html_of(app))
    return " ".join(html.unescape(plain).split()) + " ".join(part.value for part in app.error)


@pytest.mark.parametrize("name", SAYS)
def test_every_lesson_says_what_this_model_did(open_page, monkeypatch, name):
    from core.runtime import server_state

    assert set(SAYS[name]) == {lesson.key for lesson in LESSONS}
    app = opened(open_page, "lessons")
    fake = models()[name]
    monkeypatch.setattr("pages.prompting.sidebar.connect", lambda url, model="": fake)
    server_state.lesson_runs.clear()
    server_state.next_word_runs.clear()
    app.selectbox(key="prompting_model").set_value("a server").run()
    app.text_input(key="prompting_server").set_value("http://127.0.0.1:9").run()
    app.text_input(key="prompting_server_model").set_value(name).run()
    wrong = {}
    for lesson, says in SAYS[name].items():
        app.pills(key="prompting_lesson").set_value(lesson).run()
        app.button(key=f"prompting_ask_{lesson}").click().run()
        assert not app.exception, (lesson, app.exception[0].message)
        page = words_on(app)
        if says not in page:
            wrong[lesson] = page[-900:]
    assert not wrong, wrong
