"""The view of prompt sets, from app.py, on the embedded models."""

import pytest

from core.prompting.history import records
from core.prompting.history.database import connected
from tests.support.prompting_pages import opened
from tests.support.screen import html_of

pytestmark = pytest.mark.usefixtures("home")


def test_it_opens_with_the_talk_s_questions_answered_and_their_truth(open_page):
    app = opened(open_page, "sets")
    page = html_of(app)
    assert records.count()["set"] == 18 and "2010, June 7 and 8" in page and "Kosmos Berlin" in page
    assert "✗" in page and "pending" not in page
    assert any("asked with several seeds" in part.value for part in app.caption), "how much another seed changes"
    assert len(app.get("plotly_chart")) == 1 and "95 % interval" in app.get("plotly_chart")[0].proto.spec


def test_what_is_kept_is_not_asked_again_and_again_asks_all(open_page):
    from core.runtime import server_state

    opened(open_page, "sets")
    server_state.eval_runs.clear()  # as after a restart of the server
    app = opened(open_page, "sets")
    assert records.count()["set"] == 18
    app.button(key="prompting_set_anew").click().run()
    assert not app.exception
    if [button for button in app.button if button.key == "prompting_set_start"]:
        app.button(key="prompting_set_start").click().run()
    assert records.count()["set"] == 36


def test_a_set_of_ones_own_is_asked_on_the_press_and_its_faults_are_told(open_page):
    app = opened(open_page, "sets")
    app.pills(key="prompting_set").set_value("your own").run()
    assert not app.exception and records.count()["set"] == 18, "nothing is asked before the press"
    app.button(key="prompting_set_start").click().run()
    assert not app.exception and records.count()["set"] == 30
    app.text_area(key="prompting_set_text").set_value("prompts: [{text: a: <b>}]").run()
    assert not app.exception and "Line 1, column" in html_of(app)


def test_fewer_models_and_none(open_page):
    app = opened(open_page, "sets")
    app.multiselect(key="prompting_set_models").set_value(["pocket-base"]).run()
    assert not app.exception and "Pocket Base" in html_of(app)
    app.multiselect(key="prompting_set_models").set_value([]).run()
    assert not app.exception


def test_what_broke_off_is_said_counts_in_no_share_and_is_asked_again(open_page):
    from core.runtime import server_state

    opened(open_page, "sets")
    with connected() as connection:  # as kept by an earlier version, which judged them
        connection.execute(
            "UPDATE runs SET ended_by='broken off', error='The process ended.', answer='' "
            "WHERE id IN (SELECT run FROM cells LIMIT 2)"
        )
    server_state.eval_runs.clear()
    app = opened(open_page, "sets")
    figure = app.get("plotly_chart")[0].proto.spec
    assert "not answered" in html_of(app) and "The process ended." in html_of(app)
    assert "not answered" in figure and records.count()["set"] == 18, "nothing is asked before the press"
    button = app.button(key="prompting_set_start")
    assert button.label == "Run again: 2 of 18 were not answered"
    button.click().run()
    assert not app.exception and records.count()["set"] == 20
    assert "The process ended." not in html_of(app) and "not answered" not in app.get("plotly_chart")[0].proto.spec
