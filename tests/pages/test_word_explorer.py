"""The page on words: what it opens with, its presets, and what it answers to bad input."""

from __future__ import annotations

import json
import pickle

import pytest

from core.words.files import store
from pages.shared.frame import find_views
from tests.conftest import run_until_still
from tests.support.screen import components_of, figures_of, html_of
from tests.support.words_page import field, fresh_processes, once_read, view

MINILM = "MiniLM input embeddings"
TEXTS = {
    "neighbours": "words_query",
    "pair": "words_pair_a",
    "analogy": "words_a",
    "bias": "words_high",
    "axis": "words_axis",
}


@pytest.mark.parametrize("key", sorted(find_views("words")))
def test_every_view_opens_with_a_picture_and_a_reading(open_page, key):
    app = view(open_page, key)
    run_until_still(app)  # the map of words comes from a job
    assert not app.exception, app.exception[0].message
    assert components_of(app, "words_canvas") if key == "map" else app.get("plotly_chart"), "a picture before any click"
    assert "<p " in html_of(app), "a sentence says what one sees"


def test_the_page_opens_with_the_talks_vectors_and_says_what_they_are(open_page):
    app = view(open_page, "neighbours")
    said = " ".join(caption.value for caption in app.sidebar.caption)
    assert app.selectbox(key="words_vectors").value == "glove-6b-50d"
    assert "100,000 words, 50 dimensions" in said and "Wikipedia 2014" in said and "not centred" in said
    assert app.selectbox(key="words_vectors").options[:2] == ["GloVe 6B 50d", MINILM]
    app.selectbox(key="words_vectors").set_value("minilm-words").run()
    said = " ".join(caption.value for caption in app.sidebar.caption)
    assert "21,745 words, 384 dimensions" in said and ", centred" in said and "Wikipedia" not in said


def test_neighbours_of_a_word_and_of_a_sum(open_page):
    text = html_of(view(open_page, "neighbours"))
    assert all(part in text for part in ("unix", "0.849", "31.9°", "open-source", "0.793", "kernel", "0.778"))
    app = view(open_page, "neighbours", words_vectors=MINILM)
    assert "unix" in html_of(app) and "0.580" in html_of(app) and "54.6°" in html_of(app)
    field(app, "words_query").set_value("king - man + woman").run()
    assert "<s>king</s>" in html_of(app), "the words of the sum are kept, struck through"
    assert "queen" in html_of(app) and not app.exception


def test_an_analogy_keeps_its_inputs_until_a_switch_leaves_them_out(open_page):
    app = view(open_page, "analogy", words_a="man", words_b="king", words_c="woman")
    assert "<s>king</s>" in html_of(app) and "queen" in html_of(app)
    assert "all methods" in html_of(app) and "king (query word)" in html_of(app)
    next(toggle for toggle in app.toggle if toggle.key == "words_exclude").set_value(True).run()
    assert "<s>" not in html_of(app) and "queen" in html_of(app)


def test_the_talks_analogies_stand_beside_what_its_slides_print(open_page):
    app = view(open_page, "analogy")
    text = html_of(app)
    assert "<s>doctor</s>" in text and "nurse" in text and "0.840" in text, "the preset “is it sexist?” opens"
    assert "The talk’s slide has nurse." in text
    next(toggle for toggle in app.toggle if toggle.key == "words_exclude").set_value(True).run()
    assert "The talk’s slide has nurse as well." in html_of(app)
    for a, b, c, says in (
        ("spain", "madrid", "portugal", "The talk’s slide has spain, which is one of the query words."),
        ("berlin", "germany", "paris", "The talk’s slide has france as well."),
        ("madrid", "spain", "lisbon", "The talk’s slide has portugal as well."),
        ("man", "boy", "woman", "The talk’s slide has girl as well."),
    ):
        text = html_of(view(open_page, "analogy", words_a=a, words_b=b, words_c=c))
        assert says in text and ("<s>madrid</s>" in text) == (a == "spain")
    assert "slide" not in html_of(view(open_page, "analogy", words_a="man", words_b="king", words_c="woman"))


