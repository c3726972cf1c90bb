"""What a page shows, as AppTest has it: text of its HTML and its own components, figures."""

from __future__ import annotations

import json
from typing import Any


def html_of(app: Any) -> str:
    """The HTML elements of a page, one after another."""
    return " ".join(element.proto.body for element in app.get("html"))


def text_of(app: Any) -> str:
    """The HTML and the data of the components of a page."""
    return html_of(app) + " ".join(element.proto.json for element in app.get("bidi_component"))


def figures_of(app: Any) -> list[dict[str, Any]]:
    """The plotly figures of a page."""
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]
