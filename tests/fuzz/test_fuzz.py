"""Every reader of strangers' files, 200 inputs each. More by hand: python -m tests.fuzz READER N"""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from core.runtime.readers import READERS
from tests.conftest import ROOT
from tests.fuzz import harness

pytestmark = [
    pytest.mark.skipif(not hasattr(os, "fork"), reason="each input is tried in a fork"),
    pytest.mark.timeout(900),
]


@pytest.mark.parametrize("name", sorted(harness.targets()))
def test_only_sentences_come_of_damaged_inputs(name):
    """In a process of its own: this one has threads, and a fork of it would not be whole."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.fuzz", name, "200"], cwd=ROOT, capture_output=True, text=True, timeout=850
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
    assert f"{name}: 200 inputs" in done.stdout


def test_every_declared_reader_is_fuzzed():
    covered = {name for target in harness.targets().values() for name in (target.reader, *target.covers)}
    assert not set(READERS) - covered


@pytest.mark.parametrize("name", sorted(harness.targets()))
def test_inputs_follow_from_their_number_and_differ(name):
    target = harness.targets()[name]
    seeds = target.all_seeds()
    made = [target.input_of(seeds, 1, number) for number in range(60)]
    assert made == [target.input_of(seeds, 1, number) for number in range(60)]
    assert len(set(made)) > 30 and made[: len(seeds)] == seeds[:60]


def test_the_harness_sees_what_must_not_be(tmp_path):
    """In a process of its own again; the attempts do what broken readers do."""
    done = subprocess.run([sys.executable, "-c", HARNESS], cwd=ROOT, capture_output=True, text=True, timeout=100)
    assert done.stdout.split("\n")[:-1] == [
        "read 1",
        "UserError 1",
        "raised 0",
        "memory 0",
        "too slow 0",
        "ended 0",
        "panic 0",
    ], done.stderr


HARNESS = """
import os, time, dataclasses
from core.errors import UserError
from tests.fuzz import harness

class PanicException(BaseException):
    pass

def attempt(path):
    word = path.read_text()
    if word == "UserError":
        raise UserError("It is damaged.", "Choose another.")
    if word == "raised":
        raise ValueError("a bug")
    if word == "memory":
        bytearray(4 << 30)
    if word == "too slow":
        time.sleep(60)
    if word == "ended":
        os.abort()
    if word == "panic":
        raise PanicException()

class Quick(harness.Target):
    seconds = 1.0

for word in ("read", "UserError", "raised", "memory", "too slow", "ended", "panic"):
    report = harness.run(Quick("self test", attempt, lambda: [word.encode()]), 1)
    assert report.outcomes == {word: 1}, report
    print(word, 1 - len(report.findings))
"""
