"""Where a place in the normalised text lies in the text as typed, when normalising joined or changed characters."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

import numpy as np


def pieces_of_nfc(text: str) -> Iterator[tuple[str, str]]:
    """`text` in the smallest pieces that can be normalised to NFC one by one: (typed, normalised).

    Example: "e" + U+0301 + "x" gives ("e" + U+0301, "é"), ("x", "x").
    """
    typed = ""
    for character in text:
        if typed and not unicodedata.combining(character):
            alone, together = unicodedata.normalize("NFC", typed), unicodedata.normalize("NFC", typed + character)
            if together == alone + unicodedata.normalize("NFC", character):
                yield typed, alone
                typed = ""
        typed += character
    if typed:
        yield typed, unicodedata.normalize("NFC", typed)


def positions(pieces: Iterator[tuple[str, str]]) -> tuple[bytes, np.ndarray, np.ndarray]:
    """From pieces (typed, normalised): the normalised bytes, and where each place in them lies in the typed text.

    Gives two arrays (bytes + 1,): for the beginning of a token and for the end of one. Inside a piece that was
    changed a token begins where the piece begins and ends where it ends: it stands for part of all of it.
    """
    normalised, begins, ends, at = [], [], [np.zeros(1, np.int64)], 0
    for typed_text, normal_text in pieces:
        typed, normal = len(typed_text.encode()), normal_text.encode()
        if typed_text == normal_text:
            begins.append(at + np.arange(typed))
            ends.append(at + np.arange(1, typed + 1))
        else:
            begins.append(np.full(len(normal), at))
            ends.append(np.full(len(normal), at + typed))
        normalised.append(normal)
        at += typed
    begins.append(np.array([at]))
    return b"".join(normalised), np.concatenate(begins), np.concatenate(ends)
