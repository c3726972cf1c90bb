"""What the values of a column are taken for, and what is kept as it was written."""

from __future__ import annotations

import pytest
from hypothesis import given, settings, strategies

from core.documents.ingest import column_types, fields


@pytest.mark.parametrize(
    "name, cells",
    [
        ("plz", ["01000", "20095"]),
        ("sku", ["00001", "00002"]),
        ("code", ["1e1", "2e4"]),
        ("ver", ["1.00", "1.10", "1.20"]),
        ("x", ["1.9", "1.10"]),
        ("card", ["1234567890123456789", "1"]),
        ("phone", ["170123", "171456"]),
        ("x", ["10.1.2.3", "10.1.2.4"]),
        ("x", ["12", "twelve"]),
        ("size", ["1-2", "3-4"]),
    ],
)
def test_identifiers_and_words_stay_the_text_that_they_are(name, cells):
    found = column_types.read(name, cells)
    assert (found.kind, found.values, found.originals) == ("text", cells, None)


@pytest.mark.parametrize(
    "name, cells, numbers",
    [
        ("rating", ["", "2.01", "n/a", "3"], [None, 2.01, None, 3]),
        ("Preis", ["1,5", "12,25"], [1.5, 12.25]),
        ("x", ["1.234,50", "7,00"], [1234.5, 7.0]),
        ("x", ["1,234.50", "2,000.00"], [1234.5, 2000.0]),
        ("x", ["1,234", "5,678,901"], [1234, 5678901]),
        ("x", ["1 234,5", "2"], [1234.5, 2]),
        ("x", ["1'234.5", "2.25"], [1234.5, 2.25]),
        ("price", ["$5.00", "$12.50"], [5.0, 12.5]),
        ("price", ["19.90", "5.50"], [19.9, 5.5]),
        ("x", ["12 %", "90%"], [12, 90]),
        ("x", ["1.5e-3", "-2.0E5"], [0.0015, -200000.0]),
        ("x", ["0", "-3"], [0, -3]),
        ("x", ["0.5", "0.25"], [0.5, 0.25]),
        ("x", ["−5", "3"], [-5, 3]),
    ],
)
def test_numbers_in_national_forms_with_missing_values(name, cells, numbers):
    found = column_types.read(name, cells)
    assert (found.kind, found.values) == ("number", numbers)
    kept = found.originals or [str(value) if value is not None else "" for value in found.values]
    assert kept == cells, "as it was written"


@pytest.mark.parametrize(
    "cells, days, kind",
    [
        (["01.02.2023", "31.01.2023"], ["2023-02-01", "2023-01-31"], "date, day first"),
        (["1/13/2021", "2/3/2021"], ["2021-01-13", "2021-02-03"], "date, month first"),
        (["13/1/21", "2/3/99"], ["2021-01-13", "1999-03-02"], "date, day first"),
        (["3/4/2021", "5/6/2021"], ["2021-03-04", "2021-05-06"], "date, month first"),
        (["3.4.2021", ""], ["2021-04-03", None], "date, day first"),
        (["2021-02-03", "2021-02-03 10:00"], ["2021-02-03", "2021-02-03 10:00"], "date"),
        (["2021/2/3", "2021/12/31"], ["2021-02-03", "2021-12-31"], "date"),
        (["5 Jan 2021", "12. März 2020", "3 de mayo de 2019"], ["2021-01-05", "2020-03-12", "2019-05-03"], "date"),
        (["Jan 5, 2021", "December 12, 2020"], ["2021-01-05", "2020-12-12"], "date"),
        (["2023年1月2日", "2023年11月2日"], ["2023-01-02", "2023-11-02"], "date"),
        (["1/2/2021 3:04 PM", "1/13/2021 12:00 AM"], ["2021-01-02T15:04:00", "2021-01-13T00:00:00"], None),
        (["Mon, 1 Jan 2024 10:00:00 +0100"], ["2024-01-01T10:00:00+01:00"], "date"),
    ],
)
def test_dates_in_national_forms(cells, days, kind):
    found = column_types.read("x", cells)
    assert found.values == days and found.kind == (kind or "date, month first")


