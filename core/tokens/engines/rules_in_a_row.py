"""Byte pairs whose text is cut by several rules, each applied to what the one before left."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import tokenizers as engines
from tokenizers import Regex, models, pre_tokenizers

from core.tokens.engines import long_texts
from core.tokens.engines.byte_pairs import ALPHABET


class RulesInARow:
    """Hugging Face's engine, where one rule cuts what another left: tiktoken knows a single rule only."""

    whole_pieces_first = False

    def __init__(self, spelled: list[bytes], merges: list[bytes], rules: Sequence[str]) -> None:
        vocabulary = {piece.decode("utf-8", "replace"): i for i, piece in enumerate(spelled)}
        halves = (merge.decode().partition(" ") for merge in merges)
        # Where the first rule sets line ends apart, no later one sees over them.
        self._cut_after = re.compile("\n") if rules[0] == r"[\r\n]" else None
        self._engine = engines.Tokenizer(models.BPE(vocabulary, [(left, right) for left, _, right in halves]))
        self._engine.pre_tokenizer = pre_tokenizers.Sequence(
            [pre_tokenizers.Split(Regex(rule), "isolated") for rule in rules]
            + [pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)]
        )

    def __call__(self, text: str) -> np.ndarray:
        return np.asarray(long_texts.ids(self._engine, text, self._cut_after), np.int64)

    def rank(self, token: bytes) -> int | None:
        """These vocabularies list their tokens in the order of the merges, so the id tells it."""
        return self._engine.token_to_id(token.decode("latin-1").translate(ALPHABET))

    def id_of(self, rank: int) -> int:
        return rank
