"""A vocabulary of five words as a .gguf file, byte by byte."""

from __future__ import annotations

import struct

import numpy as np


def text(value: bytes) -> bytes:
    return struct.pack("<Q", len(value)) + value


def tiny_gguf(model: bytes = b"llama") -> bytes:
    """A vocabulary of five words, with the 256 bytes that SentencePiece falls back to, as a file."""
    pieces = [
        b"<unk>",
        b"<s>",
        b"</s>",
        *(b"<0x%02X>" % i for i in range(256)),
        "▁".encode(),
        b"a",
        b"b",
        b"ab",
        "▁ab".encode(),
    ]
    kinds = [2, 3, 3, *[6] * 256, *[1] * 5]
    scores = [0.0] * 260 + [-4.0, -5.0, -1.0, -2.0]
    fields = [
        text(b"tokenizer.ggml.model") + struct.pack("<I", 8) + text(model),
        text(b"tokenizer.ggml.tokens") + struct.pack("<IIQ", 9, 8, len(pieces)) + b"".join(map(text, pieces)),
        text(b"tokenizer.ggml.scores") + struct.pack("<IIQ", 9, 6, len(scores)) + np.float32(scores).tobytes(),
        text(b"tokenizer.ggml.token_type") + struct.pack("<IIQ", 9, 5, len(kinds)) + np.int32(kinds).tobytes(),
        text(b"tokenizer.ggml.bos_token_id") + struct.pack("<II", 4, 1),
    ]
    return b"GGUF" + struct.pack("<IQQ", 3, 0, len(fields)) + b"".join(fields)
