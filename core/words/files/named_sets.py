"""Published sets of vectors by name, downloaded on a click: gensim-data's files, without gensim-data's code.

gensim's own downloader also fetches a Python file from the release, unchecked, and runs it. Here only the one .gz is
downloaded, its size and MD5 are compared with the published ones, and it is read like any file of vectors. MD5 guards
against broken transfers; it is what the publisher gives. TEXTLAB_RELEASES names a mirror.
Source: list.json of piskvorky/gensim-data, 2018-03-16.
"""

from __future__ import annotations

import hashlib
import http.client
import os
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from core import storage
from core.errors import UnreadableFile, UserError, of_system
from core.runtime.worker_process import Task
from core.words.files import store

RELEASES = os.environ.get("TEXTLAB_RELEASES") or "https://github.com/piskvorky/gensim-data/releases/download"
TIMEOUT_S = 30
OnProgress = Callable[[float, str], None]


@dataclass(frozen=True)
class NamedSet:
    """A published set. `size_bytes` is the download (decimal bytes), `known_as` the name that its makers gave it,
    where gensim-data has another."""

    name: str
    words: int
    dimension: int
    size_bytes: int
    licence: str
    md5: str
    known_as: str = ""

    @property
    def url(self) -> str:
        return f"{RELEASES}/{self.name}/{self.name}.gz"


NAMED_SETS = {
    item.name: item
    for item in (
        NamedSet(
            "glove-wiki-gigaword-50",
            400_000,
            50,
            69_182_535,
            "PDDL",
            "c289bc5d7f2f02c6dc9f2f9b67641813",
            "GloVe 6B 50d",
        ),
        NamedSet(
            "glove-wiki-gigaword-100",
            400_000,
            100,
            134_300_434,
            "PDDL",
            "40ec481866001177b8cd4cb0df92924f",
            "GloVe 6B 100d",
        ),
        NamedSet(
            "glove-wiki-gigaword-200",
            400_000,
            200,
            264_336_934,
            "PDDL",
            "59652db361b7a87ee73834a6c391dfc1",
            "GloVe 6B 200d",
        ),
        NamedSet(
            "glove-wiki-gigaword-300",
            400_000,
            300,
            394_362_229,
            "PDDL",
            "29e9329ac2241937d55b852e8284e89b",
            "GloVe 6B 300d",
        ),
        NamedSet("glove-twitter-25", 1_193_514, 25, 109_885_004, "PDDL", "50db0211d7e7a2dcd362c6b774762793"),
        NamedSet("glove-twitter-50", 1_193_514, 50, 209_216_938, "PDDL", "c168f18641f8c8a00fe30984c4799b2b"),
        NamedSet("glove-twitter-100", 1_193_514, 100, 405_932_991, "PDDL", "b04f7bed38756d64cf55b58ce7e97b15"),
        NamedSet("glove-twitter-200", 1_193_514, 200, 795_373_100, "PDDL", "e52e8392d1860b95d5308a525817d8f9"),
        NamedSet(
            "word2vec-google-news-300", 3_000_000, 300, 1_743_563_840, "not stated", "a5e5354d40acb95f9ec66d5977d140ef"
        ),
        NamedSet(
            "fasttext-wiki-news-subwords-300",
            999_999,
            300,
            1_005_007_116,
            "CC BY-SA 3.0",
            "de2bb3a20c46ce65c9c131e1ad9a77af",
        ),
        NamedSet(
            "conceptnet-numberbatch-17-06-300",
            1_917_247,
            300,
            1_225_497_562,
            "see the project",
            "fd642d457adcd0ea94da0cd21b150847",
        ),
        NamedSet("word2vec-ruscorpora-300", 184_973, 300, 208_427_381, "CC BY 4.0", "9bdebdc8ae6d17d20839dd9b5af10bc4"),
    )
}


def fetch(item: NamedSet, on_progress: OnProgress | None = None) -> store.Stored:
    """Download a set, check it, read it into the store, and delete the download.

    An exception from `on_progress` stops it; the next call continues where this one, or a broken connection, stopped.

    Raises:
        UserError: the network or the server does not answer.
        UnreadableFile: the download is not the published file.
    """
    part = storage.folder("downloads") / f"{storage.content_key(item.name, item.md5)}.gz"
    _download(item, part, on_progress)
    came = part.stat().st_size
    if came != item.size_bytes or _md5(part) != item.md5:
        part.unlink()
        raise UnreadableFile(
            f"The download of “{item.name}” is not the published file ({came:,} bytes).",
            "It was deleted; try again.",
        )
    saved = store.import_file(part, title=item.name, on_progress=on_progress)
    part.unlink()
    return saved


def _md5(path: Path) -> str:
    with open(path, "rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def _download(item: NamedSet, path: Path, on_progress: OnProgress | None) -> None:
    """Append to `path` what it lacks, one byte more at most: a file that is longer than published is not it."""
    have = path.stat().st_size if path.exists() else 0
    if have >= item.size_bytes:
        return
    request = urllib.request.Request(item.url, headers={"Range": f"bytes={have}-"} if have else {})
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT_S) as answer:
            with open(path, "ab" if answer.status == 206 else "wb") as file:
                promised = min(item.size_bytes, file.tell() + int(answer.headers.get("Content-Length") or 0))
                while file.tell() <= item.size_bytes and (block := answer.read(1 << 18)):
                    file.write(block)
                    done = file.tell()
                    if on_progress:
                        on_progress(
                            min(1.0, done / item.size_bytes), f"{done / 1e6:,.1f} of {item.size_bytes / 1e6:,.1f} MB"
                        )
                done = file.tell()
    except (urllib.error.URLError, OSError, http.client.HTTPException) as problem:
        if (fault := of_system(problem)) is not None:  # a full disk is not a fault of the network
            raise fault from problem
        raise UserError(
            f"“{item.name}” could not be downloaded ({getattr(problem, 'reason', problem)}).",
            "Check the network and try again (the part that arrived is saved), or download the file elsewhere and "
            "open it by its path.",
        ) from problem
    if done < promised:
        raise UserError(
            f"The connection ended after {done / 1e6:,.1f} of {item.size_bytes / 1e6:,.1f} MB.",
            "The part that arrived is saved: try again to continue.",
        )


class NamedSets:
    """The same in a worker process, which can be ended."""

    def fetch(self, task: Task, name: str) -> dict[str, Any]:
        return vars(fetch(NAMED_SETS[name], task.progress))
