"""The view that binds answers to a form, from app.py, on the embedded model."""

from random import Random

import pytest

from tests.support import broken_forms
from tests.support.prompting_pages import opened
from tests.support.screen import html_of

pytestmark = pytest.mark.usefixtures("home")


def test_it_opens_with_the_talk_s_form_free_and_bound(open_page):
    app = opened(open_page, "constrain")
    page = html_of(app)
    assert "Unconstrained" in page and "Constrained" in page and "tokens/s" in page and "overruled the model" in page
    assert "the model wanted" in page and ("Valid JSON" in page or "Cut off" in page)


def test_each_example_is_one_press(open_page):
    app = opened(open_page, "constrain")
    for form in ("person", "choice", "yes", "lines", "sum"):
        app.pills(key="prompting_constrain_form").set_value(form).run()
        assert not app.exception, app.exception[0].message
        assert "overruled the model" in html_of(app)


def test_mistakes_are_told_with_their_place_and_nothing_is_asked(open_page):
    from core.prompting.history import records

    app = opened(open_page, "constrain")
    before = records.count()
    app.pills(key="prompting_constrain_form").set_value("broken").run()
    assert not app.exception and "Line 2, column " in html_of(app) and records.count() == before
    app.text_area(key="prompting_constrain_text").set_value('root ::= "<b>" | nothing').run()
    assert "Line 1, column 18: no rule is called “nothing”" in html_of(app)


def test_what_is_not_enforced_is_listed(open_page):
    app = opened(open_page, "constrain")
    app.text_area(key="prompting_constrain_text").set_value('{"type": "integer", "minimum": 3}').run()
    assert not app.exception and "Not enforced: minimum" in html_of(app)


def test_the_form_is_shown_to_the_model_only_on_request(open_page):
    from core.runtime import server_state

    app = opened(open_page, "constrain")
    series = list(server_state.structured_runs.values())[-1]
    assert "city_name" not in str(series.questions[1].prompt)
    app.toggle(key="prompting_constrain_shown").set_value(True).run()
    series = list(server_state.structured_runs.values())[-1]
    assert not app.exception and "city_name" in str(series.questions[1].prompt)


def test_broken_forms_never_break_the_page(open_page):
    app, random = opened(open_page, "constrain"), Random(3)
    for number in range(12):
        app.segmented_control(key="prompting_constrain_kind").set_value("grammar" if number % 2 else "schema").run()
        text = broken_forms.grammar(random) if number % 2 else broken_forms.schema(random)
        app.text_area(key="prompting_constrain_text").set_value(text).run()
        assert not app.exception, (text, app.exception[0].message)
