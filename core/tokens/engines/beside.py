"""What a model keeps beside its tokenizer: a chat template, and the names of the beginning and the end of a sequence.

Files, as https://huggingface.co/docs/transformers/chat_templating has them: chat_template.jinja first (transformers
writes it since 2025), else the field of tokenizer_config.json, else chat_template.json.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from core.tokens.tokenizer import Tokenizer

_MOST_BYTES = 4 << 20


def read_into(made: Tokenizer, path: Path) -> None:
    """Give `made` the template and the names that lie beside the file at `path`. What cannot be read is not there."""
    settings = _json(path.parent / "tokenizer_config.json")
    found = _text(path.parent / "chat_template.jinja") or _template(settings)
    made.chat_template = found or _template(_json(path.parent / "chat_template.json"))
    for key, name in (("bos_token", "begin_name"), ("eos_token", "end_name")):
        if key in settings:
            setattr(made, name, _name(settings[key]))


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8") if path.stat().st_size <= _MOST_BYTES else ""
    except (OSError, ValueError):
        return ""


def _json(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(_text(path) or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _template(settings: dict[str, Any]) -> str:
    template = settings.get("chat_template", "")
    if isinstance(template, list):  # several by name
        named = {str(one.get("name")): one.get("template") for one in template if isinstance(one, dict)}
        template = named.get("default", "")
    return template if isinstance(template, str) else ""


def _name(token: Any) -> str:
    """A token as tokenizer_config.json has it: its text, or an object that holds it, or null."""
    text = token.get("content") if isinstance(token, dict) else token
    return text if isinstance(text, str) else ""
