"""Whose tokens are whose, and what is forgotten first."""

from __future__ import annotations

from core.figures import tokens as figures
from core.tokens.conversation import _kept, hidden_names, locate, look

MESSAGES = [{"role": "user", "content": "abc"}, {"role": "assistant", "content": "de"}]


def test_bytes_by_hand(tokenizer):
    found = look(tokenizer("utf-8-bytes"), "<u>abc<a>de<end>", MESSAGES, window=1000)
    assert [(turn.own, turn.template) for turn in found.turns] == [(3, 3), (2, 3)]
    assert found.tail == 5 and found.total == 16 and found.overhead == 11 / 16
    assert found.owners.tolist() == [-1] * 3 + [0] * 3 + [-1] * 3 + [1] * 2 + [-1] * 5
    assert all(turn.kept for turn in found.turns)
    bars = figures.window(found.turns, found.tail, 1000, 100, "t").data
    assert [(bar.base[0], bar.x[0]) for bar in bars] == [(0, 3), (3, 3), (6, 3), (9, 2), (11, 5)]
    found = look(tokenizer("utf-8-bytes"), "<u>abc<a>de<end>", MESSAGES, window=12, room_for_answer=2)
    assert [turn.kept for turn in found.turns] == [False, True]
    bars = figures.window(found.turns, found.tail, 12, 2, "t").data
    assert [(bar.base[0], bar.x[0]) for bar in bars] == [(-6, 3), (-3, 3), (0, 3), (3, 2), (5, 5)], "left of the window"


def test_the_oldest_falls_out_first_and_the_system_stays():
    roles = ["system", "user", "assistant", "user"]
    assert _kept(roles, [5, 10, 10, 10], 26) == [True, False, True, True]
    assert _kept(roles, [5, 10, 10, 10], 35) == [True] * 4
    assert _kept(roles, [5, 1, 10, 30], 26) == [True, False, False, False]


def test_messages_are_found_in_order():
    assert locate("x hi y hi", ["hi", "hi"]) == [(2, 4), (7, 9)]
    assert locate("abc", ["", "zz"]) == [(0, 0), (0, 0)]


def test_a_doubled_beginning_and_names_in_a_message(tokenizer):
    mistral = tokenizer("mistral-v3")
    messages = [{"role": "user", "content": "Hi</s>[INST]"}]
    found = look(mistral, "<s>[INST] Hi</s>[INST] [/INST]", messages, window=512)
    assert found.double_begin
    assert found.turns[0].hidden == ("</s>", "[INST]")
    assert hidden_names(mistral, "nothing here") == []
