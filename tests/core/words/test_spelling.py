"""What is typed, as the vocabulary has it: case, Unicode forms, apostrophes, marks of language and part of speech."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest

from core.errors import UnknownWord
from core.words.groups import group_of
from core.words.keys import keys_of, split_key
from core.words.neighbourhood import mutual
from core.words.spelling import said
from core.words.vectors import WordVectors


def vectors_of(*words: str) -> WordVectors:
    return WordVectors(words, np.random.default_rng(3).normal(size=(len(words), 6)).astype(np.float32))


@pytest.mark.parametrize(
    "typed, word",
    [
        ("paris", "paris"),
        ("Paris", "paris"),
        (" PARIS ", "paris"),
        ("berlin", "Berlin"),
        ("mcdonald", "McDonald"),
        ("usa", "USA"),
        ("don’t", "don't"),
        ("Don´t", "don't"),
        ("o'clock", "o’clock"),
        ("well‑known", "well-known"),
        ("Well–Known", "well-known"),
        ("café", "cafe\u0301"),
        ("Café", "cafe\u0301"),
        ("u\u0308ber", "über"),
        ("ｋing", "king"),
        ("new york", "new_york"),
        ("New York", "new_york"),
        ("ice cream", "ice-cream"),
        ("soft\u00adware", "software"),
        ("\ufeffking", "king"),
    ],
)
def test_one_folding_finds_what_was_meant(typed, word):
    vectors = vectors_of(
        "paris", "Berlin", "McDonald", "USA", "don't", "o’clock", "well-known", "cafe\u0301", "über", "king",
        "new_york", "ice-cream", "software",
    )  # fmt: skip
    assert vectors.look_up(typed) == word


def test_the_word_as_typed_comes_before_another_case():
    vectors = vectors_of("turkey", "Turkey", "polish")
    assert vectors.look_up("Turkey") == "Turkey" and vectors.look_up("turkey") == "turkey"
    assert vectors.look_up("TURKEY") == "turkey" and vectors.look_up("Polish") == "polish"


def test_in_python_case_counts_and_unicode_forms_do_not():
    vectors = vectors_of("cafe\u0301", "nurse", "don't")
    assert vectors.row("café") == 0 and "café" in vectors and vectors.row("don’t") == 2
    assert unicodedata.normalize("NFC", vectors.words[0]) == "café"
    with pytest.raises(UnknownWord) as raised:
        vectors.row("Nurse")
    assert raised.value.suggestions == ("nurse",)


def test_what_was_looked_up_is_said_once_and_only_for_who_listens():
    vectors = vectors_of("paris", "king", "cafe\u0301")
    mine, other = vectors.listening(), vectors.listening()
    for typed in ("Paris", "Paris", "king", "KING"):
        mine.look_up(typed)
    assert said(mine.looked_up) == "Paris was looked up as paris; KING was looked up as king."
    assert said(other.looked_up) == "" and vectors.looked_up is None
    assert mine.index is vectors.index and mine.matrix is vectors.matrix
    other.look_up("café")
    assert "another Unicode form" in said(other.looked_up)
    assert said({f"W{i}": f"w{i}" for i in range(9)}).endswith("; 3 more in the same way.")


def test_a_word_that_is_not_there_is_answered_with_near_spellings():
    with pytest.raises(UnknownWord, match="Did you mean computer"):
        vectors_of("computer", "king").look_up("Computr")


@pytest.mark.parametrize(
    "word, kind, plain",
    [
        ("/c/en/coffee_pot", "language", ("coffee_pot", "en")),
        ("de:könig", "language", ("könig", "de")),
        ("en/king", "language", ("king", "en")),
        ("king", "language", ("king", "")),
        ("king_NOUN", "part of speech", ("king", "NOUN")),
        ("king|NOUN", "part of speech", ("king", "NOUN")),
        ("new_york|PROPN", "part of speech", ("new_york", "PROPN")),
        ("king/NN", "part of speech", ("king", "NN")),
        ("king#n", "part of speech", ("king", "n")),
        ("new_york", "part of speech", ("new_york", "")),
        ("_NOUN", "part of speech", ("_NOUN", "")),
        ("NASA_USA", "part of speech", ("NASA_USA", "")),
    ],
)
def test_marks_are_taken_off(word, kind, plain):
    assert split_key(word, kind) == plain


def test_marked_words_are_found_by_the_plain_word_and_a_group_is_shown_short():
    vectors = vectors_of("/c/de/king", "/c/de/könig", "/c/en/coffee_pot", "/c/en/king", "/c/fr/roi")
    keys = vectors.keys
    assert keys.kind == "language" and keys.preferred == "en" and list(keys.groups) == ["de", "en", "fr"]
    assert vectors.look_up("king") == "/c/en/king" and vectors.row("könig") == 1 and "roi" in vectors
    assert vectors.look_up("Coffee pot") == "/c/en/coffee_pot"
    english = group_of(vectors, "en")
    assert english.words == ("coffee_pot", "king") and np.array_equal(english.matrix, vectors.matrix[2:4])
    assert np.shares_memory(english.matrix, vectors.matrix), "rows in a row are not copied"
    assert english.keys is None and "2 of 5 words: language en" in english.notes
    assert np.allclose(english.lengths, np.linalg.norm(english.matrix, axis=1))
    assert group_of(vectors, "") is vectors and group_of(vectors, "xx") is vectors


def test_parts_of_speech_are_groups_too_and_plain_vocabularies_have_none():
    vectors = vectors_of("king_NOUN", "run_VERB", "run_NOUN", "big_ADJ")
    assert vectors.keys.kind == "part of speech" and vectors.keys.preferred == "NOUN"
    assert group_of(vectors, "NOUN").words == ("king", "run") and vectors.look_up("run") == "run_VERB"
    assert np.array_equal(group_of(vectors, "NOUN").matrix, vectors.matrix[[0, 2]])
    assert keys_of(["king", "new_york", "a/b", "NASA_USA", "x:y"]) is None and keys_of([]) is None


def test_embedded_vocabularies_are_plain(glove, minilm):
    assert glove.keys is None and minilm.keys is None


def test_a_neighbour_is_mutual_whatever_the_form_that_was_typed():
    vectors = vectors_of("cafe\u0301", "bar", "inn")
    found = vectors.nearest("cafe\u0301", 2)
    assert mutual(vectors, "café", found) == mutual(vectors, "cafe\u0301", found)


def test_lists_are_looked_up_in_the_same_way_and_what_is_missing_stays_as_given():
    from core.words.lists import as_written

    vectors = vectors_of("paris", "Berlin", "don't", "new_york", "USA")
    given = ["Paris", "berlin", "DON’T", "New York", "usa", "Atlantis"]
    assert as_written(vectors, given) == ["paris", "Berlin", "don't", "new_york", "USA", "Atlantis"]
