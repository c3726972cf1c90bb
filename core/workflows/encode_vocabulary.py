"""Word vectors from a sentence encoder: each word encoded as a sentence of one word, as a set for the words page.

Unlike the encoder's input embeddings (one vector per word, before any attention) this is its output. What was encoded
is saved piece by piece, so a cancelled run can continue.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core import storage
from core.errors import UnreadableFile
from core.runtime.worker_process import Task
from core.words.files import store

Encode = Callable[[list[str]], np.ndarray]
WORDS_IN_A_PIECE = 512
MINILM = "minilm"


class LabEncoder:
    """The lab's own encoder, called like those of a folder."""

    def __init__(self) -> None:
        from core.documents import encoders

        self._encoder = encoders.load(MINILM)

    @property
    def way(self) -> str:
        """Its numerical precision: vectors of two precisions are not mixed in one set."""
        return self._encoder.choose_precision().name

    def __call__(self, texts: list[str]) -> np.ndarray:
        return self._encoder.encode(texts)


def encoder_of(folder: str) -> Encode:
    """A function that encodes texts: "minilm", or the folder of a sentence-transformers model. Nothing is downloaded or
    executed.

    Raises:
        MissingModel: there is none.
        UnreadableFile: it has code, or weights in a format that is not supported.
    """
    if folder == MINILM:
        return LabEncoder()
    from core.documents.encoding.folder_encoder import FolderEncoder

    return FolderEncoder(Path(folder))


def key_of(words: Sequence[str], folder: str) -> str:
    """The key of the encoded set: the words and the encoder's weights."""
    if folder == MINILM:
        from core.documents import encoders

        return storage.content_key("encoded words", list(words), encoders.load(MINILM).revision)
    weights = sorted(Path(folder).rglob("*.safetensors"))
    return storage.content_key("encoded words", list(words), [storage.sha256_of(path) for path in weights])


def encode(
    words: Sequence[str],
    folder: str,
    title: str,
    on_progress: Callable[[float, str], None],
    make: Callable[[str], Encode] = encoder_of,
) -> store.Stored:
    """Encode each word by itself and save the set (N, D), each row of length 1. An exception from `on_progress` stops
    it; finished pieces stay saved for the next run.
    """
    on_progress(0.0, "loading the encoder")
    key = key_of(words, folder)
    if found := store.find(key):
        return found
    run = make(folder)
    while (rows := _rows(words, key, run, on_progress)) is None:
        continue
    saved = store.save(key, title, list(words), rows, ("each word encoded as a text of its own",))
    for pieces in storage.folder("encoded").glob(f"{key}*"):
        shutil.rmtree(pieces, ignore_errors=True)
    return saved


def _rows(words: Sequence[str], key: str, run: Encode, on_progress: Callable[[float, str], None]) -> np.ndarray | None:
    """The vectors (N, D), piece by piece; None where the precision had to change meanwhile."""
    way, done = getattr(run, "way", ""), []
    pieces = storage.folder("encoded") / f"{key}{way}"
    for start in range(0, len(words), WORDS_IN_A_PIECE):
        path = pieces / f"{start}.npy"
        try:
            done.append(np.array(storage.load_array(path)))
        except UnreadableFile:
            rows = np.asarray(run(list(words[start : start + WORDS_IN_A_PIECE])), dtype=np.float32)
            if getattr(run, "way", "") != way:
                return None
            storage.save_array(path, rows)
            done.append(rows)
        count = min(start + WORDS_IN_A_PIECE, len(words))
        on_progress(count / len(words), f"encoded {count:,} of {len(words):,} words")
    return np.concatenate(done)


class EncodedWords:
    """The same in a worker process, which can be ended."""

    def encode(self, task: Task, words_from: str, count: int, folder: str, title: str) -> dict[str, Any]:
        """`words_from`: the key of the set whose first `count` words are encoded."""
        import os

        from core import catalog

        if hasattr(os, "nice"):
            os.nice(2)  # the page that waits for this must stay responsive
        opened = catalog.load(words_from) if not store.find(words_from) else store.open_stored(words_from)
        return vars(encode(opened.words[:count], folder, title, task.progress))
