"""Lists of ids as people have them: read from text, turned into text, and the difference of two."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from core.errors import UserError
from core.tokens.tokenizer import Tokenizer

MOST_IDS = 100_000
_NUMBER = re.compile(r"-?\d+")
_BETWEEN = re.compile(r"[\s,;\[\]()|]*")


def parse(text: str, size: int) -> list[int]:
    """Ids out of a text: numbers with blanks, commas or brackets between them. `size`: of the vocabulary.

    Example: "[1, 15043 2787]" gives [1, 15043, 2787].

    Raises:
        UserError: something else stands there, or an id that the vocabulary does not have.
    """
    ids, at = [], 0
    for match in _NUMBER.finditer(text):
        _check_between(text, at, match.start())
        ids.append(int(match.group()[:20]))
        at = match.end()
    _check_between(text, at, len(text))
    if len(ids) > MOST_IDS:
        raise UserError(f"These are {len(ids):,} ids; {MOST_IDS:,} are the most here.", "Take a part of them.")
    wrong = next((token for token in ids if not 0 <= token < size), None)
    if wrong is not None:
        raise UserError(
            f"There is no token {wrong:,}: the ids of this tokenizer go from 0 to {size - 1:,}.",
            "Remove it, or choose the tokenizer that the ids are from.",
        )
    return ids


def _check_between(text: str, start: int, end: int) -> None:
    fits = _BETWEEN.match(text, start, end)
    if fits is None or fits.end() != end:
        odd = text[fits.end() if fits else start : end].strip()[:20]
        raise UserError(f"“{odd}” is not an id.", "Write whole numbers with blanks or commas between them.")


@dataclass(frozen=True)
class Change:
    """A stretch of the difference: `kind` is "same", "removed" or "added"; `tokens` are ids."""

    kind: str
    tokens: tuple[int, ...]


def difference(before: Sequence[int], after: Sequence[int]) -> list[Change]:
    """What to remove from one list of ids, and what to add, to have the other.

    Example: [1, 2, 3] and [1, 4, 3] give same (1), removed (2), added (4), same (3).
    """
    changes = []
    for kind, i, j, k, m in difflib.SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind == "equal":
            changes.append(Change("same", tuple(before[i:j])))
            continue
        if i < j:
            changes.append(Change("removed", tuple(before[i:j])))
        if k < m:
            changes.append(Change("added", tuple(after[k:m])))
    return changes


def differences(tokenizer: Tokenizer, text: str, other: str) -> list[Change]:
    """The difference of two texts in their tokens."""
    return difference(tokenizer.ids(text), tokenizer.ids(other))
