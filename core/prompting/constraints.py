"""Grammars and JSON schemas that an answer must follow, tried first where a failure costs nothing.

A broken grammar can end the process that reads it (llama.cpp recurses and does not always check), so each is first
built in a process of its own that has the model's vocabulary and nothing to lose.
"""

from __future__ import annotations

import contextlib
import functools
import json
from pathlib import Path
from typing import Any

from core.errors import UserError, WorkerDied
from core.prompting.settings import Settings
from core.worker import Worker

LONGEST = 200_000   # characters of a grammar
DEEPEST = 500       # brackets within brackets
UNSUPPORTED = ("not", "if", "then", "else", "uniqueItems", "contains", "patternProperties", "dependentRequired",
               "dependentSchemas", "propertyNames", "multipleOf", "minProperties", "maxProperties",
               "unevaluatedProperties")


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
    check_shape(grammar)
    _try(str(path), grammar)
    return grammar


def check_shape(grammar: str) -> None:
    """Refuse what is too long or nested too deep before any parser sees it."""
    if len(grammar) > LONGEST:
        raise UserError(f"The grammar has {len(grammar):,} characters.", f"Up to {LONGEST:,} can be read.")
    if "\0" in grammar or not grammar.strip():
        raise UserError("The grammar is empty or holds a NUL character.",
                        'Begin with a rule such as root ::= "yes" | "no".')
    depth = 0
    for character in grammar:
        depth += (character in "([{") - (character in ")]}")
        if depth > DEEPEST:
            raise UserError("The grammar has brackets nested too deep.", f"Up to {DEEPEST} levels can be read.")


@functools.lru_cache(maxsize=64)
def _try(path: str, grammar: str) -> None:
    worker = Worker("core.prompting.generation:Host", {"path": path, "vocabulary_only": True})
    with contextlib.closing(worker):
        try:
            worker.submit("try_grammar", grammar=grammar).result(timeout=20)
        except WorkerDied as problem:
            raise UserError("This grammar brings llama.cpp down, so it was not given to the model.",
                            "Look for a rule that begins with itself, or a rule that is named but not there."
                            ) from problem
        except TimeoutError as problem:
            worker.kill()
            raise UserError("This grammar takes too long to read.", "Make it smaller.") from problem


def unsupported_keywords(schema: Any) -> list[str]:
    """Keywords in a JSON schema that llama.cpp's grammars cannot enforce, in the order in which they appear."""
    found: dict[str, None] = {}
    queue = [schema]
    while queue:
        part = queue.pop(0)
        if isinstance(part, dict):
            found.update(dict.fromkeys(name for name in part if name in UNSUPPORTED))
            queue += part.values()
        elif isinstance(part, list):
            queue += part
    return list(found)


def schema_to_grammar(schema: Any) -> str:
    """The GBNF grammar of a JSON schema."""
    if not isinstance(schema, dict):
        raise UserError("A JSON schema is an object.", 'For example {"type": "object", "properties": {...}}.')
    try:
        text = json.dumps(schema)
    except (TypeError, ValueError, RecursionError) as problem:
        raise UserError(f"The JSON schema cannot be written as JSON ({problem}).", "Use texts, numbers and lists.") \
            from problem
    if len(text) > LONGEST:
        raise UserError(f"The JSON schema has {len(text):,} characters.", f"Up to {LONGEST:,} can be read.")
    worker = Worker("core.prompting.schema_grammar:Converter")
    with contextlib.closing(worker):
        return worker.call("convert", schema=text)
