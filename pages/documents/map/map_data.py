"""A corpus on its map: vectors, points, groups; what a query finds in it; and what can give the points their colour."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from core.cached import documents as cached_documents
from core.cached import objects as cached_objects
from core.documents import corpus
from core.documents.ingest import fields
from core.documents.mapping import neighbours
from core.documents.mapping.clusters import Clusters
from core.documents.pipeline import job_spec
from core.figures.documents import Colouring, Legend
from pages.documents.corpus.corpus_fields import field_of
from pages.documents.job_status import answer_of
from pages.documents.map.cluster_names import named
from pages.documents.sidebar import Desk

LONGEST_QUERY = 2000
NEIGHBOURS_COMPARED = 10


@dataclass(frozen=True)
class Mapped:
    """A corpus with its vectors (N, 384), its points on the map and its groups; `key` stands for the points, `kept`
    (N,) is the share of true neighbours kept, where that was asked for."""

    desk: Desk
    corpus: corpus.Corpus
    vectors: np.ndarray
    points: np.ndarray
    clusters: Clusters
    key: str
    precision: str
    note: str
    kept: np.ndarray | None = None


@dataclass(frozen=True)
class Found:
    """What a query finds: the nearest rows and their cosines, and the cosine of every document (N,)."""

    query: str = ""
    hits: np.ndarray = field(default_factory=lambda: np.array([], dtype=np.int64))
    cosines: np.ndarray = field(default_factory=lambda: np.array([]))
    every: np.ndarray = field(default_factory=lambda: np.array([]))

    @property
    def short(self) -> str:
        return self.query if len(self.query) <= 40 else self.query[:39] + "…"


def compute(desk: Desk) -> Mapped | None:
    """Vectors, groups and points; None while one of them is under way (its progress is drawn)."""
    assert desk.corpus is not None
    encoder = cached_objects.load("minilm")
    encoded = answer_of(job_spec.encoding(desk.corpus, desk.corpus_key, encoder), "Reading the documents")
    if encoded is None:
        return None
    grouped = answer_of(job_spec.grouping(desk.corpus_key, encoded["vectors"]), "Finding groups")
    drawn = answer_of(job_spec.projecting(encoded["vectors"], desk.settings), "Drawing the map") if grouped else None
    if grouped is None or drawn is None:
        return None
    kept = None
    if desk.colour == "distortion":
        trust = answer_of(job_spec.trusting(encoded["vectors"], drawn["points"], NEIGHBOURS_COMPARED), "Comparing")
        kept = cached_documents.array(trust["each"]) if trust else None
    names = tuple(tuple(tuple(words) for words in level) for level in grouped["keywords"])
    vectors = cached_documents.array(encoded["vectors"])
    clusters = named(
        Clusters(cached_documents.array(grouped["labels"]), names),
        grouped["labels"],
        desk.level,
        vectors,
        desk.corpus.texts,
        desk.namer,
        grouped.get("names", ()),
    )
    return Mapped(
        desk,
        desk.corpus,
        vectors,
        cached_documents.array(drawn["points"]),
        clusters,
        Path(drawn["points"]).stem,
        f"{encoded.get('where', encoded['precision'])} ({encoded['reason']})",
        drawn["note"],
        kept,
    )


def find(mapped: Mapped, query: str, count: int) -> Found:
    """The `count` documents nearest to a query; nothing for an empty one."""
    if not query.strip():
        return Found()
    vector = cached_objects.load("minilm").encode_query(query[:LONGEST_QUERY])
    every = np.asarray(mapped.vectors @ vector, dtype=np.float32)
    hits = neighbours.largest(every, count)
    return Found(query, hits, every[hits], every)


def colouring(mapped: Mapped, found: Found = Found()) -> Colouring:
    """What gives the points their colour: their groups, where what was asked for is not there (yet)."""
    name = mapped.desk.colour
    if name == "distortion" and mapped.kept is not None:
        return Colouring(
            "neighbours kept", amounts=mapped.kept, limits=(0.0, 1.0), legend=Legend("Neighbours kept", "0 %", "100 %")
        )
    if name == "search rank" and len(found.every):
        ranks = np.empty(len(found.every))
        ranks[np.argsort(-found.every, kind="stable")] = np.arange(1, len(found.every) + 1)
        return Colouring(
            "search rank", amounts=-np.log10(ranks), legend=Legend("Rank for the query", f"{len(ranks):,}", "1")
        )
    known = field_of(mapped.desk.corpus_key, name) if name in mapped.corpus.fields else None
    if known is None:
        level = mapped.desk.level
        return Colouring(
            "groups",
            mapped.clusters.labels[:, level],
            tuple(mapped.clusters.name(level, group) for group in range(len(mapped.clusters.keywords[level]))),
        )
    if known.groups is not None:
        return Colouring(name, known.groups, known.names)
    assert known.amounts is not None
    low, high = float(np.nanmin(known.amounts)), float(np.nanmax(known.amounts))
    return Colouring(name, amounts=known.amounts, legend=Legend(name[:30], known.told(low), known.told(high)))


def every_field(mapped: Mapped) -> list[fields.Field]:
    """The fields that tell documents apart."""
    return [known for name in mapped.corpus.fields if (known := field_of(mapped.desk.corpus_key, name)) is not None]
