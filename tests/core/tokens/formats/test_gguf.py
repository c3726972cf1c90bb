"""A model's own vocabulary out of its file."""

from __future__ import annotations

import struct

import pytest

from core.errors import UnreadableFile
from core.models.gguf.reader import read_head
from core.tokens import tokenizers
from tests.support.tiny_vocabulary import text, tiny_gguf


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
        read_head(path)


def test_a_real_model(shared_data):
    head = read_head(shared_data("stories260k.gguf"), tensors=True)
    assert head.metadata["general.architecture"] == "llama"
    assert head.tensors["token_embd.weight"].shape == (64, 512)
    made = tokenizers.load_file(shared_data("stories260k.gguf"))
    assert made.vocabulary_size == 512
    assert made.decode(made.ids("Once upon a time")) == "Once upon a time"
