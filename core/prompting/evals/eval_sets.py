"""Prompt sets: templates x variables x seeds, each with its truth and its checks, from YAML or CSV.

A set in YAML has `name`, `prompts` (each: text, and if wanted name, system, before, truth, checks), and if wanted
`variables` (a list of {name: value}), `seeds` and `settings`. `{city}` in a text is filled in from the variables. In
CSV each line is a prompt: column `prompt`, and if wanted name, system, truth, contains, lacks, regex; other columns
are variables. No code is ever read from either.
"""

from __future__ import annotations

import csv
import dataclasses
import functools
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from core import storage
from core.errors import UserError
from core.prompting.evals.checks import Check, check_from
from core.prompting.settings import Settings

DATA = storage.DATA / "prompt_sets"
MOST_CELLS, MOST_CHARACTERS = 5_000, 1_000_000
_FIELDS = {"name", "text", "system", "before", "truth", "checks"}
_SETTABLE = {"temperature", "top_p", "top_k", "min_p", "repeat_penalty", "max_tokens", "stop", "grammar", "json_schema"}


@dataclass(frozen=True)
class Filled:
    """One prompt with its variables filled in; `row` names them, `before` are earlier questions of its conversation."""

    name: str
    text: str
    system: str = ""
    before: tuple[str, ...] = ()
    truth: str = ""
    checks: tuple[Check, ...] = ()
    row: str = ""


@dataclass(frozen=True)
class PromptSet:
    """A set that was read and checked. `settings` are those it sets itself; the sidebar gives the rest."""

    name: str
    prompts: tuple[Filled, ...]
    seeds: tuple[int, ...] = (1,)
    settings: dict[str, Any] = field(default_factory=dict)
    about: str = ""

    def settings_for(self, base: Settings, seed: int) -> Settings:
        return dataclasses.replace(base, **{"grammar": None, "json_schema": None, **self.settings}, seed=seed)


@functools.cache
def shipped() -> dict[str, PromptSet]:
    """The sets that come with the lab, by name, in their order."""
    found = [read(path.read_text(encoding="utf-8"), path.name) for path in sorted(DATA.glob("*.yaml"))]
    return {each.name: each for each in found}


def read(text: str, file_name: str = "set.yaml") -> PromptSet:
    """A set from the text of a .yaml or .csv file.

    Raises:
        UserError: it is neither, or something in it is missing or wrong, with what and where.
    """
    if len(text) > MOST_CHARACTERS:
        raise UserError(f"The set has {len(text):,} characters.", f"Up to {MOST_CHARACTERS:,} can be read.")
    plain = _from_csv(text, file_name) if file_name.lower().endswith(".csv") else _from_yaml(text)
    return _checked(plain, file_name)


def _from_yaml(text: str) -> Any:
    import yaml

    try:
        events = 0
        for event in yaml.parse(text, yaml.SafeLoader):
            events += 1
            if isinstance(event, yaml.AliasEvent) or events > 200_000:  # aliases of aliases grow without bound
                raise UserError("The set uses YAML’s aliases (*name), or is too long.", "Write it out.")
        return yaml.safe_load(text)
    except yaml.YAMLError as problem:
        mark = getattr(problem, "problem_mark", None)
        place = f"Line {mark.line + 1}, column {mark.column + 1}: " if mark else ""
        raise UserError(
            f"{place}this is not YAML ({str(getattr(problem, 'problem', problem))[:120]}).",
            "Put texts with a colon or braces in quotes.",
        ) from problem
    except (RecursionError, ValueError) as problem:
        raise UserError("This YAML cannot be read.", "Make it simpler.") from problem


def _from_csv(text: str, file_name: str) -> dict[str, Any]:
    try:
        reader = csv.DictReader(io.StringIO(text.lstrip("\ufeff"), newline=""), strict=True)
        rows = [row for row in reader if any(value for value in row.values())]
    except csv.Error as problem:
        raise UserError(f"This table cannot be read: {problem}.", "Save it as CSV with commas and UTF-8.") from problem
    if "prompt" not in (reader.fieldnames or ()):
        raise UserError("The table has no column named prompt.", "Its first line names the columns.")
    prompts = []
    for number, row in enumerate(rows, 2):
        if None in row or not (row["prompt"] or "").strip():
            raise UserError(
                f"Line {number} of the table has too many values or no prompt.", "Put values with commas in quotes."
            )
        values = {name: value or "" for name, value in row.items() if name}
        checks = [{kind: values[kind]} for kind in ("contains", "lacks", "regex") if values.get(kind)]
        prompts.append(
            {
                "text": _fill(values["prompt"], values),
                "name": values.get("name", ""),
                "system": values.get("system", ""),
                "truth": values.get("truth", ""),
                "checks": checks,
            }
        )
    return {"name": Path(file_name).stem[:80], "prompts": prompts}


