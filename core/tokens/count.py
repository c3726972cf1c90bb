"""Tokens of files, folders and columns of a CSV, and what they cost: `python -m core.tokens.count FILE [FILE ...]`.

    python -m core.tokens.count notes.txt                     a line for each tokenizer that the lab begins with
    python -m core.tokens.count folder --with o200k gpt-2     every text file below a folder, and the sum
    python -m core.tokens.count reviews.csv --column text     a column of a table, row by row
    python -m core.tokens.count notes.txt --price 2.5         the cost at a price for a million tokens

A file that is no text costs itself: it is counted as unread, with the reason, and the others go on.
"""

from __future__ import annotations

import argparse
import csv
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from core import storage
from core.errors import UnreadableFile, UserError
from core.tokens import languages, tokenizers
from core.tokens.tokenizer import Tokenizer

USUAL = ("o200k", "tekken", "smollm2")
MOST_BYTES = 200_000_000
MOST_FILES = 10_000
_PRICES = storage.DATA / "token_prices.json"


@dataclass(frozen=True)
class Counted:
    """One text: its name, its characters (code points), and its tokens by tokenizer; `problem` where it is unread."""

    name: str
    characters: int
    tokens: dict[str, int]
    problem: str = ""


@dataclass(frozen=True)
class Price:
    """What a million tokens cost; `date`: when it was looked up."""

    model: str
    tokenizer: str
    input: float
    output: float
    date: str


def prices() -> list[Price]:
    """The table of prices that ships with the lab: US dollars for a million tokens, each with its date. They change
    often; the page lets a person edit them."""
    return [Price(**row) for row in json.loads(_PRICES.read_text(encoding="utf-8"))["prices"]]


def read_text(path: Path) -> str:
    """A text file, UTF-8 or UTF-16 with a mark.

    Raises:
        UnreadableFile: it is none, or is too large.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise UnreadableFile(
                f"{path.name} has {path.stat().st_size / 1e6:,.0f} MB; up to {MOST_BYTES / 1e6:,.0f} are counted.",
                "Cut it into parts.",
            )
        return decoded(path.name, path.read_bytes())
    except OSError as problem:
        raise UnreadableFile(f"{path.name} cannot be read ({problem}).", "Choose another file.") from problem


def decoded(name: str, content: bytes) -> str:
    """The text of a file's bytes.

    Raises:
        UnreadableFile: they are no text.
    """
    marked = content.startswith((b"\xff\xfe", b"\xfe\xff"))
    try:
        text = content.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError as problem:
        raise UnreadableFile(f"{name} is no text in UTF-8 ({problem.reason}).", "Save it as UTF-8.") from problem
    if "\0" in text:
        raise UnreadableFile(f"{name} is no text: it holds zero bytes.", "Choose a text file.")
    return text


def rows_of(name: str, text: str, column: str) -> list[str]:
    """The texts of one column of a CSV (or TSV, by the file's first line), in the order of the rows.

    Raises:
        UnreadableFile: there is no such column.
    """
    lines = text.splitlines(keepends=True)
    separator = max(",;\t", key=lines[0].count) if lines else ","
    csv.field_size_limit(MOST_BYTES)
    try:
        reader = csv.DictReader(lines, delimiter=separator)
        names = reader.fieldnames or []
        if column not in names:
            raise UnreadableFile(
                f"{name} has no column “{column[:60]}”.", f"It has: {', '.join(map(str, names))[:300] or 'none'}."
            )
        return [row[column] or "" for row in reader]
    except csv.Error as problem:
        raise UnreadableFile(f"{name} is no table ({problem}).", "Save it as CSV.") from problem


def columns_of(text: str) -> list[str]:
    """The names in the first line of a CSV."""
    lines = text.splitlines()[:1]
    separator = max(",;\t", key=lines[0].count) if lines else ","
    return next(csv.reader(lines, delimiter=separator), [])


def count(name: str, text: str, made: dict[str, Tokenizer]) -> Counted:
    """Tokens of one text, by title. A tokenizer that cannot costs its own number."""
    tokens, problems = {}, []
    for title, tokenizer in made.items():
        try:
            tokens[title] = len(tokenizer.ids(text))
        except UserError as error:
            problems.append(f"{title}: {error.what}")
    return Counted(name, len(text), tokens, " ".join(problems))


def count_files(paths: Iterable[Path], made: dict[str, Tokenizer], column: str = "") -> Iterator[Counted]:
    """Every file, one after another; one that cannot be read has its `problem`."""
    for path in paths:
        try:
            text = read_text(path)
            parts = rows_of(path.name, text, column) if column else [text]
            yield total(path.name, [count("", part, made) for part in parts])
        except UserError as error:
            yield Counted(path.name, 0, {}, error.what)


def total(name: str, counted: Sequence[Counted]) -> Counted:
    """The sum of several."""
    titles = dict.fromkeys(title for one in counted for title in one.tokens)
    return Counted(
        name,
        sum(one.characters for one in counted),
        {title: sum(one.tokens.get(title, 0) for one in counted) for title in titles},
        " ".join(dict.fromkeys(one.problem for one in counted if one.problem)),
    )


def files_below(path: Path) -> list[Path]:
    """The file itself, or the files below a folder by name, hidden ones left out.

    Raises:
        UnreadableFile: there is nothing of that name.
    """
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise UnreadableFile(f"There is no file or folder “{path}”.", "Look at its name.")
    found = (one for one in path.rglob("*") if one.is_file())
    shown = (one for one in found if not any(part.startswith(".") for part in one.relative_to(path).parts))
    return sorted(shown)[:MOST_FILES]


def _lines(counted: Sequence[Counted], price: float) -> Iterator[str]:
    for one in counted:
        costs = {
            title: f", {languages.cost(tokens, price):,.4f}" if price else "" for title, tokens in one.tokens.items()
        }
        for title, tokens in one.tokens.items():
            yield f"{tokens:>12,}  {title:<24} {one.name} ({one.characters:,} characters{costs[title]})\n"
        if one.problem:
            yield f"{'unread':>12}  {one.name}: {one.problem}\n"


def main(arguments: list[str] | None = None) -> int:
    """The command line; 0 if every file was read."""
    parser = argparse.ArgumentParser(prog="python -m core.tokens.count", description="Tokens of files and folders.")
    parser.add_argument("paths", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--with", dest="keys", nargs="+", default=list(USUAL), help="keys of tokenizers, or files")
    parser.add_argument("--column", default="", help="count this column of CSV files")
    parser.add_argument("--price", type=float, default=0.0, help="for a million tokens, in any currency")
    asked = parser.parse_args(arguments)
    try:
        made = {
            key: tokenizers.load_file(Path(key)) if Path(key).is_file() else tokenizers.load(key) for key in asked.keys
        }
        paths = [file for path in asked.paths for file in files_below(path)]
        counted = list(count_files(paths, made, asked.column))
    except UserError as error:
        sys.stdout.write(f"{error}\n")
        return 1
    if len(counted) > 1:
        counted.append(total("all of them", [one for one in counted if one.tokens]))
    sys.stdout.writelines(_lines(counted, asked.price))
    return 1 if any(one.problem for one in counted) else 0


if __name__ == "__main__":
    sys.exit(main())
