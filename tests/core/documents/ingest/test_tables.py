import io

import pytest

from core.documents import corpus
from core.documents.ingest import tables
from core.documents.ingest.tables import BadRow
from core.errors import UnreadableFile, UserError
from tests.support.pdf_files import pdf_of


def read(ending, content, whole=False):
    """(columns of the rows that fit, bad rows, notes)"""
    notes = []
    found = list(tables.rows(io.BytesIO(content), ending, notes, whole))
    fit = [row for row in found if not isinstance(row, BadRow)]
    names = dict.fromkeys(name for row in fit for name in row)
    return (
        {name: [row.get(name) for row in fit] for name in names},
        [row for row in found if isinstance(row, BadRow)],
        notes,
    )


def test_lines_or_paragraphs_of_a_text_file_or_the_whole_of_it():
    assert read("txt", b"one\n\n two \nthree")[0] == {"text": ["one", "two", "three"]}
    assert read("txt", b"one\r\ntwo\r\n\r\nthree\r\n\r\nfour")[0] == {"text": ["one\ntwo", "three", "four"]}
    assert read("txt", b"one\ntwo", whole=True)[0] == {"text": ["one\ntwo"]}


def test_separated_values_with_quotes_and_another_mark():
    columns, bad, _ = read("csv", b'title;body\r\nA;"x; ""y""\nz"\r\nB;w\r\n')
    assert columns == {"title": ["A", "B"], "body": ['x; "y"\nz', "w"]} and not bad


def test_json_lines_of_objects_and_texts():
    columns, _, _ = read("jsonl", b'{"text": "one", "n": 1}\n"two"\n\n{"text": "three", "tags": ["x"]}\n')
    assert columns["text"] == ["one", "two", "three"]
    assert columns["tags"] == [None, None, '["x"]'] and columns["n"] == [1, None, None]


def test_parquet():
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = io.BytesIO()
    pq.write_table(pa.table({"text": ["one", "two"], "year": [2001, 2002]}), file)
    assert read("parquet", file.getvalue())[0] == {"text": ["one", "two"], "year": [2001, 2002]}
    with pytest.raises(UnreadableFile, match="cut short"):
        read("parquet", file.getvalue()[:-9])
    with pytest.raises(UnreadableFile, match="cannot be read"):
        read("parquet", b"PAR1" + bytes(60) + b"PAR1")


def test_markdown_and_html_give_their_text_and_title():
    columns, _, _ = read(
        "md", b"---\ntags: x\n---\n# On **cats**\nSee [this](http://x) and `that`.\n```py\nx = 1\n```\n"
    )
    assert columns == {"text": ["On cats\nSee this and that.\n\nx = 1"], "title": ["On **cats**"], "tags": ["x"]}
    page = (
        b"<html><head><title>T &amp; U</title><style>p {}</style></head><body><p>one <b>two</b></p>"
        b"<script>alert(1)</script>three<br>four</body></html>"
    )
    assert read("html", page)[0] == {"text": ["one two\nthree\nfour"], "title": ["T & U"]}


def test_a_pdf_gives_a_row_a_page_and_says_what_is_wrong_with_it():
    assert read("pdf", pdf_of("A storm", "closed the road"))[0] == {
        "text": ["A storm", "closed the road"],
        "page": [1, 2],
        "title": ["", ""],
    }
    with pytest.raises(UnreadableFile, match="no text in this PDF"):
        read("pdf", pdf_of(""))
    for content in (b"%PDF-1.4 and then rubbish", pdf_of("A storm")[:200], b"no PDF"):
        with pytest.raises(UnreadableFile, match="damaged"):
            read("pdf", content)


def test_a_locked_pdf_is_named():
    import pypdf

    writer = pypdf.PdfWriter(clone_from=pypdf.PdfReader(io.BytesIO(pdf_of("A storm"))))
    writer.encrypt("secret", algorithm="RC4-128")
    file = io.BytesIO()
    writer.write(file)
    with pytest.raises(UnreadableFile, match="password"):
        read("pdf", file.getvalue())


