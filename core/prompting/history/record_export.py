"""Saved runs to export: as JSON Lines, as Markdown, and as Python that runs one of them again."""

from __future__ import annotations

import datetime
import json
import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from typing import Any

from core.prompting.engine import Model
from core.prompting.history.record_rows import Record
from core.prompting.runs import Run


def as_jsonl(records: Iterable[Record]) -> str:
    """One JSON object a line: everything that is saved of each run; numbers that are not there are null."""
    return "".join(json.dumps(_finite(asdict(record)), ensure_ascii=False) + "\n" for record in records)


def as_markdown(records: Sequence[Record]) -> str:
    """The runs grouped by question, each answer under its model, with its settings and what it cost."""
    parts = []
    for question in dict.fromkeys(record.question for record in records):
        parts.append(f"## {_line(question)}\n")
        for record in records:
            if record.question == question:
                parts += [f"### {_line(record.title)}\n", quoted(record.answer or "(no words)"), f"\n{cost(record)}\n"]
    return "\n".join(parts)


def cost(record: Record) -> str:
    """What an answer cost and how it was made, in one line."""
    timings, settings = record.timings, record.settings
    speed = f", {timings.generation_speed:,.0f} tokens/s" if timings.generation_speed else ""
    first = (
        f", first token after {timings.first_token_seconds * 1000:,.0f} ms"
        if timings.first_token_seconds is not None
        else ""
    )
    ended = f"; {record.ending}" if record.ending else ""
    return (
        f"*{timings.generated_tokens:,} tokens{speed}{first}; temperature {settings.temperature:g}, "
        f"seed {timings.seed}; {when(record.at)}{ended}*"
    )


def when(at: float) -> str:
    """A moment, by this computer's clock: 2024-05-01 14:30:05."""
    return datetime.datetime.fromtimestamp(at).strftime("%Y-%m-%d %H:%M:%S")


def quoted(text: str) -> str:
    """A text of a model as a Markdown quotation, in which nothing is markup."""
    safe = "".join(f"\\{letter}" if letter in "\\`*_{}[]<>#|$~!" else letter for letter in text)
    return "\n".join(f"> {line}" for line in safe.splitlines() or [""])


def as_python(record: Record) -> str:
    """A program that asks the same model for the same answer, and says whether it came.

    It gives the ids of the exact prompt to the file of that digest; drawn greedily, or with the recorded seed on the
    same computer, the tokens are the same.
    """
    settings = record.settings.as_code()
    digest = record.about.get("sha256", "")
    if record.about.get("server"):
        lines = [
            "from core.prompting.endpoint import connect",
            "from core.prompting.settings import Settings",
            "",
            f"model = connect({record.about['server']!r}, {record.about.get('name', '')!r})",
            f"steps = list(model.generate({record.prompt!r}, {settings}))",
            'result = "".join(step.text for step in steps)',
            f"same = result == {record.answer!r}",
        ]
        return "\n".join(lines) + "\n"
    prompt = list(record.prompt_tokens) or record.prompt
    lines = [
        "from core.prompting.engine import Settings, open_model",
        *(["from core.models.gguf.parts import sha256_of"] if digest else []),
        "",
        f"model = open_model({record.path!r}, n_ctx={record.how.get('n_ctx', 0)})",
        *([f"assert sha256_of(model.path) == {digest!r}, 'another file'"] if digest else []),
        f"prompt = {prompt!r}",
        f"steps = list(model.generate(prompt, {settings}, cold=True))",
        'result = "".join(step.text for step in steps)',
        f"same = [step.token_id for step in steps] == {[step.token_id for step in record.steps]!r}",
        "model.close()",
    ]
    return "\n".join(lines) + "\n"


def repeat(record: Record, model: Model) -> Run:
    """Ask again what a record says, on a fresh context, with its seed."""
    prompt = list(record.prompt_tokens) or record.prompt
    return Run(lambda: model.ask(prompt, record.settings, cold=True), patience=60)


def first_difference(record: Record, run: Run) -> int | None:
    """The place of the first token (from 0) at which a repetition differs from its record; None if it does not."""
    before, after = [step.token_id for step in record.steps], [step.token_id for step in run.steps]
    if before == after:
        return None
    return next(
        (place for place, (old, new) in enumerate(zip(before, after, strict=False)) if old != new),
        min(len(before), len(after)),
    )


def _line(text: str) -> str:
    return quoted(" ".join(text.split())[:300]).removeprefix("> ") or "(an empty prompt)"


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _finite(part) for name, part in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(part) for part in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value