def test_the_talks_pair_shows_what_the_slide_cuts(open_page):
    text = html_of(view(open_page, "pair"))
    assert all(f"{value}</td>" in text for value in ("56.7", "52.3", "54.5", "30.8", "11.9"))
    assert "its cosine times 100 is <b>56.7</b>" in text


def test_bias_names_interval_outliers_and_missing_words(open_page):
    text = html_of(view(open_page, "bias", words_bias="Occupations", words_vectors=MINILM))
    assert "0.75" in text and "95 % interval" in text and "Largest residuals" in text
    assert "Random axes" in text and "not testable: 55 of 70 occupations in the vocabulary" in text
    assert "plumber" in text, "an occupation that the vectors lack is named"


def test_occupations_are_a_finding_only_beyond_random_axes(open_page):
    """With GloVe 50d, she-he has an interval above 0 and is within what random axes give; woman-man is beyond."""

    def title(**ends):
        app = view(open_page, "bias", words_bias="Occupations", **ends)
        assert "leaving one of the 70 words out" in html_of(app)
        return figures_of(app)[0]["layout"]["title"]["text"]

    assert "r = 0.39, no finding (medium)" in title()
    assert "More women, more “woman”: r = 0.47" in title(words_high="woman", words_low="man")
    assert "r = 0.06, no finding (negligible)" in title(words_high="summer", words_low="winter")


def test_occupations_on_the_ten_pairs_and_on_typed_ones(open_page):
    app = view(open_page, "bias", words_bias="Occupations", words_occ_axis="gender (10 pairs)")
    assert "More women, more “female”" in figures_of(app)[0]["layout"]["title"]["text"]
    assert "finding (medium)" in html_of(app) and "49 % of their variance" in html_of(app)
    app.radio(key="words_occ_by").set_value("pca").run()
    assert not app.exception and "95 % interval" in html_of(app)
    app.selectbox(key="words_occ_axis").set_value("typed pairs").run()
    field(app, "words_occ_pairs").set_value("she - he, zzzq - man").run()
    assert "zzzq - man" in html_of(app) and "r = 0.39" in figures_of(app)[0]["layout"]["title"]["text"]
    field(app, "words_occ_pairs").set_value("she").run()
    assert 'role="status"' in html_of(app) and not app.exception


def test_association_tests_are_judged_by_p_with_holms_correction(open_page):
    app = view(open_page, "bias", words_bias="WEAT")
    assert "d = 1.17 (large)" in html_of(app) and "<b>8</b> of <b>9</b> tests are findings" in html_of(app)
    assert "<b>1</b> not testable" in html_of(app)
    assert "8 of 9 tests are findings" in app.get("plotly_chart")[0].proto.spec
    said = [note["text"] for note in figures_of(app)[0]["layout"]["annotations"]]
    assert any("not testable (24 of 32)" in note for note in said)


def test_a_control_without_its_words_is_none(open_page):
    """MiniLM has 9 of the 25 flowers; instruments and weapons take their place, and are said to."""
    text = html_of(view(open_page, "bias", words_bias="WEAT", words_vectors=MINILM))
    assert "Control 1 is not testable: 9 of 25 flowers, 12 of 25 insects in the vocabulary." in text
    assert "instruments are closer to pleasant words" in text


def test_weat_for_two_sets_side_by_side(open_page):
    app = view(open_page, "bias", words_bias="WEAT", words_second=MINILM)
    figure = figures_of(app)[0]
    drawn = [trace for trace in figure["data"] if trace["mode"] == "markers"]
    names = [trace["customdata"][0][1] for trace in drawn]
    assert names.count("GloVe 6B 50d") == 9 and names.count(MINILM) == 4, "one row for each test, two points in it"
    said = " ".join(note["text"] for note in figure["layout"]["annotations"])
    assert "● GloVe 6B 50d" in said and "● " + MINILM in said
    assert html_of(app).count("tests are findings") == 3, "in the title, and in a sentence for each set"


