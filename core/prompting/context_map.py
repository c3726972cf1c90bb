"""What is in the context, token by token: which belong to which turn, and which the template added."""

from __future__ import annotations

from collections.abc import Sequence
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

    A token that lies across a border belongs to the turn. Turns whose words the template changed count as its own.

    Example: tokens "<s>", "user:", " Hi" of one message "Hi" -> template 2 tokens, user 1 token.
    """
    text = "".join(part for _, part, _ in tokens)
    owners: list[int] = [-1] * len(text)
    at = 0
    for number, message in enumerate(messages):
        content = message["content"].strip()
        found = text.find(content, at) if content else -1
        if found >= 0:
            owners[found:found + len(content)] = [number] * len(content)
            at = found + len(content)
    divided: list[Piece] = []
    at = 0
    for _, part, special in tokens:
        mine = max(owners[at:at + len(part)], default=-1) if part and not special else -1
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


def trimmed(messages: Sequence[dict[str, str]], counts: Sequence[int], room: int) -> list[dict[str, str]]:
    """The conversation without its oldest turns, so that `counts` (tokens by turn) fit into `room` tokens.

    The system prompt stays, and what remains begins with a question. The last question always stays.
    """
    keep = [place for place, message in enumerate(messages) if message["role"] == "system"]
    used = sum(counts[place] for place in keep)
    rest: list[int] = []
    for place in range(len(messages) - 1, -1, -1):
        if place in keep:
            continue
        if rest and used + counts[place] > room:
            break
        used += counts[place]
        rest.insert(0, place)
    while len(rest) > 1 and messages[rest[0]]["role"] == "assistant":
        rest.pop(0)
    return [messages[place] for place in keep + rest]
