"""Separated values in the dialects that programs write: which one, and rows that are recovered one by one.

Python's csv module parses; what it cannot is looked at again line by line, so that a stray quote costs its own line and
not what follows. Source of the usual form: RFC 4180.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass

from core.documents.ingest import tables
from core.documents.ingest.sources import BadRow
from core.documents.ingest.tables import NumberedRow, Opened, Row

MARKS = ",;\t|"
LINES_LOOKED_AT = 200
_SEP = re.compile(r"^\ufeff?\"?sep=(.)\"?\s*$", re.IGNORECASE)
_ESCAPED = re.compile(r'\\(["\\])')
_NEVER_CLOSED = 'a quote (") that is opened here is never closed'
_WASTED = 1 << 26  # characters looked through in vain for the ends of quotes; then only near ends are looked for


@dataclass(frozen=True)
class Dialect:
    """How a table is written: its separator, whether quotes are escaped by backslashes, whether there are quotes."""

    mark: str
    backslash: bool = False


def read(opened: Opened) -> Iterator[Row | BadRow]:
    """The rows of a .csv or .tsv file."""
    with tables.decoded(opened) as (text, head):
        mark = {"tsv": "\t", "tab": "\t", "psv": "|"}.get(opened.ending, "")
        yield from rows_of(text, head, mark, opened.notes)


def is_tabbed(head: str) -> bool:
    """Whether a text is a table of tabs: of its first lines nearly all hold the same number of them, at least one."""
    some = [line for line in head.splitlines()[:LINES_LOOKED_AT] if line.strip()]
    counts = Counter(line.count("\t") for line in some)
    if len(some) < 2 or not counts:
        return False
    tabs, often = counts.most_common(1)[0]
    return tabs > 0 and often >= 0.9 * len(some) and some[0].count("\t") == tabs


def dialect_of(head: str, mark: str = "") -> Dialect:
    """The dialect that fits the first lines best: most rows of the same width, and no quote astray."""
    some = head.splitlines(keepends=True)[:LINES_LOOKED_AT]
    if some and (found := _SEP.match(some[0])):
        return Dialect(found.group(1), _has_backslashes(some, found.group(1)))
    if mark:
        return Dialect(mark, _has_backslashes(some, mark))

    def fit(each: str) -> tuple[float, int]:
        widths = Counter(len(cells) for cells in _tried(some, each) if cells)
        width, often = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]), default=(1, 0))
        return (often / max(sum(widths.values()), 1) if width > 1 else 0.0, width)

    fits = {each: fit(each) for each in MARKS}
    best = max(share for share, _ in fits.values())
    near = [each for each in MARKS if fits[each][0] >= best - 0.05 and fits[each][0] > 0]
    first = next((line for line in some if line.strip()), "")
    chosen = max(near, key=lambda each: (fits[each][1], first.count(each))) if near else max(MARKS, key=first.count)
    return Dialect(chosen, _has_backslashes(some, chosen))


def _tried(some: list[str], mark: str) -> list[list[str]]:
    try:
        return list(csv.reader((line.replace("\0", "") for line in some), delimiter=mark))
    except csv.Error:
        return [line.split(mark) for line in some]


def _has_backslashes(some: list[str], mark: str) -> bool:
    """Whether quotes are escaped by backslashes: read so, fewer rows are broken."""
    return any('\\"' in line for line in some) and _broken(some, mark, True) < _broken(some, mark, False)


def _broken(some: list[str], mark: str, backslash: bool) -> int:
    """How many of some rows are broken."""
    lines = iter([_unescaped(line) if backslash else line for line in some])
    reader, count = csv.reader(lines, delimiter=mark, strict=True), 0
    while True:
        try:
            next(reader)
        except StopIteration:
            return count
        except csv.Error:
            count += 1
            reader = csv.reader(lines, delimiter=mark, strict=True)


def _unescaped(line: str) -> str:
    """A line whose quotes are escaped by backslashes, in the usual form."""
    return _ESCAPED.sub(lambda found: '""' if found[1] == '"' else "\\", line)


class _Lines:
    """The lines of a table, as csv.reader asks for them; what was taken for a row can be given back.

    What has grown too long to be a row is refused.
    """

    def __init__(self, text: io.TextIOBase, backslash: bool) -> None:
        self._lines = tables.lines(text)
        self._back: deque[tuple[int, str]] = deque()
        self._backslash = backslash
        self.taken: list[tuple[int, str]] = []  # since the last row
        self.letters = 0
        self.most = tables.LONGEST_LINE

    def __iter__(self) -> _Lines:
        return self

    def __next__(self) -> str:
        number, line = self._back.popleft() if self._back else next(self._lines)
        self.letters += len(line)
        if self.letters >= self.most:
            if len(line) < self.most:
                self.taken.append((number, line))
            else:
                self.taken.append((number, ""))
                while line and not line.endswith(("\n", "\r")):  # the rest of an endless line
                    _, line = next(self._lines, (0, ""))
            raise csv.Error(f"longer than {self.most:,} characters")
        self.taken.append((number, line))
        return _unescaped(line) if self._backslash else line

    def begin(self) -> None:
        """A row begins."""
        self.taken, self.letters = [], 0

    def skip(self, count: int) -> list[str]:
        """Take so many lines away."""
        taken = []
        for _ in range(count):
            if self._back:
                taken.append(self._back.popleft()[1])
            elif (line := next(self._lines, None)) is not None:
                taken.append(line[1])
        return taken

    def give_back(self, after: int) -> None:
        """Give back what was taken since the row began, but its first `after` lines."""
        self._back.extendleft(reversed(self.taken[after:]))
        self.taken = self.taken[:after]


def rows_of(text: io.TextIOBase, head: str, mark: str, notes: list[str]) -> Iterator[Row | BadRow]:
    """The rows of a table, the first of them its header; trailing empty cells count for nothing, short rows are filled.

    Raises:
        UnreadableFile: too many columns.
    """
    dialect = dialect_of(head, mark)
    csv.field_size_limit(tables.LONGEST_LINE)
    source = _Lines(text, dialect.backslash)
    some = head.splitlines(keepends=True)[:LINES_LOOKED_AT]
    if some and _SEP.match(some[0]):
        source.skip(1)
        some = some[1:]
    above = _lines_above(some, dialect)
    if above:
        titles = [line.strip().strip(dialect.mark) for line in source.skip(above)]
        notes.append(f"above the header: {' / '.join(title for title in titles if title)[:160]}")
    if dialect.backslash:
        notes.append("quotes are escaped by backslashes")
    header: list[str] = []
    short = joined = 0
    joins = _text_holds_marks(some, dialect, above)
    for line, found in _records(source, dialect, header):
        if isinstance(found, str):
            yield BadRow(line, found)
            continue
        if not header:
            while len(found) > 1 and not found[-1].strip():
                found.pop()
            tables.check_columns(len(found))
            header += tables.distinct_names(found)
            continue
        joined += _fit(found, len(header), dialect.mark if joins else "")
        if len(found) > len(header):
            yield BadRow(line, f"{len(found):,} cells where the header has {len(header):,}")
            continue
        missing = len(header) - len(found)
        problem = f"{len(found):,} cells where the header has {len(header):,}" if missing else ""
        short += bool(missing)
        yield NumberedRow.at(line, dict(zip(header, [*found, *[""] * missing], strict=True)), problem)
    if joined:
        notes.append(f"{joined:,} rows hold “{dialect.mark}” in their last column without quotes: it was joined")
    if short:
        notes.append(f"{short:,} short {'row' if short == 1 else 'rows'}: the cells that are missing are empty")


def _lines_above(some: list[str], dialect: Dialect) -> int:
    """How many of the first lines are titles above the header."""
    cells = _tried(some, dialect.mark)
    lines = [line for line in some if line.strip()]
    if len(cells) < 3 or not lines:
        return 0
    titles = tables.title_rows([row for row in cells if any(cell.strip() for cell in row)])
    if not titles or any('"' in line for line in lines[:titles]):
        return 0
    return some.index(lines[titles])


def _fit(cells: list[str], width: int, mark: str) -> bool:
    """Cut empty cells beyond the header's width; join others to the last column by `mark`, if one is given: whether."""
    while len(cells) > width and not cells[-1].strip():
        cells.pop()
    if len(cells) <= width or not mark:
        return False
    cells[width - 1 :] = [mark.join(cells[width - 1 :])]
    return True


