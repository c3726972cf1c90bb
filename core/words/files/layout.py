"""How the rows of a text file of vectors are written: separator, decimal sign, header, quotes, by its first lines.

A row is the word, then D numbers. Words may hold the separator ("new york", ". . ."): the LAST D fields are numbers.
Nothing but the lines themselves decides, so a file's ending does not matter. With spaces and tabs as separators, quotes
are words like others, unless every word has them.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

BOM = b"\xef\xbb\xbf"
MARKS = (b"#", b"//", b"%", b";", b"--", b"!", b"/*", b"*", b"@", b"'", b"REM ")
"""What a comment line begins with. A line that is a row is never a comment, whatever it begins with."""

SAMPLE = 64
"""Lines that decide."""

_SEPARATORS: tuple[bytes | None, ...] = (None, b",", b";", b"|")  # None: any run of spaces and tabs
_BRACKETS = re.compile(rb"[\"']?[\[(]([-+\d.eE\s,;]+)[\])][\"']?\s*$")
_QUOTED_COMMA = re.compile(rb"\"([-+]?\d+),(\d+(?:[eE][-+]?\d+)?)\"")
_HEADS = re.compile(rb"(words?|tokens?|terms?|keys?|labels?|names?|entit(y|ies)|vocab|text|index|id|)", re.IGNORECASE)


@dataclass(frozen=True)
class Layout:
    """The form of a file's rows.

    `separator`: None for any run of spaces and tabs. `header`: words and dimensions, where the first line says so.
    `before`: lines before the first row that are no rows (a header, names of columns). `quotes`: the sign around each
    word, or b"". `numbered`: every row begins with its own number. `numbers_only`: no row has a word. `brackets`: the
    numbers stand in brackets. `quoted_commas`: numbers with a decimal comma stand in quotes. `colon`: one after each
    word.
    """

    dimension: int
    separator: bytes | None = None
    decimal_comma: bool = False
    header: tuple[int, int] | None = None
    before: int = 0
    quotes: bytes = b""
    numbered: bool = False
    numbers_only: bool = False
    column_names: bool = False
    brackets: bool = False
    quoted_commas: bool = False
    colon: bool = False

    @property
    def is_plain(self) -> bool:
        """Whether a row is a word and numbers with spaces between them, and nothing else."""
        odd = self.decimal_comma or self.quotes or self.numbered or self.numbers_only or self.brackets or self.colon
        return self.separator is None and not odd

    def split(self, line: bytes) -> list[bytes] | None:
        """The word's part of a line and its D numbers as text; None if it has fewer fields."""
        if self.brackets or self.quoted_commas:
            line = _bare(line)
        count = self.dimension - 1 if self.numbers_only else self.dimension
        if self.separator is None:
            parts = line.rsplit(None, count)
        else:
            parts = line.rstrip(b" \t\r" + self.separator).rsplit(self.separator, count)
        if len(parts) <= count:
            return None
        if self.separator is not None:
            parts = [part.strip(b" \t\"'") if i else part.strip(b" \t") for i, part in enumerate(parts)]
        if self.decimal_comma:
            parts[1:] = [part.replace(b",", b".") for part in parts[1:]]
            if self.numbers_only:
                parts[0] = parts[0].replace(b",", b".")
        return parts

    def word(self, part: bytes) -> bytes:
        """The word itself: without its row's number and its quotes."""
        part = part.strip(b" \t\r")
        if self.colon and len(part) > 1:
            part = part.removesuffix(b":").rstrip()
        if self.numbered:
            part = re.sub(rb"^[\"']?\d+[\"']?[\s,;|]+", b"", part)
        sign = self.quotes or (part[:1] if self.separator is not None and part[:1] in (b'"', b"'") else b"")
        if sign and len(part) >= 2 and part.startswith(sign) and part.endswith(sign):
            part = part[1:-1].replace(sign * 2, sign)
        return part


def _bare(line: bytes) -> bytes:
    """A line without the brackets around its numbers, and with points for decimal commas within quotes."""
    line = _QUOTED_COMMA.sub(rb"\1.\2", line)
    found = _BRACKETS.search(line)
    if not found:
        return line
    return line[: found.start()].rstrip(b" \t,;:|") + b" " + b" ".join(re.split(rb"[\s,;]+", found[1].strip()))


def line_end(text: bytes) -> bytes:
    """What ends a line: a line feed, or in files of old programs a carriage return alone."""
    return b"\r" if b"\n" not in text and b"\r" in text else b"\n"


def is_number(field: bytes) -> bool:
    """Whether a field is a number; "nan" and "inf" are, to be refused as values later."""
    try:
        float(field)
    except ValueError:
        return False
    return b"_" not in field  # Python reads 1_000, other programs do not


