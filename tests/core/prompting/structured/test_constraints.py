"""Grammars and schemas: what is wrong is said with its place, before any native code sees it."""

import json
import re
from random import Random

import jsonschema
import pytest

from core import catalog
from core.errors import UserError
from core.prompting.engine import Settings, open_model
from core.prompting.structured import constraints, grammar_text, schema_text
from tests.support import broken_forms


@pytest.mark.parametrize(
    "grammar, line, column, says",
    [
        ('root ::= "a" b', 1, 14, "no rule is called “b”"),
        ('root ::= "a"\nb ::= "x', 2, 7, "never closed"),
        ('root ::= "a" | [a-z', 1, 16, "never closed"),
        ('root ::= ("a" | "b"', 1, 10, "never closed"),
        ('root = "a"', 1, 6, "comes ::="),
        ('root ::= "a" )', 1, 14, "cannot be here"),
        ('root ::= "\\q"', 1, 11, "no escape"),
        ('root ::= "\\x4"', 1, 11, "2 hexadecimal digits"),
        ('root ::= "a"{3,2}', 1, 13, "2 is less than 3"),
        ('root ::= "a"{5000}', 1, 13, "repetitions"),
        ('root ::= * "a"', 1, 10, "nothing before *"),
        ('start ::= "a"', 1, 1, "no rule called root"),
        ('root ::= root "a"', 1, 10, "begin with itself"),
        ('root ::= a\na ::= b? root "x"\nb ::= "y"', 1, 10, "begin with itself"),
        ('root ::= ("a"?)*', 1, 16, "repeated without end"),
        ('root ::= "a"\n  é ::= "b"', 2, 3, "begins with its name"),
    ],
)
def test_a_broken_grammar_is_told_with_its_place(grammar, line, column, says):
    found = grammar_text.problems(grammar)[0]
    assert (found.line, found.column) == (line, column) and says in found.what
    with pytest.raises(UserError, match=f"Line {line}, column {column}"):
        constraints.check_grammar(grammar)


@pytest.mark.parametrize(
    "grammar",
    [
        *broken_forms.GRAMMARS,
        'root ::= "a" # the end',
        'root ::= (("a" | "b") "c"){1,3}',
        'root ::= [\\]\\-a-] "\\"" .',
        "root ::= " + "(" * 400 + '"x"' + ")" * 400,
    ],
)
def test_good_grammars_pass(grammar):
    assert grammar_text.problems(grammar) == []


@pytest.mark.parametrize(
    "text, line, column, says",
    [
        ("{oops", 1, 2, "not JSON"),
        ("[1]", 1, 1, "is an object"),
        ('{\n "type": "strin"}', 2, 2, "type"),
        ('{"type": "object",\n "properties": {"a": {"type": "string"},\n  "b": {"minLength": -1}}}', 3, 9, "minLength"),
        ('{"properties": {"a": {"pattern": "abc"}}}', 1, 23, "begin with ^"),
        ('{"properties": {"a": {"pattern": "^(?=a)$"}}}', 1, 23, "looking ahead"),
        ('{"properties": {"a": true}}', 1, 17, "true and false"),
        ('{"properties": {"a": {"$ref": "#/$defs/x"}}}', 1, 23, "leads nowhere"),
        ('{"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}', 1, 2, "back to itself"),
        ('{"type": "array", "items": {"type": "null"}, "minItems": 3, "maxItems": 2}', 1, 61, "less than"),
        ('{"enum": []}', 1, 2, "enum"),
    ],
)
def test_a_broken_schema_is_told_with_its_place_and_keyword(text, line, column, says):
    found = schema_text.read(text).problems[0]
    assert (found.line, found.column) == (line, column), found
    assert says in found.what