def test_weat_in_another_language_says_which_words_are_missing(open_page):
    app = view(open_page, "bias", words_bias="WEAT", words_weat_language="German")
    assert len(app.selectbox(key="words_test").options) == 4
    text = html_of(app)
    assert not app.exception and "not testable" in text and "Stiefmütterchen" in text


LISTS = b'{"title": "mine", "X": ["rose", "tulip", "lily", "daisy"], "Y": ["ant", "wasp", "moth", "flea", "zzzq"], '
LISTS += b'"A": ["joy", "love"], "B": ["pain", "hate"]}'


def test_ones_own_lists_are_opened_saved_linked_renamed_and_removed(open_page, monkeypatch, tmp_path):
    from core.words import own_lists

    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    app = view(open_page, "bias", words_bias="WEAT")
    app.session_state["words_own_lists_open"] = True
    app.run()
    app.file_uploader(key="words_own_lists_file_0").upload("mine.json", LISTS).run()
    assert not app.exception, app.exception[0].message
    app.button(key="words_own_lists_save").click().run()
    (own,) = own_lists.saved("lists")
    assert app.session_state["words_own_lists"] == own.id and own.id in app.query_params["words_own_lists"]
    text = html_of(app)
    assert "Y (1 of 5): zzzq" in text and "d = <b>" in text and own.title == "mine"
    app.text_input(key=f"words_own_lists_title_{own.id[:8]}").set_value("flowers of mine").run()
    app.button(key="words_own_lists_rename").click().run()
    assert own_lists.find(own.id).title == "flowers of mine"
    linked = view(open_page, "bias", words_bias="WEAT", words_own_lists=own.id)
    assert "flowers of mine: d = " in figures_of(linked)[0]["layout"]["title"]["text"]
    measured = view(open_page, "bias", words_bias="All measures", words_own_lists=own.id)
    assert not measured.exception and "1 of the 9 words of X and Y" in html_of(measured)
    app.button(key="words_own_lists_remove").click().run()
    assert not own_lists.saved("lists") and "words_own_lists" not in app.query_params
    gone = view(open_page, "bias", words_bias="WEAT", words_own_lists=own.id)
    assert "not on this computer" in html_of(gone) and gone.get("plotly_chart")


def test_lists_that_are_typed(open_page, monkeypatch, tmp_path):
    from core.words import own_lists

    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    app = view(open_page, "bias", words_bias="All measures")
    app.session_state["words_own_lists_open"] = True
    app.run()
    assert app.button(key="words_own_lists_save").disabled
    for i, words in enumerate(("nurse, pilot, baker, judge, poet", "", "she, her, woman", "he, his, man")):
        app.text_area(key=f"words_own_lists_w{i}_").set_value(words).run()
    app.button(key="words_own_lists_save").click().run()
    assert not app.exception and own_lists.saved("lists")[0].size == 11
    assert "measures are findings" in html_of(app) and app.get("plotly_chart")
    weat = view(open_page, "bias", words_bias="WEAT", words_own_lists=own_lists.saved("lists")[0].id)
    assert "does not have all four lists" in html_of(weat) and not weat.exception


@pytest.mark.parametrize("part, says", [("WEAT", "The control"), ("All measures", "of <b>7</b> measures")])
def test_bias_has_tests_and_measures_against_chance(open_page, part, says):
    app = view(open_page, "bias", words_bias=part)
    assert not app.exception, app.exception[0].message
    assert app.get("plotly_chart") and says in html_of(app)


