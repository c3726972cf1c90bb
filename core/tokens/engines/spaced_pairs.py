"""Byte pairs over characters with ▁ for the space, as Gemma has them: merges as in GPT-2, byte fallback as in
SentencePiece, and no cutting into words first. Run by Hugging Face's tokenizers."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

import numpy as np
import tokenizers as engines
from tokenizers import models, normalizers, pre_tokenizers

from core.tokens.encoded import Plain, spans_of
from core.tokens.engines import long_texts
from core.tokens.engines.alignment import positions
from core.tokens.engines.sentence_pieces import bytes_of_piece
from core.tokens.tokenizer import Tokenizer
from core.tokens.vocabulary import Vocabulary

_AFTER_LINE_ENDS = re.compile(r"\n(?=[^\n])")


class SpacedPairs(Tokenizer):
    """As SentencePiece byte pairs, but by a list of merges; a typed ▁ becomes a space."""

    family = "byte pairs over characters"

    def __init__(self, vocabulary: Vocabulary, engine: engines.Tokenizer) -> None:
        super().__init__(vocabulary)
        self.engine = engine

    @cached_property
    def ranks(self) -> dict[tuple[str, str], int]:
        """The order of the merges, by their two halves. Asked for only where the steps are shown."""
        import json

        merges = json.loads(self.engine.to_str())["model"]["merges"]
        return {(left, right): rank for rank, (left, right) in enumerate(merges)}

    def normalise(self, text: str) -> str:
        return text.replace("▁", " ")

    def plain_ids(self, text: str) -> list[int]:
        return long_texts.ids(self.engine, text, _AFTER_LINE_ENDS)

    def encode_plain(self, text: str) -> Plain:
        ids = np.asarray(self.plain_ids(text), np.int64)
        starts, ends = spans_of(self.vocabulary.lengths[ids].astype(np.int64))
        if "▁" not in text:
            raw = text.encode()
            return Plain(raw, ids, starts, ends, starts, ends, len(raw))
        pieces = ((character, " " if character == "▁" else character) for character in text)
        normalised, begins, stops = positions(pieces)
        return Plain(normalised, ids, starts, ends, begins[starts], stops[ends], len(text.encode()))

    def decode(self, ids: Sequence[int]) -> str:
        return b"".join(map(self.vocabulary.bytes_of, ids)).decode("utf-8", "replace")

    def piece(self, token_id: int) -> str:
        return self.engine.id_to_token(int(token_id)) or ""


def make(spelled: list[bytes], merges: list[bytes], kinds: np.ndarray, unknown: int) -> SpacedPairs:
    """The tokenizer of a vocabulary with its merges ("left right", in their order)."""
    names = {piece.decode("utf-8", "replace"): i for i, piece in enumerate(spelled)}
    pairs = []
    for merge in merges:
        left, _, right = merge.decode().partition(" ")
        pairs.append((left, right))
    engine = engines.Tokenizer(
        models.BPE(names, pairs, unk_token=spelled[unknown].decode(), fuse_unk=False, byte_fallback=True)
    )
    engine.normalizer = normalizers.Replace(" ", "▁")
    engine.pre_tokenizer = pre_tokenizers.Split(engines.Regex(r"\n+"), "isolated")
    tokens = [
        bytes_of_piece(piece.decode("utf-8", "replace"), int(kind)) for piece, kind in zip(spelled, kinds, strict=True)
    ]
    return SpacedPairs(Vocabulary(tokens, kinds), engine)
