"""What shall be read: a file or a folder on this machine, listed and looked into before it is read as a whole."""

from __future__ import annotations

import itertools
import os
import shutil
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from core import storage
from core.documents import tables
from core.documents.tables import BadRow, Row
from core.errors import UnreadableFile, UserError

MOST_FILES = 100_000
ROWS_LOOKED_AT, COLUMNS_LISTED = 200, 100
LETTERS_LOOKED_AT = 2000  # of a cell: a few hundred rows of long texts are not held to be looked at
KINDS = ".txt, .csv, .tsv, .jsonl, .parquet, .md, .html or .pdf"


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
        raise UserError("That path cannot be read.", "Copy the path of a file or a folder on this machine.") \
            from problem
    found: list[tuple[str, str]] = []
    others: Counter[str] = Counter()
    for folder, inner, names in os.walk(path):
        inner[:] = sorted(name for name in inner if not name.startswith("."))
        for name in sorted(names):
            whole = Path(folder, name)
            if name.startswith(".") or whole.is_symlink():
                continue
            if _ending(name) in tables.ENDINGS:
                found.append((str(whole), whole.relative_to(path).as_posix()))
            else:
                others[_ending(name) or "no ending"] += 1
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
        if _ending(name) not in tables.ENDINGS and not (_ending(name) == "zip" and len(files) == 1):
            raise UserError(f"“{PurePath(name).name[:60]}” is not a kind of file this page reads.", f"Use {KINDS}.")
    try:
        size = sum(os.path.getsize(path) for path, _ in files) if measure else 0
        return Source(title, tuple(files), size, tuple(notes))
    except OSError as problem:
        raise UserError("A file is not there any more.", "Choose it again.") from problem


def keep(uploads: Sequence[tuple[str, Any]]) -> Source:
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
        path = folder / f"{number}.{_ending(name)}"
        path.write_bytes(content)
        files.append((str(path), PurePath(name).name[:200]))
    return of_files(files[0][1] if len(files) == 1 else f"{len(files)} files", files)


def still_there(source: Source) -> bool:
    """Whether all files of a source exist."""
    return all(os.path.exists(path) for path, _ in source.files)


@dataclass(frozen=True)
class Look:
    """The first rows of a source: columns with their first values, rows that do not fit, remarks."""

    columns: dict[str, list[Any]]
    bad: tuple[BadRow, ...] = ()
    notes: tuple[str, ...] = ()

    def likely_text(self) -> str:
        """The column that most looks like text: the longest on average."""
        def mean_length(name: str) -> float:
            some = [value for value in self.columns[name] if isinstance(value, str)]
            return sum(map(len, some)) / len(some) if some else -1.0
        return max(self.columns, key=mean_length)


def look(source: Source) -> Look:
    """The first rows of the first few files.

    Raises:
        UserError: not a single row can be read.
    """
    some: list[Row] = []
    bad: list[BadRow] = []
    notes: list[str] = []
    few = list({_ending(name): file for file in reversed(source.files) for name in [file[1]]}.values())
    first = [file for file in source.files[:3] if file not in few]
    problem: UnreadableFile | None = None
    wide = False
    for path, name in [*few, *first]:
        try:
            for row in itertools.islice(read(path, name, notes, source.folder), ROWS_LOOKED_AT):
                if isinstance(row, BadRow):
                    bad.append(row)
                else:
                    wide = wide or len(row) > COLUMNS_LISTED
                    some.append({column: _short(row[column]) for column in itertools.islice(row, COLUMNS_LISTED)})
        except UnreadableFile as error:
            problem = error
            bad.append(BadRow(0, error.what, name))
    if problem and len(source.files) == 1:
        raise problem  # reading it as a whole would end the same way
    if not some:
        raise problem or UnreadableFile("There are no documents in the file.",
                                        "A table needs a header and at least one row.")
    names = list(dict.fromkeys(name for row in some for name in row))
    if wide or len(names) > COLUMNS_LISTED:
        notes.append(f"of many columns the first {COLUMNS_LISTED} can be chosen")
    names = names[:COLUMNS_LISTED]
    return Look({name: [row.get(name) for row in some] for name in names}, tuple(bad), tuple(dict.fromkeys(notes)))


def _short(value: Any) -> Any:
    return value[:LETTERS_LOOKED_AT] if isinstance(value, str) else value


def read(path: str, name: str, notes: list[str], folder: bool, at: list[int] | None = None,
         columns: Sequence[str] | None = None) -> Iterator[Row | BadRow]:
    """The rows of one file, with its name and folder as columns where there are several.

    `at[0]` is kept at the place in the file, in bytes.

    Raises:
        UnreadableFile: the file cannot be read.
    """
    more = {"file": name, "folder": PurePath(name).parent.as_posix()} if folder else {}
    try:
        with open(path, "rb") as file:
            for number, row in enumerate(tables.rows(file, _ending(name), notes, whole=folder, columns=columns)):
                if at is not None and number % 64 == 0:
                    at[0] = file.tell()
                yield BadRow(row.line, row.problem, name if folder else "") if isinstance(row, BadRow) else \
                    {**row, **more}
    except OSError as problem:
        raise UnreadableFile("The file cannot be opened.", "Look whether it is still there and may be read.") \
            from problem


def _ending(name: str) -> str:
    return PurePath(name).suffix.lower().lstrip(".")