def _checked(plain: Any, file_name: str) -> PromptSet:
    if not isinstance(plain, Mapping) or not isinstance(plain.get("prompts"), list) or not plain["prompts"]:
        raise UserError("A set needs a list of prompts.", "Begin with prompts: and a line - text: … below it.")
    if unknown := set(plain) - {"name", "about", "prompts", "variables", "seeds", "settings"}:
        raise UserError(
            f"“{str(min(map(str, unknown)))[:40]}” is not part of a set.",
            "A set has name, about, prompts, variables, seeds and settings.",
        )
    variables = plain.get("variables") or [{}]
    if not isinstance(variables, list) or any(not isinstance(row, Mapping) for row in variables):
        raise UserError("Variables are a list of names with values.", "For example - {city: Berlin}.")
    seeds = plain.get("seeds") or [1]
    whole = isinstance(seeds, list) and all(type(seed) is int and 0 <= seed < 2**32 - 1 for seed in seeds)
    if not whole or len(set(seeds)) < len(seeds):
        raise UserError("Seeds are a list of different whole numbers.", "For example seeds: [1, 2, 3].")
    prompts = tuple(
        filled for number, template in enumerate(plain["prompts"], 1) for filled in _filled(template, number, variables)
    )
    if len(prompts) * len(seeds) > MOST_CELLS:
        raise UserError(f"The set has {len(prompts) * len(seeds):,} prompts.", f"Up to {MOST_CELLS:,} can be run.")
    return PromptSet(
        str(plain.get("name") or Path(file_name).stem)[:120],
        prompts,
        tuple(seeds),
        _settings(plain.get("settings")),
        str(plain.get("about") or ""),
    )


def _settings(values: Any) -> dict[str, Any]:
    if values is None:
        return {}
    if not isinstance(values, Mapping) or set(values) - _SETTABLE:
        raise UserError("Some of the set’s settings are unknown.", f"There are {', '.join(sorted(_SETTABLE))}.")
    found = dict(values)
    if isinstance(found.get("stop"), list):
        found["stop"] = tuple(found["stop"])
    try:
        Settings(**found).checked()
    except TypeError as problem:
        raise UserError("One of the set’s settings has a value of the wrong type.", "Fix it.") from problem
    return found


def _filled(template: Any, number: int, variables: list[Mapping[str, Any]]) -> Iterator[Filled]:
    if isinstance(template, str):
        template = {"text": template}
    if not isinstance(template, Mapping) or not str(template.get("text") or "").strip():
        raise UserError(f"Prompt {number} has no text.", "Give it one: - text: …")
    if unknown := set(template) - _FIELDS:
        raise UserError(
            f"Prompt {number} has “{str(min(map(str, unknown)))[:40]}”, which is not part of a prompt.",
            f"A prompt has {', '.join(sorted(_FIELDS))}.",
        )
    before, checks = template.get("before") or [], template.get("checks") or []
    if not isinstance(before, list) or not isinstance(checks, list):
        raise UserError(
            f"“before” and “checks” of prompt {number} are lists.", "Begin each of their lines with a hyphen."
        )
    for row in variables:
        values = {str(name): str(value) for name, value in row.items()}
        yield Filled(
            _fill(str(template.get("name") or ""), values),
            _fill(str(template["text"]), values),
            _fill(str(template.get("system") or ""), values),
            tuple(_fill(str(turn), values) for turn in before),
            _fill(str(template.get("truth") or ""), values),
            tuple(check_from(_fill_all(check, values)) for check in checks),
            ", ".join(values.values()),
        )


def _fill(text: str, values: Mapping[str, str]) -> str:
    """`{name}` by its value; other braces stay, so that a prompt can contain JSON."""
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), text)


def _fill_all(value: Any, values: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return _fill(value, values)
    if isinstance(value, Mapping):
        return {name: _fill_all(part, values) for name, part in value.items()}
    return [_fill_all(part, values) for part in value] if isinstance(value, list) else value
