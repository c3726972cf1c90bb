"""Forms that an answer can be bound to: a gallery of schemas and grammars, and the verdict on what came."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import StoppedAtGate, UserError
from core.prompting.settings import Settings, Step
from core.prompting.structured import constraints, grammar_text, schema_text
from core.prompting.structured.schema_text import Ignored
from core.runtime import gate

CUT = ("max tokens", "context full", "stopped", "broken off")


@dataclass(frozen=True)
class Form:
    """One example: its text, whether that is a JSON schema or a grammar, and a prompt that suits it."""

    key: str
    title: str
    kind: str
    text: str
    prompt: str


@dataclass(frozen=True)
class FormReading:
    """What goes into `Settings` for a form ({} while something is wrong), the problems, and what is not enforced."""

    settings: dict[str, Any]
    problems: tuple[str, ...] = ()
    ignored: tuple[Ignored, ...] = ()


def _short(most: int) -> dict[str, Any]:
    """A text with an end: without one, a small model writes on inside the string until it is cut off."""
    return {"type": "string", "maxLength": most}


def _schema(**properties: Any) -> str:
    return json.dumps({"type": "object", "properties": properties, "required": list(properties)}, indent=1)


GALLERY = (
    Form(
        "city",
        "CityData",
        "schema",
        json.dumps(
            {
                "title": "CityData",
                "type": "object",
                "properties": {
                    "city_name": _short(24),
                    "country": _short(24),
                    "reasons_to_visit": {
                        "type": "object",
                        "properties": {
                            "percent_sunny_days": {"type": "number"},
                            "top_3_tourist_attractions": {
                                "type": "array",
                                "items": _short(32),
                                "minItems": 3,
                                "maxItems": 3,
                            },
                        },
                        "required": ["percent_sunny_days", "top_3_tourist_attractions"],
                    },
                },
                "required": ["city_name", "country", "reasons_to_visit"],
            },
            indent=1,
        ),
        "Give me tourist advice for Berlin.",
    ),
    Form(
        "person",
        "A record",
        "schema",
        _schema(name={"type": "string"}, age={"type": "integer"}, city={"type": "string"}),
        "Write this as JSON: Anna is 12 years old and lives in Berlin.",
    ),
    Form(
        "choice",
        "One of five",
        "schema",
        json.dumps({"enum": ["mammal", "bird", "fish", "insect", "no animal"]}, indent=1),
        "What kind of animal is a penguin?",
    ),
    Form(
        "date",
        "A date",
        "schema",
        _schema(event={"type": "string", "maxLength": 40}, day={"type": "string", "format": "date"}),
        "When was the first Berlin Buzzwords held?",
    ),
    Form("yes", "Yes or no", "grammar", 'root ::= "Yes." | "No."', "Is a whale a fish?"),
    Form(
        "lines",
        "A list of three",
        "grammar",
        '# three numbered lines\nroot ::= "1. " line "2. " line "3. " line\nline ::= [A-Z] [a-z ]{2,30} "\\n"\n',
        "Name three animals.",
    ),
    Form(
        "sum",
        "A sum",
        "grammar",
        'root ::= number " + " number " = " number\nnumber ::= [1-9] [0-9]{0,2}\n',
        "What is 17 plus 25?",
    ),
    Form(
        "broken",
        "With mistakes",
        "grammar",
        'root ::= "The answer is " answer\nanswer ::= [a-z]+ (" or " other\n',
        "What is the capital of France?",
    ),
)


def read(kind: str, text: str) -> FormReading:
    """Read a form as its kind says, without touching any model.

    Example: read("grammar", "root ::= x").problems -> ("Line 1, column 10: no rule is called “x”.",)
    """
    if kind == "schema":
        found = schema_text.read(text)
        shown = tuple(map(str, found.problems))
        return FormReading({} if shown else {"json_schema": found.schema}, shown, found.ignored)
    try:
        constraints.check_shape(text)
    except UserError as error:
        return FormReading({}, (f"Line 1, column 1: {error.what}",))
    shown = tuple(map(str, grammar_text.problems(text)))
    return FormReading({} if shown else {"grammar": text}, shown)


def shown_to_model(prompt: str, kind: str, text: str) -> str:
    """The prompt with the form in it. A grammar alone is never seen by the model, nor are a schema's descriptions."""
    if kind == "schema":
        with_no_spaces = json.dumps(json.loads(text), separators=(",", ":"), ensure_ascii=False)
        return f"{prompt}\nAnswer with JSON of this schema: {with_no_spaces}"
    return f"{prompt}\nAnswer in this form (GBNF): {text.strip()}"


@dataclass(frozen=True)
class Verdict:
    """Whether an answer keeps to its form. `valid` None where that cannot be said: it was cut off."""

    valid: bool | None
    sentence: str


def verdict(text: str, settings: Settings, ended_by: str) -> Verdict:
    """Judge an answer by the form its settings name; a grammar judges by itself, a schema by `jsonschema`."""
    cut = ended_by in CUT
    if settings.json_schema is None:
        if not settings.grammar:
            return Verdict(None, "")
        return Verdict(
            None if cut else True,
            "Cut off before the end of the grammar." if cut else "Follows the grammar to its end.",
        )
    return judged(text, settings.json_schema, cut)


def judged(text: str, schema: dict[str, Any], cut: bool = False) -> Verdict:
    """Whether a text, free or bound, is JSON, and valid under a schema.

    A schema with patterns or references is applied at the gate: some of them take for ever.
    """
    if not _can_take_long(schema):
        return judged_here(text, schema, cut)
    try:
        return Verdict(**gate.read("schema verdict", text=text, schema=schema, cut=cut))
    except StoppedAtGate:
        return Verdict(None, "JSON under this schema took too long to judge.")


def _can_take_long(schema: Any, depth: int = 0) -> bool:
    """Whether a schema has a regular expression or a reference, or is nested deep."""
    if depth > 60:
        return True
    if isinstance(schema, dict):
        return not {"pattern", "patternProperties", "$ref", "$dynamicRef"}.isdisjoint(schema) or any(
            _can_take_long(part, depth + 1) for part in schema.values()
        )
    return isinstance(schema, list) and any(_can_take_long(part, depth + 1) for part in schema)


def judged_here(text: str, schema: dict[str, Any], cut: bool = False) -> Verdict:
    """The same in this process. References beyond the schema are not followed: that would ask the network."""
    import jsonschema
    import referencing

    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as problem:
        if cut:
            return Verdict(None, "Cut off, so it is not JSON yet.")
        place = f" (line {problem.lineno}, column {problem.colno})" if isinstance(problem, json.JSONDecodeError) else ""
        return Verdict(False, f"Not JSON{place}.")
    try:
        jsonschema.Draft202012Validator(schema, registry=referencing.Registry()).validate(found)
    except jsonschema.ValidationError as problem:
        where = " → ".join(map(str, problem.absolute_path))
        at = f" at {where}" if where else ""
        return Verdict(False, f"JSON, but not of this schema{at}: {problem.message[:160]}.")
    except (
        jsonschema.SchemaError,
        referencing.exceptions.Unresolvable,
        RecursionError,
        re.error,
        TypeError,
        ValueError,
        AttributeError,
    ) as problem:
        return Verdict(None, f"JSON; the schema itself is not valid: {getattr(problem, 'message', problem)!s:.160}.")
    return Verdict(True, "Valid JSON, and of this schema.")


def overruled(steps: Sequence[Step]) -> int:
    """At how many tokens the grammar refused what had been drawn."""
    return sum(bool(step.refused) for step in steps)
