"""llama.cpp's library, by way of llama-cpp-python's low-level functions: the weights and the vocabulary of a file.

Only to be used in a model's own process: native code can end the process it runs in. All our calls of the library are
here, in `core.models.llama.context`, `core.models.llama.embedding` and `core.prompting.decoding.sampler`: when the
binding changes, those are the ones to change.

Source: llama.h of the pinned version; its functions have the same names here.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core.errors import Cancelled, UnreadableFile, UserError
from core.models.gguf import parts as gguf_parts
from core.models.llama.safe_mode import FULL, Mode
from core.runtime import machine
from core.runtime.worker_process import Task


def library() -> Any:
    """The binding, imported on first use, its messages hidden from the terminal."""
    global _quiet
    binding = _low_level_binding()
    if _quiet is None:
        os.environ.setdefault("GGML_NO_BACKTRACE", "1")  # else a failed assertion starts a debugger, for seconds
        _quiet = binding.llama_log_callback(_say_nothing)
        binding.llama_log_set(_quiet, ctypes.c_void_p(0))
        binding.llama_backend_init()
    return binding


def _low_level_binding() -> Any:
    """The module of bare functions, without the rest of its package.

    The package's own import brings chat formats and a disk cache that nobody here uses: half of the time that a
    model's process takes to start.
    """
    name = "llama_cpp"
    if name not in sys.modules:
        spec = importlib.util.find_spec(name)
        if spec is None:
            raise UserError("llama-cpp-python is not installed.", "Run the install command of the README again.")
        sys.modules[name] = importlib.util.module_from_spec(spec)  # known, so that its parts can be found; not run
        try:
            return importlib.import_module(f"{name}.llama_cpp")
        finally:
            del sys.modules[name]  # who imports the package later gets all of it
    return importlib.import_module(f"{name}.llama_cpp")


_quiet: Any = None


def _say_nothing(level: int, text: bytes, data: Any) -> None:
    if level == 4 and os.environ.get("TEXTLAB_LLAMA_ERRORS"):  # GGML_LOG_LEVEL_ERROR
        sys.stderr.write(text.decode("utf-8", "replace"))


def offloads() -> bool:
    """Whether the installed library can compute on a GPU."""
    return bool(library().llama_supports_gpu_offload())


def suitable_threads(path: str) -> int:
    """One thread for a small model: its threads would wait for each other longer than they compute.

    Measured on two busy cores, 3 million parameters: 1,770 tokens/s with one thread, 54 with two.
    """
    small = gguf_parts.size_bytes(Path(path)) < 64_000_000
    return 1 if small else machine.physical_cores()


def stop_loading_by(task: Task) -> Callable[[float], bool]:
    """Reports how far a model is loaded; says True, once the task is cancelled."""

    def stop(fraction: float) -> bool:
        try:
            task.progress(fraction, "loading the model")
        except Cancelled:
            return True
        return False

    return stop


class Model:
    """The weights and the vocabulary of one file."""

    def __init__(
        self,
        path: str,
        stop_loading: Callable[[float], bool],
        vocabulary_only: bool = False,
        mode: Mode = FULL,
        gpu_layers: int = 0,
    ) -> None:
        """`stop_loading(fraction)` is asked all the while; True ends the loading with `Cancelled`.

        `gpu_layers`: how many of the last layers lie on the GPU, where the library can use one."""
        self._lib = lib = library()
        params = lib.llama_model_default_params()
        params.n_gpu_layers = gpu_layers if mode.gpu else 0
        params.use_extra_bufts = mode.extra_buffers
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
            raise UnreadableFile(
                f"llama.cpp cannot load “{Path(path).name}”.",
                "The file may be damaged, or its kind of model newer than the installed llama.cpp.",
            )
        self.vocabulary = lib.llama_model_get_vocab(self.pointer)
        self.size = lib.llama_vocab_n_tokens(self.vocabulary)
        self._pieces: dict[int, bytes] = {}

    def close(self) -> None:
        if self.pointer:
            self._lib.llama_model_free(self.pointer)
            self.pointer = None

    @property
    def weight_bytes(self) -> int:
        return int(self._lib.llama_model_size(self.pointer))

    @property
    def trained_context(self) -> int:
        return int(self._lib.llama_model_n_ctx_train(self.pointer))

    @property
    def generates(self) -> bool:
        return bool(self._lib.llama_model_has_decoder(self.pointer)) and self.size > 0

    @property
    def is_recurrent(self) -> bool:
        return bool(self._lib.llama_model_is_recurrent(self.pointer))

    @property
    def adds_bos(self) -> bool:
        return bool(self._lib.llama_vocab_get_add_bos(self.vocabulary))

    @property
    def bos(self) -> int:
        return int(self._lib.llama_vocab_bos(self.vocabulary))

    @property
    def eos(self) -> int:
        return int(self._lib.llama_vocab_eos(self.vocabulary))

    def special_text(self, token: int) -> str:
        """How a special token is written in a template ("<s>"); "" where the model has none."""
        return self.piece(token, special=True).decode("utf-8", "replace") if token >= 0 else ""

    def ends(self, token: int) -> bool:
        return bool(self._lib.llama_vocab_is_eog(self.vocabulary, token))

    def is_control(self, token: int) -> bool:
        return bool(self._lib.llama_vocab_is_control(self.vocabulary, token))

    def vocabulary_table(self) -> tuple[list[int], list[bytes]]:
        """Of every token: the bits of LLAMA_TOKEN_ATTR_*, after llama.cpp's corrections by name, and its bytes."""
        attributes = self._lib.llama_vocab_get_attr
        piece, room = self._lib.llama_token_to_piece, 256
        buffer = ctypes.create_string_buffer(room)
        pieces = []
        for token in range(self.size):
            count = piece(self.vocabulary, token, buffer, room, 0, True)
            pieces.append(buffer.raw[:count] if count >= 0 else self.piece(token, special=True))
        return [attributes(self.vocabulary, token) for token in range(self.size)], pieces

    @property
    def vocabulary_kind(self) -> int:
        """llama_vocab_type: 1 SentencePiece BPE, 2 byte pairs, 3 WordPiece, 4 Unigram, 5 RWKV, 6 PLaMo-2."""
        return int(self._lib.llama_vocab_type(self.vocabulary))

    def detokenize(self, tokens: list[int]) -> bytes:
        """The text of tokens, names of control tokens included."""
        given, room = (ctypes.c_int32 * len(tokens))(*tokens), 16 * len(tokens) + 64
        buffer = ctypes.create_string_buffer(room)
        count = self._lib.llama_detokenize(self.vocabulary, given, len(tokens), buffer, room, False, True)
        if count < 0:
            buffer = ctypes.create_string_buffer(-count)
            count = self._lib.llama_detokenize(self.vocabulary, given, len(tokens), buffer, -count, False, True)
        return buffer.raw[: max(count, 0)]

    def tokenize(self, text: str, add_bos: bool, parse_special: bool = True) -> list[int]:
        encoded = text.encode("utf-8", "replace")
        room = len(encoded) + 8
        tokens = (ctypes.c_int32 * room)()
        count = self._lib.llama_tokenize(self.vocabulary, encoded, len(encoded), tokens, room, add_bos, parse_special)
        if count < 0:
            tokens = (ctypes.c_int32 * -count)()
            count = self._lib.llama_tokenize(
                self.vocabulary, encoded, len(encoded), tokens, -count, add_bos, parse_special
            )
        return list(tokens[: max(count, 0)])

    def piece(self, token: int, special: bool = False) -> bytes:
        """The bytes of one token; control tokens have none unless `special`."""
        key = token * 2 + special
        if key not in self._pieces:
            buffer = ctypes.create_string_buffer(64)
            count = self._lib.llama_token_to_piece(self.vocabulary, token, buffer, 64, 0, special)
            if count < 0:
                buffer = ctypes.create_string_buffer(-count)
                count = self._lib.llama_token_to_piece(self.vocabulary, token, buffer, -count, 0, special)
            self._pieces[key] = buffer.raw[: max(count, 0)]
        return self._pieces[key]
