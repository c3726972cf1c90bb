"""Tokenizer files as a stranger might make them: small on disk, and a program that costs more than it may."""

from __future__ import annotations

import json
import struct

from tests.support.tiny_vocabulary import text

ALPHABET = "abcdefghijklmnopqrstuvwxyz ."


def tokenizer_json(model: dict | None = None, **parts) -> bytes:
    """A tokenizer.json of single letters, with `parts` of it replaced."""
    letters = {"<unk>": 0, **{letter: i for i, letter in enumerate(ALPHABET, 1)}}
    usual = {
        "type": "BPE",
        "dropout": None,
        "unk_token": "<unk>",
        "continuing_subword_prefix": None,
        "end_of_word_suffix": None,
        "fuse_unk": False,
        "byte_fallback": False,
        "vocab": letters,
        "merges": [],
    }
    whole = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": None,
        "post_processor": None,
        "decoder": None,
        "model": model or usual,
    }
    return json.dumps(whole | parts).encode()


def expanding(times: int = 5) -> bytes:
    """A normaliser that makes each character a hundred, `times` times over: "a" becomes 10 ** (2 times) letters."""
    replace = {"type": "Replace", "pattern": {"Regex": "."}, "content": "x" * 100}
    return tokenizer_json(normalizer={"type": "Sequence", "normalizers": [replace] * times})


def backtracking() -> bytes:
    """A rule that the engine gives up on, by a panic, at forty "a"."""
    return tokenizer_json(
        pre_tokenizer={"type": "Split", "pattern": {"Regex": "(a+)+b"}, "behavior": "Isolated", "invert": False}
    )


def null_charsmap() -> bytes:
    return tokenizer_json(normalizer={"type": "Precompiled", "precompiled_charsmap": None})


def high_id(token_id: int = 300_000_000) -> bytes:
    made = json.loads(tokenizer_json())
    made["model"]["vocab"]["far"] = token_id
    return json.dumps(made).encode()


def word_pieces(vocabulary: dict[str, int], longest: int = 100) -> bytes:
    return tokenizer_json(
        {
            "type": "WordPiece",
            "unk_token": "[UNK]",
            "continuing_subword_prefix": "##",
            "max_input_chars_per_word": longest,
            "vocab": vocabulary,
        },
        normalizer={
            "type": "BertNormalizer",
            "clean_text": True,
            "handle_chinese_chars": True,
            "strip_accents": None,
            "lowercase": True,
        },
        pre_tokenizer={"type": "BertPreTokenizer"},
    )


def endless_words() -> bytes:
    """Words of any length are looked up, which takes the square (or more) of their length."""
    return word_pieces({"[UNK]": 0, "a": 1, "b": 2}, 1 << 40)


def gguf_with(**fields: bytes) -> bytes:
    """A .gguf of metadata alone: key (its dots as __) -> the value's type and bytes, as `value_*` give them."""
    body = b"".join(text(key.replace("__", ".").encode()) + value for key, value in fields.items())
    return b"GGUF" + struct.pack("<IQQ", 3, 0, len(fields)) + body


def value_text(value: bytes) -> bytes:
    return struct.pack("<I", 8) + text(value)


def value_texts(*values: bytes) -> bytes:
    return struct.pack("<IIQ", 9, 8, len(values)) + b"".join(map(text, values))


def value_number(number: int) -> bytes:
    return struct.pack("<II", 4, number)


def value_numbers(*numbers: float) -> bytes:
    return struct.pack(f"<IIQ{len(numbers)}f", 9, 6, len(numbers), *numbers)
