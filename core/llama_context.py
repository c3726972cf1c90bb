"""llama.cpp's context: the keys and values of what was read so far, and the scores for what comes next.

Like `core.llama` only for a model's own process.

Source: llama.h of the pinned version; its functions have the same names here.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from core.errors import Cancelled, UserError
from core.llama import Model, library

_ABORTED = 2


def tokens_at_once(width: int) -> int:
    """How many tokens of a prompt a model of that width computes together: 512, or fewer for a wide one.

    A stop is heard between two steps of the computation. The largest step multiplies each token with a matrix of about
    3.5 x width x width numbers; 8 billion operations take a laptop 0.1 to 0.2 s.

    Example: width 4,096 (8 billion parameters) -> 8e9 / (2 x 3.5 x 4096 x 4096) = 68, rounded down to 64 tokens.
    """
    fitting = int(8e9 / (7 * max(width, 1) ** 2))
    return min(512, max(32, fitting // 32 * 32))


class Context:
    """Working memory of one model: the keys and values of the tokens read so far, in one sequence."""

    def __init__(self, model: Model, size: int, threads: int, batch: int = 512, **more: Any) -> None:
        """`more`: other fields of llama_context_params."""
        self._lib = lib = library()
        self.model, self.batch = model, min(batch, size)
        params = lib.llama_context_default_params()
        params.n_ctx, params.n_batch, params.n_seq_max = size, self.batch, 1
        params.n_ubatch = min(self.batch, tokens_at_once(lib.llama_model_n_embd(model.pointer)))
        params.n_threads = params.n_threads_batch = threads
        for name, value in more.items():
            setattr(params, name, value)
        self.pointer = lib.llama_init_from_model(model.pointer, params)
        if not self.pointer:
            raise UserError(f"There is no memory for a context of {size:,} tokens.", "Choose a shorter context.")
        self._memory = lib.llama_get_memory(self.pointer)
        self._row = ctypes.c_float * model.size
        self._seen: tuple[int, np.ndarray] = (0, np.empty(0, np.float32))
        self._decode, self._one = lib.llama_decode, (ctypes.c_int32 * 1)()
        self._one_batch = lib.llama_batch_get_one(self._one, 1)
        # llama.cpp asks after every step of its computation whether to abort. A Python function would be called a
        # thousand times a token; C's strlen, given a text of our own, answers 0 or 1 without Python.
        self._flag = ctypes.create_string_buffer(2)
        self._abort = ctypes.cast(_strlen(), lib.ggml_abort_callback)
        lib.llama_set_abort_callback(self.pointer, self._abort, ctypes.cast(self._flag, ctypes.c_void_p))

    def close(self) -> None:
        if self.pointer:
            self._lib.llama_free(self.pointer)
            self.pointer = None

    @property
    def size(self) -> int:
        return self._lib.llama_n_ctx(self.pointer)

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
            raise UserError("The context is full.", "Shorten the conversation or choose a longer context.")
        if code:
            raise RuntimeError(f"llama_decode returned {code}")

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
        buffer = (ctypes.c_uint8 * size)()
        written = self._lib.llama_state_seq_get_data(self.pointer, buffer, size, 0)
        return ctypes.string_at(buffer, written)

    def restore(self, state: bytes) -> bool:
        """Go back to a saved state. False, and an empty context, where it does not fit."""
        self._lib.llama_memory_clear(self._memory, True)
        buffer = (ctypes.c_uint8 * len(state)).from_buffer_copy(state)
        if self._lib.llama_state_seq_set_data(self.pointer, buffer, len(state), 0):
            return True
        self._lib.llama_memory_clear(self._memory, True)
        return False


def _strlen() -> Any:
    library_of_c = ctypes.cdll.msvcrt if sys.platform == "win32" else ctypes.CDLL(None)
    return library_of_c.strlen