def layout_of(text: bytes) -> Layout | None:
    """The layout of a text that begins with `text`; None if its lines have no numbers at their ends."""
    lines = [line.strip(b"\r") for line in text.removeprefix(BOM).split(line_end(text), 4 * SAMPLE)]
    if len(lines) > 2:
        lines.pop()  # it may be cut
    if b"\0" in lines[0]:
        return None
    brackets = sum(bool(_BRACKETS.search(line)) for line in lines) * 2 >= len(lines)
    quoted_commas = any(map(_QUOTED_COMMA.search, lines))
    if brackets or quoted_commas:
        lines = [_bare(line) for line in lines]
    first = next((line for line in lines if line.strip() and not line.lstrip().startswith(MARKS)), b"")
    header = _header(first)
    body = [line for line in lines if line.strip()][:SAMPLE]
    if header:
        body.remove(first)
    rows = [line for line in body if not line.lstrip().startswith(MARKS) or _run(line, None, False)] or body
    best = max(
        (_counted(rows, separator, comma, header) for separator in _SEPARATORS for comma in (False, True)),
        key=lambda found: found[0],
    )
    (score, dimension), separator, comma = best[0], best[1], best[2]
    if not score or dimension < 1:
        return None
    found = Layout(dimension, separator, comma, header, brackets=brackets, quoted_commas=quoted_commas)
    return _described(lines, rows, first, found)


def _counted(
    rows: Sequence[bytes], separator: bytes | None, comma: bool, header: tuple[int, int] | None
) -> tuple[tuple[int, int], bytes | None, bool]:
    """(numbers in rows of the most frequent length, that length) with a separator and a decimal sign."""
    if comma and (separator == b"," or not any(b"," in row for row in rows)):
        return (0, 0), separator, comma
    runs = Counter(run for row in rows if (run := _run(row, separator, comma)))
    if not runs:
        return (0, 0), separator, comma
    length = max(runs, key=lambda run: (runs[run], run))
    if separator is not None and length < 2:  # a table of words and counts, or prose
        return (0, 0), separator, comma
    if header and runs[header[1]] * 3 >= sum(runs.values()):
        length = header[1]
    support = sum(count for run, count in runs.items() if run >= length)
    return (support * length, length), separator, comma


def _fields(line: bytes, separator: bytes | None, comma: bool) -> list[bytes]:
    if separator is None:
        fields = line.split()
    else:
        fields = [field.strip(b" \t\"'") for field in line.rstrip(b" \t\r" + separator).split(separator)]
    return [field.replace(b",", b".") for field in fields] if comma else fields


def _run(line: bytes, separator: bytes | None, comma: bool) -> int:
    """How many numbers a line ends with, its first field left out."""
    run = 0
    for field in reversed(_fields(line, separator, comma)[1:]):
        if not is_number(field):
            break
        run += 1
    return run


def _header(line: bytes) -> tuple[int, int] | None:
    """Words and dimensions, where a line is `V D`."""
    fields = line.replace(b",", b" ").replace(b";", b" ").split()
    whole = len(fields) == 2 and all(field.isdigit() and len(field) < 10 for field in fields)
    return (int(fields[0]), int(fields[1])) if whole else None


def _described(lines: Sequence[bytes], rows: Sequence[bytes], first: bytes, layout: Layout) -> Layout:
    """The layout with what the words of the first rows tell: names of columns, quotes, numbers before or instead."""
    separator, comma, dimension = layout.separator, layout.decimal_comma, layout.dimension
    heads = _fields(first, separator, comma)
    names = layout.header is None and (
        _names_columns(heads, dimension) or (layout.brackets and not any(map(is_number, heads)))
    )
    if names and len(rows) > 1:
        rows = [row for row in rows if row is not first]
    fitting = [row for row in rows if _run(row, separator, comma) >= dimension]
    words = [parts[0].strip() for row in fitting if (parts := layout.split(row))]
    only = bool(fitting) and all(all(map(is_number, _fields(row, separator, comma))) for row in fitting)
    pointed = sum(b"." in word or b"e" in word.lower() for word in words) if only else 0
    quotes = next(
        (
            sign
            for sign in (b'"', b"'")
            if len(words) > 1 and all(len(w) > 1 and w.startswith(sign) and w.endswith(sign) for w in words)
        ),
        b"",
    )
    numbers = [re.match(rb"[\"']?(\d+)[\"']?[\s,;|]+\S", word) for word in words]
    counted = [int(found[1]) for found in numbers if found]
    in_order = counted == list(range(counted[0], counted[0] + len(counted))) if counted else False
    before = lines.index(first) + 1 if layout.header or names else 0
    numbers_only = only and pointed * 10 >= 9 * len(words)
    return replace(
        layout,
        dimension=dimension + 1 if numbers_only else dimension,
        before=before,
        quotes=quotes,
        numbered=len(counted) == len(words) > 1 and in_order and counted[0] in (0, 1),
        numbers_only=numbers_only,
        column_names=names,
        colon=len(words) > 1 and all(len(word) > 1 and word.endswith(b":") for word in words),
    )


def _names_columns(fields: Sequence[bytes], dimension: int) -> bool:
    """Whether the first line names columns: no row of numbers, or "word 0 1 2 ..."."""
    if not dimension <= len(fields) <= dimension + 2:
        return False
    if not any(map(is_number, fields)):
        return dimension > 1 or bool(_HEADS.fullmatch(fields[0]))
    values = fields[-dimension:]
    if dimension < 2 or not all(value.isdigit() for value in values) or not _HEADS.fullmatch(fields[0]):
        return False
    start = int(values[0])
    return start in (0, 1) and [int(value) for value in values] == list(range(start, start + dimension))
