"""A worker killed in the middle of an answer costs that answer, never a page."""

from __future__ import annotations

import os
import re
import signal
import sys

import pytest
from playwright.sync_api import expect

from core import catalog
from tests.browser.conftest import TINY
from tests.support.processes import process_with

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="finds the worker through /proc"),
]


def test_a_model_killed_in_the_middle_leaves_every_page_alive(visit, server):
    window = visit()
    page = window.open(f"prompts?{TINY}")
    page.locator("[data-testid=stChatMessage]").nth(1).wait_for()
    weights = catalog.find("pocket-chat").path.name
    model = process_with(server.process.pid, weights)
    os.kill(model, signal.SIGSTOP)  # an answer that hangs, so that the kill comes in its middle
    box = page.locator("[data-testid=stChatInput] textarea")
    box.fill("What is the capital of France?")
    box.press("Enter")
    said = page.locator("[data-testid=stChatMessage]").get_by_text("What is the capital of France?")
    said.first.wait_for()
    page.get_by_text(re.compile("Starting the model|Waiting: ")).first.wait_for()  # the question is with the process
    os.kill(model, signal.SIGKILL)
    page.get_by_text(re.compile("The process that was .* ended")).first.wait_for()
    window.settled()
    expect(said.first, "what was typed is still there").to_be_visible()
    for url in ("words", "tokens"):
        other = visit()
        other.open(url)
        other.check()
    page = window.open(page.url.rsplit("/", 1)[1])
    said.first.wait_for()
    answers = page.locator("[data-testid=stChatMessage]").count()
    box = page.locator("[data-testid=stChatInput] textarea")
    box.fill("And of Italy?")
    box.press("Enter")
    answer = page.locator("[data-testid=stChatMessage]").nth(answers + 1)  # after the question
    answer.get_by_role("button", name="Copy").wait_for()  # which is there once it is whole
    window.settled()
    assert process_with(server.process.pid, weights) != model
    window.check()
