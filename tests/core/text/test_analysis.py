"""The search engine's way with a text."""

from __future__ import annotations

import pytest

from core.text.analysis import STOP_WORDS, analyse, dictionary, split, terms_of


def test_the_talk_s_sentence():
    terms = analyse("Hello there! Welcome to my talk.")
    assert [one.word for one in terms] == ["Hello", "there", "Welcome", "to", "my", "talk"]
    assert terms_of("Hello there! Welcome to my talk.") == ["hello", "welcom", "my", "talk"]
    assert dictionary(terms) == {"hello": 1, "my": 2, "talk": 3, "welcom": 4}
    assert [(one.start, one.end) for one in terms[:2]] == [(0, 5), (6, 11)]


def test_words_by_unicode():
    assert [word for word, _, _ in split("Don't e-mail john@x.org 3.14, 片仮 C++")] == [
        "Don't",
        "e",
        "mail",
        "john",
        "x.org",
        "3.14",
        "片",
        "仮",
        "C",
    ]
    assert split("") == split("!?… ") == []


def test_lucene_s_33_stop_words():
    assert len(STOP_WORDS["english"]) == 33


@pytest.mark.parametrize(
    ("word", "stem"),
    [  # Porter 1980, the examples of the steps
        ("caresses", "caress"),
        ("ponies", "poni"),
        ("cats", "cat"),
        ("agreed", "agre"),
        ("plastered", "plaster"),
        ("motoring", "motor"),
        ("hopping", "hop"),
        ("relational", "relat"),
        ("electricity", "electr"),
    ],
)
def test_porter_s_own_examples(word, stem):
    assert terms_of(word) == [stem]


def test_what_it_cannot_tell_apart():
    assert terms_of("US") == terms_of("us") and terms_of("C++") == terms_of("C")
    assert terms_of("not good") == terms_of("good") and terms_of("universe") == terms_of("university")
    assert terms_of("to be or not to be") == []
    assert terms_of("John's") == terms_of("John")


def test_spanish():
    assert terms_of("Los perros comen las manzanas", "spanish") == ["perr", "com", "manzan"]
