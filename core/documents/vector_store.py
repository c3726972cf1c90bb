"""Vectors kept on disk by content, so that no text is ever encoded twice.

A text's vector is kept under the digest of the text, in a folder for the encoder (model, revision, precision). Batches
are appended as files of their own, written whole or not at all: a process that is killed loses at most the batch it was
writing; a damaged file is noticed by its checksum, thrown away, and its texts are encoded anew.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from core import storage
from core.documents.encoders import Encoder
from core.errors import UnreadableFile

Progress = Callable[[float, str], None]
TEXTS_IN_A_FILE = 256  # at most so many are lost by a kill; about five seconds of work


def text_keys(texts: Sequence[str]) -> np.ndarray:
    """The digest of each text: (N,) of 16 bytes."""
    digests = b"".join(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
                       for text in texts)
    return np.frombuffer(digests, dtype="V16")


class VectorStore:
    """The stored vectors of one encoder identity. Several processes may add at the same time."""

    def __init__(self, identity: str, dimension: int) -> None:
        self.folder = storage.folder("vectors") / storage.content_key(identity, dimension)
        self.row = np.dtype([("key", "V16"), ("vector", "<f4", (dimension,))])

    def find(self, keys: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(vectors (N, D), which of them are there (N,)); rows that are not there are zeros."""
        wanted: dict[bytes, list[int]] = {}
        for place, key in enumerate(keys):
            wanted.setdefault(key.tobytes(), []).append(place)
        vectors = np.zeros((len(keys), *self.row["vector"].shape), dtype=np.float32)
        there = np.zeros(len(keys), dtype=bool)
        for path in self._files():
            if not wanted:
                break
            stored = self._read(path)
            if stored is None:
                continue
            for row, key in enumerate(stored["key"]):
                for place in wanted.pop(key.tobytes(), ()):
                    vectors[place], there[place] = stored["vector"][row], True
        return vectors, there

    def add(self, keys: np.ndarray, vectors: np.ndarray) -> None:
        """Append one file. Its name is a digest of its keys: adding the same again replaces it."""
        stored = np.empty(len(keys), dtype=self.row)
        stored["key"], stored["vector"] = keys, vectors
        self.folder.mkdir(parents=True, exist_ok=True)
        storage.save_array(self.folder / f"{storage.content_key(keys.tobytes())}.npy", stored)

    def _files(self) -> list[Path]:
        return sorted(self.folder.glob("*.npy"), key=lambda path: path.stat().st_size, reverse=True)

    def _read(self, path: Path) -> np.ndarray | None:
        try:
            stored = storage.load_array(path)
            if stored.dtype != self.row:
                raise UnreadableFile(f"{path.name} holds something else.")
            return np.array(stored)
        except UnreadableFile:
            with contextlib.suppress(OSError):  # another process may have thrown it away already
                path.unlink()
            return None


def encode(encoder: Encoder, texts: Sequence[str], on_progress: Progress | None = None) -> tuple[np.ndarray, int]:
    """Vectors (N, D) of the texts and how many texts had to be encoded; the others were stored already.

    Equal texts are encoded once. An exception from `on_progress` stops here; what was encoded by then is kept.
    """
    keys = text_keys(texts)
    store = VectorStore(encoder.identity(), encoder.dimension)
    vectors, there = store.find(keys)
    _, first, inverse = np.unique(keys.view("u1").reshape(len(keys), 16), axis=0, return_index=True,
                                  return_inverse=True)
    missing = first[~there[first]]
    pending: list[tuple[np.ndarray, np.ndarray]] = []

    def flush() -> None:
        if pending:
            rows = np.concatenate([rows for rows, _ in pending])
            store.add(keys[rows], np.concatenate([batch for _, batch in pending]))
            pending.clear()

    done = 0
    try:
        for rows, batch in encoder.batches([texts[row] for row in missing]):
            vectors[missing[rows]] = batch
            pending.append((missing[rows], batch))
            done += len(rows)
            if sum(len(rows) for rows, _ in pending) >= TEXTS_IN_A_FILE:
                flush()
            if on_progress:
                known = len(missing)
                on_progress(done / known, f"encoded {done:,} of {known:,} documents")
    finally:
        flush()
    return vectors[first[inverse.reshape(-1)]], len(missing)
