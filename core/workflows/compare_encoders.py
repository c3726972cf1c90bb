"""The neighbours of the same documents by different encoders, with what each takes: numbers, seconds, bytes.

Sources are what a person can name: TF-IDF, averaged word vectors, a sentence encoder of the catalogue, a folder of any
sentence-transformers model, a .gguf file by llama.cpp, an OpenAI-compatible API. Each encodes in a job process, and its
result is saved on disk.
"""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from core import catalog, storage
from core.documents import corpus, encoders
from core.documents.encoders import DEFAULT_ENCODER
from core.documents.encoding import vector_store
from core.documents.mapping import neighbours
from core.documents.pipeline import result_cache
from core.documents.pipeline.job_spec import JobSpec
from core.documents.retrieval import tfidf
from core.errors import UserError
from core.models.gguf import parts as gguf_parts
from core.runtime.worker import Task, Worker

Kind = Literal["tfidf", "words", "encoder", "folder", "gguf", "server"]
Progress = Callable[[float, str], None]
MOST = 2000  # documents that are compared; of a larger corpus a random sample
SAVED = 50  # neighbours of each


@dataclass(frozen=True)
class Source:
    """An encoder as a person names it. `name`: the key of word vectors or of a sentence encoder, a folder, a file, or
    the address of a server; `model`: the server's model."""

    kind: Kind
    title: str
    name: str = ""
    model: str = ""


DEFAULTS = (
    Source("tfidf", "TF-IDF"),
    Source("words", "Averaged word vectors", catalog.DEFAULT_VECTORS),
    Source("encoder", "all-MiniLM-L6-v2", DEFAULT_ENCODER),
)


def sampled(count: int) -> np.ndarray:
    """The rows of a corpus of `count` documents that are compared: all, or `MOST` of them, always the same."""
    if count <= MOST:
        return np.arange(count)
    return np.sort(np.random.default_rng(0).choice(count, MOST, replace=False))


def inputs_of(source: Source, texts_key: str) -> dict[str, Any]:
    """What the vectors of these texts depend on: a file's size and time stand for its content."""
    stamp: list[float] = []
    if source.kind in ("folder", "gguf"):
        place = Path(source.name)
        files = gguf_parts.paths(place) if source.kind == "gguf" else sorted(place.rglob("*.safetensors"))
        stamp = [part for path in files if path.exists() for part in (path.stat().st_size, path.stat().st_mtime)]
    return {"texts": texts_key, "source": [source.kind, source.name, source.model], "stamp": stamp, "most": MOST}


def comparing(source: Source, texts: corpus.Corpus, corpus_key: str, vectors: str = "") -> JobSpec:
    """A corpus to the neighbours of its documents by an encoder, see `CompareWorker.neighbours`."""
    return JobSpec(
        "compared",
        "compare",
        {**inputs_of(source, texts.texts_key), **({"vectors": Path(vectors).stem} if vectors else {})},
        {"corpus_key": corpus_key, "source": asdict(source), "vectors": vectors},
        "neighbours",
    )


@functools.cache
def worker() -> Worker:
    """The process that encodes for comparisons, one for all; it starts with its first job."""
    return Worker("core.workflows.evaluate_search:EvaluateWorker", environment={"HF_HUB_OFFLINE": "1"}, patience=4.0)


class CompareWorker:
    """What the job process does."""

    def __init__(self) -> None:
        if hasattr(os, "nice"):
            os.nice(2)

    def neighbours(
        self, task: Task, key: str, corpus_key: str, source: dict[str, Any], vectors: str = ""
    ) -> dict[str, Any]:
        """{"indices": path of (M, K), "similarities": path, "dimension", "seconds", "documents", "bytes", "where"}:
        neighbours as rows of the `sampled` documents. `vectors`: the path of stored vectors, for a source of the kind
        "encoder"."""
        chosen = Source(**source)
        made = corpus.load(corpus_key)

        def compute() -> dict[str, Any]:
            task.progress(0.0, "reading the documents")
            rows = sampled(len(made.texts))
            texts = [made.texts[row] for row in rows.tolist()]
            started = time.perf_counter()
            if chosen.kind == "encoder":
                encoded: Any = np.array(storage.load_array(Path(vectors)))[rows]
            else:
                encoded = encode(chosen, texts, task.progress)
            seconds = time.perf_counter() - started
            near = nearest(encoded)
            answer: dict[str, Any] = {
                "dimension": int(encoded.shape[1]),
                "documents": len(texts),
                "bytes": size_of(chosen),
                "where": where(chosen),
                "seconds": 0.0 if chosen.kind == "encoder" else seconds,
            }
            for name, array in (("indices", near.indices), ("similarities", near.similarities)):
                path = storage.folder("neighbours") / f"{storage.content_key('compared', key, name)}.npy"
                storage.save_array(path, array)
                answer[name] = str(path)
            return answer

        return result_cache.get_or_compute("compared", key, compute)

    def encode_texts(self, task: Task, key: str, texts: list[str], source: dict[str, Any]) -> dict[str, Any]:
        """{"vectors": path of (N, D)} of a few texts by any source but TF-IDF."""

        def compute() -> dict[str, Any]:
            vectors = np.asarray(encode(Source(**source), texts, task.progress), dtype=np.float32)
            path = storage.folder("matrices") / f"{storage.content_key('texts', key)}.npy"
            storage.save_array(path, vectors)
            return {"vectors": str(path)}

        return result_cache.get_or_compute("texts", key, compute)


