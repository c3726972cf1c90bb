"""A summary of a text longer than the context: chunk by chunk, each with the summary of what came before."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from core.errors import UserError
from core.prompting.engine import Model
from core.prompting.lessons.chain import Plan
from core.prompting.series import prompt_for
from core.prompting.settings import Settings

TOKENS_A_WORD = 1.6  # on a server, which does not count them; English has 1.2 to 1.5 with common tokenizers
ASSUMED_CONTEXT = 2048  # of a server that does not say how much it holds
MOST_CHUNKS = 60
LEAST_CHUNK = 24  # tokens; smaller chunks are all frame and no text
TEXT = """The library in Harbour Street was built in 1911 with money from a shipping company. It had four thousand \
books, two reading rooms and a stove that never worked. In the first winter people read with their coats on.

In 1943 the roof burned. Neighbours carried the books across the street into the bakery, where they stayed for six \
years. The baker, Martha Lindqvist, lent them out over the counter together with the bread. She wrote every loan into \
the book in which she kept her debts, and at the end only eleven books were missing.

The new roof came in 1949, and with it the first lamp over each table. Martha was offered the post of librarian. She \
refused, because nobody else in the street could bake, but her daughter Ellen took it and stayed for thirty-eight \
years. Ellen bought the first computer in 1985. It could find a title in nine seconds, and she could find it in four.

Today the library has sixty thousand books and lends more tools than novels: drills, a sewing machine, two tents. \
Last year the town wanted to close it to save money. Nine hundred people signed a letter against that, and one of \
them sent the old book of debts along, with every loan of the six years in the bakery. The library stays open, and the \
book lies behind glass beside the stove."""


def count_tokens(model: Any, text: str) -> int:
    """Tokens of a text: counted by a model on this machine, estimated from its words for a server."""
    return model.count(text) if isinstance(model, Model) else math.ceil(TOKENS_A_WORD * len(text.split()))


def prompt_text(chunk: str, before: str) -> str:
    """What is asked of one chunk, given the summary of the chunks before it ("" for the first)."""
    lead = f"Summary of the text so far: {before.strip()}\n\nThe text goes on: " if before.strip() else "Text: "
    return f"{lead}{chunk.strip()}\n\nSummarise {'all of it' if before.strip() else 'it'} in two or three sentences."


def room(model: Any, most_new: int) -> int:
    """Tokens that a chunk may have so that it, the summary before it and the new summary fit into the context.

    Raises:
        UserError: nothing is left for a chunk.
    """
    frame = count_tokens(model, prompt_text("", "x")) + 32  # 32: what the chat template adds
    left = (getattr(model, "n_ctx", 0) or ASSUMED_CONTEXT) - 2 * most_new - frame
    if left < LEAST_CHUNK:
        raise UserError(
            f"Two summaries of {most_new} tokens leave no room for text in this context.",
            "Lower Max tokens, or load the model with a longer context.",
        )
    return left


def chunks(model: Any, text: str, most: int) -> list[str]:
    """The text in pieces of at most `most` tokens, cut between sentences; a longer sentence is cut between words.

    Raises:
        UserError: there is no text, or it has more than `MOST_CHUNKS` pieces.
    """
    pieces = [
        part
        for sentence in re.split(r"(?<=[.!?…])\s+|\n{2,}", text.strip())
        if sentence.strip()
        for part in _cut(model, sentence.strip(), most)
    ]
    if not pieces:
        raise UserError("There is no text to summarise.", "Write or paste one.")
    found, held = [pieces[0][0]], pieces[0][1]
    for piece, size in pieces[1:]:
        if held + size + 1 <= most:
            found[-1], held = f"{found[-1]} {piece}", held + size + 1
        else:
            found.append(piece)
            held = size
    if len(found) > MOST_CHUNKS:
        raise UserError(f"The text makes {len(found):,} chunks.", f"Up to {MOST_CHUNKS} can be summarised in turn.")
    return found


def _cut(model: Any, sentence: str, most: int) -> list[tuple[str, int]]:
    """A sentence whole, or halved between its words (a word between its letters) until each part fits."""
    size = count_tokens(model, sentence)
    if size <= most or len(sentence) < 2:
        return [(sentence, size)]
    words = sentence.split()
    middle = len(words) // 2
    left, right = (
        (" ".join(words[:middle]), " ".join(words[middle:]))
        if middle
        else (sentence[: len(sentence) // 2], sentence[len(sentence) // 2 :])
    )
    return [*_cut(model, left, most), *_cut(model, right, most)]


def plan(model: Any, parts: Sequence[str], settings: Settings, most_new: int) -> Plan:
    """The plan of a `Chain` that summarises the parts in turn, each with the summary before it."""
    limited = replace(settings, max_tokens=most_new)

    def following(answers: Sequence[str]) -> tuple[Any, Settings] | None:
        if len(answers) >= len(parts):
            return None
        before = answers[-1] if answers else ""
        return prompt_for(model, prompt_text(parts[len(answers)], before)), limited

    return following
