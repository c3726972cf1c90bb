"""The lines of Python under the views of documents give what the view draws, also with settings of one's own."""

from __future__ import annotations

import html
import re

import numpy as np
import pytest

from core.documents import corpus, samples
from core.figures import style
from core.figures.documents import wrapped
from pages.shared.map.map_canvas import unit_places
from tests.conftest import run_until_still
from tests.support.document_maps import judged_folder
from tests.support.methods import lines_of, result_of
from tests.support.screen import components_of, decoded, figures_of, html_of, text_of

pytestmark = pytest.mark.timeout(300)

EVERYDAY = samples.BY_KEY["everyday"].title
SETTINGS = {"documents_neighbours": "8", "documents_distance": "0.3", "documents_seed": "7"}
QUERY = 'it\'s a "long" journey\\n by {train}'


@pytest.fixture
def view(open_page):
    def opened(name: str, **query: str):
        app = open_page("document_map", wait_s=200, documents_view=name, **{"documents_corpus": EVERYDAY, **query})
        assert not app.exception, app.exception
        return app

    return opened


def typed(app, key: str, value: str):
    app.text_input(key=key).set_value(value).run()
    run_until_still(app)
    assert not app.exception, app.exception
    return app


def result(app):
    lines = lines_of(app)
    assert len(lines.splitlines()) <= 14
    return result_of(lines)


def drawn_points(app, name: str) -> list[np.ndarray]:
    """The points on each map that our component draws, as they are sent."""
    sent = components_of(app, f"{name}_places")
    return [np.frombuffer(body, "<f4").reshape(-1, 2) for _, body in sent]


def same_places(points, drawn: np.ndarray) -> None:
    np.testing.assert_allclose(unit_places(np.float32(points))[0], drawn, atol=1e-5)


def test_the_map_in_two_dimensions_its_hits_and_its_clusters(view):
    app = typed(view("Map", **SETTINGS, documents_groups="16"), "documents_query", QUERY)
    found = result(app)
    same_places(found["points"], drawn_points(app, "documents_canvas")[0])
    (listed,) = components_of(app, "documents_hits_list")
    shown = [(entry["text"], entry["amount"]) for entry in listed["entries"]]
    assert [(text[:159], f"cosine {cosine:.2f}") for text, cosine in found["hits"]] == [
        (text.rstrip("…")[:159], amount) for text, amount in shown
    ]
    app.segmented_control(key="documents_panel").set_value("Clusters").run()
    (listed,) = components_of(app, "documents_groups_list")
    assert [[entry["text"], entry["amount"]] for entry in listed["entries"]] == [
        [words, f"{count} documents"] for words, count in found["clusters"]
    ]
    assert len(found["clusters"]) == 16


def test_the_map_in_three_dimensions(view):
    app = view("Map", **SETTINGS, documents_map="3-D", documents_corpus=samples.BY_KEY["lee"].title)
    found = result(app)
    texts = [wrapped(text) for text in corpus.load("lee").texts]
    drawn = []
    for trace in figures_of(app)[0]["data"]:
        if trace["type"] == "scatter3d" and trace.get("hovertext"):
            drawn += zip(trace["hovertext"], *(decoded(trace[axis]).tolist() for axis in "xyz"), strict=True)
    wanted = [(text, *point) for text, point in zip(texts, found["points"], strict=True)]
    assert [text for text, *_ in sorted(drawn)] == [text for text, *_ in sorted(wanted)]
    np.testing.assert_allclose([one[1:] for one in sorted(drawn)], [one[1:] for one in sorted(wanted)], atol=1e-4)


def test_the_map_coloured_by_distortion(view):
    app = view("Map", **SETTINGS, documents_colour="distortion: neighbours kept")
    found = result(app)
    assert f">{100 * np.mean(found['kept']):.0f} %<" in text_of(app)
    _, body = components_of(app, "documents_canvas_groups")[0]
    order = np.round(np.array(found["kept"]) * 62)
    np.testing.assert_allclose(np.frombuffer(body, np.uint8), order, atol=1)


def test_trust_in_three_ways_of_drawing_and_the_ring(view):
    app = view("Trust", **SETTINGS, documents_ring="best kept")
    found = result(app)
    heads = [part.value for part in app.markdown if part.value.endswith("% kept**")]
    captions = [part.value for part in app.caption if part.value.startswith("trustworthiness")]
    assert len(found["maps"]) == len(heads) == len(captions) == 3
    for place, (_, points, kept, measured) in enumerate(found["maps"]):
        assert heads[place].endswith(f": {100 * np.mean(kept):.0f} % kept**")
        told = f"trustworthiness {measured['trustworthiness']:.3f}, continuity {measured['continuity']:.3f}"
        assert captions[place] == told
        same_places(points, drawn_points(app, f"documents_trust_{place}")[0])
        assert components_of(app, f"documents_trust_{place}")[0][0]["rings"] == found["ring"]
    chosen = corpus.load("everyday").texts[found["ring"][0]]
    assert f"Ringed with its ten nearest: {chosen[:240]}" in [part.value for part in app.text]


def test_trust_of_nine_settings(view):
    app = view("Trust", documents_seed="7", documents_compare="settings")
    found = result(app)
    figure = figures_of(app)[0]
    titles = [note["text"] for note in figure["layout"]["annotations"]]
    assert len(found) == len(figure["data"]) == 9
    for (near, distance, points, kept), trace, title in zip(found, figure["data"], titles, strict=False):
        assert title == f"{near} · {distance}: {100 * kept:.0f} % kept"
        np.testing.assert_allclose(np.array(points), np.stack([decoded(trace["x"]), decoded(trace["y"])], 1), atol=1e-4)


