"""Vocabularies in tiktoken's file format: a line `base64 rank` for each token, and nothing else.

Such a file does not say by which rule a text is cut before it merges, nor which names are control tokens. Both are
known for the published files, by their SHA-256 (tiktoken's openai_public.py; the makers' own code for the others);
another file is refused, its rule is not guessed.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import re
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from core.errors import UnreadableFile
from core.models.specs import Spec
from core.tokens.engines import patterns
from core.tokens.engines.byte_pairs import BytePairs, Ranked
from core.tokens.formats import packed_vocabulary
from core.tokens.vocabulary import CONTROL, NORMAL, UNUSED, Vocabulary

_MOST_BYTES = 64 << 20
_LINE = re.compile(rb"[A-Za-z0-9+/]+={0,2} \d+\r?\n")


class Published(NamedTuple):
    """What belongs to a published table: its title, its rule, and its control tokens by id."""

    title: str
    rule: str
    special: dict[int, str]
    begin: tuple[int, ...] = ()


def _llama_3() -> dict[int, str]:
    names = ["<|begin_of_text|>", "<|end_of_text|>"]
    names += [f"<|reserved_special_token_{i}|>" for i in range(4)]
    names += ["<|start_header_id|>", "<|end_header_id|>", "<|reserved_special_token_4|>", "<|eot_id|>"]
    names += [f"<|reserved_special_token_{i}|>" for i in range(5, 251)]
    return {128_000 + i: name for i, name in enumerate(names)}


_GPT_4 = {
    100257: "<|endoftext|>",
    100258: "<|fim_prefix|>",
    100259: "<|fim_middle|>",
    100260: "<|fim_suffix|>",
    100276: "<|endofprompt|>",
}
KNOWN = {
    "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7": Published(
        "cl100k_base", patterns.GPT_4, _GPT_4
    ),
    "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930": Published(
        "r50k_base", patterns.GPT_2, {50256: "<|endoftext|>"}
    ),
    "94b5ca7dff4d00767bc256fdd1b27e5b17361d7b8a5f968547f9f23eb70d2069": Published(
        "p50k_base", patterns.GPT_2, {50256: "<|endoftext|>"}
    ),
    packed_vocabulary.O200K_SHA256: Published(
        "o200k_base", patterns.O200K, {199999: "<|endoftext|>", 200018: "<|endofprompt|>"}
    ),
    "82e9d31979e92ab929cd544440f129d9ecd797b69e327f80f17e1c50d5551b55": Published(
        "Llama 3", patterns.GPT_4, _llama_3(), (128_000,)
    ),
}
"""The published tables by the SHA-256 of their files."""


def is_table(head: bytes) -> bool:
    """Whether a file that begins so is a table of tiktoken's."""
    return _LINE.match(head) is not None


def read(path: Path) -> BytePairs:
    """The tokenizer of a published table.

    Raises:
        UnreadableFile: it is not such a table, or one whose rule is not known here.
    """
    body = _content(path)
    tokens = _tokens(path, body)
    known = KNOWN.get(hashlib.sha256(body).hexdigest())
    if known is None:
        raise UnreadableFile(
            f"{path.name} is a table of {len(tokens):,} tokens that is not known here, and such a file does not say by "
            "which rule a text is cut.",
            f"Choose the tokenizer.json of the same model; known are {', '.join(one.title for one in KNOWN.values())}.",
        )
    made = make(tokens, known)
    made.proof = f"{known.title}: its file has the published SHA-256, run by tiktoken"
    return made


def load_rebuilt(path: Path, key: str) -> BytePairs:
    """The tokenizer of a table that was rebuilt and proven by its SHA-256; `key`: "gpt-4" or "gpt-3".

    Raises:
        UnreadableFile: it is not such a file.
    """
    titles = {"gpt-4": "cl100k_base", "gpt-3": "r50k_base"}
    known = next(one for one in KNOWN.values() if one.title == titles[key])
    made = make(_tokens(path, _content(path)), known)
    made.proof = "rebuilt; its file has the SHA-256 that tiktoken expects"
    return made


def o200k_from_spec(spec: Spec) -> BytePairs:
    """The embedded o200k_base."""
    assert spec.path is not None
    made = make(packed_vocabulary.unpack(spec.path), KNOWN[packed_vocabulary.O200K_SHA256])
    made.proof = "OpenAI's table, whose SHA-256 is the one that tiktoken expects, run by tiktoken"
    return made


def make(tokens: Sequence[bytes], known: Published) -> BytePairs:
    """The tokenizer of a table, with its rule and its control tokens."""
    ranks = {token: rank for rank, token in enumerate(tokens)}
    named = list(tokens)
    kinds = [NORMAL] * len(named)
    for token in range(len(named), max(known.special) + 1):
        named.append(known.special.get(token, "").encode())
        kinds.append(CONTROL if token in known.special else UNUSED)
    for token, name in known.special.items():  # p50k_base has one in the middle of its ranks
        if token < len(tokens):
            named[token], kinds[token] = name.encode(), CONTROL
    engine = Ranked(ranks, known.rule, np.arange(len(tokens)))
    made = BytePairs(Vocabulary(named, kinds), engine, [known.rule], known.begin)
    made.begin_name = known.special[known.begin[0]] if known.begin else ""
    made.end_name = next((name for name in known.special.values() if name in ("<|endoftext|>", "<|eot_id|>")), "")
    return made


def _content(path: Path) -> bytes:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError(f"it has {path.stat().st_size / 1e6:,.0f} MB")
        return path.read_bytes()
    except (OSError, ValueError) as problem:
        raise UnreadableFile(
            f"{path.name} is not a vocabulary of tiktoken ({problem}).", "Get the file again from its source."
        ) from problem


def _tokens(path: Path, body: bytes) -> list[bytes]:
    """The tokens by rank; a rank that a published table leaves out is empty."""
    try:
        pairs = [line.split() for line in body.splitlines()]
        by_rank = {int(rank): base64.b64decode(token, validate=True) for token, rank in pairs}
        size = max(by_rank, default=-1) + 1
        if len(by_rank) != len(pairs) or not 0 <= size - len(pairs) <= 100 or min(by_rank, default=0) < 0:
            raise ValueError("the ranks are out of order")
    except (ValueError, binascii.Error) as problem:
        raise UnreadableFile(
            f"{path.name} is not a vocabulary of tiktoken ({problem}).", "Get the file again from its source."
        ) from problem
    return [by_rank.get(rank, b"") for rank in range(size)]
