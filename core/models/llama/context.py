"""llama.cpp's context: the keys and values of what was read so far, and the scores for what comes next.

Like `core.models.llama.model` only for a model's own process.

Source: llama.h of the pinned version; its functions have the same names here.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from core.errors import Cancelled, UserError
from core.models.llama import cache_layout
from core.models.llama.model import Model, library
from core.models.llama.safe_mode import FULL, SIMULATED_CRASH, Mode

_ABORTED = 2


def tokens_at_once(width: int) -> int:
    """How many tokens of a prompt a model of that width computes together: 512, or fewer for a wide one.

    A stop is heard between two steps of the computation. The largest step multiplies each token with a matrix of about
    3.5 x width x width numbers; 8 billion operations take a laptop 0.1 to 0.2 s.

    Example: width 4,096 (8 billion parameters) -> 8e9 / (2 x 3.5 x 4096 x 4096) = 68, rounded down to 64 tokens.
    """
    fitting = int(8e9 / (7 * max(width, 1) ** 2))
    return min(512, max(32, fitting // 32 * 32))


CACHE_TYPES = {"f16": 1, "q8_0": 8, "q4_0": 2}  # ggml's numbers


class Context:
    """Working memory of one model: the keys and values of the tokens read so far, in one sequence."""

    def __init__(
        self,
        model: Model,
        size: int,
        threads: int,
        batch: int = 512,
        flash: bool | None = None,
        cache_type: str = "f16",
        mode: Mode = FULL,
        **more: Any,
    ) -> None:
        """`flash`: with flash attention or without; None as llama.cpp chooses. `cache_type`: how keys and values are
        stored, "f16", "q8_0" or "q4_0"; the last two need flash attention. `more`: other fields of
        llama_context_params."""
        self._lib = lib = library()
        self.model, self.batch = model, min(batch, size)
        self.flash = True if cache_type != "f16" else flash
        kind = CACHE_TYPES[cache_type]
        self._fields = {
            "n_ctx": size,
            "n_batch": self.batch,
            "n_seq_max": 1,
            "n_threads": threads,
            "n_threads_batch": threads,
            "type_k": kind,
            "type_v": kind,
            "n_ubatch": min(self.batch, tokens_at_once(lib.llama_model_n_embd(model.pointer))),
            **more,
        }
        # llama.cpp asks after every step of its computation whether to abort. A Python function would be called a
        # thousand times a token; C's strlen, given a text of our own, answers 0 or 1 without Python.
        self._flag = ctypes.create_string_buffer(2)
        self._abort = ctypes.cast(_strlen(), lib.ggml_abort_callback)
        self.pointer = self._opened(self.flash)
        if not self.pointer:
            raise UserError(f"There is no memory for a context of {size:,} tokens.", "Choose a shorter context.")
        self._row = ctypes.c_float * model.size
        self._seen: tuple[int, np.ndarray] = (0, np.empty(0, np.float32))
        self._decode, self._one = lib.llama_decode, (ctypes.c_int32 * 1)()
        self._one_batch = lib.llama_batch_get_one(self._one, 1)
        self._simulate_crash = mode.key in os.environ.get(SIMULATED_CRASH, "").split(",")

    @property
    def longer(self) -> str:
        """The end of a piece of advice: a longer context is offered only where the model was trained for one."""
        trained = self.model.trained_context
        return (
            f", or choose a longer context: this model reads up to {trained:,} tokens."
            if trained > self.size
            else "; this model was not trained for a longer context."
        )

    def _opened(self, flash: bool | None) -> Any:
        """A new context of llama.cpp; None where it cannot be made."""
        lib = self._lib
        params = lib.llama_context_default_params()
        params.flash_attn_type = -1 if flash is None else int(flash)
        for name, value in self._fields.items():
            setattr(params, name, value)
        pointer = lib.llama_init_from_model(self.model.pointer, params)
        if pointer:
            lib.llama_set_abort_callback(pointer, self._abort, ctypes.cast(self._flag, ctypes.c_void_p))
        return pointer

    @property
    def _memory(self) -> Any:
        return self._lib.llama_get_memory(self.pointer)

    def use_flash(self, flash: bool) -> bool:
        """Continue with flash attention or without; what was read so far stays read.

        False, and all is as before, where this model's cache cannot be carried over."""
        if flash == self.flash:
            return True
        state: cache_layout.Buffer = self.save()
        empty = len(state) <= cache_layout.EMPTY_BYTES
        try:
            state = state if empty else cache_layout.converted(state, transposed=not flash)
        except ValueError:
            return False
        old, opened = self.pointer, self._opened(flash)
        if not opened:
            return False
        self.pointer = opened
        if not empty and not self._set(state):
            self.pointer = old
            self._lib.llama_free(opened)
            return False
        self._lib.llama_free(old)
        self.flash, self._seen = flash, (0, self._seen[1])
        return True

    def use_threads(self, writing: int, reading: int) -> None:
        """With how many threads the next tokens are computed: one at a time, and many at once."""
        self._lib.llama_set_n_threads(self.pointer, writing, reading)
        self._fields |= {"n_threads": writing, "n_threads_batch": reading}

    def close(self) -> None:
        if self.pointer:
            self._lib.llama_free(self.pointer)
            self.pointer = None

    @property
    def size(self) -> int:
        return int(self._lib.llama_n_ctx(self.pointer))

    def abort(self) -> None:
        """End the computation under way, from another thread; `decode` then raises `Cancelled`."""
        self._flag[0] = b"x"

    def allow(self) -> None:
        """Forget an earlier `abort`."""
        self._flag[0] = b"\0"

    def aborted(self, code: int) -> bool:
        """Whether what llama_decode answered means that `abort` was heard."""
        return code == _ABORTED or self._flag[0] != b"\0"

    def decode(self, tokens: Sequence[int], all_scores: bool = False) -> None:
        """Read tokens (at most `batch`) after those read so far.

        Raises:
            Cancelled: `abort` was called; what was read of these tokens must be removed with `keep`.
        """
        count = len(tokens)
        self._perhaps_crash()
        if count == 1:
            self._one[0], batch = tokens[0], self._one_batch
        else:
            array = (ctypes.c_int32 * count)(*tokens)
            batch = self._lib.llama_batch_get_one(array, count)
        if all_scores and count > 1:
            wanted = (ctypes.c_int8 * count)(*([1] * count))
            batch.logits = wanted
        code = self._decode(self.pointer, batch)
        if self.aborted(code):
            raise Cancelled()
        if code == 1:
            raise UserError("The context is full.", f"Shorten the conversation{self.longer}")
        if code:
            raise RuntimeError(f"llama_decode returned {code}")

    def _perhaps_crash(self) -> None:
        """What a test asks for: a crash of native code that is known to happen in this mode."""
        if self._simulate_crash:
            ctypes.string_at(0)

    def keep(self, count: int) -> bool:
        """Forget all but the first `count` tokens. False where the model cannot (then everything is forgotten)."""
        if count == 0 or not self._lib.llama_memory_seq_rm(self._memory, 0, count, -1):
            self._lib.llama_memory_clear(self._memory, True)
            return count == 0
        return True

    def logits(self, index: int = -1) -> np.ndarray:
        """Scores (vocabulary,) after the last token read, or the `index`-th: a view, good until `decode`."""
        address = ctypes.addressof(self._lib.llama_get_logits_ith(self.pointer, index).contents)
        if address != self._seen[0]:
            self._seen = address, np.frombuffer(self._row.from_address(address), np.float32)
        return self._seen[1]

    def save(self) -> bytes:
        """The keys and values of the tokens read so far."""
        size = self._lib.llama_state_seq_get_size(self.pointer, 0)
        buffer = np.empty(size, np.uint8)
        place = buffer.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))
        written = self._lib.llama_state_seq_get_data(self.pointer, place, size, 0)
        return buffer[:written].tobytes()

    def restore(self, state: cache_layout.Buffer) -> bool:
        """Go back to a saved state, whichever way its values lie. False, with an empty context, if it does not fit."""
        self._lib.llama_memory_clear(self._memory, True)
        if self.flash is not None:
            with contextlib.suppress(ValueError):
                state = cache_layout.converted(state, transposed=not self.flash)
        if self._set(state):
            return True
        self._lib.llama_memory_clear(self._memory, True)
        return False

    def _set(self, state: cache_layout.Buffer) -> bool:
        buffer = np.frombuffer(state, np.uint8)
        place = buffer.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))
        return bool(self._lib.llama_state_seq_set_data(self.pointer, place, len(buffer), 0))


def _strlen() -> Any:
    library_of_c = ctypes.cdll.msvcrt if sys.platform == "win32" else ctypes.CDLL(None)
    return library_of_c.strlen