@pytest.mark.parametrize("fusion", ["scores", "ranks"])
def test_search_gives_the_cards_the_flow_and_the_map(view, fusion):
    app = typed(view("Search"), "documents_search_query", "sweet garlic on a long journey")
    app.selectbox(key="documents_fusion").set_value(fusion).run()
    run_until_still(app)
    found = result(app)
    columns = {}
    for element in app.get("html"):
        title = re.search(r"By words|Both, fused|By meaning", element.proto.body)
        if title and "the document’s number in the corpus" in element.proto.body:
            columns[{"By words": "keyword", "Both, fused": "hybrid", "By meaning": "vector"}[title[0]]] = (
                element.proto.body
            )
    assert set(columns) == set(found)
    for mode, shown in columns.items():
        plain = html.unescape(re.sub(r"<[^>]+>", " ", shown))
        numbers = [int(one.replace(",", "")) for one in re.findall(r"document ([\d,]+)", plain)]
        assert numbers == [row for row, _, _ in found[mode]] and len(numbers) == min(10, len(found[mode]))
        cosines = re.findall(r"cosine (-?\d\.\d\d)\)", plain)
        assert cosines == [f"{hit['cosine']:.2f}" for _, hit, _ in found[mode] if hit["cosine"] is not None]
        scores = re.findall(r"fused\s+(\d\.\d\d)", plain)
        assert scores == ([f"{hit['score']:.2f}" for _, hit, _ in found[mode]] if "fused <b>" in shown else [])
    assert ("fused <b>" in columns["hybrid"]) is (fusion == "scores")
    notes = [note for note in figures_of(app)[0]["layout"]["annotations"] if note.get("hovertext")]
    texts = corpus.load("everyday").texts
    for x, mode in ((0, "keyword"), (10, "vector")):
        numbers = [
            int(note["text"].split("·")[1]) for note in sorted(notes, key=lambda one: one["y"]) if note["x"] == x
        ]
        assert numbers == [row for row, _, _ in found[mode]], "the flow's columns at the sides"
    middle = [note["hovertext"] for note in sorted(notes, key=lambda one: one["y"]) if note["x"] not in (0, 10)]
    assert middle == [style.plain(texts[row - 1]) for row, _, _ in found["hybrid"]], "and the one in between"
    _, body = components_of(app, "documents_found_canvas_groups")[0]
    kinds = np.frombuffer(body, np.uint8)
    on_map = {row + 1: int(kinds[row]) for row in np.flatnonzero(kinds != 63).tolist()}
    assert set(on_map) == {row for mode in found for row, _, _ in found[mode]}, "lit on the map"
    assert components_of(app, "documents_found_canvas")[0][0]["rings"] == [row - 1 for row, _, _ in found["hybrid"]]


def test_encoders_give_the_columns_and_their_agreement(view):
    app = view("Encoders")
    app.multiselect(key="documents_encoders").set_value(["all-MiniLM-L6-v2", "TF-IDF"]).run()
    run_until_still(app)
    document = next(box for box in app.selectbox if (box.key or "").startswith("documents_of_"))
    document.select_index(3).run()
    run_until_still(app)
    assert not app.exception
    found = result(app)
    columns, agreement = figures_of(app)
    shown = [note for note in columns["layout"]["annotations"] if re.match(r"<b>\d+</b>", note["text"])]
    for place, rows in enumerate(found["neighbours"]):
        here = sorted((note for note in shown if note["x"] == place), key=lambda note: note["y"])
        assert [int(re.match(r"<b>(\d+)</b>", note["text"])[1]) for note in here] == rows and len(rows) == 10
    off = [text for row in agreement["data"][0]["text"] for text in row]
    assert off == ["", f"{found['shared'][0][1]:.1f}", f"{found['shared'][1][0]:.1f}", ""]


@pytest.mark.parametrize("judged", ["everyday-topics", "folder"])
def test_judge_gives_every_measure_and_the_intervals(view, judged, tmp_path):
    app = view("Judge", documents_measure="MRR@10")
    app.selectbox(key="documents_judged").set_value(judged).run()
    if judged == "folder":
        typed(app, "documents_judged_folder", str(judged_folder(tmp_path)))
    app.multiselect(key="documents_encoders").set_value(["Averaged word vectors", "TF-IDF"]).run()
    app.selectbox(key="documents_fusion").set_value("ranks").run()
    run_until_still(app)
    assert not app.exception
    found = result(app)
    wanted = [(title, mode, means, ends) for title, mode, means, ends in found if mode != "keyword"]
    wanted.insert(0, next(one for one in found if one[1] == "keyword"))
    table = app.dataframe[0].value
    assert table.iloc[:, 2:].to_numpy().tolist() == [[round(mean, 3) for mean in means] for _, _, means, _ in wanted]
    assert list(table["encoder"]) == ["", *(title for title, *_ in wanted[1:])]
    lines = [trace["x"] for trace in figures_of(app)[0]["data"] if trace["mode"] == "lines"]
    np.testing.assert_allclose(lines, [ends for *_, ends in wanted])


def test_what_a_person_typed_is_a_text_in_the_lines_and_nothing_else(view):
    app = typed(view("Search"), "documents_search_query", '"); raise SystemExit("x')
    assert set(result(app)) == {"keyword", "hybrid", "vector"} and html_of(app)
