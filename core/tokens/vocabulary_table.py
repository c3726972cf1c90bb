"""A vocabulary to look through: by substring, pattern, bytes, script, length and kind; overlaps; odd tokens.

Sources: fragments and unreachable tokens as in Land and Bartolo 2024, "Fishing for Magikarp" (arXiv:2405.05417).
"""

from __future__ import annotations

import re
import time
import unicodedata
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from core.errors import UserError
from core.tokens.foreign import Foreign
from core.tokens.id_lists import parse
from core.tokens.tokenizer import Tokenizer
from core.tokens.vocabulary import BYTE, KINDS, NORMAL

_SLOWEST_SEARCH_S = 3.0
_MAY_TAKE_FOREVER = re.compile(r"\)[*+{?]|\\[1-9]|\(\?P=")
_REPEATS = re.compile(r"[*+{]")
SCRIPTS = (
    "no letter",
    "LATIN",
    "CYRILLIC",
    "CJK",
    "HANGUL",
    "HIRAGANA",
    "KATAKANA",
    "ARABIC",
    "HEBREW",
    "GREEK",
    "DEVANAGARI",
    "BENGALI",
    "TAMIL",
    "TELUGU",
    "THAI",
    "GEORGIAN",
    "ARMENIAN",
    "other",
    "fragment",
)


@dataclass(frozen=True)
class Query:
    """What to look for; empty fields ask nothing. `hexadecimal` are bytes anywhere in the token, "f0 9f"; `ids` are
    numbers with blanks or commas between them."""

    substring: str = ""
    pattern: str = ""
    hexadecimal: str = ""
    script: str = ""
    kind: str = ""
    shortest: int = 0
    longest: int = 0
    leading_space: bool | None = None
    ids: str = ""


