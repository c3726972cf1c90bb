"""What is in the context, token by token: which belong to which turn, and which the template added."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

ADDED = "template"


@dataclass(frozen=True)
class Piece:
    """A run of tokens of one origin: a role ("system", "user", "assistant") or the template. `turn` is -1 for it."""

    role: str
    turn: int
    tokens: int
    text: str
    special: bool = False


def pieces(tokens: Sequence[tuple[int, str, bool]], messages: Sequence[dict[str, str]]) -> list[Piece]:
    """Divide the exact prompt, (id, text, special) by token, among the turns of a conversation.

    A token across a border belongs to the turn. Turns whose words the template changed count as its own.

    Example: tokens "<s>", "user:", " Hi" of one message "Hi" -> template 2 tokens, user 1 token.
    """
    text = "".join(part for _, part, _ in tokens)
    owners: list[int] = [-1] * len(text)
    at = 0
    for number, message in enumerate(messages):
        content = message["content"].strip()
        found = text.find(content, at) if content else -1
        if found >= 0:
            owners[found : found + len(content)] = [number] * len(content)
            at = found + len(content)
    divided: list[Piece] = []
    at = 0
    for _, part, special in tokens:
        mine = max(owners[at : at + len(part)], default=-1) if part and not special else -1
        if not part and not special and divided:  # a byte of a character that a later token completes
            mine = divided[-1].turn
        at += len(part)
        role = messages[mine]["role"] if mine >= 0 else ADDED
        last = divided[-1] if divided else None
        if last and (last.role, last.turn, last.special) == (role, mine, special):
            divided[-1] = Piece(role, mine, last.tokens + 1, last.text + part, special)
        else:
            divided.append(Piece(role, mine, 1, part, special))
    return divided


def of_text(tokens: Sequence[tuple[int, str, bool]]) -> list[Piece]:
    """The exact prompt of a text that a model continues: its words, and the special tokens put before them."""
    divided: list[Piece] = []
    for _, part, special in tokens:
        role, turn = (ADDED, -1) if special else ("user", 0)
        last = divided[-1] if divided else None
        if last and last.special == special:
            divided[-1] = Piece(role, turn, last.tokens + 1, last.text + part, special)
        else:
            divided.append(Piece(role, turn, 1, part, special))
    return divided


def to_leave_out(turns: Sequence[str], fits: Callable[[int], bool], already: int = 0) -> int:
    """How many of the oldest turns must go so that the rest fits; -1 if not even the last question fits alone.

    `turns` are the roles, oldest first; `fits(count)` counts the exact prompt without the oldest `count` turns. What
    remains begins with a question. A dozen counts do for a thousand turns.

    Example: roles user, assistant, user; the first question is long -> 2, its answer goes with it.
    """
    ways = [already, *(place for place in range(already + 1, len(turns)) if turns[place] == "user")]
    low, high = 0, len(ways)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if fits(ways[middle]) else (middle + 1, high)
    return ways[low] if low < len(ways) else -1
