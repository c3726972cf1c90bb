"""A spec: what a person should know of a thing before choosing it, and how it is loaded."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from core.errors import MissingModel

Kind = Literal["language-model", "sentence-encoder", "word-vectors", "tokenizer", "corpus"]
Commercial = Literal["yes", "terms", "no", "unknown"]


@dataclass(frozen=True)
class Spec:
    """One thing that can be chosen.

    `load` names the function that makes the object, "package.module:function"; it is given the spec.
    `locate` gives the file or folder on this machine, or None where there is no such file (yet).
    `size_bytes` is the file's size (decimal; an estimate until the file is here), `memory_bytes` what it takes loaded.
    Of what the Hugging Face hub has: `repo`, and `files` as names or patterns (None: a sentence encoder's). Of models:
    `parameters`, `context` in tokens, whether it `chats`, what is in `doubt` until the file is here, and its `era`.
    `missing` says what to do where it is not on this machine.
    """

    key: str
    title: str
    kind: Kind
    source: str
    licence: str
    commercial: Commercial
    load: str
    note: str = ""
    size_bytes: int | None = None
    memory_bytes: int | None = None
    locate: Callable[[], Path | None] | None = None
    repo: str = ""
    files: tuple[str, ...] | None = None
    parameters: int | None = None
    context: int | None = None
    chats: bool | None = None
    doubt: str = ""
    era: str = ""
    missing: str = ""

    @property
    def path(self) -> Path | None:
        """The file or folder on this machine; None if the thing is not a file or is not here."""
        found = self.locate() if self.locate else None
        return found if found and found.exists() else None

    @property
    def available(self) -> bool:
        """Whether it can be loaded now, without the network."""
        return self.locate is None or self.path is not None

    def make(self) -> Any:
        """The object, made new each time; `core.cached` keeps one for all sessions.

        Raises:
            MissingModel: it is not on this machine.
        """
        if not self.available:
            raise MissingModel(f"{self.title} is not on this machine.", self.missing or f"It comes from {self.source}.")
        module, function = self.load.split(":")
        return getattr(importlib.import_module(module), function)(self)
