"""A GGUF file that export.py wrote as weights and tokenizer again, so that training can go on from it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from core.models.gguf import tensors
from core.models.gguf.reader import read_head
from core.pocket.export import tensor_names
from core.pocket.model import Shape


def read_gguf(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Metadata and tensors (float32, by name) of a file.

    Raises:
        UnreadableFile: it is damaged, or has a tensor in a format that is not read here.
    """
    head = read_head(path, tensors=True)
    return head.metadata, {name: tensors.values(path, info) for name, info in head.tensors.items()}


def load_weights(model: Any, shape: Shape, path: Path) -> None:
    """Put the weights of a Pocket file into a model of the same shape."""
    import torch

    _, tensors = read_gguf(path)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            parts = [tensors[each] for each in tensor_names(shape)[name]]
            weight.copy_(torch.from_numpy(np.concatenate(parts)))


def tokenizer_model(path: Path, like: bytes) -> bytes:
    """The file's tokenizer as a SentencePiece model, whose settings are those of `like`, another such model."""
    from sentencepiece import sentencepiece_model_pb2

    metadata, _ = read_gguf(path)
    model = sentencepiece_model_pb2.ModelProto.FromString(like)  # type: ignore[attr-defined]  # made at run time
    del model.pieces[:]
    for piece, score, kind in zip(
        metadata["tokenizer.ggml.tokens"],
        metadata["tokenizer.ggml.scores"],
        metadata["tokenizer.ggml.token_type"],
        strict=True,
    ):
        model.pieces.add(piece=piece, score=score, type=kind)  # the kinds have the same numbers in both formats
    return bytes(model.SerializeToString())
