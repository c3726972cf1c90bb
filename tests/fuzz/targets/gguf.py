"""The header of a model's file, as the dashboard reads it in its own process."""

from __future__ import annotations

from pathlib import Path

from tests.fuzz.harness import Target
from tests.fuzz.targets.tokens import table_seeds
from tests.support.evil_files import gguf_with, value_number, value_numbers, value_text, value_texts
from tests.support.tiny_vocabulary import tiny_gguf


def facts(path: Path) -> None:
    """Every fact of a header that a page shows."""
    from core.models.gguf import header as gguf_header
    from core.prompting.decoding import memory_estimate

    header = gguf_header.read(path)
    for name in (
        "architecture",
        "name",
        "parameters",
        "context_length",
        "chat_template",
        "vocabulary_size",
        "generates",
    ):
        getattr(header, name)
    header.cache_bytes(4096)
    memory_estimate.estimate(header, 4096)


def seeds() -> list[bytes]:
    return [
        tiny_gguf(),
        *table_seeds(),
        gguf_with(
            general__architecture=value_text(b"llama"),
            general__name=value_text(b"A model"),
            llama__context_length=value_number(4096),
            llama__embedding_length=value_number(64),
            llama__block_count=value_number(2),
            llama__attention__head_count=value_numbers(8, 8),
            llama__attention__head_count_kv=value_number(4),
            general__alignment=value_number(32),
            tokenizer__ggml__tokens=value_texts(b"a", b"b"),
            tokenizer__chat_template=value_text(b"{{ messages }}"),
        ),
    ]


TARGETS = [Target("gguf header", facts, seeds, "", "model.gguf")]