def test_what_is_not_enforced_is_listed_with_its_place():
    schema = {
        "type": "object",
        "properties": {
            "not": {"type": "string", "format": "email"},
            "age": {"type": "integer", "minimum": 0, "title": "years"},
            "tags": {"type": "array", "uniqueItems": True},
            "x": {"anyOf": [{"type": "null"}], "maxLength": 3},
        },
        "required": ["age", "zip"],
        "if": {},
        "$comment": "c",
    }
    found = {" → ".join(map(str, each.path)): each.keyword for each in schema_text.ignored(schema)}
    assert found == {
        "if": "if",
        "required": "required 'zip'",
        "properties → not → format": "format",
        "properties → age → minimum": "minimum",
        "properties → tags → uniqueItems": "uniqueItems",
        "properties → x → maxLength": "maxLength",
    }
    assert not list(schema_text.ignored({"properties": {"not": {"type": "null"}}}))


def test_patterns_are_written_in_the_few_signs_there_are():
    assert schema_text.plain_pattern(r"^\d{2}\.[\w-]+$") == "^[0-9]{2}[.][a-zA-Z0-9_-]+$"
    assert schema_text.plain_pattern("^[^x]$").startswith('^[^"')
    for pattern in (r"^\bq$", "^(?=a)$", '^"$', "^[$", r"^\1$"):
        assert schema_text.plain_pattern(pattern) is None


SCHEMAS = [
    {
        "type": "object",
        "properties": {'a"b': {"const": 'x"y\\z'}, "é": {"enum": ["ü", "a\nb"]}},
        "required": ['a"b', "é"],
    },
    {
        "type": "object",
        "properties": {
            "code": {"type": "string", "pattern": r"^\d{2}-[A-Z]{3}\.[^q]$"},
            "any": {"type": "string", "pattern": "^.{3}$"},
        },
        "required": ["code", "any"],
    },
    {"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 4},
    {"type": "array", "prefixItems": [{"type": "boolean"}, {"type": "null"}]},
    {"anyOf": [{"type": "string", "maxLength": 5}, {"$ref": "#/$defs/x"}], "$defs": {"x": {"enum": [1, None]}}},
    {
        "type": "object",
        "properties": {"when": {"type": "string", "format": "date"}, "n": {"type": ["number", "null"]}},
        "required": ["when", "n"],
    },
]


@pytest.fixture(scope="module")
def model():
    opened = open_model(catalog.find("pocket-chat").path)
    yield opened
    opened.close()


@pytest.mark.parametrize("schema", SCHEMAS, ids=range(len(SCHEMAS)))
def test_whatever_is_not_cut_off_is_valid(model, schema):
    """Drawn hot, so that the model itself would hardly ever keep to the form."""
    jsonschema.Draft202012Validator.check_schema(schema)
    whole = 0
    for seed in range(6):
        settings = Settings(temperature=1.5, seed=seed, max_tokens=150, json_schema=schema)
        text = "".join(step.text for step in model.generate([{"role": "user", "content": "JSON, please."}], settings))
        if model.timings.ended_by == "end of text":
            whole += 1
            jsonschema.validate(json.loads(text), schema)
    assert whole


def test_a_thousand_broken_forms_each_get_a_sentence_with_its_place(model):
    """None reaches the model's process unless llama.cpp, tried in another, reads it."""
    random, refused, fine = Random(7), 0, 0
    model.load()
    process = model.pid
    for number in range(1000):
        if number % 2:
            text = broken_forms.grammar(random)
            settings, place = Settings(grammar=text), r"^Line \d+, column \d+: \S"
        else:
            text = broken_forms.schema(random)
            reading = schema_text.read(text)
            if reading.problems:
                assert re.match(r"^Line \d+, column \d+: \S", str(reading.problems[0]))
                refused += 1
                continue
            settings, place = Settings(json_schema=reading.schema), r"part of this schema called “\S+”|At "
        try:
            assert constraints.grammar_of(model.path, settings) is not None or not text.strip()
            fine += 1
        except UserError as error:
            refused += 1
            assert re.search(place, error.what) or "is empty or holds" in error.what, (text, error.what)
            assert "crashes llama.cpp" not in error.what and error.next_step
    assert refused > 500 and fine > 50 and refused + fine == 1000
    written = list(model.generate("Once upon a time", Settings(temperature=0, max_tokens=2)))
    assert model.pid == process and "".join(step.text for step in written).strip(), "its process was never touched"
