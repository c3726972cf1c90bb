"""The guessing game's own page in a browser, from a file."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from core.words.guess import QUESTIONS
from core.words.guess_page import page
from tests.support.guess_questions import EVIL

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def test_a_guess_comes_before_the_answer_in_a_browser(chromium, tmp_path):
    path = tmp_path / "guess.html"
    path.write_text(page([QUESTIONS[0], EVIL], [[0.1, 0.6, 0.2, 0.3], [0.1, 0.5]], "some vectors"), encoding="utf-8")
    window = chromium.new_page(viewport={"width": 1280, "height": 720})
    problems, asked = [], []
    window.on("pageerror", lambda error: problems.append(str(error)))
    window.on("request", lambda request: asked.append(request.url))
    window.goto(path.as_uri())
    body = window.locator("body")
    expect(body).to_contain_text("What do you expect", use_inner_text=True)
    assert "0.600" not in body.inner_text()
    window.get_by_role("button", name="summer").click()
    expect(body).to_contain_text("Not so: it is winter", use_inner_text=True)
    expect(body).to_contain_text("0.600", use_inner_text=True)
    window.keyboard.press("ArrowRight")
    expect(window.locator("h1")).to_have_text(EVIL.asked, use_inner_text=True)
    expect(window.locator("main")).to_contain_text("<i>one</i>", use_inner_text=True)
    window.get_by_role("button", name="two & three").click()
    expect(window.locator("p")).to_contain_text(
        "Right: it is two & three. It is ahead of <i>one</i> by 0.40. <u>so</u>", use_inner_text=True
    )
    assert not problems and asked == [path.as_uri()]
    window.close()
