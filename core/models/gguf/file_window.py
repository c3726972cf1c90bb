"""The head of a file of any size, read a megabyte at a time.

Read, not mapped: reading a mapped file that another program shortens meanwhile ends the process.
"""

from __future__ import annotations

from typing import BinaryIO, Protocol


class Content(Protocol):
    """The bytes of a file, or what gives slices of them."""

    def __len__(self) -> int: ...

    def __getitem__(self, place: slice) -> bytes: ...


class Window:
    """Slices of a file, read a megabyte at a time."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file, self._size = file, size
        self._start, self._bytes = 0, b""

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, place: slice) -> bytes:
        first, last = place.start - self._start, place.stop - self._start
        if first < 0 or last > len(self._bytes):
            self._file.seek(place.start)
            self._start, self._bytes = place.start, self._file.read(max(place.stop - place.start, 1 << 20))
            first, last = 0, place.stop - place.start
        return self._bytes[first:last]
