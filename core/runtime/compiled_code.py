"""numba's compiled code, kept between starts: in a folder of this account alone, each file checked before it is read.

numba keeps its code in pickles, and reads what it finds: whoever can write into that folder can run code here, and a
file that was cut short ends every map. So the folder is closed to others (mode 0700), and what is not, byte for byte,
as it was written is left unread and compiled again.

Source: numba.core.caching of the pinned numba; its documentation, "Notes on Caching": environment NUMBA_CACHE_DIR.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import os
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from core import storage
from core.errors import UnusableFolder, UserError

NAME = "compiled"


def folder() -> Path:
    """The folder for compiled code: in the lab's own, or, where others could write there, one for this start only.

    Raises:
        UnusableFolder: neither can be made.
    """
    wanted = storage.place(NAME)
    with contextlib.suppress(OSError, UserError):
        storage.home()
        if _is_safe(wanted.parent) and _closed(wanted):
            return wanted
    return _for_this_start()


def _closed(path: Path) -> bool:
    """Make `path` a folder that only this account can open; whether it is one now."""
    if path.is_symlink() or (path.exists() and not _is_mine(path)):
        return False
    if path.exists() and _writable_by_others(path):
        shutil.rmtree(path)  # somebody else may have put code there
    path.mkdir(mode=0o700, exist_ok=True)
    if hasattr(os, "geteuid"):
        path.chmod(0o700)
    return _is_mine(path) and not path.is_symlink() and os.access(path, os.W_OK)


def _is_mine(path: Path) -> bool:
    return not hasattr(os, "geteuid") or path.lstat().st_uid == os.geteuid()


def _writable_by_others(path: Path) -> bool:
    return hasattr(os, "geteuid") and bool(path.lstat().st_mode & (stat.S_IWGRP | stat.S_IWOTH))


def _is_safe(path: Path) -> bool:
    """Whether nobody else can put another folder in the place of one in `path`, as ssh asks of its folders."""
    if not hasattr(os, "geteuid"):
        return True  # Windows: the account's own folder is closed to others by its access list
    for place in (path.resolve(), *path.resolve().parents):
        facts = place.stat()
        if facts.st_uid not in (0, os.geteuid()):
            return False
        if facts.st_mode & stat.S_IWOTH and not facts.st_mode & stat.S_ISVTX:
            return False
    return True


@functools.cache
def _for_this_start() -> Path:
    try:
        made = Path(tempfile.mkdtemp(prefix="textlab-compiled-"))  # mode 0700
    except OSError as problem:
        raise UnusableFolder(
            f"There is no folder for compiled code ({problem.strerror}).",
            "Set TEXTLAB_HOME to a folder of your own, and start the lab again.",
        ) from problem
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


# ------------------------------------------------------------ in the process that compiles


@functools.cache
def guard() -> None:
    """Have numba read only files that are whole, and go on without keeping its code where there is no room for it."""
    from numba.core import caching

    Files: Any = caching.IndexDataCacheFile
    theirs = Files._load_index, Files._load_data, Files._save_index, Files._save_data

    def load_index(self: Any) -> dict[Any, Any]:
        try:
            return theirs[0](self) if storage.is_whole(Path(self._index_path)) else {}
        except Exception:  # of another numba, for example: whatever it trips over is compiled again
            return {}

    def load_data(self: Any, name: str) -> Any:
        try:
            if storage.is_whole(Path(self._data_path(name))):
                return theirs[1](self, name)
        except Exception as problem:
            raise FileNotFoundError(name) from problem  # which numba answers by compiling
        raise FileNotFoundError(name)

    def save_index(self: Any, overloads: dict[Any, Any]) -> None:
        with contextlib.suppress(OSError, UserError):
            theirs[2](self, overloads)
            storage.seal(Path(self._index_path))

    def save_data(self: Any, name: str, data: Any) -> None:
        with contextlib.suppress(OSError, UserError):
            theirs[3](self, name, data)
            storage.seal(Path(self._data_path(name)))

    @contextlib.contextmanager
    def open_for_write(self: Any, path: str) -> Iterator[Any]:
        if not Path(path).parent.is_dir():  # deleted meanwhile: another one would not be closed to others
            raise FileNotFoundError(path)
        with storage.writing(Path(path)) as part, open(part, "wb") as file:
            yield file
            file.flush()

    Files._load_index, Files._load_data = load_index, load_data
    Files._save_index, Files._save_data, Files._open_for_write = save_index, save_data, open_for_write
