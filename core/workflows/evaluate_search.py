"""Judging: every way of searching, by every encoder, on a judged set; in the process that encodes for comparisons."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from core import storage
from core.documents import corpus
from core.documents.pipeline import result_cache
from core.documents.pipeline.job_spec import JobSpec
from core.documents.retrieval import judging, relevance_feedback
from core.documents.retrieval.judging import MEASURES, Facts, Judged
from core.documents.retrieval.memory_store import MemoryStore
from core.documents.retrieval.ranking import DEPTH, MODES, Fusion, Ranking
from core.runtime.worker import Task
from core.workflows import compare_encoders
from core.workflows.compare_encoders import Progress, Source

LONGEST_LIST = 100  # of a ranking, as far as it is measured


@dataclass(frozen=True)
class Verdict:
    """`values` (Q, 3, 3): of each query, for the modes keyword, vector, hybrid, the measures of `MEASURES`."""

    source: Source
    judged: str
    values: np.ndarray


def judge(judged: Judged, source: Source, on_progress: Progress, fusion: Fusion = "scores") -> Verdict:
    """Rank the set's documents for each of its queries in all three modes and measure against the judgements."""
    documents, queries = encoded(judged, source, on_progress)
    words = MemoryStore(1)
    words.add(list(range(len(judged.texts))), judged.texts, np.zeros((len(judged.texts), 1), np.float32))
    own = {text: place for place, text in enumerate(judged.texts)} if judged.by_example else {}
    values = np.zeros((len(judged.queries), len(MODES), len(MEASURES)))
    for place, query in enumerate(judged.queries):
        itself = own.get(query)
        cosines = np.asarray(
            (documents @ queries[place].T).todense() if hasattr(documents, "todense") else documents @ queries[place]
        ).reshape(-1)
        near = np.argsort(-cosines, kind="stable")[: DEPTH + 1].tolist()
        by_words = words.rank(query, None, DEPTH + 1)
        ranking = Ranking(
            tuple((one, score) for one, score in by_words.keyword if one != itself)[:DEPTH],
            tuple((row, float(cosines[row])) for row in near if row != itself)[:DEPTH],
            by_words.most,
        )
        for mode_place, mode in enumerate(MODES):
            ranked = [int(hit.id) for hit in ranking.hits(mode, LONGEST_LIST, fusion)]
            values[place, mode_place] = [measure(ranked, judged.grades[place]) for _, measure in MEASURES]
        on_progress(0.9 + 0.1 * (place + 1) / len(judged.queries), f"judged {place + 1:,} of {len(judged.queries):,}")
    return Verdict(source, judged.title, values)


def encoded(judged: Judged, source: Source, on_progress: Progress) -> tuple[Any, Any]:
    """Vectors of documents and of queries; encoded together, so that TF-IDF counts words in both."""
    texts = [*judged.texts, *(query for query in judged.queries if not judged.by_example)]
    vectors = compare_encoders.encode(source, texts, lambda part, doing: on_progress(0.9 * part, doing))
    count = len(judged.texts)
    if not judged.by_example:
        return vectors[:count], vectors[count:]
    places = {text: place for place, text in enumerate(judged.texts)}
    return vectors, vectors[[places[query] for query in judged.queries]]


def find(named: str, corpus_key: str = "") -> Judged:
    """A judged set as a page names it: a sample's key, "thumbs" (of that corpus), or the path of a folder.

    Raises:
        UserError: it cannot be read.
    """
    if named in judging.SAMPLES:
        return judging.sample(named)
    return relevance_feedback.judged(corpus.load(corpus_key)) if named == "thumbs" else judging.read_folder(named)


def facts(named: str, corpus_key: str = "") -> Facts:
    """What is said of a judged set.

    Raises:
        UserError: it cannot be read.
    """
    if named in judging.SAMPLES or named == "thumbs":
        return find(named, corpus_key).facts()
    return judging.facts_of_folder(named)


def judging_job(judged: Facts, named: str, corpus_key: str, source: Source, fusion: Fusion) -> JobSpec:
    """A judged set to what an encoder scores on it, see `EvaluateWorker.judge`. `named`: see `find`."""
    return JobSpec(
        "judged",
        "compare",
        {"judged": judged.key, "fusion": fusion, **compare_encoders.inputs_of(source, judged.key)},
        {"named": named, "corpus_key": corpus_key, "source": asdict(source), "fusion": fusion},
        "judge",
    )


class EvaluateWorker(compare_encoders.CompareWorker):
    """What the job process does, judging included."""

    def judge(
        self, task: Task, key: str, named: str, corpus_key: str, source: dict[str, Any], fusion: Fusion
    ) -> dict[str, Any]:
        """{"values": path of (Q, 3, 3)}, see `Verdict`."""
        task.progress(0.0, "reading the judgements")
        judged = find(named, corpus_key)
        chosen = Source(**source)

        def compute() -> dict[str, Any]:
            path = storage.folder("judgements") / f"{key}.npy"
            storage.save_array(path, judge(judged, chosen, task.progress, fusion).values)
            return {"values": str(path)}

        return result_cache.get_or_compute("judged", key, compute)