def test_ones_own_table_of_shares_takes_the_place_of_the_published_one(open_page):
    app = view(open_page, "bias", words_bias="Occupations", words_vectors=MINILM)
    table = app.file_uploader(key="words_shares")
    table.upload("own.csv", b"word;percent\nnurse;90\nengineer;15,5\nteacher;75\ncarpenter;2\nnonesuchx;50\n")
    app.run()
    assert not app.exception and "leaving one of the 4 words out" in html_of(app) and "nonesuchx" in html_of(app)
    app.file_uploader(key="words_shares").upload("own.csv", b"nurse;ninety\n" * 3)
    app.run()
    assert not app.exception and 'role="status"' in html_of(app)
    app.file_uploader(key="words_shares").clear()
    app.run()
    assert "leaving one of the 55 words out" in html_of(app)


def test_every_measure_names_the_words_that_are_missing_by_set(open_page):
    text = html_of(view(open_page, "bias", words_bias="All measures", words_vectors=MINILM))
    assert "of the 25 unpleasant words are out of vocabulary" in text and "plumber" in text


def test_one_association_test_names_what_is_lost_and_what_decides(open_page):
    app = view(open_page, "bias", words_bias="WEAT", words_vectors=MINILM)
    next(box for box in app.selectbox if box.key == "words_test").set_value(1).run()
    text = html_of(app)
    assert "95 % interval" in text and "Without one word" in text and "aster" in text and not app.exception


def test_lipstick_never_shows_a_step_without_the_check(open_page):
    for step in (
        "1 Before",
        "2 Neutralize",
        "3 Equalize",
        "4 Check: clusters",
        "5 Check: neighbours",
    ):
        app = view(open_page, "lipstick", words_step=step, words_vectors=MINILM)
        assert not app.exception and app.get("plotly_chart")
        assert (
            "k-means" in html_of(app) and "RBF-SVM" in html_of(app) and "not take it out of the words" in html_of(app)
        )
        assert "removed" not in html_of(app)
    text = html_of(view(open_page, "lipstick"))
    assert "<b>100 %</b>" in text and "<b>77 %</b>" in text and "<b>93 %</b>" in text, "the talk's vectors"
    assert "the groups are not" in text and "finding (large)" in text


def test_debiasing_along_another_axis(open_page):
    app = view(open_page, "lipstick", words_debias_axis="wealth (10 pairs)", words_step="1 Before")
    names = [note["text"] for note in figures_of(app)[0]["layout"]["annotations"]]
    assert any("rich-associated" in name for name in names) and not app.exception
    assert "most rich- and poor-associated" in html_of(app)


def test_debiased_vectors_become_the_set_of_all_views(open_page, monkeypatch, tmp_path, own_vectors):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    app = view(open_page, "lipstick", words_step="1 Before")
    app.session_state["words_debiased_open"] = True
    app.run()
    app.button(key="words_debiased_use").click().run()
    assert not app.exception, app.exception[0].message
    (saved,) = store.stored()
    assert saved.title == "GloVe 6B 50d, debiased (gender)" and saved.words == 100_000
    assert app.selectbox(key="words_vectors").value == saved.key
    assert "hard-debiased along woman - man" in " ".join(caption.value for caption in app.caption).lower().replace(
        "\\", ""
    )


ANALOGIES = b": mine\nman king woman queen\nparis france tokyo japan\nman king zzzq queen\nthree words only\n"
RATINGS = b"word1,word2,score\n" + b"".join(
    f"{a},{b},{score}\n".encode()
    for a, b, score in (
        ("king", "queen", 9),
        ("cat", "dog", 8),
        ("car", "bus", 7.5),
        ("sun", "moon", 7),
        ("tea", "coffee", 8.5),
        ("king", "cabbage", 1),
        ("cat", "law", 1.5),
        ("car", "poem", 1.2),
        ("sun", "tax", 0.5),
        ("tea", "war", 0.9),
        ("zzzq", "car", 5),
    )
)


