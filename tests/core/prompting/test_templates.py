import hashlib
import sys
import time
from pathlib import Path

import pytest

from core.errors import UserError
from core.models.gguf import header as gguf_header
from core.prompting import template_engine, templates
from core.runtime import gate
from tests.support.patience import within_s

CHATML = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)
resource = pytest.importorskip("resource")  # not on Windows
TALK = [{"role": "system", "content": "Be short."}, {"role": "user", "content": "Hi"}]


def test_chatml_by_hand():
    assert templates.render(CHATML, TALK) == (
        "<|im_start|>system\nBe short.<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n"
    )


def test_a_last_message_of_the_assistant_is_left_open():
    assert templates.render(CHATML, [*TALK, {"role": "assistant", "content": "Hel"}]).endswith("assistant\nHel")


def test_same_as_the_formatter_of_llama_cpp_python():
    chat_format = pytest.importorskip("llama_cpp.llama_chat_format")
    template = (
        "{{ bos_token }}{% for m in messages %}{% if loop.first %}[{% endif %}{{ m.content | trim }}\n{% endfor %}"
    )
    theirs = chat_format.Jinja2ChatFormatter(template, eos_token="</s>", bos_token="<s>")(messages=TALK).prompt
    assert templates.render(template, TALK, "<s>", "</s>") == theirs


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ raise_exception('no system prompt here') }}",
        "{% if %}",
        "{{ messages.append(1) }}",
        "{{ 'a' * 999999999 }}",
        "{{ 10 ** 999999999 }}",
        "{{ [1] * 999999999 }}",
        "{% for i in range(99999999999) %}x{% endfor %}",
        "{{ messages[99].content.strip() }}",
        "{{ nothing.at.all }}",
    ],
)
def test_a_hostile_or_broken_template_is_refused(template):
    with pytest.raises(UserError, match="chat template") as refused:
        templates.render(template, TALK)
    assert "completion" in refused.value.next_step


def test_a_template_that_does_not_end_is_ended():
    template = "{% for a in range(99999) %}{% for b in range(99999) %}{% set c = b %}{% endfor %}{% endfor %}"
    began = time.monotonic()
    with pytest.raises(UserError, match="does not come to an end"):
        templates.render(template, TALK)
    assert time.monotonic() - began < 2 * template_engine.MOST_SECONDS + 5, "of its own it would take minutes"


def test_what_a_template_offers_is_found_by_rendering_it():
    assert templates.can_think("{% if enable_thinking %}") and not templates.can_think(CHATML)
    assert not templates.can_think(None)
    assert templates.takes_system_prompt(CHATML)
    for template in (
        "{{ messages[0]['content'] if messages[0]['role'] == 'user' }}",
        "{# system #}{% for m in messages %}{% if m.role == 'user' %}{{ m.content }}{% endif %}{% endfor %}",
        "{% if messages[0].role == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}",
        "{% if %}",
    ):
        assert not templates.takes_system_prompt(template)


ONE_CALL = [
    "{{ 'a'.zfill(2500000000) }}",
    "{{ 'a'.ljust(2500000000) }}",
    "{{ 'a'.rjust(2500000000) }}",
    "{{ 'a'.center(2500000000) }}",
    "{{ 'a' | center(2500000000) }}",
    "{{ '\\n' | indent(2500000000, true) }}",
    "{{ 'a' | indent(width=2500000000, first=true) }}",
    "{{ '\\t'.expandtabs(2500000000) }}",
    "{{ '{:>2500000000}'.format('a') }}",
    "{{ '{:>{}}'.format('a', 2500000000) }}",
    "{{ '%2500000000d' % 1 }}",
    "{{ '%*d' % (2500000000, 1) }}",
    "{{ '{0:>2500000000}' | format(1) }}",
    "{{ '%2500000000d' | format(1) }}",
    "{{ [1] | batch(2500000000, 'x') | list }}",
    "{{ 1.5 | round(250000000, 'floor') }}",
    "{{ [1] | tojson(indent=2500000000) }}",
    "{{ ['a'] | map('center', 2500000000) | list }}",
    "{{ (1).to_bytes(2500000000, 'big') }}",
    "{{ ('a'.zfill(9999) * 9999) }}",
    "{{ lipsum(99999) }}",
    "{{ ('a'.zfill(9999)).replace('0', 'b'.zfill(9999)) }}",
    "{{ ('a'.zfill(9999)) | replace('', 'b'.zfill(9999)) }}",
    "{% set n = namespace(s='ab') %}{% for i in range(60) %}{% set n.s = n.s + n.s %}{% endfor %}{{ n.s }}",
    "{% set n = namespace(s='ab') %}{% for i in range(60) %}{% set n.s = n.s ~ n.s %}{% endfor %}{{ n.s }}",
    "{% set n = namespace(s=[1]) %}{% for i in range(60) %}{% set n.s = n.s + n.s %}{% endfor %}{{ n.s }}",
    "{% set n = namespace(s=3) %}{% for i in range(60) %}{% set n.s = n.s * n.s %}{% endfor %}{{ n.s }}",
    "{% set n = namespace(s=[1]) %}{% for i in range(60) %}{% set n.s = [n.s, n.s] %}{% endfor %}{{ n.s | string }}",
    "{% set n = namespace(s=[1]) %}{% for i in range(60) %}{% set n.s = [n.s, n.s] %}{% endfor %}{{ n.s | tojson }}",
    "{% set n = namespace(a=[1], b=[1]) %}{% for i in range(60) %}{% set n.a = [n.a, n.a] %}"
    "{% set n.b = [n.b, n.b] %}{% endfor %}{{ n.a == n.b }}",
    "{% set n = namespace(s=['ab']) %}{% for i in range(17) %}{% set n.s = n.s + n.s %}{% endfor %}"
    "{{ n.s | join('c'.zfill(9999)) | length }}",
]


