"""A word in sentences: its vectors by a sentence encoder, against the one vector that a static set has for it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.documents import encoders
from core.documents.corpus import Corpus
from core.documents.encoding.sentence_bert import read_config
from core.documents.encoding.token_states import WordStates, word_states
from core.errors import UserError
from core.words.senses import LONGEST_SENTENCE, Occurrence
from core.words.vectors import WordVectors

MOST_TEXTS = 200_000  # of a corpus that are looked through
_ENDS = re.compile(r"(?<=[.!?])[\"”’)]*\s+|\n+")


def in_context(encoder: str, occurrences: Sequence[Occurrence]) -> WordStates:
    """The word's vectors before the first layer and after each, by an encoder of `core.documents.encoders.load`.

    Raises:
        MissingModel, UnreadableFile: it is not here, or no BERT encoder.
    """
    folder = encoders.load(encoder).folder
    return word_states(folder, [(item.sentence, item.start, item.end) for item in occurrences])


def has_layers(folder: str) -> bool:
    """Whether the layers of the encoder in a folder can be read here: it is a BERT with its tokenizer."""
    try:
        read_config(Path(folder))
    except UserError:
        return False
    return (Path(folder) / "tokenizer.json").is_file() and (Path(folder) / "model.safetensors").is_file()


def static_cosines(vectors: WordVectors, word: str, senses: Sequence[str]) -> dict[str, float]:
    """The cosine of the word's static vector with the name of each sense, of those in the vocabulary. {} without the
    word: a static set has one vector for it, whatever the sentence."""
    known = vectors.index.get(word, vectors.index.get(word.lower()))
    if known is None:
        return {}
    found = {}
    for sense in dict.fromkeys(senses):
        parts = [part for part in sense.split() if part in vectors] or [
            p for p in sense.lower().split() if p in vectors
        ]
        if parts:
            mean = np.sum([vectors.unit(part) for part in parts], axis=0)
            length = float(np.linalg.norm(mean)) or 1.0
            found[sense] = float(vectors.units([known])[0] @ (mean / length))
    return found


def sentences_of(corpus: Corpus, word: str, most: int = 12) -> list[str]:
    """Up to `most` sentences of a corpus that have `word`, whatever its case, from as many texts as possible.

    Example: of the texts "A bank. A tree." and "Banks!" with "bank": ["A bank."].
    """
    pattern = re.compile(rf"(?<!\w){re.escape(word.strip())}(?!\w)", re.IGNORECASE)
    if not word.strip():
        return []
    found: list[str] = []
    for row in range(min(len(corpus.texts), MOST_TEXTS)):
        text = corpus.texts[row]
        if not pattern.search(text):
            continue
        sentence = next((part for part in _ENDS.split(text) if pattern.search(part)), "")
        line = " ".join(sentence.split())
        if line and line not in found and len(line) <= LONGEST_SENTENCE:
            found.append(line)
        if len(found) == most:
            break
    return found
