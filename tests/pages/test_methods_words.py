"""The lines of Python under each view and part of the page on words give what is drawn, for inputs of a person."""

from __future__ import annotations

import numpy as np
import pytest

from pages.shared.frame import find_views
from pages.words.measures import FARTHEST
from tests.support.methods import lines_of, open_view, result_of
from tests.support.screen import figure_of, lists_of

MINILM = {"words_vectors": "MiniLM input embeddings"}
CLOSE = {"abs": 2e-6}  # float32 sums in another order


def ran(app, folder=None):
    return result_of(lines_of(app), folder) if folder else result_of(lines_of(app))


def points(trace) -> list[tuple[float, float]]:
    return list(zip(trace["x"], trace["y"], strict=True))


@pytest.mark.parametrize("query, count", [("doctor", "7"), ("'s", "6"), ("king - man + woman", "9")])
def test_neighbours(open_page, query, count):
    app = open_view(open_page, "words", "neighbours", words_query=query, words_count=count)
    result = ran(app)
    drawn = next(trace["customdata"] for trace in figure_of(app)["data"] if "customdata" in trace)
    assert len(drawn) == int(count) and [row[0] for row in drawn] == [row[0] for row in result]
    assert [number for row in drawn for number in row[1:]] == pytest.approx([n for row in result for n in row[1:3]])
    rows = [
        [word + (" ⇄" if more == [True] else ""), "", f"{cosine:.3f}", f"{angle:.1f}°"]
        for word, cosine, angle, *more in result
    ]
    assert [row[:4] for row in lists_of(app)[0]] == rows


def test_pair(open_page):
    app = open_view(open_page, "words", "pair", words_pair_a="coffee", words_pair_b="tractor, tea, nonesuchx", **MINILM)
    result = ran(app)
    rows = [[item["b"], "", f"{100 * item['similarity']:.1f}", f"{item['percentile']:.1f}"] for item in result]
    assert [row[:3] + row[4:] for row in lists_of(app)[0]] == rows and [item["a"] for item in result] == ["coffee"] * 2
    lines = [trace["x"][0] for trace in figure_of(app)["data"] if trace["mode"] == "lines+markers"]
    assert sorted(lines) == pytest.approx(sorted(100 * item["similarity"] for item in result))


@pytest.mark.parametrize("method, leave_out", [("Multiply (3CosMul)", "true"), ("Add (3CosAdd)", "false")])
def test_analogy(open_page, method, leave_out):
    words = {"words_a": "paris", "words_b": "france", "words_c": "tokyo"}
    app = open_view(open_page, "words", "analogy", words_method=method, words_exclude=leave_out, **words)
    result = ran(app)
    assert [row[0].removesuffix(" query word") for row in lists_of(app)[0]] == [item["word"] for item in result]
    assert [row[2] for row in lists_of(app)[0]] == [f"{item['score']:.3f}" for item in result]
    assert any(item["is_input"] for item in result) == (leave_out == "false")
    dots = next(trace["customdata"] for trace in figure_of(app)["data"] if "customdata" in trace)
    scores = {item["word"]: item["score"] for item in result}
    assert len(dots) >= 4 and {word: score for word, score, _ in dots} == pytest.approx(
        {word: scores[word] for word, *_ in dots}, abs=1e-5
    )


def forest(figure) -> np.ndarray:
    """The rows of a forest plot: value, low, high (N, 3)."""
    lines = [trace for trace in figure["data"] if trace["mode"] == "lines"]
    dots = [trace for trace in figure["data"] if trace["mode"] == "markers"]
    return np.array([(dot["x"][0], *line["x"]) for dot, line in zip(dots, lines, strict=True)])


def bars(figure) -> list[tuple[float, float]]:
    return [(shape["x0"], shape["x1"]) for shape in figure["layout"]["shapes"] if shape["type"] == "rect"]


@pytest.mark.parametrize("second", ["", "GloVe 6B 50d"])
def test_all_weat_tests(open_page, second):
    app = open_view(open_page, "words", "bias", **MINILM, **({"words_second": second} if second else {}))
    result = ran(app)
    sets = list(result.values()) if second else [result]
    rows = [item for row in zip(*sets, strict=True) for item in row if item["verdict"]["state"] != "not testable"]
    expected = [
        (item["result"]["effect_size"], item["uncertainty"]["interval"]["low"], item["uncertainty"]["interval"]["high"])
        for item in rows
    ]
    figure = figure_of(app)
    assert len(expected) == (13 if second else 4) and forest(figure) == pytest.approx(np.clip(expected, -1.3, 2))
    assert np.array(bars(figure)) == pytest.approx(np.array([item["result"]["null"] for item in rows]))
    filled = [trace["marker"]["color"] == trace["marker"]["line"]["color"] for trace in dots_of(figure)]
    assert filled == [item["verdict"]["state"] == "finding" for item in rows], "findings are filled"


