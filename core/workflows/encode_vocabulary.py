"""Any sentence encoder's words: each word encoded by itself, as one vector of a set that the words page can open.

Beside an encoder's input table (one row a word, before any attention) this is what it makes of a word that stands
alone: as a sentence of one word. What was encoded is kept piece by piece, so a cancelled run is gone on with.
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
        """How it computes: vectors of two ways do not go into one set."""
        return self._encoder.choose_precision().name

    def __call__(self, texts: list[str]) -> np.ndarray:
        return self._encoder.encode(texts)


def encoder_of(folder: str) -> Encode:
    """What encodes texts: "minilm", or the folder of a sentence-transformers model. Nothing is fetched or executed.

    Raises:
        MissingModel: there is none.
        UnreadableFile: it has code or weights that are not read here.
    """
    if folder == MINILM:
        return LabEncoder()
    from core.documents.encoding.folder_encoder import FolderEncoder

    return FolderEncoder(Path(folder))


def key_of(words: Sequence[str], folder: str) -> str:
    """What the encoded set is kept under: the words, the encoder's weights."""
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
    """Encode each word by itself and keep the set (N, D), each row of length 1. An exception from `on_progress` stops
    here; the pieces that are done are kept for the next time.
    """
    on_progress(0.0, "loading the encoder")
    key = key_of(words, folder)
    if found := store.find(key):
        return found
    run = make(folder)
    while (rows := _rows(words, key, run, on_progress)) is None:
        continue
    kept = store.keep(key, title, list(words), rows, ("each word encoded as a text of its own",))
    for pieces in storage.folder("encoded").glob(f"{key}*"):
        shutil.rmtree(pieces, ignore_errors=True)
    return kept


def _rows(words: Sequence[str], key: str, run: Encode, on_progress: Callable[[float, str], None]) -> np.ndarray | None:
    """The vectors (N, D), piece by piece; None where another way of computing had to be taken meanwhile."""
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
    """The same in a process of its own, which can be ended."""

    def encode(self, task: Task, words_from: str, count: int, folder: str, title: str) -> dict[str, Any]:
        """`words_from`: the key of the set whose first `count` words are encoded."""
        import os

        from core import catalog

        if hasattr(os, "nice"):
            os.nice(2)  # the page that waits for this must stay quick
        opened = catalog.load(words_from) if not store.find(words_from) else store.open_stored(words_from)
        return vars(encode(opened.words[:count], folder, title, task.progress))
