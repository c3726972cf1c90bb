"""Files within files: gzip, bzip2, xz, and zip archives of anything that is read here, bounded in what they unpack to.

An entry is unpacked to a file of its own that is gone after it; what it may grow to is bounded as everywhere
(`core.runtime.zip_files`): beyond 100 MB to no more than 200 times its packed size.
"""

from __future__ import annotations

import bz2
import contextlib
import gzip
import lzma
import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import Any, BinaryIO

from core.documents.ingest import formats, tables
from core.documents.ingest.sources import BadRow
from core.documents.ingest.tables import Opened, Row
from core.errors import UnreadableFile
from core.runtime import zip_files

LARGEST = 4_000_000_000  # bytes of one unpacked file
LARGEST_ARCHIVE = 8_000_000_000  # bytes of all that is unpacked of an archive
MOST_ENTRIES = 100_000
IN_MEMORY = 1 << 22
BLOCK = 1 << 18


def read_compressed(opened: Opened) -> Iterator[Row | BadRow]:
    """The rows of the file in a .gz, .bz2 or .xz: "a.csv.gz" is read as "a.csv".

    Raises:
        UnreadableFile: damaged, or it unpacks to too much.
    """
    inner = PurePath(opened.name).stem if opened.name else ""
    ending = formats.ending_of(inner)
    size = opened.file.seek(0, 2)
    opened.file.seek(0)
    start = opened.file.read(6)
    opened.file.seek(0)
    kinds: dict[bytes, Any] = {b"\x1f\x8b": gzip.open, b"BZh": bz2.open, b"\xfd7zXZ\x00": lzma.open}
    opener = next((each for mark, each in kinds.items() if start.startswith(mark)), None)
    if opener is None:
        raise UnreadableFile(f"This is no .{opened.ending} file, or it is damaged.", "Fetch it again, or unpack it.")
    with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as unpacked:
        try:
            with opener(opened.file, "rb") as stream:
                _copy(stream, unpacked, size)
        except (OSError, EOFError, zlib.error, lzma.LZMAError, ValueError) as problem:
            raise UnreadableFile(
                f"This .{opened.ending} file is damaged or was cut short.", "Fetch it again, or unpack it first."
            ) from problem
        unpacked.seek(0)
        if ending not in formats.BY_ENDING:
            ending = "jsonl" if unpacked.read(1) in (b"{", b"[") else "txt"
            unpacked.seek(0)
        yield from tables.read(_inside(opened, unpacked, inner, ending, opened.whole))  # type: ignore[arg-type]


def _copy(stream: Any, target: Any, packed: int) -> None:
    """Unpack, as long as it does not grow beyond what is worth reading."""
    written = 0
    while block := stream.read(BLOCK):
        written += len(block)
        if written > LARGEST or (written > zip_files.FREE_BYTES and written > zip_files.MOST_TIMES * max(packed, 1)):
            raise UnreadableFile(
                f"The file of {packed:,} bytes unpacks to more than {written / 1e6:,.0f} MB, "
                "as data that are worth reading do not.",
                "Fetch it again from its source.",
            )
        target.write(block)


def _inside(opened: Opened, file: BinaryIO, name: str, ending: str, whole: bool) -> Opened:
    return Opened(file, ending, opened.notes, whole, opened.columns, opened.encoding, name, depth=opened.depth + 1)


@contextlib.contextmanager
def archive_of(file: BinaryIO, name: str = "") -> Iterator[zipfile.ZipFile]:
    """A zip archive out of an open file; its list of contents is bounded before it is read.

    Raises:
        UnreadableFile: damaged, locked, or it lists too much; also for what happens within the block.
    """
    try:
        size = file.seek(0, 2)
        file.seek(max(size - 22 - 65_535 - 76, 0))
        zip_files.check_list(file.read(), size)
        file.seek(0)
        with zipfile.ZipFile(file) as archive:
            yield archive
    except zip_files.ERRORS as problem:
        raise UnreadableFile(
            f"“{(name or 'The file')[-60:]}” is a damaged or locked archive ({str(problem)[:60]}).",
            "Fetch it again, or unpack it first.",
        ) from problem


def check_all(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """The entries of an archive, after a look at what all of them unpack to.

    Raises:
        UnreadableFile: too many, or too large.
    """
    entries = [info for info in archive.infolist() if not info.is_dir()]
    if len(entries) > MOST_ENTRIES or sum(info.file_size for info in entries) > LARGEST_ARCHIVE:
        raise UnreadableFile("This archive holds more than is read here.", "Unpack it, and choose a part of it.")
    for info in entries:
        zip_files.check(info, LARGEST)
    return entries


def read_zip(opened: Opened) -> Iterator[Row | BadRow]:
    """The documents of all files in an archive, with the columns "file" and "folder"; a file that cannot be read costs
    itself.

    Raises:
        UnreadableFile: no archive, a damaged one, or nothing in it that is read here.
    """
    with archive_of(opened.file, opened.name) as archive:
        known, other = [], 0
        for info in check_all(archive):
            path = PurePath(info.filename.replace("\\", "/"))
            if any(part.startswith((".", "__MACOSX")) for part in path.parts) or path.name in formats.ABOUT_A_DATASET:
                continue
            if formats.ending_of(path.name) in formats.BY_ENDING:
                known.append((info, path))
            else:
                other += 1
        if other:
            opened.notes.append(f"{other:,} other {'file' if other == 1 else 'files'} in the archive not read")
        if not known:
            raise UnreadableFile("There is no file in this archive that is read here.", f"It reads {formats.KINDS}.")
        for info, path in sorted(known, key=lambda item: item[1].as_posix()):
            yield from _entry(opened, archive, info, path, len(known) > 1)


def _entry(
    opened: Opened, archive: zipfile.ZipFile, info: zipfile.ZipInfo, path: PurePath, several: bool
) -> Iterator[Row | BadRow]:
    name = path.as_posix()
    more = {"file": name, "folder": path.parent.as_posix()} if several else {}
    try:
        with tempfile.SpooledTemporaryFile(max_size=IN_MEMORY) as unpacked:
            with archive.open(info) as stream:
                _copy(stream, unpacked, info.compress_size)
            unpacked.seek(0)
            inner = _inside(opened, unpacked, path.name, formats.ending_of(path.name), several)  # type: ignore[arg-type]
            for row in tables.read(inner):
                if isinstance(row, BadRow):
                    yield BadRow(row.line, row.problem, f"{name}/{row.file}".rstrip("/"))
                else:
                    row.update({key: value for key, value in more.items() if key not in row})
                    yield row
    except UnreadableFile as problem:
        if not several:
            raise
        yield BadRow(0, problem.what, name)
    except zip_files.ERRORS as problem:
        yield BadRow(0, f"damaged or locked ({str(problem)[:60]})", name)


@contextlib.contextmanager
def on_disk(opened: Opened) -> Iterator[Path]:
    """The path of an open file, for libraries that want one: its own, or that of a copy."""
    if opened.path:
        yield Path(opened.path)
        return
    with tempfile.TemporaryDirectory(prefix="textlab-") as folder:
        path = Path(folder, f"copy.{opened.ending}")
        with open(path, "wb") as copy:
            while block := opened.file.read(BLOCK):
                copy.write(block)
        yield path
