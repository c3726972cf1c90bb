"""Messages are found in a rendered prompt where they stand, and what a template leaves out is named."""

from __future__ import annotations

import pytest

from core.prompting import templates
from core.tokens.conversation import look
from core.tokens.located import locate

CHATML = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n{{ message.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
# As Mistral's: the system prompt stands in the last message of the user, which is stripped.
SYSTEM_LAST = (
    "{{ bos_token }}{% set system = messages[0].content %}{% for message in messages[1:] %}"
    "{% if message.role == 'user' %}[INST] {% if loop.last %}{{ system }}\n\n{% endif %}{{ message.content | trim }}"
    "[/INST]{% else %} {{ message.content | trim }}{{ eos_token }}{% endif %}{% endfor %}"
)
# As Qwen 3's: what an answer thought is left out once another question follows.
THINKING = (
    "{% for message in messages %}<|im_start|>{{ message.role }}\n"
    "{% if message.role == 'assistant' and '</think>' in message.content and not loop.last %}"
    "{{ message.content.split('</think>')[-1].lstrip('\n') }}{% else %}{{ message.content }}{% endif %}<|im_end|>\n"
    "{% endfor %}"
)


def conversation(*contents: str) -> list[dict[str, str]]:
    return [{"role": ("user", "assistant")[i % 2], "content": content} for i, content in enumerate(contents)]


def found(template: str, messages, **settings):
    return locate(lambda some: templates.render(template, some, "<s>", "</s>", **settings), messages)


def texts(located) -> list[list[str]]:
    return [[located.rendered[start:end] for start, end in spans] for spans in located.spans]


@pytest.mark.parametrize("words", [("a", "b", "c"), ("user", "assistant", "im_start"), ("<|im_end|>", "user", "\n")])
def test_a_message_that_the_template_s_own_text_holds_is_found_where_it_stands(words):
    located = found(CHATML, conversation(*words))
    assert located.sure
    at = 0
    for (start, _), word, role in zip(
        (spans[0] for spans in located.spans if spans), words, ("user", "assistant", "user"), strict=False
    ):
        head = f"<|im_start|>{role}\n"
        assert located.rendered[at : at + len(head)] == head and start == at + len(head)
        assert located.rendered[start : start + len(word)] == word
        at = start + len(word) + len("<|im_end|>\n")


def test_a_system_prompt_that_stands_last_takes_no_tokens_from_the_others(tokenizer):
    messages = [{"role": "system", "content": "Be brief."}, *conversation("Hi", " Hello! ", "Bye")]
    located = found(SYSTEM_LAST, messages)
    assert texts(located) == [["Be brief."], ["Hi"], ["Hello!"], ["Bye"]]
    assert located.rendered.count("</s>") == 1, "the end of the sequence reaches the template"
    seen = look(tokenizer("utf-8-bytes"), located, messages, window=1000)
    assert [turn.own for turn in seen.turns] == [9, 2, 6, 3]
    assert sum(turn.tokens for turn in seen.turns) + seen.tail == seen.total


def test_thinking_that_a_template_leaves_out_is_named_as_dropped():
    messages = conversation("2 + 2?", "<think>\nIt is four.\n</think>\n\n4, user.", "Sure?")
    located = found(THINKING, messages)
    assert located.sure and texts(located) == [["2 + 2?"], ["4, user."], ["Sure?"]]
    assert located.dropped[0] == located.dropped[2] == ()
    (dropped,) = located.dropped[1]
    assert "It is four." in dropped and "4, user." not in dropped
    last = found(THINKING, messages[:2], prefill=False)
    assert texts(last)[1] == [messages[1]["content"]] and last.dropped[1] == ()


def test_a_message_that_is_passed_over_is_dropped_whole():
    only_user = "{% for message in messages if message.role == 'user' %}U:{{ message.content }};{% endfor %}"
    located = found(only_user, conversation("x", "no one reads this", "y"))
    assert located.rendered == "U:x;U:y;" and located.dropped == ((), ("no one reads this",), ())


def test_a_template_that_looks_at_the_letters_is_said_to_be_unsure():
    shouting = "{% for message in messages %}{{ message.content | length }}:{{ message.content | upper }};{% endfor %}"
    located = found(shouting, conversation("ab", "c", "DE"))
    assert not located.sure and len(located.spans) == 3
    assert all(0 <= start <= end <= len(located.rendered) for spans in located.spans for start, end in spans)


def test_a_text_that_holds_marks_itself_is_found_without_them():
    messages = conversation("a\U000f0001b", "user")
    located = found(CHATML, messages)
    assert not located.sure and located.rendered == templates.render(CHATML, messages)
    assert texts(located)[0] == ["a\U000f0001b"]


def test_prefill_is_a_switch():
    messages = conversation("Hi", "Well,")
    assert templates.render(CHATML, messages).endswith("<|im_start|>assistant\nWell,")
    closed = templates.render(CHATML, messages, prefill=False)
    assert "Well,<|im_end|>\n<|im_start|>assistant\n" in closed


def test_tools_and_the_tool_s_role_reach_the_template():
    template = (
        "{% for tool in tools or [] %}[{{ tool.function.name }}]{% endfor %}"
        "{% for message in messages %}{{ message.role }}={{ message.content }};{% endfor %}"
    )
    tools = [{"type": "function", "function": {"name": "weather"}}]
    messages = [{"role": "user", "content": "rain?"}, {"role": "tool", "content": "yes"}]
    assert templates.render(template, messages, tools=tools) == "[weather]user=rain?;tool=yes;"
    assert templates.render(template, messages) == "user=rain?;tool=yes;"


def test_mistral_s_own_way_has_the_end_of_the_sequence_after_an_answer(tokenizer):
    """Against Mistral's package: the same ids as its own encoding of a conversation, its begin token among them."""
    mistral_v1 = tokenizer("mistral-v1")
    assert (mistral_v1.begin_name, mistral_v1.end_name) == ("<s>", "</s>")
    assert (tokenizer("tekken").begin_name, tokenizer("tekken").end_name) == ("<s>", "</s>")
    template = (
        "{{ bos_token }}{% for message in messages %}{% if message.role == 'user' %}"
        "[INST] {{ message.content }} [/INST]{% else %} {{ message.content }}{{ eos_token }}{% endif %}{% endfor %}"
    )
    messages = conversation("Hi", "Hello!", "Bye")
    located = locate(lambda some: templates.render(template, some, "<s>", mistral_v1.end_name), messages)
    seen = look(mistral_v1, located, messages, window=500)
    assert seen.encoded.ids.tolist().count(2) == 1 and seen.encoded.ids[0] == 1


@pytest.mark.parametrize("key", ["smollm2", "pocket"])
def test_the_prompts_page_s_models_are_fed_these_very_tokens(tokenizer, key):
    """Against llama.cpp: the model's own process renders and tokenizes the same conversation."""
    from core import catalog
    from core.models.llama import model as llama
    from core.prompting.decoding.generation import ModelWorker

    made = tokenizer(key)
    path = catalog.find(key).path
    messages = conversation("Hello! Who are you?", "A model.", "user")
    located = locate(lambda some: templates.render(made.chat_template, some, made.begin_name, made.end_name), messages)
    seen = look(made, located, messages, window=500)
    model = llama.Model(str(path), lambda fraction: False, vocabulary_only=True)
    theirs = ModelWorker._prompt_tokens(None, model, None, messages, made.chat_template, None)
    assert seen.encoded.ids.tolist() == theirs
    assert [located.rendered[start:end] for ((start, end),) in located.spans] == [one["content"] for one in messages]


def test_a_name_of_a_token_is_taken_whole_or_not_at_all():
    cut = "{% for m in messages %}<|{{ m.role }}|>{{ m.content.split('</think>')[-1] }}{% endfor %}"
    located = found(cut, conversation("Hi", "<think>hm</think>\n\n4", "Bye"))
    assert texts(located)[1] == ["4"] and located.dropped[1] == ("<think>hm</think>",)


def test_in_every_template_of_the_archive_every_question_is_found_where_it_stands(packed):
    """About seventy makers' templates; "user" is a word that all of them write themselves."""
    from core.errors import UserError
    from core.tokens import pack

    messages = [
        {"role": "system", "content": "Be brief, user."},
        *conversation("user", "<think>\nlet me think\n</think>\n\nThe answer is a.", "a b"),
    ]
    seen = 0
    for path in sorted((pack.folder() / "templates").glob("*.jinja")):
        template = path.read_text(encoding="utf-8")
        try:
            located = locate(
                lambda some, template=template: templates.prompt_for(template, some, "<s>", "</s>"), messages
            )
        except UserError:
            continue  # some want tools, or other keys
        seen += 1
        assert located.sure, path.name
        system, first, answer, last = texts(located)
        assert (system, first, last) == (["Be brief, user."], ["user"], ["a b"]), path.name
        assert "".join(answer).endswith("The answer is a."), path.name
    assert seen > 60
