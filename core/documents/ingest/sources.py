"""What shall be read: a file or a folder on this machine, listed here, looked into and read at the gate.

Nothing here opens a file: what a stranger wrote is read by `preview`, `importing` and `tables`, in a process apart.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path, PurePath
from typing import Any

from core import storage
from core.documents.ingest.formats import ABOUT_A_DATASET, ENDINGS, KINDS, ending_of
from core.errors import UserError
from core.runtime import gate

MOST_FILES = 100_000


@dataclass(frozen=True)
class BadRow:
    """A row or a file that cannot be read: where, and what is wrong."""

    line: int
    problem: str
    file: str = ""


@dataclass(frozen=True)
class Source:
    """Files to read: (path, the name to show) each, how many bytes, and what was passed over."""

    title: str
    files: tuple[tuple[str, str], ...]
    size: int
    notes: tuple[str, ...] = ()

    @property
    def folder(self) -> bool:
        """Whether a file counts as a document of its own where it can."""
        return len(self.files) > 1


def find(place: str) -> Source:
    """The files at a path on this machine: the file itself, or all that can be read in a folder and its folders.

    Hidden files and links are passed over.

    Raises:
        UserError: nothing there, nothing readable, or too many files.
    """
    path = Path(place.strip().strip("\"'")).expanduser()
    try:
        if not place.strip() or not path.exists():
            raise UserError("There is nothing at that path.", "Copy the path of a file or a folder on this machine.")
        if path.is_file():
            return of_files(path.name, [(str(path), path.name)])
    except (OSError, ValueError) as problem:
        raise UserError(
            "That path cannot be read.", "Copy the path of a file or a folder on this machine."
        ) from problem
    found: list[tuple[str, str]] = []
    others: Counter[str] = Counter()
    for folder, inner, names in os.walk(path):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        for name in sorted(names):
            whole = Path(folder, name)
            if name.startswith(".") or whole.is_symlink() or name in ABOUT_A_DATASET:
                continue
            if ending_of(name) in ENDINGS:
                found.append((str(whole), whole.relative_to(path).as_posix()))
            else:
                others[ending_of(name) or "no ending"] += 1
        if len(found) > MOST_FILES:
            raise UserError(f"There are more than {MOST_FILES:,} files in that folder.", "Choose a part of it.")
    if not found:
        raise UserError("There is no file in that folder that this page reads.", f"It reads {KINDS}.")
    passed = ", ".join(f"{count:,} .{ending}" for ending, count in others.most_common(4))
    return of_files(path.name or str(path), found, (f"not read: {passed}",) if passed else ())


def of_files(title: str, files: Sequence[tuple[str, str]], notes: Sequence[str] = (), measure: bool = True) -> Source:
    """A source of these files.

    Raises:
        UserError: one is of a kind that is not read, or is not there.
    """
    for _, name in files:
        if ending_of(name) not in ENDINGS:
            raise UserError(f"“{PurePath(name).name[:60]}” is not a kind of file this page reads.", f"Use {KINDS}.")
    try:
        size = sum(os.path.getsize(path) for path, _ in files) if measure else 0
        return Source(title, tuple(files), size, tuple(notes))
    except OSError as problem:
        raise UserError("A file is not there any more.", "Choose it again.") from problem


def save_uploads(uploads: Sequence[tuple[str, Any]]) -> Source:
    """Uploads (name, bytes) as a source: written beside the corpora, under names of ours, and cleared after a day.

    Raises:
        UserError: one is of a kind that is not read.
    """
    of_files("", [("", name) for name, _ in uploads], measure=False)
    place = storage.folder("incoming")
    for old in place.iterdir():
        if time.time() - old.stat().st_mtime > 86_400:
            shutil.rmtree(old, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(dir=place))
    files = []
    for number, (name, content) in enumerate(uploads):
        path = folder / f"{number}.{ending_of(name)}"
        path.write_bytes(content)
        files.append((str(path), PurePath(name).name[:200]))
    return of_files(files[0][1] if len(files) == 1 else f"{len(files)} files", files)


def distinct_paths(paths: Sequence[str]) -> list[str]:
    """The shortest ends of paths, by whole names, that no two of them share.

    Example: "/a/x/data.csv", "/a/y/data.csv" and "/a/z.csv" give "x/data.csv", "y/data.csv" and "z.csv".
    """
    parts = [PurePath(path).parts for path in paths]
    taken = [1] * len(parts)
    while True:
        ends = ["/".join(part[-count:]) for part, count in zip(parts, taken, strict=True)]
        often = Counter(ends)
        again = [row for row, end in enumerate(ends) if often[end] > 1 and taken[row] < len(parts[row])]
        if not again:
            return ends
        for row in again:
            taken[row] += 1


def is_bundle(source: Source) -> bool:
    """Whether a source is a map's bundle: a zip archive that names the bundle's two files in its list of contents.

    Only the end of the file is looked at for the names; nothing of it is unpacked.
    """
    path = source.files[0][0]
    try:
        with open(path, "rb") as file:
            file.seek(max(os.path.getsize(path) - 4096, 0))
            tail = file.read()
    except OSError:
        return False
    return b"map.json" in tail and b"map.parquet" in tail


def still_there(source: Source) -> bool:
    """Whether all files of a source exist."""
    return all(os.path.exists(path) for path, _ in source.files)


@dataclass(frozen=True)
class ImportOptions:
    """What to import of the rows: the columns that hold the text, those saved as fields, and how texts are cut.

    `words`: of a passage at most (0: documents stay whole); `overlap`: words that neighbouring passages share;
    `repeated`: whether texts that repeat another word for word are kept; `most`: how many passages at most, drawn at
    random where there are more. `encoding`: of text files ("": recognised). `kinds`: (column, one of
    `column_types.KINDS`) where the person says it; `vectors`: the column that holds each document's vector, `places`:
    those of its two or three coordinates on a map, where there are such. `origin`: where the files lie.
    """

    text: tuple[str, ...] = ("text",)
    fields: tuple[str, ...] = ()
    words: int = 150
    overlap: int = 30
    repeated: bool = True
    most: int = 100_000
    seed: int = 0
    encoding: str = ""
    kinds: tuple[tuple[str, str], ...] = ()
    vectors: str = ""
    places: tuple[str, ...] = ()
    origin: str = ""


@dataclass(frozen=True)
class Look:
    """The first rows of a source: columns with their first values, rows that cannot be read, remarks.

    `kinds`: (column, its kind, what is said of it) as guessed from these rows; `vectors`: (column, dimension) of those
    that hold vectors; `encoding`: in which the (first) text file is read; `rows`: about how many rows there are in all.
    """

    columns: dict[str, list[Any]]
    bad: tuple[BadRow, ...] = ()
    notes: tuple[str, ...] = ()
    kinds: tuple[tuple[str, str, str], ...] = ()
    vectors: tuple[tuple[str, int], ...] = ()
    encoding: str = ""
    rows: int = 0

    def likely_text(self) -> str:
        """The column that most looks like text: the longest on average, in words before letters."""
        holds_vectors = {name for name, _ in self.vectors}

        def looks(name: str) -> tuple[float, float]:
            some = [value for value in self.columns[name] if isinstance(value, str)]
            filled = [value for value in some if value.strip()]
            if not filled or name in holds_vectors or (name in ADDED and len(self.columns) > 1):
                return (-1.0, -1.0)
            share = len(filled) / max(len(self.columns[name]), 1)
            mean = sum(map(len, filled)) / len(filled)
            spaced = sum(" " in value.strip() or any(ord(letter) > 0x2E7F for letter in value) for value in filled)
            named = 1.5 if name.lower().rpartition(".")[2] in NAMES_OF_TEXTS else 1.0
            return (mean * named * min(share * 4, 1.0) * (0.2 + 0.8 * spaced / len(filled)), mean)

        return max(self.columns, key=looks)

    def likely_places(self) -> tuple[str, ...]:
        """The columns "x" and "y" (and "z"), where they hold numbers; none else."""
        kinds = {name: kind for name, kind, _ in self.kinds}
        found = {name.lower(): name for name in self.columns if kinds.get(name) == "number"}
        for names in (("x", "y", "z"), ("x", "y"), ("umap_x", "umap_y"), ("projection_x", "projection_y")):
            if all(name in found for name in names):
                return tuple(found[name] for name in names)
        return ()


ADDED = frozenset({"file", "folder", "sheet", "table"})  # columns that say where a row is from
NAMES_OF_TEXTS = frozenset("text texts body content comment comments message abstract review sentence document".split())


def look(source: Source, encoding: str = "") -> Look:
    """The first rows of the first few files, read at the gate (`core.runtime.gate`).

    Raises:
        UserError: not a single row can be read.
    """
    found = gate.read("documents look", named=source.title, source=asdict(source), encoding=encoding)
    return Look(
        {str(name): list(values) for name, values in found["columns"]},
        tuple(BadRow(**row) for row in found["bad"]),
        tuple(map(str, found["notes"])),
        tuple((str(name), str(kind), str(why)) for name, kind, why in found["kinds"]),
        tuple((str(name), int(width)) for name, width in found["vectors"]),
        str(found["encoding"]),
        int(found["rows"]),
    )
