"""A model's own vocabulary out of its file."""

from __future__ import annotations

import struct

import numpy as np
import pytest

from core.errors import UnreadableFile
from core.tokens import tokenizers
from core.tokens.formats import gguf


def text(value: bytes) -> bytes:
    return struct.pack("<Q", len(value)) + value


def tiny_gguf(model: bytes = b"llama") -> bytes:
    """A vocabulary of five words, with the 256 bytes that SentencePiece falls back to, as a file."""
    pieces = [
        b"<unk>",
        b"<s>",
        b"</s>",
        *(b"<0x%02X>" % i for i in range(256)),
        "▁".encode(),
        b"a",
        b"b",
        b"ab",
        "▁ab".encode(),
    ]
    kinds = [2, 3, 3, *[6] * 256, *[1] * 5]
    scores = [0.0] * 260 + [-4.0, -5.0, -1.0, -2.0]
    fields = [
        text(b"tokenizer.ggml.model") + struct.pack("<I", 8) + text(model),
        text(b"tokenizer.ggml.tokens") + struct.pack("<IIQ", 9, 8, len(pieces)) + b"".join(map(text, pieces)),
        text(b"tokenizer.ggml.scores") + struct.pack("<IIQ", 9, 6, len(scores)) + np.float32(scores).tobytes(),
        text(b"tokenizer.ggml.token_type") + struct.pack("<IIQ", 9, 5, len(kinds)) + np.int32(kinds).tobytes(),
        text(b"tokenizer.ggml.bos_token_id") + struct.pack("<II", 4, 1),
    ]
    return b"GGUF" + struct.pack("<IQQ", 3, 0, len(fields)) + b"".join(fields)


def test_a_vocabulary_of_five_words(tmp_path):
    path = tmp_path / "tiny.gguf"
    path.write_bytes(tiny_gguf())
    made = tokenizers.load_file(path)
    assert [(token.bytes, token.kind) for token in made.encode("ab é", add_special=True)] == [
        (b"<s>", "control"),
        (b" ab", "normal"),
        (b" ", "normal"),
        (b"\xc3", "byte"),
        (b"\xa9", "byte"),
    ]
    assert made.decode(made.ids("ab é")) == "ab é"


@pytest.mark.parametrize("keep", [4, 20, 60, 300, 2000])
def test_cut_short(tmp_path, keep):
    path = tmp_path / "cut.gguf"
    path.write_bytes(tiny_gguf()[:keep])
    with pytest.raises(UnreadableFile, match="cut.gguf"):
        tokenizers.load_file(path)


def test_a_kind_that_is_not_known(tmp_path):
    path = tmp_path / "odd.gguf"
    path.write_bytes(tiny_gguf(b"<script>"))
    with pytest.raises(UnreadableFile, match="kind"):
        tokenizers.load_file(path)


def test_a_file_that_claims_too_much(tmp_path):
    path = tmp_path / "greedy.gguf"
    path.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, 1) + text(b"k") + struct.pack("<IIQ", 9, 8, 1 << 60))
    with pytest.raises(UnreadableFile):
        gguf.read(path)


def test_a_real_model(shared_data):
    head = gguf.read(shared_data("stories260k.gguf"), tensors=True)
    assert head.metadata["general.architecture"] == "llama"
    assert head.tensors["token_embd.weight"].shape == (64, 512)
    made = tokenizers.load_file(shared_data("stories260k.gguf"))
    assert made.vocabulary_size == 512
    assert made.decode(made.ids("Once upon a time")) == "Once upon a time"
