"""Tokenizers in files that a person has: models on this machine, what came from the hub, what was uploaded.

An uploaded file is kept under the digest of its content, with its name beside it: names from people never become paths.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from core import storage
from core.errors import UnreadableFile
from core.models import on_disk
from core.tokens import tokenizers

MOST_BYTES = 200_000_000
_KINDS = {  # how a kind's name ends, and the name under which an upload of it is kept
    r"\.gguf": "vocabulary.gguf",
    r"\.json": "tokenizer.json",
    r"\.model(\.v?\d+\w*)?": "tokenizer.model",
    r"\.tiktoken": "table.tiktoken",
    r"vocab[^/]*\.txt": "vocab.txt",
}


def found() -> dict[str, tuple[str, Path]]:
    """Title and path of every file that may hold a tokenizer, by a key that stays: "file:<place in its folder>"."""
    own = storage.models_folder()
    here = {f"file:{path.relative_to(own).as_posix()}": (_title(path, own), path) for path in in_folder(own)}
    beside = {f"file:{path}": (path.stem, path) for path in on_disk.found() if own not in path.parents}
    return here | beside | _uploaded()


def in_folder(folder: Path) -> list[Path]:
    """The files below a folder that may hold a tokenizer, by name; of a vocab.txt beside a tokenizer.json only that."""
    names = ("*.gguf", "*tokenizer*.json", "*tekken*.json", "*.model", "*.model.v*", "*.tiktoken", "vocab.txt")
    files = {path for name in names for path in folder.rglob(name) if path.is_file()}
    return sorted(
        (
            path
            for path in files
            if path.name not in ("tokenizer_config.json", "added_tokens.json")
            and not (path.name == "vocab.txt" and (path.parent / "tokenizer.json").exists())
        ),
        key=lambda path: path.name.lower(),
    )


def _title(path: Path, own: Path) -> str:
    """owner/name for what came from the hub (with the file's name where it is not the usual one), else the file's."""
    parts = path.relative_to(own).parts
    if parts[0] == "hub" and len(parts) > 2:
        repo = parts[1].replace("--", "/")
        return repo if parts[2:] == ("tokenizer.json",) else f"{repo}: {path.name}"
    return path.stem if path.suffix == ".gguf" else path.relative_to(own).as_posix()


def of_repo(repo: str) -> str | None:
    """The key of the tokenizer that came from a repository of the hub, or None."""
    start = f"file:hub/{repo.replace('/', '--')}/"
    keys = [key for key in found() if key.startswith(start) and not key.endswith(".gguf")]
    return min(keys, key=lambda key: not key.endswith("/tokenizer.json")) if keys else None


def path_of(key: str) -> Path | None:
    """The file of a key, if it is still there. Asked for at every letter that is typed, so without a search."""
    kind, _, place = key.partition(":")
    if kind == "own":
        return next((path for name in _KINDS.values() if (path := _uploads() / place / name).is_file()), None)
    own = storage.models_folder()
    path = own / place
    if kind == "file" and ".." not in Path(place).parts and own in path.parents and path.is_file():
        return path
    return next((path for path in on_disk.found() if f"file:{path}" == key), None) if kind == "file" else None


def keep(name: str, content: bytes) -> str:
    """Keep an uploaded tokenizer file and give its key; it is read once to see that it is one.

    Raises:
        UnreadableFile: it is no tokenizer that can be read here, or is too large.
    """
    kind = next((file for ending, file in _KINDS.items() if re.search(rf"{ending}$", name.lower())), None)
    if kind is None:
        raise UnreadableFile(
            f"“{name[:80]}” is not a tokenizer that can be read here.",
            "Choose a tokenizer.json, tekken.json, SentencePiece tokenizer.model, .tiktoken table, vocab.txt or .gguf.",
        )
    if len(content) > MOST_BYTES:
        raise UnreadableFile(
            f"“{name[:80]}” has {len(content) / 1e6:,.0f} MB; up to {MOST_BYTES / 1e6:,.0f} can be uploaded.",
            f"Put the file into the models folder, {storage.models_folder()}.",
        )
    digest = hashlib.sha256(content).hexdigest()[:16]
    path = _uploads() / digest / kind
    with storage.writing(path) as part:
        part.write_bytes(content)
    try:
        tokenizers.load_file(path)
    except UnreadableFile as error:
        remove(f"own:{digest}")
        what = error.what.replace(f"“{path.name}”", path.name).replace(path.name, f"“{name[:80]}”")
        raise UnreadableFile(what, error.next_step) from error
    with storage.writing(path.parent / "name.json") as part:
        part.write_text(json.dumps(Path(name).name[:80]), encoding="utf-8")
    return f"own:{digest}"


def remove(key: str) -> None:
    """Forget an uploaded tokenizer."""
    folder = _uploads() / key.removeprefix("own:")
    if folder.parent == _uploads() and folder.is_dir():
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()


def _uploads() -> Path:
    return storage.place("tokenizers") / "own"


def _uploaded() -> dict[str, tuple[str, Path]]:
    found_there: dict[str, tuple[str, Path]] = {}
    for name_file in sorted(_uploads().glob("*/name.json")):
        path = next((name_file.parent / name for name in _KINDS.values() if (name_file.parent / name).exists()), None)
        try:
            name = json.loads(name_file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        if path:
            found_there[f"own:{name_file.parent.name}"] = (f"{name} (uploaded)", path)
    return found_there
