"""A file of vectors that was opened: its first bytes, a metered stream of the rest, and the files beside it."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from core.errors import UnreadableFile
from core.runtime import zip_files
from core.words.files.layout import BOM, Layout, layout_of, line_end
from core.words.files.rows import MakeRows, OnProgress

LARGEST_UNPACKED = 16 << 30
"""Bytes that a packed file may unpack to: GoogleNews takes 3.6 GB; far more is a decompression bomb."""

HEAD = 1 << 16
"""Bytes from the beginning of a file by which its format is recognised."""


class Metered(io.RawIOBase):
    """A stream that reports how far it is and stops a file that unpacks without end.

    `size`: its length where that is known. `packed`: the bytes that it is unpacked from, where it is. `far()`: the
    share that was read, 0..1, where only the packed file's position is known.
    """

    def __init__(
        self,
        stream: IO[bytes] | io.RawIOBase | io.BufferedIOBase,
        size: int | None,
        on_progress: OnProgress | None,
        packed: int | None = None,
        far: Callable[[], float] | None = None,
    ) -> None:
        self._stream, self._size, self._on_progress, self._done, self._far = stream, size, on_progress, 0, far
        self._most = (
            LARGEST_UNPACKED
            if packed is None
            else min(LARGEST_UNPACKED, max(zip_files.FREE_BYTES, zip_files.MOST_TIMES * packed))
        )

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        block = self._stream.read(size) or b""
        self._done += len(block)
        if self._done > self._most:
            raise UnreadableFile(
                f"The file unpacks to more than {self._most / 1e6:,.0f} MB.",
                "No file of vectors of that size does: download it again from its source.",
            )
        if self._on_progress:
            fraction = self._far() if self._far else self._done / self._size if self._size else 0.0
            self._on_progress(min(fraction, 1.0), f"{self._done / 1e6:,.0f} MB read")
        return block


@dataclass(eq=False)
class Opened:
    """A file that is being read, or a folder (then `head` is empty).

    `name` is for messages, `head` its first bytes, unpacked; `stream` gives the rest. `packed`: whether it comes out of
    a .gz, an archive or the like; formats that need a file on disk ask for `whole()`, and look for other files in
    `beside`. `most`: how many words are wanted, from the first; None for all.
    """

    path: Path
    name: str
    head: bytes
    stream: Metered
    on_progress: OnProgress | None
    make_rows: MakeRows | None
    most: int | None = None
    packed: bool = False
    spool: Path | None = None
    neighbours: Callable[[Path], None] | None = None
    _whole: Path | None = field(default=None, repr=False)

    @property
    def is_folder(self) -> bool:
        return not self.packed and self.path.is_dir()

    @property
    def lines(self) -> list[bytes]:
        """The first lines."""
        return self.text.split(line_end(self.text), 20)[:20]

    @property
    def text(self) -> bytes:
        """The first bytes without a byte order mark."""
        return self.head.removeprefix(BOM)

    @property
    def header(self) -> tuple[int, int] | None:
        """Words and dimensions, where the first line is `V D`."""
        fields = self.lines[0].split()
        whole = len(fields) == 2 and all(field.isdigit() and len(field) < 10 for field in fields)
        return (int(fields[0]), int(fields[1])) if whole else None

    @property
    def after_header(self) -> bytes:
        return self.head.partition(b"\n")[2]

    @property
    def layout(self) -> Layout | None:
        """How its rows are written, if it is text; None if it is not."""
        if not hasattr(self, "_layout"):
            self._layout = layout_of(self.head)
        return self._layout

    def whole(self) -> Path:
        """The file on disk: itself, or a copy of what is packed, with the files that lie beside it in the archive."""
        if not self.packed:
            return self.path
        if self._whole is None:
            if self.spool is None:
                raise UnreadableFile(f"“{self.name}” cannot be read packed.", "Unpack it first.")
            self._whole = self.spool / (Path(self.name).name[-100:] or "file")
            with open(self._whole, "wb") as file:
                file.write(self.head)
                while block := self.stream.read(1 << 20):
                    file.write(block)
            if self.neighbours:
                self.neighbours(self.spool)
        return self._whole

    @property
    def beside(self) -> Path:
        """The folder of the files beside it."""
        return self.spool if self.packed and self.neighbours and self.spool else self.path.parent
