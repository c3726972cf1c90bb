"""The prompts page from app.py, with a real small model in a real process."""

import shutil

import pytest

from core.models.llama.load_settings import LoadSettings
from core.prompting.settings import Settings
from tests.conftest import run_until_still
from tests.support.gguf_files import with_template
from tests.support.processes import cut_off
from tests.support.prompting_pages import conversation
from tests.support.screen import html_of


@pytest.fixture
def lab(tmp_path, monkeypatch, shared_data):
    """A lab of one's own whose models folder has a completion model and a chat model made of it; no Pocket."""
    from core import catalog
    from core.cached import prompting as cached_prompting

    stories = shared_data("stories260k.gguf")
    folder = tmp_path / "models"
    folder.mkdir()
    shutil.copy(stories, folder / "stories.gguf")
    with_template(stories, folder / "chatty.gguf")
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    kept = catalog.of_kind
    monkeypatch.setattr(
        catalog, "of_kind", lambda kind, *more, **named: [] if kind == "language-model" else kept(kind, *more, **named)
    )
    yield folder
    cached_prompting.language_model.clear()


def test_it_opens_with_an_exchange_the_model_computed(lab, open_page):
    app = open_page("prompt_playground")
    assert not app.exception
    turns = conversation(app).turns
    assert [turn.role for turn in turns] == ["user", "assistant"] and turns[1].run.steps
    page = html_of(app)
    assert "A demonstration model of" in page and "tokens of context in use" in page and "tokens/s" in page
    assert "In effect: temperature" in page and "seed" in page


def test_a_question_is_answered_and_kept_after_a_reload(lab, open_page):
    app = open_page("prompt_playground")
    app.chat_input[0].set_value("<b>What</b> is $x$?").run()
    assert not app.exception
    assert len(conversation(app).turns) == 4 and "&lt;b&gt;What&lt;/b&gt; is $x$?" in html_of(app)
    again = open_page("prompt_playground", chat=conversation(app).key)
    assert len(conversation(again).turns) == 4


def test_a_preset_is_one_press(lab, open_page):
    app = open_page("prompt_playground")
    app.button(key="prompting_preset_A capital").click().run()
    assert conversation(app).turns[2].text == "What is the capital of France?" and len(conversation(app).turns) == 4


def test_a_completion_model_is_visibly_one(lab, open_page):
    app = open_page("prompt_playground")
    app.selectbox(key="prompting_model").set_value("stories.gguf").run()
    assert not app.exception
    assert "is a base model (completion only)" in html_of(app) and "Once upon a time" in html_of(app)


def test_complete_goes_on_with_a_text_and_takes_it_in(lab, open_page):
    app = open_page("prompt_playground")
    app.segmented_control(key="prompting_view").set_value("complete").run()
    app.text_area(key="prompting_text").set_value("Lily & Tom <i>").run()
    next(button for button in app.button if button.label == "Continue").click().run()
    assert not app.exception and "Lily &amp; Tom &lt;i&gt;" in html_of(app)
    next(button for button in app.button if button.label == "Append").click().run()
    longer = app.text_area(key="prompting_text").value
    assert len(longer) > len("Lily & Tom <i>")
    again = open_page("prompt_playground", kept=app.session_state["prompting_kept_key"])
    again.segmented_control(key="prompting_view").set_value("complete").run()
    assert again.text_area(key="prompting_text").value == longer, "a reload finds the text and the answer again"
    assert "Lily &amp; Tom &lt;i&gt;" in html_of(again)


def test_a_prompt_too_long_keeps_what_was_typed(lab, open_page):
    app = open_page("prompt_playground")
    app.chat_input[0].set_value("word " * 20_000).run()
    assert not app.exception
    assert "the context holds 512" in html_of(app) and conversation(app).turns[-2].text.startswith("word word")


def test_a_killed_model_offers_another_answer(lab, open_page):
    from core.cached import prompting as cached_prompting
    from core.prompting.runs import Run

    app = open_page("prompt_playground")
    talk, path = conversation(app), lab / "chatty.gguf"
    model = cached_prompting.language_model(str(path.resolve()), path.stat().st_mtime, LoadSettings(n_ctx=512))
    talk.run = cut_off(
        lambda: Run(lambda: model.ask("Once upon a time", Settings(max_tokens=450, temperature=1)), patience=60), model
    )
    app.run()
    assert not app.exception and "ended (exit code -9)" in html_of(app)
    kept = talk.turns[-1]
    assert kept.role == "assistant" and kept.text and kept.run.ended_by == "broken off", "its words are still there"
    app.button(key="prompting_again").click().run()
    assert not app.exception and talk.turns[-1].run.ended_by != "broken off" and len(talk.turns) == 3
    assert talk.tree.beside(talk.turns[-1])[0].text == kept.text, "beside the one that broke off"


