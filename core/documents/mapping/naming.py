"""Names of groups, written by a language model from their keywords and some of their documents; keywords stay.

The model answers in JSON under a schema. A name is taken only where the encoder finds it nearer to its own group than
to most others: a small model that makes things up costs nothing but its time. Names are kept by content.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from core import storage
from core.documents.mapping.clusters import Clusters

LONGEST = 40
CAME = "came"  # instead of a model's file: the names that came with a bundle
EXEMPLARS = 3
LETTERS_EACH = 160
LEAST_COSINE = 0.25  # between a name and the centre of its group
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"topic": {"type": "string", "minLength": 3, "maxLength": LONGEST}},
    "required": ["topic"],
    "additionalProperties": False,
}

Write = Callable[[list[dict[str, str]] | str, dict[str, Any]], str]
"""(messages or a prompt, schema) -> the model's answer; an exception means that there is none."""


@dataclass(frozen=True)
class Group:
    """A group to be named: its keywords, some of its most typical documents, and its centre (D,), of length 1."""

    keywords: tuple[str, ...]
    exemplars: tuple[str, ...]
    centre: np.ndarray

    def key(self, model: str) -> str:
        """What its name is kept under: the model and everything that it is shown."""
        return storage.content_key("group name", model, list(self.keywords), list(self.exemplars))


def groups_of(
    vectors: np.ndarray, labels: np.ndarray, keywords: Sequence[Sequence[str]], texts: Sequence[str]
) -> list[Group]:
    """The groups of one level, with the documents nearest to each one's centre."""
    found = []
    for group, words in enumerate(keywords):
        rows = np.flatnonzero(labels == group)
        centre = vectors[rows].mean(axis=0)
        centre = centre / max(float(np.linalg.norm(centre)), 1e-12)
        nearest = rows[np.argsort(-(vectors[rows] @ centre), kind="stable")[:EXEMPLARS]]
        found.append(Group(tuple(words), tuple(texts[row][:LETTERS_EACH] for row in nearest.tolist()), centre))
    return found


def messages_for(group: Group) -> list[dict[str, str]]:
    """What the model is asked."""
    shown = "\n".join(f"- {' '.join(text.split())}" for text in group.exemplars)
    return [
        {
            "role": "user",
            "content": f"Keywords: {', '.join(group.keywords)}\nDocuments:\n{shown}\n\n"
            "What are these documents about? Answer with a topic of two to four words, in JSON, as "
            '{"topic": "..."}.',
        }
    ]


def name_in(answer: str) -> str | None:
    """The name in a model's answer, in one line; None if there is none."""
    try:
        told = json.loads(answer)
    except ValueError:
        return None
    name = told.get("topic") if isinstance(told, dict) else None
    if not isinstance(name, str):
        return None
    name = " ".join("".join(letter if letter.isprintable() else " " for letter in name).split())[:LONGEST]
    return name if sum(letter.isalpha() for letter in name) >= 3 else None


def fits(name_vector: np.ndarray, centres: np.ndarray, group: int) -> bool:
    """Whether a name (D,) points to its own group: its centre is the nearest of all `centres` (G, D), and near."""
    cosines = centres @ name_vector
    return int(np.argmax(cosines)) == group and float(cosines[group]) >= LEAST_COSINE


def saved_name(group: Group, model: str) -> str | None:
    """The name that was written before: "" where the model's did not fit; None if none was asked for."""
    with contextlib.suppress(OSError, ValueError):
        told = json.loads(_path(group, model).read_text(encoding="utf-8"))
        return str(told["name"]) if isinstance(told, dict) and "name" in told else None
    return None


def saved_names(
    vectors: np.ndarray,
    labels: np.ndarray,
    keywords: Sequence[Sequence[Sequence[str]]],
    texts: Sequence[str],
    model: str,
) -> list[list[str]]:
    """The names that a model has given so far to the groups of each level of `labels` (N, L); "" where it has not."""
    return [
        [saved_name(group, model) or "" for group in groups_of(vectors, labels[:, level], words, texts)]
        for level, words in enumerate(keywords)
    ]


def as_given(names: Sequence[Sequence[str]]) -> dict[tuple[int, int], str]:
    """Names by level and group as `NamedClusters` has them."""
    return {(level, group): name for level, row in enumerate(names) for group, name in enumerate(row) if name}


def name(group: int, groups: Sequence[Group], model: str, write: Write, encode: Callable[[str], np.ndarray]) -> str:
    """Have a cluster named, and save the name: "" where the answer is not a name, or is closer to another cluster."""
    written = name_in(write(messages_for(groups[group]), SCHEMA)) or ""
    if written and not fits(encode(written), np.stack([each.centre for each in groups]), group):
        written = ""
    with storage.writing(_path(groups[group], model)) as part:
        part.write_text(json.dumps({"name": written}), encoding="utf-8")
    return written


def _path(group: Group, model: str) -> Any:
    return storage.place("names") / f"{group.key(model)}.json"


@dataclass(frozen=True)
class NamedClusters(Clusters):
    """Groups of which some have a name that was written for them: `given[(level, group)]`."""

    given: dict[tuple[int, int], str] = field(default_factory=dict)

    def name(self, level: int, group: int, words: int = 3) -> str:
        """The name that was written, or the keywords."""
        return self.given.get((level, group)) or super().name(level, group, words)

    def describe(self, level: int, group: int) -> str:
        """The name that was written and the keywords, or the keywords alone."""
        written, keywords = self.given.get((level, group)), super().describe(level, group)
        return f"{written}: {keywords}" if written else keywords
