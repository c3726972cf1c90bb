"""Texts to vectors with a .gguf file, in a process of its own: BERT and its kin, and language models too.

    from core.models.llama.embedding import open_embedder

    embedder = open_embedder("bge-small-en-v1.5-q8_0.gguf")
    vectors = embedder.embed(["a text", "another"])   # (2, 384) float32, rows of length 1
    embedder.close()

A vector is the mean of a text's token vectors, its first one or its last one, as the file says ("pooling_type"); where
it says nothing, the mean. Vectors leave the process in a file.

Source: llama.h of the pinned version (llama_pooling_type, llama_get_embeddings_seq)
"""

from __future__ import annotations

import ctypes
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core import storage
from core.errors import Cancelled, UserError
from core.models.gguf import header as gguf_header
from core.models.gguf import parts as gguf_parts
from core.models.llama import model as llama
from core.models.llama import safe_mode
from core.models.llama.context import Context
from core.models.llama.pace import Pace
from core.models.llama.process import ModelProcess
from core.runtime.worker_process import Task

POOLING = {1: "mean", 2: "first token", 3: "last token"}  # enum llama_pooling_type
MEAN, RANK = 1, 4
MOST_TOKENS = 2048  # of one text; what comes after is not read
TOKENS_AT_ONCE = 512
TEXTS_AT_ONCE = 64


def open_embedder(path: str | Path, threads: int = 0) -> Embedder:
    """The model of a .gguf file as an encoder of texts; its weights are loaded by the first call.

    `threads`: 0 for the physical cores.

    Raises:
        MissingModel, UnreadableFile: the file is not there, is no GGUF file, is damaged or cut short.
        UserError: the model orders texts by relevance and has no vectors to give.
    """
    return Embedder(path, threads)


class Embedder:
    """An encoder of texts and the process that answers for it. Safe to share: calls are answered in their order."""

    def __init__(self, path: str | Path, threads: int = 0) -> None:
        self.header = gguf_header.read(path)
        pooling = self.header.whole("pooling_type")
        if pooling == RANK:
            raise UserError(
                f"{self.header.name} orders texts by relevance; it gives no vectors.",
                "Choose a model made for embeddings.",
            )
        self.pooling = POOLING.get(pooling, POOLING[MEAN])
        self.longest = min(MOST_TOKENS, self.header.context_length or TOKENS_AT_ONCE)
        self.texts_cut = 0
        path = gguf_parts.resolved(self.header.path)
        self._worker = ModelProcess(
            "core.models.llama.embedding:EmbeddingWorker",
            path,
            {
                "path": str(path),
                "longest": self.longest,
                "threads": threads,
                "pooling": pooling if pooling in POOLING else MEAN,
            },
        )

    @property
    def dimension(self) -> int:
        """D, the length of a vector."""
        return self.header.whole("embedding_length_out") or self.header.whole("embedding_length")

    @property
    def pid(self) -> int | None:
        return self._worker.pid

    def embed(self, texts: Sequence[str], on_progress: Callable[[float, str], None] | None = None) -> np.ndarray:
        """Vectors (N, D) float32, each of length 1, in the order of the texts.

        Of each text the first `longest` tokens are read; `texts_cut` says afterwards how many had more.
        `on_progress(fraction 0..1, what is being done)` is called meanwhile; an exception from it stops the work.

        Raises:
            WorkerDied: its process ended; asking again starts a new one. UserError: the file cannot be loaded.
        """
        if not len(texts):
            return np.zeros((0, self.dimension), np.float32)
        with tempfile.TemporaryDirectory(dir=storage.folder("passing"), prefix=storage.mine()) as folder:
            target = Path(folder) / "vectors.npy"
            saved = self._worker.call("embed", on_progress, texts=list(texts), target=str(target))
            self.texts_cut = saved["texts_cut"]
            vectors: npt.NDArray[np.float32] = np.load(target, allow_pickle=False)
            return vectors

    def close(self) -> None:
        """Let the process and its memory go. A later call starts it again."""
        self._worker.close()


