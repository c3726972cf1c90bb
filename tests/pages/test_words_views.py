"""The newer views of the words page: what a person types that is odd, and what the view then says."""

from __future__ import annotations

import re

import pytest

from core.words.sense_examples import EXAMPLES
from pages.shared.frame import find_views
from tests.conftest import run_until_still
from tests.support.screen import components_of, figure_of, html_of, words_of

pytestmark = pytest.mark.timeout(180)
MINILM = "MiniLM input embeddings"


@pytest.fixture
def page(open_page):
    def opened(key: str, **query):
        app = open_page("word_explorer", words_view=find_views("words")[key].title, **query)
        assert not app.exception, app.exception[0].message
        return app

    return opened


def said(app) -> str:
    assert not app.exception, app.exception[0].message
    return words_of(html_of(app))


def typed(app, key: str, text: str):
    area = next(area for area in app.text_area if area.key == key)
    return area.set_value(text).run()


def test_sentences_without_labels_are_compared_as_pairs_and_nothing_is_called_a_sense(page):
    app = typed(page("context"), "words_context_text", "The bank is shut.\nA bank of sand.\nMy bank called.")
    assert "label the senses to compare them" in said(app) and "3 contexts" in figure_of(app)["layout"]["title"]["text"]
    assert [trace["name"] for trace in figure_of(app)["data"]][:2] == ["pairs, each pair", "pairs, mean"]


def test_a_line_without_the_word_is_named_and_one_sentence_is_too_few(page):
    app = typed(page("context"), "words_context_text", "river: The bank is wet.\nA tree.\nmoney: The bank is shut.")
    assert "1 of the lines left out" in said(app) and "line 2: “bank” is not in it" in said(app)
    assert "At least two sentences" in said(typed(app, "words_context_text", "river: The bank is wet."))


def test_senses_that_are_not_there_are_not_found(page):
    """Labels dealt without regard to meaning: the title does not claim a difference."""
    lines = [line.split(": ", 1)[1] for line in EXAMPLES["bank"].splitlines()]
    mixed = "\n".join(f"{'even' if number % 2 else 'odd'}: {line}" for number, line in enumerate(lines))
    app = typed(page("context"), "words_context_text", mixed)
    assert "does not separate its senses (p = " in figure_of(app)["layout"]["title"]["text"]


def test_a_typed_word_with_sentences_of_the_lab_gets_them(page):
    app = page("context")
    app.text_input(key="words_context_word").set_value("Spring").run()
    assert app.text_area(key="words_context_text").value == EXAMPLES["spring"] and "not in it" not in said(app)


def test_sentences_are_taken_from_a_corpus(page):
    app = page("context")
    app.text_input(key="words_context_word").set_value("fire").run()
    app.session_state["words_context_corpus_open"] = True
    app.button(key="words_context_take").click().run()
    lines = app.text_area(key="words_context_text").value.splitlines()
    assert len(lines) == 12 and all("fire" in line.lower() for line in lines)
    assert any("12 sentences with “fire”" in text.value for text in app.text)
    assert "mean cosine of “fire” with itself" in said(app)


def test_the_static_vector_is_compared_with_the_names_of_the_senses(page):
    assert "Its cosine with “money” is 0.64, “river” is 0.41" in said(page("context"))


def test_a_map_of_a_list_names_what_is_missing_and_needs_four_words(page):
    app = page("map", words_map_kind="A list")
    app = typed(app, "words_map_list", "cat, dog, horse, cow, nonesuchx, red, green, blue")
    run_until_still(app)
    assert "nonesuchx" in said(app) and len(components_of(app, "words_canvas")[0][0]["labels"]) >= 7
    assert "at least 4 words" in said(typed(app, "words_map_list", "cat, dog, nonesuchx"))


def test_a_search_in_the_map_for_a_word_outside_of_it_says_so(page):
    app = page("map", words_map_kind="A list", words_map_query="Kitten")
    run_until_still(app)
    assert "“kitten” itself is not on this map" in said(app)
    ((header, _),) = components_of(app, "words_canvas")
    assert len(header["hits"]) == 10 and header["noun"] == "word"
    app.text_input(key="words_map_query").set_value("nonesuchx").run()
    assert "is not among the words" in said(app) and not components_of(app, "words_canvas")[0][0]["hits"]


@pytest.mark.parametrize("colour, legend", [("Projection", ["he", "she"]), ("Rank", None)])
def test_a_map_is_coloured_by_an_axis_or_by_rank(page, colour, legend):
    app = page("map", words_map_kind="A list", words_map_colour=colour)
    run_until_still(app)
    ((header, _),) = components_of(app, "words_canvas")
    assert header["legend"]["title"] == {"Projection": "Nearer to", "Rank": "Rank"}[colour]
    assert legend is None or [header["legend"]["low"], header["legend"]["high"]] == legend
    assert "coloured by " + colour.lower() in said(app)


def test_a_word_that_only_the_other_set_lacks_is_named_with_the_set(page):
    app = page("neighbours", words_query="open-source", words_second=MINILM)
    assert f"“open-source” is not among the words of {MINILM}" in said(app)
    app = page("analogy", words_a="open-source", words_second=MINILM)
    assert f"“open-source” is not among the words of {MINILM}" in said(app)


def test_a_query_word_after_the_first_ones_is_told_with_its_place(page):
    app = page("analogy", words_c="freeware", words_first="the first 5,000 words")
    assert re.search(r"“freeware” is word \d+,\d+ of this set, after the first 5,000", said(app))


@pytest.mark.parametrize(
    "query, says",
    [
        ({"words_near_mode": "Odd one out", "words_odd": "cat, dog"}, "At least three words"),
        ({"words_near_mode": "Rank a list", "words_near_list": "nonesuchx"}, "None of the words of the list"),
        ({"words_near_mode": "Rank a list", "words_near_list": ""}, "None of the words of the list"),
    ],
)
def test_a_list_that_is_too_short_is_told(page, query, says):
    assert says in said(page("neighbours", **query))


@pytest.mark.parametrize(
    "text, says",
    [
        ("", "There is no word yet"),
        ("king, nonesuchx", "is a list of 50 numbers"),
        ("a, b, c, d", "The first 3 are shown"),
        ("king, king", "is a list of 50 numbers"),
    ],
)
def test_what_is_typed_for_vectors_is_taken_as_far_as_it_goes(page, text, says):
    assert says in said(page("vector", words_vector=text))


def test_a_list_of_too_many_words_says_how_many_are_left_out(page):
    many = ", ".join(f"w{number}" for number in range(70)) + ", cat"
    app = page("neighbours", words_near_mode="Odd one out")
    app.text_input(key="words_odd").set_value("cat, dog, horse, " + many).run()
    assert "13 words of the list are left out" in said(app)


def test_a_layer_of_an_encoder_with_more_layers_is_cut_to_the_last_one(page):
    app = page("context")
    app.session_state["words_context_layer"] = 11
    app.run()
    assert "At layer 6" in said(app)
