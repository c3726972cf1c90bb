"""The lines of Python under each view and part of the page on words give what is drawn, for inputs of a person."""

from __future__ import annotations

import numpy as np
import pytest

from core.workflows.encoder_sources import on_this_machine
from pages.shared.frame import find_views
from pages.shared.map.map_canvas import unit_places
from pages.words.measures import FARTHEST
from tests.conftest import run_until_still
from tests.support.methods import lines_of, open_view, result_of
from tests.support.screen import components_of, figure_of, html_of, lists_of

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


@pytest.mark.parametrize("query", ["linux", "king - man + woman"])
@pytest.mark.parametrize("mode, first", [("Farthest", "all words"), ("Nearest", "the first 10,000 words")])
def test_farthest_words_and_those_among_the_first(open_page, mode, first, query):
    app = open_view(open_page, "words", "neighbours", words_near_mode=mode, words_first=first, words_query=query)
    result = ran(app)
    drawn = next(trace["customdata"] for trace in figure_of(app)["data"] if "customdata" in trace)
    assert len(result) == 12 and [row[0] for row in drawn] == [row[0] for row in result]
    assert [number for row in drawn for number in row[1:]] == pytest.approx([n for row in result for n in row[1:]])
    assert (result[0][1] < 0) == (mode == "Farthest")


def test_a_ranked_list(open_page):
    words = "tea, 's, tractor, nonesuchx, tea"
    app = open_view(open_page, "words", "neighbours", words_near_mode="Rank a list", words_near_list=words)
    result, trace = ran(app), figure_of(app)["data"][1]
    assert trace["customdata"] == [word for word, _ in result] and set(trace["customdata"]) == {"tea", "'s", "tractor"}
    assert trace["x"] == pytest.approx([value for _, value in result]) and "nonesuchx" in html_of(app)


def test_the_odd_one_out(open_page):
    app = open_view(open_page, "words", "neighbours", words_near_mode="Odd one out", words_odd="cat, dog, horse, oak")
    result, figure = ran(app), figure_of(app)
    assert figure["data"][1]["customdata"] == [word for word, _ in result["scores"]]
    assert figure["data"][1]["x"] == pytest.approx([value for _, value in result["scores"]])
    assert result["scores"][0][0] in figure["layout"]["title"]["text"] and result["scores"][0][0] == "oak"


SECOND = {"words_second": MINILM["words_vectors"]}


def joined(app) -> int:
    """How many words of two lists side by side are joined by a line."""
    return sum(trace["mode"] == "lines+markers" for trace in figure_of(app)["data"])


def told(app) -> str:
    return " ".join(item["text"] for item in figure_of(app)["layout"]["annotations"])


@pytest.mark.parametrize("query", ["linux", "king - man + woman"])
def test_neighbours_by_two_sets(open_page, query):
    app = open_view(open_page, "words", "neighbours", words_query=query, **SECOND)
    result = ran(app)
    assert len(result["first"]) == len(result["second"]) == 12 and joined(app) == len(result["common"]) > 0
    assert all(f"{item['similarity']:.3f}" in told(app) for item in result["first"] + result["second"])
    assert f"{result['expected']:.2g}" in html_of(app)


@pytest.mark.parametrize("leave_out", ["true", "false"])
def test_an_analogy_by_two_sets(open_page, leave_out):
    app = open_view(open_page, "words", "analogy", words_exclude=leave_out, **SECOND)
    result = ran(app)
    assert joined(app) == len(result["common"]) and ("query word" in told(app)) == (leave_out == "false")
    assert all(item["word"] in told(app) for item in result["first"] + result["second"])


def test_an_analogy_among_the_first_words(open_page):
    words = {"words_a": "paris", "words_b": "france", "words_c": "tokyo"}
    app = open_view(open_page, "words", "analogy", words_first="the first 10,000 words", **words)
    result = ran(app)
    assert [row[2] for row in lists_of(app)[0]] == [f"{item['score']:.3f}" for item in result]
    assert all(item["frequency_rank"] <= 10_000 for item in result)