@pytest.mark.parametrize(
    "kind, picture, body, says",
    [
        ("analogies", "Accuracy", ANALOGIES, ("<b>2</b> of <b>2</b> that can be asked are right (of <b>3</b>",)),
        ("ratings", "Similarity", RATINGS, ("cosines and human ratings",)),
    ],
)
def test_own_benchmarks_stand_beside_the_published_ones(open_page, monkeypatch, tmp_path, kind, picture, body, says):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    app = view(open_page, "benchmark", words_bench=picture)
    app.session_state[f"words_own_{kind}_open"] = True
    app.run()
    app.file_uploader(key=f"words_own_{kind}_file_0").upload("own.csv", body).run()
    assert not app.exception, app.exception[0].message
    if kind == "analogies":
        assert "1 rows could not be read" in html_of(app) and "three words only" in html_of(app)
    app.button(key=f"words_own_{kind}_save").click().run()
    text, figure = html_of(app), json.dumps(figures_of(app)[0], ensure_ascii=False)
    assert all(one in text for one in says) and not app.exception
    if kind == "ratings":
        assert "WordSim353" in figure and "10 of 11 pairs" in figure
        assert [note["text"] for note in figures_of(app)[0]["layout"]["annotations"]][4] == "own"
    else:
        assert "own: mine" in figure and "capital-common-countries" in figure


def test_two_sets_are_compared_on_the_questions_of_both(open_page, two_halves):
    app = view(open_page, "benchmark", words_bench="Accuracy", words_vectors=MINILM)
    app.multiselect(key="words_beside").set_value([two_halves]).run()
    text = html_of(app)
    assert "on the questions of both" in text and "finding (" in text and "McNemar" in text
    assert "MiniLM input embedding answers more" in figures_of(app)[0]["layout"]["title"]["text"]
    app.segmented_control(key="words_bench").set_value("similarity").run()
    assert "On the pairs of both, the difference" in html_of(app)


@pytest.fixture
def two_halves(monkeypatch, tmp_path):
    """The key of an imported set: the first 48 dimensions of MiniLM's."""
    import numpy as np

    from core import catalog

    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    minilm = catalog.load("minilm-words")
    return store.save("ac" * 16, "half of it", list(minilm.words), np.array(minilm.matrix[:, :48])).key


@pytest.mark.parametrize(
    "vectors, picture, says",
    [
        (MINILM, "Accuracy", "9,194"),
        (MINILM, "Nearest word of all", "1.4 %"),
        (MINILM, "Similarity", "0.776"),
        ("GloVe 6B 50d", "Accuracy", "7,393"),
        ("GloVe 6B 50d", "Nearest word of all", "32.0 %"),
        ("GloVe 6B 50d", "Similarity", "0.503"),
    ],
)
def test_benchmarks_state_their_numbers(open_page, vectors, picture, says):
    app = view(open_page, "benchmark", words_bench=picture, words_vectors=vectors)
    assert not app.exception, app.exception[0].message
    assert says in html_of(app)


def test_an_axis_says_which_pair_decides_and_what_is_missing(open_page):
    app = view(open_page, "axis", words_axis_up="rich - poor")
    assert "have cosine" in html_of(app) and "no finding" in figures_of(app)[0]["layout"]["title"]["text"]
    app = view(open_page, "axis")
    assert "largest share" in html_of(app) and "of <b>12</b> words are farther out than random" in html_of(app)
    next(area for area in app.text_area if area.key == "words_axis_list").set_value("nurse, plumberx, pilot").run()
    assert "plumberx" in html_of(app) and not app.exception
    next(area for area in app.text_area if area.key == "words_axis_list").set_value("x" * 100_000).run()
    assert 'role="status"' in html_of(app) and not app.exception


