"""Files of one's own: word lists for WEAT and the other measures, analogies, and pairs with human ratings.

Each reader takes text and gives plain dicts of lists, because it runs in a process of the gate
(`core.runtime.readers`). A bad row costs itself and is counted in `skipped`, by line.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from typing import Any

from core.errors import UnreadableFile, UserError

LONGEST_WORD = 80
MOST_WORDS = 2000
"""Words of one list; the published ones have up to 32."""
MOST_ROWS = 100_000
LONGEST_TEXT = 20_000_000  # characters

SLOTS = ("X", "Y", "A", "B")
"""Two target lists and two attribute lists, as in WEAT."""

_WORDS_HELP = (
    "A CSV file has one column for each list (X, Y, A, B), or the columns list and word; a JSON file has "
    '{"X": [...], "Y": [...], "A": [...], "B": [...]}.'
)


def split_words(text: str) -> list[str]:
    """Words that a person typed, separated by commas, semicolons or line ends; a word twice counts once.

    Example: "rose, tulip\\nrose; lily" gives rose, tulip, lily.
    """
    marked = text.replace(";", ",").replace("\r", ",").replace("\n", ",").replace("\t", ",")
    words = (" ".join(word.split()).strip("\"'")[:LONGEST_WORD] for word in marked.split(","))
    return list(dict.fromkeys(word for word in words if word))[:MOST_WORDS]


def read_word_lists(text: str, name: str = "") -> dict[str, Any]:
    """Up to four lists of a CSV or JSON file: {"title", "names" (4), "lists" (4), "skipped"}.

    Raises:
        UserError: it holds no list of words.
    """
    body = _checked(text)
    found = _lists_of_json(body) if body.lstrip()[:1] in ("{", "[") else _lists_of_csv(body)
    title, lists, skipped = found
    filled = [(label, words) for label, words in lists.items() if words]
    if not filled:
        raise UserError(f"There is no list of words in “{name[:60]}”.", _WORDS_HELP)
    slots = _in_slots(filled)
    return {
        "title": title or name.rsplit(".", 1)[0][:60] or "own lists",
        "names": [label for label, _ in slots],
        "lists": [words for _, words in slots],
        "skipped": skipped,
    }


def _in_slots(filled: Sequence[tuple[str, list[str]]]) -> list[tuple[str, list[str]]]:
    """Four (name, words): by the letters X, Y, A, B where the lists have these names, else in the file's order.

    Two lists are X and Y, three X, A and B: the measures other than WEAT need one target list and two groups.
    """
    by_name = {label.strip().upper(): (label, words) for label, words in filled}
    if set(by_name) <= set(SLOTS):
        return [by_name.get(slot, (slot, [])) for slot in SLOTS]
    if len(filled) == 3:
        return [filled[0], ("Y", []), filled[1], filled[2]]
    empty = [(slot, list[str]()) for slot in SLOTS]
    return (list(filled[:4]) + empty[len(filled) :])[:4]


def _lists_of_json(body: str) -> tuple[str, dict[str, list[str]], list[str]]:
    try:
        data = json.loads(body)
    except (ValueError, RecursionError) as problem:
        raise UserError(f"The file is not JSON ({str(problem)[:80]}).", _WORDS_HELP) from problem
    if isinstance(data, list):
        data = data[0] if data and isinstance(data[0], dict) else {"X": data}
    skipped: list[str] = []
    lists: dict[str, list[str]] = {}
    flat = {}
    for key, value in data.items():  # {"targets": {"flowers": [...]}, "attributes": {...}}
        flat.update(value if isinstance(value, dict) else {key: value})
    for key, value in flat.items():
        if isinstance(value, list):
            words = [word for word in value if isinstance(word, str) and word.strip()]
            if len(words) < len(value):
                skipped.append(f"{str(key)[:30]}: {len(value) - len(words)} that are not words")
            label = flat.get(f"{key}_name")  # the form in which the lab exports lists
            lists[str(label if isinstance(label, str) else key)[:40]] = split_words(",".join(words))
    title = data.get("title")
    return (title[:60] if isinstance(title, str) else ""), lists, skipped


def _lists_of_csv(body: str) -> tuple[str, dict[str, list[str]], list[str]]:
    rows = [(number, row) for number, row in enumerate(_rows(body), 1) if any(cell.strip() for cell in row)]
    if not rows:
        return "", {}, []
    head = [cell.strip() for cell in rows[0][1]]
    first = [row[0].strip() for _, row in rows if row]
    if len(head) == 2 and (head[0].lower() in ("list", "set", "group") or _repeats(first)):
        return _long_form(rows, head)
    lists: dict[str, list[str]] = {}
    names = [label[:40] or SLOTS[min(i, 3)] for i, label in enumerate(head)]
    for i, label in enumerate(names):
        lists[label] = split_words(",".join(row[i] for _, row in rows[1:] if len(row) > i))
    return "", lists, [f"line {n}: {len(row)} columns" for n, row in rows[1:] if len(row) > len(head)]


def _long_form(rows: list[tuple[int, list[str]]], head: list[str]) -> tuple[str, dict[str, list[str]], list[str]]:
    """Rows of a list's name and a word."""
    lists: dict[str, list[str]] = {}
    skipped = []
    for number, row in rows[1 if head[0].lower() in ("list", "set", "group") else 0 :]:
        if len(row) != 2 or not row[0].strip() or not row[1].strip():
            skipped.append(f"line {number}: {' '.join(row)[:40]}")
            continue
        lists.setdefault(row[0].strip()[:40], []).append(row[1])
    return "", {label: split_words(",".join(words)) for label, words in lists.items()}, skipped


