"""The gallery of forms, and the verdict on answers."""

import pytest

from core.prompting.settings import Settings, Step
from core.prompting.structured import forms

SCHEMA = {"type": "object", "properties": {"a": {"type": "integer", "minimum": 3}}, "required": ["a"]}


def test_the_talk_s_form_comes_first_and_all_but_the_broken_one_can_be_used():
    assert forms.GALLERY[0].title == "CityData" and "percent_sunny_days" in forms.GALLERY[0].text
    for form in forms.GALLERY:
        reading = forms.read(form.kind, form.text)
        assert bool(reading.problems) == (form.key == "broken"), form.key
        assert not reading.ignored
    assert forms.read("grammar", forms.GALLERY[-1].text).problems[0].startswith("Line 2, column ")


@pytest.mark.parametrize(
    "text, ended_by, valid, says",
    [
        ('{"a": 4}', "end of text", True, "of this schema"),
        ('{"a": 1}', "end of text", False, "at a: 1 is less than"),
        ('{"a"', "max tokens", None, "Cut off"),
        ("Four.", "end of text", False, "Not JSON (line 1, column 1)"),
        ("[" * 5000, "end of text", False, "Not JSON"),
    ],
)
def test_the_verdict(text, ended_by, valid, says):
    found = forms.verdict(text, Settings(json_schema=SCHEMA), ended_by)
    assert found.valid is valid and says in found.sentence


def test_a_grammar_judges_by_itself():
    settings = Settings(grammar='root ::= "a"')
    assert forms.verdict("a", settings, "end of text").valid is True
    assert forms.verdict("a", settings, "max tokens").valid is None
    assert forms.verdict("a", Settings(), "end of text").sentence == ""


def test_the_form_can_be_shown_to_the_model():
    assert forms.shown_to_model("Hi", "schema", '{"type":\n "null"}').endswith('schema: {"type":"null"}')
    assert forms.shown_to_model("Hi", "grammar", 'root ::= "a"\n').endswith('root ::= "a"')


def test_tokens_that_were_overruled_are_counted():
    assert forms.overruled([Step("a", 1, 0.5), Step("b", 2, 0.5, refused="c")]) == 1
