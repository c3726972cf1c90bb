"""What is drawn: marks for what cannot be seen, characters whole, places that differ."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from core.tokens.comparison import count, differing
from core.tokens.display import cut_characters, draw, pages_of, runs, tokens_between
from core.tokens.engines.alignment import pieces_of_nfc, positions
from tests.core.tokens.conftest import loaded
from tests.support.any_text import EMBEDDED, TEXT, THOROUGH


def test_what_cannot_be_seen_gets_a_mark():
    assert runs("a\u202eb") == [["plain", "a", ""], ["named", "\u202e", "RLO"], ["plain", "b", ""]]
    assert runs(" \t\n\r") == [["space", " ", "·"], ["space", "\t", "→"], ["break", "\n", "⏎"], ["space", "\r", "␍"]]
    assert runs("\x07\u00a0\ufeff") == [
        ["named", "\x07", "\\x07"],
        ["named", "\u00a0", "NBSP"],
        ["named", "\ufeff", "BOM"],
    ]
    assert runs("e\u0301") == [["plain", "e\u0301", ""]]
    assert runs("\u0301") == [["combining", "\u0301", "◌"]]


@given(text=TEXT)
@settings(max_examples=300, deadline=None)
def test_runs_hold_the_whole_text(text):
    assert "".join(run[1] for run in runs(text)) == text


@pytest.mark.parametrize("key", EMBEDDED)
@THOROUGH
@given(text=TEXT)
def test_every_character_is_drawn_once_and_whole(key, text):
    made = loaded(key)
    encoded = made.analyse(text)
    groups = draw(made, encoded, 0, len(encoded)).groups
    assert sum(len(tokens) for _, tokens in groups) == len(encoded)
    shown = "".join(run[1] for drawn, _ in groups for run in drawn)
    if key != "bert":
        assert shown == encoded.normalised.decode()
    assert shown.count("\ufffd") <= text.count("\ufffd"), "no replacement mark unless typed"


def test_a_character_cut_over_tokens(tokenizer):
    tekken = tokenizer("tekken")
    encoded = tekken.analyse(" 🤖a")
    assert cut_characters(encoded) == 1
    groups = draw(tekken, encoded, 0, len(encoded)).groups
    assert [[run[1] for run in drawn] for drawn, _ in groups] == [[" ", "🤖"], ["a"]]
    assert [token[4] for token in groups[0][1]] == ["20 f0 9f", "a4", "96"]
    assert groups[1][1] == [[tekken.ids("a")[0], 5, 6]], "a whole character needs no bytes beside it"


def test_counts(tokenizer):
    counted = count(tokenizer("utf-8-bytes").analyse("aé b"))
    assert (counted.tokens, counted.characters, counted.words, counted.cut_characters) == (5, 4, 2, 1)
    assert counted.tokens_per_word == 2.5 and counted.bytes_per_token == 1.0


def test_where_tokenizers_differ(tokenizer):
    def stretches(text, *keys):
        return [
            text.encode()[start:end].decode()
            for start, end in differing([tokenizer(key).analyse(text) for key in keys])
        ]

    # BERT drops the blank that the others give to the word: that alone is no difference.
    assert stretches("Hello there! Welcome", "bert", "mistral-v3", "tekken") == []
    assert stretches("El perro come las manzanas", "bert", "mistral-v3", "tekken") == ["perro", "zanas"]
    assert stretches("", "bert", "tekken") == stretches("   ", "bert", "tekken") == []
    assert stretches("片", "utf-8-bytes", "tekken") == ["片"]


def test_pages_cover_the_text_and_its_tokens(tokenizer):
    text = "Ein Satz über Größe. 片仮名\n" * 300
    pages = pages_of(text, 1000)
    assert pages[0][0] == 0 and pages[-1][1] == len(text.encode())
    assert all(one[1] == two[0] for one, two in zip(pages, pages[1:], strict=False))
    encoded = tokenizer("bert").analyse(text, add_special=True)
    spans = [tokens_between(encoded, start, end, number == len(pages) - 1) for number, (start, end) in enumerate(pages)]
    assert spans[0][0] == 0 and spans[-1][1] == len(encoded)
    assert all(one[1] == two[0] for one, two in zip(spans, spans[1:], strict=False))


def test_places_through_nfc():
    text = "e\u0301x"
    assert list(pieces_of_nfc(text)) == [("e\u0301", "é"), ("x", "x")]
    normalised, begins, ends = positions(pieces_of_nfc(text))
    assert normalised == "éx".encode()
    assert begins.tolist() == [0, 0, 3, 4] and ends.tolist() == [0, 3, 3, 4]
