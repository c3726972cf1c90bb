"""Packed files of vectors: .gz, .bz2, .xz, .zip and .tar, one in another up to three deep; nothing in them is executed.

What a file is packed with is seen from its first bytes. Everything is read as a stream whose length is bounded
(`core.words.files.opened.Metered`); names in an archive never become paths.
"""

from __future__ import annotations

import contextlib
import io
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from core.errors import UnreadableFile
from core.runtime import zip_files
from core.words.files.archives import Entry, entries, is_npz, tar_stream
from core.words.files.opened import HEAD, LARGEST_UNPACKED, Metered
from core.words.files.rows import OnProgress
from core.words.files.unpacking import Rewound, decompressed, packing

DEEPEST = 3
_LARGEST_NEIGHBOUR = 1 << 28


class Pickled(Exception):
    """An archive holds a Python pickle."""


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
            stream, name, listed = _from_tar(Rewound(head, stream), path, entry, on_progress, far)
            entry, packed, neighbours = None, True, listed
        elif how in ("gz", "bz2", "xz"):
            inner = decompressed(how, Rewound(head, stream))
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
    archive = tarfile.open(fileobj=stream, mode="r|")
    member = next((one for one in archive if one.name == chosen and one.isreg()), None)
    file = archive.extractfile(member) if member else None
    if member is None or file is None:
        raise UnreadableFile(f"“{path.name}” holds no file “{chosen}”.", "Choose another one.")

    def neighbours(folder: Path) -> None:
        with open(path, "rb") as raw:
            again = tar_stream(raw, path)
            with tarfile.open(fileobj=again, mode="r|") as listed:
                for one in listed:
                    if one.isreg() and _is_neighbour(one.name, chosen) and one.size <= _LARGEST_NEIGHBOUR:
                        found = listed.extractfile(one)
                        if found is not None:
                            (folder / PurePosixPath(one.name).name[-100:]).write_bytes(found.read())

    return Metered(file, member.size, on_progress, far=far), chosen, neighbours
