"""Long texts through Hugging Face's engine: cut where its rules cut anyway, so that threads encode stretches side by
side. The engine can also be asked for ids alone, which saves it the work on places in the text."""

from __future__ import annotations

import re

import tokenizers as engines

_LEAST = 8192  # characters; shorter stretches cost more in handing over than they save


def stretches(text: str, cut_after: re.Pattern[str] | None) -> list[str]:
    """`text` in stretches, each ending with a match of `cut_after` (None: it cannot be cut)."""
    found, at = [], 0
    while cut_after and len(text) - at > 2 * _LEAST and (match := cut_after.search(text, at + _LEAST)):
        found.append(text[at : match.end()])
        at = match.end()
    return [*found, text[at:]]


def ids(engine: engines.Tokenizer, text: str, cut_after: re.Pattern[str] | None = None) -> list[int]:
    """The ids of `text`, no special tokens added."""
    encodings = engine.encode_batch_fast(stretches(text, cut_after), add_special_tokens=False)
    return encodings[0].ids if len(encodings) == 1 else [token for one in encodings for token in one.ids]