def test_a_guess_comes_before_the_answer(open_page):
    app = view(open_page, "guess")
    assert "What do you expect" in html_of(app)
    chart = app.get("plotly_chart")[0].proto.spec
    assert "?" in chart and "your guess" not in chart
    next(button for button in app.button if button.label == "winter").click().run()
    assert "winter" in html_of(app) and "your guess" in app.get("plotly_chart")[0].proto.spec
    field(app, "words_own").set_value("coffee").run()
    assert "answers to choose from" in html_of(app), "options are missing: a sentence"
    field(app, "words_own_options").set_value("tea, tractor").run()
    assert "What do you expect" in html_of(app) and not app.exception


def test_an_unknown_word_suggests_near_spellings_and_keeps_what_was_typed(open_page):
    app = view(open_page, "neighbours", words_query="Linuxx")
    assert "linux" in html_of(app) and "not among the words" in html_of(app)
    assert field(app, "words_query").value == "Linuxx"
    assert not app.exception


@pytest.mark.parametrize("key", sorted(TEXTS))
@pytest.mark.parametrize("typed", ["", "<b>bold</b><script>alert(1)</script>", "🤖a\x00b"])
def test_bad_words_get_a_sentence(open_page, key, typed):
    app = view(open_page, key, **({"words_bias": "Occupations"} if key == "bias" else {}))
    field(app, TEXTS[key]).set_value(typed).run()
    assert not app.exception, app.exception[0].message
    assert 'role="status"' in html_of(app)
    assert "<script>" not in html_of(app) and "<b>bold" not in html_of(app)


def test_a_hundred_thousand_characters_get_a_sentence(open_page):
    app = view(open_page, "neighbours")
    app.session_state["words_query"] = "word " * 20_000
    app.run()
    assert not app.exception and 'role="status"' in html_of(app)


@pytest.fixture
def own_vectors(tmp_path):
    path = tmp_path / "own.txt"
    path.write_text(
        "".join(
            f"{word} {x} {y} 1\n"
            for word, x, y in (
                ("she", 0, 1),
                ("he", 1, 0),
                ("nurse", 0.2, 0.9),
                ("engineer", 0.9, 0.1),
                ("teacher", 0.3, 0.7),
                ("carpenter", 0.95, 0.05),
                ("linux", 0.5, 0.5),
                ("<i>odd</i>", 0.4, 0.5),
            )
        )
    )
    yield path
    for kept in store.stored():
        store.remove(kept.key)


def open_file(app, path: str):
    next(expander for expander in app.expander if "Open a file" in expander.label)
    app.session_state["words_open"] = True
    app.run()
    field(app, "words_path").set_value(path).run()
    return once_read(app)


def test_a_file_by_path_becomes_the_vectors(open_page, own_vectors):
    app = open_file(view(open_page, "neighbours"), str(own_vectors))
    assert not app.exception, app.exception[0].message
    assert [kept.title for kept in store.stored()] == ["own.txt"]
    assert "&lt;i&gt;odd" in html_of(app) and "<i>odd" not in html_of(app), "its words are text, never markup"


def test_a_file_that_is_dropped_becomes_the_vectors(open_page, own_vectors, monkeypatch, tmp_path):
    from core.cached import words as cached_words

    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    cached_words.worker.clear()  # its process looks into the home it was started with
    app = view(open_page, "neighbours", words_query="she")
    app.session_state["words_open"] = True
    app.run()
    app.file_uploader(key="words_upload").upload("dropped.txt", own_vectors.read_bytes())
    once_read(app.run())
    assert not app.exception, app.exception[0].message
    assert [kept.title for kept in store.stored()] == ["dropped.txt"]
    assert app.selectbox(key="words_vectors").value == store.stored()[0].key and "nurse" in html_of(app)
    assert not list((tmp_path / "uploads").iterdir()), "the copy went"
    app.file_uploader(key="words_upload").upload("noise.txt", bytes(range(256)) * 9)
    once_read(app.run())
    assert "“noise.txt” is not" in html_of(app), "the error has the upload's own name"
    cached_words.worker.clear()


