"""Files that once froze the lab or filled its memory: read or refused, within seconds, in time that grows with them."""

from __future__ import annotations

import io
import time

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.documents.ingest import parquet, passages, prose, tables
from core.documents.ingest.tables import BadRow
from core.errors import UnreadableFile

pytestmark = pytest.mark.timeout(120)


def rows(ending, content):
    return list(tables.rows(io.BytesIO(content), ending, []))


@pytest.fixture
def quick():
    began = time.process_time()
    yield
    assert time.process_time() - began < 10


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 200_000,
        b"![" * 100_000,
        b"[](" * 100_000,
        b"[a](b(c)" * 50_000,
        b"# a" + b" " * 60_000,
        b"# a" + b" " * 60_000 + b"b",
        b"*" * 200_000,
        b"** ` __ " * 50_000,
        b"---\n" * 100_000,
    ],
    ids=["brackets", "pictures", "links", "parentheses", "heading", "heading and text", "stars", "marks", "rules"],
)
def test_markdown_takes_time_that_grows_with_it(quick, content):
    assert len(rows("md", content)) == 1


@pytest.mark.parametrize(
    "content",
    [
        b"<!--" * 50_000,
        b"<a " * 100_000,
        b"<" * 500_000,
        b"<!" * 300_000,
        b"</x>" * 300_000,
        b"&a" * 300_000,
        b"<a " + b" ".join(b"a%d=1" % number for number in range(100_000)) + b">",
    ],
    ids=["comments", "tags", "angles", "declarations", "ends", "entities", "attributes"],
)
def test_a_page_takes_time_that_grows_with_it(quick, content):
    assert len(rows("html", content)) == 1


def test_a_page_nested_without_end_is_refused(quick):
    with pytest.raises(UnreadableFile, match="512 deep"):
        rows("html", b"<div>" * 100_000 + b"</x>" * 100_000)
    assert prose.of_html("<b>" * 400 + "x")["text"] == "x"


def test_links_with_parentheses_and_linked_pictures_keep_their_text():
    assert prose.of_markdown("[![alt](img)](url) and [a](http://e/A_(b))")["text"] == "alt and a"


def test_a_title_within_a_picture_is_not_that_of_the_page():
    page = "<svg><title>An icon</title></svg><title>The page</title>x"
    assert prose.of_html(page) == {"text": "x", "title": "The page"}


@pytest.mark.parametrize(
    "text", ["a" * 3_000_000, "a\n\n" * 500_000, "a" + "\n" * 2_000_000 + "b"], ids=["one word", "words apart", "a gap"]
)
def test_passages_of_a_text_without_spaces_take_time_that_grows_with_it(quick, text):
    cuts = passages.cut(text)
    assert cuts[-1][1] == len(text.rstrip())


def test_a_table_of_100_000_columns_is_refused(quick):
    names = ",".join(f"c{number}" for number in range(100_000)).encode()
    with pytest.raises(UnreadableFile, match="100,000 columns"):
        rows("csv", names + b"\n" + b"1," * 99_999 + b"1\n")


def test_names_of_columns_are_made_distinct_in_time_that_grows_with_them(quick):
    names = tables.distinct_names(["x"] * 10_000)
    assert len(set(names)) == 10_000 and names[:2] == ["x", "x (2)"]
    assert tables.distinct_names(["x (2)", "x", "x"]) == ["x (2)", "x", "x (3)"]
    assert (
        tables.distinct_names(["x (2)", "x"]) == ["x (2)", "x"]
        and len(set(tables.distinct_names(["x (3)", "x", "x"]))) == 3
    )


def test_a_cell_of_100_mb_costs_its_row(quick):
    found = rows("csv", b"a,b\n1,2\n3," + b"x" * 100_000_000 + b"\n4,5\n")
    assert [row["a"] for row in found if not isinstance(row, BadRow)] == ["1", "4"]
    (bad,) = [row for row in found if isinstance(row, BadRow)]
    assert bad.line == 3 and "longer than" in bad.problem


