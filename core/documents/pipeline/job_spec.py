"""The steps from a corpus to its map, each as a job that can be asked for, waited for, and found again.

The page and the preparation at start ask for the same step in the same words, so they share one job and one result.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from core.documents import corpus
from core.documents.mapping import clusters
from core.documents.pipeline import result_cache
from core.documents.projection import ProjectionSettings


class EncoderIdentity(Protocol):
    """What is asked of an encoder here: which one it is."""

    @property
    def key(self) -> str: ...

    @property
    def revision(self) -> str: ...


@dataclass(frozen=True)
class Step:
    """One call of a `core.documents.pipeline.jobs.Jobs` method. `told`: what its result depends on, in JSON's terms."""

    method: str
    role: str
    arguments: dict[str, Any]
    told: dict[str, Any] = field(repr=False)

    @property
    def key(self) -> str:
        return result_cache.path_of(self.method, self.told).stem

    def kept(self) -> dict[str, Any] | None:
        """The answer, if it is on disk and whole."""
        return result_cache.recall(self.method, self.told)


def encoding(texts: corpus.Corpus, corpus_key: str, encoder: EncoderIdentity) -> Step:
    """Texts to vectors."""
    return Step(
        "encode",
        "encode",
        {"corpus_key": corpus_key, "texts_key": texts.texts_key, "encoder": encoder.key},
        {"texts": texts.texts_key, "encoder": encoder.key, "revision": encoder.revision},
    )


def projecting(vectors: str, settings: ProjectionSettings) -> Step:
    """Vectors to a map. `vectors` is the path that `encoding` answered."""
    return Step(
        "project",
        "map",
        {"vectors": vectors, **vars(settings)},
        {"vectors": Path(vectors).stem, "settings": vars(settings)},
    )


def grouping(corpus_key: str, vectors: str) -> Step:
    """Vectors and texts to groups with keywords."""
    return Step(
        "group",
        "map",
        {"corpus_key": corpus_key, "vectors": vectors},
        {"vectors": Path(vectors).stem, "levels": list(clusters.LEVELS)},
    )


def trusting(vectors: str, points: str, count: int = 10) -> Step:
    """Vectors and a map to how far the map can be trusted. `points` is the path that `projecting` answered."""
    return Step(
        "trust",
        "map",
        {"vectors": vectors, "points": points, "count": count},
        {"vectors": Path(vectors).stem, "points": Path(points).stem, "count": count, "of": "each"},
    )
