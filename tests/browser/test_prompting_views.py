"""The views that compare, bind, run sets, teach and remember, in a real browser: each with a result, and quiet."""

from __future__ import annotations

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

SHOWN = {"Compare": ".js-plotly-plot .main-svg", "Constrain": "text=overruled the model",
         "Prompt sets": "text=Kosmos Berlin",
         "Lessons": "text=made it forget its rule", "Records": "text=SHA-256"}


@pytest.mark.parametrize("view", SHOWN)
def test_a_view_opens_from_its_address_with_a_result(visit, view):
    window = visit()
    page = window.open(f"prompts?prompting_view={view}")
    page.locator(SHOWN[view]).first.wait_for(timeout=60_000)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), "nothing is cut off at the side"
    window.check()


def test_a_comparison_is_there_again_after_a_reload(visit):
    window = visit()
    page = window.open("prompts?prompting_view=Compare")
    page.locator(SHOWN["Compare"]).first.wait_for(timeout=60_000)
    before = page.url
    assert "compare=" in before
    page.reload()
    window.settled()
    assert page.url.split("compare=")[1][:12] == before.split("compare=")[1][:12]
    window.check()
