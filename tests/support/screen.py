"""What a page shows, as AppTest has it: text of its HTML and its own components, figures."""

from __future__ import annotations

import base64
import html
import json
import re
from typing import Any

import numpy as np


def html_of(app: Any) -> str:
    """The HTML elements of a page, one after another."""
    return " ".join(element.proto.body for element in app.get("html"))


def text_of(app: Any) -> str:
    """The HTML and the data of the components of a page."""
    return html_of(app) + " ".join(element.proto.json for element in app.get("bidi_component"))


def words_of(page: str) -> str:
    """HTML without its tags, as a person reads it."""
    return html.unescape(re.sub(r"<[^>]+>", "", page))


def figures_of(app: Any) -> list[dict[str, Any]]:
    """The plotly figures of a page."""
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def figure_of(app: Any, number: int = 0) -> dict[str, Any]:
    """A plotly figure of the page, its arrays as lists."""
    return _with_lists(figures_of(app)[number])


def _with_lists(value: Any) -> Any:
    if isinstance(value, dict) and set(value) >= {"dtype", "bdata"}:
        numbers = decoded(value)
        if "shape" in value:
            numbers = numbers.reshape([int(length) for length in str(value["shape"]).split(",")])
        return numbers.tolist()
    if isinstance(value, dict):
        return {name: _with_lists(item) for name, item in value.items()}
    return [_with_lists(item) for item in value] if isinstance(value, list) else value


def components_of(app: Any, name: str) -> list[Any]:
    """The data of our own components whose key ends so: what is JSON as that, else (header, the bytes after it)."""
    found = []
    for element in app.get("bidi_component"):
        proto = element.proto
        if proto.id.endswith(f"-{name}"):
            if proto.json:
                found.append(json.loads(proto.json))
            else:
                length = int.from_bytes(proto.bytes[:4], "little")
                found.append((json.loads(proto.bytes[4 : 4 + length]), proto.bytes[4 + length :]))
    return found


def decoded(values: Any) -> np.ndarray:
    """The numbers of a plotly trace, which are a list or in base64."""
    if isinstance(values, dict):
        return np.frombuffer(base64.b64decode(values["bdata"]), values["dtype"])
    return np.array(values)


def lists_of(app: Any) -> list[list[list[str]]]:
    """The lists (`pages.words.result_list`) of the page: for each its rows, for each row its cells without markup."""
    tables = re.findall(r'<table class="words-list">.*?<tbody>(.*?)</tbody>', html_of(app), re.DOTALL)
    return [
        [
            [words_of(cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)]
            for row in re.findall(r"<tr[^>]*>(.*?)</tr>", table)
        ]
        for table in tables
    ]
