"""Ten browsers ask one model at the same time: python -m tests.benchmarks.ten_sessions [FOLDER FOR PICTURES]

Each is a browser context of its own on one server, and asks in the Chat view. The model, whose random weights take
about a second for an answer, is held until all have asked, so that each has a place that is known. One of
the waiting closes its tab. Then the model goes on. Ends with an error unless each sees its place and sees it count
down, the one that left makes room, answers come in the order of the questions, nobody sees an error, and the model's
process and the server are those of before.
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("TEXTLAB_TEST_HOME", tempfile.mkdtemp(prefix="textlab-ten-"))

from playwright.sync_api import sync_playwright

from core import storage
from core.prompting.history import records
from tests.browser.conftest import CHROMIUM_FLAGS, Server, Visit
from tests.support.gguf_files import Shape, random_model, with_template
from tests.support.processes import held, process_with

SESSIONS, LEAVES = 10, 4
# What the page says of the wait, each time that it says something else.
LISTENING = """() => {
  window.textlabSaid = [];
  new MutationObserver(() => {
    const said = document.querySelector("[data-testid=stMain]")?.innerText.match(/waiting: \\d+/i)?.[0];
    if (said && window.textlabSaid.at(-1) !== said) window.textlabSaid.push(said);
  }).observe(document.body, { subtree: true, childList: true, characterData: true });
}"""


def slow_model() -> Path:
    """A chat model among the lab's own, with random weights."""
    path = storage.models_folder() / "slow.gguf"
    path.parent.mkdir(parents=True, exist_ok=True)
    shape = Shape(width=256, layers=6, heads=4, hidden=512, vocabulary=600, context=4096)
    bare = random_model(path.with_suffix(".bare"), shape=shape)
    with_template(bare, path)
    bare.unlink()
    return path


def ahead(count: int) -> str:
    """What the page says of the wait."""
    answers = "answer" if count == 1 else "answers"
    return f"Waiting: {count} {answers} ahead of this one" if count else "Starting the model"


def turns(window: Visit):
    return window.page.locator("[data-testid=stChatMessage]")


def opened(chromium, server: Server) -> list[Visit]:
    """Ten windows on the chat, each with its first question answered."""
    windows = [Visit(chromium, server.url, "dark" if number % 2 else "light") for number in range(SESSIONS)]
    for window in windows:
        window.page.goto(f"{server.url}/prompts?prompting_model=slow&prompting_max_tokens=200")
    for window in windows:
        turns(window).nth(1).get_by_role("button", name="Copy").wait_for()  # which is there once an answer is whole
        window.settled()
    return windows


def ask_all(windows: list[Visit], pictures: Path | None) -> None:
    """Each asks and sees its place; then one leaves, and those behind it move up."""
    for place, window in enumerate(windows):
        window.page.evaluate(LISTENING)
        box = window.page.locator("[data-testid=stChatInput] textarea")
        box.fill(f"Question {place} of ten")
        box.press("Enter")
        window.page.get_by_text(ahead(place)).first.wait_for()
        print(f"session {place}: “{ahead(place)}”", flush=True)
        if pictures:
            window.page.screenshot(path=pictures / f"queue-{place}.png")
    left = time.perf_counter()
    windows.pop(LEAVES).context.close()
    for place, window in enumerate(windows):
        window.page.get_by_text(ahead(place)).first.wait_for()
    print(f"session {LEAVES} closed its tab; {time.perf_counter() - left:.1f} s later those behind it had moved up")


def answered(windows: list[Visit], model: Path) -> None:
    """Wait for all answers and hold them against the order of the questions."""
    for window in windows:
        turns(window).nth(3).get_by_role("button", name="Copy").wait_for()
        said = [int(words.split()[1]) for words in window.page.evaluate("window.textlabSaid")]
        print("places seen:", said)
        assert said == sorted(said, reverse=True), "the place counts down"
        window.check()
    kept = [record for record in reversed(records.search("of ten", kind="chat")) if record.path == str(model)]
    assert not [record.error for record in kept if record.error]
    order = [record.question for record in kept if record.answer]
    assert order == [f"Question {place} of ten" for place in range(SESSIONS) if place != LEAVES], order
    waits = [record.timings.queue_seconds for record in kept if record.answer]
    print("answered in the order of the questions; waited", ", ".join(f"{wait:.1f}" for wait in waits), "s")


def main(pictures: Path | None) -> None:
    server, model = Server(os.environ["TEXTLAB_HOME"]), slow_model()
    try:
        with sync_playwright() as playwright:
            path = os.environ.get("CHROMIUM", "/usr/bin/chromium")
            chromium = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
            windows = opened(chromium, server)
            process = process_with(server.process.pid, model.name)
            with held(process):
                ask_all(windows, pictures)
            began = time.perf_counter()
            answered(windows, model)
            print(f"all {len(windows)} answers were there after {time.perf_counter() - began:.1f} s")
            assert process_with(server.process.pid, model.name) == process, "the model's process is the one of before"
            assert server.process.poll() is None, "the server is alive"
            chromium.close()
    finally:
        server.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else None)
