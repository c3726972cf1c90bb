"""Skips the tokens whose first character a grammar already rejects."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from core.models.llama.model import Model

Ids = npt.NDArray[np.int32]
Filter = Callable[[Ids], npt.NDArray[np.bool_]]  # ids (N,) -> which of them are allowed (N,)


class GrammarPrefilter:
    """The vocabulary by first character. Made once for a model: about a microsecond for each of its tokens.

    A grammar reads a token character by character: if it rejects the token that is one character alone, it rejects
    every token that begins with it. Tokens without a readable first character are always checked.
    """

    def __init__(self, model: Model) -> None:
        members: dict[str, list[int]] = {}
        alone: dict[str, int] = {}
        unknown: list[int] = []
        for token in range(model.size):
            text = model.piece(token)
            letter = _first(text)
            if letter is None:
                unknown.append(token)
                continue
            members.setdefault(letter, []).append(token)
            if len(text) == len(letter.encode()):
                alone[letter] = token
        for letter in [letter for letter in members if letter not in alone]:
            unknown += members.pop(letter)
        self._letters = np.array([alone[letter] for letter in members], np.int32)
        self._members = [np.array(ids, np.int32) for ids in members.values()]
        self._unknown = np.array(unknown, np.int32)

    def allowed(self, ask: Filter) -> Ids:
        """All ids that `ask` allows, in no order, by checking far fewer tokens than the vocabulary has."""
        open_letters = np.flatnonzero(ask(self._letters))
        ids: Ids = np.concatenate([self._unknown, *(self._members[place] for place in open_letters)])
        return ids[ask(ids)]


def _first(text: bytes) -> str | None:
    """The first character of a token's bytes; None where they begin with a part of one, or are none."""
    if not text:
        return None
    if text[0] < 0x80:
        return chr(text[0])
    length = 2 if 0xC2 <= text[0] < 0xE0 else 3 if 0xE0 <= text[0] < 0xF0 else 4 if 0xF0 <= text[0] < 0xF5 else 0
    try:
        return text[:length].decode("utf-8") if length and len(text) >= length else None
    except UnicodeDecodeError:
        return None


def ends_within_a_letter(text: bytes) -> bool:
    """Whether the last bytes of a text are the beginning of a character that is not complete yet."""
    for back in range(1, min(3, len(text)) + 1):
        byte = text[-back]
        if byte >= 0xC0:
            return back < (2 if byte < 0xE0 else 3 if byte < 0xF0 else 4)
        if byte < 0x80:
            return False
    return False
