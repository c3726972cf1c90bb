"""What the gate's processes do with word vectors and tables of strangers (declared in `core.runtime.readers`)."""

from __future__ import annotations

from pathlib import Path

from core.words import formats, occupations, store
from core.worker_process import Task


def entries(path: str) -> list[formats.Entry]:
    """The files inside a .zip that could be vectors; [] if `path` is no .zip."""
    return formats.entries(Path(path))


def import_file(task: Task, path: str, entry: str | None, title: str | None) -> store.Stored:
    """Read a file of vectors into the store."""
    return store.import_file(Path(path), entry, title, task.progress)


def shares(text: str) -> tuple[occupations.Occupation, ...]:
    """Occupations from a person's own table."""
    return occupations.read_shares(text)
