"""Zip archives from strangers: their list of contents and what they unpack to are bounded before anything is unpacked.

Source: PKWARE, APPNOTE.TXT 6.3.10, sections 4.3.12 to 4.3.16 (https://pkware.cachefly.net/webdocs/casestudies/).
"""

from __future__ import annotations

import contextlib
import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from core.errors import UnreadableFile

LARGEST_LIST = 4 << 20  # bytes of the list of contents: Python makes some ten times as much of it
FREE_BYTES, MOST_TIMES = 100_000_000, 200  # an entry larger than the first unpacks to at most so many times its size
ERRORS: tuple[type[Exception], ...] = (  # what zipfile and its decompressors raise on damage, passwords, odd methods
    OSError,
    EOFError,
    ValueError,
    KeyError,
    IndexError,
    TypeError,
    OverflowError,
    RuntimeError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)
with contextlib.suppress(ImportError):  # a Python without it cannot meet its error either
    import lzma

    ERRORS = (*ERRORS, lzma.LZMAError)


def is_zip(path: Path) -> bool:
    """Whether a file ends as a zip archive does; a file that is not there does not."""
    try:
        return zipfile.is_zipfile(path)
    except ERRORS:
        return False


@contextlib.contextmanager
def opened(path: Path, refusal: UnreadableFile | None = None) -> Iterator[zipfile.ZipFile]:
    """The archive. Inside the block, whatever damage zipfile meets becomes an `UnreadableFile`, or `refusal`.

    Raises:
        UnreadableFile: no archive, a damaged one, or one that lists too much.
    """
    try:
        with open(path, "rb") as file:
            size = os.fstat(file.fileno()).st_size
            file.seek(max(size - 22 - 65_535 - 76, 0))
            check_list(file.read(), size)
        with zipfile.ZipFile(path) as archive:
            yield archive
    except ERRORS as problem:
        raise refusal or UnreadableFile(
            f"“{path.name[-80:]}” cannot be read: a damaged or locked archive ({str(problem)[:80]}).",
            "Fetch it again, or unpack it first.",
        ) from problem


def check_list(tail: bytes, size: int) -> None:
    """Refuse a list of contents that is larger than `LARGEST_LIST`, or than the archive."""
    place = tail.rfind(b"PK\5\6")
    if place < 0 or len(tail) < place + 22:
        raise zipfile.BadZipFile("it has no list of contents")
    (length,) = struct.unpack_from("<L", tail, place + 12)
    large = tail.rfind(b"PK\6\6", 0, place)
    if large >= 0 and len(tail) >= large + 48:
        length = max(length if length != 0xFFFFFFFF else 0, struct.unpack_from("<Q", tail, large + 40)[0])
    if length > min(LARGEST_LIST, size):
        raise UnreadableFile("This archive lists more files than are read here.", "Unpack it first.")


def check(info: zipfile.ZipInfo, most: int) -> None:
    """Refuse an entry that unpacks to more than `most` bytes, or to far more than it takes in the archive.

    zipfile gives no more of an entry than the size it declares, so that size is what counts.

    Raises:
        UnreadableFile: it does.
    """
    if info.file_size > most:
        raise UnreadableFile(
            f"“{info.filename[-60:]}” in this archive is too large: {info.file_size / 1e6:,.0f} MB "
            f"unpacked, {most / 1e6:,.0f} MB can be read.",
            "Choose a smaller one.",
        )
    if info.file_size > FREE_BYTES and info.file_size > MOST_TIMES * max(info.compress_size, 1):
        raise UnreadableFile(
            f"“{info.filename[-60:]}” in this archive unpacks from {info.compress_size / 1e6:,.1f} MB "
            f"to {info.file_size / 1e6:,.0f} MB, as data that are worth reading do not.",
            "Fetch it again from its source.",
        )
