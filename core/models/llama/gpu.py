"""Layers on a graphics card: which devices the library can use, and how much of a model fits beside what is there.

Only to be used in a model's own process, like all of `core.models.llama.model`; `layers_that_fit` is plain arithmetic.

Source: ggml-backend.h of the pinned version (ggml_backend_dev_count, _get, _type, _description, _memory)
"""

from __future__ import annotations

import contextlib
import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core.models.llama import model as llama

GPU_TYPES = (1, 2)  # enum ggml_backend_dev_type: GPU, integrated GPU
LEFT_FREE = 0.1  # of a device's memory, for the screen and other programs
WORKING_BYTES = 300_000_000  # intermediate results and the library's own, on each device


@dataclass(frozen=True)
class Device:
    """A graphics card: its name and its memory in bytes."""

    name: str
    free: int
    total: int


def layers_that_fit(weight_bytes: int, layers: int, cache_bytes: int, devices: Sequence[Device]) -> int:
    """How many of a model's layers go onto the devices, from the last; all of them and the output count as layers + 1.

    A layer takes its share of the weights and of the keys and values. Each device keeps a tenth of its memory and
    300 MB for intermediate results.

    Example: 4.4 GB in 32 layers with 0.5 GB of keys and values, 3 GB free of 4: (3 - 0.4 - 0.3) / (4.9 / 33) = 15.
    """
    if layers < 1 or not devices:
        return 0
    room = sum(max(0, device.free - int(LEFT_FREE * device.total) - WORKING_BYTES) for device in devices)
    each = (weight_bytes + cache_bytes) / (layers + 1)
    return int(min(layers + 1, room // max(each, 1)))


def devices() -> list[Device]:
    """The graphics cards that the installed library can compute on; none where it was built without."""
    if not llama.offloads():
        return []
    found = []
    with contextlib.suppress(AttributeError, OSError):
        call = _functions()
        for number in range(call("ggml_backend_dev_count", ctypes.c_size_t)()):
            device = call("ggml_backend_dev_get", ctypes.c_void_p, ctypes.c_size_t)(number)
            if call("ggml_backend_dev_type", ctypes.c_int, ctypes.c_void_p)(device) not in GPU_TYPES:
                continue
            free, total = ctypes.c_size_t(), ctypes.c_size_t()
            call("ggml_backend_dev_memory", None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)(
                device, ctypes.byref(free), ctypes.byref(total)
            )
            name = call("ggml_backend_dev_description", ctypes.c_char_p, ctypes.c_void_p)(device) or b"GPU"
            found.append(Device(name.decode("utf-8", "replace"), free.value, total.value))
    return found


def _functions() -> Any:
    """Look up a function of ggml by its name, in whichever of the package's libraries it is."""
    import importlib.util

    spec = importlib.util.find_spec("llama_cpp")
    folder = Path(next(iter(spec.submodule_search_locations or ())), "lib") if spec else Path()
    names = sorted(
        path
        for pattern in ("*ggml.*", "*ggml-base.*")
        for path in folder.glob(pattern)
        if path.suffix in (".so", ".dylib", ".dll")
    )
    libraries = [ctypes.CDLL(str(path)) for path in names]

    def call(name: str, gives: Any, *takes: Any) -> Any:
        function = next((getattr(library, name) for library in libraries if hasattr(library, name)), None)
        if function is None:
            raise AttributeError(f"this library has no {name}")
        function.restype, function.argtypes = gives, list(takes)
        return function

    return call
