"""Chat templates: programs in Jinja, put together differently."""

from __future__ import annotations

from pathlib import Path

from tests.fuzz.changes import change_words
from tests.fuzz.harness import Target

WORDS = (
    "{% for i in range(99999) %}",
    "{% endfor %}",
    "{{ ",
    " }}",
    "{% set n.s = n.s ~ n.s %}",
    "n.s",
    "messages",
    "{% set n = namespace(s='ab') %}",
    ".zfill(999999999)",
    ".ljust(2000000000)",
    "'a'",
    "'%*d' % (9, 9)",
    " | ",
    "indent(99999999)",
    "center(999999999)",
    "tojson",
    "join",
    "batch(999999999)",
    "list",
    "map('upper')",
    "sort",
    "['role']",
    ".content",
    "{% if ",
    "{% else %}",
    "{% endif %}",
    " is defined",
    "loop.index0",
    "raise_exception(",
    "strftime_now('%Y')",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "{#",
    "#}",
    "{% macro f(x) %}",
    "{% endmacro %}",
    "f(f)",
    "{% generation %}",
    "{% endgeneration %}",
    "{% include 'x' %}",
    "{% import 'x' as x %}",
    "{% extends x %}",
    "self",
    "x.__class__",
    "x|attr('__init__')",
    "cycler(1).next",
    "joiner",
    "dict(a=1)",
    "-",
    " % ",
    " * ",
    "**",
    "//",
    "0",
    "99999999999999999999",
    "1e308",
    "\x00",
    "é",
    "{%- raw %}",
    "{% endraw %}",
    "{% call f() %}",
    "{% endcall %}",
    "{% filter upper %}",
    "{% endfilter %}",
    "{% block b %}",
    "{% endblock %}",
    "{{ super() }}",
    "{% set x %}",
    "{% endset %}",
    "{% break %}",
    "{% continue %}",
    "{% autoescape true %}",
    "{% do x %}",
    "|format(9)",
    "|round(9)",
)


def render(path: Path) -> None:
    from core.prompting import template_engine, templates

    template = path.read_text("utf-8", "replace")
    templates.can_think(template)
    template_engine.render(
        template,
        {
            "messages": [{"role": "system", "content": "Be short."}, {"role": "user", "content": "Hi 🤖"}],
            "eos_token": "</s>",
            "bos_token": "<s>",
            "add_generation_prompt": True,
            "enable_thinking": False,
        },
    )


def seeds() -> list[bytes]:
    return [
        one.encode()
        for one in (
            "{{ bos_token }}{% for message in messages %}{{ '<|' + message['role'] + '|>' + message['content'] | trim "
            "+ eos_token }}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}",
            "{% for m in messages %}<|im_start|>{{ m.role }}\n{{ m.content }}<|im_end|>\n{% endfor %}",
            "{%- macro show(x) %}{{ x | tojson }}{% endmacro %}{{ show(messages) }}{{ messages | length }}",
            "{% set n = namespace(s='', found=false) %}{% for m in messages if m.role == 'user' %}"
            "{% set n.s = n.s ~ m.content %}{% endfor %}{{ n.s.split(' ')[0].upper() | indent(2) }}",
            "{{ messages | selectattr('role', 'equalto', 'user') | map(attribute='content') | join('|') }}",
            "{% if messages[0].role == 'system' %}{{ messages[0].content }}{% set messages = messages[1:] %}{% endif %}"
            "{{ raise_exception('no user') if not messages else 'x'.center(9) }}",
        )
    ]


TARGETS = [Target("chat template", render, seeds, "chat template", "template.jinja", change_words(WORDS), True)]
