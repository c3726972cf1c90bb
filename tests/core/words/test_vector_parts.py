"""The numbers of a vector, and the product that makes a cosine."""

from __future__ import annotations

import numpy as np
import pytest

from core import catalog
from core.errors import UnknownWord
from core.words.vector_parts import numbers_of, product_of
from core.words.vectors import WordVectors


def test_the_products_of_two_words_by_hand():
    vectors = WordVectors(["a", "b", "zero"], np.array([[3, 4, 0], [4, 3, 0], [0, 0, 0]], np.float32))
    found = product_of(vectors, "a", "b")
    assert found.products.tolist() == [12, 12, 0] and (found.dot, found.length_a, found.length_b) == (24, 5, 5)
    assert found.cosine == pytest.approx(0.96) and found.running("dimension").tolist() == pytest.approx(
        [0.48, 0.96, 0.96]
    )
    assert product_of(vectors, "a", "zero").cosine == 0


def test_the_sum_of_the_contributions_is_the_cosine_in_any_order():
    vectors = catalog.load("glove-6b-50d")
    found = product_of(vectors, "king", "queen")
    for by in ("dimension", "contribution"):
        assert found.running(by)[-1] == pytest.approx(vectors.similarity("king", "queen"), abs=1e-6)
    sorted_parts = found.contributions[found.order("contribution")]
    assert (np.diff(sorted_parts) <= 0).all() and sorted(found.order("contribution")) == list(range(50))


def test_numbers_are_those_of_the_file_and_an_unknown_word_is_told():
    vectors = catalog.load("glove-6b-50d")
    assert np.array_equal(numbers_of(vectors, ("king",))[0], vectors.vector("king"))
    with pytest.raises(UnknownWord):
        numbers_of(vectors, ("king", "zzzqqx"))
