"""Every answer is saved: its prompt, its tokens with their probabilities, its times, and the very file that gave it."""

from __future__ import annotations

import functools
import json
import platform
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path
from sqlite3 import Connection
from typing import Any

import core
from core.errors import UserError
from core.models.gguf import parts as gguf_parts
from core.models.llama.safe_mode import library_version
from core.prompting.engine import Model
from core.prompting.history import record_rows, unsaved
from core.prompting.history.database import LARGE_COLUMNS, RUN_COLUMNS, connected
from core.prompting.history.record_rows import Record, question_of
from core.prompting.runs import Run
from core.runtime import machine

_LIGHT = ", ".join(f"runs.{name}" for name in ("id", *RUN_COLUMNS) if name not in LARGE_COLUMNS)
HASHED_AT_ONCE = 64_000_000  # bytes; larger files are hashed in a thread of their own


def keeper(
    kind: str,
    model: Any,
    title: str,
    prompt: Any,
    *,
    thinking: bool | None = None,
    cold: bool = False,
) -> Callable[[Run], None]:
    """What a `Run` is given as `then`, so that it is saved when it ends. Saving can never spoil the answer: what
    cannot be written now is held by `core.prompting.history.unsaved`, which the page shows."""

    def keep(run: Run) -> None:
        ended = time.time()

        def write() -> int:
            return save(run, kind, model, title, prompt, thinking=thinking, cold=cold, at=ended)

        try:
            if unsaved.trouble():
                unsaved.write_all()
            write()
        except UserError as error:
            unsaved.hold(write, error)

    return keep


def save(
    run: Run,
    kind: str,
    model: Any,
    title: str,
    prompt: Any,
    *,
    thinking: bool | None = None,
    cold: bool = False,
    also: Callable[[Connection, int], object] | None = None,
    at: float | None = None,
) -> int:
    """Save a finished run; its number. `also` writes in the same transaction: both are saved, or neither. `at`: when it
    ended (seconds since 1970), if not now.

    Raises:
        UserError: the disk is full, or the records cannot be written.
    """
    plain = list(prompt) if not isinstance(prompt, str) else prompt
    how = {"thinking": thinking, "cold": cold, "n_ctx": getattr(model, "n_ctx", 0)}
    searched = "\n".join((question_of(plain), run.text, title, kind)).casefold()
    if isinstance(plain, list):
        searched += "\n".join(str(part.get("content", "")) for part in plain if isinstance(part, dict)).casefold()
    with connected() as connection:
        values = {
            "at": time.time() if at is None else at,
            "kind": kind,
            "title": title,
            "model": _model_number(connection, model),
            "prompt": json.dumps(plain),
            "how": json.dumps(how),
            "settings": json.dumps(asdict(run.settings)),
            "versions": json.dumps(versions()),
            "timings": json.dumps(asdict(run.timings)),
            "ended_by": run.ended_by,
            "error": str(run.error) if run.error else "",
            "answer": run.text,
            "prompt_tokens": record_rows.packed(list(run.prompt_tokens)),
            "steps": record_rows.packed([step.as_list() for step in run.steps]),
            "searched": searched,
        }
        number = connection.execute(
            f"INSERT INTO runs({', '.join(RUN_COLUMNS)}) VALUES({', '.join(f':{name}' for name in RUN_COLUMNS)})",
            values,
        ).lastrowid
        assert number is not None
        if also:
            also(connection, number)
    if isinstance(model, Model):
        _hash(model.path)
    return number


