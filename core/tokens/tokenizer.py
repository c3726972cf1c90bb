"""The base class of all tokenizers: a text goes in, tokens come out, each with its id, its bytes and its place.

Engines (`core.tokens.engines`) say how a plain text is cut; what all share is here: special tokens, and the way from an
engine's ids to tokens. A token's bytes are read from the vocabulary: decoding a single id would lose the bytes of a
character that is cut over several tokens.
"""

from __future__ import annotations

import abc
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from core.errors import UserError
from core.tokens.encoded import Encoded, Plain, Token, joined, marker, named
from core.tokens.vocabulary import CONTROL, UNKNOWN, USER_DEFINED, Vocabulary


class Tokenizer(abc.ABC):
    """What all tokenizers share: special tokens, and the way from an engine's ids to tokens."""

    family: str = ""
    """How it cuts: "bytes", "byte pairs", "SentencePiece BPE", "SentencePiece Unigram", "WordPiece"."""
    proof: str = ""
    """How we know that it is exact, in a few words for the page."""
    lossless: bool = False
    """Whether decoding always gives the text back, byte for byte."""
    chat_template: str = ""
    """The Jinja template of the model's conversations, if its file carries one."""
    begin_name: str = ""
    end_name: str = ""
    """How a chat template writes the beginning and the end of a sequence ("<s>", "</s>"); "" where the model has none.
    Not the same as `begin` and `end`: many models end their answers with a token that nobody adds to a text."""
    added_rules: Mapping[int, AddedRule] = {}
    """Of special tokens that change the text around them, what they do, by id."""
    has_vocabulary: bool = True
    """Whether all of its tokens are known; of a server's tokenizer only those that came up are."""

    def __init__(self, vocabulary: Vocabulary, begin: Sequence[int] = (), end: Sequence[int] = ()) -> None:
        self.vocabulary = vocabulary
        self.begin: Sequence[int] = tuple(begin)
        self.end: Sequence[int] = tuple(end)

    @property
    def stale(self) -> bool:
        """Whether the file that it came from has changed since."""
        return False

    @property
    def vocabulary_size(self) -> int:
        return len(self.vocabulary)

    @property
    def about(self) -> str:
        """What it is, in a few words for the page."""
        return f"{self.family}, {self.vocabulary_size:,} entries"

    def check_vocabulary(self) -> None:
        """Refuse to go on where the whole vocabulary is needed and not known.

        Raises:
            UserError: the tokenizer is a server's.
        """
        if not self.has_vocabulary:
            raise UserError(
                "A server cuts a text, but does not show its vocabulary.",
                "Choose a tokenizer that is on this machine, or the model's file.",
            )

    @abc.abstractmethod
    def encode_plain(self, text: str) -> Plain:
        """The engine's tokens for a text in which nothing is special."""

    @abc.abstractmethod
    def decode(self, ids: Sequence[int]) -> str:
        """The text of those tokens as a person would read it; broken characters appear as U+FFFD."""

    def plain_ids(self, text: str) -> list[int]:
        """Only the ids, as fast as the engine gives them."""
        return list(self.encode_plain(text).ids.tolist())

    def normalise(self, text: str) -> str:
        """The text as the engine sees it before it cuts."""
        return text

    def piece(self, token_id: int) -> str:
        """The token as its vocabulary spells it (`##le`, `▁Hello`, `Ġthe`)."""
        return self.vocabulary.bytes_of(token_id).decode("utf-8", "backslashreplace")

    def encode(self, text: str, add_special: bool = False, parse_special: bool = False) -> list[Token]:
        """The tokens of `text`.

        `add_special`: add what the model was trained to see at the beginning and the end; `parse_special`: read names
        of control tokens in the text ("</s>") as those tokens, rather than as the characters they are typed with.

        Raises:
            UserError: the text holds half a character (a lone surrogate), which no encoding of text can carry.
        """
        return self.analyse(text, add_special, parse_special).tokens

    def ids(self, text: str, add_special: bool = False, parse_special: bool = False) -> list[int]:
        """Only the ids: the same as those of `encode`, faster."""
        check(text)
        middle: list[int] = []
        for part, special in self.parts(text, parse_special):
            middle += self.plain_ids(part) if special is None else [special]
        return [*self.begin, *middle, *self.end] if add_special else middle

    def analyse(self, text: str, add_special: bool = False, parse_special: bool = False) -> Encoded:
        """As `encode`, with the normalised text and each token's place in the text as typed."""
        check(text)
        parts = [marker(token) for token in self.begin] if add_special else []
        for part, special in self.parts(text, parse_special):
            parts.append(self.encode_plain(part) if special is None else named(part, special))
        if add_special:
            parts += [marker(token) for token in self.end]
        return joined(text, parts, self.vocabulary)

    def parts(self, text: str, parse_special: bool) -> Iterator[tuple[str, int | None]]:
        """The text cut at special tokens: (stretch to encode, None) or (name of a special token, its id)."""
        names, pattern = self._all_special if parse_special else self._always_special
        at = 0
        if pattern is not None:
            for match in pattern.finditer(text):
                token = names[match.group()]
                rule = self.added_rules.get(token, _PLAIN)
                start, end = match.span()
                if rule.single_word and (
                    _ENDS_WITH_WORD.search(text, max(start - 1, at), start) or _BEGINS_WITH_WORD.match(text, end)
                ):
                    continue
                if rule.strips_left:
                    start = at + len(text[at:start].rstrip())
                if rule.strips_right:
                    end += len(text[end:]) - len(text[end:].lstrip())
                if start > at:
                    yield text[at:start], None
                yield text[start:end], token
                at = end
        if at < len(text):
            yield text[at:], None

    @cached_property
    def _always_special(self) -> tuple[dict[str, int], re.Pattern[str] | None]:
        return _finder(self.vocabulary.named(USER_DEFINED))

    @cached_property
    def _all_special(self) -> tuple[dict[str, int], re.Pattern[str] | None]:
        return _finder(self.vocabulary.named(USER_DEFINED, CONTROL, UNKNOWN))


class AddedRule(NamedTuple):
    """What a special token does to the text around its name, as Hugging Face's AddedToken has it: it takes the blanks
    before or after it; it stands only where no letter touches it."""

    strips_left: bool = False
    strips_right: bool = False
    single_word: bool = False


_PLAIN = AddedRule()
_ENDS_WITH_WORD, _BEGINS_WITH_WORD = re.compile(r"(?<=\w)\Z"), re.compile(r"\w")


def _finder(names: dict[str, int]) -> tuple[dict[str, int], re.Pattern[str] | None]:
    return names, re.compile("|".join(map(re.escape, names))) if names else None


def check(text: str) -> None:
    """Refuse what no encoding of text can carry.

    Raises:
        UserError: the text holds a lone surrogate, half of a character.
    """
    try:
        text.encode()
    except UnicodeEncodeError as problem:
        raise UserError(
            f"Character {problem.start + 1} of the text is U+{ord(text[problem.start]):04X}, a lone surrogate: one "
            f"half of a character whose other half is missing.",
            "Remove it, or paste the text again from its source; UTF-8 has no bytes for it.",
        ) from problem