@pytest.mark.parametrize(
    "ending, content, what",
    [
        ("txt", b"", "empty"),
        ("csv", b" \n ", "empty"),
        ("txt", b"\x00\x01\x02abc", "binary"),
        ("txt", b"\x80\x04\x95pickled", "binary"),
        ("csv", b"PK\x03\x04zip", "binary"),
        ("md", b"\x1f\x8bgzip", "binary"),
        ("txt", b"\xff\xfea", "UTF-16"),
        ("txt", b"caf\x81\xe9", "neither UTF-8"),
        ("parquet", b"not parquet", "not Parquet"),
        ("txt", b"a" * 3_000_000 + b"\x81", "near byte 3,000,001"),
    ],
)
def test_bad_files_are_named(ending, content, what):
    with pytest.raises(UserError, match=what) as caught:
        read(ending, content)
    assert caught.value.next_step


def test_another_encoding_is_read_and_said():
    columns, _, notes = read("txt", "café\ncrème".encode("cp1252"))
    assert columns["text"] == ["café", "crème"]
    assert "Windows-1252" in notes[0]
    assert read("txt", "naïve".encode("utf-16"))[0]["text"] == ["naïve"]


@pytest.mark.parametrize(
    "ending, content, lines",
    [("csv", b"a,b\n1,2\n3,4\n1,2,3\n1,2,3,4\n", [4, 5]), ("jsonl", b'{"a": 1}\n{"a":\n[1]\n{"a": 2}\n', [2, 3])],
)
def test_malformed_rows_are_listed_with_their_lines(ending, content, lines):
    columns, bad, _ = read(ending, content)
    assert [row.line for row in bad] == lines and len(columns["a"]) == 2


def test_a_quote_that_is_never_closed_is_a_bad_row():
    columns, bad, _ = read("csv", b'a,b\n1,2\n"3,4\n')
    assert columns["a"] == ["1"] and [row.line for row in bad] == [3]


def test_an_endless_line_does_not_fill_the_memory(monkeypatch):
    monkeypatch.setattr(tables, "LONGEST_LINE", 1000)
    assert len(read("txt", b"x" * 2500)[0]["text"]) == 3
    assert read("jsonl", b'"' + b"x" * 2500 + b'"\n"next"')[0]["text"] == ["next"]
    assert read("csv", b"a,b\n1," + b"x" * 2500 + b"\n3,4\n")[0]["a"] == ["3"]


def test_a_corpus_is_kept_and_found_again():
    made = corpus.Corpus("five", ("one", "two"), {"weird/name": ("a", "b"), "n": (1, 2.5)}, ("a note",))
    key = corpus.save(made)
    again = corpus.load(key)
    assert again == made and corpus.saved()[key] == "five"
    assert (again.key, again.texts_key) == (key, made.texts_key) == (made.key, made.texts_key)
    assert again.texts[-1] == "two" and again.texts[:1] == ("one",) and list(again.texts) == ["one", "two"]
    path = corpus._path(key)
    path.write_bytes(path.read_bytes().replace(b"two", b"tow"))
    with pytest.raises(UserError, match="damaged"):
        corpus.load(key)
    corpus.forget(key)
    assert key not in corpus.saved()
    with pytest.raises(UserError, match="not on this machine"):
        corpus.load(key)
    with pytest.raises(UserError, match="not the name"):
        corpus.load("../../../etc/passwd")


def test_the_samples():
    lee, everyday = corpus.load("lee"), corpus.load("everyday")
    assert len(lee.texts) == 300 and list(lee.fields) == ["length in words"]
    assert len(everyday.texts) >= 120 and len(set(everyday.texts)) == len(everyday.texts)
    assert list(everyday.fields) == ["topic"] and len(set(everyday.fields["topic"])) == 8
