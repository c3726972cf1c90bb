"""The views that compare, bind, run sets, teach and remember, in a real browser: each with a result, and quiet."""

from __future__ import annotations

import pytest

from tests.browser.conftest import TINY

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

SHOWN = {
    "Compare": ".js-plotly-plot .main-svg",
    "Structured output": "text=overruled the model",
    "Evals": "text=Kosmos Berlin",
    # whichever way it went, the sentence on the whole says so
    "Lessons": "text=/made it forget its rule|The rule held against|never followed the rule, so nothing was lost|"
    "did not follow the rule when nobody attacked it/",
    "History": "text=SHA-256",
}


@pytest.mark.parametrize("view", SHOWN)
def test_a_view_opens_from_its_address_with_a_result(visit, view):
    window = visit()
    page = window.open(f"prompts?{TINY}&prompting_view={view}")
    page.locator(SHOWN[view]).first.wait_for()
    window.fits()
    window.check()


def test_the_verdict_under_a_long_answer_is_seen_without_scrolling_its_card(visit):
    window = visit()
    page = window.open(f"prompts?{TINY}&prompting_view=Lessons")
    page.locator(SHOWN["Lessons"]).first.wait_for()
    window.settled()
    hidden = page.evaluate("""() => [...document.querySelectorAll("div[style*='border-left:4px']")].map((note) => {
        for (let box = note.parentElement; box && box.dataset.testid !== "stMain"; box = box.parentElement)
            if (getComputedStyle(box).overflowY === "auto") return note.innerText;
        return "";
    })""")
    assert hidden == ["", "", ""], "no verdict is inside of what scrolls"
    window.check()


def test_a_comparison_is_there_again_after_a_reload(visit):
    window = visit()
    page = window.open(f"prompts?{TINY}&prompting_view=Compare")
    page.locator(SHOWN["Compare"]).first.wait_for()
    page.wait_for_url(lambda url: "compare=" in url)
    before = page.url.split("compare=")[1][:12]
    page.reload()
    window.settled()
    page.locator(SHOWN["Compare"]).first.wait_for()
    page.wait_for_url(lambda url: f"compare={before}" in url)
    window.check()
