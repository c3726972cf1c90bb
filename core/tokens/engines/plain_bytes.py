"""The simplest tokenizer there is: every byte of UTF-8 is a token (ByT5 works so). Nothing can be lost or unknown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from core.models.specs import Spec
from core.tokens.encoded import Plain
from core.tokens.tokenizer import Tokenizer
from core.tokens.vocabulary import Vocabulary


class PlainBytes(Tokenizer):
    """256 tokens, the bytes; ids 0..255."""

    family = "bytes"
    proof = "exact by definition: token = byte"
    lossless = True

    def __init__(self) -> None:
        super().__init__(Vocabulary([bytes([value]) for value in range(256)]))

    def encode_plain(self, text: str) -> Plain:
        raw = text.encode()
        starts = np.arange(len(raw))
        ids = np.frombuffer(raw, np.uint8).astype(np.int64)
        return Plain(raw, ids, starts, starts + 1, starts, starts + 1, len(raw))

    def decode(self, ids: Sequence[int]) -> str:
        return bytes(ids).decode("utf-8", "replace")


def from_spec(spec: Spec) -> PlainBytes:
    """UTF-8 needs no file."""
    return PlainBytes()
