"""Vectors saved on disk by content, so that no text is encoded twice.

A text's vector is saved under the digest of the text, in a folder for the encoder (model, revision, precision). Batches
are appended to files, each batch with a checksum: a process that is killed loses at most the batch it was working on,
and a damaged batch is noticed, skipped, and its texts are encoded again.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import struct
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np

from core import storage
from core.documents.encoders import AnotherWay, Encoder
from core.errors import folder_faults

Progress = Callable[[float, str], None]
MARK = b"VECTORS1"
HEAD = struct.Struct("<8sI16s")  # the mark, how many rows, digest of the rows
LONGEST_READ = 1200  # characters: about what the encoder reads of a text; more is no more work
TEXTS_AT_A_TIME = 16_384  # texts in a file, and how many of them are held in memory at once


def text_keys(texts: Sequence[str]) -> np.ndarray:
    """The digest of each text: (N,) of 16 bytes."""
    digests = b"".join(
        hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest() for text in texts
    )
    return np.frombuffer(digests, dtype="V16")


class VectorStore:
    """The stored vectors of one encoder identity. Several processes may add at the same time."""

    def __init__(self, identity: str, dimension: int) -> None:
        self.folder = storage.place("vectors") / storage.content_key(identity, dimension)
        self.row = np.dtype([("key", "V16"), ("vector", "<f4", (dimension,))])

    def find(self, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(vectors (N, D), which of them are there (N,)); rows that are not there are zeros."""
        wanted: dict[bytes, list[int]] = {}
        for place, key in enumerate(keys.tolist()):
            wanted.setdefault(key, []).append(place)
        vectors = np.zeros((len(keys), *self.row["vector"].shape), dtype=np.float32)
        there = np.zeros(len(keys), dtype=bool)
        for path in sorted(self.folder.glob("*.vectors")):
            for stored in self._batches(path) if wanted else ():
                for row, key in enumerate(stored["key"].tolist()):
                    for place in wanted.pop(key, ()):
                        vectors[place], there[place] = stored["vector"][row], True
        return vectors, there

    @contextlib.contextmanager
    def adding(self) -> Iterator[Callable[[np.ndarray, np.ndarray], None]]:
        """A function that appends (keys (N,), vectors (N, D)) for good, as one batch."""
        with folder_faults(self.folder):
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self.folder, suffix=".vectors")
        with os.fdopen(handle, "wb", buffering=0) as file:
            yield lambda keys, vectors: self._append(file, keys, vectors)
            with folder_faults(self.folder):
                os.fsync(file.fileno())

    def _append(self, file: BinaryIO, keys: np.ndarray, vectors: np.ndarray) -> None:
        stored = np.empty(len(keys), dtype=self.row)
        stored["key"], stored["vector"] = keys, vectors
        body = stored.tobytes()
        whole = memoryview(HEAD.pack(MARK, len(keys), hashlib.blake2b(body, digest_size=16).digest()) + body)
        with folder_faults(self.folder):
            while len(whole):  # a full disk takes a part of it and says so only when it is asked again
                whole = whole[file.write(whole) :]

    def _batches(self, path: Path) -> Iterator[np.ndarray]:
        """The whole batches of a file. After a damaged one, reading goes on at the next mark."""
        try:
            content = path.read_bytes()
        except OSError:  # deleted meanwhile, or of another account: its texts are encoded again
            return
        place = 0
        while place + HEAD.size <= len(content):
            mark, count, digest = HEAD.unpack_from(content, place)
            body = memoryview(content)[place + HEAD.size : place + HEAD.size + count * self.row.itemsize]
            if (
                mark == MARK
                and len(body) == count * self.row.itemsize
                and hashlib.blake2b(body, digest_size=16).digest() == digest
            ):
                yield np.frombuffer(body, dtype=self.row)
                place += HEAD.size + len(body)
            else:
                found = content.find(MARK, place + 1)
                place = found if found >= 0 else len(content)


def encode(encoder: Encoder, texts: Sequence[str], on_progress: Progress | None = None) -> tuple[np.ndarray, int]:
    """Vectors (N, D) of the texts and how many texts had to be encoded; the others were stored already.

    Equal texts are encoded once, all in one precision. An exception from `on_progress` stops here; what was encoded by
    then is kept.
    """
    encoder.adopt()
    keys = text_keys(texts)
    while True:
        try:
            return _encode(encoder, texts, keys, on_progress)
        except AnotherWay:  # begun again; what was encoded the other way stays in the other way's store
            if on_progress:
                chosen = encoder.choose_precision()
                on_progress(0.0, f"begun again in {chosen.title}: {chosen.reason}")


def _encode(
    encoder: Encoder, texts: Sequence[str], keys: np.ndarray, on_progress: Progress | None
) -> tuple[np.ndarray, int]:
    store = VectorStore(encoder.identity(), encoder.dimension)
    vectors, there = store.find(keys)
    _, first, inverse = np.unique(
        keys.view("u1").reshape(len(keys), 16), axis=0, return_index=True, return_inverse=True
    )
    missing = np.sort(first[~there[first]])
    if len(missing):
        work = np.array([20 + min(len(texts[row]), LONGEST_READ) for row in missing.tolist()], dtype=np.float64)
        whole = float(sum(20 + min(len(texts[row]), LONGEST_READ) for row in first.tolist()))
        total, done, worked = float(work.sum()), 0, 0.0
        for start in range(0, len(missing), TEXTS_AT_A_TIME):
            chunk = missing[start : start + TEXTS_AT_A_TIME]
            if encoder.changes(len(missing) - done, (total - worked) / whole):
                raise AnotherWay
            with store.adding() as add:
                for rows, batch in encoder.batches([texts[row] for row in chunk.tolist()]):
                    vectors[chunk[rows]] = batch
                    add(keys[chunk[rows]], batch)
                    done, worked = done + len(rows), worked + float(work[rows + start].sum())
                    if on_progress:
                        on_progress(worked / total, f"encoded {done:,} of {len(missing):,} documents")
    return vectors[first[inverse.reshape(-1)]], len(missing)
