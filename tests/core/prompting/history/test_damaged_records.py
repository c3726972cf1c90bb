"""A damaged run in the database costs itself: the history is shown, the run says what it is and can be deleted."""

from __future__ import annotations

import json
import zlib
from types import SimpleNamespace

import pytest

from core.prompting.evals import eval_runs
from core.prompting.history import record_export, record_rows, records
from core.prompting.history.database import connected
from core.prompting.settings import Alternative, Settings, Step, Timings


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))


@pytest.fixture
def numbers():
    """Two runs, a whole one and one to be damaged."""
    run = SimpleNamespace(
        settings=Settings(seed=1),
        timings=Timings(generated_tokens=1),
        ended_by="end of text",
        error=None,
        text="Paris",
        prompt_tokens=[1, 2],
        steps=[Step("Paris", 5, 0.5, (Alternative(5, "Paris", 0.5),), 0.5, 1.0, 1)],
    )
    model = SimpleNamespace(address="http://127.0.0.1:9/v1", model="m")
    return [records.save(run, "chat", model, "A model", [{"role": "user", "content": "Where?"}]) for _ in range(2)]


def test_the_sample_here_is_whole(numbers):
    assert [record.answer for record in records.find(numbers)] == ["Paris", "Paris"]
    assert records.find(numbers)[0].steps[0].alternatives[0].text == "Paris"


def packed(value):
    return zlib.compress(json.dumps(value).encode())


@pytest.mark.parametrize(
    "column, value",
    [
        ("settings", "[]"),
        ("settings", '{"temperature": "hot"}'),
        ("settings", '{"unknown": 1}'),
        ("settings", "{"),
        ("settings", '{"stop": 5}'),
        ("timings", '{"generated_tokens": "x"}'),
        ("timings", "null"),
        ("prompt", "{}"),
        ("prompt", '[{"role": "user"}]'),
        ("prompt", '[1, "a"]'),
        ("prompt", "[" * 100_000),
        ("at", "yesterday"),
        ("at", 1e300),
        ("at", -5),
        ("title", b"\xff"),
        ("answer", b"\xff"),
        ("versions", "[]"),
        ("how", "5"),
        ("how", ""),
    ],
)
def test_a_damaged_run_is_told_and_the_others_are_shown(numbers, column, value):
    with connected() as connection:
        connection.execute(f"UPDATE runs SET {column}=? WHERE id=?", (value, numbers[1]))
    for found in (records.search(), records.find(numbers)):
        broken, whole = sorted(found, key=lambda record: record.id != numbers[1])
        assert broken.error == record_rows.DAMAGED and whole.answer == "Paris" and not whole.error
        assert record_export.as_jsonl(found) and record_export.as_markdown(found) and record_export.when(broken.at)
    records.delete([numbers[1]])
    assert [record.id for record in records.search()] == [numbers[0]]


@pytest.mark.parametrize(
    "column, value",
    [
        ("steps", b""),
        ("steps", b"rubbish"),
        ("steps", packed([])[:-3]),
        ("steps", packed(5)),
        ("steps", packed([[1]])),
        ("steps", packed([["a", 5, "x", 0, 0, 1, []]])),
        ("steps", packed([[5, 5, 0.5, 0, 0, 1, []]])),
        ("steps", "text"),
        ("steps", packed([["a", 5, 0.5, 0, 0, 1, [[5, 5, 0.5]]]])),
        ("prompt_tokens", packed(["a"])),
        ("prompt_tokens", packed({"a": 1})),
    ],
)
def test_damaged_tokens_are_told(numbers, column, value):
    with connected() as connection:
        connection.execute(f"UPDATE runs SET {column}=? WHERE id=?", (value, numbers[1]))
    whole, broken = records.find(numbers)
    assert broken.error == record_rows.DAMAGED and whole.steps and record_export.as_python(whole)


def test_tokens_that_unpack_without_end_are_not_unpacked(numbers, monkeypatch):
    monkeypatch.setattr(record_rows, "LARGEST_PART", 1000)
    with connected() as connection:
        connection.execute("UPDATE runs SET steps=? WHERE id=?", (zlib.compress(b"[" + b" " * 5000 + b"]"), numbers[1]))
    assert records.find([numbers[1]])[0].error == record_rows.DAMAGED


@pytest.mark.parametrize(
    "text",
    ["", "[", "5", "[5]", '[{"title": "a"}]', '[{"title": 5, "passed": true}]', '[{"title": "a", "passed": "yes"}]'],
)
def test_damaged_verdicts_and_plans_of_a_set_are_told(text):
    (found,) = eval_runs._verdicts(text)
    assert not found.passed and "damaged" in found.why
    assert eval_runs._cells(text) == 0
