"""What the gate's processes do with prompt sets and schemas of strangers (declared in `core.runtime.readers`)."""

from __future__ import annotations

import json
from typing import Any

from core.errors import UserError
from core.prompting.evals import eval_sets
from core.prompting.structured import forms


def prompt_set(text: str, file_name: str) -> dict[str, Any]:
    """A set from the text of a .yaml or .csv file, as JSON can say it."""
    found = eval_sets.read(text, file_name)
    plain = {
        "name": found.name,
        "about": found.about,
        "seeds": found.seeds,
        "settings": found.settings,
        "prompts": [{**vars(prompt), "checks": [vars(check) for check in prompt.checks]} for prompt in found.prompts],
    }
    try:
        as_json: dict[str, Any] = json.loads(json.dumps(plain, allow_nan=False))
        return as_json
    except (TypeError, ValueError, RecursionError) as problem:
        raise UserError(
            "A schema in this set is not JSON.", "Its names and values are texts, numbers and lists."
        ) from problem


def verdict(text: str, schema: dict[str, Any], cut: bool) -> forms.Verdict:
    """Whether an answer is JSON, and valid under a schema."""
    return forms.judged_here(text, schema, cut)
