"""What passes between the dashboard and the gate's child: JSON, and beside it bytes and arrays of numbers.

Small ones travel inside the frame, large ones as files in a folder that belongs to one process of the gate. What comes
back from a child that has read a stranger's file is checked like the file itself: plain numbers only, no pickle, no
path outside that folder.
"""

from __future__ import annotations

import base64
import dataclasses
import io
import os
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

_MARK = "\u0000payload"  # a key that no answer of ours has
_INLINE_BYTES = 64 << 10


def pack(value: Any, folder: Path) -> Any:
    """`value` as JSON can say it. Bytes and arrays become marked objects, large ones files in `folder`, made if needed.

    Lists, tuples, dicts with text keys, dataclasses, paths, numpy scalars and arrays of numbers or truth values.

    Raises:
        TypeError: it holds something else.
    """
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, dict):
        return {_text(key): pack(item, folder) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [pack(item, folder) for item in value]
    if isinstance(value, (bytes, bytearray, memoryview)):
        return _packed("bytes", bytes(value), folder)
    if isinstance(value, np.ndarray):
        if value.dtype.kind not in "biuf":
            raise TypeError(f"an array of {value.dtype} cannot pass the gate")
        buffer = io.BytesIO()
        np.save(buffer, value, allow_pickle=False)
        return _packed("array", buffer.getvalue(), folder)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: pack(getattr(value, field.name), folder) for field in dataclasses.fields(value)}
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, np.generic):
        return value.item()
    raise TypeError(f"a {type(value).__name__} cannot pass the gate")


def unpack(value: Any, folder: Path) -> Any:
    """What `pack` was given, tuples as lists. Files in `folder` are deleted as they are read.

    Raises:
        ValueError: a marked object does not say what it should.
    """
    if isinstance(value, list):
        return [unpack(item, folder) for item in value]
    if isinstance(value, dict):
        if _MARK in value:
            content = _content(value, folder)
            return content if value[_MARK] == "bytes" else np.load(io.BytesIO(content), allow_pickle=False)
        return {key: unpack(item, folder) for key, item in value.items()}
    return value


def _text(key: Any) -> str:
    if not isinstance(key, str) or key == _MARK:
        raise TypeError(f"{key!r:.40} cannot be a key that passes the gate")
    return key


def _packed(kind: str, content: bytes, folder: Path) -> dict[str, str]:
    if len(content) <= _INLINE_BYTES:
        return {_MARK: kind, "inline": base64.b64encode(content).decode("ascii")}
    folder.mkdir(mode=0o700, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=folder, prefix=f"{kind}-")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    return {_MARK: kind, "file": Path(name).name}


def _content(marked: dict[str, Any], folder: Path) -> bytes:
    if "inline" in marked:
        return base64.b64decode(marked["inline"], validate=True)
    name = str(marked.get("file"))
    if Path(name).name != name or name in ("", ".", ".."):
        raise ValueError("a file outside the folder of the gate")
    content = (folder / name).read_bytes()
    (folder / name).unlink()
    return content
