"""A corpus on its map: vectors, points, clusters; the hits of a query; and what the points can be coloured by."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from core.cached import documents as cached_documents
from core.cached import jobs as cached_jobs
from core.documents import corpus
from core.documents.ingest import fields
from core.documents.mapping import clusters, neighbours
from core.documents.mapping.clusters import Clusters
from core.documents.pipeline import estimate, job_spec
from core.documents.pipeline.job_spec import Result
from core.errors import UserError
from core.figures.documents import Colouring, Legend
from pages.documents.corpus.corpus_fields import field_of
from pages.documents.map.cluster_names import named
from pages.documents.sidebar import PageSettings
from pages.shared.job_status import result_or_progress
from pages.shared.stages import Plan

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
    """Vectors, clusters and points; None while one of them is under way (its progress is drawn).

    While a large corpus is encoded, those of its largest sample that is ready.
    """
    assert page.corpus is not None
    if page.corpus.vectors:
        return _drawn(page, own_vectors(page.corpus))
    spec = page.encoding()
    sample = None if cached_jobs.cached_result(spec) else _latest_sample(page)
    plan = Plan(estimate.stages(len(page.corpus.texts)), 1)
    encoded = result_or_progress(
        spec, "Encoding documents", None, plan, lambda: _newer_sample(page, sample), sample is not None
    )
    if encoded is not None:
        return _drawn(page, encoded)
    if sample is None:
        return None
    encoded = cached_jobs.cached_result(sample.encoding())
    return _drawn(sample, encoded) if encoded else None


def own_vectors(made: corpus.Corpus) -> Result:
    """The vectors that came with a corpus, as if they had been encoded here."""
    return {"vectors": made.vectors, "precision": "your own vectors", "reason": "they came with the file"}


def _latest_sample(page: PageSettings) -> PageSettings | None:
    """The page with the largest sample of its corpus that is encoded; None where there is none."""
    assert page.corpus is not None
    for size in reversed(job_spec.sample_sizes(len(page.corpus.texts))):
        found = cached_jobs.cached_result(job_spec.sampling(page.corpus, page.corpus_key, page.encoder, size))
        if found:
            with contextlib.suppress(UserError):  # it was deleted: the whole is there, or will be
                level = min(page.level, len(clusters.levels_for(size)) - 1)
                texts = cached_documents.corpus(found["key"])
                return replace(page, corpus=texts, corpus_key=found["key"], level=level)
    return None


def _newer_sample(page: PageSettings, shown: PageSettings | None) -> bool:
    """Whether a larger sample is ready than the one that is shown."""
    latest = _latest_sample(page)
    return latest is not None and (shown is None or latest.corpus_key != shown.corpus_key)


def _drawn(page: PageSettings, encoded: Result) -> MapData | None:
    """Clusters and points of vectors that are there."""
    assert page.corpus is not None
    stages = estimate.stages(len(page.corpus.texts))
    grouped = result_or_progress(
        job_spec.grouping(page.corpus_key, encoded["vectors"]), "Finding clusters", None, Plan(stages, 2)
    )
    own = page.corpus.places if page.corpus.vectors else ""
    drawn = {"points": own, "note": "The positions are those of the file."} if own else None
    drawn = drawn or (
        result_or_progress(
            job_spec.projecting(encoded["vectors"], page.projection), "Drawing the map", None, Plan(stages, 3)
        )
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
    grouping = named(
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
        grouping,
        Path(drawn["points"]).stem,
        f"{encoded.get('where', encoded['precision'])} ({encoded['reason']})",
        drawn["note"],
        kept,
    )


def find(map_data: MapData, query: str, count: int) -> QueryResult:
    """The `count` documents nearest to a query; nothing for an empty one."""
    if not query.strip():
        return QueryResult()
    if map_data.corpus.vectors:
        raise UserError(
            "A query cannot be placed among your own vectors: what made them is not here.",
            "Search in the view Search, which encodes the texts, or import the file without its vectors.",
        )
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
    own = map_data.page.field
    known = field_of(map_data.page.corpus_key, own) if own in map_data.corpus.fields else None
    if known is None:
        level = map_data.page.level
        return Colouring(
            "groups",
            map_data.clusters.labels[:, level],
            tuple(map_data.clusters.name(level, group) for group in range(len(map_data.clusters.keywords[level]))),
            of_clusters=True,
        )
    if known.groups is not None:
        return Colouring(own, known.groups, known.names)
    assert known.amounts is not None
    low, high = float(np.nanmin(known.amounts)), float(np.nanmax(known.amounts))
    return Colouring(own, amounts=known.amounts, legend=Legend(own[:30], known.told(low), known.told(high)))


def every_field(map_data: MapData) -> list[fields.Field]:
    """The fields with more than one value."""
    return [known for name in map_data.corpus.fields if (known := field_of(map_data.page.corpus_key, name)) is not None]
