"""What a page drew, as AppTest shows it: the numbers in its figures and the cells of its lists."""

from __future__ import annotations

import base64
import html
import json
import re
from typing import Any

import numpy as np


def figure_of(app, number: int = 0) -> dict[str, Any]:
    """A plotly figure of the page as JSON, its arrays as lists."""
    return _plain(json.loads(app.get("plotly_chart")[number].proto.spec))


def _plain(value: Any) -> Any:
    if isinstance(value, dict) and set(value) >= {"dtype", "bdata"}:
        numbers = np.frombuffer(base64.b64decode(value["bdata"]), value["dtype"])
        if "shape" in value:
            numbers = numbers.reshape([int(length) for length in str(value["shape"]).split(",")])
        return numbers.tolist()
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def html_of(app) -> str:
    """All HTML of the page."""
    return " ".join(block.value if hasattr(block, "value") else str(block.proto.body) for block in app.get("html"))


def lists_of(app) -> list[list[list[str]]]:
    """The lists (`pages.words.result_list`) of the page: for each its rows, for each row its cells without markup."""
    tables = re.findall(r'<table class="words-list">.*?<tbody>(.*?)</tbody>', html_of(app), re.DOTALL)
    return [
        [
            [html.unescape(re.sub("<[^>]+>", "", cell)).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)]
            for row in re.findall(r"<tr[^>]*>(.*?)</tr>", table)
        ]
        for table in tables
    ]
