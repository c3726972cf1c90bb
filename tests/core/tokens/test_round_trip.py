"""There and back."""

from __future__ import annotations

import numpy as np

from core.figures import tokens as figures
from core.tokens.round_trip import OUTCOMES, hard_strings, matrix, trip


def test_sixty_different_strings():
    assert len(hard_strings()) == len(set(hard_strings().values())) == 60


def test_byte_level_tokenizers_lose_nothing(tokenizer):
    trips = matrix([tokenizer("utf-8-bytes"), tokenizer("tekken")])
    assert {one.outcome for row in trips for one in row} == {"lossless"}


def test_what_bert_does(tokenizer):
    bert = tokenizer("bert")
    assert trip(bert, "Äpfel naïve CAFÉ").outcome == "normalised"
    assert trip(bert, "foo (bar)").back == "foo ( bar )"
    emoji = trip(bert, "🤖🎉")
    assert emoji.outcome == "lost" and emoji.gone == ("🤖", "🎉")


def test_what_sentencepiece_does(tokenizer):
    mistral = tokenizer("mistral-v3")
    assert trip(mistral, "  two  spaces ").outcome == "lossless"
    assert trip(mistral, "a▁b").back == "a b"


def test_the_figure_has_a_cell_for_each(tokenizer):
    outcomes = np.array([[OUTCOMES.index(one.outcome) for one in row] for row in matrix([tokenizer("bert")])])
    figure = figures.round_trips(list(hard_strings()), ["<BERT>"], outcomes, "t")
    assert np.shape(figure.data[0].z) == (1, 60) and figure.data[0].y == ("&lt;BERT&gt;",)
