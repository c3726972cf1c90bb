"""Kept runs: nothing of them is lost, they are found again, and they can be repeated token for token."""

import json
import os
import sqlite3
import subprocess
import sys
import threading
import time

import pytest

from core import catalog, storage
from core.errors import UserError
from core.prompting.engine import Settings, open_model
from core.prompting.history import database, record_export, records, unsaved
from core.prompting.runs import Run
from tests.conftest import ROOT

QUESTION = [{"role": "user", "content": "What is the capital of France? 100 % <b>"}]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    yield tmp_path
    unsaved.forget()


@pytest.fixture(scope="module")
def model():
    opened = open_model(catalog.find("pocket-chat").path)
    yield opened
    opened.close()


def asked(model, prompt=QUESTION, kind="chat", settings=Settings(temperature=0, max_tokens=24, alternatives=3)):
    run = Run(
        lambda: model.ask(prompt, settings, cold=True),
        patience=60,
        then=records.keeper(kind, model, "Pocket Chat", prompt, cold=True),
    )
    run.finish()
    return run


def test_a_run_is_kept_whole(model):
    run = asked(model)
    (light,) = records.search()
    (kept,) = records.find([light.id])
    assert kept.prompt == QUESTION and kept.answer == run.text and kept.question == QUESTION[0]["content"]
    assert list(kept.steps) == run.steps and kept.timings == run.timings and kept.settings == run.settings
    assert list(kept.prompt_tokens) == [token for token, _, _ in model.tokens_of(QUESTION)]
    assert kept.about["sha256"] == storage.sha256_of(model.path) and kept.versions["llama-cpp-python"]
    assert light.steps == () and light.answer == kept.answer and kept.ended_by in ("end of text", "max tokens")


def test_a_greedy_run_repeats_token_for_token_from_its_record(model):
    asked(
        model,
        [{"role": "user", "content": "Tell me a short story about a llama."}],
        settings=Settings(temperature=0, max_tokens=120),
    )
    (kept,) = records.find([records.search()[0].id])
    again = record_export.repeat(kept, model)
    again.finish()
    assert len(again.steps) > 20 and record_export.first_difference(kept, again) is None
    again.steps[5:] = []
    assert record_export.first_difference(kept, again) == 5


@pytest.mark.parametrize(
    "settings",
    [
        Settings(temperature=0, max_tokens=30),
        Settings(temperature=0.9, seed=5, max_tokens=30, stop=("zzz",)),
        Settings(temperature=0, max_tokens=30, grammar='root ::= [A-Z] [a-z ]+ "."'),
    ],
)
def test_the_python_of_a_record_repeats_it(model, settings):
    asked(model, settings=settings)
    (kept,) = records.find([records.search()[0].id])
    code = record_export.as_python(kept) + "print(same)\n"
    told = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert told.stdout.strip() == "True", told.stderr[-2000:]


def test_search_finds_all_words_wherever_they_are_and_nothing_is_a_wildcard(model):
    asked(model)
    asked(model, "Once upon a_time", kind="complete")
    assert [found.kind for found in records.search()] == ["complete", "chat"], "the newest first"
    assert len(records.search("FRANCE capital")) == 1 and len(records.search("100 %")) == 1
    assert records.search("upon%time") == [] and len(records.search("a_time")) == 1 and records.search("_b_") == []
    assert records.search("france", kind="complete") == [] and records.count() == {"chat": 1, "complete": 1}
    records.delete([records.search()[0].id])
    assert records.count() == {"chat": 1}


