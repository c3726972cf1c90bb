"""SentencePiece models (Kudo and Richardson 2018), run by Google's sentencepiece: byte pairs or Unigram.

A space is written ▁ (U+2581) in the vocabulary; a text gets one in front ("dummy prefix"). Where a character is not in
the vocabulary, its bytes are: one token each ("byte fallback"), or one unknown token.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import sentencepiece

from core.errors import UnreadableFile
from core.models.specs import Spec
from core.tokens.encoded import Plain, spans_of
from core.tokens.engines import beside
from core.tokens.tokenizer import Tokenizer
from core.tokens.vocabulary import BYTE, CONTROL, NORMAL, UNKNOWN, UNUSED, USER_DEFINED, Vocabulary

_SPACE = "▁"
_BYTE_NAME = re.compile(r"<0x([0-9A-F]{2})>")


class SentencePieces(Tokenizer):
    """A SentencePiece model, run by its makers' engine."""

    def __init__(
        self,
        engine: sentencepiece.SentencePieceProcessor,
        vocabulary: Vocabulary,
        family: str,
        begin: Sequence[int] = (),
        end: Sequence[int] = (),
    ) -> None:
        super().__init__(vocabulary, begin, end)
        self.engine, self.family = engine, family

    @cached_property
    def scores(self) -> np.ndarray:
        """Of each token (V,): the rank of a merge, negative (byte pairs), or the natural log of its probability."""
        return np.array(self.engine.get_score(list(range(len(self.engine)))), np.float32)

    @cached_property
    def longest(self) -> int:
        """Characters of the longest token."""
        return max(map(len, self.engine.id_to_piece(list(range(len(self.engine))))))

    def plain_ids(self, text: str) -> list[int]:
        return list(self.engine.encode(text, out_type=int))

    def normalise(self, text: str) -> str:
        return str(self.engine.normalize(text).replace(_SPACE, " "))

    def encode_plain(self, text: str) -> Plain:
        raw = text.encode()
        ids = np.asarray(self.plain_ids(text), np.int64)
        if not (self.vocabulary.kinds[ids] == UNKNOWN).any():
            spelled, starts, ends = self.vocabulary.in_a_row(ids)
            added = len(spelled) - len(raw)
            if added in (0, 1) and spelled == b" " * added + raw:  # at most a space was put in front
                return Plain(
                    spelled, ids, starts, ends, np.maximum(starts - added, 0), np.maximum(ends - added, 0), len(raw)
                )
        return self._with_the_engine_s_places(raw)

    def _with_the_engine_s_places(self, raw: bytes) -> Plain:
        """Where normalising changed the text, only the engine knows which characters a token stands for."""
        found = self.engine.encode(raw, return_type="offset_mapping", return_bytes=True)
        ids = np.asarray(found["ids"], np.int64)
        typed = np.asarray(found["offsets"], np.int64).reshape(-1, 2)
        kinds = self.vocabulary.kinds[ids]
        surfaces = [
            piece.replace(b"\xe2\x96\x81", b" ") if kind != BYTE else self.vocabulary.bytes_of(token)
            for piece, kind, token in zip(found["pieces"], kinds, ids, strict=True)
        ]
        starts, ends = spans_of(np.array([len(surface) for surface in surfaces], np.int64))
        typed_starts, typed_ends = _bytes_apart(typed, kinds)
        return Plain(b"".join(surfaces), ids, starts, ends, typed_starts, typed_ends, len(raw))

    def decode(self, ids: Sequence[int]) -> str:
        return str(self.engine.decode([int(token) for token in ids]))

    def piece(self, token_id: int) -> str:
        return self.engine.id_to_piece(int(token_id))


def _bytes_apart(typed: np.ndarray, kinds: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The engine gives a character's whole width to the last of its byte tokens; here each gets its own byte."""
    starts, ends = typed[:, 0].copy(), typed[:, 1].copy()
    for last in np.flatnonzero((kinds == BYTE) & (ends - starts > 1)):
        width = ends[last] - starts[last]
        first = last - width + 1
        if first >= 0 and (kinds[first : last + 1] == BYTE).all():
            at = starts[last]
            starts[first : last + 1] = at + np.arange(width)
            ends[first : last + 1] = at + np.arange(width) + 1
    return starts, ends


def from_spec(spec: Spec) -> SentencePieces:
    """The published spec's SentencePiece model."""
    assert spec.path is not None
    return read(spec.path)


def read(path: Path) -> SentencePieces:
    """A SentencePiece `tokenizer.model`.

    Raises:
        UnreadableFile: it is not one, or is cut short.
    """
    try:
        made = from_model(path.read_bytes())
    except (OSError, RuntimeError, ValueError, IndexError) as problem:  # ValueError: its pieces are no UTF-8
        raise UnreadableFile(
            f"{path.name} is not a SentencePiece model, or not a whole one.",
            "Choose the file called tokenizer.model of a published model.",
        ) from problem
    beside.read_into(made, path)
    made.proof = "the maker's own file, run by sentencepiece as the maker does"
    return made


def from_model(model: bytes) -> SentencePieces:
    """A tokenizer from the bytes of a SentencePiece model (a serialised ModelProto)."""
    engine = sentencepiece.SentencePieceProcessor(model_proto=model)
    ids = list(range(len(engine)))
    kinds = np.full(len(ids), NORMAL, np.uint8)
    tests = (
        (BYTE, engine.is_byte),
        (UNUSED, engine.is_unused),
        (CONTROL, engine.is_control),
        (UNKNOWN, engine.is_unknown),
    )
    for kind, holds in tests:
        kinds[np.asarray(holds(ids), bool)] = kind
    tokens = [bytes_of_piece(piece, int(kind)) for piece, kind in zip(engine.id_to_piece(ids), kinds, strict=True)]
    unigram = BYTE not in kinds and not float(engine.get_score(len(ids) - 1)).is_integer()
    begin = [engine.bos_id()] if engine.bos_id() >= 0 else []
    end = [engine.eos_id()] if engine.eos_id() >= 0 and not begin else []
    family = "SentencePiece Unigram" if unigram else "SentencePiece BPE"
    made = SentencePieces(engine, Vocabulary(tokens, kinds), family, begin, end)
    edges = engine.bos_id(), engine.eos_id()
    made.begin_name, made.end_name = (engine.id_to_piece(edge) if edge >= 0 else "" for edge in edges)
    return made


def bytes_of_piece(piece: str, kind: int) -> bytes:
    """What a piece adds to the text: ▁ is a space, <0xE7> the byte E7."""
    if kind == BYTE and (name := _BYTE_NAME.fullmatch(piece)):
        return bytes([int(name[1], 16)])
    if kind in (NORMAL, UNUSED, USER_DEFINED):
        return piece.replace(_SPACE, " ").encode()
    return piece.encode()
