"""What a .gguf file says of itself, read without the native library, so that a damaged file gives a sentence.

llama.cpp trusts counts and lengths more than a file from a stranger deserves; everything is checked here first: the
mark, the counts, every length, and that the file is as long as its table of tensors needs it to be.

It is read in the dashboard's own process, not at the gate (`core.runtime.gate`): a list of models shows many headers at
once, and it is safe here. This reader is plain Python without native code; it goes through the file once, keeps at most
64 MB of texts, passes at most 3,000,000 values, and compares each length with the file's before anything is allocated.
What it raises is a `UserError`; the fuzz test holds that.

Source: the GGUF specification, https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
"""

from __future__ import annotations

import functools
import struct
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import MissingModel, UnreadableFile, UserError
from core.models.gguf import parts as gguf_parts
from core.models.gguf.file_window import Content, Window

_SCALARS = {0: "<B", 1: "<b", 2: "<H", 3: "<h", 4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q", 11: "<q", 12: "<d"}
_STRING, _ARRAY = 8, 9
_MOST_ENTRIES = 100_000  # of metadata, and of tensors: the largest public models have a few thousand
_MOST_NESTING = 4
_MOST_VALUES = 3_000_000  # a vocabulary of 256,000 tokens with its merges has a million
_MOST_TEXT = 64 << 20  # bytes of keys and texts that are kept
_MOST_NESTED = 10_000  # lists inside lists; no public model has any
_LONGEST_HEADER = 512 << 20
_KEPT_LIST = 1024  # longer lists are there as their length only
_FETCH_AGAIN = "Fetch or copy the file again, and compare its size with the one at its source."

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


@dataclass(frozen=True)
class Header:
    """Facts about a model file. `metadata` holds scalars and texts; a long array is there as its length only."""

    path: Path
    size_bytes: int
    metadata: dict[str, Any] = field(repr=False)
    tensors: dict[str, tuple[int, ...]] = field(repr=False)

    @property
    def architecture(self) -> str:
        return str(self.metadata.get("general.architecture", "unknown"))

    @property
    def name(self) -> str:
        return str(self.metadata.get("general.name") or self.path.stem)

    @property
    def parameters(self) -> int:
        """How many weights the file holds."""
        return sum(functools.reduce(lambda a, b: a * b, shape, 1) for shape in self.tensors.values())

    @property
    def context_length(self) -> int:
        """How many tokens the model was trained to read at once; 0 if the file does not say."""
        return self.whole("context_length")

    @property
    def chat_template(self) -> str | None:
        template = self.metadata.get("tokenizer.chat_template")
        return template if isinstance(template, str) and template.strip() else None

    @property
    def vocabulary_size(self) -> int:
        tokens = self.metadata.get("tokenizer.ggml.tokens")  # a long list is there as its length
        return tokens if isinstance(tokens, int) and not isinstance(tokens, bool) else 0

    @property
    def generates(self) -> bool:
        """Whether it can continue a text (BERT and its kin only embed)."""
        return not any(name in self.architecture for name in ("bert", "t5encoder", "clip", "gemma-embedding"))

    def cache_bytes(self, n_ctx: int, bytes_per_value: float = 2) -> int:
        """Memory for the keys and values of `n_ctx` tokens: layers x 2 x heads x width x tokens x 2 bytes."""
        heads = self.whole("attention.head_count") or 1
        heads_kv = self.whole("attention.head_count_kv") or heads
        width = self.whole("attention.key_length") or self.whole("embedding_length") // heads
        return int(self.whole("block_count") * 2 * heads_kv * width * n_ctx * bytes_per_value)

    def whole(self, name: str) -> int:
        """A whole number of this architecture ("embedding_length"); 0 if the file does not say."""
        value = self.metadata.get(f"{self.architecture}.{name}", 0)
        if isinstance(value, list):  # some models have a value for each layer
            value = max((item for item in value if isinstance(item, int)), default=0)
        return int(value) if isinstance(value, (int, float)) and 0 <= value < 2**40 else 0


def read(path: str | Path) -> Header:
    """The header of a GGUF file; of a model in several files, named by the first, that of all of them together.

    Raises:
        MissingModel: there is no such file, or another part of it is missing.
        UnreadableFile: it is not a GGUF file, is damaged, or is cut short.
    """
    path = Path(path).expanduser()
    try:
        status = path.stat()
        if path.is_dir():
            raise MissingModel(f"“{path.name}” is a folder.", "Give the path of a .gguf file in it.")
        return gguf_parts.whole(_read(path, status.st_size, status.st_mtime_ns), _part)
    except FileNotFoundError as problem:
        raise MissingModel(f"There is no file “{path}”.", "Check the path, or choose another model.") from problem
    except (OSError, ValueError) as problem:
        raise MissingModel(f"“{str(path)[:200]}” cannot be opened ({problem}).", "Choose another model.") from problem


def _part(path: Path) -> Header:
    status = path.stat()
    return _read(path, status.st_size, status.st_mtime_ns)


@functools.lru_cache(maxsize=16)
def _read(path: Path, size: int, _changed: int) -> Header:
    if size < 24:
        raise UnreadableFile(f"“{path.name}” is not a language model in GGUF form: it has {size} bytes.", _FETCH_AGAIN)
    with open(path, "rb") as file:
        reader = _Reader(path.name, Window(file, size))
        reader.check_mark()
        tensor_count, entry_count = reader.count("tensors"), reader.count("entries")
        metadata = {}
        for _ in range(entry_count):
            key = reader.text()
            metadata[key] = reader.value(reader.scalar("<I"))
        if not isinstance(metadata.get("general.architecture"), str) and not metadata.get("split.no"):
            raise UnreadableFile(f"“{path.name}” does not say which kind of model it is.", _FETCH_AGAIN)
        tensors = reader.tensors(tensor_count, metadata.get("general.alignment", 32))
    return Header(path, size, metadata, tensors)


class _Reader:
    def __init__(self, name: str, content: Content) -> None:
        self.name, self.content, self.at, self.size = name, content, 0, len(content)
        self.values_left, self.text_left, self.nested_left = _MOST_VALUES, _MOST_TEXT, _MOST_NESTED

    def damaged(self, what: str) -> UserError:
        return UnreadableFile(f"“{self.name}” is damaged or cut short: {what}.", _FETCH_AGAIN)

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
        return number

    def text(self) -> str:
        length = self.scalar("<Q")
        if length > self.size - self.at:
            raise self.damaged("a text in its header is longer than the file")
        self.text_left -= length
        if self.text_left < 0:
            raise self.damaged(f"its header holds more than {_MOST_TEXT >> 20} MB of text")
        return self.take(length).decode("utf-8", "replace")

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
        if inner in _SCALARS and length > _KEPT_LIST:
            self.skip(struct.calcsize(_SCALARS[inner]) * length)
            return length
        if inner == _STRING:
            self.skip_texts(length)
            return length
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

    def skip_texts(self, count: int) -> None:
        """Go past that many texts; a vocabulary has a million, so each costs one look at its length and no more."""
        self.count_values(count)
        size, length_of = self.size, struct.Struct("<Q").unpack_from
        start, block = self.at, b""
        for _ in range(count):
            if self.at + 8 > start + len(block):
                start, block = self.at, self.content[self.at : min(self.at + (1 << 20), size)]
                if len(block) < 8:
                    raise self.damaged("it ends in the middle of its header")
            self.skip(8 + length_of(block, self.at - start)[0])

    def tensors(self, count: int, alignment: Any) -> dict[str, tuple[int, ...]]:
        if not isinstance(alignment, int) or not 8 <= alignment <= 65536 or alignment & (alignment - 1):
            raise self.damaged(f"its alignment is {str(alignment)[:20]}")
        shapes: dict[str, tuple[int, ...]] = {}
        longest = 0
        for _ in range(count):
            name = self.text()
            dimensions = self.scalar("<I")
            if not 1 <= dimensions <= 4:
                raise self.damaged(f"a tensor has {dimensions} dimensions")
            shape = tuple(self.scalar("<Q") for _ in range(dimensions))
            kind, offset = self.scalar("<I"), self.scalar("<Q")
            values = functools.reduce(lambda a, b: a * b, shape, 1)
            if not 0 < values < 2**48 or offset % alignment or name in shapes:
                raise self.damaged("its table of tensors makes no sense")
            per_block, block_bytes = _BLOCKS.get(kind, (1, 0))  # a type newer than this table: left to llama.cpp
            longest = max(longest, offset + values // per_block * block_bytes)
            shapes[name] = shape
        start = -(-self.at // alignment) * alignment
        if longest and start + longest > self.size:
            missing = start + longest - len(self.content)
            raise UnreadableFile(
                f"“{self.name}” is cut short: {missing:,} of {start + longest:,} bytes are missing.", _FETCH_AGAIN
            )
        return shapes
