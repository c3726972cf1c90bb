"""Packed files of vectors: .gz, .bz2, .xz, .zip and .tar, one in another up to three deep; nothing in them is executed.

What a file is packed with is seen from its first bytes. Everything is read as a stream whose length is bounded
(`core.words.files.opened.Metered`); names in an archive never become paths.
"""

from __future__ import annotations

import bz2
import contextlib
import gzip
import io
import lzma
import tarfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from core.errors import UnreadableFile
from core.runtime import zip_files
from core.words.files.opened import HEAD, LARGEST_UNPACKED, Metered
from core.words.files.rows import OnProgress

DAMAGE = (OSError, EOFError, zlib.error, lzma.LZMAError, tarfile.TarError)
DEEPEST = 3
MOST_ENTRIES = 20_000
_LARGEST_NEIGHBOUR = 1 << 28
_XZ_MEMORY = 1 << 30
_NO_VECTORS = (
    ".md .pkl .py .pyc .png .jpg .jpeg .gif .pdf .html .htm .log .cfg .ini .yaml .yml .sh .c .h .cpp .ipynb .npy.txt"
).split()
_PARTS = ("metadata.tsv", "modules.json", "special_tokens_map.json", "vocab.json", "merges.txt", "tokenizer.json")
_LISTS = ("words", "vocab", "vocabulary", "tokens", "labels", "keys", "index")
_MATRICES = (".npy", ".safetensors")


class Pickled(Exception):
    """An archive holds a Python pickle."""


@dataclass(frozen=True)
class Entry:
    """A file inside an archive that could be vectors."""

    name: str
    size_bytes: int


@dataclass
class Unpacked:
    """What came out: a stream of which `head` was read already, and the name of the file in the archive, if any.

    `neighbours(folder)` copies small files that lie beside it in the archive; None where the files beside it are those
    beside the packed file.
    """

    head: bytes
    stream: Metered
    name: str
    packed: bool
    neighbours: Callable[[Path], None] | None = None


class _Rewound(io.RawIOBase):
    """A stream whose first bytes were read already."""

    def __init__(self, head: bytes, stream: io.RawIOBase | IO[bytes]) -> None:
        self._head, self._stream = head, stream

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if self._head:
            part, self._head = (self._head, b"") if size < 0 else (self._head[:size], self._head[size:])
            return part + (self._stream.read() or b"") if size < 0 else part
        return self._stream.read(size) or b""


class _Xz(io.RawIOBase):
    """An .xz stream, decompressed in bounded memory; several streams one after the other are one."""

    def __init__(self, stream: io.RawIOBase) -> None:
        self._stream, self._packed = stream, b""
        self._decompressor = lzma.LZMADecompressor(memlimit=_XZ_MEMORY)
        self._begun = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if size < 0:
            return b"".join(iter(lambda: self.read(1 << 20), b""))
        while True:
            if self._decompressor.eof:
                self._packed = (self._decompressor.unused_data or self._stream.read(1 << 16) or b"").lstrip(b"\0")
                if not self._packed:
                    return b""
                self._decompressor, self._begun = lzma.LZMADecompressor(memlimit=_XZ_MEMORY), False
            if self._decompressor.needs_input and not self._packed:
                self._packed = self._stream.read(1 << 16) or b""
                if not self._packed:
                    raise EOFError("it ends too soon")
            block = self._decompressor.decompress(self._packed, size)
            self._packed = b""
            if block:
                return block


def packing(head: bytes) -> str:
    """What a file is packed with, by its first bytes: "gz", "bz2", "xz", "zip", "tar" or ""."""
    if head.startswith(b"\x1f\x8b"):
        return "gz"
    if head.startswith(b"BZh") and head[4:10] == b"1AY&SY":
        return "bz2"
    if head.startswith(b"\xfd7zXZ\0"):
        return "xz"
    if head.startswith(b"PK\x03\x04"):
        return "zip"
    return "tar" if head[257:262] == b"ustar" else ""


@contextlib.contextmanager
def unpacked(path: Path, entry: str | None, on_progress: OnProgress | None) -> Iterator[Unpacked]:
    """The file of vectors in `path`, taken out of whatever it is packed in. An .npz counts as one file.

    Raises:
        UnreadableFile: an archive holds no such file, or unpacks to far too much.
    """
    with open(path, "rb") as file:
        size = path.stat().st_size
        start = file.read(HEAD)
        file.seek(0)
        if packing(start) == "zip" and not is_npz(path):
            with _from_zip(path, entry, on_progress) as found:
                yield found
            return
        stream = Metered(file, size, on_progress)
        yield _peeled(path, stream, path.name, entry, on_progress, lambda: file.tell() / max(size, 1))