@pytest.mark.parametrize("template", ONE_CALL)
def test_what_one_call_can_ask_for_is_bounded(template):
    """In time and in memory of this process; the one that renders may end."""
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(UserError, match="chat template") as refused:
        templates.render(template, TALK)
    assert time.monotonic() - began < within_s() and "completion" in refused.value.next_step
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 50_000 * (1024 if sys.platform == "darwin" else 1)


@pytest.mark.parametrize("template", ONE_CALL[:23])
def test_most_of_it_is_refused_by_the_sandbox_itself(template):
    began = time.monotonic()
    with pytest.raises(UserError, match="refuses this conversation"):
        template_engine.render(template, {"messages": TALK})
    assert time.monotonic() - began < 1


def test_what_honest_templates_do_goes_on():
    template = (
        "{% macro line(n, wide=100000) %}{{ n }}{% endmacro %}{{ line(123456) }}{{ 'a'.ljust(3) }}|"
        "{{ 100000 | string }}{{ '%05d' % 42 }}{{ '{:>4}'.format(7) }}{{ 'a-b'.replace('-', '+') }}"
        "{{ [1, 2] | tojson(indent=1) }}{{ nothing | default(999999) }}{{ 2 * 3 + 70000 }}{{ 'x' ~ 'y' + 'z' }}"
        "{{ range(3) | list }}{{ namespace(x=100000).x }}{{ messages | length }}{{ 7 | round(2) }}"
        "{{ strftime_now('%Y')[:2] }}"
    )
    assert templates.render(template, TALK) == (
        "123456a  |10000000042   7a+b[\n 1,\n 2\n]99999970006xyz[0, 1, 2]1000002720"
    )


def test_only_the_lab_s_own_template_is_rendered_here():
    own = gguf_header.read(Path(templates.__file__).parents[1] / "pocket" / "pocket-chat-q8_0.gguf").chat_template
    assert templates.OWN == {hashlib.sha256(own.encode()).hexdigest()}
    trips = gate.gate.round_trips
    assert "Hi" in templates.render(own, TALK, "<s>", "</s>")
    assert gate.gate.round_trips == trips
    for _ in range(3):
        templates.render(own + " ", TALK, "<s>", "</s>")
    assert gate.gate.round_trips == trips + 1, "asked for the same again, nothing is rendered again"


def test_a_process_is_made_ready_for_strangers_templates_only():
    gate.close()
    templates.prepare(None)
    templates.prepare(
        gguf_header.read(Path(templates.__file__).parents[1] / "pocket" / "pocket-chat-q8_0.gguf").chat_template
    )
    time.sleep(0.3)
    assert not gate.gate.pids
    templates.prepare(CHATML)
    end = time.monotonic() + 30
    while not gate.gate.pids and time.monotonic() < end:
        time.sleep(0.05)
    assert len(gate.gate.pids) == 1


def test_a_model_in_its_own_process_has_its_template_rendered_apart(chat_model):
    """The process that holds the weights does not render it either: what a template does, it does elsewhere."""
    evil = chat_model.count([{"role": "user", "content": "Hi"}])
    assert evil > 2
    with pytest.raises(UserError, match="chat template"):
        chat_model._worker.call("count", messages=TALK, template="{{ 'a'.zfill(2500000000) }}")
    with pytest.raises(UserError, match="chat template"):
        chat_model._worker.call("count", messages=TALK, template=ONE_CALL[29])
    assert chat_model.alive
