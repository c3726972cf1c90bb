"""BERT's WordPiece (Schuster and Nakajima 2012, Devlin et al. 2019), run by Hugging Face's tokenizers.

The text is cleaned, put into lower case and stripped of accents; words are cut greedily, longest match first. Spaces
are dropped, so the text cannot be had back exactly, and a word with an unknown character is one unknown token.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import tokenizers as engines
from tokenizers import normalizers, pre_tokenizers

from core.errors import UnreadableFile, UserError
from core.models.specs import Spec
from core.tokens.encoded import Plain
from core.tokens.engines import long_texts
from core.tokens.formats.gguf_fields import MOST_TOKENS
from core.tokens.tokenizer import AddedRule, Tokenizer
from core.tokens.vocabulary import CONTROL, NORMAL, UNKNOWN, UNUSED, USER_DEFINED, Vocabulary


class WordPieces(Tokenizer):
    """A WordPiece vocabulary with BERT's normaliser; a piece inside a word is spelled ##piece."""

    family = "WordPiece"

    def __init__(self, engine: engines.Tokenizer) -> None:
        self.engine = engine
        engine.no_truncation()
        engine.no_padding()
        engine.encode_special_tokens = True  # "[SEP]" in a text is five characters; `parts` finds the real ones
        names = engine.get_vocab(with_added_tokens=True)
        pieces = [""] * size_of(engine)
        for piece, i in names.items():
            pieces[i] = piece
        added = engine.get_added_tokens_decoder()
        unknown = getattr(engine.model, "unk_token", "[UNK]")
        self.prefix = getattr(engine.model, "continuing_subword_prefix", "##") or ""
        self.longest_word = int(getattr(engine.model, "max_input_chars_per_word", 100))
        kinds = [UNKNOWN if piece == unknown else _kind(piece, added.get(i)) for i, piece in enumerate(pieces)]
        tokens = [
            (piece.removeprefix(self.prefix) if len(piece) > len(self.prefix) else piece).encode() for piece in pieces
        ]
        super().__init__(Vocabulary(tokens, kinds), *_edges(engine, names))
        self.added_rules = {i: AddedRule(token.lstrip, token.rstrip, token.single_word) for i, token in added.items()}
        self._is_bert = isinstance(engine.normalizer, normalizers.BertNormalizer) and isinstance(
            engine.pre_tokenizer, pre_tokenizers.BertPreTokenizer
        )
        self._cut_after = re.compile(r"[ \n]") if self._is_bert else None
        self._characters = np.array([len(token.decode("utf-8", "replace")) for token in tokens], np.int64)

    @cached_property
    def pre_tokenizer(self) -> dict[str, Any]:
        """What the file says of how it cuts words."""
        found: dict[str, Any] = json.loads(self.engine.to_str())["pre_tokenizer"]
        return found

    def plain_ids(self, text: str) -> list[int]:
        return long_texts.ids(self.engine, text, self._cut_after)

    def normalise(self, text: str) -> str:
        return str(self.engine.normalizer.normalize_str(text))

    def encode_plain(self, text: str) -> Plain:
        parts = long_texts.stretches(text, self._cut_after)
        encodings = self.engine.encode_batch(parts, add_special_tokens=False)
        begins = np.cumsum([0, *map(len, parts[:-1])])
        ids = np.concatenate([np.array(one.ids, np.int64) for one in encodings])
        typed = np.concatenate(
            [
                np.array(one.offsets, np.int64).reshape(-1, 2) + begin
                for one, begin in zip(encodings, begins, strict=True)
            ]
        )
        normalised = self.normalise(text)
        starts, ends = self._places(normalised, ids) if self._is_bert else self._places_by_word(normalised, *encodings)
        at, typed_at = byte_positions(normalised), byte_positions(text)
        return Plain(
            normalised.encode(),
            ids,
            at[starts],
            at[ends],
            typed_at[typed[:, 0]],
            typed_at[typed[:, 1]],
            int(typed_at[-1]),
        )

    def _places(self, normalised: str, ids: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Character offsets (N,) of the tokens in the normalised text: BERT's cover it in order but for blanks."""
        inked = np.flatnonzero(~blanks(normalised))
        widths = self._characters[ids]
        before = np.cumsum(widths) - widths
        shift = 0  # an unknown token is as wide as its word, not as its name
        for number in np.flatnonzero(self.vocabulary.kinds[ids] == UNKNOWN).tolist():
            width = self._width_of_word(normalised, int(inked[min(before[number] + shift, len(inked) - 1)]))
            shift += width - int(widths[number])
            widths[number] = width
        ends = np.cumsum(widths)
        if len(ends) and ends[-1] > len(inked):
            raise UserError(
                "The tokenizer gives tokens that are longer than their text.",
                "Get its file again from its source, or choose another tokenizer.",
            )
        return inked[ends - widths], inked[ends - 1] + 1

    def _width_of_word(self, normalised: str, start: int) -> int:
        """Characters of the word that begins there, by the engine's own rule."""
        size = 8
        while True:
            (_, (_, end)), *_ = self.engine.pre_tokenizer.pre_tokenize_str(normalised[start : start + size])
            if end < size or start + size >= len(normalised):
                return int(end)
            size *= 2

    def _places_by_word(self, normalised: str, encoded: engines.Encoding) -> tuple[np.ndarray, np.ndarray]:
        """The same for other rules of cutting: within a word the tokens lie one after another."""
        spans = np.array(
            [span for _, span in self.engine.pre_tokenizer.pre_tokenize_str(normalised)], np.int64
        ).reshape(-1, 2)
        ids, numbers = np.asarray(encoded.ids, np.int64), np.asarray(encoded.word_ids, np.int64)
        if not len(ids):
            return ids, ids
        first = np.flatnonzero(np.diff(numbers, prepend=-1))  # where a word begins; the engine numbers words from 0
        of_word = np.repeat(np.arange(len(first)), np.diff(first, append=len(ids)))
        words = spans[of_word]
        widths = np.where(self.vocabulary.kinds[ids] == UNKNOWN, words[:, 1] - words[:, 0], self._characters[ids])
        ends = np.cumsum(widths)
        before = (ends - widths)[first][of_word]
        ends = words[:, 0] + ends - before
        return ends - widths, ends

    def decode(self, ids: Sequence[int]) -> str:
        return self.engine.decode([int(token) for token in ids], skip_special_tokens=False)

    def piece(self, token_id: int) -> str:
        return self.engine.id_to_token(int(token_id)) or ""


def frame_of(engine: engines.Tokenizer) -> tuple[list[int], list[int]]:
    """What the file's own post-processor puts before and after a text."""
    inside = engine.encode("a", add_special_tokens=False).ids
    whole = engine.encode("a", add_special_tokens=True).ids
    for begin in range(len(whole) - len(inside) + 1):
        if whole[begin : begin + len(inside)] == inside:
            return whole[:begin], whole[begin + len(inside) :]
    return [], []


def _edges(engine: engines.Tokenizer, names: dict[str, int]) -> tuple[list[int], list[int]]:
    """What is put before and after a text: by the file's own post-processor, without one as BERT has it."""
    if engine.post_processor is not None:
        return frame_of(engine)
    begin, end = ([names[name]] if name in names else [] for name in ("[CLS]", "[SEP]"))
    return begin, end


def _kind(piece: str, added: engines.AddedToken | None) -> int:
    if not piece:
        return UNUSED  # an id that the vocabulary leaves out
    if added is not None:
        return CONTROL if added.special else USER_DEFINED
    if piece in ("[CLS]", "[SEP]", "[PAD]", "[MASK]"):
        return CONTROL
    return UNUSED if piece.startswith("[unused") and piece.endswith("]") else NORMAL


def size_of(engine: engines.Tokenizer) -> int:
    """How many ids there are up to the highest; a vocabulary may leave some out.

    Raises:
        UnreadableFile: it claims an id that no vocabulary has, for which there would have to be a table as long.
    """
    size = max(engine.get_vocab(with_added_tokens=True).values(), default=-1) + 1
    if size > MOST_TOKENS:
        raise UnreadableFile(
            f"The vocabulary has a token with the id {size - 1:,}; up to {MOST_TOKENS:,} are read.",
            "Get the file again from its source, or choose another tokenizer.",
        )
    return size


def byte_positions(text: str) -> np.ndarray:
    """The byte at which each character of `text` begins in UTF-8, and the length at the end: (characters + 1,)."""
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    widths = 1 + (codes >= 0x80).astype(np.int64) + (codes >= 0x800) + (codes >= 0x10000)
    return np.concatenate([[0], np.cumsum(widths)])


def blanks(text: str) -> np.ndarray:
    """Which characters of `text` are white space in Unicode's sense, (characters,)."""
    codes = np.frombuffer(text.encode("utf-32-le"), np.uint32)
    return np.isin(codes, [ord(one) for one in set(text) if one.isspace() and one not in "\x1c\x1d\x1e\x1f"])


def from_spec(spec: Spec) -> WordPieces:
    """The published spec's `tokenizer.json`."""
    assert spec.path is not None
    made = read(spec.path)
    made.proof = "the maker's own file, run by Hugging Face's tokenizers as the maker does"
    return made


def read(path: Path) -> WordPieces:
    """The WordPiece tokenizer in a `tokenizer.json`.

    Raises:
        UnreadableFile: it is not one.
    """
    return WordPieces(read_engine(path))


def read_engine(path: Path) -> engines.Tokenizer:
    """Hugging Face's engine for the tokenizer in a `tokenizer.json`, of whatever family.

    Raises:
        UnreadableFile: it is not one.
    """
    try:
        return engines.Tokenizer.from_file(str(path))
    except Exception as problem:  # the engine raises plain Exception for a broken file
        raise UnreadableFile(
            f"{path.name} is not a tokenizer.json, or not a whole one.",
            "Choose the file of that name of a published model.",
        ) from problem
