"""Archives (.zip, .tar, also packed): which of their files could be vectors. Nothing is unpacked to disk."""

from __future__ import annotations

import io
import tarfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from core.errors import UnreadableFile
from core.runtime import zip_files
from core.words.files.opened import HEAD, Metered
from core.words.files.unpacking import DAMAGE, Rewound, decompressed, packing

MOST_ENTRIES = 20_000
_NO_VECTORS = (
    ".md .pkl .py .pyc .png .jpg .jpeg .gif .pdf .html .htm .log .cfg .ini .yaml .yml .sh .c .h .cpp .ipynb .npy.txt"
).split()
_PARTS = ("metadata.tsv", "modules.json", "special_tokens_map.json", "vocab.json", "merges.txt", "tokenizer.json")
_LISTS = ("words", "vocab", "vocabulary", "tokens", "labels", "keys", "index")
_MATRICES = (".npy", ".safetensors")


@dataclass(frozen=True)
class Entry:
    """A file inside an archive that could be vectors."""

    name: str
    size_bytes: int


def is_npz(path: Path) -> bool:
    """Whether an archive holds arrays and nothing else."""
    with zip_files.opened(path) as archive:
        names = [name for name in archive.namelist() if not name.endswith("/")]
        return bool(names) and all(name.endswith(".npy") for name in names)


def entries(path: Path) -> list[Entry]:
    """The files inside a .zip or a .tar that could be vectors; [] if `path` is neither.

    Raises:
        UnreadableFile: its list is damaged or too long.
    """
    try:
        with open(path, "rb") as file:
            if packing(file.read(HEAD)) == "zip":
                return [] if path.suffix == ".npz" or not zip_files.is_zip(path) else _zip_entries(path)
            file.seek(0)
            if (stream := tar_stream(file, path)) is None:
                return []
            with tarfile.open(fileobj=stream, mode="r|") as archive:
                return likely_entries(_members(archive))
    except (FileNotFoundError, IsADirectoryError):
        return []
    except DAMAGE as problem:
        raise UnreadableFile(
            f"“{path.name}” cannot be read: a damaged archive ({str(problem)[:80]}).", "Download it again."
        ) from problem


def _zip_entries(path: Path) -> list[Entry]:
    with zip_files.opened(path) as archive:
        files = [(info.filename, info.file_size) for info in archive.infolist() if not info.is_dir()]
    return [] if all(name.endswith(".npy") for name, _ in files) else likely_entries(files)


def tar_stream(file: IO[bytes], path: Path) -> io.RawIOBase | None:
    """The tar in a file, which may be packed itself; None if there is none."""
    stream: io.RawIOBase = Metered(file, None, None)
    for _ in range(2):
        head = stream.read(HEAD) or b""
        how = packing(head)
        if how == "tar":
            return Rewound(head, stream)
        if how not in ("gz", "bz2", "xz"):
            return None
        inner = decompressed(how, Rewound(head, stream))
        stream = Metered(inner, None, None, path.stat().st_size)
    return None


def _members(archive: tarfile.TarFile) -> list[tuple[str, int]]:
    found = []
    for number, member in enumerate(archive):
        if number >= MOST_ENTRIES:
            raise UnreadableFile("This archive lists more files than are read here.", "Unpack it first.")
        if member.isreg():
            found.append((member.name, member.size))
    return found


def likely_entries(files: list[tuple[str, int]]) -> list[Entry]:
    """Those of the files in an archive that could be vectors: no readme, no part of a model beside its table."""
    found = [
        Entry(name, size)
        for name, size in files
        if size > 4
        and "__MACOSX" not in name
        and not name.lower().endswith(tuple(_NO_VECTORS))
        and (base := PurePosixPath(name).name.lower()) not in _PARTS
        and not base.startswith((".", "readme", "license", "licence", "copying"))
        and not (base.endswith(".json") and "config" in base)
    ]
    matrices = [item for item in found if item.name.lower().endswith(_MATRICES)]
    tables = [item for item in found if PurePosixPath(item.name).name.lower() in ("vectors.tsv", "tensors.tsv")]
    if not matrices and not tables:
        return found
    stems = {PurePosixPath(item.name).name.split(".")[0].lower() for item in matrices}
    return [
        item
        for item in found
        if item in matrices
        or item in tables
        or not (
            (base := PurePosixPath(item.name).name.split(".")[0].lower()) in _LISTS
            or base in stems
            or any(base.startswith(f"{stem}_") or base.startswith(f"{stem}-") for stem in stems)
        )
    ]
