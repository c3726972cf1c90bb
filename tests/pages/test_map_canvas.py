import base64
import dataclasses
import json

import numpy as np
import pytest

from core.documents.ingest import fields
from core.documents.mapping.clusters import Clusters
from core.documents.mapping.selection import packed, unpacked
from core.documents.projection import ProjectionSettings
from core.figures import style
from core.figures.documents import Colouring
from pages.documents.map.histograms import select_bars
from pages.documents.map.map_data import MapData, QueryResult, colouring
from pages.documents.map.selection import as_json_lines, as_parquet, table_of
from pages.documents.sidebar import PageSettings
from pages.shared.map import map_canvas
from pages.shared.map.selected import Held


def test_points_fill_the_square_round_their_middle():
    places, span = map_canvas.unit_places(np.float32([[0, 0], [4, 2]]))
    assert places.tolist() == [[-1, -0.5], [1, 0.5]] and span == [1, 0.5]
    assert map_canvas.unit_places(np.zeros((1, 2), np.float32))[0].tolist() == [[0, 0]]


def test_a_message_is_its_length_a_header_and_the_numbers():
    message = map_canvas.packed({"key": "x", "texts": ["<b>naïve</b>"]}, np.float32([[1, 2]]))
    length = int.from_bytes(message[:4], "little")
    assert json.loads(message[4 : 4 + length])["texts"] == ["<b>naïve</b>"]
    assert np.frombuffer(message[4 + length :], np.float32).tolist() == [1, 2]


def sent(name: str, rows: list[int], how: str = "new", source: str = "lasso", count: int = 10) -> str:
    return "|".join([name, how, source, base64.b64encode(packed(np.array(rows, dtype=np.int64), count)).decode()])


def test_a_selection_of_the_browser_is_held_undone_and_told_again():
    held = Held("corpus")
    held.receive(sent("b1", [5, 2]), 10)
    assert held.rows.tolist() == [2, 5] and held.name == "b1" and held.selection.source == "lasso"
    assert held.body(10) == b"", "the browser has these rows"
    held.choose(np.array([5, 7]), "common", "group fire")
    assert held.rows.tolist() == [5] and held.name.startswith("p") and unpacked(held.body(10), 10).tolist() == [5]
    held.undo()
    assert held.rows.tolist() == [2, 5] and unpacked(held.body(10), 10).tolist() == [2, 5]
    before = held.name
    held.tell_again()
    assert held.name != before and held.rows.tolist() == [2, 5]


def test_nonsense_from_the_browser_changes_nothing():
    held = Held("corpus")
    held.receive(sent("b1", [3]), 10)
    for told in (None, 7, "", "b2", "b2|new|lasso", "b2|new|lasso|!!", "x2|new|lasso|aQAAAAA=", "b2|new|lasso|aQAA"):
        held.receive(told, 10)
        assert held.rows.tolist() == [3] and held.name == "b1"


def test_bars_of_a_histogram_select_their_documents():
    held = Held("corpus")
    counted = {"year": fields.count(fields.read("year", [1999, 2001, 2001, 2005]), held.rows)}
    for told in (None, {}, {"field": "other"}, {"field": "year", "from": 1, "to": 9}, {"field": "year", "from": -1}):
        select_bars(told, counted, held, "new")
        assert held.rows.tolist() == []
    select_bars({"field": "year", "from": 0, "to": 1}, counted, held, "new")
    assert held.rows.tolist() == [0, 1, 2] and held.selection.source == "year 1999 to 2001"
    select_bars({"field": "year", "from": 1, "to": 1, "how": "remove"}, counted, held, "new")
    assert held.rows.tolist() == [0]


def test_colours_of_groups_and_of_amounts():
    palette, rows = map_canvas.colours_of(Colouring("groups", np.array([0, 1, 1]), ("a", "b")))
    assert rows.tolist() == [0, 1, 1] and len(palette) == 64 and palette[0] == "#0072B2"
    palette, rows = map_canvas.colours_of(Colouring("length", amounts=np.array([1.0, 2.0, 3.0])))
    assert rows.tolist() == [0, 31, 62] and all(len(colour) == 7 for colour in palette)


@pytest.mark.parametrize("count", [8, 16, 64, 128])
def test_the_colour_of_a_group_is_the_same_on_the_map_and_in_the_list(count):
    made = Colouring("groups", np.arange(count), tuple(map(str, range(count))))
    palette, rows = map_canvas.colours_of(made)
    assert [palette[row] for row in rows] == list(made.colours()) == [made.colour_of(row) for row in range(count)]


def test_a_point_without_a_value_is_grey():
    palette, rows = map_canvas.colours_of(Colouring("length", amounts=np.array([1.0, np.nan, 3.0])))
    assert rows.tolist() == [0, 63, 62] and palette[63] == style.GREY
    palette, rows = map_canvas.colours_of(Colouring("groups", np.array([-1, 0]), ("a",)))
    assert rows.tolist() == [63, 0] and palette[63] == style.GREY


def test_labels_stand_at_the_median_level_by_level_the_larger_first():
    points = np.float32([[0, 0], [1, 1], [1, 0]])
    clusters = Clusters(np.array([[0, 0], [1, 1], [1, 2]]), ((("cat",), ("dog",)), (("a",), ("b",), ("c",))))
    labels = map_canvas.labels_of(points, map_canvas.levels_of(clusters), {0: ("#111111", "#222222")})
    assert [(label.text, label.level, label.size, label.colour) for label in labels] == [
        ("dog", 0, 2, "#222222"),
        ("cat", 0, 1, "#111111"),
        ("a", 1, 1, ""),
        ("b", 1, 1, ""),
        ("c", 1, 1, ""),
    ]
    assert (labels[0].x, labels[0].y) == (1.0, 0.0), "in units of the map"


def test_a_selection_is_taken_along_with_its_fields():
    import io

    import pyarrow.parquet as pq

    from core.documents.corpus import Corpus

    made = Corpus("x", ("one", "two", "three"), {"text": ("a", "b", "c"), "year": (1, 2, 3)})
    clusters = Clusters(np.array([[0], [0], [1]]), ((("cat",), ("dog",)),))
    map_data = MapData(
        PageSettings(made, "x", ProjectionSettings(), level=0),
        made,
        np.zeros((3, 2)),
        np.float32([[0, 1], [2, 3], [4, 5]]),
        clusters,
        "",
        "",
        "",
        kept=np.array([1.0, 0.5, 0.25]),
    )
    result = QueryResult("q", np.array([2]), np.array([0.75]), np.array([0.5, 0.25, 0.75]))
    columns = table_of(map_data, result, np.array([0, 2]))
    assert columns == {
        "document": [1, 3],
        "text": ["one", "three"],
        "x": [0, 4],
        "y": [1, 5],
        "cluster": ["cat", "dog"],
        "cosine": [0.5, 0.75],
        "rank": [2, 1],
        "neighbours kept": [1.0, 0.25],
        "field text": ["a", "c"],
        "year": [1, 3],
    }
    assert json.loads(as_json_lines(columns).splitlines()[1])["rank"] == 1
    assert pq.read_table(io.BytesIO(as_parquet(columns))).to_pydict() == columns
    assert colouring(
        dataclasses.replace(map_data, page=dataclasses.replace(map_data.page, colour="search rank")), result
    ).amounts == pytest.approx([-np.log10(2), -np.log10(3), 0])
    assert colouring(
        dataclasses.replace(map_data, page=dataclasses.replace(map_data.page, colour="distortion")), result
    ).amounts.tolist() == [1.0, 0.5, 0.25]
