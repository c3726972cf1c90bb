"""Links that were shared before a view was renamed still open it."""

from __future__ import annotations

import pytest

from pages.shared.frame import find_views
from tests.support.methods import PAGES

RENAMED = [(area, key, title) for area in PAGES for key, view in find_views(area).items() for title in view.once]


def test_there_are_renamed_views():
    assert ("words", "lipstick", "Lipstick") in RENAMED


@pytest.mark.parametrize("area, key, title", RENAMED)
def test_an_old_link_opens_the_view(open_page, area, key, title):
    app = open_page(PAGES[area], **{f"{area}_view": title})
    if area != "prompting":  # AppTest has run the first page before it is given the address
        assert app.session_state[f"{area}_view"] == key
    assert not app.exception and not app.warning
