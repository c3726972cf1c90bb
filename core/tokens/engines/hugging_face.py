"""Any `tokenizer.json`, run by Hugging Face's tokenizers. Bytes come from the vocabulary by the way it spells them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import tokenizers as engines

from core.errors import UnreadableFile
from core.tokens.encoded import Plain, spans_of
from core.tokens.engines import long_texts
from core.tokens.engines.byte_pairs import bytes_of
from core.tokens.engines.sentence_pieces import bytes_of_piece
from core.tokens.engines.word_pieces import WordPieces, byte_positions, read_engine, size_of
from core.tokens.tokenizer import Tokenizer
from core.tokens.vocabulary import BYTE, CONTROL, NORMAL, UNKNOWN, Vocabulary


class FromJson(Tokenizer):
    """A tokenizer of any kind; `spelling` of its vocabulary is "alphabet" (GPT-2's), "spaces" (▁) or "plain"."""

    def __init__(self, engine: engines.Tokenizer, family: str, spelling: str) -> None:
        self.engine, self.family, self.spelling = engine, family, spelling
        engine.no_truncation()
        engine.no_padding()
        engine.encode_special_tokens = True
        special = {token.content for token in engine.get_added_tokens_decoder().values() if token.special}
        size = size_of(engine)
        pieces = [engine.id_to_token(i) or "" for i in range(size)]
        unknown = getattr(engine.model, "unk_token", None)
        kinds = [self._kind(piece, special, unknown) for piece in pieces]
        super().__init__(Vocabulary([self._bytes(*both) for both in zip(pieces, kinds, strict=True)], kinds))
        self.begin, self.end = _frame(engine)

    def _kind(self, piece: str, special: set[str], unknown: str | None) -> int:
        if piece == unknown:
            return UNKNOWN
        if piece in special:
            return CONTROL
        is_byte = self.spelling != "alphabet" and len(piece) == 6 and piece.startswith("<0x") and piece.endswith(">")
        return BYTE if is_byte else NORMAL

    def _bytes(self, piece: str, kind: int) -> bytes:
        if kind in (CONTROL, UNKNOWN):
            return piece.encode()
        return bytes_of(piece.encode()) if self.spelling == "alphabet" else bytes_of_piece(piece, kind)

    def plain_ids(self, text: str) -> list[int]:
        return long_texts.ids(self.engine, text)

    def normalise(self, text: str) -> str:
        return self.engine.normalizer.normalize_str(text) if self.engine.normalizer else text

    def encode_plain(self, text: str) -> Plain:
        """The normalised text is the tokens' own bytes in a row; an unknown one stands for what it covers."""
        encoded = self.engine.encode(text, add_special_tokens=False)
        ids = np.asarray(encoded.ids, np.int64)
        raw = text.encode()
        unknown = np.flatnonzero(self.vocabulary.kinds[ids] == UNKNOWN)
        if not len(unknown):
            spelled, starts, ends = self.vocabulary.in_a_row(ids)
            if spelled == raw:  # nothing was changed, so every byte is where it was
                return Plain(raw, ids, starts, ends, starts, ends, len(raw))
        typed = byte_positions(text)[np.array(encoded.offsets, np.int64).reshape(-1, 2)]
        surfaces = [self.vocabulary.bytes_of(token) for token in encoded.ids]
        for number in unknown.tolist():
            surfaces[number] = raw[typed[number, 0] : typed[number, 1]]
        starts, ends = spans_of(np.array([len(surface) for surface in surfaces], np.int64))
        return Plain(b"".join(surfaces), ids, starts, ends, np.maximum.accumulate(typed[:, 0]), typed[:, 1], len(raw))

    def decode(self, ids: Sequence[int]) -> str:
        return self.engine.decode([int(token) for token in ids], skip_special_tokens=False)

    def piece(self, token_id: int) -> str:
        return self.engine.id_to_token(int(token_id)) or ""


def _frame(engine: engines.Tokenizer) -> tuple[list[int], list[int]]:
    """What the file's own template puts before and after a text."""
    inside = engine.encode("a", add_special_tokens=False).ids
    whole = engine.encode("a", add_special_tokens=True).ids
    for begin in range(len(whole) - len(inside) + 1):
        if whole[begin : begin + len(inside)] == inside:
            return whole[:begin], whole[begin + len(inside) :]
    return [], []


def read(path: Path) -> Tokenizer:
    """The tokenizer in a `tokenizer.json`.

    Raises:
        UnreadableFile: it is not one.
    """
    engine = read_engine(path)
    try:
        made = from_engine(engine)
    except UnreadableFile as problem:
        raise UnreadableFile(f"{path.name} cannot be used. {problem.what}", problem.next_step) from problem
    made.chat_template = _template_beside(path)
    return made


def _template_beside(path: Path) -> str:
    """The chat template of the tokenizer_config.json that models keep beside their tokenizer.json; "" without one."""
    try:
        template = json.loads((path.parent / "tokenizer_config.json").read_text(encoding="utf-8")).get(
            "chat_template", ""
        )
    except (OSError, ValueError, AttributeError):
        return ""
    if isinstance(template, list):  # several by name
        named = {str(one.get("name")): one.get("template") for one in template if isinstance(one, dict)}
        template = named.get("default", "")
    return template if isinstance(template, str) else ""


def from_engine(engine: engines.Tokenizer) -> Tokenizer:
    """The tokenizer around an engine of Hugging Face's, however it came to be."""
    kind = type(engine.model).__name__
    if kind == "WordPiece" and engine.normalizer is not None and engine.pre_tokenizer is not None:
        return WordPieces(engine)
    stated = str(engine.pre_tokenizer) + str(engine.decoder)
    spelling = "alphabet" if "ByteLevel" in stated else "spaces" if "▁" in stated or "Metaspace" in stated else "plain"
    family = {"BPE": "byte pairs", "Unigram": "Unigram", "WordLevel": "whole words"}.get(kind, kind)
    made = FromJson(engine, family, spelling)
    made.proof = "the maker's own file, run by Hugging Face's tokenizers"
    return made
