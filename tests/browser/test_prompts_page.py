"""The prompts page as one uses it: typing, sending, holding back, taking another token, copying, reloading."""

from __future__ import annotations

import re
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import TINY
from tests.support.on_screen import MAP, UPDATED

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="finds processes through /proc"),
]


@pytest.fixture
def chat(visit):
    window = visit()
    window.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = window.open(f"prompts?{TINY}")
    page.locator("[data-testid=stChatMessage]").nth(1).wait_for()
    page.locator(MAP).wait_for()
    return window, page


def test_the_map_follows_the_keys_and_what_falls_out_is_dimmed_before_it_is_sent(chat):
    window, page = chat
    times = [page.evaluate(UPDATED, ["and so on " * count, ""]) for count in (2, 4, 6)]
    assert all(taken > 0 for taken in times), times  # how fast: tests.benchmarks.prompting_map
    box = page.locator("[data-testid=stChatInput] textarea")
    long = "What about the llama that lives in Rome and likes bread? " * 24
    box.fill(long)
    page.get_by_text("you will be asked").wait_for()
    page.locator("[data-testid=stChatMessage] span[style*='opacity']").nth(1).wait_for()  # both turns are dimmed
    box.press("Enter")
    page.get_by_text("Not sent yet.").wait_for()
    page.get_by_role("button", name="Cancel").click()
    expect(box).to_have_value(re.compile("^What"))
    page.reload()
    expect(box).to_have_value(re.compile("^What"))
    window.settled()
    window.check()


def test_a_turn_is_copied_edited_and_its_old_words_found_again(chat):
    window, page = chat
    page.locator("[data-testid=stChatMessage] button[aria-label=Copy]").first.click()
    page.wait_for_function("async () => (await navigator.clipboard.readText()).startsWith('Explain GROUP BY')")
    page.locator("[data-testid=stChatMessage]").first.get_by_role("button", name="More").click()
    page.get_by_text("Edit", exact=True).click()
    page.get_by_label("Edited text").fill("What is the <b>capital</b> of Italy?")
    page.get_by_role("button", name="Save and submit").click()
    page.locator("p", has_text="What is the <b>capital</b> of Italy?").first.wait_for()
    page.get_by_text("2 of 2").wait_for()
    window.settled()
    page.locator("[class*='st-key-prompting_chevron_left'] button").first.click()
    page.locator("p", has_text="Explain GROUP BY as a sentient").first.wait_for()
    window.check()


def test_another_token_is_taken_by_pressing_it(visit):
    window = visit("dark")
    page = window.open(f"prompts?{TINY}&prompting_view=Probabilities")
    row = page.locator("button.row").first
    row.wait_for()
    token = row.locator(".token").inner_text()
    row.click()
    taken = token.replace("␣", " ").strip()
    page.wait_for_function(
        "name => [...document.querySelectorAll('input')].some((box) => box.value.startsWith(name))",
        arg=f"1: “{taken or '␣'}” at token",
    )  # the branch is there
    # The text is drawn by a component of its own, a moment after it; for another moment the old one is there too.
    expect(page.locator(".heat button.chosen")).to_have_text([taken], use_inner_text=True)
    window.fits()
    window.check()


def test_a_closed_tab_leaves_the_models_idle_and_alive(chat, server):
    window, page = chat
    models = llama_processes(server.process.pid)
    page.get_by_role("button", name="A story").click()
    window.context.close()
    used, end = [], time.monotonic() + 60
    while time.monotonic() < end and (len(used) < 2 or used[-1] - used[-2] > 2):  # hundredths of a second
        time.sleep(0.8)
        used.append(sum(map(ticks, models)))
    assert models and used[-1] - used[-2] <= 2, used
    assert llama_processes(server.process.pid) == models, "none has died"


def llama_processes(server_pid: int) -> list[int]:
    """The children of the server that have llama.cpp loaded."""
    threads = Path(f"/proc/{server_pid}/task").iterdir()
    children = {int(pid) for thread in threads for pid in (thread / "children").read_text().split()}
    return [pid for pid in children if "libllama" in Path(f"/proc/{pid}/maps").read_text()]


def ticks(pid: int) -> int:
    """Hundredths of a second of processor time that a process has used."""
    return sum(map(int, Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[11:13]))
