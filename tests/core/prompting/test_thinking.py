"""Thinking parted from the answer: every form in which models write it, whole and while it comes."""

import pytest

from core.prompting.thinking import Parts, opens, split

FORMS = {
    "<think>": "<think>\nHm, {}\n</think>\n\n",
    "two thoughts": "<think>Hm,</think>\n<think>{}</think>",
    "opened by the template and again": "<think>\n<think>Hm, {}</think>",
    "opened by the template": "Hm, {}\n</think>\n\n",
    "Magistral": "[THINK]Hm, {}[/THINK]",
    "Seed-OSS": "<seed:think>Hm, {}</seed:think>",
    "Command A": "<|START_THINKING|>Hm, {}<|END_THINKING|><|START_RESPONSE|>",
    "gpt-oss": "<|channel|>analysis<|message|>Hm, {}<|end|><|start|>assistant<|channel|>final<|message|>",
    "gpt-oss with a call": "<|channel|>analysis<|message|>Hm,<|end|><|start|>assistant<|channel|>commentary "
    "to=functions.f <|constrain|>json<|message|>{}<|call|><|start|>assistant<|channel|>final<|message|>",
}


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_thinking_and_answer_are_parted(form):
    found = split(form.format("1 < 2") + "It is **1**.")
    assert found.thinking.split() == ["Hm,", "1", "<", "2"]
    assert found.answer == "It is **1**." and not found.under_way


@pytest.mark.parametrize("form", [form for name, form in FORMS.items() if name != "opened by the template"])
def test_while_it_comes_no_mark_and_no_half_of_one_is_shown(form):
    whole = form.format("1 < 2") + "It is 1."
    for length in range(1, len(whole)):
        found = split(whole[:length], complete=False)
        assert "It is 1.".startswith(found.answer), whole[:length]
        for mark in ("think", "THINK", "<|", "channel", "analysis", "</"):
            assert mark not in found.thinking and mark not in found.answer, whole[:length]


def test_a_thinking_that_uses_all_tokens_leaves_no_answer():
    assert split("<think>Hm, and then") == Parts("Hm, and then", "", True)


@pytest.mark.parametrize("text", ["", "Yes.", " a <think> is a tag", "1 < 2", "<b>bold</b>", "[THIN] ice", "x </div>"])
def test_what_is_no_thinking_stays_as_it_is(text):
    assert split(text) == Parts("", text)


def test_a_prompt_that_opens_the_thinking_is_known_by_its_end():
    assert opens("<|im_start|>assistant\n<think>\n") and opens("...[THINK]")
    assert not opens("<|im_start|>assistant\n<think>\n\n</think>\n\n") and not opens("What is <think>? Say it.")
