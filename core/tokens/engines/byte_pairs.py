"""Byte-level byte-pair encoding (GPT-2 and its children), run by tiktoken.

Sources: Sennrich, Haddow and Birch 2016 (byte pairs); Radford et al. 2019 (over bytes). tiktoken takes, of all
neighbouring pairs in a piece, the one whose union has the lowest rank; ranks are the order of the merges.
"""

from __future__ import annotations

import base64
import mmap
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
import tiktoken

from core.errors import UnreadableFile
from core.models.specs import Spec
from core.tokens.encoded import Plain, spans_of
from core.tokens.engines.alignment import pieces_of_nfc, positions
from core.tokens.tokenizer import Tokenizer
from core.tokens.vocabulary import CONTROL, NORMAL, Vocabulary


class Engine(Protocol):
    """What turns a normalised text into ids (N,), and knows in which order it merges."""

    whole_pieces_first: bool

    def __call__(self, text: str) -> np.ndarray: ...

    def rank(self, token: bytes) -> int | None: ...

    def id_of(self, rank: int) -> int: ...


MISSING = -1
"""Stands for a byte that a vocabulary leaves out (StarCoder knows no F1): the model never sees it."""


class BytePairs(Tokenizer):
    """A vocabulary of byte strings; `engine` gives the ids of a normalised text as an array (N,).

    `patterns` are the rules that cut a text into pieces first, each applied to what the one before left.
    """

    family = "byte pairs"
    lossless = True

    def __init__(
        self,
        vocabulary: Vocabulary,
        engine: Engine,
        patterns: Sequence[str],
        begin: Sequence[int] = (),
        end: Sequence[int] = (),
        normal_form: Literal["", "NFC"] = "",
    ) -> None:
        super().__init__(vocabulary, begin, end)
        self.engine, self.patterns, self.normal_form = engine, tuple(patterns), normal_form
        self.lossless = not normal_form

    def normalise(self, text: str) -> str:
        return unicodedata.normalize(self.normal_form, text) if self.normal_form else text

    def plain_ids(self, text: str) -> list[int]:
        ids = self.engine(self.normalise(text))
        return list(ids[ids != MISSING].tolist())

    def encode_plain(self, text: str) -> Plain:
        normal = self.normalise(text)
        ids = self.engine(normal)
        there = ids != MISSING
        starts, ends = spans_of(np.where(there, self.vocabulary.lengths[ids].astype(np.int64), 1))
        ids, starts, ends = ids[there], starts[there], ends[there]
        if normal == text:
            raw = text.encode()
            return Plain(raw, ids, starts, ends, starts, ends, len(raw))
        normalised, begins, stops = positions(pieces_of_nfc(text))
        return Plain(normalised, ids, starts, ends, begins[starts], stops[ends], len(text.encode()))

    def decode(self, ids: Sequence[int]) -> str:
        return b"".join(map(self.vocabulary.bytes_of, ids)).decode("utf-8", "replace")

    def piece(self, token_id: int) -> str:
        if self.vocabulary.kinds[token_id] != NORMAL:
            return super().piece(token_id)
        return self.vocabulary.bytes_of(token_id).decode("latin-1").translate(ALPHABET)


class Ranked:
    """tiktoken over `ranks` (emptied here: the engine has its own copy); `ids_of_ranks` (R,): the id of each rank."""

    def __init__(
        self, ranks: dict[bytes, int], pattern: str, ids_of_ranks: np.ndarray, whole_pieces_first: bool = True
    ) -> None:
        self.whole_pieces_first = whole_pieces_first
        self._ids = ids_of_ranks
        self._engine = tiktoken.Encoding("lab", pat_str=pattern, mergeable_ranks=ranks, special_tokens={})
        ranks.clear()

    def __call__(self, text: str) -> np.ndarray:
        return self._ids[self._engine.encode_to_numpy(text, disallowed_special=())]

    def rank(self, token: bytes) -> int | None:
        """When a merge makes these bytes (lower: earlier); None if none does."""
        try:
            return self._engine.encode_single_token(token)
        except KeyError:
            return None

    def id_of(self, rank: int) -> int:
        return int(self._ids[rank])


def byte_alphabet() -> dict[int, str]:
    """GPT-2's printable stand-in for each byte: itself where it can be printed, else U+0100 and following."""
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [value for value in range(256) if value not in printable]
    return {**{value: chr(value) for value in printable}, **{value: chr(256 + i) for i, value in enumerate(hidden)}}


ALPHABET = byte_alphabet()
_BYTES_OF_ALPHABET = {stand_in: value for value, stand_in in ALPHABET.items()}


