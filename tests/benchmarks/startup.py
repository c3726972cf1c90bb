"""Start-up, switching pages, and the server's memory, in a real browser: python -m tests.benchmarks.startup

Takes the time from `streamlit run` to the first page usable (its script has run and its default content is drawn) with
warm files, the time from pressing a page's name to that page usable, and the resident memory of the server's own
process after all four pages were visited once. Between them: where the time of the default model's answer went, asked
as soon as the page was usable; what it waited for its model to be ready counts as loading.
"""

from __future__ import annotations

import os
import statistics
import sys
import tempfile
import time
from pathlib import Path

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # a person's second start finds compiled modules
os.environ.setdefault("TEXTLAB_TEST_HOME", tempfile.mkdtemp(prefix="textlab-startup-"))

from playwright.sync_api import sync_playwright

from tests.browser.conftest import CHROMIUM_FLAGS, Server, Visit, free_port
from tests.support.on_screen import DEFAULT_CONTENT

TITLES = {"prompts": "Prompts", "words": "Words", "documents": "Documents", "tokens": "Tokens"}
USABLE = """(url) => {
    const app = document.querySelector('[data-testid=stApp]');
    return location.pathname.endsWith(url) && app && app.dataset.testScriptState === 'notRunning'
        && document.querySelector('h1') && !document.querySelector('[data-stale=true]');
}"""


def usable(page, url: str) -> None:
    """Wait until the page of that address has run and its default content is drawn."""
    page.wait_for_function(USABLE, arg=url, polling=20)
    page.locator(DEFAULT_CONTENT[url]).first.wait_for(timeout=120_000)


def first_page(window: Visit, home: str, url: str, port: int) -> tuple[float, Server]:
    """Seconds from starting the server's process to the page usable, in a browser that is open and was here before."""
    window.page.goto("about:blank")
    started = time.perf_counter()
    server = Server(home, port)
    window.page.goto(f"{server.url}/{url}")
    usable(window.page, url)
    return time.perf_counter() - started, server


def question(window: Visit) -> str:
    """Ask as soon as the page is usable; the figures that it shows under the answer when that is whole."""
    box = window.page.locator("[data-testid=stChatInput] textarea")
    box.fill("What is the capital of France?")
    box.press("Enter")
    window.page.locator("[data-testid=stChatMessage]").nth(3).get_by_role("button", name="Copy").wait_for()
    window.settled()
    return " ".join(window.page.locator("[aria-label=Timings]").first.inner_text().split())


def switches(chromium, server: Server, rounds: int = 3) -> dict[str, list[float]]:
    """Seconds from pressing a page's name to that page usable, by page; the first visit of each is not counted."""
    window = Visit(chromium, server.url)
    window.open("prompts")
    times: dict[str, list[float]] = {url: [] for url in DEFAULT_CONTENT}
    for lap in range(rounds + 1):
        for url in DEFAULT_CONTENT:
            started = time.perf_counter()
            window.page.get_by_role("link", name=TITLES[url]).first.click()
            usable(window.page, url)
            if lap:
                times[url].append(time.perf_counter() - started)
            window.settled()
    window.context.close()
    return times


def main() -> None:
    home = os.environ["TEXTLAB_TEST_HOME"]
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ.get("CHROMIUM", "/usr/bin/chromium"), args=CHROMIUM_FLAGS
        )
        starts, port = [], free_port()
        window = Visit(chromium, f"http://127.0.0.1:{port}")
        for run in range(4):
            seconds, server = first_page(window, home, "prompts", port)
            if run:  # the first one warms the files
                starts.append(seconds)
            if run < 3:
                server.stop()
        print(
            "streamlit run to first page usable, s:",
            ", ".join(f"{value:.2f}" for value in starts),
            f"(median {statistics.median(starts):.2f}); load of the machine {os.getloadavg()[0]:.1f}",
        )
        print(f"a question to the default model, asked at once: {question(window)}")
        for url, times in switches(chromium, server).items():
            print(f"switch to {url}, s:", ", ".join(f"{value:.2f}" for value in times))
        if Path("/proc").exists():
            print(f"memory of the server's process after four pages: {server.memory_mb():.0f} MB (10^6 bytes, VmRSS)")
        server.stop()
        chromium.close()


if __name__ == "__main__":
    sys.exit(main())
