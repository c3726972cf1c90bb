"""A key of a file's content that takes no time, however large the file is."""

from __future__ import annotations

import hashlib
from pathlib import Path


def fingerprint(path: Path, entry: str | None) -> str:
    """A key of the content: size, and 64 pieces of 64 KiB spread over the file. All of it would take seconds per GB.

    Of a folder, the names, sizes and contents of its files.
    """
    digest = hashlib.blake2b(digest_size=16)
    if path.is_dir():
        files = sorted(one for one in [*path.glob("*"), *path.glob("*/*")] if one.is_file())[:200]
        for one in files:
            digest.update(f"{one.relative_to(path)} {fingerprint(one, None)}".encode("utf-8", "replace"))
        return digest.hexdigest()
    size = path.stat().st_size
    digest.update(f"{size} {entry or ''}".encode())
    with open(path, "rb") as file:
        if size <= 8 << 20:
            digest.update(file.read())
        else:
            for piece in range(64):
                file.seek((size - (1 << 16)) * piece // 63)
                digest.update(file.read(1 << 16))
    return digest.hexdigest()
