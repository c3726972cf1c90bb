"""The norms of a model's input embeddings, out of its .gguf file: a token that was hardly ever read is an outlier.

Source: Land and Bartolo 2024 (arXiv:2405.05417): embeddings of under-trained tokens keep their initial length.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.errors import UnreadableFile
from core.models.gguf import tensors
from core.models.gguf.reader import read_head
from core.tokens.formats.gguf_fields import MOST_TOKENS

_WIDEST = 1 << 16  # numbers of a row; the widest public model has 18,432


def row_norms(path: Path) -> npt.NDArray[np.float32]:
    """The Euclidean length of each token's input embedding, (V,) float32.

    Raises:
        UnreadableFile: the file has no table of input embeddings, or one in a format not read here.
    """
    info = read_head(path, tensors=True).tensors.get("token_embd.weight")
    if info is None or len(info.shape) != 2:
        raise UnreadableFile(f"{path.name} has a vocabulary but no table of input embeddings.", "Choose a whole model.")
    width, count = info.shape
    if not tensors.readable(info) or not 0 < width <= _WIDEST or not 0 < count <= MOST_TOKENS:
        raise UnreadableFile(
            f"The input embeddings of {path.name} are in a format that is not read here.",
            f"Formats read: {tensors.FORMATS}.",
        )
    return np.concatenate([np.linalg.norm(rows, axis=1) for rows in tensors.rows(path, info)])
