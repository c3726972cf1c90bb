"""Word vectors as JSON, in the shapes that programs write; one value, or a value on each line (JSON Lines).

{"king": [0.1, ...], ...}                              {"words": ["king", ...], "vectors": [[0.1, ...], ...]}
[{"word": "king", "vector": [0.1, ...]}, ...]          [["king", [0.1, ...]], ...] or [["king", 0.1, ...], ...]
{"columns": [...], "index": ["king", ...], "data": [[0.1, ...], ...]}     as pandas writes it (orient="split")
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from core.errors import UnreadableFile
from core.words.files.beside import listed
from core.words.files.layout import BOM
from core.words.files.rows import MOST_DIMENSIONS, Collector, Content, MakeRows, Stream, clean

LARGEST = 3 << 30
"""Bytes of JSON that are read; its numbers take some four times as much in memory."""
_WORD = ("word", "token", "text", "key", "label", "name", "term", "id")
_VECTOR = ("vector", "embedding", "vec", "values", "embeddings", "vectors", "v")
_WORDS = ("words", "word", "token", "text", "index", "vocab", "vocabulary", "tokens", "labels", "keys")
_MATRIX = ("vectors", "vector", "data", "embeddings", "matrix", "vecs", "embedding", "values")
_WAYS = 'It can be {"word": [numbers]}, [{"word": ..., "vector": [...]}] or {"words": [...], "vectors": [[...]]}.'
Pair = tuple[int, str, Any]
"""(position in the file, word, its vector as it is in the file)"""


def is_json(head: bytes) -> bool:
    """Whether a file begins as a JSON object or list, and not as a row of text whose word is a bracket."""
    start = head.removeprefix(BOM).lstrip()[:400]
    if start[:1] not in (b"{", b"["):
        return False
    after = start[1:].lstrip()
    return after[:1] in (b'"', b"{", b"[", b"}", b"]") and not after.startswith(b'" ')


def read_json(stream: Stream, head: bytes, name: str, make_rows: MakeRows | None, most: int | None = None) -> Content:
    """The vectors of a JSON file that begins with `head`.

    Raises:
        UnreadableFile: it is damaged, or has none of the shapes.
    """
    text = _whole(stream, head, name)
    try:
        value, unit = json.loads(text), "entry"
    except (ValueError, RecursionError) as problem:
        lines = _lines(text)
        if lines is None:
            raise UnreadableFile(
                f"“{name}” is not whole JSON ({str(problem)[:80]}).", "Save or download it again."
            ) from problem
        value, unit = lines, "line"
    del text
    pairs = list(_pairs(value))
    lengths = Counter(len(vector) for _, _, vector in pairs if isinstance(vector, list) and vector)
    if not lengths:
        raise UnreadableFile(f"“{name}” is JSON without words and vectors.", _WAYS)
    dimension = max(lengths, key=lambda length: (lengths[length], length))
    if dimension > MOST_DIMENSIONS:
        raise UnreadableFile(
            f"“{name}” has {dimension:,} numbers in a row.",
            f"Vectors of up to {MOST_DIMENSIONS:,} dimensions can be read.",
        )
    collector = Collector(name, dimension, make_rows, len(pairs), most, unit)
    for start in range(0, len(pairs), 5000):
        _add(collector, pairs[start : start + 5000])
    return collector.finish()


def _whole(stream: Stream, head: bytes, name: str) -> str:
    parts, size = [head], len(head)
    while block := stream.read(8 << 20):
        parts.append(block)
        size += len(block)
        if size > LARGEST:
            raise UnreadableFile(f"“{name}” has more than {LARGEST / 1e9:.0f} GB of JSON.", "Save it as text or .npz.")
    return b"".join(parts).removeprefix(BOM).decode("utf-8", "replace")


def _lines(text: str) -> list[Any] | None:
    """A value for each line, None for one that is damaged; None if it is no file of lines."""
    found: list[Any] = []
    for line in text.splitlines():
        if line.strip():
            try:
                found.append(json.loads(line))
            except (ValueError, RecursionError):
                found.append(None)
    whole = sum(isinstance(value, (dict, list)) for value in found)
    return found if whole > 1 and whole * 2 > len(found) else None


def _pairs(value: Any) -> Iterator[Pair]:
    """The words and vectors of a value, in any of the shapes."""
    if isinstance(value, dict):
        columns = _columns(value)
        if columns:
            yield from ((i, word, vector) for i, (word, vector) in enumerate(zip(*columns, strict=False), 1))
        elif (
            len(value) == 1 and isinstance(inner := next(iter(value.values())), (dict, list)) and not _is_vector(inner)
        ):
            yield from _pairs(inner)
        else:
            inner = next(
                (value[key] for key in _MATRIX if isinstance(value.get(key), dict) or _is_records(value.get(key))), None
            )
            yield from _pairs(inner) if inner else _of_items(value.items())
    elif isinstance(value, list):
        yield from _of_list(value)


def _is_records(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value[:3])


def _columns(value: dict[str, Any]) -> tuple[list[str], list[Any]] | None:
    """The words and the matrix, where each has a name of its own."""
    words = next((found for key in _WORDS if (found := listed(value.get(key))) is not None), None)
    matrix = next((value[key] for key in _MATRIX if isinstance(value.get(key), list)), None)
    if words is None or matrix is None or not any(isinstance(row, list) for row in matrix):
        return None
    return words, matrix


def _of_items(items: Iterable[tuple[str, Any]]) -> Iterator[Pair]:
    for position, (word, vector) in enumerate(items, 1):
        yield position, word, _vector(vector)


def _of_list(value: list[Any]) -> Iterator[Pair]:
    for position, item in enumerate(value, 1):
        if isinstance(item, dict):
            word = next((item[key] for key in _WORD if isinstance(item.get(key), str)), None)
            if word is None and len(item) >= 1 and all(_is_vector(inner) for inner in item.values()):
                yield from ((position, each, inner) for each, inner in item.items())
            else:
                vector = next((item[key] for key in _VECTOR if key in item), None)
                flat = [number for number in item.values() if _is_value(number)]  # a column for each dimension
                yield position, word or "", flat if vector is None and word and flat else _vector(vector)
        elif isinstance(item, list) and len(item) > 1 and isinstance(item[0], str):
            yield position, item[0], _vector(item[1]) if len(item) == 2 and not _is_value(item[1]) else item[1:]
        else:
            yield position, "", None


def _vector(value: Any) -> Any:
    """A vector as a list: also {"vector": [...]}, {"0": 0.1, "1": ...} and "0.1 0.2"."""
    if isinstance(value, str):
        return value.strip(" []()").replace(",", " ").split() or None
    if isinstance(value, dict):
        inner = next((value[key] for key in _VECTOR if isinstance(value.get(key), list)), None)
        if inner is None and value and all(key.isdigit() for key in value):
            return [value[key] for key in sorted(value, key=int)]
        return inner
    return value


def _is_vector(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(_is_value(one) for one in value[:3])


def _is_value(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _add(collector: Collector, pairs: list[Pair]) -> None:
    """Add the pairs whose vectors are as long as the others and hold numbers only."""
    words, rows, positions = [], [], []
    for position, word, vector in pairs:
        if not isinstance(vector, list):
            collector.skip(position, "is not a word and a list of numbers", str(word))
        elif len(vector) != collector.dimension:
            collector.skip(position, f"has {len(vector):,} values; {collector.dimension:,} are expected", str(word))
        else:
            row = _numbers(vector)
            if row is None:
                collector.skip(position, "has a value that is not a number", str(word))
            else:
                words.append(clean(str(word)))
                rows.append(row)
                positions.append(position)
    if rows:
        collector.add(words, np.stack(rows), positions)


def _numbers(vector: list[Any]) -> np.ndarray | None:
    try:
        if any(isinstance(value, bool) or value is None for value in vector):
            return None
        with np.errstate(over="ignore"):
            row = np.array(vector, dtype=np.float64)
            return row.astype(np.float32) if row.ndim == 1 else None
    except (ValueError, TypeError, OverflowError):
        return None
