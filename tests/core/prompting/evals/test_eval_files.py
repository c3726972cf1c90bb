"""Prompt sets and schemas of strangers: read and applied at the gate, with a sentence where they cost too much."""

from __future__ import annotations

import time

import pytest

from core.errors import UserError
from core.prompting.evals import checks, eval_files, eval_sets
from core.prompting.evals.checks import Check
from core.prompting.structured import forms
from core.runtime import gate as gates
from core.runtime.readers import READERS, Reader

pytestmark = pytest.mark.timeout(60)
SET = """
name: A set
about: what it is
variables: [{city: Berlin}, {city: Paris}]
prompts:
  - text: Where is {city}?
    name: where
    system: You know cities.
    before: ["Do you know {city}?"]
    truth: in Europe
    checks: [{contains: Europe}, {regex: "Eu?"}, {schema: {type: object, required: [a]}}]
seeds: [1, 2]
settings: {temperature: 0.5, stop: ["."]}
"""


def test_a_set_that_passes_the_gate_is_the_same_set():
    assert eval_files.read(SET) == eval_sets.read(SET)
    for name, text in (("capitals.csv", "prompt,truth,contains\nCapital of France?,Paris,Paris\n"), ("a.yaml", SET)):
        assert eval_files.read(text, name) == eval_sets.read(text, name)


@pytest.mark.parametrize(
    "text, says",
    [
        ("prompts: [{text: a, checks: [{schema: {const: 2020-01-01}}]}]", "not JSON"),
        ("prompts: 5", "needs a list"),
        ("prompts: [{text: a, checks: [{regex: '((((a{999}){999}){999}){999}'}]}]", ""),
        ("a: [" * 5000, ""),
        ("prompts: [{text: a, checks: [{regex: '" + "a" * 501 + "'}]}]", "501 characters"),
        ("? [a]\n: b", ""),
        ("prompts: [{text: a, checks: [{schema: {type: 5}}]}]", "not valid"),
        ("a: &x [*x]", "aliases"),
        ("prompts: [{text: a, checks: [{schema: {1: a}}]}]", ""),
        ("1" * 100_000, ""),
    ],
)
def test_what_is_no_set_gives_a_sentence_within_seconds(text, says):
    began = time.perf_counter()
    try:
        eval_files.read(text)
    except UserError as error:
        assert says in str(error) and error.next_step
    else:
        assert not says
    assert time.perf_counter() - began < 20


def test_a_pattern_that_takes_for_ever_does_not_stop_the_page():
    began = time.perf_counter()
    (result,) = checks.judge("a" * 40 + "!", [Check("regex", "(a+)+$")])
    assert time.perf_counter() - began < 5 and (not result.passed or not result.why)


def test_a_schema_whose_pattern_takes_for_ever_is_stopped(monkeypatch):
    monkeypatch.setitem(READERS, "schema verdict", Reader(**{**vars(READERS["schema verdict"]), "seconds": 1.0}))
    began = time.perf_counter()
    verdict = forms.judged('"' + "a" * 40 + '!"', {"type": "string", "pattern": "^(a+)+$"})
    assert verdict.valid is None and "too long" in verdict.sentence
    assert time.perf_counter() - began < 15
    assert forms.judged('"aaa"', {"type": "string", "pattern": "^a+$"}).valid is True


def test_a_schema_without_patterns_needs_no_round_trip():
    before = gates.gate.round_trips
    assert forms.judged("{}", {"type": "object"}).valid is True
    assert forms.judged("5", {"type": "object"}).valid is False
    assert gates.gate.round_trips == before


@pytest.mark.parametrize(
    "schema",
    [
        {"$ref": "#/nowhere"},
        {"$ref": "#"},
        {"$defs": {"a": {"$ref": "#/$defs/a"}}, "$ref": "#/$defs/a"},
        {"type": 5},
        {"pattern": "("},
        {"properties": 5},
        {"required": 5},
    ],
)
def test_a_schema_that_cannot_be_applied_is_no_verdict(schema):
    verdict = forms.judged('{"a": "b"}', schema)
    assert verdict.valid is not False or "schema" in verdict.sentence


def test_a_schema_elsewhere_is_not_fetched(monkeypatch):
    import urllib.request

    monkeypatch.setattr(urllib.request, "urlopen", lambda *_, **__: pytest.fail("the network was asked"))
    verdict = forms.judged_here("{}", {"$ref": "http://127.0.0.1:9/schema.json"})
    assert verdict.valid is None and "schema" in verdict.sentence
