"""An answer that could not be written into the records is told on the page, on every view, and can be saved later."""

import sqlite3

import pytest

from core.prompting.history import database, records, unsaved
from tests.support.screen import html_of


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    yield tmp_path
    unsaved.forget()


def refuse(*_):
    raise sqlite3.OperationalError("database or disk is full")


def test_what_is_not_saved_is_told_with_a_way_to_save_it(open_page, monkeypatch):
    with monkeypatch.context() as full:
        full.setattr(database, "_open", refuse)
        app = open_page("prompt_playground")
        assert not app.exception and "1 answer is not saved" in html_of(app) and "full" in html_of(app)
        app.segmented_control(key="prompting_view").set_value("complete").run()
        assert not app.exception and "2 answers are not saved" in html_of(app)
        app.button(key="prompting_save_now").click().run()
        assert not app.exception and "2 answers are not saved" in html_of(app), "the disk is still full"
        app.segmented_control(key="prompting_view").set_value("records").run()
        assert not app.exception, "the records themselves cannot be read now"
    app.button(key="prompting_save_now").click().run()
    assert not app.exception and "not saved" not in html_of(app)
    assert records.count()["chat"] == 1 and records.count()["complete"] == 1


def test_what_is_not_wanted_can_be_discarded(open_page, monkeypatch):
    with monkeypatch.context() as full:
        full.setattr(database, "_open", refuse)
        app = open_page("prompt_playground")
    app.button(key="prompting_discard").click().run()
    assert not app.exception and "not saved" not in html_of(app) and records.count() == {}
