"""The one reader of .gguf files: metadata, vocabulary and the table of tensors, checked before anything is allocated.

llama.cpp trusts counts and lengths more than a file from a stranger deserves. Here the mark, the counts, every length
and the ends of the tensors are compared with the file's size first. Plain Python without native code: it goes through
the head once, keeps at most 64 MB of texts, and passes at most 3,000,000 values. What it raises is a `UserError`; fuzz
tests hold that. `core.models.gguf.header` keeps a model's facts, `core.tokens.formats` its vocabulary.

Source: the GGUF specification, https://github.com/ggml-org/ggml/blob/master/docs/gguf.md (versions 2 and 3).
"""

from __future__ import annotations

import functools
import struct
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from core.errors import UnreadableFile, UserError
from core.models.gguf.file_window import Content, Window

_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_STRING, _ARRAY = 8, 9
_MOST_ENTRIES = 100_000  # of metadata, and of tensors: the largest public models have a few thousand
_MOST_NESTING = 4
_MOST_VALUES = 3_000_000  # a vocabulary of 256,000 tokens with its merges has a million
_MOST_TEXT = 64 << 20  # bytes of keys and texts that are kept
_MOST_NESTED = 10_000  # lists inside lists; no public model has any
_LONGEST_HEADER = 512 << 20
_BLOCK = 1 << 20  # bytes of texts at a time
_KEPT_LIST = 1024  # longer lists are there as their length only, unless they are asked for
FETCH_AGAIN = "Download or copy the file again, and compare its size with the one at its source."

# ggml's number of a type -> values in a block, bytes of a block (ggml.c, type_traits)
_BLOCKS = {
    0: (1, 4),
    1: (1, 2),
    2: (32, 18),
    3: (32, 20),
    6: (32, 22),
    7: (32, 24),
    8: (32, 34),
    9: (32, 36),
    10: (256, 84),
    11: (256, 110),
    12: (256, 144),
    13: (256, 176),
    14: (256, 210),
    15: (256, 292),
    16: (256, 66),
    17: (256, 74),
    18: (256, 98),
    19: (256, 50),
    20: (32, 18),
    21: (256, 110),
    22: (256, 82),
    23: (256, 136),
    24: (1, 1),
    25: (1, 2),
    26: (1, 4),
    27: (1, 8),
    28: (1, 8),
    29: (256, 56),
    30: (1, 2),
    34: (256, 54),
    35: (256, 66),
    39: (32, 17),
}


class TensorInfo(NamedTuple):
    """A tensor of a file. `shape`: the fastest axis first; `kind`: ggml's number of its type; `start` in bytes."""

    shape: tuple[int, ...]
    kind: int
    start: int


class Head(NamedTuple):
    """`metadata` by key: scalars, texts as str, lists of numbers as arrays, lists of texts as list of bytes."""

    metadata: dict[str, Any]
    tensors: dict[str, TensorInfo]


def read_head(path: Path, tensors: bool = False) -> Head:
    """The head of a .gguf file with its long lists (the vocabulary among them), and its tensors if asked for.

    Raises:
        UnreadableFile: it is not a GGUF file, is cut short, or claims sizes that it cannot have.
    """
    try:
        with open(path, "rb") as file:
            reader = Reader(Path(path).name, Window(file, Path(path).stat().st_size), whole_lists=True)
            tensor_count, metadata = reader.start()
            table = reader.tensors(tensor_count, metadata.get("general.alignment", 32)) if tensors else {}
    except (OSError, ValueError) as problem:
        raise UnreadableFile(f"{Path(path).name} cannot be read ({problem}).", FETCH_AGAIN) from problem
    return Head(metadata, table)