def search(words: str = "", kind: str = "", limit: int = 200) -> list[Record]:
    """The newest runs that hold all the words (in prompt, answer or title), without their tokens."""
    conditions, values = ["1"], []
    for word in words.casefold().split():
        conditions.append(r"searched LIKE ? ESCAPE '\'")
        values.append("%" + word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%")
    if kind:
        conditions.append("kind = ?")
        values.append(kind)
    with connected() as connection:
        rows = connection.execute(
            f"SELECT {_LIGHT}, models.about, models.sha256 FROM runs LEFT JOIN models ON models.id = runs.model "
            f"WHERE {' AND '.join(conditions)} ORDER BY runs.id DESC LIMIT ?",
            [*values, limit],
        ).fetchall()
    return [record_rows.record_of(row, whole=False) for row in rows]


def find(numbers: Iterable[int], whole: bool = True) -> list[Record]:
    """The runs of these numbers, with their tokens if `whole`, as asked for; those deleted are left out."""
    wanted, columns = list(numbers), "runs.*" if whole else _LIGHT
    found: dict[int, Record] = {}
    with connected() as connection:
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            rows = connection.execute(
                f"SELECT {columns}, models.about, models.sha256 FROM runs LEFT JOIN models ON models.id = runs.model "
                f"WHERE runs.id IN ({','.join('?' * len(part))})",
                part,
            ).fetchall()
            found |= {row["id"]: record_rows.record_of(row, whole) for row in rows}
    return [found[number] for number in wanted if number in found]


def delete(numbers: Iterable[int]) -> None:
    with connected() as connection:
        connection.executemany("DELETE FROM runs WHERE id = ?", [(number,) for number in numbers])


def count() -> dict[str, int]:
    """How many runs there are of each kind, by kind."""
    with connected() as connection:
        return dict(connection.execute("SELECT kind, count(*) FROM runs GROUP BY kind ORDER BY kind").fetchall())


@functools.cache
def versions() -> dict[str, str]:
    """What computed: this program, Python, the binding that holds llama.cpp, the system and its processor."""
    return {
        "laptop-text-lab": core.__version__,
        "python": platform.python_version(),
        "llama-cpp-python": library_version(),
        "system": platform.platform(terse=True),
        "processor": machine.cpu_name(),
    }


def _model_number(connection: Connection, model: Any) -> int:
    if isinstance(model, Model):
        status = model.path.stat() if model.path.exists() else None
        path, size, changed = str(model.path), model.header.size_bytes, int(status.st_mtime_ns) if status else 0
        about = {
            "path": path,
            "bytes": size,
            "architecture": model.header.architecture,
            "name": model.header.name,
            "parameters": model.header.parameters,
        }
    else:
        path, size, changed = str(getattr(model, "address", type(model).__name__)), 0, 0
        about = {"server": path, "name": getattr(model, "model", "")}
        path = f"{path} {about['name']}"
    connection.execute(
        "INSERT OR IGNORE INTO models(path, bytes, changed, about) VALUES(?,?,?,?)",
        (path, size, changed, json.dumps(about)),
    )
    row = connection.execute("SELECT id FROM models WHERE path=? AND bytes=? AND changed=?", (path, size, changed))
    return int(row.fetchone()["id"])


_hashing: set[str] = set()


def _hash(path: Path) -> None:
    """Save the file's SHA-256 beside its runs; computed once for each state of a file."""
    with connected() as connection:
        rows = connection.execute(
            "SELECT id, bytes, changed FROM models WHERE path=? AND sha256 IS NULL", (str(path),)
        ).fetchall()
    if not rows or str(path) in _hashing:
        return

    def compute() -> None:
        _hashing.add(str(path))
        try:
            size, changed = gguf_parts.size_bytes(path), path.stat().st_mtime_ns
            digest = gguf_parts.sha256_of(path)
            with connected() as connection:
                connection.execute(
                    "UPDATE models SET sha256=? WHERE path=? AND bytes=? AND changed=?",
                    (digest, str(path), size, changed),
                )
        except (OSError, UserError):
            pass  # the file is gone: its runs are saved without a digest
        finally:
            _hashing.discard(str(path))

    if rows[-1]["bytes"] <= HASHED_AT_ONCE:
        compute()
    else:
        threading.Thread(target=compute, daemon=True, name="hashing a model").start()
