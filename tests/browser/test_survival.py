"""A worker killed in the middle of an answer costs that answer, never a page."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from pathlib import Path

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240),
              pytest.mark.skipif(sys.platform != "linux", reason="finds the worker through /proc")]


def language_model_process(server_pid: int, wait_s: float = 30) -> int:
    """The child of the server that has a model's weights mapped; another may hold its vocabulary alone."""
    end = time.monotonic() + wait_s
    while time.monotonic() < end:
        for thread in Path(f"/proc/{server_pid}/task").iterdir():
            with contextlib.suppress(OSError):  # a thread or a child that has just ended
                for child in (thread / "children").read_text().split():
                    if ".gguf" in Path(f"/proc/{child}/maps").read_text():
                        return int(child)
        time.sleep(0.1)
    raise AssertionError("no process of the server has a model loaded")


def test_a_model_killed_in_the_middle_leaves_every_page_alive(visit, server):
    window = visit()
    page = window.open("prompts")
    page.locator("[data-testid=stChatMessage]").nth(1).wait_for()
    answers = page.locator("[data-testid=stChatMessage]").count()
    model = language_model_process(server.process.pid)
    os.kill(model, signal.SIGSTOP)  # an answer that hangs, so that the kill comes in its middle
    box = page.locator("[data-testid=stChatInput] textarea")
    box.fill("What is the capital of France?")
    box.press("Enter")
    said = page.locator("[data-testid=stChatMessage]").get_by_text("What is the capital of France?")
    said.first.wait_for()
    page.wait_for_timeout(500)
    os.kill(model, signal.SIGKILL)
    page.get_by_text("ended").first.wait_for(timeout=15_000)
    window.settled()
    assert said.count() >= 1, "what was typed is still there"
    for url in ("words", "tokens"):
        other = visit()
        other.open(url)
        other.check()
    page = window.open(page.url.rsplit("/", 1)[1])
    box = page.locator("[data-testid=stChatInput] textarea")
    box.fill("And of Italy?")
    box.press("Enter")
    page.wait_for_function("count => document.querySelectorAll('[data-testid=stChatMessage]').length > count",
                           arg=answers + 1, timeout=30_000)
    window.settled()
    assert language_model_process(server.process.pid) != model
    window.check()
