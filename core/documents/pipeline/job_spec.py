"""The jobs between a corpus and its map, each described once: what it depends on, what it is given, its key.

A job's key is made here and nowhere else: the page asks for a result by it, and the job is given it to save the result
under. So the page, the preparation at start and the job always mean the same result.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from core.documents import corpus
from core.documents.ingest.sources import ImportOptions, Source
from core.documents.mapping import clusters
from core.documents.pipeline import result_cache
from core.documents.projection import ProjectionSettings

Result = dict[str, Any]
SAMPLE_FROM = 4000  # texts; of so many, the map of a sample is drawn while the others are encoded
SAMPLES = (300, 1000, 5000, 20_000)


class EncoderIdentity(Protocol):
    """What is asked of an encoder here: how it is loaded, what it is called, and which version of it this is."""

    @property
    def key(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def revision(self) -> str: ...


@dataclass(frozen=True)
class JobSpec:
    """One call of a worker's method, and the result that it gives.

    `kind`: of the result, see `result_cache.HOLDS`. `role`: which worker computes it, see `core.cached.jobs`.
    `inputs`: what the result depends on, in JSON's terms. `parameters`: what the method is given beside the key.
    `method`: where it is not named like the kind.
    """

    kind: str
    role: str
    inputs: dict[str, Any] = field(repr=False)
    parameters: dict[str, Any]
    method_name: str = ""

    @property
    def key(self) -> str:
        """Under this key the job is found while it runs, and its result is saved."""
        return result_cache.key_of(self.kind, self.inputs)

    @property
    def method(self) -> str:
        return self.method_name or self.kind

    @property
    def arguments(self) -> dict[str, Any]:
        """What the worker's method is called with: the key and the parameters."""
        return {"key": self.key, **self.parameters}

    def read(self) -> Result | None:
        """The result, if it is on disk and whole."""
        return result_cache.read(self.kind, self.key)

    def write(self, result: Result) -> None:
        """Save a result that was not computed by the job: one that came in a bundle."""
        result_cache.write(self.kind, self.key, result)

    def get_or_compute(self, compute: Callable[[], Result]) -> Result:
        """The saved result, or the one that `compute` gives now, which is saved."""
        return result_cache.get_or_compute(self.kind, self.key, compute)


def encoding(texts: corpus.Corpus, corpus_key: str, encoder: EncoderIdentity) -> JobSpec:
    """Texts to vectors."""
    return JobSpec(
        "encode",
        "encode",
        {"texts": texts.texts_key, "encoder": encoder.name, "revision": encoder.revision},
        {"corpus_key": corpus_key, "texts_key": texts.texts_key, "encoder": encoder.key},
    )


def sample_sizes(count: int) -> tuple[int, ...]:
    """How many texts are encoded first, sample by sample, each a part of the next, of `count` texts in all.

    Example: of 49,351 first 300, then 1,000, 5,000 and 20,000.
    """
    return tuple(size for size in SAMPLES if 2 * size <= count) if count > SAMPLE_FROM else ()


def sampling(texts: corpus.Corpus, corpus_key: str, encoder: EncoderIdentity, size: int) -> JobSpec:
    """A sample of a corpus that is encoded already, while the whole is under way: {"key" of its corpus}."""
    inputs = {"corpus": corpus_key, "encoder": encoder.name, "revision": encoder.revision, "size": size}
    return JobSpec("sample", "encode", inputs, {})


def projecting(vectors: str, settings: ProjectionSettings) -> JobSpec:
    """Vectors to a map. `vectors` is the path in the result of `encoding`."""
    return JobSpec(
        "project",
        "map",
        {"vectors": Path(vectors).stem, "settings": vars(settings)},
        {"vectors": vectors, **vars(settings)},
    )


def neighbouring(vectors: str, count: int) -> JobSpec:
    """Vectors to the nearest neighbours of each; computed within the jobs that need them."""
    return JobSpec("neighbours", "map", {"vectors": Path(vectors).stem, "count": count}, {"vectors": vectors})


def grouping(corpus_key: str, vectors: str) -> JobSpec:
    """Vectors and texts to clusters with keywords."""
    return JobSpec(
        "group",
        "map",
        {"vectors": Path(vectors).stem, "levels": list(clusters.LEVELS)},
        {"corpus_key": corpus_key, "vectors": vectors},
    )


def clustering(vectors: str) -> JobSpec:
    """Stored vectors of what is no corpus, such as words, to clusters without keywords."""
    return JobSpec(
        "cluster",
        "map",
        {"vectors": Path(vectors).stem, "levels": list(clusters.LEVELS)},
        {"vectors": vectors},
    )


def trusting(vectors: str, points: str, count: int = 10) -> JobSpec:
    """Vectors and a map to how far the map can be trusted. `points` is the path in the result of `projecting`."""
    return JobSpec(
        "trust",
        "map",
        {"vectors": Path(vectors).stem, "points": Path(points).stem, "count": count, "of": "each"},
        {"vectors": vectors, "points": points, "count": count},
    )


def importing(source: Source, options: ImportOptions) -> JobSpec:
    """Files to a saved corpus."""
    parameters = {"source": asdict(source), "options": asdict(options)}
    return JobSpec("import", "read", parameters, parameters, "import_corpus")


def opening(source: Source, encoder: EncoderIdentity) -> JobSpec:
    """A bundle to a saved corpus and its map."""
    return JobSpec(
        "open bundle",
        "read",
        {"source": asdict(source), "encoder": encoder.name, "revision": encoder.revision},
        {"path": source.files[0][0], "title": source.title, "encoder": encoder.key},
        "open_bundle",
    )


def exporting(
    kind: str,
    texts: corpus.Corpus,
    corpus_key: str,
    encoder: EncoderIdentity,
    settings: ProjectionSettings,
    namer: str = "",
) -> JobSpec:
    """A saved map to a file of that kind, see `JobsWorker.export`."""
    given = {"kind": kind, "corpus_key": corpus_key, "settings": vars(settings), "namer": namer}
    return JobSpec(
        "export",
        "read",
        {**given, "texts": texts.texts_key, "encoder": encoder.name, "revision": encoder.revision},
        {**given, "encoder": encoder.key},
    )
