"""Where models, caches and runs live on this machine, and how they are written so that nothing is ever half there.

Everything is under one folder: the environment variable `TEXTLAB_HOME` if set, else the platform's cache folder.
Names of files inside it are content keys (hexadecimal digests): a name typed by a person never becomes a path.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import platform
import re
import secrets
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from core.errors import UnreadableFile, UnusableFolder, UserError, folder_faults, of_system

if TYPE_CHECKING:
    import numpy as np


DATA = Path(__file__).resolve().parent / "data"
"""Files that ship with the lab: word lists, vectors, texts, prompts."""

POCKET = Path(__file__).resolve().parent / "pocket"
"""Where the Pocket models lie."""


def home() -> Path:
    """The lab's own folder, created on first use.

    Raises:
        UnusableFolder: it cannot be made.
    """
    return _made(_home())


def _home() -> Path:
    return Path(os.environ.get("TEXTLAB_HOME") or platformdirs.user_cache_dir("laptop-text-lab", appauthor=False))


def _made(path: Path) -> Path:
    with folder_faults(path):
        path.mkdir(parents=True, exist_ok=True)
    return path


def place(name: str) -> Path:
    """Where a folder of the lab's home is, or would be: for who only reads. Nothing is created."""
    return _home() / name


def folder(name: str) -> Path:
    """A folder of the lab's home, created on first use. `name` is one of ours ("models", "vectors", "maps" ...).

    Raises:
        UnusableFolder: it cannot be made.
    """
    return _made(place(name))


def models_folder() -> Path:
    """Where people put their own .gguf files and where downloads land; created if that can be done."""
    with contextlib.suppress(UserError):
        return folder("models")
    return place("models")


def content_key(*parts: Any) -> str:
    """A digest of texts, bytes, arrays, numbers and (nested) lists or dicts of them: 32 hexadecimal digits.

    Equal content gives an equal key in every process and on every machine. Parts are length-prefixed, so
    ("ab", "c") and ("a", "bc") differ. Arrays count with their dtype and shape, and every cell of them.
    """
    import numpy as np

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

    A process that dies in the middle leaves the old file (or none) and a stray file that `sweep` takes away, never half
    a file.

    Raises:
        UnusableFolder: there is no room, no access, or no such folder any more.
    """
    with folder_faults(path.parent):
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(mine(path.name + ".") + ".part")
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    try:
        yield part
        with folder_faults(path):
            os.replace(part, path)
    except OSError as problem:
        if (fault := of_system(problem)) is not None:
            raise fault from problem
        if isinstance(problem, FileNotFoundError) and not path.parent.exists():
            raise UnusableFolder(f"{path.parent} was deleted while it was written to.", "Try again.") from problem
        raise
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


# ------------------------------------------------------------ temporary files, and whose they are

_OWNED = re.compile(r"~([0-9a-f]{4})-(\d+)-[0-9a-f]{8}")
_NEVER_SWEPT = {"models", "downloads"}  # what people put there, and what is gone on with after a break


def mine(prefix: str = "") -> str:
    """A name for a temporary file or folder that says which process of which computer it belongs to."""
    return f"{prefix}~{_computer()}-{os.getpid()}-{secrets.token_hex(4)}"


@functools.cache
def _computer() -> str:
    return hashlib.blake2b(platform.node().encode(), digest_size=2).hexdigest()


def sweep(pid: int | None = None) -> int:
    """Take away the temporary files of a process that has ended (None: of every one that has); how many there were."""
    gone = 0
    for place_, folders, files in os.walk(_home()):
        if Path(place_) == _home():
            folders[:] = [name for name in folders if name not in _NEVER_SWEPT]
        for name in [*folders, *files]:
            if (owner := _OWNED.search(name)) and owner[1] == _computer() and _has_ended(int(owner[2]), pid):
                path = Path(place_, name)
                with contextlib.suppress(OSError):
                    shutil.rmtree(path) if name in folders else path.unlink()
                    gone += 1
        folders[:] = [name for name in folders if not _OWNED.search(name)]
    return gone


def _has_ended(pid: int, only: int | None) -> bool:
    if only is not None:
        return pid == only
    if pid == os.getpid() or os.name == "nt":  # on Windows there is no asking whether a process runs by a signal
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:  # somebody else's
        return False
    return False


def save_array(path: Path, array: np.ndarray) -> None:
    """Write one array as .npy, with its checksum beside it, so that damage is noticed when it is read back."""
    import numpy as np

    with writing(path) as part, open(part, "wb") as file:
        np.save(file, array, allow_pickle=False)
        file.flush()
        os.fsync(file.fileno())
    seal(path)


def load_array(path: Path, check: bool = True) -> np.ndarray:
    """A read-only, memory-mapped array written by `save_array`.

    Raises:
        UnreadableFile: the file is missing, damaged, or is not a plain array.
    """
    import numpy as np

    try:
        if check and not is_whole(path):
            raise ValueError("the checksum differs")
        stored: np.ndarray = np.load(path, mmap_mode="r", allow_pickle=False)
        return stored
    except (OSError, ValueError, EOFError) as problem:
        raise UnreadableFile(
            f"The stored numbers in {path.name} cannot be read ({problem}).", "They will be computed again."
        ) from problem


def seal(path: Path) -> None:
    """Write a file's checksum beside it, for `is_whole`."""
    with writing(_checksum_path(path)) as part:
        part.write_text(sha256_of(path), encoding="ascii")


def is_whole(path: Path) -> bool:
    """Whether a file is, byte for byte, as it was when it was sealed; False too where it never was.

    Raises:
        OSError: the file or its checksum is not there, or cannot be read.
    """
    return _checksum_path(path).read_text(encoding="ascii").strip() == sha256_of(path)


def _checksum_path(path: Path) -> Path:
    return path.with_name(path.name + ".sha256")