def test_reading_a_file_can_be_cancelled_and_started_again(open_page, own_vectors, monkeypatch):
    from core.cached import words as cached_words
    from pages.words import sidebar

    monkeypatch.setattr(sidebar, "AT_ONCE_S", 0)
    cached_words.worker.clear()  # a process that has yet to start leaves time to cancel
    app = view(open_page, "neighbours", words_query="she")
    app.session_state["words_open"] = True
    app.run()
    field(app, "words_path").set_value(str(own_vectors)).run()
    next(button for button in app.button if button.label == "Cancel").click().run()
    once_read(app)
    assert "Cancelled." in html_of(app) and not store.stored() and not app.exception
    app.button(key="words_again").click().run()
    once_read(app)
    assert [kept.title for kept in store.stored()] == ["own.txt"] and "nurse" in html_of(app)


@pytest.mark.parametrize(
    "name, content, says",
    [
        ("vectors.kv", pickle.dumps({"a": 1}, protocol=4), "pickle"),
        ("bad.txt", b"a 1 2\nb 1\n", "Line 2"),
        ("noise.txt", bytes(range(256)) * 9, "noise.txt"),
        ("empty.txt", b"", "empty"),
    ],
)
def test_a_file_that_is_no_vectors_gets_a_sentence(open_page, tmp_path, name, content, says):
    path = tmp_path / name
    path.write_bytes(content)
    app = open_file(view(open_page, "neighbours"), str(path))
    assert not app.exception, app.exception[0].message
    assert says in html_of(app)
    assert field(app, "words_path").value == str(path), "what was typed is still there"
    assert "unix" in html_of(app), "and the page goes on with the vectors it had"


def test_an_encoders_words_become_a_set(open_page, own_vectors, monkeypatch, tmp_path):
    """From the sidebar, in a worker process: each word of the chosen set encoded by MiniLM, and MiniLM's own table."""
    from core.cached import words as cached_words

    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    fresh_processes()
    own = store.import_file(own_vectors)
    app = view(open_page, "neighbours", words_vectors="own.txt", words_query="king")
    app.session_state["words_encoder_open"] = True
    app.run()
    assert next(box for box in app.selectbox if box.key == "words_encoder").value == "minilm"
    assert any("MB download" in option for option in app.selectbox(key="words_encoder").options)
    app.button(key="words_encoder_go").click().run()
    request = cached_words.encoded_words(own.key, own.words, "minilm", "", start=False)
    request._finished.wait(90)
    app.run()
    assert not app.exception, app.exception[0].message
    kept = next(item for item in store.stored() if item.title.endswith("words encoded"))
    assert (kept.words, kept.dimension) == (own.words, 384)
    assert (
        app.selectbox(key="words_vectors").value == kept.key
        and "each word encoded" in " ".join(caption.value for caption in app.caption).lower()
    )
    app.radio(key="words_encoder_way").set_value("input embeddings").run()
    run_until_still(app.button(key="words_encoder_table").click().run())
    assert "all-MiniLM-L6-v2, input embeddings" in [item.title for item in store.stored()] and not app.exception


def test_a_published_set_is_fetched_on_a_press_only(open_page, monkeypatch, tmp_path):
    """In its own process; this server has no such file: a sentence, and another press."""
    from core.cached import words as cached_words
    from tests.support.hub_server import fake_hub

    name = "glove-wiki-gigaword-50"
    with fake_hub({}) as server:
        monkeypatch.setenv("TEXTLAB_RELEASES", server.url)
        monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
        app = view(open_page, "neighbours")
        app.session_state["words_open"] = True
        app.run()
        assert app.selectbox(key="words_named").options[0] == (f"GloVe 6B 50d: {name} (400,000 words, 69 MB, PDDL)")
        app.selectbox(key="words_named").set_value(name).run()
        assert server.asked == [] and app.button(key="words_fetch").label == "Download 69 MB"
        app.button(key="words_fetch").click().run()
        cached_words.named_set(name, start=False)._finished.wait(90)
        app.run()
        assert not app.exception and "could not be downloaded" in html_of(app) and server.asked
        assert app.button(key="words_fetch"), "another try"
    cached_words.worker.clear()


