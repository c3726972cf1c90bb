"""A SentencePiece model file written from a vocabulary that came otherwise (from a .gguf), so that the makers' own
engine can run it.

Format: ModelProto of https://github.com/google/sentencepiece/blob/master/src/sentencepiece_model.proto; only the fields
that change the encoding are written.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence

UNIGRAM, BYTE_PAIRS = 1, 2


def _varint(number: int) -> bytes:
    out = bytearray()
    while number > 0x7F:
        out.append(number & 0x7F | 0x80)
        number >>= 7
    out.append(number)
    return bytes(out)


def _number(field: int, value: int) -> bytes:
    # A negative number is written as its 64-bit two's complement.
    return _varint(field << 3) + _varint(value & 0xFFFFFFFFFFFFFFFF)


def _block(field: int, body: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(body)) + body


def write(
    pieces: Sequence[bytes],
    scores: Iterable[float],
    kinds: Iterable[int],
    algorithm: int,
    unknown: int,
    dummy_prefix: bool,
    byte_fallback: bool,
    charsmap: bytes = b"",
    remove_extra_spaces: bool = False,
) -> bytes:
    """A serialised ModelProto. `kinds` are SentencePiece's own numbers, as in `core.tokens.vocabulary`.

    `algorithm` is `UNIGRAM` or `BYTE_PAIRS`; `charsmap` the precompiled normalisation rules (none: identity).
    """
    body = bytearray()
    for piece, score, kind in zip(pieces, scores, kinds, strict=True):
        body += _block(1, _block(1, piece) + b"\x15" + struct.pack("<f", score) + _number(3, int(kind)))
    trainer = b"".join(
        (
            _number(3, algorithm),
            _number(4, len(pieces)),
            _number(35, int(byte_fallback)),
            _number(40, unknown),
            _number(41, -1),
            _number(42, -1),
            _number(43, -1),
            _block(45, pieces[unknown]),
        )
    )
    normalizer = b"".join(
        (
            _block(1, b"identity" if not charsmap else b"given"),
            _block(2, charsmap) if charsmap else b"",
            _number(3, int(dummy_prefix)),
            _number(4, int(remove_extra_spaces)),
            _number(5, 1),
        )
    )
    return bytes(body) + _block(2, trainer) + _block(3, normalizer)
