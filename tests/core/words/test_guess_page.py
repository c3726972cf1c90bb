"""The guessing game as a page of its own."""

from __future__ import annotations

import json
import re

import pytest

from core.words.guess import QUESTIONS, Question, answer
from core.words.guess_page import page

EVIL = Question("own", "</script><img src=x onerror=alert(1)> “<b>”?", "x", ("<i>one</i>", "two & three"), "<u>so</u>")


def test_it_asks_nothing_of_a_network_and_holds_words_as_data(minilm):
    values = [list(answer(minilm, question)) for question in QUESTIONS]
    text = page([*QUESTIONS, EVIL], [*values, [0.1, 0.5]], "</script><b>vectors")
    outside = re.search(r"(src|href)\s*=|https?:|url\(|@import", text.replace("src=x onerror", ""))
    assert not outside, "nothing is fetched"
    assert text.count("<script") == 2 and text.count("</script>") == 2 and "<img" not in text and "<b>" not in text
    told = json.loads(re.search(r'id="questions">(.*?)</script>', text, re.DOTALL)[1])
    assert [item["asked"] for item in told] == [question.asked for question in [*QUESTIONS, EVIL]]
    assert told[0]["values"] == pytest.approx(values[0])
