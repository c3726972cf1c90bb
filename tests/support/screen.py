"""What a page shows, as AppTest has it: text of its HTML and its own components, figures."""

from __future__ import annotations

import base64
import json
from typing import Any

import numpy as np


def html_of(app: Any) -> str:
    """The HTML elements of a page, one after another."""
    return " ".join(element.proto.body for element in app.get("html"))


def text_of(app: Any) -> str:
    """The HTML and the data of the components of a page."""
    return html_of(app) + " ".join(element.proto.json for element in app.get("bidi_component"))


def figures_of(app: Any) -> list[dict[str, Any]]:
    """The plotly figures of a page."""
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


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
