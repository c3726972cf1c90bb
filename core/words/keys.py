"""Vocabularies whose words carry a mark: a language (/c/en/king, en:king) or a part of speech (king_NOUN, king|NOUN).

Such a set is used by the plain word. One of its groups is chosen, a language or a part of speech; then its words are
shown short, and the others are left out. In the whole set a plain word means the first that has it.
Source: ConceptNet Numberbatch (Speer, Chin and Havasi 2017) for /c/LANGUAGE/word; sense2vec (Trask et al. 2015) and
RusVectōrēs (Kutuzov and Kuzmenko 2017) for word|POS and word_POS.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

SAMPLE = 2000
ENOUGH = 0.8
"""The share of the words that must have a mark."""

_LANGUAGE = re.compile(r"(?:/c/([a-z]{2,3})/|([a-z]{2,3})[:/])(?=.)")
_SPEECH = re.compile(r"(?<=.)(?:[_|/#:]|::)([A-Z]{1,6}\$?|[nvarsj])$")
_TAGS = frozenset(
    (
        "ADJ ADP ADV AUX CCONJ CONJ DET INTJ NOUN NUM PART PRON PROPN PUNCT SCONJ SYM VERB X "
        "CC CD DT EX FW IN JJ JJR JJS LS MD NN NNS NNP NNPS PDT POS PRP PRP$ RB RBR RBS RP TO UH VB VBD VBG VBN VBP "
        "VBZ WDT WP WP$ WRB S A V N R n v a r s j PERSON ORG GPE LOC DATE EVENT PRODUCT NORP"
    ).split()
)


@dataclass(frozen=True)
class Keys:
    """How the words of a set are marked. `kind` is "language" or "part of speech"; `groups` maps each mark to the rows
    that have it, the largest first (`preferred` before all); `first` maps each plain word to its first row."""

    kind: str
    groups: dict[str, list[int]]
    first: dict[str, int] = field(repr=False)

    @property
    def preferred(self) -> str:
        """The group to begin with: English where there is one, else the largest."""
        return "en" if self.kind == "language" and "en" in self.groups else next(iter(self.groups))


def split_key(word: str, kind: str) -> tuple[str, str]:
    """(plain word, mark) of a word; the mark is "" if it has none.

    Example: "/c/en/coffee_pot" gives ("coffee_pot", "en"), "king_NOUN" ("king", "NOUN").
    """
    if kind == "language":
        found = _LANGUAGE.match(word)
        return (word[found.end() :], found[1] or found[2]) if found else (word, "")
    found = _SPEECH.search(word)
    return (word[: found.start()], found[1]) if found and found[1] in _TAGS else (word, "")


def keys_of(words: Sequence[str]) -> Keys | None:
    """How these words are marked; None if they are plain, as most vocabularies are."""
    sample = words[:: max(1, len(words) // SAMPLE)]
    for kind in ("language", "part of speech"):
        marked = sum(bool(split_key(word, kind)[1]) for word in sample)
        if sample and marked >= ENOUGH * len(sample):
            return _grouped(words, kind)
    return None


def _grouped(words: Sequence[str], kind: str) -> Keys:
    groups: dict[str, list[int]] = {}
    first: dict[str, int] = {}
    for row, word in enumerate(words):
        plain, mark = split_key(word, kind)
        groups.setdefault(mark, []).append(row)
        if kind == "language" and mark == "en" and plain in first and split_key(words[first[plain]], kind)[1] != "en":
            first[plain] = row  # of a word that several languages have, the English one
        first.setdefault(plain, row)
    unmarked = groups.pop("", [])
    ordered = dict(sorted(groups.items(), key=lambda item: -len(item[1])))
    return Keys(kind, ordered | ({"": unmarked} if unmarked else {}), first)


def counts(keys: Keys) -> Counter[str]:
    """How many words each group has."""
    return Counter({mark: len(rows) for mark, rows in keys.groups.items()})