def _text_holds_marks(some: list[str], dialect: Dialect, above: int) -> bool:
    """Whether most rows have more cells than the header: their last column is a text that was not quoted."""
    cells = [row for row in _tried(some[above:], dialect.mark) if any(cell.strip() for cell in row)]
    widths = [len(row) - next((n for n, cell in enumerate(reversed(row)) if cell.strip()), 0) for row in cells]
    return len(widths) > 2 and widths[0] > 1 and sum(width > widths[0] for width in widths[1:]) > (len(widths) - 1) / 2


def _records(source: _Lines, dialect: Dialect, header: list[str]) -> Iterator[tuple[int, list[str] | str]]:
    """(line, cells) of each row, or (line, what is wrong with it). `header` is filled by the caller as it comes."""

    def fresh() -> Iterator[list[str]]:
        return csv.reader(source, delimiter=dialect.mark, strict=True)

    reader, wasted = fresh(), 0
    while True:
        source.begin()
        problem = ""
        cells: list[str] = []
        try:
            cells = next(reader)
        except StopIteration:
            if not source.taken:
                return
            problem = _NEVER_CLOSED
        except csv.Error as error:
            problem = str(error)
        if not source.taken:
            yield 0, problem
            reader = fresh()
            continue
        line = source.taken[0][0]
        many = len(source.taken) > 1
        wide = len(header)
        if not problem and not (many and wide and _swallowed(source, dialect, cells, wide)):
            if any(cell.strip() for cell in cells):
                yield line, cells
            continue
        wasted += source.letters
        if wasted > _WASTED:
            source.most = min(source.most, 1 << 16)
        alone = source.taken[0][1]
        source.give_back(1)
        reader = fresh()
        yield line, _mended(alone, dialect, wide, problem if not many or "longer" in problem else _NEVER_CLOSED)


def _swallowed(source: _Lines, dialect: Dialect, cells: list[str], width: int) -> bool:
    """Whether a row of several lines is one line with a stray quote that has swallowed the next ones."""
    full = list(cells)
    while len(full) > width and not full[-1].strip():
        full.pop()
    if len(full) == width:
        return False
    return len(source.taken[0][1].rstrip("\r\n").split(dialect.mark)) >= width


def _mended(line: str, dialect: Dialect, width: int, problem: str) -> list[str] | str:
    """The cells of one line whose quotes do not fit, where they can be made out; else what is wrong.

    A quote ends a cell only before a separator or the line's end; others are letters of the cell.
    Example: `1,"he said "no" twice"` gives 1 and `he said "no" twice`.
    """
    if problem == _NEVER_CLOSED or "longer" in problem or not width:
        return problem
    mark = re.escape(dialect.mark)
    cells = re.findall(rf'(?:^|{mark})(?:"(.*?)"(?={mark}|$)|([^{mark}]*))', line.rstrip("\r\n"))
    found = [quoted or bare for quoted, bare in cells]
    while len(found) > width and not found[-1].strip():
        found.pop()
    return found if len(found) == width and not any(bare.startswith('"') for _, bare in cells) else problem
