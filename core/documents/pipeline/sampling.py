"""Samples of a large corpus, encoded before the rest of it, so that a first map is there within seconds.

Each sample is a corpus of its own beside the whole one, and a part of the next sample; it goes with the last of them.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from core import storage
from core.documents import corpus, saved_corpora
from core.documents.corpus_record import Corpus
from core.documents.encoders import Encoder
from core.documents.encoding import vector_store
from core.documents.pipeline import job_spec

Progress = Callable[[float, str], None]


def rows_of(count: int, size: int) -> np.ndarray:
    """Which of `count` texts a sample of `size` has (size,), in their order; a smaller sample is a part of a larger."""
    return np.sort(np.random.default_rng(0).permutation(count)[:size])


def sample_of(whole: Corpus, size: int) -> Corpus:
    """A random sample of a corpus, with the fields of its texts."""
    rows = rows_of(len(whole.texts), size).tolist()
    return Corpus(
        whole.title,
        tuple(whole.texts[row] for row in rows),
        {name: tuple(values[row] for row in rows) for name, values in whole.fields.items()},
        (*whole.notes, f"a sample of {size:,} of {len(whole.texts):,}"),
    )


def encode_samples(model: Encoder, corpus_key: str, started: float, progress: Progress) -> int:
    """Encode the samples of a large corpus one after another, and save each with its vectors; how many texts that were.

    Nothing where the corpus is small, or most of it is encoded already.
    """
    whole = corpus.load(corpus_key)
    sizes = job_spec.sample_sizes(len(whole.texts))
    if not sizes or _mostly_stored(model, whole, sizes[-1]):
        return 0
    done = 0
    for size in sizes:
        sample = sample_of(whole, size)
        share = (size - done) / len(whole.texts)
        vectors, new = vector_store.encode(model, sample.texts, scaled(progress, done / len(whole.texts), share))
        key = saved_corpora.save(sample)
        saved_corpora.mark_part(key, corpus_key)
        job_spec.encoding(sample, key, model).write(encoded(model, sample.texts_key, vectors, new, started))
        job_spec.sampling(whole, corpus_key, model, size).write({"key": key})
        done = size
    return done


def _mostly_stored(model: Encoder, whole: Corpus, size: int) -> bool:
    """Whether vectors of most of the texts are stored, so that the whole is there as soon as a sample would be."""
    rows = rows_of(len(whole.texts), min(size, 2000)).tolist()
    model.adopt()
    store = vector_store.VectorStore(model.identity(), model.dimension)
    _, there = store.find(vector_store.text_keys([whole.texts[row] for row in rows]))
    return bool(there.mean() > 0.9)


def scaled(progress: Progress, start: float, share: float | None = None) -> Progress:
    """Progress of a part as that of the whole: it begins at `start` and is `share` of it (None: the rest)."""
    span = 1 - start if share is None else share
    return lambda fraction, doing: progress(start + span * fraction, doing)


def encoded(model: Encoder, texts_key: str, vectors: np.ndarray, new: int, started: float) -> dict[str, Any]:
    """The result of encoding, with the vectors (N, D) saved."""
    chosen = model.choose_precision()
    path = storage.folder("matrices") / f"{storage.content_key(texts_key, model.identity())}.npy"
    storage.save_array(path, vectors)
    return {
        "vectors": str(path),
        "encoded": new,
        "seconds": time.perf_counter() - started,
        "precision": chosen.name,
        "where": chosen.title,
        "reason": chosen.reason,
        "speedup": chosen.speedup,
        "rounds": chosen.rounds,
        "lowest_cosine": chosen.lowest_cosine,
    }


def forget_samples(corpus_key: str) -> None:
    """Delete the samples of a corpus."""
    for one in saved_corpora.listed(parts=True):
        if one.part_of == corpus_key:
            with contextlib.suppress(OSError):
                saved_corpora.forget(one.key)
