"""GGUF files made for tests: a chat model out of a completion model, and tiny models with random weights."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.models.gguf.reader import Reader
from core.pocket.gguf_writer import write_gguf

TEMPLATE = (
    "{{ bos_token }}{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}"
    "{% if add_generation_prompt %}assistant:{% endif %}"
)


def text(value: str) -> bytes:
    encoded = value.encode()
    return struct.pack("<Q", len(encoded)) + encoded


def with_template(source: Path, target: Path, template: str = TEMPLATE) -> Path:
    """The same model with a chat template among its metadata."""
    content = source.read_bytes()
    reader = Reader(source.name, content)  # type: ignore[arg-type]
    reader.check_mark()
    tensors, entries = reader.count("tensors"), reader.count("entries")
    first = reader.at
    for _ in range(entries):
        reader.text()
        reader.value(reader.scalar("<I"))
    metadata_end = reader.at
    reader.tensors(tensors, 32)
    header_end = reader.at
    added = text("tokenizer.chat_template") + struct.pack("<I", 8) + text(template)
    header = (
        b"GGUF"
        + struct.pack("<IQQ", 3, tensors, entries + 1)
        + content[first:metadata_end]
        + added
        + content[metadata_end:header_end]
    )
    data = content[-(-header_end // 32) * 32 :]
    target.write_bytes(header + b"\0" * (-len(header) % 32) + data)
    return target


def _longer(key: str, entry: bytes, size: int) -> bytes:
    """A list of the vocabulary, entry by entry of the file, made up to `size`."""
    start = len(text(key)) + 4
    kind, count = struct.unpack_from("<IQ", entry, start)
    chance, letters = np.random.default_rng(5), list("abcdefghijklmnopqrstuvwxyz'-")
    more = b""
    if key.endswith("tokens"):
        words = ("".join(row) for row in chance.choice(letters, (size - count, 5)))
        more = b"".join(text("\u2581" * (number % 3 > 0) + word + str(number)) for number, word in enumerate(words))
    else:
        more = (
            struct.pack("<f", -1e4) * (size - count)
            if key.endswith("scores")
            else struct.pack("<i", 1) * (size - count)
        )
    return entry[:start] + struct.pack("<IQ", kind, size) + entry[start + 12 :] + more


def widened(source: Path, target: Path, vocabulary: int) -> Path:
    """A llama with a Q8_0 table used for input and output, its vocabulary made up to a size by tokens of zeros.

    A zero vector scores 0 everywhere, far below what a trained model gives its likeliest tokens.
    """
    content = source.read_bytes()
    reader = Reader(source.name, content)  # type: ignore[arg-type]
    reader.check_mark()
    tensors, entries = reader.count("tensors"), reader.count("entries")
    head = b""
    for _ in range(entries):
        first = reader.at
        key = reader.text()
        kind = reader.scalar("<I")
        reader.value(kind)
        raw = content[first : reader.at]
        if key in ("tokenizer.ggml.tokens", "tokenizer.ggml.scores", "tokenizer.ggml.token_type"):
            raw = _longer(key, raw, vocabulary)
        elif key.endswith(".vocab_size"):
            raw = text(key) + struct.pack("<II", 4, vocabulary)
        head += raw
    table, offsets = [], []
    for _ in range(tensors):
        name, count = reader.text(), reader.scalar("<I")
        table.append((name, [reader.scalar("<Q") for _ in range(count)], reader.scalar("<I")))
        offsets.append(reader.scalar("<Q"))
    start = -(-reader.at // 32) * 32
    ends = [*sorted(offsets)[1:], len(content) - start]
    order = sorted(range(tensors), key=lambda place: offsets[place])
    infos, data = b"", b""
    for end, place in zip(ends, order, strict=True):
        name, dimensions, kind = table[place]
        raw = content[start + offsets[place] : start + end]
        if name == "token_embd.weight":
            assert kind == 8, "Q8_0: blocks of 32 values in 34 bytes"
            row = dimensions[0] // 32 * 34
            raw = raw[: row * dimensions[1]] + bytes(row * (vocabulary - dimensions[1]))
            dimensions = [dimensions[0], vocabulary]
        infos += text(name) + struct.pack(f"<I{len(dimensions)}QIQ", len(dimensions), *dimensions, kind, len(data))
        data += raw + bytes(-len(raw) % 32)
    header = b"GGUF" + struct.pack("<IQQ", 3, tensors, entries) + head + infos
    target.write_bytes(header + bytes(-len(header) % 32) + data)
    return target


def _spm_vocabulary(size: int) -> dict[str, Any]:
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{byte:02X}>" for byte in range(256))]
    tokens += [f"\u2581w{number}" for number in range(size - len(tokens))]
    return {
        "tokenizer.ggml.model": "llama",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.scores": [-float(number) for number in range(size)],
        "tokenizer.ggml.token_type": [2, 3, 3] + [6] * 256 + [1] * (size - 259),
        "tokenizer.ggml.bos_token_id": 1,
        "tokenizer.ggml.eos_token_id": 2,
        "tokenizer.ggml.unknown_token_id": 0,
    }


def _bpe_vocabulary(size: int) -> dict[str, Any]:
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = {byte: chr(byte) for byte in printable}
    letters |= {byte: chr(256 + place) for place, byte in enumerate(byte for byte in range(256) if byte not in letters)}
    tokens = [letters[byte] for byte in range(256)] + ["\u0120t", "\u0120th", "he", "<|endoftext|>"]
    tokens += [f"[extra {number}]" for number in range(size - len(tokens))]
    return {
        "tokenizer.ggml.model": "gpt2",
        "tokenizer.ggml.pre": "default",
        "tokenizer.ggml.tokens": tokens,
        "tokenizer.ggml.merges": ["\u0120 t", "\u0120t h", "h e"],
        "tokenizer.ggml.token_type": [1] * 259 + [3] + [4] * (size - 260),
        "tokenizer.ggml.bos_token_id": 259,
        "tokenizer.ggml.eos_token_id": 259,
    }


@dataclass(frozen=True)
class Shape:
    width: int = 32
    layers: int = 2
    heads: int = 2
    hidden: int = 64
    vocabulary: int = 320
    context: int = 256


def _layers(names: dict[str, tuple[int, ...]], shape: Shape, biased: bool) -> dict[str, tuple[int, ...]]:
    tensors = {}
    for layer in range(shape.layers):
        for name, dimensions in names.items():
            tensors[f"blk.{layer}.{name}.weight"] = dimensions
            if biased:
                tensors[f"blk.{layer}.{name}.bias"] = dimensions[:1]
    return tensors


def random_model(path: Path, architecture: str = "llama", shape: Shape = Shape(), half: bool = False) -> Path:
    """A model of that architecture with random weights: it writes nonsense, but by the real computation."""
    width, hidden, vocabulary = shape.width, shape.hidden, shape.vocabulary
    head = width // shape.heads
    falcon, plain = architecture == "falcon", architecture == "llama"
    fused = width + 2 * head if falcon else 3 * width
    metadata: dict[str, Any] = {
        "general.architecture": architecture,
        "general.name": f"random {architecture}",
        f"{architecture}.context_length": shape.context,
        f"{architecture}.embedding_length": width,
        f"{architecture}.block_count": shape.layers,
        f"{architecture}.feed_forward_length": hidden,
        f"{architecture}.attention.head_count": shape.heads,
        f"{architecture}.attention.head_count_kv": 1 if falcon else shape.heads,
    }
    names = {
        "attn_norm": (width,),
        "ffn_up": (hidden, width),
        "ffn_down": (width, hidden),
        "attn_output": (width, width),
    } | ({} if falcon else {"ffn_norm": (width,)})
    tensors = {
        "token_embd.weight": (vocabulary, width),
        "output_norm.weight": (width,),
        "output.weight": (vocabulary, width),
    }
    if plain:
        metadata |= {"llama.attention.layer_norm_rms_epsilon": 1e-5, "llama.rope.dimension_count": head}
        names |= {
            "attn_q": (width, width),
            "attn_k": (width, width),
            "attn_v": (width, width),
            "ffn_gate": (hidden, width),
        }
    else:
        metadata[f"{architecture}.attention.layer_norm_epsilon"] = 1e-5
        names["attn_qkv"] = (fused, width)
        tensors |= {} if architecture == "mpt" else {"output_norm.bias": (width,)}
    if architecture == "gptneox":
        metadata |= {"gptneox.use_parallel_residual": True, "gptneox.rope.dimension_count": head}
    if architecture == "mpt":
        metadata["mpt.attention.max_alibi_bias"] = 8.0
    if architecture == "bloom":
        tensors |= {"token_embd_norm.weight": (width,), "token_embd_norm.bias": (width,)}
    tensors |= _layers(names, shape, biased=architecture in ("gptneox", "bloom"))
    if falcon:
        tensors |= {f"blk.{layer}.attn_norm.bias": (width,) for layer in range(shape.layers)}
    metadata |= _spm_vocabulary(vocabulary) if plain else _bpe_vocabulary(vocabulary)
    chance = np.random.default_rng(1)
    kind = np.float16 if half else np.float32
    write_gguf(
        path,
        metadata,
        {
            name: chance.standard_normal(size, np.float32).astype(kind) * kind(0.08)
            if len(size) == 2
            else (np.zeros if name.endswith("bias") else np.ones)(size, np.float32)
            for name, size in tensors.items()
        },
    )
    return path


def split(source: Path, folder: Path, count: int, name: str = "split") -> list[Path]:
    """The same model in `count` files, as llama.cpp's gguf-split writes it: the first has all the metadata."""
    content = source.read_bytes()
    reader = Reader(source.name, content)  # type: ignore[arg-type]
    reader.check_mark()
    tensors, entries = reader.count("tensors"), reader.count("entries")
    first = reader.at
    for _ in range(entries):
        reader.text()
        reader.value(reader.scalar("<I"))
    head = content[first : reader.at]
    table = []
    for _ in range(tensors):
        key, dimensions = reader.text(), reader.scalar("<I")
        shape = [reader.scalar("<Q") for _ in range(dimensions)]
        table.append((key, shape, reader.scalar("<I"), reader.scalar("<Q")))
    start = -(-reader.at // 32) * 32
    ends = [*sorted(offset for *_, offset in table)[1:], len(content) - start]
    table.sort(key=lambda row: row[3])
    rows = [(*row[:3], content[start + row[3] : start + end]) for row, end in zip(table, ends, strict=True)]
    made, size = [], -(-len(rows) // count)
    for number in range(count):
        mine, infos, data = rows[number * size : (number + 1) * size], b"", b""
        for key, shape, kind, raw in mine:
            infos += text(key) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, kind, len(data))
            data += raw + bytes(-len(raw) % 32)
        own = (
            text("split.no")
            + struct.pack("<IH", 2, number)
            + text("split.count")
            + struct.pack("<IH", 2, count)
            + text("split.tensors.count")
            + struct.pack("<Ii", 5, tensors)
        )
        header = (
            b"GGUF"
            + struct.pack("<IQQ", 3, len(mine), 3 + (0 if number else entries))
            + (b"" if number else head)
            + own
            + infos
        )
        made.append(folder / f"{name}-{number + 1:05}-of-{count:05}.gguf")
        made[-1].write_bytes(header + bytes(-len(header) % 32) + data)
    return made
