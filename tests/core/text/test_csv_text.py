"""Exports open in a spreadsheet as what they are: text is never a formula, numbers are numbers."""

import csv
import io
import math
import zipfile

import numpy as np
import pytest

from core.text.csv_text import as_csv, safe

FORMULAS = [
    "=1+1",
    "+1+1",
    "-1+1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    '=HYPERLINK("http://x","y")',
    "=cmd|' /C calc'!A0",
    "-",
    "=",
    "+49 170",
    "\uff1d1+1",
]
HARMLESS = ["a=b", "word", "", " =1", "1-1", "-0.5", "+3", "-1e-7", "-.5", "5", "'=1", "“=”"]


@pytest.mark.parametrize("text", FORMULAS)
def test_what_a_spreadsheet_would_execute_gets_an_apostrophe(text):
    assert safe(text) == f"'{text}"
    assert as_csv({"a": [text]}).split("\r\n", 1)[1].lstrip('"')[0] == "'"


@pytest.mark.parametrize("text", HARMLESS)
def test_other_texts_and_numbers_stay_as_they_are(text):
    assert safe(text) == text


def test_numbers_of_every_kind_stay_numbers():
    values = [-0.5, np.float32(-1.5), -3, np.int64(-4), 1e-300, True]
    assert as_csv({"value": values}) == "value\r\n-0.5\r\n-1.5\r\n-3\r\n-4\r\n1e-300\r\ntrue\r\n"
    assert [float(row[0]) for row in list(csv.reader(io.StringIO(as_csv({"v": [0.1, 1 / 3, -math.pi]}))))[1:]] == [
        0.1,
        1 / 3,
        -math.pi,
    ], "to the last digit"


def test_names_of_columns_are_cells_too_and_raw_gives_all_as_it_is():
    table = {"=column": ["-1+1", "a,b"], "number": [-1, 2]}
    assert as_csv(table) == "'=column,number\r\n'-1+1,-1\r\n\"a,b\",2\r\n"
    assert as_csv(table, raw=True) == '=column,number\r\n-1+1,-1\r\n"a,b",2\r\n'
    assert as_csv(table, separator="\t").splitlines()[0] == "'=column\tnumber"


def test_every_csv_on_the_pages_goes_through_it():
    """No page writes CSV or TSV by itself, and Streamlit's own export, which lets formulas through, is off."""
    import re
    import tomllib

    from tests.conftest import ROOT

    writing = re.compile(r"csv\.writer|DictWriter|to_csv|\.join\([^)]*\\t")
    found = [
        str(path.relative_to(ROOT))
        for folder in ("pages", "core")
        for path in (ROOT / folder).rglob("*.py")
        if any(writing.search(line) and "csv_text" not in line for line in path.read_text().splitlines())
    ]
    assert set(found) <= {"core/text/csv_text.py", "core/documents/pipeline/exports.py"}
    settings = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())
    assert settings["client"]["disableDataExport"] is True


def test_the_projectors_metadata_has_no_formula_either(tmp_path, monkeypatch):
    from core.documents.corpus import Corpus
    from core.documents.pipeline import exports
    from core.documents.pipeline.bundle import WholeMap
    from core.documents.projection import ProjectionSettings

    texts = ("=1+1", "plain", "-2+3", "@x")
    whole = WholeMap(
        Corpus("t", texts, {"n": (-1, 2, 3, 4), "=kind": ("+a", "b", "c", "d")}),
        {},
        ProjectionSettings(),
        np.eye(4, dtype=np.float32),
        np.zeros((4, 2), np.float32),
        np.zeros((4, 2), np.int32),
        ((("=w",),), (("=w",),)),
        None,
        "",
        (),
    )
    exports.projector(tmp_path / "out.zip", whole)
    rows = zipfile.ZipFile(tmp_path / "out.zip").read("metadata.tsv").decode().splitlines()
    cells = [cell for row in rows for cell in row.split("\t")]
    assert "'=1+1" in cells and "-1" in cells and "'+a" in cells and "'=kind" in cells
    assert not [cell for cell in cells if cell[0] in "=+@" or (cell[0] == "-" and cell != "-1")]
