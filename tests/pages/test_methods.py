"""Under every view stand a few lines of Python that give the same result without the app. Here they are run.

That `result` is what the view shows is compared view by view in test_methods_<area>.py.
"""

from __future__ import annotations

import ast

import pytest

from pages.shared.frame import find_views
from tests.support.methods import PAGES, lines_of, open_view, result_of

VIEWS = [(area, key) for area in PAGES for key in find_views(area)]


def test_every_page_has_a_view():
    assert {area for area, _ in VIEWS} == set(PAGES)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("area, key", VIEWS, ids=[f"{area}-{key}" for area, key in VIEWS])
def test_the_lines_under_a_view_run_in_a_notebook(open_page, area, key):
    lines = lines_of(open_view(open_page, area, key))
    assert "from core" in lines
    assert len(lines.splitlines()) <= 14, "about five lines"
    ast.parse(lines)
    result_of(lines)
