"""Words that lie beside a matrix: in a list of words, a table, a tokenizer, or the Projector's metadata.

A matrix file (.npy, .safetensors, vectors.tsv) has no words of its own; they are in another file of the same folder.
Of the files whose name says that they could be it, the first that has as many words as the matrix has rows is it.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from core.errors import UnreadableFile
from core.words.files.rows import clean

LARGEST_LIST = 1 << 28
"""Bytes of a file of words: three million words take about 30 MB."""
MOST_FILES = 2000
_ENDINGS = (".txt", ".json", ".csv", ".tsv", ".vocab", ".lst", ".list", ".words")
_NAMES = ("metadata", "words", "vocab", "vocabulary", "tokens", "labels", "keys", "index", "index_to_word", "id2word")
_COLUMNS = ("word", "words", "token", "tokens", "label", "name", "term", "key", "text")


def words_beside(path: Path, rows: int, folder: Path | None = None) -> list[str]:
    """The words of a matrix with so many rows, from a file beside `path` (in `folder`, if that is another one).

    Raises:
        UnreadableFile: there is no such file, or none with as many words.
    """
    seen: list[str] = []
    for candidate in candidates(path, folder):
        try:
            lists = _lists(candidate, rows)
        except (OSError, ValueError, RecursionError, TypeError, csv.Error):
            seen.append(f"{candidate.name} cannot be read")
            continue
        found = next((words for words in lists if len(words) == rows), None)
        if found is not None:
            return [clean(word) for word in found]
        seen += [f"{candidate.name} has {len(words):,}" for words in lists[:1]]
    stem = path.name.split(".")[0]
    if seen:
        raise UnreadableFile(
            f"“{path.name}” holds {rows:,} rows of numbers without words, and {', '.join(seen[:3])}.",
            "The file of words must have one word for each row.",
        )
    raise UnreadableFile(
        f"“{path.name}” holds {rows:,} rows of numbers but no words.",
        f"Put them in the same folder, one per line: {stem}.txt, words.txt or metadata.tsv. An upload must have both.",
    )


def words_in_file(path: Path, rows: int) -> list[str] | None:
    """The words of one file, if it has so many; None if not, or if it cannot be read."""
    try:
        found = next((words for words in _lists(path, rows) if len(words) == rows), None)
    except (OSError, ValueError, RecursionError, TypeError, csv.Error):
        return None
    return None if found is None else [clean(word) for word in found]


def candidates(path: Path, folder: Path | None = None) -> list[Path]:
    """Files beside `path` whose names say that they could hold its words, the likeliest first."""
    stem = path.name.split(".")[0].lower()
    ranked: list[tuple[int, str, Path]] = []
    for number, other in enumerate(sorted((folder or path.parent).iterdir())):
        if number >= MOST_FILES:
            break
        name, ending = other.name.lower(), other.suffix.lower()
        if other.name == path.name or ending not in _ENDINGS or not other.is_file():
            continue
        base = name.split(".")[0]
        if base == stem:
            ranked.append((0, name, other))
        elif base in _NAMES:
            ranked.append((1 + _NAMES.index(base), name, other))
        elif base.startswith(stem) or any(one in base for one in _NAMES[:6]):
            ranked.append((90, name, other))
    return [other for _, _, other in sorted(ranked)]


def _lists(path: Path, rows: int) -> list[list[str]]:
    """The lists of words that a file may be meant to hold."""
    if path.stat().st_size > LARGEST_LIST:
        raise ValueError("it is too large")
    text = path.read_text(encoding="utf-8-sig")
    if path.suffix.lower() == ".json":
        return [words for words in [listed(json.loads(text))] if words is not None]
    if path.suffix.lower() in (".csv", ".tsv", ".vocab"):
        return _columns(text, "," if path.suffix.lower() == ".csv" else "\t", rows)
    lines = text.split("\n")
    lines = [line.removesuffix("\r") for line in (lines[:-1] if not lines[-1] else lines)]
    return [lines, [line for line in lines if line.strip()]]


def _columns(text: str, separator: str, rows: int) -> list[list[str]]:
    """The words of a table: its column of that name, or its first; with a line of names if there is one line more."""
    if separator == "," and text.count(";", 0, 2000) > text.count(",", 0, 2000):
        separator = ";"
    lines = io.StringIO(text)
    if separator == "\t":
        table = [row for row in csv.reader(lines, delimiter=separator, quoting=csv.QUOTE_NONE) if row]
    else:
        table = [row for row in csv.reader(lines, delimiter=separator) if row]
    if not table:
        return []
    heads = [head.strip().lower() for head in table[0]]
    column = next((heads.index(name) for name in _COLUMNS if name in heads), 0)
    if len(table) == rows:
        column = 0 if len(table[0]) == 1 else _wordy(table)
    elif column == 0 and len(table[0]) > 1 and heads[0] not in _COLUMNS:
        column = _wordy(table[1:] or table)
    words = [row[column] if column < len(row) else "" for row in table]
    return [words, words[1:]]


def _wordy(table: Sequence[Sequence[str]]) -> int:
    """The first column that is no number in most rows."""
    for column in range(len(table[0])):
        cells = [row[column] for row in table[:50] if column < len(row)]
        if sum(not cell.replace(".", "", 1).lstrip("-").isdigit() for cell in cells) * 2 > len(cells):
            return column
    return 0


def listed(value: Any) -> list[str] | None:
    """Words as JSON: a list of texts, {word: row}, {row: word}, or such a value under a name; None if it is none."""
    if isinstance(value, list):
        if all(isinstance(word, str) for word in value):
            return value
        names = [_named(item) for item in value]
        return [name for name in names if name is not None] if None not in names else None
    if not isinstance(value, dict) or not value:
        return None
    if all(type(row) is int for row in value.values()):
        return [word for word, _ in sorted(value.items(), key=lambda item: item[1])]
    if all(isinstance(word, str) for word in value.values()) and all(key.isdigit() for key in value):
        return [word for _, word in sorted(value.items(), key=lambda item: int(item[0]))]
    return next((words for name in (*_COLUMNS, *_NAMES) if (words := listed(value.get(name))) is not None), None)


def _named(item: Any) -> str | None:
    if isinstance(item, dict):
        return next((item[name] for name in _COLUMNS if isinstance(item.get(name), str)), None)
    return item if isinstance(item, str) else None
