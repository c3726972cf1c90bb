"""Gradients of one step, shared out among processes of one thread each.

Two processes that meet once per step are faster than two threads that meet at every multiplication, the more so on a
machine that has other work. Each takes its rows a few at a time, so that what a layer computes stays in the cache.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from core.pocket.model import Shape, build
from core.pocket.packing import IGNORED, batch

_TOKENS_AT_ONCE = 1024


@dataclass(frozen=True)
class Recipe:
    """What a step is made of: `stage` ("base" or "chat"), rows per process, their length, where the seeds begin."""

    stage: str
    rows: int
    length: int
    seed: int
    plain_share: float = 0.0
    extra: tuple[str, ...] = ()


def keep_memory() -> None:
    """Have freed memory kept for the next step (glibc only): handing it back and getting it anew costs a quarter."""
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError, TypeError):
        return
    trim_threshold, top_pad, mmap_max = -1, -2, -4
    mallopt(mmap_max, 0)
    mallopt(trim_threshold, 2**31 - 1)
    mallopt(top_pad, 64 * 2**20)


def loss_sum(model: Any, tokens: Any, targets: Any) -> Any:
    """Sum of cross-entropy in nats over the learned tokens, the multiplications in bfloat16."""
    import torch
    from torch.nn import functional

    counted = torch.from_numpy(targets != IGNORED)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(torch.from_numpy(tokens), counted)
    return functional.cross_entropy(logits.float(), torch.from_numpy(targets)[counted], reduction="sum")


def add_gradients(model: Any, tokens: Any, targets: Any) -> float:
    """Add the gradients of the mean loss to the model's, a few rows at a time. Returns the mean loss."""
    at_once, learned, total = max(1, _TOKENS_AT_ONCE // tokens.shape[1]), int((targets != IGNORED).sum()), 0.0
    for row in range(0, len(tokens), at_once):
        loss = loss_sum(model, tokens[row : row + at_once], targets[row : row + at_once]) / learned
        loss.backward()
        total += float(loss.detach())
    return total


def rows_of(tokenizer: Any, recipe: Recipe, step: int, worker: int, workers: int) -> Any:
    """Tokens and targets of one process in one step: the same for the same step, so that training resumes anywhere."""
    seed = recipe.seed * 10_000_000 + step * workers + worker
    return batch(tokenizer, recipe.stage, seed, recipe.rows, recipe.length, recipe.extra, recipe.plain_share)


def _work(worker: int, workers: int, shape: Shape, weights: Any, shared: Any, recipe: Recipe, tokenizer: Any) -> None:
    """A process beside the first: waits for a step, leaves its gradients and its loss, until the first one ends."""
    import torch

    threading.Thread(target=_end_with_parent, daemon=True).start()
    torch.set_num_threads(1)
    keep_memory()
    gradients, losses, step, begin, end = shared
    model = build(shape)
    for own, common in zip(model.parameters(), weights, strict=True):
        own.data = common
    while True:
        begin.wait()
        losses[worker] = add_gradients(model, *rows_of(tokenizer, recipe, step.value, worker, workers))
        for own, left in zip(model.parameters(), gradients[worker - 1], strict=True):
            left.copy_(own.grad)
        model.zero_grad(set_to_none=True)
        end.wait()


def _end_with_parent() -> None:
    """A first process that was killed cannot end the others, which would wait for its next step for good."""
    parent = multiprocessing.parent_process()
    if parent:
        parent.join()
        os._exit(1)


@contextmanager
def crew(model: Any, shape: Shape, recipe: Recipe, tokenizer: Any, workers: int) -> Iterator[Callable[[int], float]]:
    """A function step -> mean loss that leaves the mean gradients of all processes in the model.

    The other processes end with the context.
    """
    import torch
    from torch import multiprocessing as torch_processes

    context = torch_processes.get_context("spawn")
    torch.set_num_threads(1)
    keep_memory()
    weights = [weight.data for weight in model.share_memory().parameters()]
    gradients = [[torch.zeros_like(weight).share_memory_() for weight in weights] for _ in range(workers - 1)]
    losses, step = torch.zeros(workers).share_memory_(), context.Value("q", 0)
    begin, end = context.Barrier(workers), context.Barrier(workers)
    shared = (gradients, losses, step, begin, end)
    others = [
        context.Process(target=_work, args=(worker, workers, shape, weights, shared, recipe, tokenizer), daemon=True)
        for worker in range(1, workers)
    ]
    for process in others:
        process.start()

    def gradients_of(number: int) -> float:
        step.value = number
        begin.wait()
        losses[0] = add_gradients(model, *rows_of(tokenizer, recipe, number, 0, workers))
        end.wait()
        for index, weight in enumerate(model.parameters()):
            for left in gradients:
                weight.grad += left[index]
            weight.grad /= workers
        return float(losses.mean())

    try:
        yield gradients_of
    finally:
        for process in others:
            process.terminate()
            process.join()
