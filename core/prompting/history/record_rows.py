"""A saved run as a row of the database, and back: a damaged row costs itself and is shown as damaged."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from sqlite3 import Row
from typing import Any

from core.errors import UserError
from core.prompting.settings import Settings, Step, Timings

LARGEST_PART = 1 << 28  # bytes unpacked of a run's tokens: an answer of 100,000 tokens takes 20 MB
LATEST = 32_503_680_000.0  # the year 3000, in seconds since 1970
ENDINGS = {"stop text": "stop sequence", "broken off": "cut short by an error"}
DAMAGED = "The saved data of this run is damaged: it can only be deleted."


@dataclass(frozen=True)
class Record:
    """One saved run. `prompt` is a text, a list of messages, or token ids; `about` says which file or server answered.

    `versions`: of Python, the lab's engine and the processor. `how`: thinking, cold, threads, n_ctx.
    """

    id: int
    at: float
    kind: str
    title: str
    prompt: Any
    settings: Settings
    timings: Timings
    ended_by: str
    error: str
    answer: str
    about: dict[str, Any] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)
    how: dict[str, Any] = field(default_factory=dict)
    prompt_tokens: tuple[int, ...] = ()
    steps: tuple[Step, ...] = ()

    @property
    def question(self) -> str:
        """The prompt in a person's words: the last thing that was said."""
        return question_of(self.prompt)

    @property
    def ending(self) -> str:
        """Why the answer ended, in words. `ended_by` is an id that older rows share."""
        return self.error or ENDINGS.get(self.ended_by, self.ended_by)

    @property
    def path(self) -> str:
        return str(self.about.get("path", ""))


def question_of(prompt: Any) -> str:
    """What was asked: a text as it is, the last message of a conversation, or how many token ids."""
    if isinstance(prompt, str):
        return prompt
    if prompt and isinstance(prompt[-1], dict):
        return str(prompt[-1].get("content", ""))
    return f"{len(prompt)} tokens"


def packed(value: Any) -> bytes:
    return zlib.compress(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"), 6)


def _unpacked(content: bytes) -> Any:
    unpacker = zlib.decompressobj()
    text = unpacker.decompress(content, LARGEST_PART)
    if not unpacker.eof:
        raise ValueError("cut short, or far too large")
    return json.loads(text.decode("utf-8", "surrogatepass"))


def record_of(row: Row, whole: bool = True) -> Record:
    """The run in a row, with its tokens if `whole`. Of a damaged one the number is left, and `DAMAGED` as its error."""
    try:
        return _record(row, whole)
    except (
        ValueError,
        TypeError,
        KeyError,
        IndexError,
        AttributeError,
        OverflowError,
        RecursionError,
        zlib.error,
        UserError,
    ):
        at, kind = row["at"], row["kind"]
        return Record(
            row["id"],
            at if _is_moment(at) else 0.0,
            kind if isinstance(kind, str) else "record",
            "",
            "",
            Settings(),
            Timings(),
            "",
            DAMAGED,
            "",
        )


def _record(row: Row, whole: bool) -> Record:
    about = _dict(row["about"]) if row["about"] else {}
    if row["sha256"]:
        about["sha256"] = _text(row["sha256"])
    texts = {name: _text(row[name]) for name in ("kind", "title", "ended_by", "error", "answer")}
    if not _is_moment(row["at"]):
        raise ValueError("no moment")
    values = _dict(row["settings"])
    settings = Settings(**{**values, "stop": tuple(values.get("stop", ()))})
    settings.checked()
    steps = tuple(map(_as_step, _unpacked(row["steps"]))) if whole else ()
    tokens = tuple(_unpacked(row["prompt_tokens"])) if whole else ()
    if not all(type(token) is int for token in tokens):
        raise ValueError("tokens that are no ids")
    versions = {name: str(value) for name, value in _dict(row["versions"]).items()}
    return Record(
        row["id"],
        row["at"],
        texts["kind"],
        texts["title"],
        _prompt(json.loads(row["prompt"])),
        settings,
        _timings(_dict(row["timings"])),
        texts["ended_by"],
        texts["error"],
        texts["answer"],
        about,
        versions,
        _dict(row["how"]),
        tokens,
        steps,
    )


def _prompt(value: Any) -> Any:
    """A text, messages, or token ids."""
    messages = isinstance(value, list) and all(
        isinstance(part, dict) and isinstance(part.get("role"), str) and isinstance(part.get("content"), str)
        for part in value
    )
    if isinstance(value, str) or messages or isinstance(value, list) and all(type(part) is int for part in value):
        return value
    raise ValueError("no prompt")


def _timings(values: dict[str, Any]) -> Timings:
    kinds = {each.name: str(each.type) for each in fields(Timings)}
    for name, value in values.items():
        if name in kinds and not (
            isinstance(value, str)
            if kinds[name] == "str"
            else _is_number(value) or (value is None and "None" in kinds[name])
        ):
            raise ValueError("a time that is none")
    return Timings(**{name: value for name, value in values.items() if name in kinds})


def _as_step(values: Sequence[Any]) -> Step:
    step = Step.from_list(values)
    texts = [step.text, step.refused, *(other.text for other in step.alternatives)]
    numbers = [step.probability, step.after_sampling, step.entropy, *(other.probability for other in step.alternatives)]
    if not all(isinstance(one, str) for one in texts) or not all(type(one) in (int, float) for one in numbers):
        raise ValueError("no token")
    return step


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and math.isfinite(value)


def _is_moment(value: Any) -> bool:
    return _is_number(value) and 0 <= value <= LATEST


def _dict(text: str) -> dict[str, Any]:
    value = json.loads(text)
    if not isinstance(value, dict):
        raise ValueError("no object")
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError("no text")
    return value
