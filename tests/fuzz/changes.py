"""Ways to damage an input: bytes anywhere, values in JSON, words of a language put together differently."""

from __future__ import annotations

import copy
import importlib
import json
import random
import struct
from collections.abc import Callable, Sequence
from typing import Any

NUMBERS = (0, 1, 2, 127, 128, 255, 256, 32767, 65535, 2**31 - 1, 2**31, 2**32 - 1, 2**40, 2**62, 2**63 - 1, 2**64 - 1)
ODD_VALUES: tuple[Any, ...] = (
    None,
    True,
    False,
    0,
    -1,
    1,
    0.5,
    -1e308,
    2**31,
    2**40,
    2**63,
    10**30,
    "",
    "a",
    "\u0000",
    "é🤖\ud83d",
    "x" * 10_000,
    [],
    {},
    [[]],
    [None],
    {"": None},
    {"type": "?"},
    [1, 2, 3],
    ["a", "b"],
    float("inf"),
    "-",
    "(a+)+b",
    "(?",
    "[",
)


def imported(seeds: Callable[[], list[bytes]], *modules: str) -> Callable[[], list[bytes]]:
    """The same seeds; what every attempt would import is imported before, once for all."""

    def make() -> list[bytes]:
        for module in modules:
            importlib.import_module(module)
        return seeds()

    return make


def change_bytes(chance: random.Random, seeds: list[bytes]) -> bytes:
    """A seed with one to thirty changes anywhere; most of them in its first four kilobytes, where headers are."""
    made = bytearray(chance.choice(seeds))
    for _ in range(chance.choice((1, 1, 1, 1, 2, 3, 8, 30))):
        reach = len(made) if chance.random() < 0.3 else min(len(made), 4096)
        at = chance.randrange(reach + 1)
        _CHANGES[chance.randrange(len(_CHANGES))](chance, made, at, seeds)
    return bytes(made)


def _byte(chance: random.Random, made: bytearray, at: int, seeds: list[bytes]) -> None:
    made[at : at + 1] = bytes([chance.randrange(256)])


def _bit(chance: random.Random, made: bytearray, at: int, seeds: list[bytes]) -> None:
    if at < len(made):
        made[at] ^= 1 << chance.randrange(8)


def _number(chance: random.Random, made: bytearray, at: int, seeds: list[bytes]) -> None:
    size, form = chance.choice(((2, "H"), (4, "I"), (8, "Q")))
    made[at : at + size] = struct.pack(chance.choice("<>") + form, chance.choice(NUMBERS) & ((1 << 8 * size) - 1))


def _cut(chance: random.Random, made: bytearray, at: int, seeds: list[bytes]) -> None:
    del made[at:]


def _drop(chance: random.Random, made: bytearray, at: int, seeds: list[bytes]) -> None:
    del made[at : at + chance.choice((1, 2, 8, 100))]


def _repeat(chance: random.Random, made: bytearray, at: int, seeds: list[bytes]) -> None:
    made[at:at] = made[at : at + chance.choice((1, 4, 16, 200))] * chance.choice((1, 2, 100))


def _graft(chance: random.Random, made: bytearray, at: int, seeds: list[bytes]) -> None:
    other = chance.choice(seeds)
    start = chance.randrange(len(other) + 1)
    made[at : at + chance.choice((0, 16))] = other[start : start + chance.choice((4, 32, 500))]


_CHANGES: tuple[Callable[[random.Random, bytearray, int, list[bytes]], None], ...] = (
    _byte,
    _byte,
    _byte,
    _byte,
    _bit,
    _bit,
    _bit,
    _number,
    _number,
    _number,
    _cut,
    _drop,
    _repeat,
    _graft,
)


def change_json(chance: random.Random, seeds: list[bytes]) -> bytes:
    """A JSON seed with one to five values replaced, dropped, doubled, renamed or exchanged; or with damaged bytes."""
    if chance.random() < 0.15:
        return change_bytes(chance, seeds)
    made = json.loads(chance.choice(seeds))
    for _ in range(chance.choice((1, 1, 1, 2, 5))):
        places = _places(made)
        if not places:
            break
        holder, key = chance.choice(places[:400] if chance.random() < 0.8 else places)
        way = chance.random()
        if way < 0.6:
            holder[key] = copy.deepcopy(chance.choice(ODD_VALUES))  # the next change may be inside it
        elif way < 0.75:
            del holder[key]
        elif way < 0.9:
            other, at = chance.choice(places)
            try:
                holder[key] = other[at]
            except (KeyError, IndexError):  # it went with what was dropped
                continue
        elif isinstance(holder, dict):
            holder[chance.choice(("type", "id", "", "x" * 300, str(key) + "s"))] = holder.pop(key)
        else:
            holder.insert(key, holder[key])
    try:
        return json.dumps(made).encode()
    except (ValueError, RecursionError):  # a value that was put into itself
        return chance.choice(seeds)


def _places(value: Any) -> list[tuple[Any, Any]]:
    """Every (holder, key) in a JSON value, outermost first; of long lists only some."""
    found: list[tuple[Any, Any]] = []
    level = [value]
    while level and len(found) < 5000:
        inner = []
        for one in level:
            keys = list(one) if isinstance(one, dict) else range(len(one)) if isinstance(one, list) else []
            for key in list(keys)[:60]:
                found.append((one, key))
                inner.append(one[key])
        level = inner
    return found


def change_words(words: Sequence[str]) -> Callable[[random.Random, list[bytes]], bytes]:
    """Seeds as text, with words of their language put in, taken out and exchanged."""

    def change(chance: random.Random, seeds: list[bytes]) -> bytes:
        text = chance.choice(seeds).decode("utf-8", "replace")
        for _ in range(chance.choice((1, 2, 3, 8, 20))):
            at = chance.randrange(len(text) + 1)
            way = chance.random()
            if way < 0.6:
                text = text[:at] + chance.choice(words) * chance.choice((1, 1, 1, 2, 50)) + text[at:]
            elif way < 0.8:
                text = text[:at] + text[at + chance.choice((1, 3, 20)) :]
            else:
                end = min(len(text), at + chance.choice((5, 40)))
                start = chance.randrange(len(text) + 1)
                text = text[:start] + text[at:end] + text[start:]
        return text.encode("utf-8", "replace")

    return change
