"""Train Pocket: tokenizer, Base, Chat, and the files that ship. `python -m core.pocket.train` repeats everything.

Needs no accelerator: an hour and a half on two cores. Each stage writes a checkpoint every few minutes and goes on
from it when it is started again.
"""

from __future__ import annotations

import argparse
import copy
import math
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.pocket.export import export_all
from core.pocket.model import Shape, build
from core.pocket.packing import IGNORED, batch
from core.pocket.tokenizer import load_tokenizer, train_tokenizer

HELD_OUT_SEED = 10**9  # batches of training take seeds below it


@dataclass(frozen=True)
class Stage:
    """One stage of training: its name, its budget and its rates.

    The rate rises over `warm_up` (share of the budget), then falls along a cosine to a twentieth. Where `minutes` is
    given the share is that of the time, so that the schedule ends when the time does, however busy the machine is.
    """

    name: str
    steps: int
    minutes: float | None
    rate: float
    rows: int = 20
    length: int = 256
    warm_up: float = 0.03
    weight_decay: float = 0.1
    seed: int = 1
    plain_share: float = 0.0


def read_extra(paths: list[Path]) -> tuple[str, ...]:
    """Texts from files in which documents are divided by <|endoftext|>."""
    return tuple(
        text.strip()
        for path in paths
        for text in path.read_text(encoding="utf-8").split("<|endoftext|>")
        if text.strip()
    )


def optimizers(model: Any, stage: Stage) -> list[Any]:
    """Muon for the matrices of the layers, AdamW for the table of tokens and the norms.

    Source: Jordan et al. 2024, "Muon: an optimizer for hidden layers"; its rate is matched to AdamW's.
    """
    import torch

    matrices = [weight for name, weight in model.named_parameters() if weight.dim() == 2 and "layers." in name]
    chosen = {id(weight) for weight in matrices}
    others = [weight for weight in model.parameters() if id(weight) not in chosen]
    return [
        torch.optim.Muon(matrices, lr=stage.rate, weight_decay=stage.weight_decay, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(others, lr=stage.rate, betas=(0.9, 0.95), weight_decay=0.0),
    ]


def rate_factor(progress: float, warm_up: float) -> float:
    """Factor of the peak rate at a share of the budget, 0..1: linear warm-up, then cosine to 0.02."""
    if progress < warm_up:
        return max(progress, 1e-3) / warm_up
    along = min(1.0, (progress - warm_up) / (1 - warm_up))
    return 0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * along))


def loss_of(model: Any, tokens: Any, targets: Any) -> Any:
    """Mean cross-entropy in nats per learned token, the multiplications in bfloat16."""
    import torch
    from torch.nn import functional

    counted = torch.from_numpy(targets != IGNORED)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(torch.from_numpy(tokens), counted)
    return functional.cross_entropy(logits.float(), torch.from_numpy(targets)[counted])


def held_out_loss(model: Any, tokenizer: Any, stage: Stage, extra: tuple[str, ...], batches: int = 4) -> float:
    """Loss on batches whose seeds are never trained on."""
    import torch

    with torch.no_grad():
        return (
            sum(
                float(
                    loss_of(
                        model, *batch(tokenizer, stage.name, HELD_OUT_SEED + number, stage.rows, stage.length, extra)
                    )
                )
                for number in range(batches)
            )
            / batches
        )


def save(path: Path, model: Any, shape: Shape, step: int, elapsed: float, optims: list[Any]) -> None:
    """Write a checkpoint, whole or not at all."""
    import torch

    part = path.with_suffix(".part")
    torch.save(
        {
            "model": model.state_dict(),
            "shape": shape.as_dict(),
            "step": step,
            "elapsed": elapsed,
            "optimizers": [optim.state_dict() for optim in optims],
        },
        part,
    )
    os.replace(part, path)


def load(path: Path) -> tuple[Any, dict[str, Any]]:
    """The model of a checkpoint, and the checkpoint."""
    import torch

    stored = torch.load(path, weights_only=True)
    model = build(Shape(**stored["shape"]))
    model.load_state_dict(stored["model"])
    return model, stored


