"""A file of vectors that was opened: its first bytes, and a metered stream of the rest."""

from __future__ import annotations

import gzip
import io
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from core.errors import UnreadableFile
from core.runtime import zip_files
from core.words.files.rows import MakeRows, OnProgress

LARGEST_UNPACKED = 16 << 30
"""Bytes that a packed file may unpack to: GoogleNews takes 3.6 GB; far more is a decompression bomb."""

HEAD = 1 << 16
"""Bytes from the beginning of a file by which its format is recognised."""


class Metered(io.RawIOBase):
    """A stream that reports how far it is and stops a file that unpacks without end."""

    def __init__(
        self,
        stream: IO[bytes] | gzip.GzipFile,
        size: int | None,
        on_progress: OnProgress | None,
        packed: int | None = None,
    ) -> None:
        self._stream, self._size, self._on_progress, self._done = stream, size, on_progress, 0
        self._most = (
            LARGEST_UNPACKED
            if packed is None
            else min(LARGEST_UNPACKED, max(zip_files.FREE_BYTES, zip_files.MOST_TIMES * packed))
        )

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        block = self._stream.read(size)
        self._done += len(block)
        if self._done > self._most:
            raise UnreadableFile(
                f"The file unpacks to more than {self._most / 1e6:,.0f} MB.",
                "No file of vectors of that size does: download it again from its source.",
            )
        if self._on_progress:
            fraction = self._done / self._size if self._size else 0.0
            self._on_progress(min(fraction, 1.0), f"{self._done / 1e6:,.0f} MB read")
        return block


@dataclass(frozen=True, eq=False)
class Opened:
    """A file that is being read. `name` is for messages, `head` its first bytes, unpacked; `stream` gives the rest.

    Formats that need the whole file (those that are not `packed`) open `path` themselves.
    """

    path: Path
    name: str
    head: bytes
    stream: Metered
    on_progress: OnProgress | None
    make_rows: MakeRows | None

    @property
    def lines(self) -> list[bytes]:
        """The first lines."""
        return self.head.split(b"\n", 20)[:20]

    @property
    def header(self) -> tuple[int, int] | None:
        """Words and dimensions, where the first line is `V D`."""
        fields = self.lines[0].split()
        whole = len(fields) == 2 and all(field.isdigit() and len(field) < 10 for field in fields)
        return (int(fields[0]), int(fields[1])) if whole else None

    @property
    def after_header(self) -> bytes:
        return self.head.partition(b"\n")[2]
