"""How much of llama.cpp's native code may be used here: all of it, or less where it has crashed.

llama.cpp chooses code by the processor's features when it is compiled and when it loads a model. Such a choice can be
wrong for one compiler or one processor: what GCC 12 makes of llama.cpp's AMX code, for example, ends the process at the
first product of a quantised model. So the code is tried before it is trusted (`core.models.llama.trial`), and a model
whose process crashes before its first computation has ended is started again with less (`core.models.llama.process`).

What was found is saved under the lab's home, for this library, this processor and this setting, and found again at the
next start. The environment variable TEXTLAB_SAFE_MODE names a mode instead of trying: full, cpu, plain or single.

Source: https://github.com/ggml-org/llama.cpp/issues/20824 (the crash with AMX)
"""

from __future__ import annotations

import contextlib
import functools
import importlib.metadata
import importlib.util
import json
import os
import signal
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import storage
from core.errors import UserError
from core.runtime import machine

SETTING = "TEXTLAB_SAFE_MODE"
SIMULATED_CRASH = "TEXTLAB_SIMULATE_CRASH"
"""For tests: names of modes, separated by commas, in which the first computation ends the process."""
_CRASHES = {
    -getattr(signal, name) for name in ("SIGSEGV", "SIGILL", "SIGABRT", "SIGBUS", "SIGFPE") if hasattr(signal, name)
} | {0xC0000005, 0xC000001D, 0xC0000409, 0xC0000094}  # Windows' own codes


@dataclass(frozen=True)
class Mode:
    """What of llama.cpp is used. `extra_buffers`: weights repacked for this processor's instructions."""

    key: str
    gpu: bool
    extra_buffers: bool
    threads: bool


FULL = Mode("full", True, True, True)
MODES = (FULL, Mode("cpu", False, True, True), Mode("plain", False, False, True), Mode("single", False, False, False))
_BY_KEY = {mode.key: mode for mode in MODES}


def named(key: str) -> Mode:
    """The mode of that key; the full one for a key that there is not."""
    return _BY_KEY.get(key, FULL)


def chosen() -> Mode | None:
    """The mode that the environment names; None where it names none."""
    return _BY_KEY.get(os.environ.get(SETTING, "").strip().lower())


def safer(mode: Mode, has_gpu: bool) -> Mode | None:
    """The next mode, which uses less; None after the last. Without a GPU the step that leaves it out is skipped."""
    following = MODES[MODES.index(mode) + 1 :]
    return next((other for other in following if has_gpu or other.key != "cpu"), None)


def is_crash(exit_code: int) -> bool:
    """Whether that exit code comes from a fault of native code, not from a person or the system."""
    return exit_code in _CRASHES


def sentence(mode: Mode, whose: str = "This build of llama.cpp") -> str:
    """What to tell a person who runs in that mode because another one crashed; "" for the full one."""
    if mode.key == "full":
        return ""
    if mode.key == "cpu":
        return f"{whose} crashes on this GPU; running on the CPU."
    with_what = (
        "AMX on this CPU"
        if any(name.startswith("amx") for name in machine.cpu_features())
        else "weights repacked for this CPU"
    )
    them = "it" if with_what.startswith("AMX") else "them"
    if mode.key == "plain":
        return f"{whose} crashes with {with_what}; running without {them}."
    return f"{whose} crashes with several threads on this CPU, also without {with_what}; running with one."


def library_version() -> str:
    """The installed version of llama-cpp-python, "missing" if there is none."""
    try:
        return importlib.metadata.version("llama-cpp-python")
    except importlib.metadata.PackageNotFoundError:
        return "missing"


def holds_for(*more: Any) -> str:
    """A key for what was found out about the native code: it changes with the library's files and the processor."""
    return storage.content_key(_library_files(), machine.identity(), list(more))


@functools.cache
def _library_files() -> str:
    """The names, sizes and times of the compiled libraries, found without loading them."""
    folder = os.environ.get("LLAMA_CPP_LIB_PATH")
    spec = importlib.util.find_spec("llama_cpp")
    places = (
        [folder]
        if folder
        else [str(Path(place, "lib")) for place in (spec.submodule_search_locations or ())]
        if spec
        else []
    )
    facts = []
    for place in places:
        with contextlib.suppress(OSError):
            for path in sorted(Path(place).iterdir()):
                facts.append(f"{path.name} {path.stat().st_size} {path.stat().st_mtime_ns}")
    return "\n".join(facts)


def file_key(path: Path) -> str:
    """The key of a finding about one model file: the file as it is now, this library, this processor."""
    with contextlib.suppress(OSError):
        facts = path.stat()
        return holds_for("file", str(path), facts.st_size, facts.st_mtime_ns)
    return holds_for("file", str(path))


def remembered(key: str, what: str = "mode") -> dict[str, Any] | None:
    """What was written with `remember`; None if nothing was, or it was damaged since."""
    try:
        saved = json.loads(_record(key, what).read_text(encoding="utf-8"))
        facts = saved["facts"]
        return facts if isinstance(facts, dict) and saved["digest"] == storage.content_key(facts) else None
    except (OSError, ValueError, KeyError, TypeError, RecursionError, UserError):
        return None


def remember(key: str, facts: dict[str, Any], what: str = "mode") -> None:
    """Keep a finding for the next start. Where the home cannot be written, it is found out again then."""
    with contextlib.suppress(OSError, UserError), storage.writing(_record(key, what)) as part:
        part.write_text(json.dumps({"facts": facts, "digest": storage.content_key(facts)}), encoding="utf-8")


def forget(key: str, what: str = "mode") -> None:
    with contextlib.suppress(OSError, UserError):
        _record(key, what).unlink(missing_ok=True)


def _record(key: str, what: str) -> Path:
    return storage.folder("llama") / f"{what}-{key}.json"