def dots_of(figure) -> list[dict]:
    return [trace for trace in figure["data"] if trace["mode"] == "markers"]


@pytest.mark.parametrize("language, number", [("German", 0), ("French", 6)])
def test_weat_in_other_languages(open_page, language, number):
    app = open_view(open_page, "words", "bias", words_weat_language=language)
    app.selectbox(key="words_test").set_value(number).run()
    result = ran(app)
    if number:
        assert result["test"]["number"] == 6 and result["test"]["x"][0] == "Jean"
    else:
        assert [item["test"]["number"] for item in result] == [1, 2, 6]


def test_weat_and_measures_of_own_lists(open_page, monkeypatch, tmp_path):
    from core.words import own_lists

    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    lists = [["rose", "tulip", "lily", "daisy"], ["ant", "wasp", "moth", "flea"], ["joy", "love"], ["pain", "hate"]]
    own = own_lists.save("lists", "it's “mine”", {"names": ["X", "Y", "A", "B"], "lists": lists})
    app = open_view(open_page, "words", "bias", words_own_lists=own.id)
    result = ran(app)
    assert f"d = {result['result']['effect_size']:.2f}" in figure_of(app)["layout"]["title"]["text"]
    app = open_view(open_page, "words", "bias", words_bias="All measures", words_own_lists=own.id)
    result = ran(app)
    assert [item["targets"] for item in result if item["measure"]["key"] == "direct"] == [8]
    assert any(f"{result[0]['interval']['value']:.4g}   95 %" in text.value for text in app.text)


def test_one_weat_test(open_page):
    app = open_view(open_page, "words", "bias")
    app.selectbox(key="words_test").set_value(7).run()
    result = ran(app)
    drawn = {
        word: value
        for trace in figure_of(app)["data"]
        if "text" in trace
        for word, value in zip(trace["text"], trace["x"], strict=True)
    }
    assert result["test"]["number"] == 7 and drawn == pytest.approx(result["result"]["associations"])
    assert f"d = {result['result']['effect_size']:.2f}" in figure_of(app)["layout"]["title"]["text"]


def compared(app, result) -> None:
    dots = next(trace for trace in figure_of(app)["data"] if trace["mode"] == "markers")
    assert dots["customdata"] == result["words"] and len(result["words"]) >= 4
    drawn = [number for point in points(dots) for number in point]
    expected = [number for pair in zip(result["shares"], result["projections"], strict=True) for number in pair]
    assert drawn == pytest.approx(expected, **CLOSE)
    line = next(trace for trace in figure_of(app)["data"] if trace["mode"] == "lines")
    assert points(line)[1][1] == pytest.approx(100 * result["slope"] + result["intercept"], **CLOSE)


def test_occupations(open_page):
    app = open_view(
        open_page, "words", "bias", words_bias="Occupations", words_high="woman", words_low="man", words_plain="false"
    )
    result = ran(app)
    assert "model" in result["words"], "words with several senses, too"
    compared(app, result)


@pytest.mark.parametrize("method, axis", [("mean", "gender (10 pairs)"), ("pca", "wealth (10 pairs)")])
def test_occupations_on_several_pairs(open_page, method, axis):
    app = open_view(open_page, "words", "bias", words_bias="Occupations", words_occ_axis=axis)
    app.radio(key="words_occ_by").set_value(method).run()
    compared(app, ran(app))


def test_occupations_of_a_persons_own_table(open_page, tmp_path):
    table = b"nurse,90\nengineer,15.5\nteacher,75\ncarpenter,2\npilot,9\n"
    (tmp_path / "it's mine.csv").write_bytes(table)
    app = open_view(open_page, "words", "bias", words_bias="Occupations")
    app.file_uploader(key="words_shares").upload("it's mine.csv", table)
    app.run()
    result = ran(app, tmp_path)
    assert result["words"] == ["nurse", "engineer", "teacher", "carpenter", "pilot"]
    compared(app, result)


