"""The whole words of a tokenizer's vocabulary, with their rows: of WordPiece, BPE, Unigram and WordLevel vocabularies.

A row of an embedding table belongs to a token, and a token is a word, a piece of one, or a sign of the program. Which
tokens are whole words shows in the vocabulary: WordPiece marks what continues a word (##ing); byte-level BPE and
SentencePiece mark what begins one (Ġking, ▁king).
Source: https://huggingface.co/docs/tokenizers/components#models; openai/gpt-2, encoder.py, for bytes as letters.
"""

from __future__ import annotations

import functools
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.errors import UnreadableFile

LARGEST_JSON = 1 << 27
_BEGINS = ("Ġ", "▁")
_SPECIAL = re.compile(r"\[(unused\d+|PAD|UNK|CLS|SEP|MASK)\]|<[^<>\s]*>|<\|[^|]*\|>")


@dataclass(frozen=True)
class TokenWords:
    """Whole words with the rows of their tokens, and how many tokens are none."""

    words: list[str]
    rows: list[int]
    others: int

    @property
    def note(self) -> tuple[str, ...]:
        """What was left out, as a note; () if nothing was."""
        if not self.others:
            return ()
        return (f"{self.others:,} tokens that are pieces of words or special signs were left out",)


def read_tokenizer(path: Path) -> TokenWords:
    """The whole words of a tokenizer.json.

    Raises:
        UnreadableFile: it is damaged, or has no vocabulary.
    """
    try:
        if path.stat().st_size > LARGEST_JSON:
            raise ValueError("it is too large")
        described = json.loads(path.read_text(encoding="utf-8"))
        tokens, special = _vocabulary(described)
    except (OSError, ValueError, RecursionError, TypeError, KeyError, AttributeError) as problem:
        raise UnreadableFile(
            f"The tokenizer “{path.name}” beside the matrix cannot be read ({str(problem)[:80]}).",
            "Download the folder again.",
        ) from problem
    return whole_words(tokens, special)


def _vocabulary(described: dict[str, Any]) -> tuple[dict[int, str], set[str]]:
    """Tokens by row, and those that are special."""
    vocab = described["model"]["vocab"]
    if isinstance(vocab, dict):
        tokens = {row: token for token, row in vocab.items() if type(row) is int and row >= 0}
    else:
        tokens = {row: str(entry[0]) for row, entry in enumerate(vocab)}
    added = [one for one in described.get("added_tokens") or [] if isinstance(one, dict)]
    for one in added:
        if type(one.get("id")) is int and one["id"] >= 0 and isinstance(one.get("content"), str):
            tokens.setdefault(one["id"], one["content"])
    if not tokens:
        raise ValueError("it has no vocabulary")
    return tokens, {str(one.get("content")) for one in added if one.get("special")}


def whole_words(tokens: dict[int, str], special: set[str]) -> TokenWords:
    """The tokens (by row) that are whole words.

    Example: {0: "[PAD]", 1: "king", 2: "##dom"} gives king with row 1, and two others.
    """
    marked = {mark: sum(token.startswith(mark) and len(token) > 1 for token in tokens.values()) for mark in _BEGINS}
    mark = max(_BEGINS, key=marked.__getitem__)
    if marked[mark] * 10 < len(tokens):
        mark = ""
    found: dict[str, int] = {}
    for row in sorted(tokens):
        word = _word(tokens[row], mark)
        if word and tokens[row] not in special and not _SPECIAL.fullmatch(word):
            found.setdefault(word, row)
    return TokenWords(list(found), list(found.values()), len(tokens) - len(found))


def _word(token: str, mark: str) -> str:
    """The word that a token is; "" for a piece."""
    if mark:
        if not token.startswith(mark):
            return ""
        token = token[1:]
        return _from_bytes(token) if mark == "Ġ" else token.replace("▁", " ").strip()
    return "" if token.startswith("##") and len(token) > 2 else token.removesuffix("</w>")


def _from_bytes(token: str) -> str:
    """Byte-level BPE writes each byte as a letter: Ã¶ is ö."""
    try:
        return bytes(_bytes_of_letters()[letter] for letter in token).decode("utf-8")
    except (KeyError, UnicodeDecodeError):
        return ""


@functools.cache
def _bytes_of_letters() -> dict[str, int]:
    shown = [*range(ord("!"), ord("~") + 1), *range(ord("¡"), ord("¬") + 1), *range(ord("®"), ord("ÿ") + 1)]
    letters = {chr(byte): byte for byte in shown}
    hidden = [byte for byte in range(256) if byte not in set(shown)]
    return letters | {chr(256 + place): byte for place, byte in enumerate(hidden)}
