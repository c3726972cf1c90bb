"""All our calls of llama.cpp's library, by way of llama-cpp-python's low-level functions, and nothing else.

Only to be used in a model's own process: native code can end the process it runs in. When the binding changes, this
file and `core.prompting.llama_sampler` are the ones to mend.

Source: llama.h of the pinned version; its functions have the same names here.
"""

from __future__ import annotations

import ctypes
import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import Cancelled, UnreadableFile, UserError

_ABORTED = 2


def library() -> Any:
    """The binding, imported on first use, its messages kept away from the terminal."""
    global _quiet
    import llama_cpp.llama_cpp as binding

    if _quiet is None:
        _quiet = binding.llama_log_callback(_say_nothing)
        binding.llama_log_set(_quiet, ctypes.c_void_p(0))
        binding.llama_backend_init()
    return binding


_quiet: Any = None


def _say_nothing(level: int, text: bytes, data: Any) -> None:
    if level == 4 and os.environ.get("TEXTLAB_LLAMA_ERRORS"):  # GGML_LOG_LEVEL_ERROR
        sys.stderr.write(text.decode("utf-8", "replace"))


def physical_threads() -> int:
    """How many threads to compute with: the processors this process may use, without their hyper-threads."""
    try:
        usable = len(os.sched_getaffinity(0))
    except AttributeError:
        usable = os.cpu_count() or 1
    try:
        pairs = {(Path(f"/sys/devices/system/cpu/cpu{number}/topology/thread_siblings_list")).read_text()
                 for number in os.sched_getaffinity(0)}
        return max(1, len(pairs))
    except (AttributeError, OSError):
        return max(1, usable if usable <= 4 else usable // 2)


class Model:
    """The weights and the vocabulary of one file."""

    def __init__(self, path: str, stop_loading: Callable[[float], bool], vocabulary_only: bool = False) -> None:
        """`stop_loading(fraction)` is asked all the while; True ends the loading with `Cancelled`."""
        self._lib = lib = library()
        params = lib.llama_model_default_params()
        params.n_gpu_layers = 0
        params.vocab_only = vocabulary_only
        stopped = False

        def go_on(fraction: float, _data: Any) -> bool:
            nonlocal stopped
            stopped = stopped or stop_loading(fraction)
            return not stopped

        params.progress_callback = callback = lib.llama_progress_callback(go_on)
        self.pointer = lib.llama_model_load_from_file(os.fsencode(path), params)
        del callback
        if not self.pointer:
            if stopped:
                raise Cancelled()
            raise UnreadableFile(f"llama.cpp cannot load “{Path(path).name}”.",
                                 "The file may be damaged, or its kind of model newer than the installed llama.cpp.")
        self.vocabulary = lib.llama_model_get_vocab(self.pointer)
        self.size = lib.llama_vocab_n_tokens(self.vocabulary)
        self._pieces: dict[int, bytes] = {}

    def close(self) -> None:
        if self.pointer:
            self._lib.llama_model_free(self.pointer)
            self.pointer = None

    @property
    def weight_bytes(self) -> int:
        return self._lib.llama_model_size(self.pointer)

    @property
    def trained_context(self) -> int:
        return self._lib.llama_model_n_ctx_train(self.pointer)

    @property
    def generates(self) -> bool:
        return bool(self._lib.llama_model_has_decoder(self.pointer)) and self.size > 0

    @property
    def adds_bos(self) -> bool:
        return bool(self._lib.llama_vocab_get_add_bos(self.vocabulary))

    @property
    def bos(self) -> int:
        return self._lib.llama_vocab_bos(self.vocabulary)

    @property
    def eos(self) -> int:
        return self._lib.llama_vocab_eos(self.vocabulary)

    def special_text(self, token: int) -> str:
        """How a special token is written in a template ("<s>"); "" where the model has none."""
        return self.piece(token, special=True).decode("utf-8", "replace") if token >= 0 else ""

    def ends(self, token: int) -> bool:
        return bool(self._lib.llama_vocab_is_eog(self.vocabulary, token))

    def is_control(self, token: int) -> bool:
        return bool(self._lib.llama_vocab_is_control(self.vocabulary, token))

    def tokenize(self, text: str, add_bos: bool, parse_special: bool = True) -> list[int]:
        encoded = text.encode("utf-8", "replace")
        room = len(encoded) + 8
        tokens = (ctypes.c_int32 * room)()
        count = self._lib.llama_tokenize(self.vocabulary, encoded, len(encoded), tokens, room, add_bos, parse_special)
        if count < 0:
            tokens = (ctypes.c_int32 * -count)()
            count = self._lib.llama_tokenize(self.vocabulary, encoded, len(encoded), tokens, -count, add_bos,
                                             parse_special)
        return list(tokens[:max(count, 0)])

    def piece(self, token: int, special: bool = False) -> bytes:
        """The bytes of one token; control tokens have none unless `special`."""
        key = token * 2 + special
        if key not in self._pieces:
            buffer = ctypes.create_string_buffer(64)
            count = self._lib.llama_token_to_piece(self.vocabulary, token, buffer, 64, 0, special)
            if count < 0:
                buffer = ctypes.create_string_buffer(-count)
                count = self._lib.llama_token_to_piece(self.vocabulary, token, buffer, -count, 0, special)
            self._pieces[key] = buffer.raw[:max(count, 0)]
        return self._pieces[key]


class Context:
    """Working memory of one model: the keys and values of the tokens read so far, in one sequence."""

    def __init__(self, model: Model, size: int, threads: int, batch: int = 512) -> None:
        self._lib = lib = library()
        self.model, self.batch = model, min(batch, size)
        params = lib.llama_context_default_params()
        params.n_ctx, params.n_batch, params.n_ubatch, params.n_seq_max = size, self.batch, self.batch, 1
        params.n_threads = params.n_threads_batch = threads
        self.pointer = lib.llama_init_from_model(model.pointer, params)
        if not self.pointer:
            raise UserError(f"There is no memory for a context of {size:,} tokens.", "Choose a shorter context.")
        self._memory = lib.llama_get_memory(self.pointer)
        self._row = ctypes.c_float * model.size
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

    def decode(self, tokens: Sequence[int], all_scores: bool = False) -> None:
        """Read tokens (at most `batch`) after those read so far.

        Raises:
            Cancelled: `abort` was called; what was read of these tokens must be removed with `keep`.
        """
        count = len(tokens)
        array = (ctypes.c_int32 * count)(*tokens)
        batch = self._lib.llama_batch_get_one(array, count)
        if all_scores:
            wanted = (ctypes.c_int8 * count)(*([1] * count))
            batch.logits = wanted
        code = self._lib.llama_decode(self.pointer, batch)
        if code == _ABORTED or self._flag[0] != b"\0":
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
        pointer = self._lib.llama_get_logits_ith(self.pointer, index)
        return np.frombuffer(self._row.from_address(ctypes.cast(pointer, ctypes.c_void_p).value or 0), np.float32)

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
