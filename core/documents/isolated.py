"""What the gate's processes do with documents of strangers (declared in `core.runtime.readers`).

What each needs is imported in it: a first look waits for no bundle's numbers.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.documents.ingest.sources import ImportOptions, Source
from core.runtime.worker_process import Task

if TYPE_CHECKING:
    from core.documents.ingest.importing import ImportResult


def look(source: dict[str, Any], encoding: str = "") -> dict[str, Any]:
    """The first rows of a source, see `sources.Look`; the columns as (name, values) each."""
    from core.documents.ingest import preview

    found = preview.look(source_of(source), encoding)
    return {**vars(found), "columns": list(found.columns.items())}


def import_corpus(task: Task, source: dict[str, Any], options: dict[str, Any], place: str = "") -> ImportResult:
    """Files into a saved corpus: its key, counts, and the rows that could not be read. `place`: the folder for it."""
    from core.documents.ingest import importing

    given: dict[str, Any] = {
        name: tuple(value) if isinstance(value, list) else value for name, value in options.items()
    }
    given["kinds"] = tuple((name, kind) for name, kind in given.get("kinds", ()))
    return importing.import_corpus(
        source_of(source), ImportOptions(**given), task.progress, Path(place) if place else None
    )


def source_of(given: dict[str, Any]) -> Source:
    """A source that has travelled as JSON."""
    return Source(
        given["title"], tuple((path, name) for path, name in given["files"]), given["size"], tuple(given["notes"])
    )


@dataclass(frozen=True)
class Identity:
    """Which encoder is in use here: all that opening a bundle asks of it."""

    key: str
    name: str
    revision: str


def open_bundle(task: Task, path: str, encoder: dict[str, str]) -> dict[str, Any]:
    """Save the map in a bundle: {"key" of its corpus, "settings", "same_encoder", "named"}."""
    from core.documents.pipeline import bundle

    whole = bundle.read(Path(path), task.progress)
    return {
        "key": bundle.save(whole, Identity(**encoder)),
        "settings": asdict(whole.settings),
        "same_encoder": whole.encoder["revision"] == encoder["revision"],
        "named": any(map(any, whole.names)),
    }


def judged(path: str, whole: bool) -> dict[str, Any]:
    """A folder in BEIR's layout: the facts that a page needs, or all of it."""
    from core.documents.retrieval import judged_folder

    found = judged_folder.read(path)
    if not whole:
        return asdict(found.facts())
    return {**asdict(found), "grades": [sorted(one.items()) for one in found.grades]}
