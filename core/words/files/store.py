"""Imported vectors, saved in the lab's folder so that they open at once later and all sessions share one copy.

A set is a folder named by the content of its file and where that was: `matrix.npy` (V, D) and `lengths.npy` (V,), both
memory-mapped, `words.txt` (one per line, UTF-8; line ends inside words are written as spaces) and `facts.json`, written
last. A fastText model also has `subwords.npy` (B, D), memory-mapped.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import tempfile
import time
import tokenize
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from core import storage
from core.errors import MissingModel, UnreadableFile, UserError, folder_faults
from core.words.files.fingerprint import fingerprint
from core.words.files.rows_in_file import RowsInFile
from core.words.groups import group_of
from core.words.scores import lengths_of
from core.words.subwords import Subwords
from core.words.vectors import WordVectors

FOLDER = "vectors"
SEALED, SAMPLED = ("words.txt", "lengths.npy", "facts.json"), "matrix.fingerprint"
OnProgress = Callable[[float, str], None]
_DAMAGE = (
    OSError,
    ValueError,
    TypeError,
    KeyError,
    SyntaxError,
    EOFError,
    OverflowError,
    RecursionError,
    MemoryError,
    tokenize.TokenError,
)  # what numpy and json raise on damaged files


@dataclass(frozen=True)
class Stored:
    """An imported set of vectors: its key, the name of the file it came from, its shape, and what was noted.

    `source`: the path of the file, or the name of an upload; `read_at`: when it was read, in seconds since 1970.
    `pieces`: the lengths of the subwords that unknown words get a vector from; () if there are none.
    """

    key: str
    title: str
    words: int
    dimension: int
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    source: str = ""
    read_at: float = 0.0
    pieces: tuple[int, ...] = ()

    @classmethod
    def from_json(cls, facts: dict[str, Any]) -> Stored:
        """The facts as they were written, lists for tuples."""
        return cls(**{**facts, "notes": tuple(facts["notes"]), "pieces": tuple(facts.get("pieces") or ())})


def import_file(
    path: Path,
    entry: str | None = None,
    title: str | None = None,
    on_progress: OnProgress | None = None,
    most: int | None = None,
) -> Stored:
    """Read a file or a folder of vectors once and save it. The same file is not read twice.

    `entry` names a file inside an archive; `title` is what an upload is called, whose copy `path` is; with `most` only
    so many words are read. `on_progress(fraction 0..1, what is being done)`.

    Raises:
        UnreadableFile: as `core.words.vectors.load`.
    """
    from core.words.files.formats import read

    started = time.perf_counter()
    if not exists(path):
        raise UnreadableFile(f"There is no file “{path.name[-80:]}” in that folder.", "Check the path.")
    source = title or os.path.abspath(path)
    if saved := _saved(path, entry, source, most):
        return saved
    work = Path(tempfile.mkdtemp(dir=storage.folder(FOLDER), prefix=storage.mine("part-")))
    growing: list[RowsInFile] = []

    def make_rows(count: int, dimension: int) -> RowsInFile:
        growing.append(RowsInFile(work / "matrix.npy", dimension))
        return growing[-1]

    try:
        content = read(path, entry, on_progress, make_rows, most)
        if growing:
            lengths = growing[-1].lengths
        else:
            np.save(work / "matrix.npy", content.matrix, allow_pickle=False)
            lengths = lengths_of(content.matrix)
        pieces: tuple[int, ...] = ()
        if content.subwords is not None:
            np.save(work / "subwords.npy", content.subwords.table, allow_pickle=False)
            pieces = (content.subwords.shortest, content.subwords.longest)
        facts = Stored(
            _key(path, entry, source, most),
            _shown_title(title or Path(entry or path).name),
            len(content.words),
            int(content.matrix.shape[1]),
            content.notes,
            time.perf_counter() - started,
            source,
            time.time(),
            pieces,
        )
        return _put(work, facts, content.words, lengths)
    finally:
        for rows in growing:
            rows._file.close()
        shutil.rmtree(work, ignore_errors=True)


def _key(path: Path, entry: str | None, source: str, most: int | None) -> str:
    """A key of the content and of where it was: files in two folders are two sets, also if they are equal."""
    return storage.content_key(fingerprint(path, entry), source, most)


def _saved(path: Path, entry: str | None, source: str, most: int | None) -> Stored | None:
    """The set of that file, if it is here and whole. Earlier sets have a key of the content alone."""
    if saved := find(_key(path, entry, source, most)):
        return saved
    if path.is_dir() or most is not None:
        return None
    earlier = find(fingerprint(path, entry))
    return earlier if earlier and not earlier.source else None


def rename(key: str, title: str) -> None:
    """Give an imported set another title.

    Raises:
        UserError: there is no such set, or the title is empty.
    """
    shown = " ".join(title.split())[:80]
    if not shown:
        raise UserError("The new name is empty.", "Type a name.")
    if not re.fullmatch(r"[0-9a-f]{32}", key) or not _folder(key).is_dir():
        raise MissingModel("These vectors are no longer on this computer.", "Open their file again.")
    path = _folder(key) / "facts.json"
    text = json.dumps(asdict(replace(_facts(_folder(key)), title=shown)))
    with storage.writing(path) as part:
        part.write_text(text, encoding="utf-8")
    storage.seal(path)


def save(key: str, title: str, words: list[str], matrix: np.ndarray, notes: tuple[str, ...] = ()) -> Stored:
    """Save vectors (V, D) that were computed here, under a key of 32 hexadecimal digits made of what they came from."""
    if not re.fullmatch(r"[0-9a-f]{32}", key) or len(words) != len(matrix):
        raise ValueError("a content key, and a row for each word")
    work = Path(tempfile.mkdtemp(dir=storage.folder(FOLDER), prefix=storage.mine("part-")))
    try:
        with folder_faults(work):
            np.save(work / "matrix.npy", matrix.astype("<f4"), allow_pickle=False)
            return _put(
                work,
                Stored(key, _shown_title(title), len(words), int(matrix.shape[1]), notes, read_at=time.time()),
                words,
                lengths_of(matrix),
            )
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _put(work: Path, facts: Stored, words: list[str], lengths: np.ndarray) -> Stored:
    """Finish the folder `work`, which has the matrix, and move it to its final path; its facts are written last."""
    np.save(work / "lengths.npy", lengths, allow_pickle=False)
    clean = [re.sub(r"[\r\n]", " ", word).encode("utf-8", "replace").decode("utf-8") for word in words]
    (work / "words.txt").write_text("\n".join(clean), encoding="utf-8", newline="")
    (work / "facts.json").write_text(json.dumps(asdict(facts)), encoding="utf-8")
    for name in SEALED:
        storage.seal(work / name)
    (work / SAMPLED).write_text(fingerprint(work / "matrix.npy", None), encoding="ascii")
    shutil.rmtree(_folder(facts.key), ignore_errors=True)
    try:
        os.replace(work, _folder(facts.key))
    except OSError:  # another server with this folder saved the same set at this moment
        if not (_folder(facts.key) / "facts.json").exists():
            raise
    return facts


def _check_whole(folder: Path) -> None:
    """Raise ValueError where the files are not as they were written. Of the matrix, which may have gigabytes, 64 pieces
    are compared; sets saved before there were checksums are accepted."""
    if (folder / SAMPLED).exists():
        if (folder / SAMPLED).read_text(encoding="ascii") != fingerprint(folder / "matrix.npy", None):
            raise ValueError("the numbers were changed")
        for name in SEALED:
            if not storage.is_whole(folder / name):
                raise ValueError(f"{name} was changed")


def exists(path: Path) -> bool:
    """Whether there is such a file or folder; an impossible name counts as missing."""
    try:
        return path.is_file() or path.is_dir()
    except (OSError, ValueError):
        return False


def stored() -> list[Stored]:
    """The imported sets, by title."""
    found = []
    for facts in storage.place(FOLDER).glob("*/facts.json"):
        if re.fullmatch(r"[0-9a-f]{32}", facts.parent.name):
            try:
                found.append(_facts(facts.parent))
            except UnreadableFile:
                continue  # damaged: treated as missing, and can be imported again
    return sorted(found, key=lambda item: (item.title.lower(), item.source, item.read_at))


def find(key: str) -> Stored | None:
    """The set of that key, if it is here and whole."""
    with contextlib.suppress(MissingModel, UnreadableFile):
        open_stored(key)
        return _facts(_folder(key.partition(":")[0]))
    return None


def open_stored(key: str) -> WordVectors:
    """An imported set, memory-mapped: opening 400,000 words takes about a tenth of a second.

    A key with a mark ("...:en", "...:NOUN") opens the words of that language or part of speech.

    Raises:
        MissingModel: there is no such set here.
        UnreadableFile: its files are damaged.
    """
    key, _, mark = key.partition(":")
    if mark:
        return group_of(open_stored(key), mark)
    if not re.fullmatch(r"[0-9a-f]{32}", key) or not _folder(key).is_dir():
        raise MissingModel("These vectors are no longer on this computer.", "Open their file again.")
    facts = _facts(_folder(key))
    try:
        _check_whole(_folder(key))
        matrix = np.load(_folder(key) / "matrix.npy", mmap_mode="r", allow_pickle=False)
        lengths = np.load(_folder(key) / "lengths.npy", mmap_mode="r", allow_pickle=False)
        words = (_folder(key) / "words.txt").read_bytes().decode("utf-8").split("\n")
        if (
            matrix.dtype != np.float32
            or matrix.shape != (facts.words, facts.dimension)
            or lengths.dtype != np.float32
            or lengths.shape != (facts.words,)
            or len(words) != facts.words
        ):
            raise ValueError("its parts do not match")
        subwords = _subwords(facts)
    except _DAMAGE as problem:
        raise UnreadableFile(
            f"The stored copy of “{facts.title}” is damaged ({problem}).", "Remove it and open the file again."
        ) from problem
    return WordVectors(words, matrix, title=facts.title, notes=facts.notes, _lengths=lengths, _subwords=subwords)


def _subwords(facts: Stored) -> Subwords | None:
    """The vectors of pieces of words, memory-mapped; None for a set without them."""
    if not facts.pieces:
        return None
    table = np.load(_folder(facts.key) / "subwords.npy", mmap_mode="r", allow_pickle=False)
    if table.dtype != np.float32 or table.ndim != 2 or table.shape[1] != facts.dimension:
        raise ValueError("its subwords do not match")
    return Subwords(table, *facts.pieces)


def remove(key: str) -> None:
    """Remove an imported set; the file it came from is not touched."""
    if re.fullmatch(r"[0-9a-f]{32}", key):
        shutil.rmtree(_folder(key), ignore_errors=True)


def _folder(key: str) -> Path:
    return storage.place(FOLDER) / key


def _shown_title(name: str) -> str:
    return " ".join(name.split())[:80] or "vectors"


def _facts(folder: Path) -> Stored:
    try:
        facts = json.loads((folder / "facts.json").read_text(encoding="utf-8"))
        made = Stored.from_json(facts)
        texts, numbers = (made.key, made.title, made.source, *made.notes), (made.words, made.dimension, *made.pieces)
        if (
            not all(isinstance(one, str) for one in texts)
            or not all(type(one) is int and one >= 0 for one in numbers)
            or not all(type(one) in (int, float) for one in (made.seconds, made.read_at))
            or len(made.pieces) not in (0, 2)
            or made.key != folder.name
        ):
            raise ValueError("a fact of another type")
        return made
    except _DAMAGE as problem:
        raise UnreadableFile("The facts of stored vectors cannot be read.", "Open their file again.") from problem