def bytes_of(piece: bytes) -> bytes:
    """A token spelled in GPT-2's alphabet as the bytes it stands for; one that is not, as it is written."""
    try:
        return bytes(_BYTES_OF_ALPHABET[character] for character in piece.decode())
    except (KeyError, UnicodeDecodeError):
        return piece


# ---------------------------------------------------------------- Mistral's Tekken

TEKKEN_NAMES = (
    "<unk>",
    "<s>",
    "</s>",
    "[INST]",
    "[/INST]",
    "[AVAILABLE_TOOLS]",
    "[/AVAILABLE_TOOLS]",
    "[TOOL_RESULTS]",
    "[/TOOL_RESULTS]",
    "[TOOL_CALLS]",
    "[IMG]",
    "<pad>",
    "[IMG_BREAK]",
    "[IMG_END]",
    "[PREFIX]",
    "[MIDDLE]",
    "[SUFFIX]",
    "[SYSTEM_PROMPT]",
    "[/SYSTEM_PROMPT]",
    "[TOOL_CONTENT]",
)
_MOST_NAMES = 4 << 20
_SIZES = re.compile(rb'"(default_vocab_size|default_num_special_tokens)":\s*(\d+)')
_ENTRY = re.compile(rb'"rank":\s*(\d+),\s*"token_bytes":\s*"([A-Za-z0-9+/=]*)"')
_PATTERN = re.compile(rb'"pattern":\s*("(?:[^"\\]|\\.)*")')


def tekken_from_spec(spec: Spec) -> BytePairs:
    """The published spec's Tekken file (Mistral's vocabulary since version 3)."""
    assert spec.path is not None
    return read_tekken(spec.path)


def is_tekken(head: bytes) -> bool:
    """Whether a file that begins so is a Tekken vocabulary."""
    return len(_SIZES.findall(head)) == 2 and _PATTERN.search(head) is not None


def _special_names(text: bytes, count: int) -> list[bytes]:
    """The names of the first ids: those that the file lists (since Mistral's version 7), else those of version 3."""
    import json

    names = dict(enumerate(TEKKEN_NAMES))
    start = text.find(b'"special_tokens"')
    if start >= 0:
        listed, _ = json.JSONDecoder().raw_decode(text[text.index(b"[", start) :].decode("utf-8"))
        names = {int(one["rank"]): str(one["token_str"]) for one in listed}
    return [names.get(i, f"<SPECIAL_{i}>").encode() for i in range(count)]


def read_tekken(path: Path) -> BytePairs:
    """A Tekken file: special tokens take the first ids, then come the byte strings by rank.

    The file is searched, not parsed: json would make half a million objects for a moment, and the memory stays taken.

    Raises:
        UnreadableFile: it is not a Tekken file, or not a whole one.
    """
    import json

    with open(path, "rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as text:
        head = text[:4096]
        sizes = {name: int(value) for name, value in _SIZES.findall(head)}
        pattern = _PATTERN.search(head)
        if len(sizes) != 2 or pattern is None:
            raise UnreadableFile(f"{path.name} is not a Tekken vocabulary.", "Choose a tekken.json of Mistral.")
        special = sizes[b"default_num_special_tokens"]
        count = sizes[b"default_vocab_size"] - special
        tokens: list[bytes] = []
        for found in _ENTRY.finditer(text):
            if len(tokens) == count:
                break
            if int(found[1]) != len(tokens):
                raise UnreadableFile(f"{path.name} has its ranks out of order.", "Install mistral-common again.")
            tokens.append(base64.b64decode(found[2]))
        try:
            tail = (
                text[tokens_end : tokens_end + _MOST_NAMES] if (tokens_end := text.rfind(b'"token_bytes"')) > 0 else b""
            )
            names = _special_names(tail if b'"special_tokens"' in tail else head, special)
        except (ValueError, KeyError, TypeError, AttributeError) as problem:
            raise UnreadableFile(
                f"The special tokens in {path.name} cannot be read ({problem}).", "Get the file again from its source."
            ) from problem
    if len(tokens) != count:
        raise UnreadableFile(f"{path.name} is cut short.", "Install mistral-common again.")
    vocabulary = Vocabulary(names + tokens, np.repeat([CONTROL, NORMAL], [special, count]))
    rule = json.loads(pattern[1])
    ranks = {token: rank for rank, token in enumerate(tokens)}
    engine = Ranked(ranks, rule, np.arange(special, special + count))
    made = BytePairs(vocabulary, engine, [rule], begin=[1])
    made.begin_name, made.end_name = TEKKEN_NAMES[1:3]
    made.proof = "the maker's own file, run by tiktoken as the maker does"
    return made
