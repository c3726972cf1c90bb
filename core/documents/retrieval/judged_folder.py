"""A judged set in a folder of BEIR's layout, read line by line in a limited process (`core.runtime.gate`).

Source: Thakur et al. 2021, "BEIR", section 3; https://github.com/beir-cellar/beir/wiki/Load-your-custom-dataset.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from core.documents.retrieval.judging import Judged
from core.errors import UnreadableFile

MOST_LINES, LONGEST_LINE = 10_000_000, 10_000_000


def read(path: str | Path) -> Judged:
    """A folder in BEIR's layout: corpus.jsonl (_id, title, text), queries.jsonl (_id, text) and judgements in
    qrels/test.tsv (or dev, train), tab-separated: query, document, grade. Only queries with a judgement are taken.

    Raises:
        UnreadableFile: a file is missing or not valid; the message names the line.
    """
    folder = Path(path).expanduser()
    documents = {
        str(row["_id"]): " ".join(
            part for part in (row.get("title"), row.get("text")) if isinstance(part, str) and part
        )
        for row in _lines(folder / "corpus.jsonl")
    }
    queries = {str(row["_id"]): str(row["text"]) for row in _lines(folder / "queries.jsonl", ("_id", "text"))}
    places = {name: place for place, name in enumerate(documents)}
    grades: dict[str, dict[int, float]] = {}
    lost = 0
    for query, document, grade in _judgements(folder):
        if query not in queries or document not in places:
            lost += 1
        elif grade > 0:
            grades.setdefault(query, {})[places[document]] = grade
    if not grades:
        raise UnreadableFile("No judgement names a query and a document of this folder.", "Check their ids.")
    notes = (f"{lost:,} judgements of unknown queries or documents were left out",) if lost else ()
    return Judged(
        folder.name[:80],
        tuple(documents.values()),
        tuple(queries[name] for name in grades),
        tuple(grades.values()),
        notes=notes,
    )


def _judgements(folder: Path) -> Iterator[tuple[str, str, float]]:
    """(query, document, grade) of each line of the first table there is."""
    tables = [folder / "qrels" / f"{part}.tsv" for part in ("test", "dev", "train")]
    table = next((one for one in tables if one.is_file()), None)
    if table is None:
        raise UnreadableFile(f"There are no judgements in {folder.name}.", "They are looked for in qrels/test.tsv.")
    for number, line in _short_lines(table):
        parts = line.rstrip("\r\n").split("\t")
        try:
            grade = float(parts[2])
            if not np.isfinite(grade):
                raise ValueError("no grade")
        except (IndexError, ValueError) as problem:
            if number == 1 or not line.strip():
                continue  # a header
            raise UnreadableFile(
                f"Line {number} of {table.name} is no judgement: “{line[:60].strip()}”.",
                "It should be: query, document, grade, with tabs between.",
            ) from problem
        yield parts[0], parts[1], grade


def _short_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Lines with their numbers, none of them longer than `LONGEST_LINE`."""
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            for number in range(1, MOST_LINES + 2):
                if not (line := file.readline(LONGEST_LINE)):
                    return
                if len(line) == LONGEST_LINE or number > MOST_LINES:
                    raise UnreadableFile(
                        f"{path.name} has more than {MOST_LINES:,} lines, or one of more than "
                        f"{LONGEST_LINE:,} characters.",
                        "Choose a smaller set.",
                    )
                yield number, line
    except OSError as problem:
        raise UnreadableFile(
            f"There is no {path.name} in {path.parent.name or path.parent}.",
            "Give a folder in BEIR's layout: corpus.jsonl, queries.jsonl, qrels/test.tsv.",
        ) from problem


def _lines(path: Path, wanted: tuple[str, ...] = ("_id",)) -> Iterator[dict[str, Any]]:
    for number, line in _short_lines(path):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError) as problem:
            raise UnreadableFile(
                f"{path.name} is not made of JSON lines ({str(problem)[:80]}).",
                "Each line is a JSON object, as BEIR's are.",
            ) from problem
        if not isinstance(row, dict) or any(not isinstance(row.get(name), (str, int)) for name in wanted):
            raise UnreadableFile(
                f"Line {number} of {path.name} has no {' or no '.join(wanted)}.",
                "Each line is a JSON object, as BEIR's are.",
            )
        yield row
