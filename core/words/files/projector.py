"""The Embedding Projector's files: numbers without words (vectors.tsv, tensors.bytes), the words in metadata.tsv.

Source: https://www.tensorflow.org/tensorboard/tensorboard_projector_plugin; projector_config.json of
https://github.com/tensorflow/embedding-projector-standalone.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import UnreadableFile
from core.words.files import rows as limits
from core.words.files.beside import words_beside, words_in_file
from core.words.files.layout import BOM, MARKS, Layout, line_end
from core.words.files.rows import Collector, Content, MakeRows, OnProgress
from core.words.files.tensors import checked_shape, collect
from core.words.files.text_rows import read_text

CONFIG = "projector_config.json"
_LARGEST_CONFIG = 1 << 20


def read_numbers(
    path: Path, name: str, layout: Layout, make_rows: MakeRows | None, most: int | None, beside: Path
) -> Content:
    """Rows of numbers alone, their words in a file beside them.

    Raises:
        UnreadableFile: there are no words for it.
    """
    count = _rows(path) - (1 if layout.before else 0)
    words = words_beside(path.with_name(name.split("/")[-1]), count, beside)
    with open(path, "rb") as file:
        return read_text(file, b"", name, make_rows, most, words)


def _rows(path: Path) -> int:
    """The lines that are neither blank nor comments."""
    count, rest = 0, b""
    end = b"\n"
    with open(path, "rb") as file:
        while True:
            block = file.read(limits.BLOCK)
            if not count and not rest:
                block, end = block.removeprefix(BOM), line_end(block)
            lines = (rest + block).split(end)
            rest = lines.pop() if block else b""
            count += sum(bool(line.strip()) and not line.lstrip().startswith(MARKS) for line in lines)
            if not block:
                return count


def is_config(text: bytes) -> bool:
    """Whether a JSON file is the Projector's configuration."""
    return b'"tensorPath"' in text or b'"tensorShape"' in text


def read_config(
    path: Path, on_progress: OnProgress | None, make_rows: MakeRows | None, most: int | None, beside: Path
) -> Content:
    """The first tensor that a projector_config.json names, with its metadata.

    Raises:
        UnreadableFile: it is damaged, or its files are not there.
    """
    tensor, words_in, shape = _first_tensor(path, beside)
    if tensor.suffix in (".bytes", ".bin") and shape:
        rows, dimension = shape
        if rows * dimension * 4 > tensor.stat().st_size or rows * dimension <= 0:
            raise UnreadableFile(f"“{tensor.name}” is shorter than {path.name} says.", "Download it again.")
        words = _words(words_in, tensor, rows)
        checked_shape(words, shape, np.dtype("<f4"), tensor.name)
        mapped: np.ndarray = np.memmap(tensor, "<f4", "r", 0, shape)
        step = max(1, limits.BLOCK // (dimension * 4))
        collector = Collector(tensor.name, dimension, make_rows, rows, most)
        return collect(collector, words, (mapped[i : i + step] for i in range(0, rows, step)), on_progress)
    words = _words(words_in, tensor, _rows(tensor))
    with open(tensor, "rb") as file:
        return read_text(file, b"", tensor.name, make_rows, most, words)


def _first_tensor(path: Path, beside: Path) -> tuple[Path, Path | None, tuple[int, int] | None]:
    """(file of numbers, file of words, shape); only names in the same folder count, never paths out of it."""
    try:
        if path.stat().st_size > _LARGEST_CONFIG:
            raise ValueError("it is too large")
        about: Any = json.loads(path.read_text(encoding="utf-8-sig"))
        first = next(one for one in about["embeddings"] if isinstance(one.get("tensorPath"), str))
        shape = first.get("tensorShape")
    except (OSError, ValueError, RecursionError, KeyError, TypeError, AttributeError, StopIteration) as problem:
        raise UnreadableFile(f"“{path.name}” names no tensor.", "Open vectors.tsv itself.") from problem
    tensor = beside / Path(first["tensorPath"]).name
    named = first.get("metadataPath")
    words_in = beside / Path(named).name if isinstance(named, str) and Path(named).name else None
    if not tensor.is_file():
        raise UnreadableFile(f"“{path.name}” names “{tensor.name}”, which is not beside it.", "Put it there.")
    whole = isinstance(shape, list) and len(shape) == 2 and all(type(length) is int for length in shape)
    return tensor, words_in if words_in and words_in.is_file() else None, (shape[0], shape[1]) if whole else None


def _words(words_in: Path | None, tensor: Path, rows: int) -> list[str]:
    """The words of the file that the configuration names, or of one beside."""
    if words_in is not None and (found := words_in_file(words_in, rows)) is not None:
        return found
    return words_beside(tensor, rows)
