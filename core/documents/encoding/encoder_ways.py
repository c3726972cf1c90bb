"""Which ways of computing this machine has beside float32 on the CPU: bfloat16 where its flags say so, and GPUs."""

from __future__ import annotations

import contextlib
import gc
from typing import Any

from core.runtime import machine as this_machine


def names() -> list[str]:
    """Of "bfloat16", "cuda" and "mps" those that are worth a trial."""
    return [*(["bfloat16"] if multiplies_bfloat16() else []), *gpus()]


def gpus() -> list[str]:
    """The kinds of GPU that torch can compute on here."""
    import torch

    found = []
    with contextlib.suppress(RuntimeError, AssertionError, AttributeError):  # a driver that does not fit
        if torch.cuda.is_available():
            found.append("cuda")
    with contextlib.suppress(RuntimeError, AssertionError, AttributeError):
        if torch.backends.mps.is_available():
            found.append("mps")
    return found


def multiplies_bfloat16() -> bool:
    """Whether this CPU has instructions for products of bfloat16 (AVX512-BF16, AMX, or Arm's BF16)."""
    import torch

    supported = getattr(torch.cpu, "_is_avx512_bf16_supported", lambda: False)
    matrix_units = getattr(torch.cpu, "_is_amx_tile_supported", lambda: False)
    return bool(supported() or matrix_units() or "bf16" in this_machine.cpu_features())


def machine() -> str:
    """What a trial holds for: this CPU, this torch, these GPUs."""
    import torch

    cards = [torch.cuda.get_device_name() if name == "cuda" else name for name in gpus()]
    return " ".join([this_machine.identity(), "torch", torch.__version__, *cards])


def release() -> None:
    """Give back what the GPU holds for objects that are gone."""
    import torch

    gc.collect()
    for library, there in ((torch.cuda, "cuda" in gpus()), (getattr(torch, "mps", None), "mps" in gpus())):
        if there and library is not None:
            with contextlib.suppress(RuntimeError):
                library.empty_cache()


def in_device(name: str) -> tuple[str, Any]:
    """(torch's device, its kind of number) for a way's name."""
    import torch

    return name if name in ("cuda", "mps") else "cpu", torch.bfloat16 if name == "bfloat16" else torch.float32
