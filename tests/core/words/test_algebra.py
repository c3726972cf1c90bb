"""Sums of words: what is typed, and the vector it gives."""

from __future__ import annotations

import numpy as np
import pytest

from core.errors import UnknownWord, UserError
from core.words.algebra import Term, parse, vector_of, written
from core.words.vectors import WordVectors


def test_a_sum_is_read(five):
    assert parse("king - man + woman", five) == (Term("king", 1), Term("man", -1), Term("woman", 1))
    assert parse("  king −  man", five) == (Term("king", 1), Term("man", -1)), "a word processor's minus"
    assert parse("- man + 2 king + 0.5 * queen", five) == (Term("man", -1), Term("king", 2), Term("queen", 0.5))


def test_a_word_with_a_hyphen_or_a_space_stays_whole():
    vectors = WordVectors(["short-term", "new york", "- - -"], np.eye(3))
    assert parse("short-term", vectors) == (Term("short-term", 1),)
    assert parse("new york - short-term", vectors) == (Term("new york", 1), Term("short-term", -1))
    assert parse("- - -", vectors) == (Term("- - -", 1),)


def test_units_or_vectors_as_they_stand():
    vectors = WordVectors(["king", "man"], np.array([[2, 0], [0, 4]]))
    terms = parse("king - man", vectors)
    assert vector_of(terms, vectors).tolist() == [1, -1]
    assert vector_of(terms, vectors, unit=False).tolist() == [2, -4]


def test_a_sum_is_written_as_it_is_read(five):
    for text in ("king - man + woman", "king", "- man + 2 king"):
        assert written(parse(text, five)) == text


@pytest.mark.parametrize("typed", ["", "   ", "king -", "king - + man", "+", "word " * 20_000, "a + " * 30 + "a"])
def test_what_is_no_sum_is_answered_with_a_sentence(five, typed):
    with pytest.raises(UserError) as raised:
        vector_of(parse(typed, five), five)
    assert raised.value.what and raised.value.next_step
    assert len(str(raised.value)) < 400


def test_an_unknown_word_of_a_sum_is_named(five):
    with pytest.raises(UnknownWord) as raised:
        vector_of(parse("king - mann", five), five)
    assert raised.value.word == "mann"
    assert "man" in raised.value.suggestions


@pytest.fixture
def many() -> WordVectors:
    words = ["king", "man", "woman", "c++", "java", "well-known", "well", "new york", "paris", "don't", "1999", "known"]
    return WordVectors(words, np.random.default_rng(2).normal(size=(len(words), 8)).astype(np.float32))


@pytest.mark.parametrize(
    "typed, terms",
    [
        ("king-man+woman", [("king", 1), ("man", -1), ("woman", 1)]),
        ("king -man +woman", [("king", 1), ("man", -1), ("woman", 1)]),
        ("king−man", [("king", 1), ("man", -1)]),
        ("-man+king", [("man", -1), ("king", 1)]),
        ("king - (man - woman)", [("king", 1), ("man", -1), ("woman", 1)]),
        ("king-(man-woman)", [("king", 1), ("man", -1), ("woman", 1)]),
        ("(king + man) - (woman)", [("king", 1), ("man", 1), ("woman", -1)]),
        ("2*king - 0.5 man", [("king", 2), ("man", -0.5)]),
        ("2*king-0.5*man", [("king", 2), ("man", -0.5)]),
        ("2 * (king - man) + woman", [("king", 2), ("man", -2), ("woman", 1)]),
        ("2(king - man)", [("king", 2), ("man", -2)]),
        ("0,5 king", [("king", 0.5)]),
        ("c++ - java", [("c++", 1), ("java", -1)]),
        ("c++-java", [("c++", 1), ("java", -1)]),
        ("C++", [("c++", 1)]),
        ("well-known", [("well-known", 1)]),
        ("well-known-king", [("well-known", 1), ("king", -1)]),
        ("Well‑known", [("well-known", 1)]),
        ("Don’t + King", [("don't", 1), ("king", 1)]),
        ("new york - paris", [("new york", 1), ("paris", -1)]),
        ("New  York", [("new york", 1)]),
        ("1999 - king", [("1999", 1), ("king", -1)]),
        ("king - 1999", [("king", 1), ("1999", -1)]),
        ("king-mann", [("king", 1), ("mann", -1)]),
    ],
)
def test_a_sum_needs_no_spaces_and_may_have_weights_and_parentheses(many, typed, terms):
    assert [(term.word, term.weight) for term in parse(typed, many)] == terms


@pytest.mark.parametrize("typed", ["(king", "king)", "king - (man", "((", "2 *", "king (man)", "(" * 30 + "king", "()"])
def test_parentheses_that_do_not_fit_get_a_sentence(many, typed):
    with pytest.raises(UserError) as raised:
        vector_of(parse(typed, many), many)
    assert raised.value.next_step


@pytest.mark.parametrize("typed", ["king - king", "king-King", "2 king - king - king", "(king - man) - (king - man)"])
def test_a_sum_that_cancels_out_gets_a_sentence(many, typed):
    with pytest.raises(UserError, match="cancel out"):
        vector_of(parse(typed, many), many)
