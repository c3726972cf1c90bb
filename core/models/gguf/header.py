"""What a .gguf file says of itself: the facts of a model, for lists of models and before it is loaded.

It is read in the dashboard's own process, not at the gate (`core.runtime.gate`): a list of models shows many headers at
once, and `core.models.gguf.reader` makes that safe.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core.errors import MissingModel, UnreadableFile
from core.models.gguf import parts as gguf_parts
from core.models.gguf.file_window import Window
from core.models.gguf.reader import FETCH_AGAIN, Reader


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
        raise UnreadableFile(f"“{path.name}” is not a language model in GGUF form: it has {size} bytes.", FETCH_AGAIN)
    with open(path, "rb") as file:
        reader = Reader(path.name, Window(file, size))
        tensor_count, metadata = reader.start()
        if not isinstance(metadata.get("general.architecture"), str) and not metadata.get("split.no"):
            raise UnreadableFile(f"“{path.name}” does not say which kind of model it is.", FETCH_AGAIN)
        tensors = reader.tensors(tensor_count, metadata.get("general.alignment", 32))
    return Header(path, size, metadata, {name: info.shape for name, info in tensors.items()})