def test_ten_sessions_share_one_copy(own_vectors, monkeypatch, tmp_path):
    """One object for all sessions, its numbers in a mapped file that nobody can write to."""
    from concurrent.futures import ThreadPoolExecutor

    import numpy as np

    from core.cached import words as cached_words

    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    key = store.import_file(own_vectors).key
    with ThreadPoolExecutor(10) as sessions:
        seen = list(sessions.map(lambda _: cached_words.word_vectors(key), range(10)))
    assert all(vectors is seen[0] for vectors in seen)
    numbers = seen[0].matrix
    assert not numbers.flags.writeable
    while numbers.base is not None and not isinstance(numbers, np.memmap):
        numbers = numbers.base
    assert isinstance(numbers, np.memmap), "a view of the mapped file, not a copy"


def test_benchmarks_stand_side_by_side(open_page, tmp_path, monkeypatch):
    """Two sets at once: each named with its own share, in every picture and in the numbers to take along."""
    import numpy as np

    from core import catalog

    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    minilm = catalog.load("minilm-words")
    half = store.save("ab" * 16, "half of it", list(minilm.words), np.array(minilm.matrix[:, :48]))
    app = view(open_page, "benchmark", words_bench="Accuracy", words_vectors=MINILM)
    app.multiselect(key="words_beside").set_value([half.key]).run()
    assert not app.exception, app.exception[0].message
    text = html_of(app)
    assert f"{MINILM} 75.6 % of 12,154; half of it " in text
    for picture in ("landing", "similarity"):
        app.segmented_control(key="words_bench").set_value(picture).run()
        assert not app.exception and "half of it" in app.get("plotly_chart")[0].proto.spec


def test_any_encoder_of_the_hub_gives_its_words_on_a_press(open_page, monkeypatch, tmp_path):
    """A sentence-transformers repository by its name, from a hub on this machine: fetched without its pickle."""
    from core import catalog
    from core.cached import hub as cached_hub
    from core.models import hub
    from tests.support.hub_server import fake_hub

    folder = catalog.find("minilm").path
    files = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    pickle_only = {"pytorch_model.bin": b"pickle"}
    with fake_hub({"lab/mini": files | pickle_only, "lab/old": pickle_only}) as server:
        for name, value in {
            "HF_ENDPOINT": server.url,
            "HF_HUB_OFFLINE": "0",
            "HF_HOME": str(tmp_path),
            "HF_TOKEN": "",
            "NO_PROXY": "127.0.0.1",
            "TEXTLAB_HOME": str(tmp_path),
        }.items():
            monkeypatch.setenv(name, value)
        cached_hub.worker.clear()
        fresh_processes()
        app = view(open_page, "neighbours")
        app.session_state["words_encoder_open"] = True
        app.run()
        app.selectbox(key="words_encoder").set_value("another one of the hub").run()
        for repo, says in (("lab/old", "no weights as safetensors"), ("lab/mini", "")):
            app.text_input(key="words_encoder_repo").set_value(repo).run()
            app.button(key="words_encoder_fetch").click().run()
            cached_hub.from_hub(repo, None, start=False)._finished.wait(90)
            app.run()
            assert not app.exception and says in html_of(app)
        assert "pytorch_model.bin" not in hub.kept_files("lab/mini")
        app.radio(key="words_encoder_way").set_value("input embeddings").run()
        run_until_still(app.button(key="words_encoder_table").click().run())
        assert not app.exception and [item.title for item in store.stored()] == ["mini, input embeddings"]
        assert "unix" in html_of(app)
    cached_hub.worker.clear()
