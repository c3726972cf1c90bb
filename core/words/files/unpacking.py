"""Streams that are packed: what a file is packed with, and decompression in bounded memory."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
import zlib
from typing import IO

DAMAGE = (OSError, EOFError, zlib.error, lzma.LZMAError, tarfile.TarError)
"""What decompressors and tarfile raise on damage."""
_XZ_MEMORY = 1 << 30


def packing(head: bytes) -> str:
    """What a file is packed with, by its first bytes: "gz", "bz2", "xz", "zip", "tar" or ""."""
    if head.startswith(b"\x1f\x8b"):
        return "gz"
    if head.startswith(b"BZh") and head[4:10] == b"1AY&SY":
        return "bz2"
    if head.startswith(b"\xfd7zXZ\0"):
        return "xz"
    if head.startswith(b"PK\x03\x04"):
        return "zip"
    return "tar" if head[257:262] == b"ustar" else ""


class Rewound(io.RawIOBase):
    """A stream whose first bytes were read already."""

    def __init__(self, head: bytes, stream: io.RawIOBase | IO[bytes]) -> None:
        self._head, self._stream = head, stream

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if self._head:
            part, self._head = (self._head, b"") if size < 0 else (self._head[:size], self._head[size:])
            return part + (self._stream.read() or b"") if size < 0 else part
        return self._stream.read(size) or b""


class Xz(io.RawIOBase):
    """An .xz stream, decompressed in bounded memory; several streams one after the other are one."""

    def __init__(self, stream: io.RawIOBase) -> None:
        self._stream, self._packed = stream, b""
        self._decompressor = lzma.LZMADecompressor(memlimit=_XZ_MEMORY)
        self._begun = False

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        if size < 0:
            return b"".join(iter(lambda: self.read(1 << 20), b""))
        while True:
            if self._decompressor.eof:
                self._packed = (self._decompressor.unused_data or self._stream.read(1 << 16) or b"").lstrip(b"\0")
                if not self._packed:
                    return b""
                self._decompressor, self._begun = lzma.LZMADecompressor(memlimit=_XZ_MEMORY), False
            if self._decompressor.needs_input and not self._packed:
                self._packed = self._stream.read(1 << 16) or b""
                if not self._packed:
                    raise EOFError("it ends too soon")
            block = self._decompressor.decompress(self._packed, size)
            self._packed = b""
            if block:
                return block


def decompressed(how: str, stream: io.RawIOBase) -> IO[bytes] | io.RawIOBase | io.BufferedIOBase:
    """A stream unpacked from "gz", "bz2" or "xz"."""
    if how == "gz":
        return gzip.GzipFile(fileobj=stream)
    return bz2.BZ2File(stream) if how == "bz2" else Xz(stream)
