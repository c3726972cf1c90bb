"""How a model is loaded: context, threads, graphics card, attention, cache. Everything can be left to the lab."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from core.errors import UserError

FLASH = {"auto": None, "on": True, "off": False}
CACHE_BYTES = {"f16": 2.0, "q8_0": 34 / 32, "q4_0": 18 / 32}  # for one number of a key or a value (ggml's blocks of 32)
AUTO_LAYERS = -1


@dataclass(frozen=True)
class LoadSettings:
    """`n_ctx`: tokens of context (0: what the model was trained for, at most 4,096). `threads`: 0 leaves them to the
    lab, which also uses fewer while other programs run. `gpu_layers`: -1 puts as many on the graphics card as fit, 0
    none. `flash_attention`: "auto", "on", "off". `cache_type`: how keys and values are stored, "f16", "q8_0" or "q4_0".
    `batch`: tokens of a prompt that are read at once.
    """

    n_ctx: int = 0
    threads: int = 0
    batch: int = 512
    gpu_layers: int = AUTO_LAYERS
    flash_attention: str = "auto"
    cache_type: str = "f16"

    def checked(self, trained: int) -> LoadSettings:
        """The same, if it can be had of a model that was trained for so many tokens of context.

        Raises:
            UserError: it cannot.
        """
        trained = trained or 1 << 20
        if (
            not 0 <= self.n_ctx <= max(trained, 1 << 20)
            or not 0 <= self.threads <= 512
            or not 1 <= self.batch <= 8192
            or not AUTO_LAYERS <= self.gpu_layers <= 10_000
        ):
            raise UserError(
                f"A context of {self.n_ctx:,} tokens, {self.threads} threads, {self.gpu_layers} layers on "
                f"the GPU and batches of {self.batch} cannot be had.",
                f"This model was trained for {trained:,} tokens of context.",
            )
        if self.flash_attention not in FLASH:
            raise UserError(f"Flash attention is {self.flash_attention!r}.", f"It can be {', '.join(FLASH)}.")
        if self.cache_type not in CACHE_BYTES:
            raise UserError(f"The KV cache type is {self.cache_type!r}.", f"It can be {', '.join(CACHE_BYTES)}.")
        if self.cache_type != "f16" and self.flash_attention == "off":
            raise UserError(
                f"A KV cache of type {self.cache_type} needs flash attention.",
                "Leave flash attention on auto, or choose f16.",
            )
        return self

    @property
    def fixed(self) -> bool:
        """Whether threads or attention were chosen by the person, so that the lab changes neither while it computes."""
        return self.threads > 0 or self.flash_attention != "auto"

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)
