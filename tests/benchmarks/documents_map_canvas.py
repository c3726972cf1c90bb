"""The map component with a million points in Chromium without a graphics card.

    python -m tests.benchmarks.documents_map_canvas

Draws synthetic points (48 clumps) with the component of the page on documents in a page of its own, and takes: seconds
from opening the page until every point is on the screen; from pressing a button until ten new hits are lit; frames a
second while the hand pans and turns the wheel; from letting go of a lasso round some 200,000 points until the page
(Python) tells their number. Each is the median of three. The points are made before the clock runs.
"""

from __future__ import annotations

import os
import statistics
import tempfile
from pathlib import Path

COUNT = int(os.environ.get("TEXTLAB_POINTS", 1_000_000))
PAGE = """
import sys; sys.path.insert(0, {root!r})
import numpy as np, streamlit as st
from core.figures.documents import Colouring
from pages.shared.map.map_canvas import labels_of, show_map
from pages.shared.map.selected import held_for

@st.cache_resource
def made():
    random = np.random.default_rng(0)
    groups = random.integers(0, 48, {count}).astype(np.int32)
    points = (random.uniform(-8, 8, (48, 2))[groups] + random.standard_normal(({count}, 2)) * 0.7).astype(np.float32)
    names = [f"group number {{group}}" for group in range(48)]
    coarse = groups // 6
    levels = [(coarse, [f"region {{place}}" for place in range(8)]), (groups, names)]
    return points, Colouring("groups", groups, tuple(names)), labels_of(points, levels, {{}})

st.set_page_config(layout="wide")
points, colouring, labels = made()
st.session_state.setdefault("round", 0)
if st.button("Light"):
    st.session_state["round"] += 1
hits = (np.arange(10) + 1000 * st.session_state["round"]).tolist() if st.session_state["round"] else []
held = held_for("synthetic")
show_map(points, [""] * {count}, colouring, held, False, hits, labels, 0, key="synthetic")
st.text(f"Python has {{len(held.rows)}}")
"""
FIND = """(() => { const look = (root) => { for (const node of root.querySelectorAll("*")) {
    if (node.classList?.contains("tl-map")) return node;
    if (node.shadowRoot) { const found = look(node.shadowRoot); if (found) return found; } } };
  return look(document); })()"""


def shown_after(page, url: str) -> float:
    """Seconds from asking for the page until all points are drawn, by the browser's own clock (its time origin is the
    moment of navigation)."""
    page.goto(url)
    page.wait_for_function(f"() => Number({FIND}?.dataset.shown) === {COUNT}", timeout=60_000, polling=20)
    return page.evaluate("() => new Promise((done) => requestAnimationFrame(() => done(performance.now() / 1000)))")


def lit_after(page) -> float:
    """Seconds from the press of the button until the map has drawn the new hits."""
    return page.evaluate(f"""() => new Promise((done) => {{
        const map = {FIND}, before = map.dataset.hits ?? "", from = performance.now();
        new MutationObserver((_, watch) => {{ if ((map.dataset.hits ?? "") !== before) {{
            watch.disconnect(); requestAnimationFrame(() => done((performance.now() - from) / 1000)); }} }})
            .observe(map, {{ attributes: true }});
        [...document.querySelectorAll("button")].find((button) => button.innerText.includes("Light")).click(); }})""")


def frames_a_second(page, wheel: bool, seconds: float = 2.0) -> tuple[float, int]:
    """(frames drawn a second while the hand moves, how many points the last of them held)."""
    box = page.evaluate(f"() => {{ const b = {FIND}.getBoundingClientRect(); return [b.x, b.y, b.width, b.height]; }}")
    page.mouse.move(box[0] + box[2] / 2, box[1] + box[3] / 2)
    return tuple(
        page.evaluate(
            f"""([wheel, seconds]) => new Promise((done) => {{
        const map = {FIND}, canvas = map.querySelector(".tl-hands"), box = canvas.getBoundingClientRect();
        const at = (x) => ({{ clientX: box.x + x, clientY: box.y + 200, pointerId: 1, bubbles: true }});
        canvas.setPointerCapture = () => {{}};
        let moved = 0, from = performance.now(), before = Number(map.dataset.drawn);
        if (!wheel) canvas.dispatchEvent(new PointerEvent("pointerdown", at(300)));
        const hand = setInterval(() => {{
            moved++;
            const turn = {{ ...at(400), deltaY: moved % 80 < 40 ? -30 : 30 }};
            if (wheel) canvas.dispatchEvent(new WheelEvent("wheel", turn));
            else canvas.dispatchEvent(new PointerEvent("pointermove", at(300 + 150 * Math.sin(moved / 20))));
            const spent = (performance.now() - from) / 1000;
            if (spent < seconds) return;
            clearInterval(hand);
            const drawn = Number(map.dataset.drawn) - before, held = Number(map.dataset.shown);
            if (!wheel) canvas.dispatchEvent(new PointerEvent("pointerup", at(300)));
            done([drawn / spent, held]); }}, 8); }})""",
            [wheel, seconds],
        )
    )


