"""From a checkpoint to the files that ship: F16 written here, Q8_0 and Q4_0 by llama.cpp's own quantiser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from core.pocket.gguf_writer import write_gguf
from core.pocket.model import Shape
from core.pocket.tokenizer import BEGIN, END, UNKNOWN

HERE = Path(__file__).resolve().parent
CHAT_TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}"
    "{{ '<|' + message['role'] + '|>' + message['content'] | trim + eos_token }}"
    "{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}"
)
DESCRIPTIONS = {
    "base": "Continues short plain English texts; a demonstration model trained on a generated curriculum, "
    "not tuned to answer.",
    "chat": "Answers simple questions about a closed world; a demonstration model, Pocket Base after instruction "
    "tuning. Often wrong.",
}
_QUANTISATIONS = {"q8_0": "LLAMA_FTYPE_MOSTLY_Q8_0", "q4_0": "LLAMA_FTYPE_MOSTLY_Q4_0"}
_LAYER_NAMES = {
    "attention_norm": ["attn_norm"],
    "attention_in": ["attn_q", "attn_k", "attn_v"],
    "attention_out": ["attn_output"],
    "mlp_norm": ["ffn_norm"],
    "mlp_in": ["ffn_gate", "ffn_up"],
    "mlp_out": ["ffn_down"],
}
_NORMAL, _UNKNOWN, _CONTROL, _BYTE = 1, 2, 3, 6


def tokenizer_metadata(tokenizer: Any) -> dict[str, Any]:
    """Pieces, scores and kinds of a SentencePiece model as llama.cpp's "llama" tokenizer wants them."""
    size = tokenizer.vocab_size()
    kinds = [
        _UNKNOWN
        if tokenizer.is_unknown(i)
        else _CONTROL
        if tokenizer.is_control(i)
        else _BYTE
        if tokenizer.is_byte(i)
        else _NORMAL
        for i in range(size)
    ]
    return {
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.pre": "default",
        "tokenizer.ggml.tokens": [tokenizer.id_to_piece(i) for i in range(size)],
        "tokenizer.ggml.scores": [float(tokenizer.get_score(i)) for i in range(size)],
        "tokenizer.ggml.token_type": kinds,
        "tokenizer.ggml.bos_token_id": BEGIN,
        "tokenizer.ggml.eos_token_id": END,
        "tokenizer.ggml.unknown_token_id": UNKNOWN,
        "tokenizer.ggml.add_bos_token": True,
        "tokenizer.ggml.add_eos_token": False,
        "tokenizer.ggml.add_space_prefix": False,
    }


def metadata(kind: str, shape: Shape, parameters: int, tokenizer: Any) -> dict[str, Any]:
    """All metadata of Pocket Base ("base") or Pocket Chat ("chat"); Base has no chat template: it does not chat."""
    head = shape.width // shape.heads
    values: dict[str, Any] = {
        "general.architecture": "llama",
        "general.type": "model",
        "general.name": f"Pocket {kind.capitalize()}",
        "general.author": "Laptop Text Lab",
        "general.organization": "Laptop Text Lab",
        "general.version": "1.2",
        "general.basename": "Pocket",
        "general.finetune": kind.capitalize(),
        "general.description": DESCRIPTIONS[kind],
        "general.license": "apache-2.0",
        "general.license.name": "Apache License 2.0",
        "general.size_label": f"{parameters / 1e6:.1f}M",
        "general.languages": ["en"],
        "general.tags": ["text-generation", "demonstration"],
        "general.file_type": 1,
        "general.quantization_version": 2,
        "llama.context_length": shape.context,
        "llama.embedding_length": shape.width,
        "llama.block_count": shape.layers,
        "llama.feed_forward_length": shape.hidden,
        "llama.attention.head_count": shape.heads,
        "llama.attention.head_count_kv": shape.heads,
        "llama.attention.layer_norm_rms_epsilon": shape.norm_epsilon,
        "llama.attention.key_length": head,
        "llama.attention.value_length": head,
        "llama.rope.dimension_count": head,
        "llama.rope.freq_base": shape.rope_base,
        "llama.vocab_size": shape.vocabulary,
        **tokenizer_metadata(tokenizer),
    }
    if kind == "chat":
        values["tokenizer.chat_template"] = CHAT_TEMPLATE
    return values


def tensor_names(shape: Shape) -> dict[str, list[str]]:
    """Our names of the weights, each with llama.cpp's: several where one matrix of ours holds several of theirs."""
    names = {"table.weight": ["token_embd.weight"], "norm.weight": ["output_norm.weight"]}
    for layer in range(shape.layers):
        for own, theirs in _LAYER_NAMES.items():
            names[f"layers.{layer}.{own}.weight"] = [f"blk.{layer}.{name}.weight" for name in theirs]
    return names


def tensors(model: Any, shape: Shape) -> dict[str, np.ndarray]:
    """The weights under llama.cpp's names: matrices as float16, norms as float32. The table serves for output too."""
    names = tensor_names(shape)
    found: dict[str, np.ndarray] = {}
    for own, weight in model.named_parameters():
        parts = np.split(weight.detach().float().numpy(), len(names[own]))
        found |= dict(zip(names[own], parts, strict=True))
    return {name: value.astype(np.float16 if value.ndim == 2 else np.float32) for name, value in found.items()}


def export_f16(model: Any, shape: Shape, tokenizer: Any, kind: str, path: Path) -> None:
    """Write one model as GGUF in half precision."""
    parameters = sum(weight.numel() for weight in model.parameters())
    write_gguf(path, metadata(kind, shape, parameters, tokenizer), tensors(model, shape))


def quantise(source: Path, target: Path, quantisation: str) -> None:
    """Write `source` (F16) as "q8_0" or "q4_0".

    Raises:
        RuntimeError: llama.cpp's quantiser refuses.
    """
    import llama_cpp

    settings = llama_cpp.llama_model_quantize_default_params()
    settings.ftype = getattr(llama_cpp, _QUANTISATIONS[quantisation])
    settings.nthread = 2
    code = llama_cpp.llama_model_quantize(str(source).encode(), str(target).encode(), settings)
    if code:
        raise RuntimeError(f"llama.cpp's quantiser gave up on {source.name} with code {code}")


def export_all(
    base: tuple[Any, Shape], chat: tuple[Any, Shape], tokenizer: Any, work: Path, target: Path = HERE
) -> list[Path]:
    """Write the three files that ship into `target`; the F16 files they come from stay in `work`."""
    shipped = []
    for kind, (model, shape), quantisations in (("base", base, ["q8_0"]), ("chat", chat, ["q8_0", "q4_0"])):
        whole = work / f"pocket-{kind}-f16.gguf"
        export_f16(model, shape, tokenizer, kind, whole)
        for quantisation in quantisations:
            path = target / f"pocket-{kind}-{quantisation}.gguf"
            quantise(whole, path, quantisation)
            shipped.append(path)
    return shipped