def _peeled(
    path: Path,
    stream: Metered,
    name: str,
    entry: str | None,
    on_progress: OnProgress | None,
    far: Callable[[], float],
    packed: bool = False,
    neighbours: Callable[[Path], None] | None = None,
) -> Unpacked:
    """A stream without its packings, as long as there are any."""
    size = path.stat().st_size
    for _ in range(DEEPEST):
        head = stream.read(HEAD)
        how = packing(head)
        if how == "tar":
            stream, name, listed = _from_tar(_Rewound(head, stream), path, entry, on_progress, far)
            entry, packed, neighbours = None, True, listed
        elif how in ("gz", "bz2", "xz"):
            inner: IO[bytes] | io.RawIOBase
            rest = _Rewound(head, stream)
            if how == "gz":
                inner = gzip.GzipFile(fileobj=rest)  # type: ignore[arg-type]
            else:
                inner = bz2.BZ2File(rest) if how == "bz2" else _Xz(rest)  # type: ignore[arg-type]
            stream, packed = Metered(inner, None, on_progress, size, far), True
            name = name[: -len(how) - 1] if name.lower().endswith("." + how) else name
        else:
            break
    else:
        head = stream.read(HEAD)
    if packed and packing(head) == "zip" and not name.lower().endswith(".npz"):
        raise UnreadableFile(f"“{name}” is an archive in another one.", "Unpack the outer one first.")
    return Unpacked(head, stream, name, packed, neighbours)


# ---------------------------------------------------------------- archives


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
            if (stream := _tar_stream(file, path)) is None:
                return []
            with tarfile.open(fileobj=stream, mode="r|") as archive:  # type: ignore[call-overload]
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


def _tar_stream(file: IO[bytes], path: Path) -> io.RawIOBase | None:
    """The tar in a file, which may be packed itself; None if there is none."""
    stream: io.RawIOBase = Metered(file, None, None)
    for _ in range(2):
        head = stream.read(HEAD) or b""
        how = packing(head)
        rest = _Rewound(head, stream)
        if how == "tar":
            return rest
        if how not in ("gz", "bz2", "xz"):
            return None
        inner = gzip.GzipFile(fileobj=rest) if how == "gz" else bz2.BZ2File(rest) if how == "bz2" else _Xz(rest)  # type: ignore[arg-type,call-overload]
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


def _chosen(found: list[Entry], entry: str | None, path: Path) -> str:
    if not found:
        raise UnreadableFile(f"“{path.name}” holds no file that could be vectors.", "Choose another file.")
    chosen = entry or found[0].name
    if chosen not in {item.name for item in found}:
        raise UnreadableFile(f"“{path.name}” holds no file “{chosen}”.", f"It holds {found[0].name}.")
    return chosen


@contextlib.contextmanager
def _from_zip(path: Path, entry: str | None, on_progress: OnProgress | None) -> Iterator[Unpacked]:
    """One file of a .zip: the one named `entry`, or the first that could be vectors."""
    with zip_files.opened(path) as archive:
        if any(name.endswith(".pkl") for name in archive.namelist()):
            raise Pickled(path.name)
        info = archive.getinfo(_chosen(entries(path), entry, path))
        zip_files.check(info, LARGEST_UNPACKED)

        def neighbours(folder: Path) -> None:
            for other in archive.infolist():
                if _is_neighbour(other.filename, info.filename) and other.file_size <= _LARGEST_NEIGHBOUR:
                    zip_files.check(other, _LARGEST_NEIGHBOUR)
                    (folder / PurePosixPath(other.filename).name[-100:]).write_bytes(archive.read(other))

        with archive.open(info) as file:
            stream = Metered(file, info.file_size, on_progress)
            yield _peeled(
                path, stream, info.filename, None, on_progress, lambda: 0.0, packed=True, neighbours=neighbours
            )


def _is_neighbour(name: str, of: str) -> bool:
    """Whether a file of an archive lies beside another one and could belong to it."""
    one, other = PurePosixPath(name), PurePosixPath(of)
    likely = one.suffix.lower() in (".txt", ".json", ".csv", ".tsv", ".vocab") and not name.endswith("/")
    return likely and one != other and one.parent == other.parent


def _from_tar(
    stream: io.RawIOBase, path: Path, entry: str | None, on_progress: OnProgress | None, far: Callable[[], float]
) -> tuple[Metered, str, Callable[[Path], None]]:
    """One file of a .tar, as a stream; the list of its files takes a pass of its own."""
    chosen = _chosen(entries(path), entry, path)
    archive = tarfile.open(fileobj=stream, mode="r|")  # type: ignore[call-overload]
    member = next((one for one in archive if one.name == chosen and one.isreg()), None)
    file = archive.extractfile(member) if member else None
    if member is None or file is None:
        raise UnreadableFile(f"“{path.name}” holds no file “{chosen}”.", "Choose another one.")

    def neighbours(folder: Path) -> None:
        with open(path, "rb") as raw:
            again = _tar_stream(raw, path)
            with tarfile.open(fileobj=again, mode="r|") as listed:  # type: ignore[call-overload]
                for one in listed:
                    if one.isreg() and _is_neighbour(one.name, chosen) and one.size <= _LARGEST_NEIGHBOUR:
                        found = listed.extractfile(one)
                        if found is not None:
                            (folder / PurePosixPath(one.name).name[-100:]).write_bytes(found.read())

    return Metered(file, member.size, on_progress, far=far), chosen, neighbours