class EmbeddingWorker:
    """The model in its own process."""

    def __init__(self, path: str, longest: int, pooling: int, threads: int = 0, mode: str = "full") -> None:
        """`mode`: a key of `core.models.llama.safe_mode`."""
        self.path, self.longest, self.pooling, self.mode = path, longest, pooling, safe_mode.named(mode)
        self.threads = (threads or llama.suitable_threads(path)) if self.mode.threads else 1
        self._pace = Pace(self.threads)
        self._model: llama.Model | None = None
        self._context: Pool | None = None

    def embed(self, task: Task, texts: list[str], target: str) -> dict[str, Any]:
        """Write the vectors (N, D) of `texts` to `target`, a .npy file; how many texts were cut."""
        model, context = self._loaded(task)
        rows = [model.tokenize(text, add_bos=True, parse_special=False) for text in texts]
        cut = [len(row) > self.longest for row in rows]
        rows = [self._fitted(row) for row in rows]
        vectors = np.zeros((len(rows), context.dimension), np.float32)
        task.on_cancel = context.abort
        context.allow()
        done = 0
        self._pace.begin()
        try:
            task.check()
            for batch in batches([len(row) for row in rows], context.batch, context.at_once):
                context.use_threads(self._pace.threads, self._pace.threads)
                began, on_core = time.perf_counter(), time.thread_time()
                vectors[batch] = context.embed([rows[place] for place in batch])
                self._pace.took(time.perf_counter() - began, time.thread_time() - on_core)
                task.note(decoded=True)
                done += len(batch)
                task.progress(done / len(rows), f"embedded {done:,} of {len(rows):,}")
        finally:
            task.on_cancel = None
        vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
        np.save(target, vectors, allow_pickle=False)
        return {"texts_cut": sum(cut)}

    def _fitted(self, row: list[int]) -> list[int]:
        """At most `longest` tokens, at least one. BERT's end mark stays the last one."""
        model = self._loaded_model()
        if len(row) > self.longest:
            ending = row[-1:] if model.is_control(row[-1]) else []
            row = row[: self.longest - len(ending)] + ending
        return row or [max(model.bos, model.eos, 0)]

    def _loaded_model(self) -> llama.Model:
        assert self._model is not None  # embed() loads it first
        return self._model

    def _loaded(self, task: Task) -> tuple[llama.Model, Pool]:
        if self._model is None:
            self._model = llama.Model(self.path, llama.stop_loading_by(task), mode=self.mode)
        if self._context is None:
            self._context = Pool(self._model, max(self.longest, TOKENS_AT_ONCE), self.threads, self.pooling, self.mode)
        return self._model, self._context


class Pool(Context):
    """A context that gives one vector for each sequence instead of scores."""

    def __init__(self, model: llama.Model, size: int, threads: int, pooling: int, mode: safe_mode.Mode) -> None:
        self.at_once = 1 if model.is_recurrent else TEXTS_AT_ONCE
        super().__init__(
            model,
            size,
            threads,
            size,
            n_ubatch=size,
            n_seq_max=self.at_once,
            embeddings=True,
            pooling_type=pooling,
            kv_unified=True,
            mode=mode,
        )
        self.dimension = int(self._lib.llama_model_n_embd_out(model.pointer))

    def embed(self, sequences: Sequence[Sequence[int]]) -> np.ndarray:
        """Vectors (N, D) of N sequences of tokens, at most `batch` tokens and `at_once` sequences together.

        Raises:
            Cancelled: `abort` was called.
        """
        self.keep(0)
        lengths = [len(sequence) for sequence in sequences]
        count = sum(lengths)
        tokens = np.concatenate([np.asarray(sequence, np.int32) for sequence in sequences])
        positions = np.concatenate([np.arange(length, dtype=np.int32) for length in lengths])
        numbers = np.repeat(np.arange(len(sequences), dtype=np.int32), lengths)
        ones, wanted = np.ones(count, np.int32), np.ones(count, np.int8)
        places = numbers.ctypes.data + np.arange(count, dtype=np.uintp) * numbers.itemsize  # int32 * for each token
        batch = self._lib.llama_batch()
        batch.n_tokens = count
        for name, array in (
            ("token", tokens),
            ("pos", positions),
            ("n_seq_id", ones),
            ("seq_id", places),
            ("logits", wanted),
        ):
            kind = dict(self._lib.llama_batch._fields_)[name]
            setattr(batch, name, ctypes.cast(array.ctypes.data, kind))
        self._perhaps_crash()
        code = self._lib.llama_decode(self.pointer, batch)
        if self.aborted(code):
            raise Cancelled()
        if code:
            raise UserError(f"llama.cpp could not embed these texts (code {code}).", "Choose another model.")
        vectors = np.empty((len(sequences), self.dimension), np.float32)
        for number in range(len(sequences)):
            pointer = self._lib.llama_get_embeddings_seq(self.pointer, number)
            if not pointer:
                raise UserError("This model gives no vector for a text.", "Choose a model made for embeddings.")
            vectors[number] = np.ctypeslib.as_array(pointer, (self.dimension,))
        return vectors


def batches(lengths: Sequence[int], most_tokens: int, most_texts: int) -> Iterator[list[int]]:
    """Places of texts that are read together, longest first; `lengths` are in tokens, none above `most_tokens`.

    Texts of the same length go together well: a batch is a few hundred tokens, and as few texts as that takes.
    """
    batch: list[int] = []
    used = 0
    for place in sorted(range(len(lengths)), key=lambda number: -lengths[number]):
        if batch and (
            used + lengths[place] > min(most_tokens, max(TOKENS_AT_ONCE, lengths[batch[0]])) or len(batch) == most_texts
        ):
            yield batch
            batch, used = [], 0
        batch.append(place)
        used += lengths[place]
    if batch:
        yield batch
