"""Vocabulary-only .gguf files out of a model, with the cutting rule that a test asks for, and llama.cpp's own ids."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from core.models.gguf.reader import read_head
from tests.conftest import ROOT
from tests.support.gguf_files import text

_THEIRS = """
import json, sys
from core.models.llama import model as llama
model = llama.Model(sys.argv[1], lambda fraction: False, vocabulary_only=True)
texts, add = json.loads(sys.stdin.read())
print(json.dumps([[model.tokenize(one, add, special) for special in (False, True)] for one in texts]))
"""


def theirs(path: Path, texts: Sequence[str], add_special: bool = False) -> list[tuple[list[int], list[int]]]:
    """llama.cpp's ids for each text, names of control tokens read as text and as tokens; from a process of its own."""
    printed = subprocess.run(
        [sys.executable, "-c", _THEIRS, str(path)],
        cwd=ROOT,
        text=True,
        input=json.dumps([list(texts), add_special]),
        capture_output=True,
        check=True,
    ).stdout
    return [(plain, special) for plain, special in json.loads(printed)]


def vocabulary_only(source: Path, target: Path, rule: str | None, **other: str) -> Path:
    """The vocabulary of `source` alone, with `tokenizer.ggml.pre` as given (None: without); `other`: texts by key, a
    dot written as two underscores."""
    head = read_head(source).metadata
    fields = {key: value for key, value in head.items() if key.startswith(("tokenizer.ggml", "general.architecture"))}
    fields |= {key.replace("__", "."): value for key, value in other.items()}
    fields.pop("tokenizer.ggml.pre", None)
    if rule is not None:
        fields["tokenizer.ggml.pre"] = rule
    body = b"".join(text(key) + _value(value) for key, value in fields.items())
    target.write_bytes(b"GGUF" + struct.pack("<IQQ", 3, 0, len(fields)) + body + b"\0" * 64)
    return target


def _value(value: object) -> bytes:
    if isinstance(value, bool):
        return struct.pack("<I?", 7, value)
    if isinstance(value, int):
        return struct.pack("<II", 4, value)
    if isinstance(value, str):
        return struct.pack("<I", 8) + text(value)
    if isinstance(value, np.ndarray):
        kind, width = (6, np.float32) if value.dtype.kind == "f" else (5, np.int32)
        return struct.pack("<IIQ", 9, kind, len(value)) + value.astype(width).tobytes()
    assert isinstance(value, list)
    return struct.pack("<IIQ", 9, 8, len(value)) + b"".join(struct.pack("<Q", len(one)) + one for one in value)
