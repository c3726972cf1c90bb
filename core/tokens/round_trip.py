"""Does a text survive? Sixty hard strings there and back through every tokenizer.

The strings are our own list, core/data/hard_strings.json.
"""

from __future__ import annotations

import functools
import json
import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import Literal

from core import storage
from core.tokens.tokenizer import Tokenizer
from core.tokens.vocabulary import UNKNOWN

_STRINGS = storage.DATA / "hard_strings.json"
Outcome = Literal["lossless", "normalised", "lost"]
OUTCOMES: tuple[Outcome, ...] = ("lossless", "normalised", "lost")


@dataclass(frozen=True)
class Trip:
    """What came back for one string. `gone` and `new` are characters, as often as they went or came."""

    text: str
    back: str
    outcome: Outcome
    gone: tuple[str, ...]
    new: tuple[str, ...]


@functools.cache
def hard_strings() -> dict[str, str]:
    """The sixty strings by name."""
    return {one["name"]: one["text"] for one in json.loads(_STRINGS.read_text(encoding="utf-8"))}


def trip(tokenizer: Tokenizer, text: str) -> Trip:
    """Encode and decode. "lossless": the same text; "normalised": the same letters, however written; else "lost".

    The same letters: equal after Unicode's compatibility decomposition (NFKD), without accents, case and blanks. A text
    of which a token is unknown is lost.
    """
    ids = tokenizer.ids(text)
    back = tokenizer.decode(ids)
    before, after = Counter(text), Counter(back)
    gone, new = tuple((before - after).elements()), tuple((after - before).elements())
    if back == text:
        return Trip(text, back, "lossless", gone, new)
    unknown = any(tokenizer.vocabulary.kinds[token] == UNKNOWN for token in ids)
    same = not unknown and _letters(back) == _letters(text)
    return Trip(text, back, "normalised" if same else "lost", gone, new)


def _letters(text: str) -> str:
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(
        character
        for character in unicodedata.normalize("NFKD", decomposed.casefold())
        if not unicodedata.combining(character) and not character.isspace()
    )


def matrix(tokenizers: list[Tokenizer]) -> list[list[Trip]]:
    """Every hard string through every tokenizer: a row for each string, in their order."""
    return [[trip(tokenizer, text) for tokenizer in tokenizers] for text in hard_strings().values()]
