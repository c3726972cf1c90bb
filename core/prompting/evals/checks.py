"""Checks of an answer: what it must contain, match, or be; and how sure a share of passed checks is."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.errors import UserError
from core.prompting.structured.forms import CUT, judged

KINDS = ("contains", "lacks", "regex", "schema")
LONGEST_PATTERN = 500
MOST_SECONDS = 2.0


@dataclass(frozen=True)
class Check:
    """`kind` "contains" and "lacks" look for a text in any case, "regex" searches, "schema" judges JSON."""

    kind: str
    value: Any

    @property
    def title(self) -> str:
        shown = self.value if isinstance(self.value, str) else "a JSON schema"
        return f"{self.kind} {shown}" if self.kind != "schema" else "valid under its schema"


@dataclass(frozen=True)
class CheckResult:
    title: str
    passed: bool
    why: str = ""


def check_from(values: Any) -> Check:
    """A check as a file writes it: {"contains": "2010"}, {"regex": "..."} or {"schema": {...}}.

    Raises:
        UserError: it is no check, or its pattern or schema cannot be used.
    """
    if not isinstance(values, Mapping) or len(values) != 1 or next(iter(values)) not in KINDS:
        raise UserError(f"“{str(values)[:80]}” is no check.", "A check is one of contains, lacks, regex, schema.")
    ((kind, value),) = values.items()
    if kind == "schema":
        import jsonschema

        try:
            jsonschema.Draft202012Validator.check_schema(value)
        except (jsonschema.SchemaError, RecursionError, TypeError, ValueError) as problem:
            raise UserError(f"A check’s schema is not valid: {str(problem)[:120]}.", "Mend it.") from problem
        return Check(kind, value)
    text = str(value) if isinstance(value, (str, int, float)) and not isinstance(value, bool) else ""
    if not text:
        raise UserError(f"A check “{kind}” needs a text.", f'For example {kind}: "2010".')
    if kind == "regex":
        import regex

        if len(text) > LONGEST_PATTERN:
            raise UserError(f"A pattern has {len(text):,} characters.", f"Up to {LONGEST_PATTERN} can be used.")
        try:
            re.compile(text)
            regex.compile(text)
        except (re.error, regex.error, RecursionError, OverflowError, ValueError, MemoryError) as problem:
            raise UserError(f"The pattern “{text[:80]}” cannot be read: {problem}.", "Mend it.") from problem
    return Check(kind, text)


def judge(text: str, checks: Sequence[Check], ended_by: str = "") -> tuple[CheckResult, ...]:
    """Each check's result on one answer."""
    return tuple(_judge(text, check, ended_by) for check in checks)


def _judge(text: str, check: Check, ended_by: str) -> CheckResult:
    if check.kind == "schema":
        found = judged(text, check.value, ended_by in CUT)
        return CheckResult(check.title, found.valid is True, found.sentence)
    if check.kind == "regex":
        matched = _search(check.value, text)
        return CheckResult(check.title, bool(matched), "the pattern took too long" if matched is None else "")
    there = check.value.casefold() in text.casefold()
    return CheckResult(check.title, there == (check.kind == "contains"))


def _search(pattern: str, text: str) -> bool | None:
    """Whether a pattern is found; None where looking takes too long (some patterns take for ever)."""
    import regex

    try:
        return regex.search(pattern, text[:100_000], timeout=MOST_SECONDS) is not None
    except (TimeoutError, regex.error):  # the other engine has no limit
        return None


def wilson(passed: int, count: int, z: float = 1.959964) -> tuple[float, float]:
    """The 95 % interval of a share, 0..1; (0, 1) where nothing was counted.

    Example: wilson(8, 10) -> (0.490, 0.943).
    Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference", JASA 22:209-212.
    """
    if not count:
        return 0.0, 1.0
    share, square = passed / count, z * z
    middle = (share + square / (2 * count)) / (1 + square / count)
    half = z / (1 + square / count) * math.sqrt(share * (1 - share) / count + square / (4 * count * count))
    return max(0.0, middle - half), min(1.0, middle + half)