class Reader:
    """Goes through the head of a file. `whole_lists`: long lists are kept, not only their lengths."""

    def __init__(self, name: str, content: Content, whole_lists: bool = False) -> None:
        self.name, self.content, self.at, self.size = name, content, 0, len(content)
        self.whole_lists = whole_lists
        self.values_left, self.text_left, self.nested_left = _MOST_VALUES, _MOST_TEXT, _MOST_NESTED

    def damaged(self, what: str) -> UserError:
        return UnreadableFile(f"“{self.name}” is damaged or cut short: {what}.", FETCH_AGAIN)

    def skip(self, count: int) -> None:
        self.at += count
        if self.at > self.size:
            raise self.damaged("it ends in the middle of its header")
        if self.at > _LONGEST_HEADER:
            raise self.damaged(f"its header is longer than {_LONGEST_HEADER >> 20} MB")

    def take(self, count: int) -> bytes:
        self.skip(count)
        taken = self.content[self.at - count : self.at]
        if len(taken) != count:  # another program has shortened it meanwhile
            raise self.damaged("it ends in the middle of its header")
        return taken

    def scalar(self, form: str) -> Any:
        return struct.unpack(form, self.take(struct.calcsize(form)))[0]

    def check_mark(self) -> None:
        mark = self.take(4)
        if mark in (b"lmgg", b"tjgg", b"fmgg", b"algg"):
            raise UnreadableFile(
                f"“{self.name}” is a GGML file of 2023, which today's llama.cpp does not read.",
                "Look for the same model as a .gguf file.",
            )
        if mark != b"GGUF":
            raise UnreadableFile(
                f"“{self.name}” is not a language model in GGUF form.",
                "Choose a file that ends in .gguf and was downloaded whole.",
            )
        version = self.scalar("<I")
        if version not in (2, 3):
            raise UnreadableFile(
                f"“{self.name}” has GGUF version {version}; versions 2 and 3 can be read.",
                "Look for a newer conversion of the model.",
            )

    def count(self, of_what: str) -> int:
        number = self.scalar("<Q")
        if number > _MOST_ENTRIES:
            raise self.damaged(f"it claims to have {number:,} {of_what}")
        return int(number)

    def text(self) -> str:
        return self.raw_text().decode("utf-8", "replace")

    def raw_text(self) -> bytes:
        length = self.scalar("<Q")
        if length > self.size - self.at:
            raise self.damaged("a text in its header is longer than the file")
        self.count_text(length)
        return self.take(length)

    def count_text(self, length: int) -> None:
        self.text_left -= length
        if self.text_left < 0:
            raise self.damaged(f"its header holds more than {_MOST_TEXT >> 20} MB of text")

    def start(self) -> tuple[int, dict[str, Any]]:
        """The mark, the counts and the metadata: how many tensors follow, and the metadata by key."""
        self.check_mark()
        tensors, entries = self.count("tensors"), self.count("entries")
        found = {}
        for _ in range(entries):
            key = self.text()
            found[key] = self.value(self.scalar("<I"))
        return tensors, found

    def value(self, kind: int, depth: int = 0) -> Any:
        self.count_values(1)
        if kind in _SCALARS:
            return self.scalar(_SCALARS[kind])
        if kind == _STRING:
            return self.text()
        if kind != _ARRAY or depth > _MOST_NESTING:
            raise self.damaged(f"its header holds a value of the unknown kind {kind}")
        inner, length = self.scalar("<I"), self.scalar("<Q")
        if length > self.size - self.at:
            raise self.damaged("a list in its header is longer than the file")
        if inner in _SCALARS and self.whole_lists:
            return np.frombuffer(self.take(struct.calcsize(_SCALARS[inner]) * length), _SCALARS[inner]).copy()
        if inner in _SCALARS and length > _KEPT_LIST:
            self.skip(struct.calcsize(_SCALARS[inner]) * length)
            return length
        if inner == _STRING:
            return self.texts(length) if self.whole_lists else self.skip_texts(length)
        self.count_values(length)
        if inner in _SCALARS:
            form = f"<{length}{_SCALARS[inner][1]}"
            return list(struct.unpack(form, self.take(struct.calcsize(form))))
        self.nested_left -= length
        if self.nested_left < 0:
            raise self.damaged(f"its header holds more than {_MOST_NESTED:,} lists of lists")
        values = [self.value(inner, depth + 1) for _ in range(length)]
        return values if length <= _KEPT_LIST else length

    def count_values(self, count: int) -> None:
        self.values_left -= count
        if self.values_left < 0:
            raise self.damaged(f"its header holds more than {_MOST_VALUES:,} values")

    def _pieces(self, count: int) -> Iterator[tuple[int, bytes, int]]:
        """Go past that many texts: the length of each, a block of the file, and where in it the text begins.

        A vocabulary has a million texts, so the file is read a block at a time, not twice for each.
        """
        self.count_values(count)
        length_of = struct.Struct("<Q").unpack_from
        start, block = self.at, b""
        for _ in range(count):
            at = self.at - start
            if at + 8 > len(block):
                start, block, at = self.at, self.content[self.at : min(self.at + _BLOCK, self.size)], 0
                if len(block) < 8:
                    raise self.damaged("it ends in the middle of its header")
            (length,) = length_of(block, at)
            self.skip(8 + length)
            yield length, block, at + 8

    def skip_texts(self, count: int) -> int:
        """Go past that many texts."""
        for _ in self._pieces(count):
            pass
        return count

    def texts(self, count: int) -> list[bytes]:
        """That many texts as bytes."""
        found: list[bytes] = []
        for length, block, at in self._pieces(count):
            self.count_text(length)
            piece = block[at : at + length]
            if len(piece) < length:  # it goes on behind the block
                self.at -= length
                piece = self.take(length)
            found.append(piece)
        return found

    def tensors(self, count: int, alignment: Any) -> dict[str, TensorInfo]:
        if not isinstance(alignment, int) or not 8 <= alignment <= 65536 or alignment & (alignment - 1):
            raise self.damaged(f"its alignment is {str(alignment)[:20]}")
        found: dict[str, TensorInfo] = {}
        longest = 0
        for _ in range(count):
            name = self.text()
            dimensions = self.scalar("<I")
            if not 1 <= dimensions <= 4:
                raise self.damaged(f"a tensor has {dimensions} dimensions")
            shape = tuple(self.scalar("<Q") for _ in range(dimensions))
            kind, offset = self.scalar("<I"), self.scalar("<Q")
            values = functools.reduce(lambda a, b: a * b, shape, 1)
            if not 0 < values < 2**48 or offset % alignment or name in found:
                raise self.damaged("its table of tensors makes no sense")
            per_block, block_bytes = _BLOCKS.get(kind, (1, 0))  # a type newer than this table: left to llama.cpp
            longest = max(longest, offset + values // per_block * block_bytes)
            found[name] = TensorInfo(shape, kind, offset)
        start = -(-self.at // alignment) * alignment
        if longest and start + longest > self.size:
            missing = start + longest - len(self.content)
            raise UnreadableFile(
                f"“{self.name}” is cut short: {missing:,} of {start + longest:,} bytes are missing.", FETCH_AGAIN
            )
        return {name: info._replace(start=start + info.start) for name, info in found.items()}
