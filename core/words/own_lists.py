"""A person's own word lists, analogies and ratings: saved under an id, opened again, renamed, removed, exported.

Each is a small JSON file in the lab's folder, named by an id made of its content; a link carries that id.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from core import storage
from core.errors import MissingModel, UnreadableFile, UserError
from core.runtime import gate
from core.text import csv_text
from core.words.lists import WeatTest
from core.words.own_files import SLOTS
from core.words.questions import Question

FOLDER = "word_lists"
Kind = Literal["lists", "analogies", "ratings"]
_READERS: dict[Kind, str] = {"lists": "word lists", "analogies": "own analogies", "ratings": "own ratings"}
_HOLDS: dict[Kind, str] = {"lists": "lists", "analogies": "questions", "ratings": "pairs"}


@dataclass(frozen=True)
class OwnList:
    """A saved list: its id, its kind, the name it was given, and its content as `core.words.own_files` gives it."""

    id: str
    kind: Kind
    title: str
    content: Mapping[str, Any]

    @property
    def size(self) -> int:
        """How many words, questions or pairs it has."""
        rows = self.content[_HOLDS[self.kind]]
        return sum(map(len, rows)) if self.kind == "lists" else len(rows)


def read_file(kind: Kind, body: bytes, name: str) -> dict[str, Any]:
    """The content of a file, read in a process of the gate.

    Raises:
        UserError: it is not text, or not of that kind.
    """
    try:
        text = body.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise UnreadableFile(f"“{name[:60]}” is not UTF-8 text.", "Save it as UTF-8 and open it again.") from problem
    content: dict[str, Any] = gate.read(
        _READERS[kind], named=name, keep=storage.content_key(text), text=text, name=name
    )
    return content


def save(kind: Kind, title: str, content: Mapping[str, Any]) -> OwnList:
    """Save a list under an id made of its content; the same content again only gets the new name.

    Raises:
        UserError: there is nothing in it, or the folder cannot be written to.
    """
    held = {key: value for key, value in content.items() if key not in ("title", "skipped", "file")}
    if not any(held[_HOLDS[kind]]):
        raise UserError("The list has no words yet.", "Type words, separated by commas, or open a file.")
    own = OwnList(storage.content_key(kind, held), kind, _shown(title), held)
    _write(own)
    return own


def saved(kind: Kind) -> list[OwnList]:
    """The saved lists of a kind, by name; a damaged file counts as missing."""
    found = []
    for path in storage.place(FOLDER).glob("*.json"):
        with contextlib.suppress(UserError):
            found.append(_read(path))
    return sorted((one for one in found if one.kind == kind), key=lambda one: (one.title.lower(), one.id))


def find(key: str) -> OwnList:
    """The list of that id.

    Raises:
        MissingModel: it is not on this computer.
        UnreadableFile: its file is damaged.
    """
    if not re.fullmatch(r"[0-9a-f]{32}", key) or not _path(key).is_file():
        raise MissingModel("These lists are no longer on this computer.", "Choose others, or open their file again.")
    return _read(_path(key))


def rename(key: str, title: str) -> OwnList:
    """Give a saved list another name; its id stays.

    Raises:
        UserError: it is not there.
    """
    own = find(key)
    changed = OwnList(own.id, own.kind, _shown(title), own.content)
    _write(changed)
    return changed


def remove(key: str) -> None:
    """Remove a saved list; the file it came from is not touched."""
    if re.fullmatch(r"[0-9a-f]{32}", key):
        _path(key).unlink(missing_ok=True)


def as_test(own: OwnList) -> WeatTest:
    """Saved word lists as an association test: X, Y, A and B. Its number is 0."""
    names, lists = own.content["names"], own.content["lists"]
    x, y, a, b = (tuple(words) for words in lists)
    return WeatTest(0, own.title, names[0], x, names[1], y, names[2], a, names[3], b)


def as_questions(own: OwnList) -> list[Question]:
    """Saved analogies as questions."""
    return [Question(*row) for row in own.content["questions"]]


def export(own: OwnList) -> str:
    """The list as text that the lab opens again: JSON for word lists, questions-words.txt (a table
    where a word has spaces), or tab-separated ratings."""
    if own.kind == "lists":
        named = zip(SLOTS, own.content["names"], own.content["lists"], strict=True)
        data: dict[str, Any] = {"title": own.title}
        for slot, name, words in named:
            data |= {slot.lower(): words, f"{slot.lower()}_name": name}
        return json.dumps(data, ensure_ascii=False, indent=1)
    if own.kind == "ratings":
        return _table(("word 1", "word 2", "score"), own.content["pairs"])
    if any(" " in word for _, *words in own.content["questions"] for word in words):  # its own format parts by spaces
        return _table(("section", *"abcd"), own.content["questions"])
    lines, section = [], ""
    for name, *words in own.content["questions"]:
        if name != section:
            lines.append(f": {name}")
            section = name
        lines.append(" ".join(words))
    return "\n".join(lines) + "\n"


def _table(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Rows as a tab-separated table, which a spreadsheet shows and does not execute."""
    return csv_text.as_csv({name: [row[place] for row in rows] for place, name in enumerate(names)}, separator="\t")


def _path(key: str) -> Path:
    return storage.place(FOLDER) / f"{key}.json"


def _shown(title: str) -> str:
    return " ".join(title.split())[:60] or "own lists"


def _write(own: OwnList) -> None:
    storage.folder(FOLDER)
    with storage.writing(_path(own.id)) as part:
        part.write_text(
            json.dumps({"kind": own.kind, "title": own.title, "content": own.content}, ensure_ascii=False),
            encoding="utf-8",
        )


def _read(path: Path) -> OwnList:
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        kind, title, content = data["kind"], data["title"], data["content"]
        if kind not in _HOLDS or not isinstance(title, str) or not _is_whole(kind, content):
            raise ValueError("a part has another type")
        return OwnList(path.stem, kind, title, content)
    except (OSError, ValueError, KeyError, TypeError, RecursionError) as problem:
        raise UnreadableFile("A saved list is damaged.", "Remove it and open its file again.") from problem


def _is_whole(kind: Kind, content: Any) -> bool:
    """Whether the parts have the types that the rest of the lab relies on."""
    rows = content[_HOLDS[kind]]
    if kind == "lists":
        texts = [*content["names"], *(word for words in rows for word in words)]
        return len(rows) == len(content["names"]) == 4 and all(isinstance(one, str) for one in texts)
    if kind == "analogies":
        return all(len(row) == 5 and all(isinstance(cell, str) for cell in row) for row in rows)
    return all(
        len(row) == 3 and isinstance(row[0], str) and isinstance(row[1], str) and isinstance(row[2], int | float)
        for row in rows
    )
