"""Sentence encoders for tests: MiniLM as a GGUF file (known weights for llama.cpp), and a second, tiny BERT."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np

from core.documents.encoding.query_bert import mapped_weights
from core.pocket.gguf_writer import write_gguf

NAMES = {
    "attention.self.query": "attn_q",
    "attention.self.key": "attn_k",
    "attention.self.value": "attn_v",
    "attention.output.dense": "attn_output",
    "attention.output.LayerNorm": "attn_output_norm",
    "intermediate.dense": "ffn_up",
    "output.dense": "ffn_down",
    "output.LayerNorm": "layer_output_norm",
}


def minilm_as_gguf(folder: Path, path: Path, pooling: int | None = 1) -> Path:
    """`pooling` is the file's word on it (1: mean, 2: first token); None says nothing."""
    weights = mapped_weights(folder / "model.safetensors")
    words = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
    tensors = {
        "token_embd.weight": weights["embeddings.word_embeddings.weight"].astype(np.float16),
        "position_embd.weight": weights["embeddings.position_embeddings.weight"],
        "token_types.weight": weights["embeddings.token_type_embeddings.weight"],
        "token_embd_norm.weight": weights["embeddings.LayerNorm.weight"],
        "token_embd_norm.bias": weights["embeddings.LayerNorm.bias"],
    }
    for layer in range(6):
        for theirs, ours in NAMES.items():
            matrix = weights[f"encoder.layer.{layer}.{theirs}.weight"]
            tensors[f"blk.{layer}.{ours}.weight"] = matrix.astype(np.float16) if matrix.ndim == 2 else matrix
            tensors[f"blk.{layer}.{ours}.bias"] = weights[f"encoder.layer.{layer}.{theirs}.bias"]
    special = {
        name: words.index(f"[{mark}]")
        for name, mark in {"cls": "CLS", "seperator": "SEP", "mask": "MASK", "unknown": "UNK", "padding": "PAD"}.items()
    }
    metadata = {
        "general.architecture": "bert",
        "general.name": "MiniLM",
        "bert.context_length": 512,
        "bert.embedding_length": 384,
        "bert.feed_forward_length": 1536,
        "bert.block_count": 6,
        "bert.attention.head_count": 12,
        "bert.attention.layer_norm_epsilon": 1e-12,
        "bert.attention.causal": False,
        "tokenizer.ggml.model": "bert",
        "tokenizer.ggml.token_type_count": 2,
        "tokenizer.ggml.tokens": [as_phantom(word) for word in words],
        "tokenizer.ggml.token_type": [3 if number in special.values() else 1 for number in range(len(words))],
        **{f"tokenizer.ggml.{name}_token_id": number for name, number in special.items()},
    }
    if pooling is not None:
        metadata["bert.pooling_type"] = pooling
    write_gguf(path, metadata, tensors)
    return path


def as_phantom(word: str) -> str:
    """A WordPiece as GGUF writes it: beginnings of words are marked, not continuations."""
    if word.startswith("[") and word.endswith("]"):
        return word
    return word[2:] if word.startswith("##") else "\u2581" + word


def tiny_bert(folder: Path, dimension: int = 64, seed: int = 0) -> Path:
    """A second sentence encoder: MiniLM's tokenizer and a part of its word embeddings under one random layer.

    Texts that share words get similar vectors, since the layer changes little.
    """
    from safetensors.numpy import save_file

    from core.models import packaged

    source = packaged.minilm_folder()
    assert source is not None
    theirs = mapped_weights(source / "model.safetensors")
    random = np.random.default_rng(seed)

    def matrix(rows: int, columns: int) -> np.ndarray:
        return (0.02 * random.standard_normal((rows, columns))).astype(np.float32)

    weights = {
        f"embeddings.{name}_embeddings.weight": np.ascontiguousarray(
            theirs[f"embeddings.{name}_embeddings.weight"][:, :dimension]
        )
        for name in ("word", "position", "token_type")
    }
    weights["embeddings.LayerNorm.weight"] = np.ones(dimension, np.float32)
    weights["embeddings.LayerNorm.bias"] = np.zeros(dimension, np.float32)
    for name in NAMES:
        rows, columns = {
            "intermediate.dense": (2 * dimension, dimension),
            "output.dense": (dimension, 2 * dimension),
        }.get(name, (dimension, dimension))
        norm = name.endswith("LayerNorm")
        weights[f"encoder.layer.0.{name}.weight"] = np.ones(rows, np.float32) if norm else matrix(rows, columns)
        weights[f"encoder.layer.0.{name}.bias"] = np.zeros(rows, np.float32)
    folder.mkdir(parents=True, exist_ok=True)
    save_file(weights, folder / "model.safetensors")
    for name in ("tokenizer.json", "vocab.txt"):
        shutil.copyfile(source / name, folder / name)
    (folder / "sentence_bert_config.json").write_text(json.dumps({"max_seq_length": 64}))
    config = json.loads((source / "config.json").read_text())
    changed = {
        "hidden_size": dimension,
        "intermediate_size": 2 * dimension,
        "num_hidden_layers": 1,
        "num_attention_heads": 4,
    }
    (folder / "config.json").write_text(json.dumps({**config, **changed}))
    return folder
