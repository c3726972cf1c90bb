"""The tokens page in AppTest: what it sends to the browser."""

from __future__ import annotations

import json

PAGE = "tokenizer_inspector"


def columns(app) -> dict:
    """What is sent to the browser for the columns, by tokenizer."""
    (sent,) = [
        element.proto
        for element in app.get("bidi_component")
        if element.proto.component_name == "textlab_token_columns"
    ]
    return {column["title"]: column for column in json.loads(sent.json)["columns"]}
