"""A generator of broken grammars and schemas, the same for the same seed."""

import copy
import json
from random import Random

GRAMMARS = [
    'root ::= "yes" | "no"',
    'root ::= item{2,5} "."\nitem ::= "a" | [b-d]+ # c\n',
    'root ::= ("a" | b)* c?\nb ::= [^x\\n]\nc ::= "\\x41" . "\\u00e9"',
    'root ::= "{" ws "\\"a\\"" ":" num "}"\nnum ::= "-"? [0-9]{1,4}\nws ::= [ \\t\\n]*',
    'root ::= a b\na ::= (\n "x" |\n "y"\n)\nb ::= "z"',
]
PIECES = [
    *'()[]{}"\\|*+?.:=<>!#-ab019 \n^,é_',
    "::=",
    "root",
    "{3,2}",
    "{9999}",
    "\\x4",
    "\\q",
    "a ::= a\n",
    '""',
    "[]",
]
SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1, "maxLength": 20},
        "age": {"type": "integer"},
        "when": {"type": "string", "format": "date"},
        "kind": {"enum": ["a", 'b"c', "d\\e"]},
        "tags": {"type": "array", "items": {"type": "string"}, "minItems": 1, "maxItems": 3},
        "code": {"type": "string", "pattern": "^\\d{2}-[A-Z]+$"},
        "child": {"$ref": "#/$defs/child"},
    },
    "required": ["name", "age"],
    "$defs": {"child": {"type": "object", "properties": {"x": {"type": "number"}}}},
}
VALUES = [
    None,
    True,
    -1,
    10**9,
    1.5,
    "",
    "strin",
    "^(?=a)$",
    "abc",
    "#/nowhere",
    "https://example.org/x",
    [],
    {},
    [1],
    ["strin"],
    {"type": "strin"},
    {"$ref": "#"},
    {"$ref": "#/$defs/child"},
    {"not": {}},
    [[]],
    "^\\bq$",
    "^[$",
]
KEYWORDS = [
    "type",
    "properties",
    "required",
    "items",
    "enum",
    "pattern",
    "minItems",
    "maxItems",
    "minLength",
    "$ref",
    "anyOf",
    "oneOf",
    "allOf",
    "additionalProperties",
    "format",
    "minimum",
    "uniqueItems",
    "const",
    "$defs",
]


def grammar(random: Random) -> str:
    """A good grammar with one to three faults."""
    text = random.choice(GRAMMARS)
    for _ in range(random.randint(1, 3)):
        place, way = random.randrange(len(text) + 1), random.random()
        if way < 0.5:
            text = text[:place] + random.choice(PIECES) + text[place:]
        elif way < 0.8:
            text = text[:place] + text[place + random.randint(1, 3) :]
        else:
            text = text[:place] + random.choice(PIECES) + text[place + 1 :]
    return text


def schema(random: Random) -> str:
    """The text of a schema: cut or spoilt as JSON, or with one to three values and keywords that do not belong."""
    content = json.loads(json.dumps(SCHEMA))
    for _ in range(random.randint(1, 3)):
        part = random.choice(list(_objects(content)))
        if part and random.random() < 0.5:
            part[random.choice(list(part))] = copy.deepcopy(random.choice(VALUES))
        else:
            part[random.choice(KEYWORDS)] = copy.deepcopy(random.choice(VALUES))
    text = json.dumps(content, indent=random.choice([None, 1, 2]))
    if random.random() < 0.3:
        place = random.randrange(len(text))
        text = text[:place] + random.choice(["", "}", ",", '"', "\\", "nul", "[" * 2000]) + text[place + 1 :]
    return text


def _objects(value):
    if isinstance(value, dict):
        yield value
        for part in value.values():
            yield from _objects(part)
    elif isinstance(value, list):
        for part in value:
            yield from _objects(part)
