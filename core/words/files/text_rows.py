"""The rows of a text file of vectors, block by block, straight to where they are stored.

How a row is written is seen from the first lines (`core.words.files.layout`). A block whose rows are all as expected is
parsed at once; where a row is not, the rows of its block are looked at one by one.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import UnreadableFile
from core.words.files import rows as limits
from core.words.files.layout import BOM, MARKS, Layout, is_number, layout_of, line_end
from core.words.files.rows import MOST_DIMENSIONS, Collector, Content, MakeRows, Stream, no_rows

if TYPE_CHECKING:
    import pandas as pd

LONGEST_ROW = 32 << 20
"""Bytes of a row written out: a longer one is not a row of vectors."""

Block = list[tuple[int, str, bytes]]
"""Rows that can be parsed: (line, word, the numbers as text with one space between them)."""

Parsed = tuple[np.ndarray, dict[int, str], list[str]]
"""Rows (n, D) float32, what those that are wrong have instead of a number, and the words if they were read as well."""


@dataclass
class _Passed:
    """How many lines were rows, and how many were none: blank ones and comments."""

    rows: int = 0
    blank: int = 0
    comments: int = 0

    def note(self) -> list[str]:
        said = [
            f"{count:,} {kind} line{'' if count == 1 else 's'}"
            for count, kind in ((self.blank, "blank"), (self.comments, "comment"))
            if count
        ]
        if not said:
            return []
        were = "was" if self.blank + self.comments == 1 else "were"
        return [f"{' and '.join(said)} {were} skipped"]


def read_text(
    stream: Stream,
    start: bytes,
    name: str,
    make_rows: MakeRows | None,
    most: int | None = None,
    given: Sequence[str] = (),
) -> Content:
    """Rows of text. `start` is what was read already. `given`: the words in order, for a file that has numbers only.

    Raises:
        UnreadableFile: no line is a row, or at least as many are wrong as right; the message names the first.
    """
    text, ended = _first_block(stream, start)
    if len(text) > LONGEST_ROW and line_end(text) not in text:
        raise _too_long(name)
    layout = layout_of(text)
    if layout is None:
        raise no_rows(name)
    _check(layout, name)
    announced = layout.header[0] if layout.header else 0
    collector = Collector(name, layout.dimension, make_rows, announced, most, "line")
    passed = _Passed()
    # Two parsers at once: pandas releases the interpreter lock while it reads numbers.
    with ThreadPoolExecutor(2) as pool:
        waiting: list[tuple[int, bytes, Future[Parsed | None]]] = []
        rows_of: dict[int, Block] = {}

        def collect_first() -> None:
            number, block, parsed = waiting.pop(0)
            found = parsed.result()
            if found is None:  # not all of its rows are as expected
                rows = _split(_lines(block), layout, number, collector, passed, given)
                _collect(collector, passed, rows, parse([values for _, _, values in rows], layout.dimension))
            elif number in rows_of:
                _collect(collector, passed, rows_of.pop(number), found)
            else:
                collector.add(found[2], found[0], number)

        for number, block in _blocks(stream, text, ended, layout.before, name):
            if _is_simple(block, number, layout):
                waiting.append((number, block, pool.submit(parse_block, block, layout.dimension)))
            else:
                rows = rows_of[number] = _split(_lines(block), layout, number, collector, passed, given)
                numbers = [values for _, _, values in rows]
                waiting.append((number, b"", pool.submit(parse, numbers, layout.dimension)))
            while len(waiting) > 2:
                collect_first()
            if collector.full:
                break
        while waiting:
            collect_first()
    collector.notes += _about(layout, passed)
    content = collector.finish()
    if announced not in (0, len(content.words)) and not collector.full:
        note = f"the file announces {announced:,} words and holds {len(content.words):,}"
        return Content(content.words, content.matrix, (note, *content.notes))
    return content


def _first_block(stream: Stream, start: bytes) -> tuple[bytes, bool]:
    """The first block of a file without its byte order mark, long enough to see the layout; and if that is all."""
    text, ended = start, False
    while not ended and len(text) <= LONGEST_ROW and (b"\n" not in text or text.count(line_end(text)) < 200):
        block = stream.read(limits.BLOCK)
        text, ended = text + block, not block
    return text.removeprefix(BOM), ended


def _blocks(stream: Stream, text: bytes, ended: bool, before: int, name: str) -> Iterator[tuple[int, bytes]]:
    """(number of the first line, whole lines) of each block of a file; the first `before` lines are a block of their
    own. Lines end with a line feed."""
    end, line, rest = line_end(text), 1, text
    while True:
        block = b"" if ended else stream.read(limits.BLOCK)
        ended = not block
        whole = rest + block if rest else block
        cut = len(whole) if ended else whole.rfind(end) + 1
        if len(whole) - cut > LONGEST_ROW:
            raise _too_long(name)
        lines, rest = whole[:cut], whole[cut:]
        if end == b"\r":
            lines = lines.replace(b"\r", b"\n")
        elif b"\r" in lines:
            lines = lines.replace(b"\r\n", b"\n")
        if line == 1 and before and lines:
            head = b"\n".join(lines.split(b"\n", before)[:before]) + b"\n"
            yield 1, head
            line, lines = 1 + before, lines[len(head) :]
        if lines:
            yield line, lines
            line += lines.count(b"\n")
        if ended:
            return


def _lines(block: bytes) -> list[bytes]:
    lines = block.split(b"\n")
    if not lines[-1]:
        lines.pop()
    return lines


def _is_simple(block: bytes, number: int, layout: Layout) -> bool:
    """Whether a block can be parsed at once: one space between two fields, and as many as its rows need."""
    if number <= layout.before or not layout.is_plain or b"\t" in block or b"  " in block:
        return False
    rows = block.count(b"\n") + (not block.endswith(b"\n"))
    return block.count(b" ") == rows * layout.dimension and b"\r" not in block and b"\0" not in block


def _too_long(name: str) -> UnreadableFile:
    return UnreadableFile(
        f"“{name}” has a line of more than {LONGEST_ROW / 1e6:,.0f} MB.", "That is not a row of vectors."
    )


def _check(layout: Layout, name: str) -> None:
    if layout.dimension > MOST_DIMENSIONS:
        raise UnreadableFile(
            f"“{name}” has {layout.dimension:,} numbers in a row.",
            f"Vectors of up to {MOST_DIMENSIONS:,} dimensions can be read.",
        )


def _about(layout: Layout, passed: _Passed) -> list[str]:
    notes = passed.note()
    if layout.header and layout.header[1] != layout.dimension:
        notes.insert(0, f"the header says {layout.header[1]:,} dimensions, the rows have {layout.dimension:,}")
    if layout.column_names:
        notes.append("the first line names the columns and was not read as a word")
    if layout.numbered:
        notes.append("the number that each row begins with was left out")
    return notes


def _split(
    lines: list[bytes], layout: Layout, first: int, collector: Collector, passed: _Passed, given: Sequence[str]
) -> Block:
    """The rows among the lines of a block; the others are counted."""
    rows: Block = []
    dimension = layout.dimension
    simple = layout.is_plain
    for number, line in enumerate(lines, first):
        if number <= layout.before:
            if number < layout.before:
                _pass_by(line, number, layout, collector, passed)
            continue
        if simple and line.count(b" ") == dimension and b"\t" not in line and line[-1:] not in b"\r ":
            part, _, values = line.partition(b" ")
        elif (parts := layout.split(line)) is None:
            _pass_by(line, number, layout, collector, passed)
            continue
        else:
            part, values = layout.word(parts[0]), b" ".join(parts[1:])
            if layout.numbers_only:
                part, values = b"", b" ".join(parts)
        try:
            word = _word_of(given, passed.rows) if layout.numbers_only else part.decode("utf-8")
            rows.append((number, word, values))
        except UnicodeDecodeError:
            collector.skip(number, "has a word that is not UTF-8 text", part.decode("utf-8", "replace"))
        passed.rows += 1
    return rows


def _word_of(given: Sequence[str], row: int) -> str:
    return given[row] if row < len(given) else ""


def _pass_by(line: bytes, number: int, layout: Layout, collector: Collector, passed: _Passed) -> None:
    """Count a line that is no row: blank, a comment, or one that is wrong."""
    bare = line.strip()
    if not bare:
        passed.blank += 1
    elif bare.startswith(MARKS):
        passed.comments += 1
    else:
        fields = bare.split(layout.separator)
        word = fields[0].decode("utf-8", "replace")
        collector.skip(number, f"has {len(fields) - 1:,} values; {layout.dimension:,} are expected", word)
    passed.rows += bool(bare) and not bare.startswith(MARKS)


def _collect(collector: Collector, passed: _Passed, rows: Block, parsed: Parsed) -> None:
    """Add the rows of a block, without those whose values could not be read."""
    matrix, wrong, _ = parsed
    for i, shown in wrong.items():
        if rows[i][1].encode().startswith(MARKS):  # a comment with as many words as a row has fields
            passed.comments += 1
            continue
        collector.skip(rows[i][0], f"has “{shown}” instead of a number", rows[i][1])
    if wrong:
        kept = [i for i in range(len(rows)) if i not in wrong]
        rows, matrix = [rows[i] for i in kept], matrix[kept]
    collector.add([word for _, word, _ in rows], matrix, [number for number, _, _ in rows])


def parse_block(block: bytes, dimension: int) -> Parsed | None:
    """A block of rows with one space between two fields, parsed at once; None if one of them is not as expected."""
    import pandas as pd

    try:
        frame = _frame(block, dimension + 1, {i: object if i == 0 else np.float32 for i in range(dimension + 1)})
        words = frame[0].tolist()
        matrix = frame.iloc[:, 1:].to_numpy(dtype=np.float32)
    except (ValueError, OverflowError, pd.errors.ParserError):
        return None
    whole = all(type(word) is str and word for word in words)
    return (np.ascontiguousarray(matrix), {}, words) if whole else None


def parse(numbers: list[bytes], dimension: int) -> Parsed:
    """Numbers written as text -> (n, D) float32, and for each row that is wrong the field that is no number."""
    import pandas as pd

    try:
        matrix = _frame(b"\n".join(numbers), dimension, np.float32).to_numpy()
        if matrix.shape == (len(numbers), dimension):
            return np.ascontiguousarray(matrix), {}, []
    except (ValueError, pd.errors.ParserError):
        pass
    if len(numbers) > 64:  # halves: the good ones are parsed at once
        middle = len(numbers) // 2
        (first, wrong, _), (second, more, _) = parse(numbers[:middle], dimension), parse(numbers[middle:], dimension)
        return np.concatenate([first, second]), wrong | {middle + i: shown for i, shown in more.items()}, []
    return _one_by_one(numbers, dimension)


def _frame(text: bytes, columns: int, kinds: Any) -> pd.DataFrame:
    import pandas as pd

    with np.errstate(over="ignore"):
        return pd.read_csv(
            io.BytesIO(text),
            sep=" ",
            header=None,
            dtype=kinds,
            engine="c",
            na_filter=False,
            quoting=3,
            skip_blank_lines=False,
            names=range(columns),
            index_col=False,
        )


def _one_by_one(numbers: list[bytes], dimension: int) -> Parsed:
    matrix, wrong = np.zeros((len(numbers), dimension), np.float32), {}
    for i, row in enumerate(numbers):
        fields = row.split()
        bad = next((field for field in fields if not is_number(field)), None)
        if bad is not None or len(fields) != dimension:
            wrong[i] = (bad or b"").decode("utf-8", "replace")[:20]
        else:
            with np.errstate(over="ignore"):
                matrix[i] = np.array([float(field) for field in fields])
    return matrix, wrong, []