def test_a_quoted_cell_without_end_costs_no_more_than_itself(monkeypatch):
    monkeypatch.setattr(tables, "LONGEST_LINE", 1000)
    found = rows("csv", b'a,b\n1,"2\n' + b"x\n" * 2000 + b"4,5\n")
    assert isinstance(found[0], BadRow) and found[-1] == {"a": "4", "b": "5"}


def test_json_nested_100_000_deep_and_objects_of_a_million_names_cost_their_line(quick):
    wide = b"{" + b",".join(b'"%d":1' % number for number in range(200_000)) + b"}"
    found = rows("jsonl", b"[" * 100_000 + b"\n" + b'{"a":' * 100_000 + b"\n" + wide + b'\n{"text": "fine"}\n')
    assert [row.line for row in found[:3]] == [1, 2, 3] and found[3] == {"text": "fine"}


@pytest.mark.parametrize("content", ["\u2003\u2003".encode(), b"\xff\xfe", "\ufeff\n".encode()])
def test_a_table_of_nothing_but_space_has_no_rows(content):
    assert not any(row["text"].strip() for row in rows("csv", content) if "text" in row)


# ---------------------------------------------------------------- Parquet


def written(table, **how):
    file = io.BytesIO()
    pq.write_table(table, file, **how)
    return file.getvalue()


@pytest.mark.parametrize("as_dictionary", [False, True])
def test_a_file_of_1_kb_that_repeats_20_mb_200_times_is_refused_before_it_is_unpacked(quick, as_dictionary):
    repeated = pa.DictionaryArray.from_arrays(pa.array([0] * 200, pa.int32()), pa.array(["a" * 20_000_000]))
    bomb = written(pa.table({"text": repeated}), compression="zstd", store_schema=as_dictionary)
    assert len(bomb) < 3000
    before = pa.default_memory_pool().max_memory()
    with pytest.raises(UnreadableFile, match="unpacks to more than"):
        rows("parquet", bomb)
    assert pa.default_memory_pool().max_memory() - before < 400_000_000


def test_what_a_column_declares_is_refused_before_it_is_unpacked(quick):
    bomb = written(pa.table({"text": ["a" * 150_000_000]}), compression="zstd", use_dictionary=False)
    with pytest.raises(UnreadableFile, match="unpacks to more than 150 MB"):
        rows("parquet", bomb)


def test_a_column_that_is_not_wanted_does_not_count(quick):
    file = written(pa.table({"big": ["a" * 150_000_000], "text": ["fine"]}), compression="zstd", use_dictionary=False)
    assert list(tables.rows(io.BytesIO(file), "parquet", [], columns=["text"])) == [{"text": "fine"}]


def test_values_that_repeat_are_no_bomb():
    found = rows("parquet", written(pa.table({"text": ["the same words"] * 3000, "number": list(range(3000))})))
    assert len(found) == 3000 and found[2999] == {"text": "the same words", "number": 2999}


def test_fewer_rows_come_at_a_time_where_a_dictionary_is_large():
    file = io.BytesIO(written(pa.table({"text": ["a" * 4_000_000, "b"] * 100}), compression="zstd"))
    assert parquet._rows_at_once(file, pq.ParquetFile(file).metadata, ["text"]) == 16


def test_a_value_that_python_cannot_tell_costs_its_row():
    table = pa.table({"when": pa.array([1, 2**60, 3], pa.timestamp("us")), "text": ["a", "b", "c"]})
    found = rows("parquet", written(table))
    assert [row.line for row in found if isinstance(row, BadRow)] == [2] and found[0]["text"] == "a"


def test_a_table_of_too_many_columns_is_refused(quick):
    with pytest.raises(UnreadableFile, match="10,001 columns"):
        rows("parquet", written(pa.table({f"c{number}": [1] for number in range(10_001)})))


@pytest.mark.parametrize(
    "content", [b"PAR1", b"PAR1PAR1", b"PAR1" + b"\xff\xff\xff\x7fPAR1", b"PAR1" + bytes(60) + b"\xff\xff\xff\x00PAR1"]
)
def test_what_only_looks_like_parquet_is_refused(content):
    with pytest.raises(UnreadableFile):
        rows("parquet", content)
