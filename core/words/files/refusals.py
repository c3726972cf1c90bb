"""Files that are certainly no vectors, by their first bytes: each is refused by its name."""

from __future__ import annotations

from core.errors import UnreadableFile


def pickled(ways_in: str) -> UnreadableFile:
    """The error for a pickle; `ways_in` says what can be read."""
    return UnreadableFile(
        "This file is a Python pickle (as gensim's .kv and .model are), and reading a pickle runs code that is in it.",
        'In the program that wrote it, save the vectors with save_word2vec_format("vectors.txt"), and open that. '
        + ways_in,
    )


def refuse(head: bytes, name: str, ways_in: str) -> None:
    """Refuse what is certainly not vectors, by its first bytes; `ways_in` says what can be read.

    Raises:
        UnreadableFile: with the name of what it is.
    """
    if len(head) == 0:
        raise UnreadableFile(f"“{name}” is empty.", ways_in)
    if head[:1] == b"\x80" and 1 <= int.from_bytes(head[1:2]) <= 5:
        raise pickled(ways_in)
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise UnreadableFile(f"“{name}” is text in UTF-16.", "Save it as UTF-8 and open it again.")
    if head.startswith(b"version https://git-lfs"):
        raise UnreadableFile(
            f"“{name}” is a Git LFS pointer: a few lines that name the file, not the file itself.",
            "Fetch the file with “git lfs pull”, or download it from its page.",
        )
    begins = head[:400].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for magic, kind in (
        (b"gguf", "a language model (GGUF)"),
        (b"%pdf", "a PDF"),
        (b"\x89png", "a picture"),
        (b"\xff\xd8\xff", "a picture"),
        (b"arrow1", "an Arrow table"),
        (b"par1", "a Parquet table"),
        (b"7z\xbc\xaf", "a 7z archive"),
        (b"rar!", "a RAR archive"),
        (b"\x28\xb5\x2f\xfd", "packed with Zstandard, which is not unpacked here,"),
        (b"\x89hdf", "an HDF5 file"),
        (b"sqlite format", "a database"),
        (b"<!doc", "a web page"),
        (b"<html", "a web page"),
        (b"<head", "a web page"),
        (b"<?xml", "an XML document"),
    ):
        if begins.startswith(magic):
            raise UnreadableFile(f"“{name}” is {kind}, not a file of word vectors.", ways_in)
