"""Pocket's tokenizer: byte-pair pieces by SentencePiece, other bytes one token each, roles as control tokens."""

from __future__ import annotations

import io
from itertools import islice
from pathlib import Path
from typing import Any

from core.pocket.curriculum import conversations, documents

VOCABULARY_SIZE = 3072
UNKNOWN, BEGIN, END = 0, 1, 2
ROLES = ("<|system|>", "<|user|>", "<|assistant|>")  # tokens 3, 4, 5


def train_tokenizer(
    path: Path, seed: int = 7, extra: tuple[str, ...] = (), vocabulary_size: int = VOCABULARY_SIZE, sample: int = 20_000
) -> None:
    """Learn the pieces from a sample of the curriculum and write the SentencePiece model to `path`.

    No space is put before a text and none is taken away, digits stand alone, and line ends are bytes: so llama.cpp
    cuts a text into exactly the same tokens.
    """
    import sentencepiece

    texts = list(islice(documents(seed, extra, 0.2), sample))
    texts += [text for turns in islice(conversations(seed), sample * 2 // 5) for _, text in turns]
    lines = [line for text in texts for line in text.split("\n") if line]
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(lines),
        model_writer=model,
        vocab_size=vocabulary_size,
        model_type="bpe",
        byte_fallback=True,
        split_digits=True,
        normalization_rule_name="identity",
        add_dummy_prefix=False,
        remove_extra_whitespaces=False,
        character_coverage=0.9999,
        control_symbols=list(ROLES),
        unk_id=UNKNOWN,
        bos_id=BEGIN,
        eos_id=END,
        pad_id=-1,
        num_threads=2,
        minloglevel=2,
        hard_vocab_limit=True,
    )
    path.write_bytes(model.getvalue())


def load_tokenizer(path: Path) -> Any:
    """The SentencePiece processor of a file."""
    import sentencepiece

    return sentencepiece.SentencePieceProcessor(model_file=str(path))
