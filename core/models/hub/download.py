"""Fetching: part files that are gone on with, checksums, progress; and the same in a process of its own."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

from core import storage
from core.errors import UnreadableFile, UserError
from core.models.hub.cache import digest_of, folder_of, kept_files, note
from core.models.hub.errors import hub_errors
from core.models.hub.listing import HubFile, Listing, asked, check_name, encoder_files, listing
from core.runtime.worker import Task

OnProgress = Callable[[float, str], None]
BLOCK_BYTES = 1 << 18  # progress and Cancel are checked this often; the library's own blocks have 10 MiB
LEFT_FREE_BYTES = 200_000_000


def fetch(
    repo: str, names: Sequence[str] | None = None, revision: str | None = None, on_progress: OnProgress | None = None
) -> Path:
    """Fetch files of a repository by name or pattern; without names, those of a sentence encoder. Gives their folder.

    What is here already and has not changed is not fetched again. `on_progress(fraction 0..1, what is being done)`
    is called a few times a second; an exception from it stops here, and the next call goes on where this one stopped.

    Raises:
        UserError: no such file, no access, no network, no room.
        UnreadableFile: what came is not what the hub has.
    """
    tell = on_progress or (lambda fraction, doing: None)
    tell(0.0, "asking the hub")
    found = listing(repo, revision)
    wanted = found.matching(encoder_files(found) if names is None else names)
    place = folder_of(repo)
    for file in wanted:
        check_name(file.name)
    have = kept_files(repo)
    missing = [file for file in wanted if file.name not in have or digest_of(repo, file.name) != file.digest]
    missing = [file if file.size_bytes or file.digest else asked(found, file) for file in missing]
    _check_room(sum(file.size_bytes for file in missing))
    meter = _Meter(sum(file.size_bytes for file in missing), tell)
    for file in missing:
        _fetch_file(found, file, place / file.name, meter)
        note(repo, found.commit, found.licence, file.name, file.size_bytes, file.digest)
    tell(1.0, "here")
    return place


def _fetch_file(found: Listing, file: HubFile, target: Path, meter: _Meter) -> None:
    from filelock import FileLock, Timeout

    part = storage.folder("downloads") / f"{storage.content_key(found.repo, file.name, file.digest)}.part"
    lock = part.with_suffix(".lock")
    try:
        with FileLock(lock, timeout=0):
            _go_on(found, file, part, meter)
            meter.say(f"checking {PurePosixPath(file.name).name}")
            if not _as_listed(part, file):
                part.unlink()
                raise UnreadableFile(
                    f"What came for “{file.name}” is not what the hub has: its checksum differs.",
                    "Nothing of it was kept; press again.",
                )
            target.parent.mkdir(parents=True, exist_ok=True)
            part.replace(target)
        lock.unlink(missing_ok=True)
    except Timeout as problem:
        raise UserError(f"“{file.name}” is being fetched by another process.", "Wait until it is here.") from problem


def _go_on(found: Listing, file: HubFile, part: Path, meter: _Meter) -> None:
    """Append to the part file what it lacks, trying again as long as something comes."""
    with hub_errors(found.repo, file.name, kept=lambda: part.stat().st_size, size=file.size_bytes):
        from huggingface_hub import constants, hf_hub_url
        from huggingface_hub.file_download import http_get
        from huggingface_hub.utils._headers import build_hf_headers

        constants.DOWNLOAD_CHUNK_SIZE = BLOCK_BYTES
        address = hf_hub_url(found.repo, file.name, revision=found.commit)
        if part.exists() and part.stat().st_size > file.size_bytes:
            part.unlink()
        with open(part, "ab", buffering=0) as stream:  # unbuffered: a process that is ended loses one block at most
            meter.add(stream.tell(), fetched=False)
            while (have := stream.tell()) < file.size_bytes:
                try:
                    http_get(
                        address,
                        stream,
                        resume_size=have,
                        headers=build_hf_headers(),
                        expected_size=file.size_bytes,
                        tqdm_class=meter.bar,  # type: ignore[arg-type]
                    )
                except Exception as problem:  # http_get itself goes on after every other break
                    if type(problem).__name__ != "ReadError" or stream.tell() == have:
                        raise


class _Meter:
    """Bytes of all files together: what is here, how fast they come, how long it will take."""

    def __init__(self, total: int, tell: OnProgress) -> None:
        self.total, self.tell, self.done, self.fetched, self.began = max(total, 1), tell, 0, 0, time.monotonic()

    def add(self, count: int, fetched: bool = True) -> None:
        self.done += count
        self.fetched += count if fetched else 0
        self.say("")

    def say(self, doing: str) -> None:
        speed = self.fetched / max(time.monotonic() - self.began, 0.2)
        left = f" · {(self.total - self.done) / speed:,.0f} s left" if speed and self.done < self.total else ""
        text = f"{self.done / 1e6:,.1f} of {self.total / 1e6:,.1f} MB · {speed / 1e6:,.1f} MB/s{left}"
        self.tell(min(self.done / self.total, 0.999), doing or text)

    def bar(self, **_: Any) -> _Bar:
        return _Bar(self)


class _Bar:
    """What huggingface_hub takes for a progress bar."""

    def __init__(self, meter: _Meter) -> None:
        self.meter = meter

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def update(self, count: int = 0) -> None:
        self.meter.add(count)


def _check_room(needed: int) -> None:
    free = shutil.disk_usage(storage.home()).free
    if needed + LEFT_FREE_BYTES > free:
        raise UserError(
            f"The disk has {free / 1e9:.1f} GB left; this takes {needed / 1e9:.1f} GB.",
            "Make room, or set TEXTLAB_HOME to a folder on another disk.",
        )


def _as_listed(path: Path, file: HubFile) -> bool:
    if file.sha256:
        return storage.sha256_of(path) == file.sha256
    content = path.read_bytes()
    git = hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
    return len(content) == file.size_bytes and (not file.git_sha1 or git == file.git_sha1)


class Hub:
    """The same in a process of its own (`core.runtime.worker`), which can be ended."""

    def listing(self, task: Task, repo: str, revision: str | None = None) -> Listing:
        task.progress(0.0, "asking the hub")
        return listing(repo, revision)

    def fetch(self, task: Task, repo: str, names: list[str] | None = None, revision: str | None = None) -> str:
        return str(fetch(repo, names, revision, task.progress))
