"""The texts of a saved corpus, in their file, as a sequence: only those asked for are in memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any


class StoredTexts(Sequence[str]):
    """The texts of a saved corpus, read from its file when they are asked for: a slice gives a tuple."""

    def __init__(self, column: Any) -> None:
        self._column = column  # a pyarrow.ChunkedArray of strings, mapped into memory

    def __len__(self) -> int:
        return len(self._column)

    def __getitem__(self, place: Any) -> Any:
        if isinstance(place, slice):
            start, stop, step = place.indices(len(self))
            return tuple(self[row] for row in range(start, stop, step))
        return self._column[place if place >= 0 else place + len(self)].as_py()

    def __iter__(self) -> Iterator[str]:
        for chunk in self._column.iterchunks():
            yield from chunk.to_pylist()

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Sequence)
            and len(self) == len(other)
            and all(mine == theirs for mine, theirs in zip(self, other, strict=True))
        )

    __hash__ = None  # type: ignore[assignment]
