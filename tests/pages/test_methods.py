"""Under every view stand a few lines of Python that give the same result without the app. Here they are run."""

from __future__ import annotations

import ast
import os
import subprocess
import sys

import pytest

from pages.shared.frame import find_views
from tests.conftest import ROOT

PAGES = {
    "prompting": "prompt_playground",
    "words": "word_explorer",
    "documents": "document_map",
    "tokens": "tokenizer_inspector",
}
VIEWS = [(area, key) for area in PAGES for key in find_views(area)]
RUNNER = """
import sys
lines = sys.stdin.read()
space = {"__name__": "notebook"}
exec(compile(lines, "lines", "exec"), space)
assert "streamlit" not in sys.modules, "core works without Streamlit"
assert space.get("result") is not None, "the lines bind `result`"
"""


def test_every_page_has_a_view():
    assert {area for area, _ in VIEWS} == set(PAGES)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("area, key", VIEWS, ids=[f"{area}-{key}" for area, key in VIEWS])
def test_the_lines_under_a_view_run_in_a_notebook(open_page, area, key):
    app = open_page(PAGES[area], **{f"{area}_view": find_views(area)[key].title})
    if area == "prompting":  # the bare address leads here, so AppTest has chosen a view before it is given the URL
        app.segmented_control(key="prompting_view").set_value(key).run()
    assert app.session_state[f"{area}_view"] == key if len(find_views(area)) > 1 else True, "the view in the URL opens"
    assert not app.exception, app.exception[0].message
    methods = [expander for expander in app.expander if expander.label == "How this is computed"]
    assert methods, "the view says how it is computed"
    lines = methods[0].code[0].value
    assert "from core" in lines
    assert len(lines.splitlines()) <= 12, "about five lines"
    ast.parse(lines)
    ended = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", RUNNER],
        input=lines,
        text=True,
        capture_output=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert ended.returncode == 0, ended.stderr[-3000:]
