import base64
import json

import numpy as np

from core.documents.clusters import Clusters
from core.figures.documents import Colouring
from pages.documents import map_canvas
from pages.documents.selection import as_json_lines, as_parquet, table_of


def test_points_fill_the_square_round_their_middle():
    places, span = map_canvas.unit_places(np.float32([[0, 0], [4, 2]]))
    assert places.tolist() == [[-1, -0.5], [1, 0.5]] and span == [1, 0.5]
    assert map_canvas.unit_places(np.zeros((1, 2), np.float32))[0].tolist() == [[0, 0]]


def test_a_message_is_its_length_a_header_and_the_numbers():
    message = map_canvas.packed({"key": "x", "texts": ["<b>naïve</b>"]}, np.float32([[1, 2]]))
    length = int.from_bytes(message[:4], "little")
    assert json.loads(message[4:4 + length])["texts"] == ["<b>naïve</b>"]
    assert np.frombuffer(message[4 + length:], np.float32).tolist() == [1, 2]


def test_a_selection_is_read_and_nonsense_is_none():
    sent = "map:" + base64.b64encode(np.uint32([5, 2, 2, 900]).tobytes()).decode()
    assert map_canvas.selected_rows(sent, "map", 10).tolist() == [2, 5]
    for other in ("", "other:AAAA", "map:!!", "map:AAA=", None, 7):
        assert map_canvas.selected_rows(other, "map", 10).tolist() == []


def test_colours_of_groups_and_of_amounts():
    palette, rows = map_canvas.colours_of(Colouring("groups", np.array([0, 1, 1]), ("a", "b")))
    assert rows.tolist() == [0, 1, 1] and len(palette) == 64 and palette[0] == "#0072B2"
    palette, rows = map_canvas.colours_of(Colouring("length", amounts=np.array([1.0, 2.0, 3.0])))
    assert rows.tolist() == [0, 31, 63] and all(len(colour) == 7 for colour in palette)


def test_labels_have_finer_ones_for_when_one_zooms_in():
    places = np.float32([[0, 0], [1, 1], [1, 0]])
    clusters = Clusters(np.array([[0, 0], [1, 1], [1, 2]]), ((("cat",), ("dog",)), (("a",), ("b",), ("c",))))
    colouring = Colouring("groups", clusters.labels[:, 0], ("cat", "dog"))
    labels = map_canvas.labels_of(places, colouring, clusters, 0)
    assert [(label["text"], label["level"]) for label in labels] == [
        ("dog", 0), ("cat", 0), ("a", 1), ("b", 1), ("c", 1)]
    assert (labels[0]["x"], labels[0]["y"]) == (1.0, 0.5)


def test_a_selection_is_taken_along_with_its_fields():
    import io

    import pyarrow.parquet as pq

    from core.documents.corpus import Corpus
    made = Corpus("x", ("one", "two", "three"), {"text": ("a", "b", "c"), "year": (1, 2, 3)})
    columns = table_of(made, np.float32([[0, 1], [2, 3], [4, 5]]), np.array([0, 2]))
    assert columns == {"document": [1, 3], "text": ["one", "three"], "x": [0, 4], "y": [1, 5], "field text": ["a", "c"],
                       "year": [1, 3]}
    assert json.loads(as_json_lines(columns).splitlines()[1])["text"] == "three"
    assert pq.read_table(io.BytesIO(as_parquet(columns))).to_pydict() == columns
