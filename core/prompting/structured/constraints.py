"""Grammars and JSON schemas that an answer must follow, tried first where a failure costs nothing.

A broken grammar can end the process that reads it (llama.cpp recurses and does not always check), so each is first
built in a process of its own that has the model's vocabulary and nothing to lose.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

from core.errors import UserError, WorkerDied
from core.prompting.settings import Settings
from core.prompting.structured import grammar_sandbox, grammar_text, schema_text

LONGEST = 200_000  # characters of a grammar
DEEPEST = 500  # brackets within brackets


def grammar_of(path: Path, settings: Settings) -> str | None:
    """The grammar that `settings` ask for, proven to load with the model at `path`; None if they ask for none.

    Raises:
        UserError: it cannot be read, with what is wrong.
    """
    grammar = settings.grammar
    if settings.json_schema is not None:
        grammar = schema_to_grammar(settings.json_schema)
    if not grammar:
        return None
    check_grammar(grammar)
    _try(str(path), grammar)
    return grammar


def check_shape(grammar: str) -> None:
    """Refuse what is too long or nested too deep before any parser sees it."""
    if len(grammar) > LONGEST:
        raise UserError(f"The grammar has {len(grammar):,} characters.", f"Up to {LONGEST:,} can be read.")
    if "\0" in grammar or not grammar.strip():
        raise UserError(
            "The grammar is empty or holds a NUL character.", 'Begin with a rule such as root ::= "yes" | "no".'
        )
    depth = 0
    for character in grammar:
        depth += (character in "([{") - (character in ")]}")
        if depth > DEEPEST:
            raise UserError("The grammar has brackets nested too deep.", f"Up to {DEEPEST} levels can be read.")


def check_grammar(grammar: str) -> None:
    """Read a grammar here, without any native code.

    Raises:
        UserError: what is wrong with it, with line and column.
    """
    check_shape(grammar)
    if found := grammar_text.problems(grammar):
        raise UserError(str(found[0]), "Mend the grammar there.")


@functools.lru_cache(maxsize=256)
def _try(path: str, grammar: str) -> None:
    try:
        grammar_sandbox.ask("try_grammar", path=path, grammar=grammar)
    except WorkerDied as problem:
        raise UserError(
            "This grammar crashes llama.cpp, so it was not given to the model.",
            "Look for a rule that begins with itself, or a rule that is named but not there.",
        ) from problem
    except TimeoutError as problem:
        raise UserError("This grammar takes too long to read.", "Make it smaller.") from problem


@functools.lru_cache(maxsize=256)
def _converted(text: str) -> str:
    try:
        grammar: str = grammar_sandbox.ask("convert", schema=text)
        return grammar
    except (WorkerDied, TimeoutError) as problem:
        raise UserError("This JSON schema cannot be turned into a grammar.", "Make it simpler.") from problem


def schema_to_grammar(schema: Any) -> str:
    """The GBNF grammar of a JSON schema."""
    if not isinstance(schema, dict):
        raise UserError("A JSON schema is an object.", 'For example {"type": "object", "properties": {...}}.')
    try:
        text = json.dumps(schema)
    except (TypeError, ValueError, RecursionError) as problem:
        raise UserError(
            f"The JSON schema cannot be written as JSON ({problem}).", "Use texts, numbers and lists."
        ) from problem
    if len(text) > LONGEST:
        raise UserError(f"The JSON schema has {len(text):,} characters.", f"Up to {LONGEST:,} can be read.")
    if found := schema_text.wrong(schema):
        path, what = found[0]
        raise UserError(f"At {' → '.join(map(str, path)) or 'the schema'}: {what}.", "Mend the schema there.")
    grammar = _converted(text)
    if problems := grammar_text.problems(grammar):
        rule = grammar.splitlines()[problems[0].line - 1].split(" ::=")[0]
        raise UserError(
            f"The part of this schema called “{rule[:60]}” cannot be turned into a grammar: {problems[0].what}.",
            "Look at its $ref and pattern.",
        )
    return grammar
