"""Reads back a GGUF file that export.py wrote: metadata, weights and tokenizer, so that training can go on from it.

Source: the GGUF specification, ggml-org/ggml, docs/gguf.md; Q8_0 is a scale in half precision and 32 signed bytes.
"""

from __future__ import annotations

import struct
from pathlib import Path
from typing import Any

import numpy as np

from core.pocket.export import tensor_names
from core.pocket.gguf_writer import ALIGNMENT
from core.pocket.model import Shape

_SCALARS = {4: "<I", 5: "<i", 6: "<f", 7: "<?", 10: "<Q"}
_STRING, _ARRAY = 8, 9
_FLOAT32, _FLOAT16, _Q8_0 = 0, 1, 8


def read_gguf(path: Path) -> tuple[dict[str, Any], dict[str, np.ndarray]]:
    """Metadata and tensors (float32) of a file whose tensors are F32, F16 or Q8_0.

    Raises:
        ValueError: a tensor is of another type.
    """
    raw, at = path.read_bytes(), 24

    def scalar(form: str) -> Any:
        nonlocal at
        at += struct.calcsize(form)
        return struct.unpack_from(form, raw, at - struct.calcsize(form))[0]

    def text() -> str:
        nonlocal at
        length = scalar("<Q")
        at += length
        return raw[at - length : at].decode()

    def value(kind: int) -> Any:
        if kind == _ARRAY:
            inner, length = scalar("<I"), scalar("<Q")
            return [value(inner) for _ in range(length)]
        return text() if kind == _STRING else scalar(_SCALARS[kind])

    count, entries = struct.unpack_from("<QQ", raw, 8)
    metadata = {}
    for _ in range(entries):
        key = text()
        metadata[key] = value(scalar("<I"))
    table = []
    for _ in range(count):
        name, dimensions = text(), scalar("<I")
        shape = tuple(scalar("<Q") for _ in range(dimensions))[::-1]
        table.append((name, shape, scalar("<I"), scalar("<Q")))
    start = -(-at // ALIGNMENT) * ALIGNMENT
    return metadata, {name: _values(raw, shape, kind, start + offset) for name, shape, kind, offset in table}


def _values(raw: bytes, shape: tuple[int, ...], kind: int, at: int) -> np.ndarray:
    size = int(np.prod(shape))
    if kind == _Q8_0:
        blocks = np.frombuffer(raw, dtype=[("scale", "<f2"), ("bytes", "i1", 32)], count=size // 32, offset=at)
        return (blocks["scale"].astype(np.float32)[:, None] * blocks["bytes"]).reshape(shape)
    if kind not in (_FLOAT32, _FLOAT16):
        raise ValueError(f"tensors of type {kind} are not read")
    form = "<f4" if kind == _FLOAT32 else "<f2"
    return np.frombuffer(raw, dtype=form, count=size, offset=at).astype(np.float32).reshape(shape)


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
    return model.SerializeToString()
