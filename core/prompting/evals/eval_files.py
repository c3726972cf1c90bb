"""Prompt sets of strangers, read at the gate (`core.runtime.gate`)."""

from __future__ import annotations

from typing import Any

from core import storage
from core.prompting.evals.checks import Check
from core.prompting.evals.eval_sets import Filled, PromptSet
from core.runtime import gate


def read(text: str, file_name: str = "set.yaml") -> PromptSet:
    """A set from the text of a .yaml or .csv file, see `core.prompting.evals.eval_sets.read`.

    Raises:
        UserError: it is neither, or something in it is missing or wrong, with what and where; or it cost too much.
    """
    found = gate.read("prompt set", named=file_name, keep=storage.content_key(text), text=text, file_name=file_name)
    settings: dict[str, Any] = dict(found["settings"])
    if isinstance(settings.get("stop"), list):
        settings["stop"] = tuple(settings["stop"])
    return PromptSet(
        found["name"], tuple(map(_filled, found["prompts"])), tuple(found["seeds"]), settings, found["about"]
    )


def _filled(prompt: dict[str, Any]) -> Filled:
    return Filled(
        **{
            **prompt,
            "before": tuple(prompt["before"]),
            "checks": tuple(Check(check["kind"], check["value"]) for check in prompt["checks"]),
        }
    )
