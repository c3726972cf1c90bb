"""How full the context is: a bar with its parts, and the exact prompt behind it."""

from __future__ import annotations

import html
from collections.abc import Sequence

from core.figures import style
from core.prompting.context_map import Piece
from core.prompting.settings import Timings


def gauge_html(timings: Timings, context_size: int, most_new: int) -> str:
    """How full the context is while an answer is being written: prompt, answer, room reserved for it, free."""
    size = timings.context_size or context_size
    answer = min(timings.generated_tokens, max(size - timings.prompt_tokens, 0))
    reserved = min(max(most_new - answer, 0), size - timings.prompt_tokens - answer) if timings.prompt_tokens else 0
    parts = [
        ("prompt", style.ORANGE, timings.prompt_tokens, 1.0),
        ("answer", style.BLUE, answer, 1.0),
        ("reserved for the answer", style.BLUE, reserved, 0.28),
    ]
    return _bar_html(parts, size, timings.prompt_tokens + answer)


ROLE_COLOURS = {"system": style.PURPLE, "user": style.ORANGE, "assistant": style.BLUE, "template": style.GREY}


def map_html(divided: Sequence[Piece], size: int, most_new: int, draft_turn: int = -1) -> str:
    """What is in the context, turn by turn in its order, with the room reserved for the next answer.

    `draft_turn`: the turn that is being typed and not sent yet; -1 for none.
    """
    used = sum(piece.tokens for piece in divided)
    parts = [
        ("being typed", style.YELLOW, piece.tokens, 1.0)
        if piece.turn == draft_turn >= 0
        else (piece.role, ROLE_COLOURS[piece.role], piece.tokens, 1.0 if piece.turn % 4 < 2 else 0.7)
        for piece in divided
    ]
    parts.append(("reserved for the next answer", style.BLUE, max(min(most_new, size - used), 0), 0.28))
    return _bar_html(parts, size, used)


def _bar_html(parts: Sequence[tuple[str, str, int, float]], size: int, used: int) -> str:
    bars = "".join(
        f'<div style="width:{100 * count / max(size, used):.3f}%;background:{colour};opacity:{strength}"></div>'
        for _, colour, count, strength in parts
        if size and count > 0
    )
    legend = f"<b>{used:,} of {size:,} tokens of context in use</b>"
    for name in dict.fromkeys(name for name, _, count, _ in parts if count):
        colour, strength = next((part[1], part[3]) for part in parts if part[0] == name)
        count = sum(part[2] for part in parts if part[0] == name)
        legend += (
            '<span style="white-space:nowrap"><span style="display:inline-block;width:.7em;height:.7em;'
            f'border-radius:2px;background:{colour};opacity:{strength};margin-right:.35em"></span>'
            f"{name} {count:,}</span>"
        )
    return (
        (
            f'<div role="img" aria-label="{used} of {size} tokens of context in use">'
            '<div style="display:flex;height:12px;border-radius:6px;overflow:hidden;background:rgba(138,143,152,.25)">'
            f"{bars}</div>"
            f'<div style="display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;font-size:.92rem;margin-top:.25rem">{legend}'
            "</div></div>"
        )
        if size
        else "<div></div>"
    )  # a server does not say how much it holds


def exact_html(divided: Sequence[Piece]) -> str:
    """The exact prompt: words in the colour of who said them, the template's grey, special tokens boxed."""
    parts = []
    for piece in divided:
        border = f"border:1px solid {style.GREY};border-radius:4px;padding:0 3px;" if piece.special else ""
        line = f"border-bottom:3px solid {ROLE_COLOURS[piece.role]};" if piece.turn >= 0 else "opacity:.7;"
        parts.append(f'<span style="{border}{line}">{html.escape(piece.text)}</span>')
    return (
        '<div style="font-family:var(--st-code-font,monospace);font-size:.95rem;line-height:1.7;'
        f'white-space:pre-wrap;overflow-wrap:anywhere">{"".join(parts)}</div>'
    )
