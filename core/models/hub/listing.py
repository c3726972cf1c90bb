"""What a repository of the hub has: files, sizes, digests, licence; and which of them are fit to be fetched."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import PurePosixPath

from core.errors import MissingModel, UserError
from core.models.hub.cache import folder_of
from core.models.hub.errors import hub_errors

_NAME_PART = re.compile(r"[A-Za-z0-9_][\w .+()\[\]@=,-]{0,199}", re.ASCII)
_PART = re.compile(r"-\d{5}-of-\d{5}\.gguf$", re.IGNORECASE)
_PICKLES = (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".h5", ".msgpack", ".joblib", ".npy", ".py")


@dataclass(frozen=True)
class HubFile:
    """A file of a repository: its size in bytes and the digest it must have ("" if the hub does not say)."""

    name: str
    size_bytes: int
    sha256: str = ""
    git_sha1: str = ""

    @property
    def digest(self) -> str:
        return self.sha256 or self.git_sha1


@dataclass(frozen=True)
class Listing:
    """What a repository has, at one commit. `gated`: its licence must be accepted on its page first."""

    repo: str
    commit: str
    licence: str
    gated: bool
    files: tuple[HubFile, ...]

    def matching(self, names: Iterable[str]) -> list[HubFile]:
        """The files of these names or patterns ("*Q4_K_M.gguf"), whatever their case.

        Of several models in .gguf form that fit one pattern, the one with the shortest name, with all its parts.

        Raises:
            MissingModel: a name or pattern fits no file; the message names some that are there.
        """
        found: dict[str, HubFile] = {}
        for name in names:
            fitting = [file for file in self.files if file.name == name] or [
                file for file in self.files if fnmatch.fnmatchcase(file.name.lower(), name.lower())
            ]
            if not fitting:
                ending = PurePosixPath(name).suffix
                there = [file.name for file in self.files if file.name.endswith(ending)] or [
                    file.name for file in self.files
                ]
                raise MissingModel(
                    f"“{self.repo}” has no file “{name[:80]}”.",
                    f"It has, for example: {', '.join(there[:6]) or 'nothing'}.",
                )
            if name.lower().endswith(".gguf") and not any(_PART.search(file.name) for file in fitting):
                fitting = [min(fitting, key=lambda file: (file.name.count("/"), len(file.name), file.name))]
            found |= {file.name: file for file in fitting}
        return list(found.values())


def listing(repo: str, revision: str | None = None) -> Listing:
    """What a repository has, from the hub.

    Raises:
        UserError: no such repository, no access, no network, each with what to do.
    """
    folder_of(repo)
    with hub_errors(repo):
        from huggingface_hub import HfApi

        info = HfApi().model_info(repo, revision=revision, files_metadata=True, timeout=15)
    as_dict: Callable[[], dict[str, object]] | None = getattr(info.card_data, "to_dict", None)  # it has no types
    card = as_dict() if as_dict else {}
    files = tuple(
        HubFile(
            item.rfilename,
            int(item.size or 0),
            item.lfs.sha256 if item.lfs else "",
            "" if item.lfs else item.blob_id or "",
        )
        for item in info.siblings or ()
    )
    return Listing(repo, info.sha or "main", str(card.get("license") or ""), bool(info.gated), files)


def encoder_files(found: Listing) -> list[str]:
    """The files that a sentence-transformers model needs: weights as safetensors, settings, tokenizer; no code.

    Raises:
        UserError: its weights are there as a pickle only.
    """
    names = [file.name for file in found.files]
    plain = [
        name
        for name in names
        if name.count("/") <= 1
        and not name.startswith(("onnx/", "openvino/", "."))
        and (name.endswith((".json", ".safetensors", "vocab.txt", "merges.txt", ".model")))
    ]
    if not any(name.endswith(".safetensors") for name in plain):
        raise UserError(
            f"“{found.repo}” has no weights as safetensors.",
            "Its weights are pickles, which can run code and are never read here. Choose another model.",
        )
    return plain


def asked(found: Listing, file: HubFile) -> HubFile:
    """A mirror may list names only: ask for that one file's size and digest."""
    with hub_errors(found.repo, file.name):
        from huggingface_hub import get_hf_file_metadata, hf_hub_url

        metadata = get_hf_file_metadata(hf_hub_url(found.repo, file.name, revision=found.commit), timeout=15)
    etag = metadata.etag or ""
    return HubFile(file.name, metadata.size or 0, etag if len(etag) == 64 else "", etag if len(etag) == 40 else "")


def check_name(name: str) -> None:
    """Refuse names that lead elsewhere, and files that can run code.

    Raises:
        UserError: with what to choose instead.
    """
    parts = name.split("/")
    if not all(_NAME_PART.fullmatch(part) and ".." not in part for part in parts) or len(parts) > 4:
        raise UserError(f"The file is called “{name[:80]}”, which is no name for a file here.", "Choose another one.")
    if name.lower().endswith(_PICKLES):
        raise UserError(
            f"“{name[:80]}” is a pickle or a program, which can run code and is never fetched here.",
            "Choose .gguf or .safetensors files.",
        )
