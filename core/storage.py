"""Where models, caches and runs live on this machine, and how they are written so that nothing is ever half there.

Everything lies under one folder: the environment variable `TEXTLAB_HOME` if set, else the platform's cache folder.
Names of files inside it are content keys (hexadecimal digests): a name typed by a person never becomes a path.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import platformdirs

from core.errors import UnreadableFile


def home() -> Path:
    """The lab's own folder, created on first use."""
    folder = Path(os.environ.get("TEXTLAB_HOME") or platformdirs.user_cache_dir("laptop-text-lab", appauthor=False))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def folder(name: str) -> Path:
    """A folder of the lab's home, created on first use. `name` is one of ours ("models", "vectors", "maps" ...)."""
    path = home() / name
    path.mkdir(parents=True, exist_ok=True)
    return path


def models_folder() -> Path:
    """Where people put their own .gguf files and where downloads land."""
    return folder("models")


def content_key(*parts: Any) -> str:
    """A digest of texts, bytes, arrays, numbers and (nested) lists or dicts of them: 32 hexadecimal digits.

    Equal content gives an equal key in every process and on every machine. Parts are length-prefixed, so
    ("ab", "c") and ("a", "bc") differ. Arrays count with their dtype and shape, and every cell of them.
    """
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        if isinstance(part, np.ndarray):
            head, body = f"array {part.dtype.str} {part.shape}".encode(), np.ascontiguousarray(part).tobytes()
        elif isinstance(part, bytes):
            head, body = b"bytes", part
        elif isinstance(part, str):
            head, body = b"text", part.encode("utf-8", "surrogatepass")
        else:
            head, body = b"json", json.dumps(part, sort_keys=True, ensure_ascii=True).encode()
        digest.update(b"%s %d\n" % (head, len(body)))
        digest.update(body)
    return digest.hexdigest()


def sha256_of(*paths: Path) -> str:
    """SHA-256 of a file's bytes, or of those of several one after another, in hexadecimal, read in blocks of 1 MiB."""
    digest = hashlib.sha256()
    for path in paths:
        with open(path, "rb") as file:
            while block := file.read(1 << 20):
                digest.update(block)
    return digest.hexdigest()


@contextlib.contextmanager
def writing(path: Path) -> Iterator[Path]:
    """A temporary path beside `path` that takes its place only if the block ends without an error.

    A process that dies in the middle leaves the old file (or none) and a stray `.part` file, never half a file.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name + ".", suffix=".part")
    os.close(handle)
    part = Path(name)
    try:
        yield part
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


def save_array(path: Path, array: np.ndarray) -> None:
    """Write one array as .npy, with its checksum beside it, so that damage is noticed when it is read back."""
    with writing(path) as part, open(part, "wb") as file:
        np.save(file, array, allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())
    with writing(_checksum_path(path)) as part:
        part.write_text(sha256_of(path), encoding="ascii")


def load_array(path: Path, check: bool = True) -> np.ndarray:
    """A read-only, memory-mapped array written by `save_array`.

    Raises:
        UnreadableFile: the file is missing, damaged, or is not a plain array.
    """
    try:
        if check and _checksum_path(path).read_text(encoding="ascii").strip() != sha256_of(path):
            raise ValueError("the checksum differs")
        return np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as problem:
        raise UnreadableFile(f"The stored numbers in {path.name} cannot be read ({problem}).",
                             "They will be computed again.") from problem


def _checksum_path(path: Path) -> Path:
    return path.with_name(path.name + ".sha256")
