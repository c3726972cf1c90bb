"""The lines of Python under a view, run as in a notebook: what they give in JSON terms, to compare with the screen."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from pages.shared.frame import find_views
from pages.shared.method import OPEN_KEY
from tests.conftest import ROOT

PAGES = {
    "prompting": "prompt_playground",
    "words": "word_explorer",
    "documents": "document_map",
    "tokens": "tokenizer_inspector",
}
RUNNER = """
import dataclasses, json, pathlib, sys
import numpy as np

def plain(value):
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, dict):
        return {str(name): plain(item) for name, item in value.items()}
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(item) for item in value]
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)

space = {"__name__": "notebook"}
exec(compile(sys.stdin.read(), "lines", "exec"), space)
assert "streamlit" not in sys.modules, "core works without Streamlit"
assert space.get("result") is not None, "the lines bind `result`"
print("\\nRESULT " + json.dumps(plain(space["result"])))
"""


def open_view(open_page, area: str, key: str, **query: str):
    """The page of an area at one of its views, its script run."""
    app = open_page(PAGES[area], **{f"{area}_view": find_views(area)[key].title, **query})
    if area == "prompting":  # the bare address leads here, so AppTest has chosen a view before it is given the URL
        app.segmented_control(key="prompting_view").set_value(key).run()
    assert app.session_state[f"{area}_view"] == key if len(find_views(area)) > 1 else True, "the view in the URL opens"
    assert not app.exception, app.exception[0].message
    return app


def open_method(app):
    """Open the panel “How this is computed”."""
    app.session_state[OPEN_KEY] = True
    app.run()
    assert not app.exception, app.exception[0].message
    return app


def lines_of(app) -> str:
    """The lines under the view that is open; opens their panel."""
    open_method(app)
    methods = [expander for expander in app.expander if expander.label == "How this is computed"]
    assert methods, "the view says how it is computed"
    return methods[0].code[0].value


def result_of(lines: str, folder: str | os.PathLike[str] = ROOT) -> Any:
    """What the lines bind to `result`: dataclasses as dicts, arrays as lists. They run in a fresh interpreter, in
    `folder`."""
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", RUNNER],
        input=lines,
        text=True,
        capture_output=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
    return json.loads(ended.stdout.rpartition("\nRESULT ")[2])
