"""Prompt sets, schemas of their checks, and kept runs."""

from __future__ import annotations

import json
import os
import zlib
from pathlib import Path
from types import SimpleNamespace

from core.errors import UserError
from tests.fuzz.changes import change_json, change_words, imported
from tests.fuzz.harness import Target

SETS = [
    b"""name: A set
variables: [{city: Berlin}, {city: Paris}]
prompts:
  - text: Where is {city}?
    system: You know cities.
    before: ["Do you know {city}?"]
    checks: [{contains: Europe}, {regex: "Eu?"}, {schema: {type: object, required: [a]}}]
seeds: [1, 2]
settings: {temperature: 0.5, stop: ["."]}
""",
    b"prompt,truth,contains\nCapital of France?,Paris,Paris\n",
    b"prompts: [a, b]\nseeds: [0x10, 1_000]\n",
]
SET_WORDS = (
    "- ",
    ": ",
    "[",
    "]",
    "{",
    "}",
    "&a ",
    "*a",
    "!!python/object:a ",
    "!!binary ",
    "? ",
    "| ",
    "\n",
    "  ",
    '"',
    "'",
    "2020-01-01",
    "~",
    "1e999",
    "prompts",
    "text",
    "checks",
    "regex",
    "schema",
    "(a+)+$",
    "{9999}",
    "\t",
    ",",
)


def read_set(path: Path) -> None:
    """A set as the page reads it, from a .yaml and from a .csv file."""
    from core.prompting import isolated

    text = path.read_bytes().decode("utf-8", "replace")
    for name in ("set.csv", "set.yaml"):
        try:
            assert json.dumps(isolated.prompt_set(text, name))
        except UserError as error:
            problem = error
        else:
            return
    raise problem


def judge(path: Path) -> None:
    """An answer, judged by a foreign schema that its check allowed."""
    from core.prompting import isolated
    from core.prompting.evals.checks import check_from

    try:
        schema = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as problem:
        raise UserError("Not JSON.", "Write JSON.") from problem
    check = check_from({"schema": schema})
    for text in ('{"a": 1, "b": ["x"]}', '"aaaaaaaaaaaaaaaaaaaa!"', "5", "{"):
        isolated.verdict(text, check.value, False)


SCHEMAS = [
    json.dumps(one).encode()
    for one in (
        {
            "type": "object",
            "properties": {"a": {"type": "integer"}, "b": {"items": {"pattern": "^x+$"}}},
            "required": ["a"],
        },
        {"$defs": {"t": {"type": ["string", "null"], "maxLength": 9}}, "anyOf": [{"$ref": "#/$defs/t"}, {"enum": [5]}]},
        {"patternProperties": {"^a": {"minimum": 3}}, "additionalProperties": False, "if": {}, "then": {"const": 1}},
    )
]


def open_run(path: Path) -> None:
    """A row of the database, with its values out of JSON, as the history shows and exports it."""
    from core.prompting.history import record_export, records
    from core.prompting.history.database import connected
    from core.prompting.settings import Settings, Step, Timings

    os.environ["TEXTLAB_HOME"] = str(path.parent / "home")
    run = SimpleNamespace(
        settings=Settings(seed=1),
        timings=Timings(),
        ended_by="end of text",
        error=None,
        text="Paris",
        prompt_tokens=[1, 2],
        steps=[Step("Paris", 5, 0.5)],
    )
    number = records.save(run, "chat", SimpleNamespace(address="x", model="m"), "A model", "Where?")
    try:
        values = json.loads(path.read_bytes())
    except (ValueError, RecursionError) as problem:
        raise UserError("Not JSON.", "Write JSON.") from problem
    with connected() as connection:
        for name in ("settings", "timings", "prompt", "versions", "how", "at", "title", "steps", "prompt_tokens"):
            if isinstance(values, dict) and name in values:
                value = json.dumps(values[name]).encode()
                connection.execute(
                    f"UPDATE runs SET {name}=? WHERE id=?",
                    (zlib.compress(value) if name in ("steps", "prompt_tokens") else value.decode(), number),
                )
    for found in (records.search(), records.find([number])):
        assert record_export.as_jsonl(found) and record_export.as_markdown(found)
        assert all(
            record_export.when(record.at) and record.question is not None and record_export.cost(record)
            for record in found
        )
    records.delete([number])


RUNS = [
    json.dumps(
        {
            "settings": {"temperature": 0.5, "stop": ["."], "seed": 1},
            "timings": {"generated_tokens": 3, "first_token_seconds": None, "ended_by": ""},
            "prompt": [{"role": "user", "content": "Where?"}],
            "versions": {"python": "3"},
            "how": {"thinking": None},
            "at": 1.7e9,
            "title": "m",
            "steps": [["Paris", 5, 0.5, 0.0, 0.0, 1, [[5, "Paris", 0.5, 0.0]], ""]],
            "prompt_tokens": [1, 2],
        }
    ).encode()
]
TARGETS = [
    Target(
        "prompt set",
        read_set,
        imported(lambda: SETS, "core.prompting.isolated", "yaml", "regex", "jsonschema"),
        "prompt set",
        "set.yaml",
        change_words(SET_WORDS),
    ),
    Target(
        "schema of a check",
        judge,
        imported(lambda: SCHEMAS, "core.prompting.isolated", "jsonschema", "referencing"),
        "schema verdict",
        "schema.json",
        change_json,
        may_end=True,
    ),
    Target(
        "kept run",
        open_run,
        imported(lambda: RUNS, "core.prompting.history.record_export"),
        "",
        "run.json",
        change_json,
    ),
]
