"""A language model in several files, name-00001-of-00003.gguf and so on: all of it counts, missing parts are named.

The first part holds what the model says of itself and some of its tensors; the others hold tensors only. llama.cpp is
given the first and finds the others by its name.

Source: llama.cpp, tools/gguf-split and llama_split_path in src/llama.cpp (keys split.no, split.count)
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from core import storage
from core.errors import MissingModel, UnreadableFile

if TYPE_CHECKING:
    from core.models.gguf.header import Header

_NAME = re.compile(
    r"^(?P<prefix>.*)-(?P<number>\d{5})-of-(?P<count>\d{5})(?P<ending>\.gguf)$", re.IGNORECASE | re.DOTALL
)
_MOST_PARTS = 1000  # the largest public models have a few hundred
_NAMED = 3  # missing parts that are listed by name


def paths(path: Path) -> list[Path]:
    """The files that the name of one of them says there are, first to last; of a model in one file, that file.

    Example: a-00001-of-00002.gguf gives a-00001-of-00002.gguf and a-00002-of-00002.gguf.
    """
    named = _NAME.match(path.name)
    if not named or not 1 < int(named["count"]) <= _MOST_PARTS:
        return [path]
    return [
        path.with_name(f"{named['prefix']}-{number:05}-of-{named['count']}{named['ending']}")
        for number in range(1, int(named["count"]) + 1)
    ]


def resolved(path: Path) -> Path:
    """The file that a link leads to; of a model in parts, the link itself: what it leads to may bear no such name (the
    Hugging Face hub's cache names files by their digest), and llama.cpp finds the others by it."""
    return path.absolute() if len(paths(path)) > 1 else path.resolve()


def size_bytes(path: Path) -> int:
    """Bytes of all parts that are there."""
    return sum(part.stat().st_size for part in paths(path) if part.is_file())


def sha256_of(path: Path) -> str:
    """SHA-256 of all parts one after another, in hexadecimal: what `cat name-*.gguf | sha256sum` gives."""
    return storage.sha256_of(*paths(path))


def whole(first: Header, read: Callable[[Path], Header]) -> Header:
    """The header of the whole model, from that of the file that was named: `size_bytes` and `tensors` of all parts.

    `read` gives the header of one file. A model in one file is given back as it is.

    Raises:
        MissingModel: another part is not there.
        UnreadableFile: the file is a later part, its name does not tell the others, or a part is of another model.
    """
    count = first.metadata.get("split.count", 0)
    if not isinstance(count, int) or count < 2:
        return first
    files = paths(first.path)
    if len(files) != count:
        raise UnreadableFile(
            f"“{first.path.name}” is a part of a model in {count:,} files, and was renamed.",
            f"Its name has to end in -00001-of-{count:05}.gguf, and the others’ likewise.",
        )
    if first.metadata.get("split.no", 0) or first.path.name != files[0].name:
        raise UnreadableFile(
            f"“{first.path.name}” is not the first part of its model.",
            f"Choose “{files[0].name}”; the other parts are found by its name.",
        )
    _check_all_there(files)
    size, tensors = first.size_bytes, dict(first.tensors)
    for number, file in enumerate(files[1:], 1):
        part = read(file)
        if (
            part.metadata.get("split.count") != count
            or part.metadata.get("split.no") != number
            or tensors.keys() & part.tensors.keys()
        ):
            raise UnreadableFile(
                f"“{file.name}” is not part {number + 1} of “{files[0].name}”.",
                "Fetch or copy all parts again, from one place.",
            )
        size += part.size_bytes
        tensors |= part.tensors
    return dataclasses.replace(first, size_bytes=size, tensors=tensors)


def _check_all_there(files: list[Path]) -> None:
    missing = [file.name for file in files if not file.is_file()]
    if missing:
        names = ", ".join(f"“{name}”" for name in missing[:_NAMED])
        more = f" and {len(missing) - _NAMED:,} more" if len(missing) > _NAMED else ""
        raise MissingModel(
            f"{len(missing):,} of the {len(files):,} files of this model are missing: {names}{more}.",
            f"Fetch or copy all of them into the folder of “{files[0].name}”.",
        )