def _repeats(names: Sequence[str]) -> bool:
    """Whether a first column names lists: few names, each several times."""
    return len(names) >= 4 and 1 <= len(set(names)) <= min(4, len(names) // 2)


def read_analogies(text: str, name: str = "") -> dict[str, Any]:
    """Analogies of a file: {"questions": [[section, a, b, c, expected], ...], "skipped": [...]}.

    Lines are four words, as in questions-words.txt with “: section” lines, or a CSV with the columns a, b, c, d, also
    with a section before them.

    Raises:
        UnreadableFile: not one line is an analogy.
    """
    body = _checked(text)
    commas = any(mark in body[:2000] for mark in (",", ";", "\t"))
    questions: list[list[str]] = []
    skipped: list[str] = []
    section = "all"
    for number, row in enumerate(_rows(body) if commas else (line.split() for line in body.splitlines()), 1):
        cells = [cell.strip() for cell in row]
        if not any(cells) or cells[0].startswith(("#", "//")):
            continue
        if cells[0].startswith(":"):
            section = " ".join(cells).lstrip(": ").strip()[:60] or "all"
        elif commas and not questions and [cell.lower() for cell in cells[-4:]] == ["a", "b", "c", "d"]:
            continue  # the header of a table
        elif len(cells) == 4 and all(cells):
            questions.append([section, *(cell[:LONGEST_WORD] for cell in cells)])
        elif len(cells) == 5 and all(cells):
            questions.append([cells[0][:60], *(cell[:LONGEST_WORD] for cell in cells[1:])])
        else:
            skipped.append(f"line {number}: {' '.join(cells)[:60]}")
    if not questions:
        raise UnreadableFile(
            f"No line of “{name[:60]}” is an analogy.",
            "Each line is four words: a is to b as c is to d (athens greece oslo norway), or a CSV of a,b,c,d.",
        )
    return {"questions": questions[:MOST_ROWS], "skipped": skipped}


def read_ratings(text: str, name: str = "") -> dict[str, Any]:
    """Pairs of words with human ratings: {"pairs": [[word, word, score], ...], "skipped": [...]}.

    CSV or TSV; the columns may have any order: the score is the one with numbers in it, the words are the first two
    others. Further columns are not read.

    Raises:
        UnreadableFile: no column has numbers, or not one line is a pair.
    """
    rows = [
        (number, [cell.strip() for cell in row])
        for number, row in enumerate(_rows(_checked(text)), 1)
        if any(cell.strip() for cell in row) and not row[0].startswith("#")
    ]
    columns = _rating_columns([row for _, row in rows])
    pairs: list[list[Any]] = []
    skipped: list[str] = []
    for number, row in rows:
        if columns and len(row) > max(columns):
            first, second, score = row[columns[0]], row[columns[1]], _number(row[columns[2]])
            if first and second and score is not None:
                pairs.append([first[:LONGEST_WORD], second[:LONGEST_WORD], score])
                continue
        if pairs or number > 1:  # the first line may be a header
            skipped.append(f"line {number}: {' '.join(row)[:60]}")
    if not pairs:
        raise UnreadableFile(
            f"No line of “{name[:60]}” is two words and a score.",
            "Each line has two words and a number, separated by commas or tabs: coffee, cup, 6.6",
        )
    return {"pairs": pairs[:MOST_ROWS], "skipped": skipped}


def _rating_columns(rows: Sequence[Sequence[str]]) -> tuple[int, int, int] | None:
    """(first word, second word, score): columns by what most rows have in them. A column named like a score wins."""
    if not rows:
        return None
    head = [cell.lower() for cell in rows[0]]
    width = max(len(row) for row in rows)
    share = [
        sum(_number(row[i]) is not None for row in rows if len(row) > i) / len(rows) for i in range(min(width, 40))
    ]
    numeric = [i for i, part in enumerate(share) if part >= 0.5]
    words = [i for i, part in enumerate(share) if part < 0.5 and sum(len(r) > i and bool(r[i]) for r in rows) > 0]
    named = [i for i in numeric if i < len(head) and ("score" in head[i] or "mean" in head[i] or "rating" in head[i])]
    if not numeric or len(words) < 2:
        return None
    marked = [i for i in words if i < len(head) and "word" in head[i]]
    first, second = (marked if len(marked) >= 2 else words)[:2]
    return first, second, (named or numeric)[0]


def _number(cell: str) -> float | None:
    try:
        value = float(cell.strip().replace(",", "."))
    except ValueError:
        return None
    return value if abs(value) < 1e9 else None


def _rows(body: str) -> list[list[str]]:
    """The rows of a table; its mark is the one of comma, semicolon and tab that the first line has most of."""
    first = next((line for line in body.splitlines() if line.strip() and not line.startswith("#")), "")
    mark = max("\t;,", key=first.count)
    try:
        return list(csv.reader(io.StringIO(body), delimiter=mark))
    except csv.Error as problem:
        raise UserError(f"The table cannot be read ({problem}).", "Save it as CSV in UTF-8 and try again.") from problem


def _checked(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise UserError(f"The file has {len(text):,} characters.", f"Up to {LONGEST_TEXT:,} can be read.")
    return text.lstrip("\N{ZERO WIDTH NO-BREAK SPACE}").replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")
