"""A JSON schema read for what is wrong with it and where, and for what llama.cpp's grammars cannot enforce."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from core.prompting.structured.grammar_text import Problem

Path = tuple[str | int, ...]
DEEPEST = 60  # schemas within schemas
_ABOUT = {
    "$schema",
    "$id",
    "$comment",
    "$defs",
    "definitions",
    "title",
    "description",
    "default",
    "examples",
    "deprecated",
    "readOnly",
    "writeOnly",
}
_FORMATS = {"date", "time", "date-time", "uuid", "uuid1", "uuid2", "uuid3", "uuid4", "uuid5"}
_TYPES = {"object", "array", "string", "number", "integer", "boolean", "null"}


@dataclass(frozen=True)
class Ignored:
    """A keyword that is not enforced, and the way to it: ("properties", "age", "minimum")."""

    keyword: str
    path: Path

    @property
    def where(self) -> str:
        return " → ".join(map(str, self.path)) or "the schema"


@dataclass(frozen=True)
class Reading:
    """A schema, or None with the problems that keep it from being one; and what will not be enforced."""

    schema: dict[str, Any] | None
    problems: tuple[Problem, ...] = ()
    ignored: tuple[Ignored, ...] = ()


def read(text: str) -> Reading:
    """Read the text of a schema.

    Example: read('{"type": "strin"}').problems -> line 1, column 10: ... “strin” ...
    """
    try:
        schema = json.loads(text)
    except json.JSONDecodeError as problem:
        return Reading(
            None,
            (Problem(f"this is not JSON: {problem.msg[0].lower()}{problem.msg[1:]}", problem.lineno, problem.colno),),
        )
    except (RecursionError, ValueError) as problem:
        return Reading(None, (Problem(f"this JSON cannot be read ({str(problem)[:80]})", 1, 1),))
    if not isinstance(schema, dict):
        return Reading(None, (Problem("a JSON schema is an object, { … }", 1, 1),))
    found = [Problem(what, *position(text, path)) for path, what in wrong(schema)]
    return Reading(None if found else schema, tuple(found), () if found else tuple(ignored(schema)))


def wrong(schema: dict[str, Any]) -> list[tuple[Path, str]]:
    """What keeps a schema from being used, by the way to it: not a schema, or not to be turned into a grammar."""
    import jsonschema

    found: list[tuple[Path, str]] = []
    try:
        checker = jsonschema.Draft202012Validator(jsonschema.Draft202012Validator.META_SCHEMA)
        for error in sorted(checker.iter_errors(schema), key=lambda error: list(map(str, error.absolute_path)))[:5]:
            path = tuple(error.absolute_path)
            name = path[-1] if path else "the schema"
            found.append((path, f"{name}: {error.message[:160]}"))
        return found or list(_inconvertible(schema, schema, (), 0))[:5]
    except RecursionError:
        return [((), "the schema is nested too deep")]


def _inconvertible(schema: Any, whole: dict[str, Any], path: Path, depth: int) -> Iterator[tuple[Path, str]]:
    if depth > DEEPEST:
        yield path, f"schemas within schemas deeper than {DEEPEST} cannot be used"
        return
    if not isinstance(schema, dict):
        yield path, f"{path[-1] if path else 'the schema'}: true and false cannot be used as schemas here"
        return
    yield from _bad_values(schema, path)
    if schema and "type" not in schema and not used_keywords(schema) & set(schema):
        yield path, f"type: {path[-1] if path else 'the schema'} does not say what type it has"
    if isinstance(reference := schema.get("$ref"), str) and (what := _bad_reference(reference, whole)):
        yield (*path, "$ref"), what
    for step, part in _parts(schema):
        yield from _inconvertible(part, whole, (*path, *step), depth + 1)


def _bad_values(schema: dict[str, Any], path: Path) -> Iterator[tuple[Path, str]]:
    pattern = schema.get("pattern")
    if isinstance(pattern, str) and "pattern" in used_keywords(schema):
        if not (pattern.startswith("^") and pattern.endswith("$")):
            yield (*path, "pattern"), "pattern: it must begin with ^ and end with $"
        elif plain_pattern(pattern) is None:
            yield (*path, "pattern"), "pattern: looking ahead, looking back, quotes and unusual escapes cannot be used"
    for name in ("enum", "anyOf", "oneOf"):
        if schema.get(name) == []:
            yield (*path, name), f"{name}: there must be something in it"
    for least, most in (("minItems", "maxItems"), ("minLength", "maxLength")):
        low, high = schema.get(least, 0), schema.get(most)
        if isinstance(high, (int, float)) and high < low:
            yield (*path, most), f"{most}: {high} is less than {least} {low}"
        for name, value in ((least, low), (most, high)):
            if isinstance(value, (int, float)) and value > 400:
                yield (*path, name), f"{name}: more than 400 cannot be enforced"


_CLASSES = {"d": "0-9", "w": "a-zA-Z0-9_", "s": " "}
_OUTSIDE_A_STRING = r'"\\\x7F\x00-\x1F'  # what JSON wants escaped within a string


def plain_pattern(pattern: str) -> str | None:
    r"""A regular expression in the few signs that the converter knows; None for one it cannot say.

    Example: plain_pattern(r"^\d{2}\.[^x]$") -> ^[0-9]{2}[.][^x and what JSON escapes]$
    """
    if "(?" in pattern or '"' in pattern or not pattern.isprintable():
        return None
    pieces, at, inside = [], 0, False
    while at < len(pattern):
        letter, after = pattern[at], pattern[at + 1 : at + 2]
        if letter == "\\":
            if after in _CLASSES and after:
                pieces.append(_CLASSES[after] if inside else f"[{_CLASSES[after]}]")
            elif after in ("[", "]", "-") if inside else after and after in "[]()|{}*+?":
                pieces.append(letter + after)
            elif after and after in "./:,;@#%&=!~'<>_-^$ {}()|*+?":
                pieces.append(after if inside else f"[{after}]" if after != "^" else "^")
            else:
                return None
            at += 2
            continue
        if inside:
            inside = letter != "]"
        elif letter == "[":
            inside = True
            if after == "^":
                letter, at = "[^" + _OUTSIDE_A_STRING, at + 1
        pieces.append(letter)
        at += 1
    return None if inside else "".join(pieces)


def _bad_reference(reference: str, whole: dict[str, Any]) -> str:
    """What is wrong with a $ref; "" if it leads to a schema."""
    if not reference.startswith("#/"):
        return f"$ref: only #/… within this schema can be followed, not “{reference[:60]}”"
    target: Any = whole
    followed = set()
    while True:
        for step in reference[2:].split("/"):
            if not isinstance(target, dict) or step not in target:
                return f"$ref: “{reference[:60]}” leads nowhere"
            target = target[step]
        if not isinstance(target, dict):
            return f"$ref: “{reference[:60]}” does not lead to a schema"
        if not isinstance(target.get("$ref"), str):
            return ""
        if reference in followed:
            return f"$ref: “{reference[:60]}” leads back to itself"
        followed.add(reference)
        reference, target = target["$ref"], whole
        if not reference.startswith("#/"):
            return ""  # said at its own position


def used_keywords(schema: dict[str, Any]) -> set[str]:
    """Which keywords of one schema decide its grammar. The converter takes the first way that fits, as here.

    Source: llama_cpp/llama_grammar.py of the pinned version, SchemaConverter.visit.
    """
    kind, keys = schema.get("type"), set(schema)
    objects, strings = kind in (None, "object"), kind in (None, "string")
    bounded_object = "properties" in keys or schema.get("additionalProperties", True) is not True
    ways: list[tuple[bool, set[str]]] = [
        ("$ref" in keys, {"$ref"}),
        ("oneOf" in keys, {"oneOf"}),
        ("anyOf" in keys, {"anyOf"}),
        (isinstance(kind, list), {"type"}),
        ("const" in keys, {"const", "type"}),
        ("enum" in keys, {"enum", "type"}),
        (objects and bounded_object, {"type", "properties", "required", "additionalProperties"}),
        (objects and "allOf" in keys, {"type", "allOf"}),
        (
            kind in (None, "array") and ("items" in keys or "prefixItems" in keys),
            {"type", "items", "minItems", "maxItems"}
            if isinstance(schema.get("items"), dict) and schema["items"]
            else {"type", "prefixItems", "items"},
        ),
        (strings and "pattern" in keys, {"type", "pattern"}),
        (strings and schema.get("format") in _FORMATS, {"type", "format"}),
        (kind == "string" and bool(keys & {"minLength", "maxLength"}), {"type", "minLength", "maxLength"}),
    ]
    return next((used for fits, used in ways if fits), {"type", "additionalProperties"})


def ignored(schema: Any, path: Path = ()) -> Iterator[Ignored]:
    """Keywords whose demands a grammar does not enforce, and required names that are no properties."""
    if not isinstance(schema, dict):
        return
    for name in schema:
        if name not in used_keywords(schema) and name not in _ABOUT:
            yield Ignored(name, (*path, name))
    if "required" in used_keywords(schema):
        for name in schema.get("required", ()):
            if name not in schema.get("properties", {}):
                yield Ignored(f"required {name!r}", (*path, "required"))
    for step, part in _parts(schema):
        yield from ignored(part, (*path, *step))


def _parts(schema: dict[str, Any]) -> Iterator[tuple[Path, Any]]:
    """The schemas directly inside a schema, with the step to each."""
    for name in ("properties", "$defs", "definitions", "patternProperties"):
        if isinstance(schema.get(name), dict):
            yield from (((name, key), part) for key, part in schema[name].items())
    for name in ("anyOf", "oneOf", "allOf", "prefixItems"):
        if isinstance(schema.get(name), list):
            yield from (((name, place), part) for place, part in enumerate(schema[name]))
    for name in ("items", "additionalProperties", "not", "contains", "if", "then", "else"):
        if isinstance(schema.get(name), dict):
            yield (name,), schema[name]
    if isinstance(schema.get("items"), bool):
        yield ("items",), schema["items"]


def position(text: str, path: Sequence[str | int]) -> tuple[int, int]:
    """Line and column, from 1, of the value that `path` leads to in a JSON text; its key where it has one."""
    decoder, at = json.JSONDecoder(), _skip(text, 0)
    found = at
    try:
        for step in path:
            inside, place = text[at], 0
            at = _skip(text, at + 1)
            while True:
                found = at
                if inside == "{":
                    key, end = decoder.raw_decode(text, at)
                    at = _skip(text, _skip(text, end) + 1)
                    if key == step:
                        break
                elif place == step:
                    break
                _, end = decoder.raw_decode(text, at)
                at, place = _skip(text, _skip(text, end) + 1), place + 1
    except (ValueError, IndexError, RecursionError):
        pass
    return text.count("\n", 0, found) + 1, found - (text.rfind("\n", 0, found) + 1) + 1


def _skip(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n":
        at += 1
    return at
