"""The view that compares, from app.py, on the embedded models."""

import shutil

import pytest

from core.prompting import comparison as core_comparison
from tests.support.prompting_pages import opened
from tests.support.screen import html_of

pytestmark = pytest.mark.usefixtures("home")


def kept(app):
    from core.runtime import server_state

    return list(server_state.comparisons.values())[-1]


def test_it_opens_with_two_quantisations_answered_and_measured(open_page):
    app = opened(open_page, "compare")
    found = kept(app)
    assert found.series.done and [run.text for run in found.runs(0) + found.runs(1)].count("") == 0
    assert len(app.get("plotly_chart")) == 1 and "Generation, tokens" in app.get("plotly_chart")[0].proto.spec
    assert "Pocket Chat, 4 bits" in html_of(app)


def test_a_preset_asks_its_own_columns_and_several_times(open_page):
    app = opened(open_page, "compare")
    app.pills(key="prompting_compare_preset").set_value("Three temperatures").run()
    assert not app.exception, app.exception[0].message
    assert kept(app).labels == ["temperature 0", "temperature 0.8", "temperature 1.6"]
    app.selectbox(key="prompting_compare_times").set_value(3).run()
    assert not app.exception and "different</b> of 3 answers" in html_of(app)


def test_a_blind_vote_hides_names_until_it_is_cast(open_page):
    app = opened(open_page, "compare")
    app.toggle(key="prompting_compare_blind").set_value(True).run()
    assert not app.exception and "4 bits" not in html_of(app) and not app.get("plotly_chart")
    app.button(key="prompting_vote_A").click().run()
    assert not app.exception and "You voted for" in html_of(app) and "4 bits" in html_of(app)
    assert sum(won for _, won, _ in core_comparison.tally()) == 1


def test_what_is_typed_is_asked_on_the_press_and_never_markup(open_page):
    app = opened(open_page, "compare")
    app.text_input(key="prompting_compare_text").set_value("What is <b>one</b> plus one?").run()
    assert kept(app).prompt != "What is <b>one</b> plus one?"
    app.button(key="prompting_compare_ask").click().run()
    assert not app.exception and kept(app).prompt == "What is <b>one</b> plus one?"


def test_a_model_that_is_gone_gets_a_sentence(home, open_page):
    from core import catalog

    file = home / "models" / "gone.gguf"
    file.parent.mkdir(exist_ok=True)
    shutil.copy(catalog.find("pocket-base").path, file)
    app = opened(open_page, "compare")
    app.selectbox(key="prompting_column_model_1").set_value("gone.gguf").run()
    assert not app.exception and "no longer here" not in html_of(app)
    file.unlink()
    app.button(key="prompting_compare_ask").click().run()
    assert not app.exception
    assert "The model “gone.gguf” is no longer here." in html_of(app) and "Choose another one." in html_of(app)


def test_a_reload_finds_everything_as_it_was(open_page):
    app = opened(open_page, "compare")
    app.pills(key="prompting_compare_preset").set_value("Three seeds").run()
    app.text_input(key="prompting_compare_text").set_value("What is a cat?").run()
    app.button(key="prompting_compare_ask").click().run()
    found, key = kept(app), app.query_params["compare"]
    again = open_page("prompt_playground", compare=key)
    again.segmented_control(key="prompting_view").set_value("compare").run()
    assert not again.exception and kept(again) is found, "nothing was asked again"
    assert again.text_input(key="prompting_compare_text").value == "What is a cat?" and "seed 3" in html_of(again)


@pytest.mark.parametrize(
    "speeds, says", [((100, 200), "B generates 2.0 times as fast as A"), ((100, 105), "about the same speed")]
)
def test_the_title_says_the_finding(speeds, says):
    from pages.prompting.compare.columns import finding

    costs = [core_comparison.Cost(1, 1, speed, 0.1, 1, 1) for speed in speeds]
    assert says in finding(["A", "B"], costs)
