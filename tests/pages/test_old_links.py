"""Links that were shared before a view was renamed still open it."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from pages.shared.frame import find_views
from tests.conftest import ROOT
from tests.support.methods import PAGES

RENAMED = [(area, key, title) for area in PAGES for key, view in find_views(area).items() for title in view.once]


def test_there_are_renamed_views():
    assert ("words", "lipstick", "Lipstick") in RENAMED


def first_visit(**query):
    """The prompts page as a browser opens it at an address. From app.py, whose first page it is, AppTest would not
    give it the address before it has run once without."""
    app = AppTest.from_file(str(ROOT / "pages" / "prompt_playground.py"), default_timeout=180)
    for name, value in query.items():
        app.query_params[name] = value
    return app.run()


@pytest.mark.parametrize("area, key, title", RENAMED)
def test_an_old_link_opens_the_view(tiny_lab, open_page, area, key, title):
    if area == "prompting":
        app = first_visit(prompting_view=title)
    else:
        app = open_page(PAGES[area], **{f"{area}_view": title})
    assert app.session_state[f"{area}_view"] == key
    assert not app.exception and not app.warning


def test_an_old_link_to_a_server_still_asks_for_its_address(tiny_lab):
    app = first_visit(prompting_model="A server …")
    assert app.selectbox(key="prompting_model").value == "a server"
    assert not app.exception and app.text_input(key="prompting_server").value == ""
