"""Train Pocket: tokenizer, Base, Chat, and the files that ship. `python -m core.pocket.train` repeats everything.

Needs no accelerator: an hour or so on two cores. Each stage writes a checkpoint every few minutes and goes on from it
when it is started again, also with more or fewer steps: the rate falls only at the end.
"""

from __future__ import annotations

import argparse
import copy
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.pocket.export import export_all
from core.pocket.gguf_reader import load_weights, tokenizer_model
from core.pocket.model import Shape, build
from core.pocket.packing import IGNORED, batch
from core.pocket.parallel import Recipe, crew, loss_sum
from core.pocket.tokenizer import load_tokenizer, train_tokenizer

HELD_OUT_SEED = 10**9  # batches of training take seeds below it


@dataclass(frozen=True)
class Stage:
    """One stage of training: its name, its steps and its rates; `rows` is what one process takes in one step.

    The rate rises over the first `warm_up` steps, stays, and falls to a fiftieth over the last `cool_down` of all.
    """

    name: str
    steps: int
    rate: float
    rows: int = 12
    length: int = 256
    warm_up: int = 40
    cool_down: float = 0.25
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


def rate_factor(step: int, stage: Stage) -> float:
    """Factor of the peak rate at a step: linear warm-up, then level, then linear down to 0.02."""
    left = (stage.steps - step) / (stage.cool_down * stage.steps)
    return min((step + 1) / stage.warm_up, 1.0, 0.02 + 0.98 * max(left, 0.0))


def held_out_loss(model: Any, tokenizer: Any, stage: Stage, extra: tuple[str, ...], batches: int = 4) -> float:
    """Mean loss in nats per learned token on batches whose seeds are never trained on."""
    import torch

    total, learned = 0.0, 0
    with torch.no_grad():
        for seed in range(HELD_OUT_SEED, HELD_OUT_SEED + batches):
            tokens, targets = batch(tokenizer, stage.name, seed, stage.rows, stage.length, extra)
            total += float(loss_sum(model, tokens, targets))
            learned += int((targets != IGNORED).sum())
    return total / learned


def save(path: Path, model: Any, shape: Shape, step: int, optims: list[Any]) -> None:
    """Write a checkpoint, whole or not at all."""
    import torch

    part = path.with_suffix(".part")
    torch.save(
        {
            "model": model.state_dict(),
            "shape": shape.as_dict(),
            "step": step,
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
    workers: int = 1,
    every_seconds: float = 240,
) -> Any:
    """Train through a stage, from its checkpoint if there is one, and write the finished checkpoint to `path`."""
    import torch

    optims, first = optimizers(model, stage), 0
    if path.exists():
        stored = torch.load(path, weights_only=True)
        model.load_state_dict(stored["model"])
        for optim, state in zip(optims, stored["optimizers"], strict=True):
            optim.load_state_dict(state)
        first = stored["step"]
    recipe = Recipe(stage.name, stage.rows, stage.length, stage.seed, stage.plain_share, extra)
    saved = time.monotonic()
    with crew(model, shape, recipe, tokenizer, workers) as gradients_of:
        for step in range(first, stage.steps):
            loss = gradients_of(step)
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            for optim in optims:
                for group in optim.param_groups:
                    group["lr"] = stage.rate * rate_factor(step, stage)
                optim.step()
                optim.zero_grad(set_to_none=True)
            if (step + 1) % 25 == 0:
                print(f"{stage.name} step {step + 1} of {stage.steps} loss {loss:.4f}", flush=True)
            if time.monotonic() - saved > every_seconds:
                save(path, model, shape, step + 1, optims)
                held_out = held_out_loss(model, tokenizer, stage, extra)
                print(f"{stage.name} step {step + 1} held-out {held_out:.4f}", flush=True)
                saved = time.monotonic()
    save(path, model, shape, max(first, stage.steps), optims)
    print(f"{stage.name} finished: held-out {held_out_loss(model, tokenizer, stage, extra, 8):.4f}", flush=True)
    return model


def main() -> None:
    """Train what is not trained yet, then export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--folder", type=Path, default=Path("pocket-training"), help="checkpoints; training goes on from them"
    )
    parser.add_argument(
        "--extra", type=Path, nargs="*", default=[], help="more training text, divided by <|endoftext|>"
    )
    parser.add_argument("--start", type=Path, help="a pocket-base file to go on from, with its tokenizer")
    parser.add_argument("--base-steps", type=int, default=1200)
    parser.add_argument("--chat-steps", type=int, default=1600)
    parser.add_argument("--only", choices=["tokenizer", "base", "chat"], help="stop after this stage")
    parser.add_argument("--base-rate", type=float, default=4e-3, help="peak rate of the first stage")
    parser.add_argument("--chat-rate", type=float, default=3e-3)
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1, help="processes of one thread each")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    extra = read_extra(given.extra)
    tokenizer_path = given.folder / "tokenizer.model"
    if not tokenizer_path.exists():
        train_tokenizer(tokenizer_path, extra=extra)
        if given.start:
            tokenizer_path.write_bytes(tokenizer_model(given.start, tokenizer_path.read_bytes()))
    tokenizer = load_tokenizer(tokenizer_path)
    if given.only == "tokenizer":
        return
    shape = Shape(vocabulary=tokenizer.vocab_size())
    base = Stage("base", given.base_steps, given.base_rate)
    model = build(shape)
    if given.start:
        load_weights(model, shape, given.start)
    model = run(base, model, shape, tokenizer, given.folder / "base.pt", extra, given.workers)
    if given.only == "base":
        return
    chat = Stage("chat", given.chat_steps, given.chat_rate, rows=6, length=512, cool_down=0.6, seed=2, plain_share=0.04)
    chat_model = run(chat, copy.deepcopy(model), shape, tokenizer, given.folder / "chat.pt", extra, given.workers)
    if given.only != "chat":
        for path in export_all((model, shape), (chat_model, shape), tokenizer, given.folder):
            print(f"wrote {path.name}: {path.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
