"""Tokens made ready to be drawn: what can be shown as it is, what needs a mark, and characters cut over tokens.

Nothing here is markup. A stretch of text is a list of runs [kind, text, mark]: "plain" is drawn as it is; the others
are drawn by their mark, which stands for the text but is not it, so that copying can give the text.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.tokens.encoded import Encoded
from core.tokens.tokenizer import Tokenizer

_MARKS = {" ": "·", "\t": "→", "\n": "⏎", "\r": "␍"}
_WORDS_AND_SPACES = re.compile("[^ ]+| ")
_NAMES = {
    0xA0: "NBSP",
    0xAD: "SHY",
    0x034F: "CGJ",
    0x061C: "ALM",
    0x115F: "HCF",
    0x1160: "HJF",
    0x180E: "MVS",
    0x200B: "ZWSP",
    0x200C: "ZWNJ",
    0x200D: "ZWJ",
    0x200E: "LRM",
    0x200F: "RLM",
    0x2028: "LS",
    0x2029: "PS",
    0x202A: "LRE",
    0x202B: "RLE",
    0x202C: "PDF",
    0x202D: "LRO",
    0x202E: "RLO",
    0x202F: "NNBSP",
    0x2060: "WJ",
    0x2066: "LRI",
    0x2067: "RLI",
    0x2068: "FSI",
    0x2069: "PDI",
    0x3000: "IDSP",
    0x3164: "HF",
    0xFEFF: "BOM",
    0xFFFC: "OBJ",
}


def runs(text: str) -> list[list[str]]:
    """`text` as runs [kind, text, mark]; kinds "plain", "space", "break", "named", "combining".

    Example: "a\\u202eb" gives [["plain", "a", ""], ["named", "\\u202e", "RLO"], ["plain", "b", ""]].
    """
    if text.isascii() and text.isprintable():  # most tokens of most texts: nothing but spaces needs a mark
        return [["plain", part, ""] if part != " " else ["space", " ", "·"] for part in _WORDS_AND_SPACES.findall(text)]
    out: list[list[str]] = []
    for character in text:
        kind, mark = _mark(character)
        if kind == "combining" and out and out[-1][0] in ("plain", "combining"):
            out[-1][1] += character  # it sits on what comes before it
        elif kind == "plain" and out and out[-1][0] == "plain":
            out[-1][1] += character
        else:
            out.append([kind, character, mark])
    return out


@functools.lru_cache(maxsize=4096)
def _mark(character: str) -> tuple[str, str]:
    if character in _MARKS:
        return ("break" if character == "\n" else "space"), _MARKS[character]
    code = ord(character)
    if code in _NAMES:
        return "named", _NAMES[code]
    if 0xFE00 <= code <= 0xFE0F or 0xE0100 <= code <= 0xE01EF:
        return "named", f"VS{code - 0xFDFF if code < 0xFF00 else code - 0xE00EF}"
    if 0xE0000 <= code <= 0xE007F:
        return "named", f"TAG {chr(code - 0xE0000)}" if 0xE0020 < code < 0xE007F else "TAG"
    category = unicodedata.category(character)
    if category == "Cc":
        return "named", f"\\x{code:02X}"
    if category in ("Cf", "Cn", "Co", "Cs", "Zl", "Zp"):
        return "named", f"U+{code:04X}"
    if category == "Zs":
        return "named", f"U+{code:04X}"
    return ("combining", "◌") if category in ("Mn", "Me", "Mc") else ("plain", "")


def describe(character: str) -> str:
    """A character by its code point and its name in Unicode: "U+7247 CJK UNIFIED IDEOGRAPH-7247"."""
    return f"U+{ord(character):04X} {unicodedata.name(character, '')}".strip()


@dataclass(frozen=True)
class Drawn:
    """Tokens first..last of a text, ready to be sent to the browser.

    `groups`: lists of tokens that share characters, [[runs, [token, ...]], ...]; a group of one token is the usual
    case. A token is [id, typed start, typed end]; where it is not a normal one whose bytes are the characters shown,
    [id, typed start, typed end, kind, hexadecimal bytes, its own spelling].
    """

    groups: list[list[Any]]
    first: int
    last: int


def draw(tokenizer: Tokenizer, encoded: Encoded, first: int, last: int) -> Drawn:
    """Tokens first <= i < last in groups that end where a character ends, each character drawn once and whole."""
    boundaries = _character_boundaries(encoded.normalised)
    places = zip(
        *(
            column[first:last].tolist()
            for column in (
                encoded.typed_starts,
                encoded.typed_ends,
                encoded.starts == encoded.ends,
                boundaries[encoded.ends],
            )
        ),
        strict=True,
    )
    groups: list[list[Any]] = []
    members: list[list[Any]] = []
    begin = 0
    for i, token, (typed_start, typed_end, stands_for_nothing, ends_whole) in zip(
        range(first, last), encoded.between(first, last), places, strict=True
    ):
        if not members:
            begin = token.start
        short, ends_group = [token.id, typed_start, typed_end], stands_for_nothing or ends_whole or i == last - 1
        text = _shown(encoded.normalised, begin, token.end) if ends_group else []
        if members or not text or token.kind != "normal":
            spelled = tokenizer.piece(token.id) if token.kind in ("control", "unknown", "user-defined") else ""
            short += [token.kind, token.bytes.hex(" "), spelled]
        members.append(short)
        if ends_group:
            groups.append([text, members])
            members = []
    return Drawn(groups, first, last)


def _character_boundaries(normalised: bytes) -> np.ndarray:
    """Whether a character of UTF-8 begins at each byte, and True at the end: (bytes + 1,)."""
    raw = np.frombuffer(normalised, np.uint8)
    return np.concatenate([(raw & 0xC0) != 0x80, [True]])


def _shown(normalised: bytes, begin: int, end: int) -> list[list[str]]:
    try:
        return runs(normalised[begin:end].decode())
    except UnicodeDecodeError:  # the stretch itself begins or ends inside a character: only its bytes can be shown
        return []


def pages_of(text: str, size: int = 4000) -> list[tuple[int, int]]:
    """`text` cut into pages of about `size` characters, at a line's or a word's end where there is one.

    Gives byte offsets (start, end) into the typed text.
    """
    pages, at, at_byte = [], 0, 0
    while at < len(text):
        end = min(at + size, len(text))
        if end < len(text):
            cut = max(text.rfind("\n", at + size // 2, end), text.rfind(" ", at + size // 2, end))
            end = cut + 1 if cut > 0 else end
        length = len(text[at:end].encode())
        pages.append((at_byte, at_byte + length))
        at, at_byte = end, at_byte + length
    return pages or [(0, 0)]


def tokens_between(encoded: Encoded, start: int, end: int, is_last: bool) -> tuple[int, int]:
    """Which tokens begin in bytes start <= b < end of the typed text (and, on the last page, at its very end)."""
    first = int(np.searchsorted(encoded.typed_starts, start, "left"))
    return first, len(encoded) if is_last else int(np.searchsorted(encoded.typed_starts, end, "left"))


def cut_characters(encoded: Encoded) -> int:
    """How many characters of the normalised text are spread over more than one token."""
    inside = ~_character_boundaries(encoded.normalised)
    edges = np.zeros(len(inside), bool)
    edges[encoded.starts] = edges[encoded.ends] = True
    cuts = np.flatnonzero(edges & inside)
    # Several cuts can lie in one character: count the characters by where they begin.
    begins = np.flatnonzero(~inside)
    return int(np.count_nonzero(np.diff(np.searchsorted(begins, cuts, "right"), prepend=-1)))