def run(
    stage: Stage,
    model: Any,
    shape: Shape,
    tokenizer: Any,
    path: Path,
    extra: tuple[str, ...] = (),
    every_seconds: float = 240,
) -> Any:
    """Train through a stage, from its checkpoint if there is one, and write the finished checkpoint to `path`."""
    import torch

    optims, step, before = optimizers(model, stage), 0, 0.0
    if path.exists():
        stored = torch.load(path, weights_only=True)
        model.load_state_dict(stored["model"])
        for optim, state in zip(optims, stored["optimizers"], strict=True):
            optim.load_state_dict(state)
        step, before = stored["step"], stored["elapsed"]
    start = saved = time.monotonic()
    while True:
        elapsed = before + time.monotonic() - start
        progress = elapsed / (60 * stage.minutes) if stage.minutes else step / stage.steps
        if progress >= 1:
            break
        for optim in optims:
            for group in optim.param_groups:
                group["lr"] = stage.rate * rate_factor(progress, stage.warm_up)
        tokens, targets = batch(
            tokenizer, stage.name, stage.seed * 10_000_000 + step, stage.rows, stage.length, extra, stage.plain_share
        )
        loss = loss_of(model, tokens, targets)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optim in optims:
            optim.step()
            optim.zero_grad(set_to_none=True)
        step += 1
        if step % 25 == 0:
            print(
                f"{stage.name} step {step} loss {loss.item():.4f} progress {progress:.3f} seconds {elapsed:.0f}",
                flush=True,
            )
        if time.monotonic() - saved > every_seconds:
            save(path, model, shape, step, elapsed, optims)
            print(f"{stage.name} step {step} held-out {held_out_loss(model, tokenizer, stage, extra):.4f}", flush=True)
            saved = time.monotonic()
    save(path, model, shape, step, before + time.monotonic() - start, optims)
    print(
        f"{stage.name} finished: {step} steps, held-out {held_out_loss(model, tokenizer, stage, extra, 8):.4f}",
        flush=True,
    )
    return model


def main() -> None:
    """Train what is not trained yet, then export."""
    import torch

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--folder", type=Path, default=Path("pocket-training"), help="checkpoints; training goes on from them"
    )
    parser.add_argument(
        "--extra", type=Path, nargs="*", default=[], help="more training text, divided by <|endoftext|>"
    )
    parser.add_argument("--base-steps", type=int, default=1000)
    parser.add_argument("--chat-steps", type=int, default=500)
    parser.add_argument("--base-minutes", type=float, help="budget as time instead of steps")
    parser.add_argument("--chat-minutes", type=float)
    parser.add_argument("--only", choices=["tokenizer", "base", "chat"], help="stop after this stage")
    parser.add_argument("--base-rate", type=float, default=4e-3, help="peak rate of the first stage")
    parser.add_argument("--chat-rate", type=float, default=3e-3)
    parser.add_argument("--threads", type=int, default=os.cpu_count() or 1)
    given = parser.parse_args()
    torch.set_num_threads(given.threads)
    given.folder.mkdir(parents=True, exist_ok=True)
    extra = read_extra(given.extra)
    tokenizer_path = given.folder / "tokenizer.model"
    if not tokenizer_path.exists():
        train_tokenizer(tokenizer_path, extra=extra)
    tokenizer = load_tokenizer(tokenizer_path)
    if given.only == "tokenizer":
        return
    shape = Shape(vocabulary=tokenizer.vocab_size())
    base = Stage("base", given.base_steps, given.base_minutes, given.base_rate)
    model = run(base, build(shape), shape, tokenizer, given.folder / "base.pt", extra)
    if given.only == "base":
        return
    chat = Stage(
        "chat", given.chat_steps, given.chat_minutes, given.chat_rate, rows=10, length=512, seed=2, plain_share=0.05
    )
    chat_model = run(chat, copy.deepcopy(model), shape, tokenizer, given.folder / "chat.pt", extra)
    if given.only != "chat":
        for path in export_all((model, shape), (chat_model, shape), tokenizer, given.folder):
            print(f"wrote {path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
