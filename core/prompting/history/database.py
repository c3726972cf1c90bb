"""The file in which runs, evals and votes are saved: one SQLite database under the lab's home.

Each use opens a connection of its own, so that any thread may write; what a block writes is there whole or not at all,
also after the process was killed in the middle.
"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path

from core import storage
from core.errors import UserError

WAIT_SECONDS = 15.0  # for another writer
SMALLEST_ROOM = 100_000  # bytes: SQLite's files beside the database, and a page or two
RUN_COLUMNS = {
    "at": "REAL NOT NULL",
    "kind": "TEXT NOT NULL",
    "title": "TEXT NOT NULL",
    "model": "INTEGER REFERENCES models(id)",
    "prompt": "TEXT NOT NULL",
    "how": "TEXT NOT NULL",
    "settings": "TEXT NOT NULL",
    "versions": "TEXT NOT NULL",
    "timings": "TEXT NOT NULL",
    "ended_by": "TEXT NOT NULL",
    "error": "TEXT NOT NULL",
    "answer": "TEXT NOT NULL",
    "prompt_tokens": "BLOB NOT NULL",
    "steps": "BLOB NOT NULL",
    "searched": "TEXT NOT NULL",
}
"""What is saved of each run, by column: its type. Every run also has a number, `id`."""
LARGE_COLUMNS = ("prompt_tokens", "steps", "searched")
"""Those that a list of runs does not read."""
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS models(
    id INTEGER PRIMARY KEY, path TEXT NOT NULL, bytes INTEGER NOT NULL, changed INTEGER NOT NULL, sha256 TEXT,
    about TEXT NOT NULL, UNIQUE(path, bytes, changed));
CREATE TABLE IF NOT EXISTS runs(
    id INTEGER PRIMARY KEY AUTOINCREMENT, {", ".join(f"{name} {kind}" for name, kind in RUN_COLUMNS.items())});
CREATE INDEX IF NOT EXISTS runs_by_kind ON runs(kind, id);
CREATE TABLE IF NOT EXISTS sets(
    id TEXT PRIMARY KEY, at REAL NOT NULL, name TEXT NOT NULL, plan TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS cells(
    set_id TEXT NOT NULL REFERENCES sets(id) ON DELETE CASCADE, key TEXT NOT NULL,
    run INTEGER REFERENCES runs(id) ON DELETE SET NULL, verdicts TEXT NOT NULL, PRIMARY KEY(set_id, key));
CREATE TABLE IF NOT EXISTS votes(
    id INTEGER PRIMARY KEY, at REAL NOT NULL, prompt TEXT NOT NULL, best TEXT NOT NULL, others TEXT NOT NULL);
"""
_made: set[Path] = set()
_making = threading.Lock()


def place() -> Path:
    """The database's file."""
    return storage.folder("records") / "runs.sqlite"


@contextlib.contextmanager
def connected() -> Iterator[sqlite3.Connection]:
    """A connection whose block is one transaction.

    Raises:
        UserError: the disk is full, or the file cannot be read or written.
    """
    path = place()
    try:
        _make(path)
        connection = _open(path)
    except (sqlite3.Error, OSError) as problem:
        raise _unusable(path, problem) from problem
    try:
        with connection:
            yield connection
    except sqlite3.Error as problem:
        if "malformed" in str(problem):  # damage that shows only where it is read
            raise _set_aside(path) from problem
        raise _unusable(path, problem) from problem
    finally:
        connection.close()


def _open(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=WAIT_SECONDS)
    connection.row_factory = sqlite3.Row
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA synchronous = NORMAL")  # with the log ahead: a killed process loses nothing
    return connection


def _make(path: Path) -> None:
    """Create the tables once per process and file; a damaged file is moved aside, never written over."""
    with _making:
        if path in _made and path.exists():
            return
        for attempt in range(2):
            try:
                with contextlib.closing(_open(path)) as connection:
                    connection.execute("PRAGMA journal_mode = WAL")
                    connection.executescript(_SCHEMA)
                break
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:
                if attempt:
                    raise
                path.replace(_name_aside(path))
        _made.add(path)


def _name_aside(path: Path) -> Path:
    return path.with_name(f"damaged-{time.time_ns()}.sqlite")


def _set_aside(path: Path) -> UserError:
    aside = _name_aside(path)
    with _making, contextlib.suppress(OSError):
        path.replace(aside)
        for ending in ("-wal", "-shm"):  # they belong to that file
            with contextlib.suppress(OSError):
                path.with_name(path.name + ending).replace(aside.with_name(aside.name + ending))
        _made.discard(path)
    return UserError(
        f"The history in {path.name} are damaged.",
        f"The file was renamed to {aside.name}; from now on answers are saved in a new file.",
    )


def _unusable(path: Path, problem: Exception) -> UserError:
    with contextlib.suppress(OSError):  # SQLite says "disk I/O error" where it has no room for a file beside its own
        if "full" not in str(problem) and shutil.disk_usage(path.parent).free < SMALLEST_ROOM:
            return UserError(f"The disk is full: {path.name} cannot be used ({problem}).", "Make room and try again.")
    return UserError(
        f"The history in {path.name} cannot be used ({problem}).",
        "Check that the disk has room and that the folder of the lab can be written to.",
    )
