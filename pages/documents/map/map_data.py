"""A corpus on its map: vectors, points, clusters; the hits of a query; and what the points can be coloured by."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from core.cached import documents as cached_documents
from core.documents import corpus
from core.documents.ingest import fields
from core.documents.mapping import neighbours
from core.documents.mapping.clusters import Clusters
from core.documents.pipeline import job_spec
from core.figures.documents import Colouring, Legend
from pages.documents.corpus.corpus_fields import field_of
from pages.documents.map.cluster_names import named
from pages.documents.sidebar import PageSettings
from pages.shared.job_status import result_or_progress

LONGEST_QUERY = 2000
NEIGHBOURS_COMPARED = 10


@dataclass(frozen=True)
class MapData:
    """A corpus with its vectors (N, D), its points on the map and its clusters; `key` is a digest of the points, `kept`
    (N,) is the share of true neighbours kept, where that was asked for."""

    page: PageSettings
    corpus: corpus.Corpus
    vectors: np.ndarray
    points: np.ndarray
    clusters: Clusters
    key: str
    precision: str
    note: str
    kept: np.ndarray | None = None


@dataclass(frozen=True)
class QueryResult:
    """What a query finds: the nearest rows and their cosines, and the cosine of every document (N,)."""

    query: str = ""
    hits: np.ndarray = field(default_factory=lambda: np.array([], dtype=np.int64))
    cosines: np.ndarray = field(default_factory=lambda: np.array([]))
    every: np.ndarray = field(default_factory=lambda: np.array([]))

    @property
    def short(self) -> str:
        return self.query if len(self.query) <= 40 else self.query[:39] + "…"


def compute(page: PageSettings) -> MapData | None:
    """Vectors, clusters and points; None while one of them is under way (its progress is drawn)."""
    assert page.corpus is not None
    encoded = result_or_progress(page.encoding(), "Encoding documents")
    if encoded is None:
        return None
    grouped = result_or_progress(job_spec.grouping(page.corpus_key, encoded["vectors"]), "Finding clusters")
    drawn = (
        result_or_progress(job_spec.projecting(encoded["vectors"], page.projection), "Drawing the map")
        if grouped
        else None
    )
    if grouped is None or drawn is None:
        return None
    kept = None
    if page.colour == "distortion":
        trust = result_or_progress(
            job_spec.trusting(encoded["vectors"], drawn["points"], NEIGHBOURS_COMPARED), "Comparing"
        )
        kept = cached_documents.array(trust["each"]) if trust else None
    names = tuple(tuple(tuple(words) for words in level) for level in grouped["keywords"])
    vectors = cached_documents.array(encoded["vectors"])
    clusters = named(
        Clusters(cached_documents.array(grouped["labels"]), names),
        grouped["labels"],
        page.level,
        vectors,
        page.corpus.texts,
        page.namer,
        page.encoder,
        grouped.get("names", ()),
    )
    return MapData(
        page,
        page.corpus,
        vectors,
        cached_documents.array(drawn["points"]),
        clusters,
        Path(drawn["points"]).stem,
        f"{encoded.get('where', encoded['precision'])} ({encoded['reason']})",
        drawn["note"],
        kept,
    )


def find(map_data: MapData, query: str, count: int) -> QueryResult:
    """The `count` documents nearest to a query; nothing for an empty one."""
    if not query.strip():
        return QueryResult()
    vector = map_data.page.encoder.encode_query(query[:LONGEST_QUERY])
    every = np.asarray(map_data.vectors @ vector, dtype=np.float32)
    hits = neighbours.largest(every, count)
    return QueryResult(query, hits, every[hits], every)


def colouring(map_data: MapData, result: QueryResult = QueryResult()) -> Colouring:
    """What the points are coloured by: their clusters, where what was chosen is not there (yet)."""
    name = map_data.page.colour
    if name == "distortion" and map_data.kept is not None:
        return Colouring(
            "neighbours kept",
            amounts=map_data.kept,
            limits=(0.0, 1.0),
            legend=Legend("Neighbours kept", "0 %", "100 %"),
        )
    if name == "search rank" and len(result.every):
        ranks = np.empty(len(result.every))
        ranks[np.argsort(-result.every, kind="stable")] = np.arange(1, len(result.every) + 1)
        return Colouring(
            "search rank", amounts=-np.log10(ranks), legend=Legend("Rank for the query", f"{len(ranks):,}", "1")
        )
    known = field_of(map_data.page.corpus_key, name) if name in map_data.corpus.fields else None
    if known is None:
        level = map_data.page.level
        return Colouring(
            "groups",
            map_data.clusters.labels[:, level],
            tuple(map_data.clusters.name(level, group) for group in range(len(map_data.clusters.keywords[level]))),
        )
    if known.groups is not None:
        return Colouring(name, known.groups, known.names)
    assert known.amounts is not None
    low, high = float(np.nanmin(known.amounts)), float(np.nanmax(known.amounts))
    return Colouring(name, amounts=known.amounts, legend=Legend(name[:30], known.told(low), known.told(high)))


def every_field(map_data: MapData) -> list[fields.Field]:
    """The fields with more than one value."""
    return [known for name in map_data.corpus.fields if (known := field_of(map_data.page.corpus_key, name)) is not None]
