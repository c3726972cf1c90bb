"""Sentiment three ways: a language model bound to three words, the nearest labelled sentence, a list of words.

The three are counted on the same sentences. This module joins the encoder and the language model, which belong to
different areas.
"""

from __future__ import annotations

import csv
import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from core import storage
from core.prompting.evals.checks import wilson

LABELS = ("positive", "negative", "neutral")
GRAMMAR = "root ::= " + " | ".join(f'"{label}"' for label in LABELS)


@dataclass(frozen=True)
class Labelled:
    """A sentence with the label that people would give it."""

    sentence: str
    label: str


@functools.cache
def sentences() -> tuple[Labelled, ...]:
    """The lab's 20 sentences with their labels."""
    with open(storage.DATA / "sentiment.tsv", encoding="utf-8", newline="") as file:
        return tuple(Labelled(row["sentence"], row["label"]) for row in csv.DictReader(file, delimiter="\t"))


@functools.cache
def word_list() -> dict[str, str]:
    """The lab's small list: word -> "positive" or "negative"."""
    with open(storage.DATA / "sentiment_words.tsv", encoding="utf-8", newline="") as file:
        return {row["word"]: row["label"] for row in csv.DictReader(file, delimiter="\t")}


def question(sentence: str) -> str:
    """What the language model is asked; `GRAMMAR` binds its answer to the labels."""
    return f"Is this sentence positive, negative or neutral? Answer with one word.\nSentence: {sentence}"


def label_in(answer: str | None) -> str:
    """The label that an answer gives: the first one in it, "" where there is none (a server may ignore the grammar).

    Example: "It is Negative, not positive." -> "negative".
    """
    found = re.search("|".join(LABELS), (answer or "").casefold())
    return found.group() if found else ""


def by_words(sentence: str) -> str:
    """Whichever side has more words of the list; "neutral" where they are equal. It knows no "not".

    Example: "The good food was cold and late." -> one of each -> "neutral".
    """
    found = [word_list().get(word.casefold()) for word in re.findall(r"\w+", sentence)]
    difference = found.count("positive") - found.count("negative")
    return "positive" if difference > 0 else "negative" if difference < 0 else "neutral"


def by_neighbour(vectors: np.ndarray, labels: Sequence[str]) -> list[tuple[str, int]]:
    """For each sentence the label of the nearest other one, and which that is: leave-one-out, k = 1.

    `vectors` (N, D), rows of length 1; the similarity is the cosine.

    Example: vectors (1, 0), (1, 0), (0, 1) labelled a, b, b -> (b, 1), (a, 0), (a, 0).
    """
    cosines = np.asarray(vectors, float) @ np.asarray(vectors, float).T
    np.fill_diagonal(cosines, -np.inf)
    return [(labels[place], place) for place in map(int, np.argmax(cosines, axis=1))]


def encoded(texts: Sequence[str], encode_query: Callable[[str], np.ndarray]) -> np.ndarray:
    """Vectors (N, D) of the texts, one by one; `encode_query` is that of `core.documents.encoders.Encoder`."""
    return np.stack([encode_query(text) for text in texts])


def share(name: str, said: Sequence[str], labels: Sequence[str]) -> tuple[str, int, int, float, float]:
    """(name, right, count, low, high): the 95 % interval by Wilson, 0..1."""
    right = sum(one == label for one, label in zip(said, labels, strict=True))
    return (name, right, len(labels), *wilson(right, len(labels)))
