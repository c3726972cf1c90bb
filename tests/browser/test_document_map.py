"""The map in a browser: names that never cover each other, one selection everywhere, zoom that stays, two painters."""

from __future__ import annotations

import io
import math
import time

import pytest
from playwright.sync_api import expect

from core.documents import samples
from tests.browser.conftest import PATIENCE_MS

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
EVERYDAY = f"documents?documents_corpus={samples.BY_KEY['everyday'].title.replace(' ', '+')}"


def state(page, place: int = 0) -> dict:
    return page.locator(".tl-map").nth(place).evaluate("(map) => ({...map.dataset})")


def until(page, condition: str, wanted=None) -> None:
    """Wait until JavaScript over `maps` (what each map says of itself) and `wanted` holds, then for one more frame."""
    end = time.monotonic() + PATIENCE_MS / 1000
    while not page.locator(".tl-map").evaluate_all(  # a locator sees into components, document.querySelector does not
        f"(found, wanted) => {{ const maps = found.map((map) => map.dataset); return maps[0] && ({condition}); }}",
        wanted,
    ):
        assert time.monotonic() < end, (condition, wanted, state(page))
        page.wait_for_timeout(50)
    page.evaluate("new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")


def zoomed(page, zoom: float) -> None:
    """Wait until the map is drawn at a zoom; its names are written in the same frame."""
    until(page, "Math.abs(maps[0].zoom - wanted) < 0.002", zoom)


def selected(page, what: str = "lasso") -> int:
    """How many documents the map has lit, once Python says that it has the same."""
    until(page, "Number(maps[0].selected) > 0")
    count = int(state(page)["selected"])
    page.get_by_text(f"{count} of 128 documents: {what}").wait_for()
    return count


def lasso(page, place: int = 0, size: float = 0.3, at: tuple[float, float] = (0.5, 0.5)) -> None:
    """Draw a circle by hand round a place of the map, given in shares of its width and height."""
    button = page.locator(".tl-map").nth(place).get_by_role("button", name="Lasso")
    if button.get_attribute("aria-pressed") != "true":
        button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    box = page.locator(".tl-map").nth(place).bounding_box()
    x, y = box["x"] + box["width"] * at[0], box["y"] + box["height"] * at[1]
    for turn in range(25):
        page.mouse.move(x + box["width"] * size * math.cos(turn / 4), y + box["height"] * size * math.sin(turn / 4))
        if turn == 0:
            page.mouse.down()
    page.mouse.up()


def overlaps(page) -> list[str]:
    return page.locator(".tl-overlay").first.evaluate("""(overlay) => {
        const boxes = [...overlay.children].map((node) => [node.innerText, node.getBoundingClientRect()]), found = [];
        boxes.forEach(([one, a], at) => boxes.slice(at + 1).forEach(([other, b]) => {
            if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)
                found.push(one + " / " + other); }));
        return found; }""")


def test_names_never_cover_each_other_and_are_finer_the_nearer_one_comes(visit):
    window = visit()
    page = window.open(EVERYDAY)
    page.locator(".tl-label").first.wait_for()
    levels, zoom = [], 1.0
    for button in (None, "Zoom out", "Zoom in", "Zoom in", "Zoom in", "Zoom in", "Zoom in"):
        if button:
            page.locator(f".tl-map [title='{button}']").click()
            zoom *= 1.5 if button == "Zoom in" else 1 / 1.5
        zoomed(page, zoom)
        assert overlaps(page) == [], state(page)
        levels.append((float(state(page)["zoom"]), int(state(page)["level"])))
    page.locator(".tl-label").first.wait_for()
    assert [level for _, level in sorted(levels)] == sorted(level for _, level in levels)
    assert levels[1][1] < levels[0][1] < max(level for _, level in levels), "coarser further off, finer nearer"
    window.check()


