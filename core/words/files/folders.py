"""Folders that hold vectors: a model's (Model2Vec, StaticEmbedding, a BERT-like encoder), or one file and its words."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from core.errors import UnreadableFile
from core.words.files.archives import Entry, likely_entries
from core.words.files.projector import CONFIG
from core.words.files.rows import Content
from core.words.files.unpacking import DAMAGE

WEIGHTS = "model.safetensors"


def is_encoder(folder: Path) -> bool:
    """Whether it holds a BERT-like encoder: weights, and a WordPiece vocabulary as text."""
    return has(folder / "vocab.txt") and has(folder / WEIGHTS)


def has(path: Path) -> bool:
    """Whether there is such a file; an impossible file name counts as missing."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def table_in(folder: Path) -> Path | None:
    """The table of a Model2Vec or StaticEmbedding folder: weights with a tokenizer, here or one folder deeper."""
    for place in (folder, *sorted(path for path in folder.iterdir() if path.is_dir() and not path.is_symlink())):
        if has(place / "tokenizer.json"):
            weights = [place / WEIGHTS, *sorted(place.glob("*.safetensors"))]
            return next((path for path in weights if has(path)), None)
    return None


def only_file(folder: Path) -> Path | None:
    """The file of a folder without a model: the Projector's configuration, or the one that could be vectors."""
    if has(folder / CONFIG):
        return folder / CONFIG
    files = sorted(path for path in folder.iterdir() if path.is_file())[:2000]
    likely: list[Entry] = likely_entries([(path.name, path.stat().st_size) for path in files])
    if len(likely) > 1:
        names = ", ".join(item.name for item in likely[:4])
        raise UnreadableFile(
            f"The folder “{folder.name}” holds several files: {names}.", "Give the path of one of them."
        )
    return folder / likely[0].name if likely else None


def read_encoder(model: Path, title: str) -> Content:
    """The whole words of a BERT-like model's input table, centred. `model` holds model.safetensors and vocab.txt.

    Raises:
        UnreadableFile: these files are missing or hold no such table.
    """
    from safetensors import SafetensorError, safe_open

    try:
        tokens = (model / "vocab.txt").read_text(encoding="utf-8").split("\n")
        with safe_open(model / WEIGHTS, framework="np") as tensors:
            name = next(key for key in tensors.keys() if key.endswith("word_embeddings.weight"))
            table = tensors.get_tensor(name)
        if table.ndim != 2 or table.dtype.kind != "f" or len(table) < len([token for token in tokens if token]):
            raise ValueError(f"a table of shape {table.shape} for {len(tokens):,} tokens")
    except (*DAMAGE, StopIteration, SafetensorError, ValueError, TypeError, AttributeError) as problem:
        raise UnreadableFile(
            f"The word table of {title} cannot be read ({problem}).",
            "Install the requirements again, or choose a file of vectors.",
        ) from problem
    whole = re.compile("[a-z]+")
    rows = [row for row, token in enumerate(tokens) if whole.fullmatch(token)]
    matrix = table[rows].astype(np.float32)
    if not rows or not np.isfinite(matrix).all():
        raise UnreadableFile(
            f"The word table of {title} has no words, or values that are not numbers.",
            "Choose another encoder, or a file of vectors.",
        )
    matrix -= matrix.mean(axis=0, dtype=np.float64).astype(np.float32)
    matrix.setflags(write=False)
    return Content([tokens[row] for row in rows], matrix, ("whole words a to z of a WordPiece vocabulary, centred",))
