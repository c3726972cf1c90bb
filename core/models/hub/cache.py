"""What has been fetched from the hub and is ready offline. Nothing here asks the network."""

from __future__ import annotations

import fnmatch
import functools
import json
import re
import shutil
from pathlib import Path
from typing import Any

from core import storage
from core.errors import UserError

_REPO = re.compile(r"[A-Za-z0-9][\w.-]{0,95}(/[A-Za-z0-9][\w.-]{0,95})?", re.ASCII)


def folder_of(repo: str) -> Path:
    """Where the files of a repository are kept.

    Raises:
        UserError: that is no name of a repository.
    """
    if not _REPO.fullmatch(repo) or ".." in repo or "--" in repo:
        raise UserError(f"“{repo[:80]}” is not the name of a repository.", "It looks like owner/name.")
    return storage.models_folder() / "hub" / repo.replace("/", "--")


def kept(repo: str, name: str) -> Path | None:
    """The first file of that name or pattern that is here, whole and checked ("ready offline"), or None."""
    files = _record(repo).get("files")
    wanted = [file for file in files if fnmatch.fnmatchcase(file.lower(), name.lower())] if files else []
    return kept_files(repo).get(min(wanted)) if wanted else None


def kept_files(repo: str) -> dict[str, Path]:
    """All files of a repository that are here and as long as they were when they were checked, by name."""
    place = folder_of(repo)
    found = {}
    for name, (size, _) in _record(repo).get("files", {}).items():
        path = place / name
        if path.is_file() and path.stat().st_size == size:
            found[name] = path
    return found


def remove(repo: str, name: str = "*") -> None:
    """Delete the fetched files of that name or pattern; the repository's folder with the last of them."""
    record = _record(repo)
    for file in list(kept_files(repo)):
        if fnmatch.fnmatchcase(file.lower(), name.lower()):
            (folder_of(repo) / file).unlink(missing_ok=True)
    left = {file: facts for file, facts in record.get("files", {}).items() if (folder_of(repo) / file).is_file()}
    if left:
        _write_record(repo, record | {"files": left})
    else:
        shutil.rmtree(folder_of(repo), ignore_errors=True)


def _record(repo: str) -> dict[str, Any]:
    path = folder_of(repo) / ".fetched.json"
    try:
        record = _read_record(path, path.stat().st_mtime_ns)
        for size, digest in record["files"].values():
            int(size), str(digest)
        return record
    except (OSError, ValueError, KeyError, TypeError, AttributeError):  # it is as if nothing had been fetched
        return {}


@functools.lru_cache(maxsize=256)
def _read_record(path: Path, _changed: int) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def note(repo: str, commit: str, licence: str, name: str, size_bytes: int, digest: str) -> None:
    """Write down what was fetched, from which commit, under which licence."""
    record = _record(repo) or {"repo": repo, "files": {}}
    files = record["files"] | {name: [size_bytes, digest]}
    _write_record(repo, record | {"commit": commit, "licence": licence, "files": files})


def _write_record(repo: str, record: dict[str, Any]) -> None:
    with storage.writing(folder_of(repo) / ".fetched.json") as part:
        part.write_text(json.dumps(record), encoding="utf-8")


def digest_of(repo: str, name: str) -> str:
    """The digest that a file had when it was checked; "" if it never was."""
    return str(_record(repo).get("files", {}).get(name, [0, ""])[1])
