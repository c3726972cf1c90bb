"""Files of the formats that people have: their documents, and a sentence for those that are damaged or hostile."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import sqlite3
import zipfile

import pytest

from core.documents.ingest import formats, tables
from core.documents.ingest.sources import BadRow
from core.errors import UnreadableFile
from tests.support.office_files import docx_of, epub_of, odt_of, pptx_of, zip_of

pytestmark = pytest.mark.timeout(120)


def rows(name, content, notes=None, whole=False):
    return list(
        tables.rows(io.BytesIO(content), formats.ending_of(name), [] if notes is None else notes, whole, name=name)
    )


def texts(name, content):
    return [row["text"] for row in rows(name, content)]


def test_every_format_has_a_reader_that_is_there_and_an_ending_of_its_own():
    import importlib

    for each in formats.FORMATS:
        module, _, function = each.reader.partition(":")
        assert callable(getattr(importlib.import_module(module), function)), each.title
    assert len(formats.ENDINGS) == sum(len(each.endings) for each in formats.FORMATS)


# ---------------------------------------------------------------- JSON


@pytest.mark.parametrize(
    "name, content",
    [
        ("a.json", '[{"text": "one", "n": 1},\n {"text": "two", "n": 2}]'),
        ("a.jsonl", '[{"text": "one", "n": 1}, {"text": "two", "n": 2}]'),
        ("a.ndjson", '{"text": "one", "n": 1}\n{"text": "two", "n": 2}\n'),
        ("a.json", '{"text": "one", "n": 1}\n{"text": "two", "n": 2}\n'),
        ("a.json", '{"total": 2, "data": {"items": [{"text": "one", "n": 1}, {"text": "two", "n": 2}]}}'),
        ("a.json", '{"text": ["one", "two"], "n": [1, 2]}'),
        ("a.json", '\ufeff[\n  {\n    "text": "one",\n    "n": 1\n  },\n  {"text": "two", "n": 2}\n]\n'),
    ],
)
def test_records_of_json_in_any_form(name, content):
    assert rows(name, content.encode()) == [{"text": "one", "n": 1}, {"text": "two", "n": 2}]


def test_nested_objects_become_dotted_names_and_a_list_of_numbers_stays_a_vector():
    content = {"a": {"b": {"c": 1}}, "tags": ["x", "y"], "vector": [0.5, 1, 2], "text": "t", "a.b.c": "own"}
    assert rows("a.json", json.dumps([content]).encode()) == [
        {"a.b.c": 1, "tags": '["x", "y"]', "vector": [0.5, 1, 2], "text": "t", "a.b.c_": "own"}
    ]


def test_a_broken_element_of_an_array_costs_itself():
    content = b'[\n{"text": "one"},\n{"text": "tw\x01o" "x"},\n{"text": "three"},\n5,\n"four"\n]'
    found = rows("a.json", content)
    assert [row["text"] for row in found if not isinstance(row, BadRow)] == ["one", "three", "four"]
    assert [row.line for row in found if isinstance(row, BadRow)] == [3, 5]


def test_an_array_longer_than_a_block_is_read_to_its_end(monkeypatch):
    from core.documents.ingest.readers import json_records

    monkeypatch.setattr(json_records, "BLOCK", 64)
    content = json.dumps([{"text": f"text {number} " + "x" * number, "n": 10**number} for number in range(200)])
    found = rows("a.json", content.encode())
    assert len(found) == 200 and found[-1]["n"] == 10**199 and found[-1].line == 1


# ---------------------------------------------------------------- spreadsheets, databases, columns


def xlsx_of(sheets):
    """An .xlsx file with texts and numbers in its cells."""

    def cell(value):
        if isinstance(value, str):
            return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
        return f"<c><v>{value}</v></c>"

    r = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    m = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    p = "http://schemas.openxmlformats.org/package/2006/relationships"
    listed = "".join(f'<sheet name="{name}" sheetId="{n}" r:id="r{n}"/>' for n, name in enumerate(sheets, 1))
    links = "".join(
        f'<Relationship Id="r{n}" Type="{r}/worksheet" Target="worksheets/sheet{n}.xml"/>'
        for n in range(1, len(sheets) + 1)
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr(
            "[Content_Types].xml", '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
        )
        packed.writestr(
            "_rels/.rels",
            f'<Relationships xmlns="{p}"><Relationship Id="r" Type="{r}/officeDocument" Target="xl/workbook.xml"/>'
            "</Relationships>",
        )
        packed.writestr("xl/workbook.xml", f'<workbook xmlns="{m}" xmlns:r="{r}"><sheets>{listed}</sheets></workbook>')
        packed.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{p}">{links}</Relationships>')
        for number, grid in enumerate(sheets.values(), 1):
            lines = "".join(f"<row>{''.join(map(cell, line))}</row>" for line in grid)
            packed.writestr(
                f"xl/worksheets/sheet{number}.xml", f'<worksheet xmlns="{m}"><sheetData>{lines}</sheetData></worksheet>'
            )
    return file.getvalue()


def test_a_sheet_is_a_table_whose_titles_above_the_header_are_told():
    notes = []
    grid = [["Report of 2024"], ["id", "text", "price"], [1, "one", 1.5], [2, "two", 2]]
    assert rows("a.xlsx", xlsx_of({"only": grid}), notes) == [
        {"id": 1, "text": "one", "price": 1.5},
        {"id": 2, "text": "two", "price": 2},
    ]
    assert notes == ["above the header: Report of 2024"]


def test_of_several_sheets_each_row_knows_its_own():
    found = rows("a.xlsx", xlsx_of({"one": [["text"], ["a"]], "empty": [], "two": [["text", "n"], ["b", 3]]}))
    assert found == [{"sheet": "one", "text": "a"}, {"sheet": "two", "text": "b", "n": 3}]


@pytest.mark.parametrize("content", [b"PK\3\4 no archive", b"no sheet", xlsx_of({"a": [["text"]]})[:-300]])
def test_a_damaged_spreadsheet_is_refused(content):
    with pytest.raises(UnreadableFile):
        rows("a.xlsx", content)


def database(tmp_path, *statements):
    path = tmp_path / "a.db"
    with sqlite3.connect(path) as base:
        for statement in statements:
            base.execute(statement)
    base.close()
    return path.read_bytes()


def test_the_tables_of_a_database_are_read_and_nothing_else_of_it(tmp_path):
    content = database(
        tmp_path,
        "CREATE TABLE notes (id INTEGER, text TEXT, picture BLOB)",
        "INSERT INTO notes VALUES (1, 'one', x'00ff'), (2, 'two', NULL)",
        'CREATE TABLE "odd ""name" (text TEXT)',
        'INSERT INTO "odd ""name" VALUES (\'three\')',
        "CREATE TABLE empty (text TEXT)",
        "CREATE VIEW endless AS WITH RECURSIVE n(text) AS (SELECT 1 UNION ALL SELECT text + 1 FROM n) SELECT * FROM n",
    )
    assert rows("a.db", content) == [
        {"table": "notes", "id": 1, "text": "one", "picture": "(2 bytes)"},
        {"table": "notes", "id": 2, "text": "two", "picture": None},
        {"table": 'odd "name', "text": "three"},
    ]
    for damaged in (b"SQLite format 3\0" + b"\xff" * 2000, b"no database"):
        with pytest.raises(UnreadableFile):
            rows("a.sqlite", damaged)


def arrow(how, **columns):
    import pyarrow as pa

    file = io.BytesIO()
    table = pa.table(columns)
    features = {"info": {"features": {"label": {"names": ["bad", "good"], "_type": "ClassLabel"}}}}
    table = table.replace_schema_metadata({"huggingface": json.dumps(features)})
    with getattr(pa.ipc, how)(file, table.schema) as writer:
        writer.write_table(table)
    return file.getvalue()


@pytest.mark.parametrize("how", ["new_file", "new_stream"])
def test_arrow_files_and_streams_are_read_with_the_names_of_their_classes(how):
    found = rows("a.arrow", arrow(how, text=["one", "two"], label=[1, 0], part=[{"x": 1}, {"x": 2}]))
    assert found == [{"text": "one", "label": "good", "part.x": 1}, {"text": "two", "label": "bad", "part.x": 2}]
    with pytest.raises(UnreadableFile):
        rows("a.arrow", arrow(how, text=["one"])[:60])


# ---------------------------------------------------------------- office, books, mail


def test_a_word_document_is_one_text_with_its_title_and_author():
    content = docx_of("First &amp; best.", "Second.", heading="On storms")
    assert rows("a.docx", content) == [
        {"text": "On storms\nFirst & best.\nSecond.\na cell", "title": "The storm", "author": "Ada"}
    ]
    assert rows("a.docx", docx_of("x", heading="On storms", about="<x/>"))[0]["title"] == "On storms"


def test_slides_come_in_their_order_with_their_notes():
    found = rows("a.pptx", pptx_of(("Hello", "world"), ("Good", "bye")))
    assert found == [
        {"text": "Hello\nworld", "slide": 1, "title": "Hello", "notes": "say hello"},
        {"text": "Good\nbye", "slide": 2, "title": "Good", "notes": ""},
    ]


def test_an_opendocument_text_and_a_book():
    assert rows("a.odt", odt_of("A heading", "one")) == [{"text": "A heading\none  end", "title": "A heading"}]
    found = rows("a.epub", epub_of("<p>one</p>", "<p>two</p>", " "))
    assert [(row["text"], row["title"], row["chapter"], row["book"]) for row in found] == [
        ("two", "Chapter 2", 1, "A book"),
        ("one", "Chapter 1", 2, "A book"),
    ]


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    "name, content",
    [
        ("a.docx", docx_of("&b;", before=BOMB)),
        ("a.docx", zip_of(word__document_0_xml="<w>" * 100_000)),
        ("a.docx", zip_of(word__document_0_xml="<w:document")),
        ("a.docx", zip_of(other="x")),
        ("a.docx", b"no archive"),
        ("a.epub", zip_of(**{"META-INF__container_0_xml": BOMB + "<x>&b;</x>"})),
        ("a.odt", zip_of(content_0_xml=BOMB + "<x>&b;</x>")),
    ],
)
def test_xml_that_is_damaged_or_a_bomb_is_refused(name, content):
    with pytest.raises(UnreadableFile):
        rows(name, content)


MAIL = (
    "From: Ada <ada@example.org>\r\nTo: Bob\r\nSubject: =?utf-8?q?caf=C3=A9?=\r\n"
    "Date: Mon, 1 Jan 2024 10:00:00 +0100\r\nMIME-Version: 1.0\r\n"
    "Content-Type: multipart/alternative; boundary=x\r\n\r\n--x\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n"
    "The storm.\r\n--x\r\nContent-Type: text/html\r\n\r\n<p>The <b>storm</b></p>\r\n--x--\r\n"
)


def test_a_message_has_its_text_and_its_headers_as_fields():
    (row,) = rows("a.eml", MAIL.encode())
    assert row == {
        "text": "The storm.",
        "title": "café",
        "from": "Ada <ada@example.org>",
        "to": "Bob",
        "date": "2024-01-01T10:00:00+01:00",
        "attachments": 0,
    }
    (row,) = rows("a.eml", b"Subject: x\nContent-Type: text/html\n\n<p>one</p><script>y</script>")
    assert row["text"] == "one" and row["date"] == ""


def test_an_archive_of_messages_is_parted_where_messages_begin():
    one = "From ada@example.org Mon Jan  1 10:00:00 2024\nSubject: one\n\nFrom here on.\n>From there.\n\n"
    found = rows("a.mbox", (one + one.replace("one", "two")).encode())
    assert [row["title"] for row in found] == ["one", "two"] and found[1].line == 7
    assert found[0]["text"] == "From here on.\nFrom there."


def test_subtitles_become_sentences_with_their_times():
    content = "1\n00:00:01,000 --> 00:00:02,000\n<i>The storm</i>\n\n2\n00:00:02,500 --> 00:00:04,000\ncame. \n\n3\n"
    content += "00:01:00,000 --> 00:01:02,000\nIt left\n"
    assert rows("a.srt", content.encode()) == [
        {"text": "The storm came.", "start": "00:00:01"},
        {"text": "It left", "start": "00:01:00"},
    ]
    assert rows("a.vtt", b"WEBVTT\n\n00:01.000 --> 00:02.000 line:0\nHello.\n") == [
        {"text": "Hello.", "start": "00:01"}
    ]


# ---------------------------------------------------------------- packed


@pytest.mark.parametrize("ending, pack", [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)])
def test_a_compressed_file_is_read_by_the_ending_within(ending, pack):
    assert texts(f"a.csv.{ending}", pack(b"text,n\none,1\n")) == ["one"]
    assert texts(f"a.{ending}", pack(b'{"text": "one"}\n')) == ["one"]
    with pytest.raises(UnreadableFile, match="damaged"):
        rows(f"a.csv.{ending}", pack(b"text,n\none,1\n" * 1000)[:-20])
    with pytest.raises(UnreadableFile):
        rows(f"a.csv.{ending}", b"text,n\none,1\n")


def test_an_archive_gives_the_documents_of_its_files_and_a_bad_file_costs_itself():
    content = zip_of(
        food__a_0_txt="one\ntwo",
        b_0_csv="text,file\nthree,own",
        bad_0_json="{",
        picture_0_png=b"\x89PNG",
        _0_hidden_0_txt="no",
        inner_0_zip=zip_of(c_0_txt="four"),
    )
    notes = []
    found = rows("a.zip", content, notes)
    assert [(row["text"], row["file"], row["folder"]) for row in found if not isinstance(row, BadRow)] == [
        ("three", "own", "."),
        ("one\ntwo", "food/a.txt", "food"),
        ("four", "inner.zip", "."),
    ]
    assert [row.file for row in found if isinstance(row, BadRow)] == ["bad.json"]
    assert "1 other file in the archive not read" in notes


def test_bombs_are_refused_before_they_are_unpacked():
    zeros = gzip.compress(bytes(300_000_000), 9)
    with pytest.raises(UnreadableFile, match="unpacks to more than"):
        rows("a.txt.gz", zeros)
    with pytest.raises(UnreadableFile, match="unpacks from"):
        rows("a.zip", zip_of(a_0_txt=bytes(300_000_000)))
    deep = zip_of(a_0_txt="x")
    for _ in range(3):
        deep = zip_of(a_0_zip=deep)
    with pytest.raises(UnreadableFile, match="too deep"):
        rows("a.zip", deep)


# ---------------------------------------------------------------- text


def test_front_matter_becomes_fields_and_the_heading_the_title():
    content = b"---\ntitle: Note 0\ntags: [food, soup]\ndate: 2024-01-01\nid: 007\nnested: {a: 1}\n---\n"
    content += b"# Heading 0\n\nText.\n"
    assert rows("a.md", content) == [
        {
            "text": "Heading 0\n\nText.",
            "title": "Heading 0",
            "tags": "food, soup",
            "date": "2024-01-01",
            "id": "007",
            "nested.a": "1",
            "title (front matter)": "Note 0",
        }
    ]
    assert rows("a.md", b"---\ntitle: only\n---\nText.")[0] == {"text": "Text.", "title": "only"}


@pytest.mark.parametrize(
    "yaml", [b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]", b"!!python/object/apply:os.system ['x']", b"a: [", b"- x"]
)
def test_front_matter_that_is_hostile_or_damaged_has_no_fields(yaml):
    assert rows("a.md", b"---\n" + yaml + b"\n---\nText.") == [{"text": "Text.", "title": ""}]


def test_a_page_is_read_in_its_charset_and_says_its_language():
    page = '<html lang="cs"><meta charset="windows-1250"><title>Kůň</title>Žluťoučký'
    assert rows("a.html", page.encode("cp1250")) == [{"text": "Žluťoučký", "title": "Kůň", "language": "cs"}]
    wrong = '<meta charset="utf-8">café'.encode("cp1252")
    assert rows("a.html", wrong)[0]["text"] == "café", "a page whose charset is not the one that it names"


def test_a_text_of_tabs_is_a_table_and_other_texts_are_not():
    assert rows("a.txt", "id\ttext\n1\tone\n2\ttwo\n".encode("utf-16")) == [
        {"id": "1", "text": "one"},
        {"id": "2", "text": "two"},
    ]
    assert rows("a.txt", b"a\tb\nno tab\nnone here\n") == [{"text": "a\tb"}, {"text": "no tab"}, {"text": "none here"}]
    assert rows("a.tex", b"\\section{A}\n\nText.\n") == [{"text": "\\section{A}\n\nText.\n"}]
