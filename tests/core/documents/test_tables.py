import io

import pytest

from core.documents import corpus, tables
from core.errors import UnreadableFile, UserError


def test_lines_or_paragraphs_of_a_text_file():
    assert tables.read("a.txt", b"one\n\n two \nthree").columns == {"text": ["one", "two", "three"]}
    assert tables.read("a.txt", b"one\ntwo\n\nthree\n\nfour").columns == {"text": ["one\ntwo", "three", "four"]}


def test_separated_values_with_quotes_and_another_mark():
    table = tables.read("a.csv", b'title;body\r\nA;"x; ""y""\nz"\r\nB;w\r\n')
    assert table.columns == {"title": ["A", "B"], "body": ['x; "y"\nz', "w"]}
    assert table.likely_text() == "body"


def test_json_lines_of_objects_and_texts():
    table = tables.read("a.jsonl", b'{"text": "one", "n": 1}\n"two"\n\n{"text": "three", "tags": ["x"]}\n')
    assert table.columns["text"] == ["one", "two", "three"]
    assert table.columns["tags"] == [None, None, '["x"]']


def test_parquet():
    import pyarrow as pa
    import pyarrow.parquet as pq
    file = io.BytesIO()
    pq.write_table(pa.table({"text": ["one", "two"], "year": [2001, 2002]}), file)
    assert tables.read("a.parquet", file.getvalue()).columns == {"text": ["one", "two"], "year": [2001, 2002]}
    with pytest.raises(UnreadableFile, match="cut short"):
        tables.read("a.parquet", file.getvalue()[:-9])
    with pytest.raises(UnreadableFile, match="cannot be read"):
        tables.read("a.parquet", b"PAR1" + bytes(60) + b"PAR1")


@pytest.mark.parametrize("name, content, what", [
    ("a.txt", b"", "empty"), ("a.csv", b" \n ", "empty"), ("a.txt", b"\x00\x01\x02abc", "binary"),
    ("a.txt", b"\x80\x04\x95pickled", "binary"), ("a.csv", b"PK\x03\x04zip", "binary"),
    ("a.txt", b"\xff\xfea", "UTF-16"), ("a.txt", b"caf\x81\xe9", "neither UTF-8"),
    ("a.csv", b"only,a,header\n", "no documents"), ("a.parquet", b"not parquet", "not Parquet"),
    ("a.pkl", b"x", "kind of file"), ("../../etc/passwd", b"x", "kind of file")])
def test_bad_files_are_named(name, content, what):
    with pytest.raises(UserError, match=what) as caught:
        tables.read(name, content)
    assert caught.value.next_step


def test_another_encoding_is_read_and_said():
    table = tables.read("a.txt", "café\ncrème".encode("cp1252"))
    assert table.columns["text"] == ["café", "crème"]
    assert "Windows-1252" in table.notes[0]
    assert tables.read("a.txt", "naïve".encode("utf-16")).columns["text"] == ["naïve"]


@pytest.mark.parametrize("name, content, lines", [
    ("a.csv", b"a,b\n1,2\n1\n3,4\n1,2,3\n", [3, 5]), ("a.jsonl", b'{"a": 1}\n{"a":\n[1]\n{"a": 2}\n', [2, 3])])
def test_malformed_rows_are_listed_and_left_out_only_on_consent(name, content, lines):
    with pytest.raises(tables.BadRows, match="2 rows do not fit") as caught:
        tables.read(name, content)
    assert [line for line, _ in caught.value.rows] == lines
    table = tables.read(name, content, leave_out_bad=True)
    assert table.rows == 2 and "2 rows" in table.notes[-1]


def test_a_quote_that_is_never_closed_is_a_bad_row():
    with pytest.raises(tables.BadRows):
        tables.read("a.csv", b'a,b\n1,2\n"3,4\n')


def test_a_huge_text_is_one_document():
    made = corpus.from_table(tables.read("a.txt", b"word " * 20_000), "text", "huge")
    assert len(made.texts) == 1 and len(made.texts[0]) == 99_999


def test_a_corpus_counts_what_it_leaves_out_and_what_repeats():
    table = tables.Table({"body": ["one", "", "two", "one", None], "year": ["2001", "2", "2002", "2003", "5"]})
    made = corpus.from_table(table, "body", "five words")
    assert made.texts == ("one", "two", "one")
    assert made.fields == {"year": (2001, 2002, 2003)}
    assert made.notes == ("2 without text were left out", "1 repeat another document word for word")
    with pytest.raises(UserError, match="no column"):
        corpus.from_table(table, "title", "x")
    with pytest.raises(UserError, match="holds no text"):
        corpus.from_table(tables.Table({"body": ["", " "]}), "body", "x")


def test_a_corpus_is_kept_and_found_again():
    made = corpus.Corpus("five", ("one", "two"), {"weird/name": ("a", "b"), "n": (1, 2.5)}, ("a note",))
    key = corpus.save(made)
    assert corpus.load(key) == made and corpus.kept()[key] == "five"
    corpus.forget(key)
    with pytest.raises(UserError, match="not on this machine"):
        corpus.load(key)
    with pytest.raises(UserError, match="not the name"):
        corpus.load("../../../etc/passwd")


def test_the_samples():
    lee, everyday = corpus.load("lee"), corpus.load("everyday")
    assert len(lee.texts) == 300 and "length in words" in lee.colourable()
    assert len(everyday.texts) >= 120 and len(set(everyday.texts)) == len(everyday.texts)
    assert everyday.colourable() == ["topic"] and len(set(everyday.fields["topic"])) == 8