def test_many_threads_keep_at_once_and_none_is_lost(model):
    run = asked(model)
    threads = [
        threading.Thread(target=lambda: [records.save(run, "load", model, "x", QUESTION) for _ in range(10)])
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert records.count()["load"] == 60


def test_an_error_is_kept_with_what_had_been_written(model):
    run = asked(model, "word " * 3000)
    (kept,) = records.search()
    assert run.error and "the context holds 512" in kept.error and kept.ended_by == "broken off"


def test_a_damaged_file_is_moved_aside(model, home):
    path = home / "records" / "runs.sqlite"
    path.parent.mkdir()
    path.write_bytes(b"this is no database " * 200)
    asked(model)
    assert records.count() == {"chat": 1}
    assert [each.read_bytes()[:10] for each in path.parent.glob("damaged-*")] == [b"this is no"]


def test_a_full_or_closed_folder_is_a_sentence_and_never_spoils_an_answer(model, monkeypatch):
    def refuse(*_):
        raise sqlite3.OperationalError("disk is full")

    monkeypatch.setattr(database, "_open", refuse)
    run = asked(model)
    assert run.done and run.text and not run.error
    with pytest.raises(UserError, match="disk is full"):
        records.search()


def test_what_cannot_be_saved_is_held_told_and_saved_as_soon_as_it_can_be(model, monkeypatch):
    def refuse(*_):
        raise sqlite3.OperationalError("database or disk is full")

    with monkeypatch.context() as full:
        full.setattr(database, "_open", refuse)
        lost = [asked(model), asked(model, "Once upon a time")]
        told = unsaved.trouble()
        assert told and told.count == 2 and "full" in told.error.what and told.error.next_step
        assert unsaved.write_all() == 0 and unsaved.trouble().count == 2, "it still cannot be saved"
    later = asked(model)
    assert unsaved.trouble() is None
    kept = records.find([record.id for record in records.search()])
    assert sorted(record.answer for record in kept) == sorted(run.text for run in [*lost, later])
    assert [record.at for record in kept] != sorted(record.at for record in kept), "each with the time of its end"


def test_of_very_many_that_cannot_be_saved_the_newest_are_held(model, monkeypatch):
    monkeypatch.setattr(unsaved, "MOST", 3)
    for number in range(5):
        unsaved.hold(lambda number=number: number, UserError("The disk is full."))
    assert (unsaved.trouble().count, unsaved.trouble().given_up) == (3, 2)


@pytest.mark.parametrize(
    "column, value",
    [
        ("steps", b"not packed"),
        ("settings", "[]"),
        ("timings", "{"),
        ("prompt", "{]"),
        ("at", "yesterday"),
        ("settings", '{"no_such_setting": 1}'),
        ("prompt_tokens", b""),
    ],
)
def test_a_damaged_row_costs_itself(model, column, value):
    asked(model)
    asked(model, "Once upon a time")
    with database.connected() as connection:
        connection.execute(f"UPDATE runs SET {column}=? WHERE id=1", (value,))
    newer, older = records.find([2, 1])
    assert newer.answer and newer.steps
    assert older.error or column == "at"
    assert len(records.search()) == 2 and record_export.as_jsonl([newer, older]).count("\n") == 2
    assert all(record_export.when(record.at) for record in records.search())


def test_damage_in_the_middle_of_the_file_puts_it_aside_and_the_next_answer_is_kept(model, home):
    for _ in range(20):
        asked(model)
    path = home / "records" / "runs.sqlite"
    with database.connected() as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(path.read_bytes())
    content[4096:] = b"\xa5" * (len(content) - 4096)  # its first page says that it is a database
    path.write_bytes(content)
    with pytest.raises(UserError, match="damaged|cannot be used"):
        records.search()
    unsaved.forget()
    asked(model)
    asked(model)
    assert unsaved.trouble() is None and len(records.search()) >= 1
    assert [each.read_bytes()[-4:] for each in path.parent.glob("damaged-*.sqlite")] == [b"\xa5" * 4]


def test_exports_hold_everything_and_nothing_in_them_is_markup(model):
    asked(model)
    kept = records.find([records.search()[0].id])
    line = json.loads(record_export.as_jsonl(kept))
    assert line["answer"] == kept[0].answer and len(line["steps"]) == len(kept[0].steps)
    assert line["about"]["sha256"] and line["steps"][0]["alternatives"]
    text = record_export.as_markdown(kept)
    assert r"\<b\>" in text and "### Pocket Chat" in text and "tokens/s" in text
    from core.figures.prompting_text import page_html

    page = page_html(kept)
    assert "&lt;b&gt;" in page and "<b>" not in page.split("<article>")[1].split("<h2>")[1].split("</h2>")[0]
    assert "<script" not in page and page.count("border-radius:3px") == len(kept[0].steps)
    assert not [part for part in ("http://", "https://", "src=") if part in page]


def test_a_digest_of_a_large_file_comes_later(model, monkeypatch):
    monkeypatch.setattr(records, "HASHED_AT_ONCE", 0)
    asked(model)
    end = time.monotonic() + 60
    while "sha256" not in records.search()[0].about and time.monotonic() < end:
        time.sleep(0.02)
    assert records.search()[0].about["sha256"]


def test_records_need_no_model_to_be_read(model):
    asked(model)
    code = (
        "from core.prompting.history import records; "
        "print(len(records.find([r.id for r in records.search('capital')])))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert told.stdout.strip() == "1", told.stderr
