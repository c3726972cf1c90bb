"""Any `tokenizer.json`, run by Hugging Face's tokenizers. Bytes come from the vocabulary by the way it spells them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import tokenizers as engines

from core.errors import UnreadableFile
from core.tokens.encoded import Encoded, Plain, joined, marker, spans_of
from core.tokens.engines import beside, long_texts
from core.tokens.engines.byte_pairs import bytes_of
from core.tokens.engines.sentence_pieces import bytes_of_piece
from core.tokens.engines.word_pieces import WordPieces, byte_positions, frame_of, read_engine, size_of
from core.tokens.json_steps import Definition
from core.tokens.tokenizer import Tokenizer, check
from core.tokens.vocabulary import BYTE, CONTROL, NORMAL, UNKNOWN, UNUSED, USER_DEFINED, Vocabulary


class FromJson(Tokenizer):
    """A tokenizer of any kind; `spelling` of its vocabulary is "alphabet" (GPT-2's), "spaces" (▁) or "plain".

    Names of special tokens in a text are found by the engine itself: it knows which of them take the blanks around
    them, stand as single words only, or are looked for in the normalised text.
    """

    def __init__(self, engine: engines.Tokenizer, family: str, spelling: str) -> None:
        self.engine, self.family, self.spelling = engine, family, spelling
        engine.no_truncation()
        engine.no_padding()
        engine.encode_special_tokens = True
        self._prefix = getattr(engine.model, "continuing_subword_prefix", None) or ""
        self._suffix = getattr(engine.model, "end_of_word_suffix", None) or ""
        added = engine.get_added_tokens_decoder()
        unknown = getattr(engine.model, "unk_token", None)
        pieces = [engine.id_to_token(i) for i in range(size_of(engine))]
        kinds = [
            UNUSED if piece is None else self._kind(piece, unknown, added.get(number))
            for number, piece in enumerate(pieces)
        ]
        super().__init__(
            Vocabulary([self._bytes(piece or "", kind) for piece, kind in zip(pieces, kinds, strict=True)], kinds)
        )
        self.begin, self.end = frame_of(engine)

    def _kind(self, piece: str, unknown: str | None, added: engines.AddedToken | None) -> int:
        if piece == unknown:
            return UNKNOWN
        if added is not None:
            return CONTROL if added.special else USER_DEFINED
        is_byte = self.spelling != "alphabet" and len(piece) == 6 and piece.startswith("<0x") and piece.endswith(">")
        return BYTE if is_byte else NORMAL

    def _bytes(self, piece: str, kind: int) -> bytes:
        if kind in (CONTROL, UNKNOWN, USER_DEFINED):
            return piece.encode()
        if kind == NORMAL:  # marks of a piece's place in its word are no part of the text
            piece = piece.removeprefix(self._prefix) if len(piece) > len(self._prefix) else piece
            piece = piece.removesuffix(self._suffix) if len(piece) > len(self._suffix) else piece
        return bytes_of(piece.encode()) if self.spelling == "alphabet" else bytes_of_piece(piece, kind)

    def shown(self, spelled: str, token: int | None) -> bytes:
        """The bytes of a piece that the vocabulary spells so; `token`: its id, None where it is none."""
        if token is not None:
            return self.vocabulary.bytes_of(token)
        return self._bytes(spelled, NORMAL)

    @cached_property
    def definition(self) -> Definition:
        """What the file says of its model, for the steps."""
        return Definition(self.engine, self.shown)

    @cached_property
    def _engine_of_names(self) -> engines.Tokenizer:
        """The same engine, reading the names of control tokens as those tokens."""
        made = engines.Tokenizer.from_str(self.engine.to_str())
        made.encode_special_tokens = False
        return made

    def _engine(self, parse_special: bool) -> engines.Tokenizer:
        return self._engine_of_names if parse_special else self.engine

    def parts(self, text: str, parse_special: bool) -> Iterator[tuple[str, int | None]]:
        """The text in stretches and special tokens, as the engine finds them."""
        encoded = self._engine(parse_special).encode(text, add_special_tokens=False)
        wanted = (CONTROL, USER_DEFINED, UNKNOWN) if parse_special else (USER_DEFINED,)
        at = 0
        for token, (start, end) in zip(encoded.ids, encoded.offsets, strict=True):
            if self.vocabulary.kinds[token] in wanted and self.piece(token) in text[start:end]:
                if start > at:
                    yield text[at:start], None
                yield text[start:end], token
                at = end
        if at < len(text):
            yield text[at:], None

    def ids(self, text: str, add_special: bool = False, parse_special: bool = False) -> list[int]:
        check(text)
        middle = long_texts.ids(self._engine(parse_special), text)
        return [*self.begin, *middle, *self.end] if add_special else middle

    def plain_ids(self, text: str) -> list[int]:
        return long_texts.ids(self.engine, text)

    def normalise(self, text: str) -> str:
        return self.engine.normalizer.normalize_str(text) if self.engine.normalizer else text

    def analyse(self, text: str, add_special: bool = False, parse_special: bool = False) -> Encoded:
        check(text)
        edges = [[marker(token) for token in edge] if add_special else [] for edge in (self.begin, self.end)]
        return joined(text, [*edges[0], self._encoded(text, parse_special), *edges[1]], self.vocabulary)

    def encode_plain(self, text: str) -> Plain:
        return self._encoded(text, False)

    def _encoded(self, text: str, parse_special: bool) -> Plain:
        """The normalised text is the tokens' own bytes in a row; an unknown one stands for what it covers. What no
        token covers, though it is not blank and the normaliser leaves it, lies between them."""
        encoded = self._engine(parse_special).encode(text, add_special_tokens=False)
        ids = np.asarray(encoded.ids, np.int64)
        raw = text.encode()
        unknown = np.flatnonzero(self.vocabulary.kinds[ids] == UNKNOWN)
        if not len(unknown):
            spelled, starts, ends = self.vocabulary.in_a_row(ids)
            if spelled == raw:  # nothing was changed, so every byte is where it was
                return Plain(raw, ids, starts, ends, starts, ends, len(raw))
        offsets = np.array(encoded.offsets, np.int64).reshape(-1, 2)
        typed = byte_positions(text)[offsets]
        surfaces = [self.vocabulary.bytes_of(token) for token in encoded.ids]
        if self.spelling == "alphabet" and not len(unknown):  # a byte that the vocabulary lacks is in no token
            normal = self.normalise(text).encode()
            found = _within(normal, surfaces)
            if found is not None:
                return Plain(normal, ids, *found, np.maximum.accumulate(typed[:, 0]), typed[:, 1], len(raw))
        for number in unknown.tolist():
            surfaces[number] = raw[typed[number, 0] : typed[number, 1]]
        gaps = self._gaps(text, offsets)
        starts, ends = spans_of(np.array([len(surface) for surface in surfaces], np.int64))
        moved = np.zeros(len(ids) + 1, np.int64)
        for number, gap in gaps:
            moved[number:] += len(gap)
        lost = dict(gaps)
        normalised = b"".join(lost.get(number, b"") + surface for number, surface in enumerate([*surfaces, b""]))
        starts, ends = starts + moved[: len(ids)], ends + moved[: len(ids)]
        return Plain(normalised, ids, starts, ends, np.maximum.accumulate(typed[:, 0]), typed[:, 1], len(raw))

    def _gaps(self, text: str, offsets: np.ndarray) -> list[tuple[int, bytes]]:
        """What stands in no token, before which token: a model without an unknown token drops what it does not have."""
        found, at = [], 0
        for number, (start, end) in enumerate([*offsets.tolist(), [len(text), len(text)]]):
            if start > at and (kept := "".join(self.normalise(text[at:start]).split())):
                found.append((number, kept.encode()))
            at = max(at, end)
        return found

    def decode(self, ids: Sequence[int]) -> str:
        return self.engine.decode([int(token) for token in ids], skip_special_tokens=False)

    def piece(self, token_id: int) -> str:
        return self.engine.id_to_token(int(token_id)) or ""


def _within(normal: bytes, surfaces: Sequence[bytes]) -> tuple[np.ndarray, np.ndarray] | None:
    """Where pieces lie in a text of which they leave out some bytes: starts and ends (N,); None if they do not."""
    starts, ends, at = [], [], 0
    for surface in surfaces:
        start = normal.find(surface, at)
        if start < 0:
            return None
        starts.append(start)
        at = start + len(surface)
        ends.append(at)
    return np.array(starts, np.int64), np.array(ends, np.int64)


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
    beside.read_into(made, path)
    return made


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
