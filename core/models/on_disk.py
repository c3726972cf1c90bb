"""The .gguf files that are on this machine already: in the lab's own folder, and where other programs keep theirs.

Looked for: the caches of the Hugging Face hub, llama.cpp, LM Studio, GPT4All and Jan. The environment variable
TEXTLAB_MODEL_FOLDERS names other folders instead, separated as in PATH; empty, only the lab's own is looked at.
"""

from __future__ import annotations

import functools
import os
import re
import time
from pathlib import Path

from core import storage

LOOK_AGAIN_S = 5
_MOST_FOLDERS = 20_000  # of one place: somebody's whole disk may be named
_LATER_PART = re.compile(r"-(?!0*1-of)\d+-of-\d+\.gguf$", re.IGNORECASE)  # llama.cpp is given the first part


def places() -> list[Path]:
    """The folders that are looked through, the lab's own first."""
    named = os.environ.get("TEXTLAB_MODEL_FOLDERS")
    if named is not None:
        return [storage.models_folder(), *(Path(place) for place in named.split(os.pathsep) if place)]
    home, cache = Path.home(), Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    hugging = Path(os.environ.get("HF_HUB_CACHE") or Path(os.environ.get("HF_HOME") or cache / "huggingface") / "hub")
    return [
        storage.models_folder(),
        hugging,
        Path(os.environ.get("LLAMA_CACHE") or cache / "llama.cpp"),
        home / "Library" / "Caches" / "llama.cpp",
        home / ".lmstudio" / "models",
        cache / "lm-studio" / "models",
        home / ".local" / "share" / "nomic.ai" / "GPT4All",
        home / "jan" / "models",
    ]


def found() -> list[Path]:
    """All language models in these places, by name; parts after the first and image readers (mmproj) are not listed."""
    own, *others = places()
    # A link elsewhere to a file of the lab is that file: the later of two wins.
    files = _elsewhere(tuple(others), int(time.monotonic() / LOOK_AGAIN_S)) | _look_through(own)
    return sorted(files.values(), key=lambda path: path.name.lower())


@functools.lru_cache(maxsize=4)
def _elsewhere(folders: tuple[Path, ...], _now: int) -> dict[Path, Path]:
    return _look_through(*folders)


def _look_through(*folders: Path) -> dict[Path, Path]:
    """The files, by what they are once links are followed: the hub's cache has several links to one file."""
    files: dict[Path, Path] = {}
    for folder in folders:
        for number, (place, inner, names) in enumerate(os.walk(folder)):
            if number > _MOST_FOLDERS:
                break
            inner[:] = [name for name in inner if name not in (".locks", "blobs", ".git")]
            for name in names:
                path = Path(place, name)
                if name.lower().endswith(".gguf") and "mmproj" not in name.lower() and not _LATER_PART.search(name):
                    files.setdefault(path.resolve(), path)
    return {real: path for real, path in files.items() if real.is_file()}


def named(name: str) -> Path | None:
    """The first file of that exact name, whatever its case, noticed within seconds; a pattern may mean other models."""
    if set(name) & set("*?["):
        return None
    variables = os.environ.get("TEXTLAB_HOME"), os.environ.get("TEXTLAB_MODEL_FOLDERS")
    return _by_name(variables, int(time.monotonic() / LOOK_AGAIN_S)).get(name.lower())


@functools.lru_cache(maxsize=4)
def _by_name(_variables: tuple[str | None, ...], _now: int) -> dict[str, Path]:
    named_so: dict[str, Path] = {}
    for path in _look_through(*places()).values():
        named_so.setdefault(path.name.lower(), path)
    return named_so
