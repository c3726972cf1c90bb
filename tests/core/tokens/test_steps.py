"""The steps end where the engine ends, and go the published way."""

from __future__ import annotations

import pytest
from hypothesis import given

from core.tokens import pack
from core.tokens.round_trip import hard_strings
from core.tokens.steps import cut, replay
from tests.core.tokens.conftest import loaded
from tests.support.any_text import EMBEDDED, TEXT, THOROUGH


def test_wordpiece_takes_the_longest_match(tokenizer):
    found = replay(tokenizer("bert"), "Unaffable!")
    assert found.normalised == "unaffable!" and found.pieces == (b"unaffable", b"!")
    assert [frame.pieces for frame in found.frames] == [
        (b"una", b"ffable", b"!"),
        (b"una", b"ffa", b"ble", b"!"),
        (b"una", b"ffa", b"ble", b"!"),
        (b"una", b"ffa", b"ble", b"!"),
    ]
    assert found.agrees and found.with_special[0] == 101


def test_byte_pairs_merge_the_earliest_first(tokenizer):
    found = replay(tokenizer("tekken"), "🤖")
    assert found.frames[0].pieces == (b"\xf0", b"\x9f", b"\xa4", b"\x96")
    assert found.agrees and len(found.frames[-1].pieces) == len(found.ids)


def test_the_rule_that_cuts():
    assert cut("It's 12 o'clock", [r"'s| ?\p{L}+| ?\p{N}+"]) == [b"It", b"'s", b" 12", b" o", b"'", b"clock"]
    assert cut("", ["x"]) == []


@pytest.mark.parametrize("key", EMBEDDED)
@THOROUGH
@given(text=TEXT)
def test_the_last_step_is_the_engine_s(key, text):
    found = replay(loaded(key), text)
    assert found.agrees


@pytest.mark.parametrize("key", [*pack.FILES, *pack.REBUILT])
def test_on_every_text_of_the_archive_and_every_hard_string(packed, key):
    made = loaded(key)
    texts = [text for text, _ in pack.pairs_of("gpt-2" if key in pack.REBUILT or not pack.pairs_of(key) else key)]
    texts += hard_strings().values()
    assert [text for text in texts if len(text) < 200 and not replay(made, text).agrees] == []


def test_viterbi_s_best_cut_by_hand(packed):
    found = replay(loaded("xlm-r"), "a𠜎𠜱b")
    assert found.frames[-1].pieces == (b" a", "𠜎𠜱".encode(), b"b"), "two unknown characters are one token"
    assert len(found.frames) == len(" a𠜎𠜱b") + 1 and found.agrees


def test_an_end_of_turn_is_control_whatever_the_file_calls_it(packed):
    # llama.cpp's own ids, taken once with parse_special off and on
    phi = loaded("phi-3")
    assert phi.ids("</s>") == [1533, 29879, 29958] and phi.ids("</s>", parse_special=True) == [2]
