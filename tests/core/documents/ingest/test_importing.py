"""From files to a corpus: passages, counts, consent, folders, and memory that does not grow with the file."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap

import pytest
from hypothesis import given, settings, strategies

from core.documents import corpus
from core.documents.ingest import importing, passages, sources
from core.documents.ingest.importing import ImportOptions, import_corpus
from core.errors import Cancelled, UserError
from tests.conftest import ROOT

pytestmark = pytest.mark.usefixtures("home")


def texts_of(text, words, overlap):
    return [text[start:end] for start, end in passages.cut(text, words, overlap)]


def test_passages_by_hand():
    assert texts_of("a b c d e f", 4, 1) == ["a b c d", "d e f"]
    assert texts_of("a b c d e", 4, 2) == ["a b c d e"], "a rest below the overlap stays"
    assert texts_of("  a b  ", 4, 1) == ["a b"] and texts_of(" ", 4, 1) == []
    assert texts_of("One two three four five. Six seven eight nine ten eleven.", 7, 0) == [
        "One two three four five.",
        "Six seven eight nine ten eleven.",
    ], "a sentence ends in the last third"
    assert texts_of("東京" * 40, 4, 1)[0] == ("東京" * 20), "without spaces letters limit a passage"


@settings(max_examples=60, deadline=None)
@given(strategies.text(alphabet="ab .\n東", max_size=400), strategies.integers(2, 20), strategies.integers(0, 10))
def test_passages_cover_every_letter_and_go_on(text, words, overlap):
    cuts = passages.cut(text, words, overlap)
    covered = set()
    for (start, end), following in zip(cuts, [*cuts[1:], None], strict=False):
        assert start < end and text[start:end].strip()
        assert following is None or (start < following[0] and end < following[1])
        covered.update(range(start, end))
    assert all(place in covered for place, letter in enumerate(text) if not letter.isspace())


def test_columns_are_chosen_and_what_is_left_out_or_repeats_is_counted(write):
    rows = ["head,body,year,more", "A,one,2001,x", "B,,2002,x", "C,two,2003,x", "A,one,2004,x", "bad,row,of,five,cells"]
    source = sources.find(str(write("a.csv", "\n".join(rows))))
    assert list(sources.look(source).columns) == ["head", "body", "year", "more"]
    found = import_corpus(source, ImportOptions(text=("head", "body"), fields=("year",)))
    made = corpus.load(found.key)
    assert list(made.texts) == ["A\none", "B", "C\ntwo", "A\none"]
    assert made.fields == {"year": (2001, 2002, 2003, 2004)} and made.title == "a.csv"
    assert (found.documents, found.repeated, found.bad_count) == (4, 1, 1) and found.bad[0].line == 6
    assert made.notes == ("1 repeat another document word for word", "1 row that could not be read skipped")
    found = import_corpus(source, ImportOptions(text=("body",), repeated=False))
    assert list(corpus.load(found.key).texts) == ["one", "two"] and found.empty == 1
    with pytest.raises(UserError, match="no text"):
        import_corpus(source, ImportOptions(text=("nothing",)))


def test_long_documents_are_cut_and_passages_know_their_document(write):
    long = " ".join(f"word{number}" for number in range(100))
    source = sources.find(str(write("a.jsonl", f'{{"text": "{long}", "kind": "x"}}\n{{"text": "short"}}')))
    made = corpus.load(import_corpus(source, ImportOptions(fields=("kind",), words=40, overlap=10)).key)
    assert [len(text.split()) for text in made.texts] == [40, 40, 40, 1]
    assert made.texts[0].split()[30:] == made.texts[1].split()[:10], "they overlap"
    assert made.fields == {"kind": ("x", "x", "x", ""), "document": (1, 1, 1, 2), "passage": (1, 2, 3, 1)}
    assert "2 documents cut into 4 passages" in made.notes
    assert list(corpus.load(import_corpus(source, ImportOptions(words=0)).key).texts) == [long, "short"]


def test_a_folder_of_many_kinds(write, tmp_path):
    write("docs/notes/a.md", "# A\nalpha")
    write("docs/b.html", "<p>beta</p>")
    write("docs/c.txt", "gamma\ndelta")
    write("docs/broken.pdf", b"%PDF-1.4 rubbish")
    write("docs/.hidden.txt", "hidden")
    write("docs/picture.png", b"\x89PNG")
    os.symlink(tmp_path / "docs", tmp_path / "docs" / "loop")
    source = sources.find(str(tmp_path / "docs"))
    assert [name for _, name in source.files] == ["b.html", "broken.pdf", "c.txt", "notes/a.md"]
    assert source.notes == ("not read: 1 .png",)
    assert {"text", "title", "file", "folder"} <= set(sources.look(source).columns)
    found = import_corpus(source, ImportOptions(fields=("file", "folder")))
    made = corpus.load(found.key)
    assert list(made.texts) == ["beta", "gamma\ndelta", "A\nalpha"]
    assert made.fields["folder"] == (".", ".", "notes") and made.title == "docs"
    assert [row.file for row in found.bad] == ["broken.pdf"]


@pytest.mark.parametrize(
    "place, what",
    [
        ("", "nothing at"),
        ("/no/such/place", "nothing at"),
        ("a\0b", "path"),
        (str(ROOT / "app.py"), "kind of file"),
        (str(ROOT / "core" / "words"), "no file"),
    ],
)
def test_places_with_nothing_to_read_are_named(place, what):
    with pytest.raises(UserError, match=what):
        sources.find(place)


def test_of_too_many_some_are_drawn_at_random_and_that_is_said(write):
    source = sources.find(str(write("a.txt", "\n".join(f"text {number}" for number in range(5000)))))
    found = import_corpus(source, ImportOptions(most=100, seed=1))
    made = corpus.load(found.key)
    numbers = [int(text.split()[1]) for text in made.texts]
    assert len(numbers) == 100 and numbers == sorted(numbers) and 1500 < sum(numbers) / 100 < 3500
    assert "100 of 5,000 drawn at random (seed 1)" in made.notes
    assert (
        import_corpus(source, ImportOptions(most=100, seed=1)).key
        == found.key
        != import_corpus(source, ImportOptions(most=100, seed=2)).key
    )


def test_stopping_keeps_nothing(write):
    source = sources.find(str(write("a.txt", "\n".join(f"text {number}" for number in range(5000)))))

    def stop(fraction, doing):
        if fraction > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        import_corpus(source, ImportOptions(), stop)
    assert not corpus.saved() and not list(importing.storage.folder("corpora").iterdir())


@pytest.mark.skipif(sys.platform != "linux", reason="peak memory is read from /proc")
@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_memory_does_not_grow_with_the_file(tmp_path, ending):
    """A scaled-down 2 GB: a file of 25 MB is read with less than 15 MB more memory than one of 2 MB took."""
    code = f"""
        import re, sys
        from pathlib import Path
        from core.documents.ingest import sources
        from core.documents.ingest.importing import ImportOptions, import_corpus
        text = "The storm closed the road along the coast to the north and nobody came. " * 14

        def write(path, rows):
            if path.suffix == ".csv":
                path.write_text("n,text\\n" + "".join(f"{{n}},{{n}} {{text}}\\n" for n in range(rows)))
                return
            import pyarrow as pa, pyarrow.parquet as pq
            with pq.ParquetWriter(path, pa.schema([("n", pa.int64()), ("text", pa.string())]), compression=None,
                                  use_dictionary=False) as writer:
                for start in range(0, rows, 1000):
                    writer.write_table(pa.table({{"n": range(start, start + 1000),
                                                 "text": [f"{{n}} {{text}}" for n in range(start, start + 1000)]}}))

        def peak():
            return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1]) / 1000

        small, large = (Path(sys.argv[1], name) for name in ("small.{ending}", "large.{ending}"))
        if sys.argv[2] == "write":
            write(small, 2000), write(large, 24_000)
        else:
            import_corpus(sources.find(str(small)), ImportOptions(most=5000))
            before = peak()
            found = import_corpus(sources.find(str(large)), ImportOptions(most=5000))
            print(large.stat().st_size / 1e6, peak() - before, found.documents)
    """
    for step in ("write", "read"):
        ended = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(code), str(tmp_path), step],
            cwd=ROOT,
            capture_output=True,
            text=True,
            env={**os.environ},
        )
        assert ended.returncode == 0, ended.stderr
    size, more, documents = map(float, ended.stdout.split())
    assert size > 24 and documents == 24_000
    assert more < 15, f"{more:.0f} MB more"
