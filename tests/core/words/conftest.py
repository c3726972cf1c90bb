"""Five words in two dimensions, and the real vectors of the shared data."""

from __future__ import annotations

import numpy as np
import pytest

from core import catalog
from core.words.vectors import WordVectors, load, load_minilm_words


@pytest.fixture
def five() -> WordVectors:
    """man (1, 0), woman (0, 1), king (3, 1), queen (2, 2), car (-1, -1)."""
    return WordVectors(
        ["man", "woman", "king", "queen", "car"], np.array([[1, 0], [0, 1], [3, 1], [2, 2], [-1, -1]], np.float32)
    )


@pytest.fixture(scope="session")
def glove() -> WordVectors:
    """What the words page opens with, loaded as a person at a Python prompt loads it."""
    return catalog.load("glove-6b-50d")


@pytest.fixture(scope="session")
def minilm() -> WordVectors:
    return load_minilm_words()


@pytest.fixture
def glove_50(shared_data) -> WordVectors:
    return _once(shared_data("glove_6b_50d.txt"))


@pytest.fixture
def glove_840(shared_data) -> WordVectors:
    return _once(shared_data("weat_glove840b.txt"))


_loaded: dict = {}


def _once(path) -> WordVectors:
    if path not in _loaded:
        _loaded[path] = load(path)
    return _loaded[path]
