import numpy as np
import pytest

from core.documents.ingest import fields
from core.documents.mapping.selection import MOST_STEPS, Selection, packed, unpacked


def test_selections_are_combined_undone_and_sampled():
    first = Selection().combined(np.array([2, 1, 1]), "add", "lasso")
    assert first.rows.tolist() == [1, 2] and first.source == "lasso"
    for how, rows in (("new", [2, 3]), ("add", [1, 2, 3]), ("common", [2]), ("remove", [1])):
        after = first.combined(np.array([2, 3]), how, "group fire")
        assert after.rows.tolist() == rows and after.undone().rows.tolist() == [1, 2]
    assert "without group fire" in first.combined(np.array([2]), "remove", "group fire").source
    assert Selection().undone().rows.tolist() == []
    many = Selection().combined(np.arange(100), "new", "box")
    sample = many.sampled(7, seed=1)
    assert len(sample.rows) == 7 and set(sample.rows) <= set(range(100)) and (np.diff(sample.rows) > 0).all()
    assert sample.rows.tolist() == many.sampled(7, seed=1).rows.tolist() != many.sampled(7, seed=2).rows.tolist()
    assert sample.undone().rows.tolist() == many.rows.tolist() and many.sampled(100, 1) is many


def test_undo_goes_back_a_bounded_number_of_steps():
    made = Selection()
    for step in range(100):
        made = made.combined(np.array([step]), "new", "box")
    back = 0
    while made.before is not None:
        made, back = made.undone(), back + 1
    assert back == MOST_STEPS and made.rows.tolist() == [99 - MOST_STEPS]


def test_rows_travel_as_numbers_or_as_bits_whichever_is_shorter():
    assert packed(np.array([0, 2]), 8) == b"b\x05"
    assert packed(np.array([7]), 1000) == b"i\x07\x00\x00\x00"
    for rows in ([], [3], list(range(0, 999, 2)), [998]):
        assert unpacked(packed(np.array(rows, dtype=np.int64), 999), 999).tolist() == rows
    assert unpacked(b"i" + np.uint32([5, 2, 5, 4000]).tobytes(), 10).tolist() == [2, 5]
    assert unpacked(b"b\xff\xff", 10).tolist() == list(range(10))
    for wrong in (b"", b"x123", b"i123"):
        with pytest.raises(ValueError):
            unpacked(wrong, 10)


def test_fields_are_numbers_times_or_kinds():
    assert fields.read("year", [2001, 1999]).kind == "numbers"
    times = fields.read("when", ["1970-01-02", "", "1970-01-01T12:00:00+00:00"])
    assert times.kind == "times" and times.amounts[0] == 86400 and times.amounts[2] == 43200
    assert np.isnan(times.amounts[1]) and times.told(86400.0) == "1970-01-02"
    kinds = fields.read("topic", ["b", "a", "b"])
    assert kinds.names == ("b", "a") and kinds.groups.tolist() == [0, 1, 0]
    for nothing in ([], [1, 1], ["a", "a"], [str(number) + "x" for number in range(30)]):
        assert fields.read("x", nothing) is None
    assert fields.read("year", [1999, 2001]).told(2001.0) == "2001"
    assert fields.read("n", [1, 5000]).told(5000) == "5,000"


def test_a_histogram_counts_all_and_the_selected():
    bars = fields.count(fields.read("topic", ["b", "a", "b"]), np.array([1]))
    assert (bars.labels, bars.every.tolist(), bars.selected.tolist()) == (("b", "a"), [2, 1], [0, 1])
    bars = fields.count(fields.read("n", list(range(1000))), np.array([0, 999]))
    assert len(bars.labels) == 24 and bars.every.sum() == 1000 and bars.selected[[0, -1]].tolist() == [1, 1]
    assert (np.diff(bars.bar_of) >= 0).all()
    bars = fields.count(fields.read("n", [1.0, float("nan"), 3.0]), np.array([1]))
    assert bars.bar_of.tolist() == [0, -1, 1] and bars.selected.sum() == 0
