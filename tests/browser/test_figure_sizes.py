"""Figures grow with the window: no empty lower third on a large screen, the sentence in sight on a small one, and
nothing cut on a phone."""

from __future__ import annotations

import pytest

VIEWS = (
    "Neighbours",
    "Pair",
    "Analogy",
    "Axis",
    "Bias",
    "Bias&words_bias=Occupations",
    "Benchmark",
    "Debiasing",
    "Guess first",
    "Vector",
    "Context",
)
SHORT = {"Axis", "Bias", "Bias&words_bias=Occupations", "Guess first", "Context"}  # titles of one line on a phone
MEASURES = """() => {
    const box = (element) => element.getBoundingClientRect(), plot = document.querySelector('.js-plotly-plot');
    const place = box(plot.closest('[class*=st-key-fitted_]')), title = document.querySelector('.figure-title');
    const texts = [...plot.querySelectorAll('text')].filter((text) => text.textContent.trim() && box(text).width);
    const sentences = [...document.querySelectorAll('[data-testid=stHtml] p:not(.figure-title)')];
    return {
        height: box(plot).height, bottom: place.bottom, overflow: box(plot).bottom - place.bottom,
        sentence: box(sentences[0]).bottom, title: title && title.scrollWidth - title.clientWidth,
        lines: title && Math.round(box(title).height / parseFloat(getComputedStyle(title).lineHeight)),
        cut: texts.filter((text) => box(text).left < place.left - 2 || box(text).right > place.right + 2)
            .map((text) => text.textContent),
    }; }"""


def measured(window, width: int, height: int) -> dict:
    """The sizes in a window that was made so large while the view was open."""
    window.page.set_viewport_size({"width": width, "height": height})
    window.settled()
    window.page.wait_for_timeout(400)  # plotly draws once more at its final size
    window.fits()
    return window.page.evaluate(MEASURES)


@pytest.mark.parametrize("view", VIEWS)
def test_a_picture_grows_with_the_window_and_nothing_of_it_is_cut(visit, view):
    window = visit()
    window.open(f"words?words_view={view}").wait_for_selector(".js-plotly-plot .main-svg")
    laptop = measured(window, 1280, 720)
    assert laptop["sentence"] <= 720 and laptop["height"] >= 280, "the sentence is in sight under the picture"
    assert abs(laptop["overflow"]) <= 2 and not laptop["cut"]
    large = measured(window, 1920, 1080)
    assert large["bottom"] >= 0.8 * 1080 and large["height"] >= 600, "no lower third is empty"
    assert large["sentence"] <= 1080 and not large["cut"]
    phone = measured(window, 390, 844)
    assert not phone["cut"] and phone["title"] <= 0
    assert phone["lines"] >= 2 or view in SHORT, "a title of some length wraps"
    window.check()
