"""What can be wrong with the lab's folder and the machine: a sentence for each, and nothing that was there is lost."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import numpy as np
import pytest

from core import catalog, storage
from core.cached import jobs as cached_jobs
from core.errors import NoProcess, UnusableFolder, UserError
from core.prompting.engine import open_model
from core.prompting.history import records, unsaved
from core.prompting.runs import Run
from core.prompting.settings import Settings
from tests.conftest import ROOT

pytestmark = pytest.mark.timeout(240)
posix = pytest.mark.skipif(os.name == "nt", reason="limits and mounts of POSIX systems")

IN_PROCESS = """
import json, os, sys, threading
from pathlib import Path
import numpy as np
from core import storage
from core.errors import UserError
from core.prompting.history import database
from core.prompting.history import records
from core.prompting.history import unsaved
from core.prompting.settings import Settings, Timings

class Ended:  # a run as it is when it has ended
    text, steps, prompt_tokens, error, ended_by = "An answer.", [], (1, 2), None, "end of text"
    settings, timings = Settings(), Timings()

def refused(do, *words):
    try:
        do()
    except UserError as error:
        assert error.next_step and any(word in error.what for word in words), str(error)
        return
    raise AssertionError("nothing was refused")
keep = records.keeper("chat", None, "A model", "A question")
"""


def in_a_process(code: str, home: Path, mounted: str = "", **more) -> str:
    """Run `code` in a process of its own; `mounted`: shell lines before it, in a mount namespace of its own."""
    command = [sys.executable, "-c", IN_PROCESS + textwrap.dedent(code)]
    if mounted:
        tried = (
            subprocess.run(["unshare", "-m", "sh", "-c", f"mount -t tmpfs none {home}"], capture_output=True, text=True)
            if shutil.which("unshare") and sys.platform == "linux"
            else None
        )
        if tried is None or tried.returncode:
            pytest.skip("this account may not mount anything (unshare -m): " + (tried.stderr[:100] if tried else ""))
        command = ["unshare", "-m", "sh", "-c", f'set -e; {mounted}\nexec "$@"', "sh", *command]
    done = subprocess.run(
        command,
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        env={**os.environ, "TEXTLAB_HOME": str(home), "PYTHONPATH": str(ROOT)},
        **more,
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


@posix
def test_a_full_disk_is_told_everywhere_and_nothing_is_lost(tmp_path):
    """A disk of 8 MB: what was there stays whole, what cannot be saved is held, and is saved once there is room."""
    in_a_process(
        """
        from core.documents import corpus
        from core.documents.encoding import vector_store
        from core.documents.mapping import naming
        from core.documents.pipeline import result_cache as results
        from core.words.files import store as words
        home = storage.home()
        kept = np.arange(1000, dtype=np.float32)
        storage.save_array(storage.folder("maps") / "old.npy", kept)
        keep(Ended())
        assert unsaved.trouble() is None
        with open(home / "filler", "wb", buffering=0) as filler:  # to the last byte
            try:
                while filler.write(b"x" * 4096):
                    pass
            except OSError:
                pass
        large = np.ones(3_000_000, np.float32)
        full = ("disk is full", "no room")
        refused(lambda: storage.save_array(storage.folder("maps") / "new.npy", large), *full)
        refused(lambda: storage.save_array(storage.folder("maps") / "old.npy", large), *full)
        refused(lambda: corpus.save(corpus.Corpus("t", ("a text " * 4000,) * 40)), *full)
        refused(lambda: words.save("0" * 32, "w", ["a"] * 3000, np.ones((3000, 300))), *full)
        refused(lambda: results.write("x", "x", {"a": "b" * 8192}), *full)

        class Encoder:
            dimension = 384
            def identity(self): return "e"
            def adopt(self): pass
            def changes(self, texts_left, share_left): return False
            def batches(self, texts): yield np.arange(len(texts)), np.ones((len(texts), 384), np.float32)
        refused(lambda: vector_store.encode(Encoder(), [str(n) for n in range(4000)]), *full)
        for _ in range(3):
            keep(Ended())
        while unsaved.trouble() is None:  # SQLite had pages left
            keep(Ended())
        held = unsaved.trouble().count
        assert "full" in unsaved.trouble().error.what, unsaved.trouble()
        assert storage.load_array(home / "maps" / "old.npy").tolist() == kept.tolist()
        assert not list(home.rglob("*.part")) and not list(home.rglob("part-*"))
        (home / "filler").unlink()
        assert unsaved.write_all() == held and unsaved.trouble() is None
        count = records.count()["chat"]
        assert count >= 1 + held and len(records.search(limit=1000)) == count
        storage.save_array(home / "maps" / "new.npy", kept)
        """,
        tmp_path,
        f"mount -t tmpfs -o size=8m none {tmp_path}",
    )


@posix
def test_a_folder_that_can_only_be_read_is_read_and_what_would_be_written_is_told(tmp_path):
    in_a_process(
        """
        from core.models import on_disk as models_on_disk
        from core.runtime import compiled_code
        from core.documents import corpus
        from core.documents.pipeline import result_cache as results
        from core.tokens import own_files, pack
        from core.words.files import store as words
        home = Path(os.environ["TEXTLAB_HOME"])
        refused(lambda: storage.folder("new"), "cannot be written", "can only be read")
        refused(lambda: storage.save_array(home / "x.npy", np.ones(3)), "can only be read")
        assert corpus.saved() == {} and words.stored() == [] and own_files.found() == {}
        assert models_on_disk.found() == [] and not pack.downloaded() and results.read("x", "x") is None
        assert home not in compiled_code.folder().parents
        keep(Ended())
        assert unsaved.trouble().count == 1
        """,
        tmp_path,
        f"mount -t tmpfs -o ro none {tmp_path}",
    )


@pytest.fixture
def model():
    opened = open_model(catalog.find("pocket-chat").path)
    yield opened
    opened.close()
    unsaved.forget()


def asked(model, prompt="Once upon a time") -> Run:
    run = Run(
        lambda: model.ask(prompt, Settings(temperature=0, max_tokens=8)),
        patience=60,
        then=records.keeper("chat", model, "Pocket Chat", prompt),
    )
    run.finish()
    return run


@pytest.fixture(params=["under a file", "under /proc"])
def no_home(request, tmp_path, monkeypatch):
    """A folder that nobody can make, not even root."""
    if request.param == "under /proc" and not Path("/proc/self").exists():
        pytest.skip("there is no /proc")
    (tmp_path / "file").touch()
    path = tmp_path / "file" / "home" if request.param == "under a file" else Path("/proc/nowhere/home")
    monkeypatch.setenv("TEXTLAB_HOME", str(path))
    yield path
    cached_jobs.worker_of.clear()  # processes that were started with this home
    cached_jobs.registry().requests.clear()
    cached_jobs.registry().answers.clear()


def test_a_folder_that_cannot_be_made_is_a_sentence_and_answers_are_held(no_home, model, monkeypatch, tmp_path):
    with pytest.raises(UnusableFolder, match="cannot be written") as caught:
        storage.home()
    assert "TEXTLAB_HOME" in caught.value.next_step
    run = asked(model)
    assert run.text and not run.error and unsaved.trouble().count == 1
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path / "another"))
    assert unsaved.write_all() == 1 and records.search()[0].answer == run.text


@pytest.mark.parametrize("page", ["prompt_playground", "word_explorer", "document_map", "tokenizer_inspector"])
def test_every_page_lives_without_a_folder(no_home, page):
    from streamlit.testing.v1 import AppTest

    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
    app.run()
    app.switch_page(f"pages/{page}.py")
    app.run()
    assert not app.exception and app.main.children
    unsaved.forget()


def test_a_folder_deleted_while_it_runs_is_made_again(tmp_path, monkeypatch, model):
    from core.cached import jobs as cached_jobs
    from core.documents.pipeline.job_spec import JobSpec
    from core.runtime.jobs import JobRegistry

    home = tmp_path / "home"
    monkeypatch.setenv("TEXTLAB_HOME", str(home))
    book = JobRegistry()
    monkeypatch.setattr(cached_jobs, "registry", lambda: book)
    path = storage.folder("maps") / "map.npy"
    storage.save_array(path, np.ones(3))

    spec = JobSpec("project", "map", {"vectors": "x"}, {})
    spec.write({"points": str(path), "note": ""})
    assert cached_jobs.cached_result(spec)["points"] == str(path)
    asked(model)
    shutil.rmtree(home)
    assert cached_jobs.cached_result(spec) is None, "its files are gone: it is computed again"
    asked(model)
    assert unsaved.trouble() is None and len(records.search()) == 1
    storage.save_array(path, np.ones(3))
    assert storage.load_array(path).tolist() == [1, 1, 1]


def test_a_job_whose_files_are_gone_is_done_again(tmp_path):
    from core.runtime.jobs import JobRegistry
    from core.runtime.worker import Worker

    path, worker, book = tmp_path / "a.npy", Worker("tests.support.counter:Counter"), JobRegistry()
    try:
        path.touch()
        first = book.ask(worker, "key", "files", {"path": str(path)})
        assert first.result(30)["file"] == str(path) and book.ask(worker, "key", "files", {"path": str(path)}) is first
        path.unlink()
        assert book.ask(worker, "key", "files", {"path": str(path)}) is not first
    finally:
        worker.kill()


def test_two_labs_on_one_folder_lose_nothing_and_disturb_nobody(tmp_path):
    code = IN_PROCESS + textwrap.dedent("""
        from core.words.files import store as words
        for number in range(25):
            keep(Ended())
            storage.save_array(storage.folder("maps") / "same.npy", np.arange(2000, dtype=np.float32))
            words.save("0" * 32, "w", ["a", "b"], np.eye(2, 4))
        assert unsaved.trouble() is None, unsaved.trouble()
        """)
    labs = [
        subprocess.Popen(
            [sys.executable, "-c", code],
            cwd=ROOT,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "TEXTLAB_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)},
        )
        for _ in range(2)
    ]
    for lab in labs:
        _, error = lab.communicate(timeout=120)
        assert lab.returncode == 0, error[-2000:]
    told = in_a_process(
        """
        from core.words.files import store as words
        print(records.count()["chat"], len(words.open_stored("0" * 32).words))
        """,
        tmp_path,
    )
    assert told.split() == ["50", "2"]
    assert storage.sweep() >= 0 and not list(tmp_path.rglob("*.part"))


def test_a_clock_that_is_set_back_changes_no_order_and_no_time(tmp_path, monkeypatch, model):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    first = asked(model, "Once upon a time")
    now = time.time()
    monkeypatch.setattr(time, "time", lambda: now - 10 * 365 * 86_400)
    second = asked(model, "A llama")
    newest, older = records.search()
    assert (newest.prompt, older.prompt) == ("A llama", "Once upon a time") and newest.at < older.at
    for run in (first, second):
        assert run.text and 0 <= run.timings.first_token_seconds < 60 and run.timings.load_seconds >= 0
    from core.documents.ingest import sources

    kept = sources.save_uploads([("a.txt", b"a text")])
    assert sources.still_there(kept)


@posix
def test_with_few_open_files_a_sentence_comes_and_all_goes_on_afterwards(tmp_path):
    """`ulimit -n 256`: eight kinds of worker need a tenth of it; where there are no more, that is told."""
    in_a_process(
        """
        import resource
        from core.runtime.worker import Worker
        resource.setrlimit(resource.RLIMIT_NOFILE, (256, 256))
        workers = [Worker("tests.support.counter:Counter") for _ in range(8)]
        assert [worker.call("add", number=1) for worker in workers] == [1] * 8
        used = len(os.listdir("/proc/self/fd")) if os.path.exists("/proc/self/fd") else 0
        assert used < 60, used
        for _ in range(60):  # processes that come and go leave nothing open
            workers[0].kill()
            workers[0].call("add", number=1)
        if used:
            assert len(os.listdir("/proc/self/fd")) <= used + 4, len(os.listdir("/proc/self/fd"))
        files = []
        try:
            while True:
                files.append(open(os.devnull))
        except OSError:
            pass
        more = Worker("tests.support.counter:Counter")
        refused(lambda: more.call("add", number=1), "Too many files")
        refused(lambda: storage.save_array(storage.folder("maps") / "x.npy", np.ones(3)), "Too many files")
        keep(Ended())
        assert unsaved.trouble().count == 1
        assert workers[1].call("add", number=1) == 2, "what runs goes on"
        for file in files:
            file.close()
        assert more.call("add", number=1) == 1 and unsaved.write_all() == 1
        for worker in (*workers, more):
            worker.kill()
        """,
        tmp_path,
    )


@posix
def test_a_process_that_may_not_be_forked_is_a_sentence(tmp_path):
    """RLIMIT_NPROC does not hold for root: then as another account, once everything is imported."""
    in_a_process(
        """
        import resource
        from core.runtime.worker import Worker
        worker = Worker("tests.support.counter:Counter")
        running = Worker("tests.support.counter:Counter")
        assert running.call("add", number=1) == 1
        resource.setrlimit(resource.RLIMIT_NPROC, (1, 1))
        if os.geteuid() == 0:
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)
        for _ in range(2):
            refused(lambda: worker.call("add", number=1), "does not let another")
        assert running.call("add", number=1) == 2, "what runs goes on"
        """,
        tmp_path,
    )


def test_sweeping_takes_what_dead_processes_left_and_nothing_else(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    dead = subprocess.run([sys.executable, "-c", "import os; print(os.getpid())"], capture_output=True, text=True)
    theirs = storage.mine("a.npy.").replace(f"-{os.getpid()}-", f"-{dead.stdout.strip()}-")
    for name in (
        theirs,
        storage.mine("mine."),
        "a.npy",
        "a~b.part",
        theirs.replace("~", "~0"),
        "models/" + theirs,
        "downloads/" + theirs,
        "deep/er/" + theirs,
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    (tmp_path / "vectors" / theirs / "inner").mkdir(parents=True)
    assert storage.sweep() == 3
    left = {path.name for path in tmp_path.rglob("*") if path.is_file()}
    assert theirs in left and len(list(tmp_path.rglob(theirs))) == 2, "what was fetched and put there stays"
    assert not (tmp_path / "vectors" / theirs).exists() and "a~b.part" in left and "a.npy" in left


def test_the_sentence_of_each_fault_says_what_to_do():
    import errno
    import sqlite3

    from core.errors import of_system

    for problem, kind in (
        (OSError(errno.ENOSPC, "no", "/x/map.npy"), UnusableFolder),
        (MemoryError(), UserError),
        (OSError(errno.EROFS, "no"), UnusableFolder),
        (PermissionError(13, "no"), UnusableFolder),
        (OSError(errno.EMFILE, "no"), NoProcess),
        (OSError("9 requested and 3 written"), UserError),
        (sqlite3.OperationalError("database or disk is full"), UnusableFolder),
        (RuntimeError("can't start new thread"), NoProcess),
        (RuntimeError("DefaultCPUAllocator: can't allocate memory: you tried"), UserError),
    ):
        told = of_system(problem)
        assert isinstance(told, kind) and told.what and told.next_step
    for bug in (ValueError("x"), KeyError("x"), FileNotFoundError(2, "no"), RuntimeError("x"), OSError("x")):
        assert of_system(bug) is None