def encoding_texts(source: Source, texts: Sequence[str]) -> JobSpec:
    """A few texts to their vectors, see `CompareWorker.encode_texts`."""
    return JobSpec(
        "texts",
        "compare",
        inputs_of(source, storage.content_key(list(texts))),
        {"texts": list(texts), "source": asdict(source)},
        "encode_texts",
    )


def encode(source: Source, texts: Sequence[str], on_progress: Progress) -> Any:
    """Vectors (N, D) of the texts, rows of length 1; of TF-IDF a sparse matrix.

    Raises:
        UserError: the file cannot be read, the server refuses.
    """
    if source.kind == "tfidf":
        return tfidf.tf_idf(texts)
    if source.kind == "words":
        vectors = catalog.load(source.name)
        return tfidf.averaged(texts, vectors.words, vectors.matrix)
    if source.kind == "encoder":
        return vector_store.encode(encoders.load(source.name), texts, on_progress)[0]
    if source.kind == "gguf":
        from core.models.llama.embedding import open_embedder

        embedder = open_embedder(source.name)
        try:
            return embedder.embed(texts, on_progress)
        finally:
            embedder.close()
    if source.kind == "server":
        from core.models.openai_client import Server

        return Server(source.name, source.model).embed(texts, on_progress)
    from core.workflows.encode_vocabulary import encoder_of

    on_progress(0.0, "loading the encoder")
    run = encoder_of(source.name)
    while True:
        way, done = getattr(run, "way", ""), []
        for start in range(0, len(texts), 32):
            done.append(np.asarray(run(list(texts[start : start + 32])), dtype=np.float32))
            on_progress((start + 1) / len(texts), f"encoded {min(start + 32, len(texts)):,} of {len(texts):,}")
        if getattr(run, "way", "") == way:  # else a GPU failed in between: all of it once more, on the CPU
            return np.concatenate(done)


def nearest(encoded: Any) -> neighbours.Neighbours:
    """The neighbours of every row of a dense or sparse matrix (N, D) with rows of length 1."""
    if isinstance(encoded, np.ndarray):
        if not np.isfinite(encoded).all():
            raise UserError("This encoder gave values that are no numbers.", "Choose another one.")
        return neighbours.find(np.ascontiguousarray(encoded, dtype=np.float32), SAVED)
    cosines = np.asarray((encoded @ encoded.T).todense(), dtype=np.float32)
    np.fill_diagonal(cosines, -np.inf)
    order = np.argsort(-cosines, axis=1, kind="stable")[:, : min(SAVED, len(cosines) - 1)]
    return neighbours.Neighbours(order.astype(np.int32), np.take_along_axis(cosines, order, axis=1))


def size_of(source: Source) -> int:
    """Bytes of the encoder's files; 0 where it has none on this machine."""
    if source.kind == "gguf":
        return gguf_parts.size_bytes(Path(source.name))
    if source.kind in ("words", "encoder"):
        spec = catalog.find(source.name)
        return (spec.memory_bytes if source.kind == "words" else spec.size_bytes) or 0
    if source.kind == "folder":
        return sum(path.stat().st_size for path in Path(source.name).rglob("*.safetensors"))
    return 0


def where(source: Source) -> str:
    """How and where an encoder of a folder computed, as a person reads it; "" of the others, which say it themselves
    or do not compute here."""
    if source.kind != "folder":
        return ""
    from core.documents.encoding import folder_encoder

    return folder_encoder.where(Path(source.name))
