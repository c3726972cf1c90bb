"""The view of kept runs, from app.py, on the embedded model."""

import pytest

from core.prompting.history import records
from tests.support.prompting_pages import opened
from tests.support.screen import html_of

pytestmark = pytest.mark.usefixtures("home")


def test_what_was_said_in_chat_and_complete_is_there(open_page):
    app = opened(open_page, "complete")
    app.segmented_control(key="prompting_view").set_value("records").run()
    assert not app.exception
    assert records.count() == {"chat": 1, "complete": 1}
    page = html_of(app)
    assert "border-radius:3px" in page and "SHA-256" in page and "llama-cpp-python" in page


def test_an_empty_lab_still_opens_with_a_result(open_page):
    app = opened(open_page, "records")
    records.delete([record.id for record in records.search()])
    app.run()
    assert not app.exception and records.count() == {"record": 1} and "France" in html_of(app)


def test_search_narrows_and_says_when_nothing_is_left(open_page):
    app = opened(open_page, "records")
    app.text_input(key="prompting_records_words").set_value("no%such_words <b>").run()
    assert not app.exception and "<b>None</b>" in html_of(app)
    app.text_input(key="prompting_records_words").set_value("cheesecake").run()
    assert not app.exception and "border-radius:3px" in html_of(app)


def test_a_run_comes_again_token_for_token(open_page):
    app = opened(open_page, "records")
    app.button(key="prompting_records_again").click().run()
    assert not app.exception and "the same as in the saved run" in html_of(app)


def test_a_conversation_is_reopened_and_can_be_deleted(open_page):
    from core.runtime import server_state

    app = opened(open_page, "records")
    before = dict(server_state.conversations)
    app.button(key="prompting_records_open").click().run()
    assert not app.exception and app.session_state["prompting_view"] == "chat"
    new = server_state.conversations[app.session_state["prompting_chat_key"]]
    assert new.key not in before and [turn.role for turn in new.turns] == ["user", "assistant"]
    app.segmented_control(key="prompting_view").set_value("records").run()
    app.button(key="prompting_records_delete").click().run()
    assert not app.exception and "chat" not in records.count()
