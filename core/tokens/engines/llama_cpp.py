"""The tokenizer of a .gguf file as llama.cpp itself runs it: what the model is fed on this machine.

llama.cpp knows about a hundred cutting rules by the names in `tokenizer.ggml.pre`, corrects the kinds of some tokens by
their names, and strips blanks around some: nothing of this is imitated, it is asked. Native code that reads a
stranger's file can end its process, so this is used in a process of the gate only (`core.tokens.isolated`).

Source: llama.h of the pinned version; src/llama-vocab.cpp.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np

from core.models.llama.model import Model
from core.tokens.encoded import Encoded, Plain, joined, marker, spans_of
from core.tokens.engines.offsets import spans
from core.tokens.tokenizer import Tokenizer, check
from core.tokens.vocabulary import BYTE, CONTROL, NORMAL, UNKNOWN, UNUSED, USER_DEFINED, Vocabulary

T = TypeVar("T")
FAMILIES = {
    1: "SentencePiece BPE",
    2: "byte pairs",
    3: "WordPiece",
    4: "SentencePiece Unigram",
    5: "RWKV (longest match)",
    6: "PLaMo-2 (best cut)",
}
# Bits of LLAMA_TOKEN_ATTR_*, the telling one first: a control token may be marked as normal too.
_KIND_OF_BIT = ((1 << 3, CONTROL), (1 << 0, UNKNOWN), (1 << 5, BYTE), (1 << 4, USER_DEFINED), (1 << 1, UNUSED))
_STACK_BYTES = 256 << 20  # some rules run by std::regex, which goes one call deeper with each character


class LlamaCpp(Tokenizer):
    """llama.cpp's own tokenizer. `spelled`: the tokens as the file writes them; `unknown`: the one that stands
    for what is in none; `make_ours`: makes this lab's engine for the same file, where it has one, once it is needed.

    A token's place in the text comes from our engine where that gives the same ids for the text; else the tokens' bytes
    are looked for in it, one after another.

    Raises:
        UnreadableFile: llama.cpp does not load the file.
    """

    def __init__(
        self,
        path: Path,
        spelled: Sequence[bytes],
        unknown: int | None,
        make_ours: Callable[[], Tokenizer | None],
    ) -> None:
        self._model = Model(str(path), lambda fraction: False, vocabulary_only=True)
        self._spelled, self._make_ours = spelled, make_ours
        attributes, pieces = self._model.vocabulary_table()
        kinds = [_kind(bits) for bits in attributes]
        kinds = [UNUSED if kind == UNKNOWN and token != unknown else kind for token, kind in enumerate(kinds)]
        if unknown is not None:  # BERT's is marked as control
            kinds[unknown] = UNKNOWN
        if self._model.vocabulary_kind == 3:  # a word's beginning is marked in the file, its blank is no part of it
            pieces = [piece.removeprefix(b" ") for piece in pieces]
            self._spelled = list(map(_as_word_piece, spelled, kinds))
        super().__init__(Vocabulary(pieces, kinds))
        self.is_byte_pairs = self._model.vocabulary_kind == 2
        self.family = FAMILIES.get(self._model.vocabulary_kind, "a kind without a name")
        self.lossless = self.is_byte_pairs and len({piece for piece in pieces if len(piece) == 1}) == 256
        inside, whole = self._tokenize("a", False, False), self._tokenize("a", True, False)
        self.begin_name, self.end_name = map(self._model.special_text, (self._model.bos, self._model.eos))
        extra = len(whole) - len(inside)
        first = next((n for n in range(extra + 1) if whole[n : n + len(inside)] == inside), 0)
        self.begin, self.end = whole[:first], whole[first + len(inside) :]

    @cached_property
    def ours(self) -> Tokenizer | None:
        """This lab's engine for the same file; None where it has none. Its tokens may differ: compare."""
        return self._make_ours()

    def _tokenize(self, text: str, add_special: bool, parse_special: bool) -> list[int]:
        if len(text) < 2000:
            return self._model.tokenize(text, add_special, parse_special)
        return _with_a_deep_stack(lambda: self._model.tokenize(text, add_special, parse_special))

    def ids(self, text: str, add_special: bool = False, parse_special: bool = False) -> list[int]:
        check(text)
        return self._tokenize(text, add_special, parse_special)

    def plain_ids(self, text: str) -> list[int]:
        return self._tokenize(text, False, False)

    def analyse(self, text: str, add_special: bool = False, parse_special: bool = False) -> Encoded:
        check(text)
        ids = self._tokenize(text, False, parse_special)
        edges = [[marker(token) for token in edge] if add_special else [] for edge in (self.begin, self.end)]
        made = self._placed_by_ours(text, ids, parse_special) or self._placed(text.encode(), ids)
        return joined(text, [*edges[0], made, *edges[1]], self.vocabulary)

    def encode_plain(self, text: str) -> Plain:
        ids = self.plain_ids(text)
        return self._placed_by_ours(text, ids, False) or self._placed(text.encode(), ids)

    def _placed_by_ours(self, text: str, ids: list[int], parse_special: bool) -> Plain | None:
        """The tokens with our engine's places; None where it does not give the same ids."""
        found = self._by_ours(text, parse_special)
        if found is None or found.ids.tolist() != ids:
            return None
        length = len(text.encode())
        return Plain(
            found.normalised, found.ids, found.starts, found.ends, found.typed_starts, found.typed_ends, length
        )

    def _by_ours(self, text: str, parse_special: bool) -> Encoded | None:
        """What our engine makes of the text; None where there is none, or it cannot: llama.cpp's answer stands."""
        try:
            return self.ours.analyse(text, parse_special=parse_special) if self.ours else None
        except (KeyboardInterrupt, SystemExit, MemoryError):
            raise
        except BaseException:  # a panic of an engine in Rust is no `Exception`
            return None

    def _placed(self, raw: bytes, ids: list[int]) -> Plain:
        kinds = self.vocabulary.kinds
        pieces = [None if kinds[token] == UNKNOWN else self.vocabulary.bytes_of(token) for token in ids]
        typed = np.array(spans(raw, pieces), np.int64).reshape(-1, 2)
        surfaces = [
            raw[start:end] if piece is None else piece
            for piece, (start, end) in zip(pieces, typed.tolist(), strict=True)
        ]
        starts, ends = spans_of(np.array([len(surface) for surface in surfaces], np.int64))
        return Plain(b"".join(surfaces), np.array(ids, np.int64), starts, ends, typed[:, 0], typed[:, 1], len(raw))

    def normalise(self, text: str) -> str:
        """llama.cpp does not show it: what the tokens spell."""
        return self.encode_plain(text).normalised.decode("utf-8", "replace")

    def decode(self, ids: Sequence[int]) -> str:
        if self.is_byte_pairs:  # llama.cpp takes off blanks before punctuation, which are in the tokens
            return b"".join(map(self.vocabulary.bytes_of, ids)).decode("utf-8", "replace")
        if self.ours is not None:  # the maker's way: words apart, no blank in front
            return self.ours.decode(ids)
        return self._model.detokenize([int(token) for token in ids]).decode("utf-8", "replace")

    def piece(self, token_id: int) -> str:
        return self._spelled[token_id].decode("utf-8", "backslashreplace")


def _kind(attributes: int) -> int:
    return next((kind for bit, kind in _KIND_OF_BIT if attributes & bit), NORMAL)


def _as_word_piece(spelled: bytes, kind: int) -> bytes:
    """As BERT spells it: a piece inside a word is ##piece. A .gguf marks the beginning of words with ▁ instead."""
    mark = "▁".encode()
    return spelled if kind != NORMAL else spelled[len(mark) :] if spelled.startswith(mark) else b"##" + spelled


def _with_a_deep_stack(call: Callable[[], T]) -> T:
    """The answer of `call`, made in a thread whose stack is deep enough for a recursion over a long text."""
    found: list[T] = []
    before = threading.stack_size(_STACK_BYTES)
    try:
        thread = threading.Thread(target=lambda: found.append(call()), name="llama.cpp tokenizes")
        thread.start()
    finally:
        threading.stack_size(before)
    thread.join()
    return found[0]
