"""How much memory a model will take, estimated before it is loaded, and how much it took."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from pathlib import Path

from core.errors import UserError
from core.models.gguf.header import Header
from core.models.llama.context import tokens_at_once
from core.models.llama.load_settings import CACHE_BYTES

PROCESS_BYTES = 46_000_000  # an interpreter with numpy and llama.cpp's libraries, measured on Linux
LEFT_FREE = 0.1  # of the computer's memory, for everything else


@dataclass(frozen=True)
class Need:
    """Bytes by what they are for: weights (the mapped file), keys and values, intermediate results, the process."""

    weights: int
    cache: int
    working: int
    process: int = PROCESS_BYTES

    @property
    def total(self) -> int:
        return self.weights + self.cache + self.working + self.process


def estimate(header: Header, n_ctx: int, cache_type: str = "f16", on_gpu: float = 0.0) -> Need:
    """What a model will take of main memory with a context of `n_ctx` tokens; `on_gpu` is the share on a graphics card.

    Keys and values: layers x 2 x key-value heads x head width x tokens x 2 bytes (34/32 with q8_0, 18/32 with q4_0).
    Intermediate results: about six vectors of the model's width and two of its inner layer's for each token that is
    computed together with others (`tokens_at_once`, 512 up to 1.5 billion parameters), 4 bytes each.
    """
    wide, inner = header.whole("embedding_length"), header.whole("feed_forward_length")
    working = min(tokens_at_once(wide), n_ctx) * 4 * (6 * wide + 2 * inner) + 4 * header.vocabulary_size
    here = 1 - on_gpu
    cache = header.cache_bytes(n_ctx, CACHE_BYTES[cache_type])
    return Need(int(here * header.size_bytes), int(here * cache), working)


def available_bytes() -> tuple[int, int] | None:
    """KVCache that could be given out now, and all there is; None where the system does not say."""
    try:
        lines = dict(line.split(":") for line in Path("/proc/meminfo").read_text().splitlines() if ":" in line)
        return tuple(int(lines[name].split()[0]) * 1024 for name in ("MemAvailable", "MemTotal"))  # type: ignore
    except (OSError, KeyError, ValueError):
        pass
    with contextlib.suppress(ImportError):
        import psutil

        memory = psutil.virtual_memory()
        return memory.available, memory.total
    return None


def check_fits(header: Header, n_ctx: int, memory: tuple[int, int] | None = None, cache_type: str = "f16") -> None:
    """Refuse what would leave less than a tenth of the computer's memory free.

    Raises:
        UserError: with the context length that would fit, if one does.
    """
    memory = memory or available_bytes()
    if memory is None:
        return
    free, total = memory
    room, need = free - int(LEFT_FREE * total), estimate(header, n_ctx, cache_type).total
    if need <= room:
        return
    fitting = [
        size
        for size in (32768, 16384, 8192, 4096, 2048, 1024, 512)
        if size < n_ctx and estimate(header, size, cache_type).total <= room
    ]
    raise UserError(
        f"{header.name} with {n_ctx:,} tokens of context needs about {need / 1e9:.1f} GB; "
        f"{max(room, 0) / 1e9:.1f} GB can be given.",
        f"A context of {fitting[0]:,} tokens fits." if fitting else "Close other programs, or choose a smaller model.",
    )


def measured_bytes(pid: int) -> int | None:
    """What a process holds in memory now, mapped files included; None where the system is not Linux."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
        return sum(int(line.split()[1]) * 1024 for line in lines if line.startswith(("RssAnon:", "RssFile:")))
    except (OSError, ValueError, IndexError):
        return None
