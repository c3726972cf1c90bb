"""Records out of JSON: lines, an array, an object that holds a list, or columns of equal length.

An array is read element by element, however long it is; an element that is broken costs itself.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from typing import Any

from core.documents.ingest import tables
from core.documents.ingest.sources import BadRow
from core.documents.ingest.tables import NumberedRow, Opened, Row
from core.errors import UnreadableFile

BLOCK = 1 << 18  # characters read at a time
LARGEST_OBJECT = 200_000_000  # characters of a file that is one object: it is read as a whole
_NEXT = re.compile(r"[}\]]\s*,\s*(?=[{\[])")
_DECODER = json.JSONDecoder()


def read(opened: Opened) -> Iterator[Row | BadRow]:
    """The records of a JSON file, whatever its ending says of its form."""
    with tables.decoded(opened) as (text, head):
        start = head.lstrip("\ufeff \t\r\n")
        if start.startswith("[") and not _is_lines(start):
            yield from _array_or_lines(text, opened.ending)
        elif start.startswith("{") and not _is_lines(start):
            yield from _object(text, opened.notes)
        else:
            yield from _lines(text)


def _array_or_lines(text: io.TextIOWrapper, ending: str) -> Iterator[Row | BadRow]:
    """The elements of an array; the lines where its first element is none and the ending says that there are lines."""
    found = _array(text)
    first = next(found, None)
    if isinstance(first, BadRow) and ending in ("jsonl", "ndjson"):
        text.seek(0)
        yield from _lines(text)
        return
    if first is not None:
        yield first
    yield from found


def _is_lines(start: str) -> bool:
    """Whether the first line is a whole value and something follows it: JSON lines."""
    first, *rest = [line.strip() for line in start.splitlines()[:6]] or [""]
    if first in ("[", "{") or first.endswith(",") or not any(rest):
        return False
    return _is_json(first) or any(
        line.startswith("{") and _is_json(line) for line in rest
    )  # a first line can be broken


def _is_json(line: str) -> bool:
    try:
        json.loads(line)
        return True
    except (ValueError, RecursionError):
        return False


def _lines(text: io.TextIOBase) -> Iterator[Row | BadRow]:
    for number, line in tables.lines(text):
        if line.strip():
            try:
                value = json.loads(line)
            except (ValueError, RecursionError):
                yield BadRow(number, "not JSON")
                continue
            yield _row(value, number)


def _row(value: Any, number: int) -> Row | BadRow:
    if isinstance(value, str):
        return NumberedRow.at(number, {"text": value})
    if not isinstance(value, dict):
        return BadRow(number, "neither an object nor a text")
    try:
        return NumberedRow.at(number, tables.flat(value))
    except (ValueError, RecursionError) as problem:
        return BadRow(number, str(problem)[:80])


def _array(text: io.TextIOBase) -> Iterator[Row | BadRow]:
    """The elements of an array, one after another; lines are counted as they pass."""
    held, place, line, ended = "", 0, 1, False

    def more() -> bool:
        nonlocal held, place, ended
        block = text.read(max(BLOCK, len(held) - place))
        held, place = held[place:] + block, 0
        ended = not block
        return not ended

    more()
    begin = held.index("[") + 1
    line += held.count("\n", 0, begin)
    place = begin
    while True:
        while place < len(held) and held[place] in " \t\r\n,":
            line += held[place] == "\n"
            place += 1
        if place >= len(held):
            if not more():
                return
            continue
        if held[place] == "]":
            return
        try:
            value, end = _DECODER.raw_decode(held, place)
            if end >= len(held) and not ended and more():  # a number could go on
                continue
        except RecursionError:
            yield BadRow(line, "nested too deep")
            return
        except ValueError:
            if not ended and len(held) - place < tables.LONGEST_LINE and more():
                continue
            yield BadRow(line, "not JSON")
            following = _NEXT.search(held, place + 1)
            if following is None:
                return
            line += held.count("\n", place, following.end())
            place = following.end()
            continue
        yield _row(value, line)
        line += held.count("\n", place, end)
        place = end


def _object(text: io.TextIOBase, notes: list[str]) -> Iterator[Row | BadRow]:
    """The records of an object: those of the longest list of objects in it, its columns, or itself."""
    content = text.read(LARGEST_OBJECT + 1)
    if len(content) > LARGEST_OBJECT:
        raise UnreadableFile("The file is one JSON object of more than 200 million characters.", "Use JSON lines.")
    try:
        value = json.loads(content.lstrip("\ufeff"))
    except RecursionError as problem:
        raise UnreadableFile("The JSON is nested too deep.", "Use JSON lines.") from problem
    except ValueError as problem:
        if "\n" in content.strip():
            yield from _lines(io.StringIO(content))
            return
        raise UnreadableFile(f"The file is not JSON ({str(problem)[:80]}).", "Write it again.") from problem
    columns = {name: cells for name, cells in value.items() if isinstance(cells, list)}
    lengths = {len(cells) for cells in columns.values()}
    if len(columns) > 1 and len(columns) == len(value) and len(lengths) == 1 and not _objects(*columns.values()):
        yield from (
            _row(dict(zip(columns, cells, strict=True)), number)
            for number, cells in enumerate(zip(*columns.values(), strict=True), 1)
        )
        return
    name, found = _list_in(value)
    if found is None:
        yield _row(value, 1)
        return
    notes.append(f"the records are those of the list “{name[:60]}”")
    yield from (_row(each, number) for number, each in enumerate(found, 1))


def _objects(*lists: list[Any]) -> bool:
    return any(isinstance(each, dict) for cells in lists for each in cells[:5])


def _list_in(value: dict[str, Any], depth: int = 0) -> tuple[str, list[Any] | None]:
    """(dotted name, list) of the longest list of objects or texts within an object, at most three deep."""
    best: tuple[str, list[Any] | None] = ("", None)
    for name, each in value.items():
        found: tuple[str, list[Any] | None] = ("", None)
        if isinstance(each, list) and each and all(isinstance(one, (dict, str)) for one in each[:5]):
            if isinstance(each[0], dict) or len(value) == 1:
                found = (str(name), each)
        elif isinstance(each, dict) and depth < 2:
            inner, items = _list_in(each, depth + 1)
            found = (f"{name}.{inner}", items)
        if found[1] is not None and len(found[1]) > len(best[1] or ()):
            best = found
    return best
