"""Files of word vectors and tables, read in a process of the gate (`core.runtime.gate`)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from core import storage
from core.runtime import gate
from core.runtime.worker_process import Task
from core.words.files.store import Stored
from core.words.occupations import Occupation


def archive_names(path: Path) -> list[str]:
    """The names of the files inside an archive (.zip, .tar, also packed) that could be vectors; [] if it is none.

    Raises:
        UserError: its list is damaged or too long.
    """
    if not path.name.lower().endswith((".zip", ".tar", ".tgz")) and not _begins_as_archive(path):
        return []
    return [str(one["name"]) for one in gate.read("vectors archive", named=path.name, path=str(path))]


def _begins_as_archive(path: Path) -> bool:
    """Its first bytes: a zip, a tar, or packed with gzip, bzip2 or xz; any other file needs no process."""
    try:
        with open(path, "rb") as file:
            head = file.read(512)
        return head.startswith((b"PK", b"\x1f\x8b", b"BZh", b"\xfd7zXZ")) or head[257:262] == b"ustar"
    except (OSError, ValueError):
        return False


def import_file(
    path: Path,
    entry: str | None = None,
    title: str | None = None,
    on_progress: Callable[[float, str], None] | None = None,
    most: int | None = None,
) -> Stored:
    """Read a file of vectors once and save it, see `core.words.files.store.import_file`.

    Raises:
        UserError: it cannot be read, or cost too much.
    """
    saved = gate.read(
        "vectors file",
        named=title or Path(entry or path).name,
        on_progress=on_progress,
        path=str(path),
        entry=entry,
        title=title,
        most=most,
    )
    return Stored.from_json(saved)


class Files:
    """Reads files in a worker process, which can be ended."""

    def read(
        self, task: Task, path: str, entry: str | None = None, title: str | None = None, most: int | None = None
    ) -> dict[str, Any]:
        return vars(import_file(Path(path), entry, title, task.progress, most))


def shares(text: str, named: str = "") -> tuple[Occupation, ...]:
    """Occupations from a person's own table, see `core.words.occupations.read_shares`.

    Raises:
        UserError: a row has no number from 0 to 100; the message names its line.
    """
    found = gate.read("table of shares", named=named, keep=storage.content_key(text), text=text)
    return tuple(Occupation(**one) for one in found)
