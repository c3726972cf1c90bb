"""The guessing game's own page in a browser, from a file."""

from __future__ import annotations

import pytest

from core.words.guess import QUESTIONS
from core.words.guess_page import page
from tests.core.words.test_guess_page import EVIL

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120)]


def test_a_guess_comes_before_the_answer_in_a_browser(chromium, tmp_path):
    path = tmp_path / "guess.html"
    path.write_text(page([QUESTIONS[0], EVIL], [[0.1, 0.6, 0.2, 0.3], [0.1, 0.5]], "some vectors"), encoding="utf-8")
    window = chromium.new_page(viewport={"width": 1280, "height": 720})
    problems, asked = [], []
    window.on("pageerror", lambda error: problems.append(str(error)))
    window.on("request", lambda request: asked.append(request.url))
    window.goto(path.as_uri())
    assert "0.600" not in window.inner_text("body") and "What would you expect" in window.inner_text("body")
    window.get_by_role("button", name="summer").click()
    assert "Not so: it is winter" in window.inner_text("body") and "0.600" in window.inner_text("body")
    window.keyboard.press("ArrowRight")
    assert window.inner_text("h1") == EVIL.asked and "<i>one</i>" in window.inner_text("main")
    window.get_by_role("button", name="two & three").click()
    assert "Right: it is two & three. <u>so</u>" in window.inner_text("p")
    assert not problems and asked == [path.as_uri()]
    window.close()
