"""Texts and conversations as rows of tokens: whole documents side by side, none cut in two."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random
from typing import Any

import numpy as np

from core.pocket.curriculum import conversations, documents
from core.pocket.fact_questions import Turn
from core.pocket.tokenizer import BEGIN, END, ROLES

IGNORED = -100  # a target that does not count towards the loss (PyTorch's own value)
_ROLE_TOKENS = {role.strip("<|>"): 3 + index for index, role in enumerate(ROLES)}

Pair = tuple[list[int], list[bool]]


def document_tokens(tokenizer: Any, text: str) -> Pair:
    """<s> text </s>, and for each token whether the model shall learn to say it."""
    tokens = [BEGIN, *tokenizer.encode(text), END]
    return tokens, [False] + [True] * (len(tokens) - 1)


def conversation_tokens(tokenizer: Any, turns: list[Turn]) -> Pair:
    """<s><|user|>...</s><|assistant|>...</s>; only what the assistant says, and the end of its turn, is learned."""
    tokens, learned = [BEGIN], [False]
    for role, text in turns:
        said = [*tokenizer.encode(text), END]
        tokens += [_ROLE_TOKENS[role], *said]
        learned += [False] + [role == "assistant"] * len(said)
    return tokens, learned


def rows(pairs: Iterator[Pair], count: int, length: int) -> tuple[np.ndarray, np.ndarray]:
    """`count` rows filled with whole documents: tokens (count, length) and targets (count, length), int64.

    Documents are drawn until they would fill all rows, and placed longest first, each in the first row where it fits;
    the few small ones left over are dropped. A document longer than a row is cut at the row's end. What stays empty is
    padding, and its targets are IGNORED.
    """
    drawn: list[Pair] = []
    while sum(len(ids) for ids, _ in drawn) < 1.03 * count * (length + 1):
        ids, learned = next(pairs)
        drawn.append((ids[: length + 1], learned[: length + 1]))
    placed: list[list[Pair]] = [[] for _ in range(count)]
    room = [length + 1] * count
    for pair in sorted(drawn, key=lambda pair: -len(pair[0])):
        row = next((row for row in range(count) if len(pair[0]) <= room[row]), None)
        if row is not None:
            placed[row].append(pair)
            room[row] -= len(pair[0])
    tokens = np.full((count, length + 1), END, dtype=np.int64)
    targets = np.full((count, length + 1), IGNORED, dtype=np.int64)
    for row, pairs_of_row in enumerate(placed):
        Random(len(drawn) + row).shuffle(pairs_of_row)  # else the longest would always stand first
        column = 0
        for ids, learned in pairs_of_row:
            tokens[row, column : column + len(ids)] = ids
            targets[row, column : column + len(ids)] = np.where(learned, ids, IGNORED)
            column += len(ids)
    return tokens[:, :-1], targets[:, 1:]


def batch(
    tokenizer: Any,
    stage: str,
    seed: int,
    count: int,
    length: int,
    extra: tuple[str, ...] = (),
    plain_share: float = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    """One batch of a stage ("base" or "chat"), the same for the same seed, so that training resumes at any step.

    `plain_share` mixes documents of the first stage into the second, lest it be forgotten.
    """
    plain = (document_tokens(tokenizer, text) for text in documents(seed, extra))
    if stage == "base":
        return rows(plain, count, length)
    spoken = (conversation_tokens(tokenizer, turns) for turns in conversations(seed))
    generator = np.random.default_rng(seed)
    mixed = (next(plain) if generator.random() < plain_share else next(spoken) for _ in iter(int, 1))
    return rows(mixed, count, length)
