"""A text through the chosen tokenizers, for the views that draw them side by side."""

from __future__ import annotations

from dataclasses import replace

from core.cached import tokens as cached_tokens
from core.errors import UserError
from core.tokens.encoded import Encoded
from pages.shared.user_errors import show_note
from pages.tokens.sidebar import PageSettings


def encode(settings: PageSettings, text: str) -> tuple[PageSettings, list[Encoded]]:
    """The text as each tokenizer encodes it. One that cannot (its server is gone) is left out, with a note.

    Raises:
        UserError: none of them can.
    """
    asked = cached_tokens.encoded(settings.keys, text, settings.add_special, settings.parse_special)
    failed = [one for one in asked if isinstance(one, UserError)]
    if len(failed) == len(asked):
        raise failed[0]
    for error in failed:
        show_note(error.what, error.next_step)
    made = {number: one for number, one in enumerate(asked) if not isinstance(one, UserError)}
    keys, titles = ([column[number] for number in made] for column in (settings.keys, settings.titles))
    return replace(settings, keys=tuple(keys), titles=tuple(titles)), list(made.values())
