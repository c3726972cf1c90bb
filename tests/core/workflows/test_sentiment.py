"""Sentiment three ways: the list by hand, the neighbour by hand, the data, and the grammar on a real model."""

from collections import Counter

import numpy as np
import pytest

from core import catalog
from core.prompting.engine import Settings, open_model
from core.workflows import sentiment


def test_the_sentences_and_the_list_are_whole():
    items = sentiment.sentences()
    assert len(items) == len({item.sentence for item in items}) == 20
    assert Counter(item.label for item in items) == {"positive": 7, "negative": 7, "neutral": 6}
    assert set(sentiment.word_list().values()) == {"positive", "negative"}


@pytest.mark.parametrize(
    ("sentence", "label"),
    [
        ("A good, great day", "positive"),
        ("Good but COLD.", "neutral"),
        ("Not good", "positive"),
        ("It is.", "neutral"),
        ("Bad and sad, good", "negative"),
    ],
)
def test_the_list_counts_words_and_knows_no_not(sentence, label):
    assert sentiment.by_words(sentence) == label


def test_the_nearest_other_sentence_gives_the_label():
    vectors = np.array([[1, 0], [0.8, 0.6], [0, 1]])
    assert sentiment.by_neighbour(vectors, ["a", "b", "c"]) == [("b", 1), ("a", 0), ("b", 1)]


def test_the_label_in_an_answer():
    assert sentiment.label_in("It is Negative, not positive.") == "negative"
    assert sentiment.label_in("no idea") == sentiment.label_in(None) == ""


def test_shares_have_wilson_s_interval():
    name, right, count, low, high = sentiment.share("x", ["a"] * 8 + ["b"] * 2, ["a"] * 10)
    assert (name, right, count) == ("x", 8, 10) and (low, high) == pytest.approx((0.490, 0.943), abs=0.001)


def test_the_grammar_binds_a_real_model_to_the_three_words():
    model = open_model(catalog.find("pocket-chat").path)
    try:
        for item in sentiment.sentences()[:2]:
            prompt = [{"role": "user", "content": sentiment.question(item.sentence)}]
            said = "".join(
                step.text
                for step in model.generate(prompt, Settings(temperature=0, grammar=sentiment.GRAMMAR, max_tokens=8))
            )
            assert said in sentiment.LABELS
    finally:
        model.close()