class Table:
    """All tokens of one tokenizer: `texts` (V,) decoded, `scripts` (V,) numbers into `SCRIPTS`, lengths in bytes."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        tokenizer.check_vocabulary()
        self.tokenizer = tokenizer
        self.vocabulary = known = tokenizer.vocabulary
        bounds = known.offsets.tolist()
        pieces = [known.blob[start:end] for start, end in zip(bounds[:-1], bounds[1:], strict=True)]
        self.texts: list[str] = []
        self.whole = np.ones(len(known), bool)
        for i, piece in enumerate(pieces):
            try:
                self.texts.append(piece.decode())
            except UnicodeDecodeError:
                self.whole[i] = False
                self.texts.append(piece.decode("utf-8", "backslashreplace"))

    def __len__(self) -> int:
        return len(self.texts)

    @cached_property
    def scripts(self) -> np.ndarray:
        """The script of each token's first letter."""
        of_letter: dict[str, int] = {}
        numbers = np.zeros(len(self), np.uint8)
        for i, text in enumerate(self.texts):
            if not self.whole[i]:
                numbers[i] = len(SCRIPTS) - 1
                continue
            letter = next((character for character in text if character.isalpha()), "")
            if letter and letter not in of_letter:
                first = unicodedata.name(letter, "other").split()[0]
                of_letter[letter] = SCRIPTS.index(first) if first in SCRIPTS else len(SCRIPTS) - 2
            numbers[i] = of_letter.get(letter, 0)
        return numbers

    def script_counts(self) -> dict[str, int]:
        """How many tokens there are of each script (the letters of a token decide), fragments apart."""
        counts = np.bincount(self.scripts, minlength=len(SCRIPTS))
        return {name: int(count) for name, count in zip(SCRIPTS, counts, strict=True)}

    def find(self, query: Query) -> np.ndarray:
        """The ids of the tokens that answer all of the query, in order.

        Raises:
            UserError: the pattern or the bytes cannot be read, or the pattern takes too long.
        """
        fits = np.ones(len(self), bool)
        lengths = self.vocabulary.lengths
        if query.kind:
            fits &= self.vocabulary.kinds == KINDS.index(query.kind)
        if query.script:
            fits &= self.scripts == SCRIPTS.index(query.script)
        if query.shortest:
            fits &= lengths >= query.shortest
        if query.longest:
            fits &= lengths <= query.longest
        if query.leading_space is not None:
            fits &= self._starts_with_space == query.leading_space
        if query.ids.strip():
            fits &= np.isin(np.arange(len(self)), parse(query.ids, len(self)))
        for wanted in (query.substring.encode("utf-8", "surrogatepass"), _bytes(query.hexadecimal)):
            if wanted:
                fits &= self._holding(wanted)
        found = np.flatnonzero(fits)
        return self._matching(found, query.pattern) if query.pattern else found

    @cached_property
    def _starts_with_space(self) -> np.ndarray:
        blob = np.frombuffer(self.vocabulary.blob + b"\0", np.uint8)
        return np.asarray((blob[self.vocabulary.offsets[:-1]] == 0x20) & (self.vocabulary.lengths > 0))

    def _holding(self, wanted: bytes) -> np.ndarray:
        """Which tokens hold these bytes: looked for in all of them at once, matches over a border left out."""
        fits = np.zeros(len(self), bool)
        starts = np.array(
            [match.start() for match in re.finditer(b"(?=" + re.escape(wanted) + b")", self.vocabulary.blob)], np.int64
        )
        tokens = np.searchsorted(self.vocabulary.offsets, starts, "right") - 1
        inside = starts + len(wanted) <= self.vocabulary.offsets[tokens + 1]
        fits[tokens[inside]] = True
        return fits

    def _matching(self, ids: np.ndarray, pattern: str) -> np.ndarray:
        try:
            search = re.compile(pattern).search
        except (re.error, RecursionError, OverflowError) as problem:
            raise UserError(f"The pattern cannot be read: {problem}.", "Mend it, or clear the field.") from problem
        texts = self.texts
        if _MAY_TAKE_FOREVER.search(pattern) or len(_REPEATS.findall(pattern)) > 2:
            return self._matching_with_a_limit(ids, pattern)
        everywhere = texts if len(ids) == len(texts) else [texts[i] for i in ids.tolist()]
        return np.asarray(ids[np.fromiter((search(text) is not None for text in everywhere), bool, len(ids))])

    def _matching_with_a_limit(self, ids: np.ndarray, pattern: str) -> np.ndarray:
        """For patterns that repeat repetitions: Python's own engine cannot be stopped, this one can."""
        import regex

        end, found = time.monotonic() + _SLOWEST_SEARCH_S, []
        try:
            search = regex.compile(pattern).search
            for i in ids.tolist():
                if search(self.texts[i], timeout=_SLOWEST_SEARCH_S):
                    found.append(i)
                if not i & 0xFF and time.monotonic() > end:
                    raise TimeoutError
        except (TimeoutError, regex.error) as problem:
            raise UserError(
                "The pattern takes too long over this vocabulary.",
                "Make it simpler; repetitions inside repetitions are slow.",
            ) from problem
        return np.array(found, np.int64)

    def fragments(self) -> np.ndarray:
        """Ids of tokens of more than one byte that are no whole characters: they never stand alone in a text."""
        several = self.vocabulary.lengths > 1
        return np.flatnonzero(~self.whole & several & (self.vocabulary.kinds == NORMAL))

    def unreachable(self) -> np.ndarray:
        """Ids of whole-character tokens that no text gives back: encoding their own text gives something else.

        SentencePiece puts a blank before a text, so there the token is asked for after a line's end. Where a token
        depends on what stands before it in a word (WordPiece), there is no such question, and the answer is empty.
        """
        if self.tokenizer.family == "WordPiece":
            return np.zeros(0, np.int64)
        if isinstance(self.tokenizer, Foreign):  # a question for each token: asked where its engine is
            return self.tokenizer.unreachable()
        ids = np.flatnonzero(self.whole & (self.vocabulary.kinds == NORMAL) & (self.vocabulary.lengths > 0))
        before = "\n" if self.tokenizer.family.startswith("SentencePiece") else ""
        plain = self.tokenizer.plain_ids
        lead = plain(before)[-1:] if before else []
        skip = len(plain(before)) - len(lead)
        return np.array([i for i in ids.tolist() if plain(before + self.texts[i])[skip:] != [*lead, i]], np.int64)

    def longest(self, count: int = 20) -> np.ndarray:
        """Ids of the longest tokens, in bytes."""
        lengths = np.where(self.vocabulary.kinds == NORMAL, self.vocabulary.lengths, 0)
        return np.argsort(-lengths.astype(np.int64), kind="stable")[:count]

    @cached_property
    def spelled(self) -> frozenset[bytes]:
        """The bytes of all tokens that are not control tokens."""
        bounds = self.vocabulary.offsets.tolist()
        usual = np.isin(self.vocabulary.kinds, (NORMAL, BYTE))
        return frozenset(self.vocabulary.blob[bounds[i] : bounds[i + 1]] for i in np.flatnonzero(usual).tolist())


def _bytes(hexadecimal: str) -> bytes:
    try:
        return bytes.fromhex(hexadecimal)
    except ValueError as problem:
        raise UserError(
            f"“{hexadecimal[:40]}” are no bytes.", "Write two hexadecimal digits for each: f0 9f a4."
        ) from problem


@dataclass(frozen=True)
class Overlap:
    """Tokens (by their bytes) in both vocabularies, and in one of them only."""

    both: int
    only_first: int
    only_second: int

    @property
    def share(self) -> float:
        """Of all tokens of either, the share in both (Jaccard), 0..1."""
        everything = self.both + self.only_first + self.only_second
        return self.both / everything if everything else 0.0


def overlap(first: Table, second: Table) -> Overlap:
    """How much two vocabularies have in common."""
    both = len(first.spelled & second.spelled)
    return Overlap(both, len(first.spelled) - both, len(second.spelled) - both)
