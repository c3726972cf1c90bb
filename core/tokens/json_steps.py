"""The steps of a tokenizer.json: its own normaliser and pre-tokenizer cut the text, its model is replayed in Python.

The models as Hugging Face's tokenizers runs them (huggingface/tokenizers, tokenizers/src/models): byte pairs by the
rank of a merge, the leftmost of equals; Unigram by the best path, unknown characters side by side as one; WordPiece by
the longest match; whole words by a table.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import tokenizers as engines

from core.errors import UserError
from core.tokens.replay import Frame


class Piece(NamedTuple):
    """A piece on its way: how the vocabulary spells it, its bytes for the eye, its id (None: not in the vocabulary)."""

    spelled: str
    shown: bytes
    id: int | None


Show = Callable[[str, int | None], bytes]


class Definition:
    """What a tokenizer.json says of its model, ready to be replayed. `show`: the bytes of a piece, by its spelling and
    its id.

    Raises:
        UserError: its model is of another kind, or cuts by chance.
    """

    def __init__(self, engine: engines.Tokenizer, show: Show) -> None:
        whole: dict[str, Any] = json.loads(engine.to_str())
        self.engine, self.show, self.model = engine, show, whole["model"]
        self.rule = described(whole["pre_tokenizer"])
        self.kind = str(self.model.get("type") or type(engine.model).__name__)
        if self.kind not in _REPLAYS or self.model.get("dropout"):
            raise UserError(
                f"A model of the kind {self.kind} that cuts by chance or is not known here has no steps.",
                "The view Compare shows its tokens.",
            )
        vocabulary = self.model["vocab"]
        self.ids: dict[str, int] = (
            vocabulary if isinstance(vocabulary, dict) else {piece: i for i, (piece, _) in enumerate(vocabulary)}
        )
        self.unknown = self._unknown()
        later = json.dumps(whole).replace('"prepend_scheme": "first"', '"prepend_scheme": "never"')
        self._later = (
            engine if '"first"' not in json.dumps(whole["pre_tokenizer"]) else engines.Tokenizer.from_str(later)
        )

    def _unknown(self) -> int | None:
        number = self.model.get("unk_id")
        return int(number) if number is not None else self.ids.get(self.model.get("unk_token") or "")

    @functools.cached_property
    def ranks(self) -> dict[tuple[str, str], int]:
        merges = (
            tuple(merge) if isinstance(merge, list) else tuple(merge.split(" ", 1)) for merge in self.model["merges"]
        )
        return {(left, right): rank for rank, (left, right) in enumerate(merges)}

    @functools.cached_property
    def scores(self) -> dict[str, float]:
        return {piece: float(score) for piece, score in self.model["vocab"]}

    @functools.cached_property
    def longest(self) -> int:
        return max(map(len, self.ids), default=1)

    def words(self, normalised: str, first: bool) -> list[str]:
        """What the pre-tokenizer makes of a stretch; `first`: it begins the text."""
        cutter = (self.engine if first else self._later).pre_tokenizer
        if not normalised:
            return []
        return [word for word, _ in cutter.pre_tokenize_str(normalised)] if cutter else [normalised]

    def piece(self, spelled: str) -> Piece:
        token = self.ids.get(spelled)
        return Piece(spelled, self.show(spelled, token), token)

    def unknown_piece(self, spelled: str) -> Piece:
        return Piece(spelled, self.show(spelled, None), self.unknown)

    def bytes_of(self, text: str) -> list[Piece] | None:
        """The bytes of a text as tokens <0x..>; None where the vocabulary lacks one of them."""
        if not self.model.get("byte_fallback"):
            return None
        found = [self.piece(f"<0x{value:02X}>") for value in text.encode()]
        return found if all(one.id is not None for one in found) else None


def replay(definition: Definition, normalised: str, first: bool) -> tuple[str, list[bytes], list[Frame], list[int]]:
    """The rule, the pieces that it cuts, the steps from there, and the ids at the end."""
    words = definition.words(normalised, first)
    shown = [definition.show(word, None) for word in words]
    steps = _REPLAYS[definition.kind]
    done: list[Piece] = []
    frames: list[Frame] = []
    for number, word in enumerate(words):
        rest = tuple(shown[number + 1 :])
        pieces: Sequence[Piece] = ()
        for pieces, fresh, why in steps(definition, word):
            before = tuple(piece.shown for piece in done)
            at = len(done) + fresh if fresh >= 0 else -1
            frames.append(Frame((*before, *(piece.shown for piece in pieces), *rest), at, why))
        done += pieces
    return definition.rule, shown, frames, [piece.id for piece in done if piece.id is not None]


Step = tuple[Sequence[Piece], int, str]


def _byte_pairs(definition: Definition, word: str) -> Iterator[Step]:
    """Characters, then the pair whose merge came first, the leftmost of equals."""
    if definition.model.get("ignore_merges") and word in definition.ids:
        yield [definition.piece(word)], 0, "the whole piece is a token"
        return
    parts = list(_characters(definition, word))
    yield list(parts), -1, "its single characters" if len(parts) > 1 else "a single character"
    prefix = len(definition.model.get("continuing_subword_prefix") or "")
    ranks = definition.ranks
    while True:
        ranked = [
            (rank, i)
            for i in range(len(parts) - 1)
            if (rank := ranks.get((parts[i].spelled, parts[i + 1].spelled))) is not None
        ]
        if not ranked:
            return
        rank, at = min(ranked)
        parts[at : at + 2] = [definition.piece(parts[at].spelled + parts[at + 1].spelled[prefix:])]
        yield list(parts), at, f"merge number {rank:,} is the earliest here"


def _characters(definition: Definition, word: str) -> Iterator[Piece]:
    """The first pieces: characters with the marks of their place, their bytes, or what stands for the unknown."""
    prefix = definition.model.get("continuing_subword_prefix") or ""
    suffix = definition.model.get("end_of_word_suffix") or ""
    waiting = ""
    for number, character in enumerate(word):
        spelled = (prefix if number else "") + character + (suffix if number == len(word) - 1 else "")
        known = definition.ids.get(spelled) is not None
        fallback = None if known else definition.bytes_of(spelled)
        if (known or fallback or not definition.model.get("fuse_unk")) and waiting:
            yield definition.unknown_piece(waiting)
            waiting = ""
        if known:
            yield definition.piece(spelled)
        elif fallback:
            yield from fallback
        elif definition.unknown is not None:
            waiting += character
        # without a token for the unknown, the model never sees the character
    if waiting:
        yield definition.unknown_piece(waiting)


def _unigram(definition: Definition, word: str) -> Iterator[Step]:
    """For each longer beginning of the piece the most probable way to cut it: the best over its last token."""
    scores = definition.scores
    lowest = min(scores.values(), default=0.0) - 10  # an unknown character costs 10 more than the rarest token
    best: list[tuple[float, int] | None] = [(0.0, 0), *[None] * len(word)]
    for start in range(len(word)):
        here = best[start]
        assert here is not None  # every character is reached, at worst as unknown
        ends = [
            end for end in range(start + 1, min(start + definition.longest, len(word)) + 1) if word[start:end] in scores
        ]
        for end, score in [*((end, scores[word[start:end]]) for end in ends), (start + 1, lowest)]:
            if score == lowest and start + 1 in ends:
                continue  # unknown only where the character is no token
            known = best[end]
            if known is None or here[0] + score > known[0]:
                best[end] = here[0] + score, start
        reached = best[start + 1]
        assert reached is not None
        cut = _path(word, best, start + 1)
        yield (
            [definition.piece(one) for one in cut]
            + ([definition.piece(word[start + 1 :])] if start + 1 < len(word) else []),
            len(cut) - 1,
            f"the best cut of the first {start + 1}: log probability {reached[0]:.2f}",
        )
    yield list(_known_or_not(definition, _path(word, best, len(word)))), -1, "every piece by its token"


def _path(word: str, best: list[tuple[float, int] | None], end: int) -> list[str]:
    pieces = []
    while end:
        known = best[end]
        assert known is not None
        pieces.append(word[known[1] : end])
        end = known[1]
    return pieces[::-1]


def _known_or_not(definition: Definition, pieces: list[str]) -> Iterator[Piece]:
    waiting = ""
    for piece in [*pieces, ""]:
        unknown = bool(piece) and definition.ids.get(piece, definition.unknown) == definition.unknown
        if unknown:
            waiting += piece
            continue
        if waiting:
            yield from definition.bytes_of(waiting) or [definition.unknown_piece(waiting)]
            waiting = ""
        if piece:
            yield definition.piece(piece)


def _longest_match(definition: Definition, word: str) -> Iterator[Step]:
    """From the left the longest beginning that is a token; a mark shows one inside a word."""
    prefix = definition.model.get("continuing_subword_prefix") or ""
    pieces: list[Piece] = []
    at = 0
    while at < len(word):
        mark = prefix if at else ""
        end = next((end for end in range(len(word), at, -1) if mark + word[at:end] in definition.ids), None)
        if end is None or len(word) > int(definition.model.get("max_input_chars_per_word") or 100):
            yield [definition.unknown_piece(word)], 0, "no token fits: the whole word is unknown"
            return
        pieces.append(definition.piece(mark + word[at:end]))
        at = end
        left = [definition.unknown_piece(word[at:])] if at < len(word) else []
        yield [*pieces, *left], len(pieces) - 1, f"{pieces[-1].spelled} is the longest token that fits"


def _whole_words(definition: Definition, word: str) -> Iterator[Step]:
    known = word in definition.ids
    piece = definition.piece(word) if known else definition.unknown_piece(word)
    yield [piece], 0, "the word is a token" if known else "the word is no token: unknown"


_REPLAYS: dict[str, Callable[[Definition, str], Iterator[Step]]] = {
    "BPE": _byte_pairs,
    "Unigram": _unigram,
    "WordPiece": _longest_match,
    "WordLevel": _whole_words,
}
_WORDS = {
    "BertPreTokenizer": "at blanks, and around every punctuation mark",
    "Whitespace": "at blanks, and between word characters and others",
    "WhitespaceSplit": "at blanks",
    "Metaspace": "before every blank, which is written ▁",
    "Digits": "around digits",
    "Punctuation": "around punctuation marks",
    "UnicodeScripts": "where the script changes",
}


def described(cutter: dict[str, Any] | None) -> str:
    """What a pre-tokenizer of a tokenizer.json does, in words; its patterns as they are."""
    if cutter is None:
        return "not cut: the whole text is one piece"
    kind = str(cutter.get("type"))
    if kind == "Sequence":
        return "  then  ".join(described(one) for one in cutter.get("pretokenizers", []))
    if kind == "Split":
        pattern = cutter.get("pattern") or {}
        return f"cut by {next(iter(pattern.values()), '')}"
    if kind == "ByteLevel":
        return ("cut by GPT-2's rule, " if cutter.get("use_regex", True) else "") + "bytes by their stand-ins"
    return f"cut {_WORDS.get(kind, f'by {kind}')}"
