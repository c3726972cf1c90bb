"""Lines of Python for the views of this page: the chosen tokenizers and the typed text, as code."""

from __future__ import annotations

from collections.abc import Sequence

from core.tokens import own_files
from pages.tokens.sidebar import in_catalogue

LONGEST = 2000
"""Characters of a text that are put into the lines; a longer one is read from a file there."""


def load_code(key: str) -> str:
    """An expression that gives the tokenizer of that key: of the catalogue, of a file, or of a server."""
    if in_catalogue(key):
        return f"tokenizers.load({key!r})"
    if key.startswith("server:"):
        address, _, model = key.removeprefix("server:").partition(" ")
        return f"remote.connect({address!r}, {model!r})"
    return f"tokenizers.load_file({str(own_files.path_of(key))!r})"


def imports_code(keys: Sequence[str], *also: str) -> str:
    """The import lines for `load_code` of those keys; `also`: further modules of core.tokens."""
    lines = f"from core.tokens import {', '.join(sorted({*also, 'tokenizers'}))}\n"
    return lines + (
        "from core.tokens.engines import remote\n" if any(key.startswith("server:") for key in keys) else ""
    )


def made_code(keys: Sequence[str], titles: Sequence[str]) -> str:
    """A line `made = {title: tokenizer, ...}`."""
    items = ", ".join(f"{ascii(title)}: {load_code(key)}" for key, title in zip(keys, titles, strict=True))
    return f"made = {{{items}}}\n"


def text_code(text: str) -> str:
    """An expression that gives the text."""
    if len(text) <= LONGEST:
        return ascii(text)
    return f'open("text.txt", encoding="utf-8").read()  # your text of {len(text):,} characters, saved there'