def test_zoom_and_selection_stay_through_a_search_and_a_colour_and_undo_goes_back(visit):
    window = visit()
    page = window.open(EVERYDAY)
    until(page, "maps[0].shown === '128'")
    lasso(page)
    chosen = selected(page)
    assert chosen < 128
    page.locator(".tl-map [title='Zoom in']").click()
    zoomed(page, 1.5)
    page.get_by_placeholder("Search by meaning").fill("a long bicycle race")
    page.keyboard.press("Enter")
    page.wait_for_function("() => document.querySelector('[data-testid=stMain]').innerText.includes('half of all')")
    window.settled()
    until(page, "maps[0].hits?.split(',').length === 10")
    after = state(page)
    assert (after["zoom"], int(after["selected"])) == ("1.500", chosen)
    lasso(page, size=0.12, at=(0.3, 0.4))
    until(page, "Number(maps[0].selected) !== wanted", chosen)
    selected(page)
    page.locator(".tl-map [data-act=undo]").click()
    page.get_by_text(f"{chosen} of 128 documents: lasso").wait_for()
    until(page, "Number(maps[0].selected) === wanted", chosen)
    window.check()


def test_what_is_lit_in_one_way_of_drawing_is_lit_in_each(visit):
    window = visit()
    page = window.open(EVERYDAY + "&documents_view=Trust")
    page.wait_for_function("() => document.querySelectorAll('[data-testid=stMain] h1').length === 1")
    until(page, "maps.length === 3 && maps.every((map) => map.shown === '128')")
    lasso(page)
    until(page, "maps[0].selected > 0 && maps.every((map) => map.selected === maps[0].selected)")
    window.check()


CAMERA = """() => { const eye = document.querySelector('.js-plotly-plot')?._fullLayout?.scene?._scene?.getCamera().eye;
    return eye ? [eye.x, eye.y, eye.z].map((part) => part.toFixed(2)).join() : ''; }"""


def test_a_map_that_was_turned_stays_so_through_a_search(visit):
    window = visit()
    page = window.open(EVERYDAY + "&documents_map=3-D")
    page.wait_for_function(f"() => ({CAMERA})() !== ''")
    first = page.evaluate(CAMERA)
    box = page.locator(".js-plotly-plot").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    page.mouse.move(x, y)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(x + 15 * step, y + 4 * step)
    page.mouse.up()
    page.wait_for_function(f"(first) => ({CAMERA})() !== first", arg=first)
    page.wait_for_timeout(1000)  # it turns on for a moment
    turned = page.evaluate(CAMERA)
    page.evaluate("document.querySelector('.js-plotly-plot').dataset.old = 'yes'")
    page.get_by_placeholder("Search by meaning").fill("a long bicycle race")
    page.keyboard.press("Enter")
    page.wait_for_function(
        "() => { const plot = document.querySelector('.js-plotly-plot'); return plot && !plot.dataset.old; }"
    )
    window.settled()
    page.wait_for_timeout(3000)  # drawn twice, it would be at the front again by now
    page.wait_for_function(f"(turned) => ({CAMERA})() === turned", arg=turned)
    window.check()


def test_the_processor_paints_what_the_graphics_card_would(visit):
    from PIL import Image

    covered = []
    for painter in ("processor", "webgl2"):
        window = visit()
        window.page.add_init_script(f"window.TextLabPainter = '{painter}'")
        page = window.open(EVERYDAY)
        until(page, "maps[0].painter === wanted && maps[0].shown === '128'", painter)
        page.locator(".tl-overlay").first.evaluate("(overlay) => { overlay.style.visibility = 'hidden'; }")
        picture = Image.open(io.BytesIO(page.locator(".tl-map").screenshot())).convert("RGB")
        width, height = picture.size
        pixels = picture.crop((0, 0, width, height - 45)).getdata()
        covered.append(
            {
                place
                for place, (red, green, blue) in enumerate(pixels)
                if max(red, green, blue) - min(red, green, blue) > 60
            }
        )
        window.check()
    both, either = len(covered[0] & covered[1]), len(covered[0] | covered[1])
    assert both > 0.6 * either > 500, (both, either)