def test_all_measures(open_page):
    app = open_view(open_page, "words", "bias", words_bias="All measures")
    result = ran(app)
    figure = figure_of(app)
    said = " ".join(note["text"] for note in figure["layout"]["annotations"])
    assert all(item["measure"]["title"] in said for item in result)
    testable = [item for item in result if item["verdict"]["state"] != "not testable"]
    assert len(forest(figure)) == len(testable) == 7
    for item, row in zip(testable, forest(figure), strict=True):
        at, (below, middle, above) = item["interval"], item["null"]
        assert f"{at['value']:.3g}, unbiased: " in said
        for drawn, number in zip(row, (at["value"], at["low"], at["high"]), strict=True):
            half = above - middle if number >= middle else middle - below
            assert drawn == pytest.approx(max(-FARTHEST, min(FARTHEST, (number - middle) / half)), abs=1e-5)
    numbers = [text.value.rpartition("   ")[0] for text in app.text if "95 % interval" in text.value]
    assert numbers == [
        f"{item['interval']['value']:.4g}   95 % interval {item['interval']['low']:.4g} to "
        f"{item['interval']['high']:.4g}   null {item['null'][0]:.4g} to {item['null'][2]:.4g} (median "
        f"{item['null'][1]:.4g})   without one word {item['without'][0]:.4g} to {item['without'][1]:.4g}"
        for item in result
    ]


@pytest.mark.parametrize("method", ["mean", "pca"])
def test_one_axis(open_page, method):
    app = open_view(open_page, "words", "axis", words_axis="big - small, huge - tiny, large - little", **MINILM)
    app.radio(key="words_axis_by").set_value(method)
    app.text_area(key="words_axis_list").set_value("whale, ant, mouse, horse, nonesuchx").run()
    result = sorted(ran(app), key=lambda item: item["projection"])
    bars, dots = figure_of(app)["data"]
    assert {item["word"] for item in result} == {"whale", "ant", "mouse", "horse"}
    assert dots["customdata"] == [[item["word"], item["decided_by"]] for item in result]
    assert dots["x"] == pytest.approx([item["projection"] for item in result], **CLOSE)
    spans = [number for item in result for number in (item["low"], item["high"])]
    assert [number for number in bars["x"] if number is not None] == pytest.approx(spans, **CLOSE)


def test_two_axes(open_page):
    app = open_view(open_page, "words", "axis", words_axis="big - small", words_axis_up="dangerous - safe")
    app.text_area(key="words_axis_list").set_value("whale, ant, mouse, shark").run()
    result = ran(app)
    dots = figure_of(app)["data"][0]
    assert dots["text"] == [word for word, _, _ in result] == ["whale", "ant", "mouse", "shark"]
    assert [n for point in points(dots) for n in point] == pytest.approx(
        [n for row in result for n in row[1:]], **CLOSE
    )


@pytest.mark.parametrize("step", ["1 Before", "2 Neutralize", "4 Check: clusters"])
def test_debiasing_in_the_plane(open_page, step):
    app = open_view(open_page, "words", "lipstick", words_step=step, **MINILM)
    drawn = {
        word: point
        for trace in figure_of(app)["data"]
        for word, point in zip(trace["text"], points(trace), strict=True)
    }
    result = dict(ran(app))
    assert len(drawn) == 500 and set(drawn) == set(result)
    assert [n for word in result for n in drawn[word]] == pytest.approx(
        [n for two in result.values() for n in two], abs=1e-5
    )


def test_debiasing_equalized_pairs(open_page):
    app = open_view(open_page, "words", "lipstick", words_step="3 Equalize", **MINILM)
    bars, dots = figure_of(app)["data"]
    result = sorted(ran(app), key=lambda item: item[1][1])
    assert dots["x"] == pytest.approx([after for _, (_, after) in result], **CLOSE)
    assert [n for n in bars["x"] if n is not None] == pytest.approx(
        [n for _, two in result for n in sorted(two)], **CLOSE
    )
    assert sorted(word for word, _ in dots["customdata"]) == sorted(word for word, _ in result)


def test_debiasing_along_another_axis(open_page):
    app = open_view(
        open_page, "words", "lipstick", words_step="1 Before", words_debias_axis="wealth (10 pairs)", **MINILM
    )
    drawn = {word for trace in figure_of(app)["data"] for word in trace["text"]}
    assert drawn == {word for word, _ in ran(app)}


def test_debiasing_neighbours(open_page):
    app = open_view(open_page, "words", "lipstick", words_step="5 Check: neighbours", **MINILM)
    dots, result = figure_of(app)["data"][0], ran(app)
    assert dots["text"] == [word for word, _, _ in result]
    expected = [n for _, bias, share in result for n in (bias, 100 * share)]
    assert [n for point in points(dots) for n in point] == pytest.approx(expected, abs=1e-5)


