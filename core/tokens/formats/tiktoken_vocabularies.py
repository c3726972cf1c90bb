"""OpenAI's vocabularies from tiktoken's file format, with the pattern and special tokens of its openai_public.py."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path

import numpy as np

from core.errors import UnreadableFile
from core.tokens.engines import patterns
from core.tokens.engines.byte_pairs import BytePairs, Ranked
from core.tokens.vocabulary import CONTROL, NORMAL, UNUSED, Vocabulary

_SPECIAL = {
    "gpt-4": {
        100257: "<|endoftext|>",
        100258: "<|fim_prefix|>",
        100259: "<|fim_middle|>",
        100260: "<|fim_suffix|>",
        100276: "<|endofprompt|>",
    },
    "gpt-3": {50256: "<|endoftext|>"},
}
_RULES = {"gpt-4": patterns.GPT_4, "gpt-3": patterns.GPT_2}


def load_rebuilt(path: Path, key: str) -> BytePairs:
    """The tokenizer of a file with a line `base64 rank` for each token.

    Raises:
        UnreadableFile: it is not such a file.
    """
    try:
        lines = [line.split() for line in path.read_bytes().splitlines()]
        tokens = [base64.b64decode(token, validate=True) for token, _ in lines]
        if [int(rank) for _, rank in lines] != list(range(len(lines))):
            raise ValueError("the ranks are out of order")
    except (OSError, ValueError, binascii.Error) as problem:
        raise UnreadableFile(
            f"{path.name} is not a vocabulary of tiktoken ({problem}).", "Download the pack again."
        ) from problem
    special = _SPECIAL[key]
    ranks = {token: rank for rank, token in enumerate(tokens)}
    ids = np.arange(len(tokens))
    kinds = [NORMAL] * len(tokens)
    for token in range(len(tokens), max(special) + 1):
        tokens.append(special.get(token, "").encode())
        kinds.append(CONTROL if token in special else UNUSED)
    made = BytePairs(Vocabulary(tokens, kinds), Ranked(ranks, _RULES[key], ids), [_RULES[key]])
    made.end_name = "<|endoftext|>"
    made.proof = "rebuilt; its file has the SHA-256 that tiktoken expects"
    return made
