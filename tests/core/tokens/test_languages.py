"""Premiums to three decimals as Petrov and others give them, and what follows from them."""

from __future__ import annotations

import numpy as np
import pytest

from core.figures import tokens as figures
from core.tokens import languages
from core.tokens.languages import Counts

PUBLISHED = {  # tokens.md, 4.2: GPT-2, GPT-4 (cl100k), LLaMA, Qwen, XLM-R, BLOOM
    "Spanish": (1.989, 1.547, 1.455, 1.524, 1.198, 1.212),
    "German": (2.142, 1.579, 1.412, 1.552, 1.169, 1.680),
    "French": (1.997, 1.598, 1.469, 1.571, 1.297, 1.201),
    "Russian": (5.740, 2.489, 1.636, 1.754, 1.174, 2.484),
    "Chinese (Simplified)": (3.212, 1.914, 1.997, 1.075, 0.970, 0.947),
    "Hindi": (7.459, 4.794, 4.596, 4.469, 1.255, 1.284),
    "Burmese": (16.891, 11.702, 8.370, 8.990, 1.722, 10.052),
}


@pytest.mark.parametrize("language", PUBLISHED)
def test_premiums_to_three_decimals(language):
    counts = languages.published()
    found = [counts.premium(key, language) for key in ("gpt-2", "gpt-4", "llama-2", "qwen-2", "xlm-r", "bloom")]
    assert np.allclose(found, PUBLISHED[language], atol=0.0005)


def test_counts_of_english_and_the_worst_language():
    counts = languages.published()
    assert len(counts.languages) == 204
    at = counts.languages.index("English")
    assert [int(counts.tokens[key][at]) for key in ("gpt-2", "gpt-4", "llama-2", "qwen-2", "xlm-r")] == [
        52_567,
        52_835,
        60_621,
        53_726,
        59_656,
    ]
    worst = int(counts.premiums("gpt-2").argmax())
    assert counts.languages[worst] == "Shan" and counts.premiums("gpt-2").max() == pytest.approx(18.759, abs=0.0005)


def test_the_slide_s_half_the_spanish():
    counts = languages.published()
    assert round(100 * languages.share_of_context(counts.premium("gpt-2", "Spanish"))) == 50
    assert round(100 * languages.share_of_context(counts.premium("llama-2", "Spanish"))) == 69
    assert [languages.words_that_fit(2048, key) for key in ("gpt-2", "gpt-4", "llama-2")] == [1669, 1661, 1447]


def test_what_a_text_costs():
    spanish = languages.published().premium("gpt-2", "Spanish")
    assert languages.tokens_for(1000, "gpt-2") == pytest.approx(1226.6, abs=0.1)
    assert languages.tokens_for(1000, "gpt-2", spanish) == pytest.approx(2439.6, abs=0.2)
    assert languages.cost(2_000_000, 1.5) == 3.0


def test_by_hand():
    counts = Counts(("English", "Twice"), {"gpt-2": np.array([10, 20])})
    assert counts.premium("gpt-2", "Twice") == 2.0 and languages.share_of_context(2.0) == 0.5


def test_own_pair(tokenizer):
    found = languages.own_premium("bytes", tokenizer("utf-8-bytes"), "abc", "éé é")
    assert (found.tokens, found.other_tokens, found.premium) == (3, 7, 7 / 3)


def test_figures_hold_every_language():
    figure = figures.premiums(languages.published(), ["gpt-2", "xlm-r"], "Spanish", "t", dark=True)
    assert sum(len(trace.x) for trace in figure.data if len(trace.x) > 1) == 2 * 204
    assert any("Spanish 1.99" in note.text for note in figure.layout.annotations)
    assert figures.own_premiums([languages.OwnPremium("<b>", 2, 3)], "t").data[0].y == ("&lt;b&gt;",)