@pytest.fixture
def two_sets(monkeypatch, tmp_path):
    """An imported set to compare with: the key of half of MiniLM's dimensions."""
    from core import catalog
    from core.words.files import store

    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    minilm = catalog.load("minilm-words")
    return store.save("cd" * 16, "half of “it”", list(minilm.words), np.array(minilm.matrix[:, :48])).key


def test_accuracy_of_two_sets(open_page, two_sets):
    app = open_view(open_page, "words", "benchmark", words_bench_method="Baseline (c only)", **MINILM)
    app.multiselect(key="words_beside").set_value([two_sets]).run()
    result = ran(app)
    assert list(result) == [MINILM["words_vectors"], "half of “it”"]
    for trace, counted in zip(figure_of(app)["data"], result.values(), strict=True):
        shares = [100 * section["correct"] / section["answered"] for section in counted["sections"]]
        assert trace["x"] == pytest.approx(shares) and counted["method"] == "only-c" and counted["exclude_inputs"]


def test_where_analogies_land(open_page):
    app = open_view(open_page, "words", "benchmark", words_bench="Nearest word of all", **MINILM)
    (counted,) = ran(app).values()
    asked = [section for section in counted["sections"] if section["answered"]]
    for kind, trace in enumerate(figure_of(app)["data"]):
        landed = [section["landed"][kind] for section in asked]
        whole = 100 * sum(landed) / sum(section["answered"] for section in asked)
        each = [100 * count / section["answered"] for count, section in zip(landed, asked, strict=True)]
        assert trace["x"] == pytest.approx([whole, *each])
    assert not counted["exclude_inputs"]


def test_similarity(open_page, two_sets):
    app = open_view(open_page, "words", "benchmark", words_bench="Similarity")
    app.multiselect(key="words_beside").set_value([two_sets]).run()
    result = [item for found in ran(app).values() for item in found]
    expected = [(item["rho"]["value"], item["rho"]["low"], item["rho"]["high"]) for item in result]
    assert len(expected) == 4 and forest(figure_of(app)) == pytest.approx(np.array(expected), **CLOSE)
    pairs = zip(result[0]["words"], result[0]["ratings"], result[0]["cosines"], strict=True)
    rows = [[f"{a}, {b}", "", f"{rating:.1f}", f"{cosine:.2f}"] for (a, b), rating, cosine in pairs]
    assert lists_of(app)[0] == rows[:6]


def test_own_ratings_beside_the_published(open_page, monkeypatch, tmp_path):
    from core.words import own_lists

    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    words = ["king", "cat", "car", "sun", "tea", "war", "law", "poem", "tax", "dog", "bus"]
    pairs = [[a, b, float(i)] for i, (a, b) in enumerate(zip(words, words[1:] + words[:1], strict=True))]
    own = own_lists.save("ratings", "it's mine", {"pairs": pairs})
    app = open_view(open_page, "words", "benchmark", words_bench="Similarity", words_own_ratings=own.id)
    ((*_, last),) = ran(app).values()
    assert last["pairs"] == 11 and forest(figure_of(app))[-1][0] == pytest.approx(last["rho"]["value"], **CLOSE)


def test_guess(open_page):
    app = open_view(open_page, "words", "guess")
    app.text_input(key="words_own").set_value("king - man + woman").run()
    app.text_input(key="words_own_options").set_value("queen, 's, king").run()
    next(button for button in app.button if button.label == "queen").click().run()
    result = ran(app)
    assert list(result) == ["queen", "'s", "king"]
    assert figure_of(app)["data"][0]["x"] == pytest.approx(list(result.values()), **CLOSE)


@pytest.mark.parametrize(
    "view, key, label, option",
    [
        ("bias", "words_bias", "Association tests", "weat"),
        ("benchmark", "words_bench", "Where it lands", "landing"),
        ("benchmark", "words_bench_method", "Same direction", "pair-direction"),
        ("analogy", "words_method", "Only c (no relation)", "only-c"),
        ("lipstick", "words_step", "3 Pairs set even", "even"),
    ],
)
def test_an_option_that_was_renamed_is_chosen_by_an_old_link(open_page, view, key, label, option):
    app = open_view(open_page, "words", view, **{key: label})
    assert app.session_state[key] == option and not app.warning


def test_every_view_of_the_page_is_compared_above():
    compared_views = {"neighbours", "pair", "analogy", "bias", "axis", "lipstick", "benchmark", "guess"}
    assert set(find_views("words")) == compared_views
