"""The prompts page with all models that come with the lab: it opens with the real one."""

from __future__ import annotations

import pytest

from core.prompting.recorded import Recorded, opening_run
from tests.support.methods import lines_of
from tests.support.prompting_pages import conversation
from tests.support.screen import html_of


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """Records of one's own, and a model that is not loaded yet, as at the start of the lab."""
    from core.cached import prompting as cached_prompting
    from core.runtime import server_state

    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    cached_prompting.language_model.clear()
    server_state.comparisons.clear()


def test_it_opens_with_a_recorded_run_that_says_so_and_then_answers_itself(open_full_page):
    from core.prompting.history import records

    app = open_full_page("prompt_playground")
    assert not app.exception and app.selectbox(key="prompting_model").value == "smollm2-135m"
    question, answer = conversation(app).turns
    assert (
        isinstance(answer.run, Recorded)
        and answer.text == opening_run().text
        and question.text == "Explain GROUP BY as a sentient cheesecake who teaches SQL."
    )
    label = next(caption.value for caption in app.caption if caption.value.startswith("A recorded run"))
    assert opening_run().made in label and "Recorded run (" in html_of(app), "under the answer, and under its times"
    assert records.count() == {}, "what was recorded elsewhere is no record of this lab"
    assert app.select_slider(key="prompting_context").options[-1] == "8,192 tokens"
    lines = lines_of(app)
    assert 'catalog.find("smollm2-135m").path' in lines
    app.slider(key="prompting_max_tokens").set_value(16).run()
    app.button(key="prompting_again").click().run()
    assert not app.exception and not isinstance(conversation(app).turns[1].run, Recorded)
    assert conversation(app).turns[1].run.timings.generated_tokens == 16 and records.count() == {"chat": 1}
    assert not [caption for caption in app.caption if caption.value.startswith("A recorded run")]


def test_comparison_and_evals_open_with_the_chosen_model_beside_a_tiny_one(open_full_page):
    from core.runtime import server_state

    app = open_full_page("prompt_playground")
    app.slider(key="prompting_max_tokens").set_value(8).run()
    app.segmented_control(key="prompting_view").set_value("compare").run()
    assert not app.exception, app.exception[0].message
    assert app.pills(key="prompting_compare_preset").value == "A tiny and a small model"
    *_, found = server_state.comparisons.values()
    assert found.labels == ["Pocket Chat", "SmolLM2 135M Instruct"] and found.runs(1)[0].text
    lines = lines_of(app)
    assert 'catalog.find("pocket-chat").path' in lines and 'catalog.find("smollm2-135m").path' in lines
    app.selectbox(key="prompting_model").set_value("pocket-base").run()
    *_, found = server_state.comparisons.values()
    assert not app.exception and found.labels == ["Pocket Chat", "Pocket Base"], "it follows the model at the side"


def test_evals_are_asked_of_the_chosen_model_beside_a_tiny_one(open_full_page):
    from pages.prompting.compare.contestants import HERE

    app = open_full_page("prompt_playground")
    app.slider(key="prompting_max_tokens").set_value(8).run()
    app.segmented_control(key="prompting_view").set_value("sets")
    app.session_state["prompting_set"] = "your own"  # which is asked on a press only
    app.run()
    assert not app.exception, app.exception[0].message
    chosen = app.multiselect(key="prompting_set_models")
    assert chosen.value == ["pocket-chat", HERE]
    app.selectbox(key="prompting_model").set_value("pocket-chat").run()
    assert app.multiselect(key="prompting_set_models").value == [HERE, "smollm2-135m"], "it follows the choice"
    app.multiselect(key="prompting_set_models").set_value(["pocket-base"]).run()
    app.selectbox(key="prompting_model").set_value("smollm2-135m").run()
    assert app.multiselect(key="prompting_set_models").value == ["pocket-base"], "what was chosen stays"


def test_the_first_pair_for_each_choice(open_full_page, tiny_lab, monkeypatch):
    from core import catalog
    from core.prompting.engine import Settings, open_model
    from pages.prompting.compare import contestants
    from pages.prompting.compare.contestants import HERE
    from pages.prompting.sidebar import PageSettings

    def pair(key):
        return contestants.first_pair(PageSettings(open_model(catalog.find(key).path), key, Settings()))

    assert pair("pocket-chat") == ("8 bits or 4 bits", ["pocket-chat", "pocket-chat-q4"]), "there is no larger one"
    monkeypatch.undo()
    assert pair("pocket-chat") == ("A tiny and a small model", [HERE, "smollm2-135m"])
    assert pair("smollm2-135m") == ("A tiny and a small model", ["pocket-chat", HERE])
    assert pair("pocket-base") == ("Beside a tiny model", ["pocket-chat", HERE])
    monkeypatch.setattr(contestants, "language_models", dict)
    alone = PageSettings(open_model(catalog.find("smollm2-135m").path), "x", Settings())
    assert contestants.first_pair(alone)[1] == [HERE]
    name, columns = next(iter(contestants.presets(alone).items()))
    assert name == "Two temperatures" and {column["model"] for column in columns} == {HERE}
    assert [column["temperature"] for column in columns] == [0.0, 1.0]
