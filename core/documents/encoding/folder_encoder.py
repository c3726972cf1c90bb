"""A sentence-transformers model from a folder, on the CPU, or on a GPU where a trial shows that it gains."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import numpy as np

from core import storage
from core.documents.encoding import encoder_trial, encoder_ways
from core.documents.encoding.encoder_trial import TITLES, Choice
from core.errors import MissingModel, UnreadableFile

CPU = "float32"
BATCH = 256  # texts


class FolderEncoder:
    """The model of a folder; called with texts, it gives their vectors (N, D), each of length 1.

    Nothing is fetched and no program of the folder is run. Where the GPU fails, the CPU goes on. Raises:
        MissingModel: there is no encoder in the folder.
        UnreadableFile: it has code or weights that are not read here.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        if not (folder / "modules.json").is_file() and not (folder / "config.json").is_file():
            raise MissingModel("There is no sentence encoder in that folder.", "Fetch it again, or choose another one.")
        self._models = {CPU: self._loaded("cpu")}
        self.way = CPU
        if gpus := encoder_ways.gpus():
            self._choice = Choice(
                _inputs(folder),
                functools.partial(self._trial, CPU),
                {name: functools.partial(self._trial, name) for name in gpus},
            )
            self._use(self._choice.made().name)

    def __call__(self, texts: list[str]) -> np.ndarray:
        try:
            return self._encode(self.way, texts)
        except RuntimeError as problem:
            if self.way == CPU:
                raise
            what = encoder_trial.what_failed(problem)
        self._use(self._choice.failed(self.way, f"{what} while encoding").name)
        return self(texts)

    def _loaded(self, device: str) -> Any:
        from sentence_transformers import SentenceTransformer

        try:
            return SentenceTransformer(
                str(self.folder),
                device=device,
                local_files_only=True,
                trust_remote_code=False,
                model_kwargs={"use_safetensors": True},
            )
        except (OSError, ValueError, KeyError, ImportError, RuntimeError) as problem:
            if device != "cpu":
                raise
            raise UnreadableFile(
                f"“{self.folder.name}” cannot be read as a sentence encoder ({str(problem)[:160]}).",
                "Choose another one; programs and pickles inside of models are not run.",
            ) from problem

    def _encode(self, way: str, texts: list[str]) -> np.ndarray:
        if way not in self._models:
            self._models[way] = self._loaded("cpu" if way == CPU else way)
        return np.asarray(
            self._models[way].encode(texts, batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False)
        )

    def _trial(self, way: str) -> np.ndarray:
        return self._encode(way, encoder_trial.sample())

    def _use(self, way: str) -> None:
        self.way = way
        for name in set(self._models) - {way}:
            del self._models[name]
        encoder_ways.release()


def where(folder: Path) -> str:
    """Where the model of a folder computes on this machine, as a person reads it; known once it has encoded."""
    return TITLES[encoder_trial.in_use(_inputs(folder)) if encoder_ways.gpus() else CPU]


def _inputs(folder: Path) -> dict[str, Any]:
    weights = [storage.sha256_of(path) for path in sorted(folder.rglob("*.safetensors"))]
    return {"weights": weights, "machine": encoder_ways.machine()}
