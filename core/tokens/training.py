"""A tokenizer of one's own, trained on a pasted text in a moment, so that one can watch how a vocabulary comes about.

Sources: byte pairs, Sennrich, Haddow and Birch 2016, algorithm 1, over bytes as in Radford et al. 2019; Unigram, Kudo
2018, trained by Hugging Face's tokenizers.
"""

from __future__ import annotations

import functools
import json
from collections import Counter
from dataclasses import dataclass

import numpy as np

from core import storage
from core.errors import UserError
from core.tokens.engines import patterns
from core.tokens.engines.byte_pairs import BytePairs, Ranked
from core.tokens.steps import cut
from core.tokens.tokenizer import Tokenizer, check
from core.tokens.vocabulary import Vocabulary

_TEXTS = storage.DATA / "training_texts.json"
LARGEST = 2000
LONGEST_TEXT = 200_000


@dataclass(frozen=True)
class Merge:
    """One step of training: the most frequent pair of neighbours becomes a token. `count`: how often it stood there;
    `ties`: how many other pairs stood there as often (of equals, the one that was met first is taken)."""

    left: bytes
    right: bytes
    count: int
    ties: int = 0

    @property
    def made(self) -> bytes:
        return self.left + self.right


@dataclass(frozen=True)
class Trained:
    """A tokenizer and how it came about (no merges for Unigram, which starts large and drops tokens). `asked`: the
    size that was wanted; the text may not give as many tokens."""

    tokenizer: Tokenizer
    merges: tuple[Merge, ...]
    asked: int = 0

    @property
    def size(self) -> int:
        """The size that was reached."""
        return self.tokenizer.vocabulary_size


@functools.cache
def sample_texts() -> dict[str, str]:
    """Two texts of ours to train on, the same story in Spanish and in English."""
    found: dict[str, str] = json.loads(_TEXTS.read_text(encoding="utf-8"))
    return found


def byte_pairs(text: str, size: int, rule: str = patterns.GPT_4) -> Trained:
    """Byte pairs: 256 bytes, then the most frequent pair again and again until there are `size` tokens.

    `rule` cuts the text into pieces first; merges never cross them ("" leaves it whole).

    Worked example (minbpe's): "aaabdaaabac" with 259 tokens and no rule merges aa, aaa, aaab and becomes
    258 100 258 97 99.

    Raises:
        UserError: the text is empty or too long, or `size` is out of range.
    """
    _check(text, size)
    pieces = Counter(cut(text, [rule]) if rule else [text.encode()])
    words = [([bytes([value]) for value in piece], count) for piece, count in pieces.items()]
    pairs = _count_pairs(words)
    merges: list[Merge] = []
    tokens = [bytes([value]) for value in range(256)]
    known = set(tokens)
    while len(tokens) < size and pairs:
        (left, right), count = max(pairs.items(), key=lambda item: item[1])
        if count < 2:
            break
        merges.append(Merge(left, right, count, sum(other == count for other in pairs.values()) - 1))
        if left + right not in known:
            tokens.append(left + right)
            known.add(left + right)
        _merge(words, pairs, left, right)
    ranks = {token: rank for rank, token in enumerate(tokens)}
    rule = rule or r"[\s\S]+"
    made = BytePairs(Vocabulary(tokens), Ranked(ranks, rule, np.arange(len(tokens)), False), [rule])
    made.proof = "trained here, on the text above"
    return Trained(made, tuple(merges), size)


Pairs = dict[tuple[bytes, bytes], int]


def _count_pairs(words: list[tuple[list[bytes], int]]) -> Pairs:
    pairs: Pairs = {}
    for parts, count in words:
        for pair in zip(parts, parts[1:], strict=False):
            pairs[pair] = pairs.get(pair, 0) + count
    return pairs


def _merge(words: list[tuple[list[bytes], int]], pairs: Pairs, left: bytes, right: bytes) -> None:
    """Join the pair in every word; only the pairs of words that change are counted again."""
    for parts, count in words:
        if left not in parts or right not in parts:
            continue
        joined, i = [], 0
        while i < len(parts):
            together = i + 1 < len(parts) and parts[i] == left and parts[i + 1] == right
            joined.append(left + right if together else parts[i])
            i += 2 if together else 1
        if len(joined) == len(parts):
            continue
        for pair in zip(parts, parts[1:], strict=False):
            pairs[pair] -= count
            if not pairs[pair]:
                del pairs[pair]
        parts[:] = joined
        for pair in zip(parts, parts[1:], strict=False):
            pairs[pair] = pairs.get(pair, 0) + count
    pairs.pop((left, right), None)


def unigram(text: str, size: int) -> Trained:
    """Unigram: many candidates, then those are dropped that the text misses least, until `size` are left.

    Raises:
        UserError: the text is empty or too long, or `size` is out of range.
    """
    import tokenizers as engines
    from tokenizers import decoders, models, normalizers, pre_tokenizers, trainers

    from core.tokens.engines import hugging_face

    _check(text, size)
    engine = engines.Tokenizer(models.Unigram())
    engine.normalizer = normalizers.NFKC()
    engine.pre_tokenizer = pre_tokenizers.Metaspace()
    engine.decoder = decoders.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=size, special_tokens=["<unk>"], unk_token="<unk>", show_progress=False)
    try:
        engine.train_from_iterator(text.splitlines(), trainer)
    except Exception as problem:  # the engine raises plain Exception when a text is too small
        raise UserError(
            f"Unigram finds no vocabulary in this text ({str(problem)[:100]}).",
            "Paste a longer text, or train byte pairs.",
        ) from problem
    made = hugging_face.from_engine(engine)
    made.proof = "trained here, on the text above"
    return Trained(made, (), size)


def _check(text: str, size: int) -> None:
    check(text)
    if not text.strip():
        raise UserError("There is no text to train on.", "Paste one; a few paragraphs are enough.")
    if len(text) > LONGEST_TEXT:
        raise UserError(
            f"The text has {len(text):,} characters; {LONGEST_TEXT:,} is the most for training here.",
            "Take a part of it.",
        )
    if not 256 < size <= LARGEST:
        raise UserError(f"A vocabulary of {size:,} is out of range.", f"Choose between 257 and {LARGEST:,}.")