def lassoed_after(page, corner: float) -> tuple[float, int]:
    """(seconds from letting go of a lasso until Python has told how many there are, that number)."""
    page.mouse.wheel(0, 0)
    return tuple(
        page.evaluate(
            f"""(corner) => new Promise((done) => {{
        const map = {FIND}, canvas = map.querySelector(".tl-hands"), box = canvas.getBoundingClientRect();
        const at = (x, y) => ({{ clientX: box.x + x, clientY: box.y + y, pointerId: 1, bubbles: true }});
        canvas.setPointerCapture = () => {{}};
        map.querySelector("[data-act=all]").click();
        const lasso = map.querySelector("[data-act=lasso]");
        if (lasso.getAttribute("aria-pressed") !== "true") lasso.click();
        canvas.dispatchEvent(new PointerEvent("pointerdown", at(box.width / 2, box.height / 2)));
        for (let turn = 0; turn <= 100; turn++) canvas.dispatchEvent(new PointerEvent("pointermove",
            at(box.width * (0.5 + corner * Math.cos(turn / 16)), box.height * (0.5 + corner * Math.sin(turn / 16)))));
        const told = () => [...document.querySelectorAll("[data-testid=stText]")].map((node) => node.innerText).join();
        const before = told(), from = performance.now();
        canvas.dispatchEvent(new PointerEvent("pointerup", at(box.width / 2, box.height / 2)));
        const watch = setInterval(() => {{ if (told() === before) return;
            clearInterval(watch);
            done([(performance.now() - from) / 1000, Number(map.dataset.selected)]); }}, 5); }})""",
            corner,
        )
    )


def main() -> None:
    home = tempfile.mkdtemp(prefix="textlab-map-canvas-")
    os.environ["TEXTLAB_HOME"] = home
    from playwright.sync_api import sync_playwright

    from tests.browser.conftest import CHROMIUM_FLAGS, ROOT, Server

    script = Path(home, "page.py")
    script.write_text(PAGE.format(root=str(ROOT), count=COUNT))
    server = Server(home, script=str(script))
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=CHROMIUM_FLAGS
            )
            page = browser.new_page(viewport={"width": 1280, "height": 800})
            shown_after(page, server.url)  # makes the points
            opened = [shown_after(page, server.url) for _ in range(3)]
            painter = page.evaluate(f"() => {FIND}.dataset.painter")
            page.wait_for_timeout(500)
            lit = [lit_after(page) for _ in range(3)]
            pans = [frames_a_second(page, wheel=False) for _ in range(3)]
            page.wait_for_timeout(500)
            wheels = [frames_a_second(page, wheel=True) for _ in range(3)]
            page.wait_for_timeout(500)
            lassos = [lassoed_after(page, corner) for corner in (0.115, 0.12, 0.125)]
            browser.close()
    finally:
        server.stop()
    middle = statistics.median
    print(f"{COUNT:,} points, painter: {painter}; load of the machine {os.getloadavg()[0]:.1f}")
    print(f"on the screen after {middle(opened):.2f} s (4 s at most); all: {[round(value, 2) for value in opened]}")
    print(f"a new highlight after {middle(lit):.2f} s (0.5 s at most); all: {[round(value, 2) for value in lit]}")
    for name, frames in (("panning", pans), ("zooming", wheels)):
        print(
            f"{name}: {middle(rate for rate, _ in frames):.0f} frames/s (20 at least), with "
            f"{[points for _, points in frames]} points; all: {[round(rate) for rate, _ in frames]}"
        )
    print(
        f"a lasso after {middle(spent for spent, _ in lassos):.2f} s (1 s at most), with "
        f"{[points for _, points in lassos]} points; all: {[round(spent, 2) for spent, _ in lassos]}"
    )


if __name__ == "__main__":
    main()
