import time

import pytest

from core.errors import UserError
from core.prompting import templates

CHATML = ("{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
          "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}")
TALK = [{"role": "system", "content": "Be short."}, {"role": "user", "content": "Hi"}]


def test_chatml_by_hand():
    assert templates.render(CHATML, TALK) == (
        "<|im_start|>system\nBe short.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n")


def test_a_last_message_of_the_assistant_is_left_open():
    assert templates.render(CHATML, [*TALK, {"role": "assistant", "content": "Hel"}]).endswith("assistant\nHel")


def test_same_as_the_formatter_of_llama_cpp_python():
    chat_format = pytest.importorskip("llama_cpp.llama_chat_format")
    template = ("{{ bos_token }}{% for m in messages %}{% if loop.first %}[{% endif %}{{ m.content | trim }}\n"
                "{% endfor %}")
    theirs = chat_format.Jinja2ChatFormatter(template, eos_token="</s>", bos_token="<s>")(messages=TALK).prompt
    assert templates.render(template, TALK, "<s>", "</s>") == theirs


@pytest.mark.parametrize("template", [
    "{{ ''.__class__.__mro__[1].__subclasses__() }}", "{{ raise_exception('no system prompt here') }}", "{% if %}",
    "{{ messages.append(1) }}", "{{ 'a' * 999999999 }}", "{{ 10 ** 999999999 }}", "{{ [1] * 999999999 }}",
    "{% for i in range(99999999999) %}x{% endfor %}", "{{ messages[99].content.strip() }}", "{{ nothing.at.all }}"])
def test_a_hostile_or_broken_template_is_refused(template):
    with pytest.raises(UserError, match="chat template") as refused:
        templates.render(template, TALK)
    assert "completion" in refused.value.next_step


def test_a_template_that_does_not_end_is_ended():
    template = "{% for a in range(99999) %}{% for b in range(99999) %}{% set c = b %}{% endfor %}{% endfor %}"
    began = time.monotonic()
    with pytest.raises(UserError, match="does not come to an end"):
        templates.render(template, TALK)
    assert time.monotonic() - began < 2 * templates.MOST_SECONDS + 5, "of its own it would take minutes"


def test_what_a_template_offers_is_read_from_it():
    assert templates.can_think("{% if enable_thinking %}") and not templates.can_think(CHATML)
    assert templates.takes_system_prompt(CHATML) and not templates.takes_system_prompt("{{ messages[0]['content'] }}")
    assert not templates.can_think(None) and not templates.takes_system_prompt(None)
