"""GGUF files made for tests: a chat model out of a completion model, and tiny models with random weights."""

from __future__ import annotations

import struct
from pathlib import Path

from core.prompting.gguf_header import _Reader

TEMPLATE = ("{{ bos_token }}{% for message in messages %}{{ message['role'] }}: {{ message['content'] }}\n{% endfor %}"
            "{% if add_generation_prompt %}assistant:{% endif %}")


def text(value: str) -> bytes:
    encoded = value.encode()
    return struct.pack("<Q", len(encoded)) + encoded


def with_template(source: Path, target: Path, template: str = TEMPLATE) -> Path:
    """The same model with a chat template among its metadata."""
    content = source.read_bytes()
    reader = _Reader(source.name, content)  # type: ignore[arg-type]
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
    header = (b"GGUF" + struct.pack("<IQQ", 3, tensors, entries + 1) + content[first:metadata_end] + added
              + content[metadata_end:header_end])
    data = content[-(-header_end // 32) * 32:]
    target.write_bytes(header + b"\0" * (-len(header) % 32) + data)
    return target
