"""The guessing game as a page of its own."""

from __future__ import annotations

import json
import re

import pytest

from core.words.guess import QUESTIONS, Question, answer, reading
from core.words.guess_page import page
from tests.support.guess_questions import EVIL


def test_the_reading_follows_the_numbers():
    """A sum that lands on a word of its own, on another, with nothing else to choose; a word with a small lead."""
    king = Question("k", "?", "king - man + woman", ("queen", "king", "woman"), "Always so.")
    assert reading(king, [0.85, 0.88, 0.5]) == (
        "That is a word of the sum itself; of the other answers, queen is nearest. Always so."
    )
    assert reading(king, [0.9, 0.88, 0.5]).startswith(
        "The nearest is queen, although the words of the sum were allowed."
    )
    own = Question("k", "?", "king - man + woman", ("king", "man"))
    assert reading(own, [0.9, 0.1]) == "That is a word of the sum itself, as all the answers are."
    nurse = Question("n", "?", "nurse", ("she", "he"))
    assert reading(nurse, [0.646, 0.480]) == "It is ahead of he by 0.17."
    assert reading(nurse, [0.25, 0.27]) == "It is ahead of she by 0.02, a small difference."


def test_it_asks_nothing_of_a_network_and_holds_words_as_data(minilm):
    values = [list(answer(minilm, question)) for question in QUESTIONS]
    text = page([*QUESTIONS, EVIL], [*values, [0.1, 0.5]], "</script><b>vectors")
    outside = re.search(r"(src|href)\s*=|https?:|url\(|@import", text.replace("src=x onerror", ""))
    assert not outside, "nothing is fetched"
    assert text.count("<script") == 2 and text.count("</script>") == 2 and "<img" not in text and "<b>" not in text
    told = json.loads(re.search(r'id="questions">(.*?)</script>', text, re.DOTALL)[1])
    assert [item["asked"] for item in told] == [question.asked for question in [*QUESTIONS, EVIL]]
    assert told[0]["values"] == pytest.approx(values[0])
    assert told[3]["reading"] == reading(QUESTIONS[3], values[3])
