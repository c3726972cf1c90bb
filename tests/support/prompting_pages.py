"""The prompts page in tests: opening one of its views, and what a person reads on it."""

from __future__ import annotations

import pytest


@pytest.fixture
def home(tmp_path, monkeypatch):
    """A folder of one's own for the history; the models' processes go on from test to test."""
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    return tmp_path


def opened(open_page, view: str):
    """The page at a view."""
    app = open_page("prompt_playground")
    app.segmented_control(key="prompting_view").set_value(view).run()
    assert not app.exception, app.exception[0].message
    return app


def conversation(app):
    """The conversation that the chat shows."""
    from core.runtime import server_state

    return server_state.conversations[app.session_state["prompting_chat_key"]]