def test_the_order_of_a_date_can_be_said_and_what_does_not_fit_is_missing():
    cells = ["3/4/2021", "5/6/2021", "13/1/2021"]
    assert column_types.read("d", cells[:2], wanted="date, day first").values == ["2021-04-03", "2021-06-05"]
    assert column_types.read("d", cells, wanted="date, month first").values == ["2021-03-04", "2021-05-06", None]
    assert column_types.read("d", cells, wanted="text").values == cells
    assert column_types.read("plz", ["01000", "x"], wanted="number").values == [1000, None]
    assert "guessed" in column_types.read("d", cells[:2]).why, "where both orders fit, that is said"


def test_dates_that_are_none_stay_text():
    for cells in (["31.02.2023"], ["32.01.2023"], ["1.2.3"], ["2021-13-01"], ["5 Foo 2021"]):
        assert column_types.read("x", cells).kind == "text", cells


def test_words_for_yes_and_no():
    assert column_types.read("x", ["TRUE", "", "false"]).values == [True, None, False]
    assert column_types.read("x", ["ja", "Nein"]).values == [True, False]
    assert column_types.read("flag", ["TRUE", ""]).kind == "yes or no"
    assert column_types.read("x", ["1", "0"]).kind == "number"
    assert column_types.read("x", ["n", ""]).kind == "text"


def test_numbers_of_a_file_that_knows_numbers_are_no_identifiers():
    assert column_types.read("version", ["1.1", "1.25"], native=True).values == [1.1, 1.25]
    assert column_types.read("x", ["1e+22"], native=True).values == [1e22]


@settings(max_examples=200, deadline=None)
@given(
    strategies.lists(
        strategies.text(alphabet="0123456789.,-/eE +$%abJan:T'年月日", max_size=14), min_size=1, max_size=5
    )
)
def test_any_cells_are_read_and_kept_as_they_were(cells):
    found = column_types.read("x", cells)
    assert len(found.values) == len(cells)
    if found.originals is None:
        assert ["" if value is None else str(value) for value in found.values] == cells
    for kind in column_types.KINDS:
        assert len(column_types.read("x", cells, wanted=kind).values) == len(cells)


# ---------------------------------------------------------------- what is offered


def test_over_twenty_categories_become_the_top_ones_and_other():
    values = [f"author{number % 50}" for number in range(200)] + ["author0"] * 30
    found = fields.read("author", values)
    assert len(found.names) == 20 and found.names[0] == "author0" and found.names[-1] == "other"
    assert (found.groups == 19).sum() == 200 + 30 - 34 - 18 * 4


def test_a_category_called_other_is_not_the_other_ones():
    names = ["other"] * 50 + [f"a{number // 2}" for number in range(60)]
    found = fields.read("x", names)
    assert found.names[0] == "other" and found.names[-1].startswith("other (")


def test_missing_values_are_none_of_the_categories_and_no_numbers():
    import numpy as np

    found = fields.read("x", ["a", "", "b", None])
    assert found.names == ("a", "b") and found.groups.tolist() == [0, -1, 1, -1]
    found = fields.read("x", [1, None, 3.5])
    assert found.kind == "numbers" and np.isnan(found.amounts[1])
    assert fields.read("x", [True, None, False]).names == ("no", "yes")
    assert fields.read("x", [True, None]).names == ("yes",)


@pytest.mark.parametrize(
    "values, why",
    [
        ([f"id{number}" for number in range(30)], "each document has another value"),
        (["a"] * 5, "all documents have the same value"),
        ([3] * 5, "all documents have the same value"),
        (["", None], "it is empty"),
        ([f"x{number // 2}" for number in range(2000)], "1,000 different values"),
        (["a", "b"], ""),
    ],
)
def test_why_a_field_is_not_offered_is_said(values, why):
    assert fields.why_not("x", values).startswith(why) and bool(fields.why_not("x", values)) == bool(why)
