"""Readers of word vectors and tables that the gate runs in its processes (declared in `core.runtime.readers`)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.runtime.worker_process import Task

if TYPE_CHECKING:
    from core.words.files.formats import Entry
    from core.words.files.store import Stored
    from core.words.occupations import Occupation


def entries(path: str) -> list[Entry]:
    """The files inside an archive that could be vectors; [] if `path` is none."""
    from core.words.files import formats

    return formats.entries(Path(path))


def import_file(task: Task, path: str, entry: str | None, title: str | None, most: int | None = None) -> Stored:
    """Read a file of vectors into the store."""
    from core.words.files import store

    return store.import_file(Path(path), entry, title, task.progress, most)


def shares(text: str) -> tuple[Occupation, ...]:
    """Occupations from a person's own table."""
    from core.words import occupations

    return occupations.read_shares(text)


def word_lists(text: str, name: str) -> dict[str, Any]:
    """A person's own word lists."""
    from core.words import own_files

    return own_files.read_word_lists(text, name)


def own_analogies(text: str, name: str) -> dict[str, Any]:
    """A person's own analogies."""
    from core.words import own_files

    return own_files.read_analogies(text, name)


def own_ratings(text: str, name: str) -> dict[str, Any]:
    """A person's own pairs of words with ratings."""
    from core.words import own_files

    return own_files.read_ratings(text, name)
