"""The vectors of one word within sentences, layer by layer: what a BERT encoder makes of it in each of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.documents.encoding.query_bert import NumpyBert

MOST_TOKENS = 256  # of a sentence; what comes after is not read


@dataclass(frozen=True, eq=False)
class WordStates:
    """`states` (layers + 1, N, D) float32: of the word in each sentence, unnormalized; layer 0 is before any attention.

    `pieces[i]` are the subword pieces of the word in sentence i, whose vectors are averaged; `kept` the sentences, by
    number, in which the word lies within the tokens that are read: N of them.
    """

    states: np.ndarray
    pieces: tuple[tuple[str, ...], ...]
    kept: tuple[int, ...]


def word_states(folder: Path, sentences: Sequence[tuple[str, int, int]]) -> WordStates:
    """The states of the characters start..end of each (sentence, start, end) by the BERT encoder in `folder`.

    A piece belongs to the word if it shares a character with it; the mean over the pieces is the word's vector.

    Raises:
        MissingModel, UnreadableFile: there is no BERT encoder in the folder.
    Source: Ethayarajh 2019, section 3 (layers; layer 0 is the input); mean over subwords: Wiedemann et al. 2019.
    """
    from tokenizers import Tokenizer

    model = NumpyBert(folder)
    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.enable_truncation(MOST_TOKENS)
    found, pieces, kept = [], [], []
    for number, (sentence, start, end) in enumerate(sentences):
        encoding = tokenizer.encode(sentence.encode("utf-8", "replace").decode("utf-8"))
        rows = [
            row
            for row, (first, last) in enumerate(encoding.offsets)
            if first < end and start < last and not encoding.special_tokens_mask[row]
        ]
        if not rows:
            continue
        found.append(np.stack([hidden[rows].mean(axis=0) for hidden in model.states(encoding.ids)]))
        pieces.append(tuple(encoding.tokens[row] for row in rows))
        kept.append(number)
    states = np.stack(found, axis=1) if found else np.zeros((0, 0, 0))
    return WordStates(np.asarray(states, dtype=np.float32), tuple(pieces), tuple(kept))