@pytest.mark.parametrize(
    "content, says",
    [(b"GGUF", "not a language model"), (None, "cut short"), (b"PK\x03\x04" * 99, "not a language model")],
)
def test_a_broken_file_gets_a_sentence(lab, open_page, content, says):
    whole = (lab / "stories.gguf").read_bytes()
    (lab / "a broken <b>.gguf").write_bytes(content or whole[: len(whole) // 2])
    app = open_page("prompt_playground")
    assert not app.exception and says in html_of(app)


def test_a_wrong_path_gets_a_sentence_and_stays(lab, open_page):
    app = open_page("prompt_playground")
    app.selectbox(key="prompting_model").set_value("another file").run()
    app.text_input(key="prompting_path").set_value("/no/such/<b>.gguf").run()
    assert not app.exception and "There is no file" in html_of(app)
    assert app.text_input(key="prompting_path").value == "/no/such/<b>.gguf"


def test_without_any_model_it_says_how_to_get_one(lab, open_page):
    for path in lab.glob("*.gguf"):
        path.unlink()
    app = open_page("prompt_playground")
    assert not app.exception
    assert any("No language model here yet" in part.value for part in app.markdown)
    assert any(str(lab) in part.value for part in app.code)


def test_probabilities_show_each_token_and_take_another(lab, open_page):
    from core.runtime import server_state
    from pages.prompting.probabilities.heat import take

    app = open_page("prompt_playground")
    app.segmented_control(key="prompting_view").set_value("heatmap").run()
    run_until_still(app)
    assert not app.exception and "came with a probability of" in html_of(app)
    heat = server_state.prompting_windows[app.session_state["prompting_kept_key"]]["heat"]
    before = [step.text for step in heat.tree.steps(0)]
    number = next(
        number
        for number, other in enumerate(heat.tree.steps(0)[2].alternatives)
        if other.token_id != heat.tree.steps(0)[2].token_id
    )
    take(page_of(lab), heat, 2, number)
    app.run()
    assert not app.exception and any(box.label == "Branch" for box in app.selectbox)
    heat.tree.branches[1].run.finish(20)
    after = [step.text for step in heat.tree.steps(1)]
    assert after[:2] == before[:2] and after[2] != before[2] and len(after) > 3
    assert heat.tree.branches[1].run.timings.evaluated_tokens <= 2, "all that stood before was still in the context"


def page_of(lab):
    from core.cached import prompting as cached_prompting
    from pages.prompting.sidebar import PageSettings

    path = lab / "chatty.gguf"
    model = cached_prompting.language_model(str(path.resolve()), path.stat().st_mtime, LoadSettings(n_ctx=512))
    return PageSettings(model, "chatty", Settings())


def test_probabilities_are_there_again_after_a_reload(lab, open_page):
    from core.runtime import server_state

    app = open_page("prompt_playground")
    app.segmented_control(key="prompting_view").set_value("heatmap").run()
    app.text_input(key="prompting_heat_text").set_value("Who is Lily?").run()
    run_until_still(app)
    key = app.session_state["prompting_kept_key"]
    heat = server_state.prompting_windows[key]["heat"]
    again = open_page("prompt_playground", kept=key)
    again.segmented_control(key="prompting_view").set_value("heatmap").run()
    assert not again.exception and again.text_input(key="prompting_heat_text").value == "Who is Lily?"
    assert server_state.prompting_windows[key]["heat"] is heat, "nothing is computed twice"


def test_the_list_of_alternatives_names_both_probabilities_and_the_one_that_came():
    from core.prompting.settings import Alternative, Step
    from pages.prompting.probabilities.alternatives import _rows

    others = (Alternative(1, " a", 0.5, 0.9), Alternative(2, "<b>", 0.3, 0.0))
    rows = _rows(Step("z", 9, 0.0001, others, 0.1, 2.0, 40))
    assert [row["rank"] for row in rows] == ["1", "2", "40"] and [row["came"] for row in rows] == [False, False, True]
    assert rows[0]["token"] == "␣a" and rows[0]["ownText"] == "50.0 %" and rows[0]["afterText"] == "90.0 %"
    assert rows[1]["afterText"] == "left out" and rows[2]["ownText"] == "< 0.1 %"


def test_warm_and_cold_are_shown_side_by_side(lab, open_page):
    app = open_page("prompt_playground")
    app.segmented_control(key="prompting_view").set_value("warm").run()
    assert not app.exception
    text = [part.value for part in app.markdown]
    assert "**Fresh context**" in text and "**Cached prompt**" in text
    figure = app.get("plotly_chart")[0].proto.spec
    assert "tokens computed" in figure and "cached" in figure


def test_words_that_differ_are_marked_and_escaped():
    from pages.prompting.views.prompt_cache import different

    marked = different("a <b> c", "a x c")
    assert marked.startswith("a <u style=") and "&lt;b&gt;</u> c" in marked
    assert different("same & same", "same & same") == "same &amp; same"


def test_the_exact_prompt_and_the_map_of_the_context(lab, open_page):
    app = open_page("prompt_playground")
    assert "reserved for the next answer" in html_of(app) and "user " in html_of(app)
    *_, divided = conversation(app).counted.values()
    assert "".join(piece.text for piece in divided).lstrip("<s>").strip().startswith("user: Explain GROUP BY")


@pytest.fixture
def full(lab, open_page):
    """A conversation whose next question does not fit into 512 tokens with what came before."""
    app = open_page("prompt_playground")
    app.chat_input[0].set_value("Now: " + "Lily saw a big red ball. " * 18).run()
    return app


def test_a_question_that_would_push_turns_out_is_held_back_with_a_choice(full):
    talk = conversation(full)
    assert talk.held.startswith("Now: ") and talk.falling == 2 and "Not sent yet." in html_of(full)
    assert html_of(full).count("opacity:.62") == 2, "what would fall out is dimmed"
    assert full.chat_input[0].disabled, "one question after the other"
    full.button(key="prompting_hold_back").click().run()
    assert not full.exception and not talk.held and talk.give[1].startswith("Now: ") and talk.falling == 0


def test_the_oldest_turns_are_left_out(full):
    talk = conversation(full)
    full.button(key="prompting_trim").click().run()
    assert not full.exception
    assert talk.tree.left_out == 2 and talk.turns[-1].role == "assistant" and not talk.turns[-1].run.error
    assert talk.turns[-1].run.timings.prompt_tokens < 512 and len(talk.turns) == 4
    assert "opacity:.62" in html_of(full) and "No longer sent" in html_of(full)
    full.button(key=next(b.key for b in full.button if (b.key or "").startswith("prompting_uncut"))).click().run()
    assert not full.exception and talk.tree.left_out == 0


def test_a_summary_goes_in_their_place(full):
    talk = conversation(full)
    full.button(key="prompting_summarise").click().run()
    assert not full.exception
    (summary,) = talk.tree.cuts.values()
    assert summary and talk.tree.left_out == 2 and talk.turns[-1].text and not talk.held
    assert "Sent instead" in html_of(full) and talk.tree.messages()[0]["content"].endswith(summary)


def test_a_summary_that_comes_to_nothing_leaves_the_question_held(full, monkeypatch):
    from core.errors import UserError
    from core.prompting.engine import Model

    talk = conversation(full)
    asked = Model.ask

    def refuse(self, prompt, *more, **how):
        if how.get("conversation") == "summary":
            raise UserError("No summary today.", "Try tomorrow.")
        return asked(self, prompt, *more, **how)

    monkeypatch.setattr(Model, "ask", refuse)
    full.button(key="prompting_summarise").click().run()
    assert not full.exception and "No summary today." in html_of(full) and talk.held.startswith("Now: ")


def menu(app, place):
    turn = conversation(app).turns[place]
    return app.menu_button(key=f"prompting_turn_{turn.id}")


def test_an_edited_question_is_answered_again_and_the_old_way_stays(lab, open_page):
    app = open_page("prompt_playground")
    menu(app, 0).click("Edit").run()
    app.text_area(key=f"prompting_edit_{conversation(app).turns[0].id}").set_value("Who are you?").run()
    app.button(key="prompting_edit_keep").click().run()
    assert not app.exception
    talk = conversation(app)
    assert [turn.text for turn in talk.turns][0] == "Who are you?" and len(talk.turns) == 2 and talk.turns[1].text
    assert any("2 of 2" in caption.value for caption in app.caption)
    app.button(key=f"prompting_chevron_left_{talk.turns[0].id}").click().run()
    assert not app.exception and talk.turns[0].text.startswith("Explain GROUP BY") and len(talk.turns) == 2


def test_an_answer_can_be_had_again_worded_otherwise_and_gone_on_from_apart(lab, open_page):
    app = open_page("prompt_playground")
    talk, first = conversation(app), conversation(app).turns[1].text
    app.button(key="prompting_again").click().run()
    assert len(talk.tree.beside(talk.turns[1])) == 2 and len(talk.turns) == 2
    menu(app, 1).click("Edit").run()
    app.text_area(key=f"prompting_edit_{talk.turns[1].id}").set_value("In my words.").run()
    app.button(key="prompting_edit_keep").click().run()
    assert talk.turns[1].text == "In my words." and len(talk.tree.beside(talk.turns[1])) == 3 and not talk.run
    menu(app, 1).click("Fork").run()
    apart = conversation(app)
    assert not app.exception and apart is not talk and [turn.text for turn in apart.turns][1] == "In my words."
    app.menu_button(key="prompting_earlier").click(talk.key).run()
    assert conversation(app) is talk and talk.tree.beside(talk.turns[1])[0].text == first


def test_a_turn_is_removed_and_brought_back(lab, open_page):
    app = open_page("prompt_playground")
    app.button(key="prompting_preset_A capital").click().run()
    menu(app, 2).click("Delete from here").run()
    assert not app.exception and len(conversation(app).turns) == 2
    app.button(key="prompting_restore").click().run()
    assert not app.exception and len(conversation(app).turns) == 4


def test_take_back_puts_the_last_question_into_the_box_again(lab, open_page):
    app = open_page("prompt_playground")
    question = conversation(app).turns[0].text
    app.button(key="prompting_take_back").click().run()
    assert not app.exception and conversation(app).turns == [] and conversation(app).give[1] == question


def test_thoughts_are_folded_away():
    from pages.prompting.streaming import answer_html

    drawn = answer_html("<think>Hm <b>.</think>Yes.", thought=(12, 0.44))
    assert "Thinking: 12 tokens, 0.4 s" in drawn
    assert "<details style" in drawn and "Hm &lt;b&gt;." in drawn and "Yes." in drawn
    assert "<details open" in answer_html("<think>Hm", writing=True)
    assert "the thinking used all tokens" in answer_html("<think>Hm")


def test_a_load_that_cannot_fit_is_refused_with_the_number_that_can(lab, open_page, monkeypatch):
    from core.prompting.decoding import memory_estimate

    monkeypatch.setattr(memory_estimate, "available_bytes", lambda: (10_000_000, 100_000_000))
    app = open_page("prompt_playground")
    app.chat_input[0].set_value("Hello").run()
    assert not app.exception and "tokens of context needs about" in html_of(app)
    assert conversation(app).turns[0].text, "what was asked is still there"


def test_a_server_is_a_model_too_and_nothing_is_sent_before_a_question(lab, open_page):
    from tests.support.openai_server import said, server, stream

    with server(lambda handler, body: stream(handler, said("From ", "afar <b>"))) as (url, asked):
        app = open_page("prompt_playground")
        app.selectbox(key="prompting_model").set_value("a server").run()
        app.text_input(key="prompting_server").set_value(url).run()
        assert not app.exception and asked == []
        app.chat_input[0].set_value("Hello").run()
        assert not app.exception and "From afar &lt;b&gt;" in html_of(app) and len(asked) == 1
        for view in ("complete", "heatmap", "warm"):
            app.segmented_control(key="prompting_view").set_value(view).run()
            assert not app.exception


def test_a_server_that_is_not_there_gets_a_sentence(lab, open_page):
    app = open_page("prompt_playground")
    app.selectbox(key="prompting_model").set_value("a server").run()
    app.text_input(key="prompting_server").set_value("127.0.0.1:9").run()
    app.chat_input[0].set_value("Hello?").run()
    assert not app.exception and "Nothing answers at" in html_of(app)
    assert conversation(app).turns[-2].text == "Hello?"


def test_an_answer_can_be_bound_to_a_form(lab, open_page):
    import json

    app = open_page("prompt_playground")
    app.selectbox(key="prompting_form").set_value("yes").run()
    app.chat_input[0].set_value("Is it so?").run()
    assert not app.exception and conversation(app).turns[-1].text in ("Yes.", "No.")
    app.selectbox(key="prompting_form").set_value("record").run()
    app.slider(key="prompting_temperature").set_value(0.0)
    app.chat_input[0].set_value("Tom").run()
    assert not app.exception
    said = [text.value for text in app.text if "JSON" in text.value]
    try:
        json.loads(conversation(app).turns[-1].text)
        assert said == ["Valid JSON, and of this schema."]
    except ValueError:
        assert said == ["Cut off, so it is not JSON yet."]


@pytest.mark.parametrize(
    "kind, typed, says",
    [
        ("schema", "{oops", "this is not JSON"),
        ("schema", "[1]", "is an object"),
        ("schema", '{"type": "string", "not": {}}', "Not enforced: not"),
        ("grammar", "root ::= (", "never closed"),
    ],
)
def test_a_broken_form_gets_a_sentence_and_stays(lab, open_page, kind, typed, says):
    app = open_page("prompt_playground")
    app.selectbox(key="prompting_form").set_value(kind).run()
    app.text_area(key=f"prompting_{kind}").set_value(typed).run()
    assert not app.exception and says in html_of(app)
    assert app.text_area(key=f"prompting_{kind}").value == typed
