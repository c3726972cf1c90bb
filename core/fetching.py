"""What is fetched, read or encoded in a process of its own: files of the hub, vectors published or one's own, words.

Beside `core.loaders`, which holds the processes and the book of jobs.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from core.runtime.worker import Request


def from_hub(repo: str, names: tuple[str, ...] | None, method: str = "fetch", start: bool = True) -> Request | None:
    """The fetching of a repository's files (names None: a sentence encoder's), started on a press only.

    With `start=False` the request under way, or None; with method "listing" what the repository has. One process
    fetches, one file after the other; another one lists. `forget_job(hub_key(...))` lets it be asked for anew.
    """
    from core import loaders

    key = hub_key(repo, names, method)
    if not start:
        return loaders._job_book().requests.get(key)
    arguments: dict[str, Any] = {"repo": repo} if method == "listing" else {"repo": repo, "names": names}
    return loaders._job_book().ask(loaders._hub_worker(method), key, method, arguments)


def hub_key(repo: str, names: tuple[str, ...] | None, method: str = "fetch") -> str:
    """What a request to the hub is kept under."""
    return f"hub {method} {repo} {' '.join(names or ())}"


def encoded_words(words_from: str, count: int, folder: str, title: str, start: bool = True) -> Request | None:
    """The first `count` words of a set, encoded one by one by the sentence encoder in `folder` (or "minilm").

    With `start=False` the request under way, or None. Its process ends once the answer was taken: `forget_words`.
    """
    from core import loaders

    key = f"words {words_from} {count} {folder}"
    if not start:
        return loaders._job_book().requests.get(key)
    worker = loaders._words_worker("core.workflows.encode_vocabulary:EncodedWords")
    return loaders._job_book().ask(worker, key, "encode", {"words_from": words_from, "count": count, "folder": folder,
                                                   "title": title})


def named_set(name: str, start: bool = True) -> Request | None:
    """The fetching of a published set of vectors by its name; with `start=False` the request under way, or None."""
    from core import loaders

    if not start:
        return loaders._job_book().requests.get(f"named {name}")
    worker = loaders._words_worker("core.words.files.named_sets:NamedSets")
    return loaders._job_book().ask(worker, f"named {name}", "fetch", {"name": name})


def vectors_file(path: Path, entry: str | None = None, title: str | None = None) -> Request:
    """The reading of a file of vectors into the store; asked again, the same reading, also one that failed."""
    from core import loaders

    worker = loaders._words_worker("core.words.files.store:Files")
    return loaders._job_book().ask(worker, _file_key(path, entry), "read",
                                   {"path": str(path), "entry": entry, "title": title})


def forget_vectors_file(path: Path, entry: str | None = None) -> None:
    """Let that file be read anew."""
    from core import loaders

    loaders.forget_job(_file_key(path, entry))


def _file_key(path: Path, entry: str | None) -> str:
    try:
        facts = path.stat()
        version = f"{facts.st_size} {facts.st_mtime_ns}"  # a file that was mended is another one
    except (OSError, ValueError):
        version = "missing"
    return f"vectors file {path} {entry} {version}"


def forget_words(words_from: str, count: int, folder: str) -> None:
    """Let words be encoded anew, and give back the memory of the process that did."""
    from core import loaders

    loaders.forget_job(f"words {words_from} {count} {folder}")
    loaders._words_worker.clear("core.workflows.encode_vocabulary:EncodedWords")