def test_pairs_by_two_sets(open_page):
    app = open_view(open_page, "words", "pair", words_pair_b="risen, open-source, linux", **SECOND)
    first, second = ran(app)
    by_other = {item["b"]: f"{item['percentile']:.1f}" for item in second}
    shown = {row[0]: row[2:] for row in lists_of(app)[0]}
    assert (
        shown == {item["b"]: [f"{item['percentile']:.1f}", by_other.get(item["b"], "OOV")] for item in first}
        and shown["open-source"][1] == "OOV"
    )


@pytest.mark.parametrize("order", ["Dimension", "Contribution"])
def test_what_a_vector_is(open_page, order):
    app = open_view(open_page, "words", "vector", words_vector="coffee, 's, tea", words_vector_order=order)
    result, (cells, bars, line) = ran(app), figure_of(app)["data"]
    assert np.array(cells["z"]) == pytest.approx(np.array(result["numbers"])) and len(cells["z"]) == 3
    assert bars["y"] == pytest.approx(result["added"]) and line["y"] == pytest.approx(result["sum"])
    assert line["y"][-1] == pytest.approx(result["cosine"])
    assert f"{result['cosine']:.3f}" in figure_of(app)["layout"]["title"]["text"]


def test_one_vector(open_page):
    app = open_view(open_page, "words", "vector", words_vector="linux", **MINILM)
    (cells,) = figure_of(app)["data"]
    assert np.array(cells["z"]) == pytest.approx(np.array(ran(app)["numbers"])) and len(cells["z"][0]) == 384


def test_words_in_context(open_page):
    app = open_view(open_page, "words", "context", words_context_word="bat")
    app.slider(key="words_context_layer").set_value(4).run()
    result, data = ran(app), figure_of(app)["data"]
    same, other = (trace["y"] for trace in data if trace["mode"] == "lines+markers")
    assert same == pytest.approx([layer["same"] for layer in result["layers"]], abs=1e-5)
    assert other == pytest.approx([layer["other"] for layer in result["layers"]], abs=1e-5)
    pairs = sorted(value for trace in data if trace["mode"] == "markers" for value in trace["y"])
    assert pairs == pytest.approx(sorted(v for layer in result["layers"] for v in layer["pairs"]), abs=1e-5)
    drawn = {int(n): point for t in data if "text" in t for n, point in zip(t["text"], points(t), strict=True)}
    assert [drawn[row + 1] for row in range(8)] == [pytest.approx(point, abs=1e-4) for point in result["points"]]


def test_words_in_context_by_a_gguf_file(open_page):
    """Another encoder gives a vector of each sentence."""
    source = next(source for source in on_this_machine() if source.kind == "gguf" and "ocket" in source.title)
    app = open_view(open_page, "words", "context")
    app.selectbox(key="words_context_encoder").set_value(f"gguf {source.name}").run()
    run_until_still(app)
    result, data = ran(app), figure_of(app)["data"]
    assert len(result["layers"]) == 1
    same, other = (trace["y"] for trace in data if trace["mode"] == "lines+markers")
    assert (same[0], other[0]) == pytest.approx((result["layers"][0]["same"], result["layers"][0]["other"]), abs=1e-4)


@pytest.mark.parametrize(
    "query",
    [
        {"words_map_count": "500"},
        {"words_map_kind": "Near a word", "words_map_near_count": "100", "words_map_method": "PCA"},
        {"words_map_kind": "A list"},
    ],
)
def test_a_map_of_words(open_page, query):
    app = open_view(open_page, "words", "map", words_map_query="king", **query)
    run_until_still(app)
    result = ran(app)
    ((_, body),) = components_of(app, "words_canvas_places")
    drawn = np.frombuffer(body, np.float32).reshape(-1, 2)
    expected, _ = unit_places(np.array(result["points"], np.float32))
    assert len(drawn) == len(result["words"]) and drawn == pytest.approx(expected, abs=0.02)
    ((header, _),) = components_of(app, "words_canvas")
    hits = [result["words"][row] for row in header["hits"]]
    assert [row[0].rsplit(" ", 1)[0] for row in lists_of(app)[0]] == hits and len(hits) == 10
    assert f"{result['trust']['trustworthiness']:.2f}" in html_of(app)


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
    compared_views |= {"vector", "map", "context"}
    assert set(find_views("words")) == compared_views
