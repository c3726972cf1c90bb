"""Documents of strangers by way of the gate: the same result as here, or a sentence; the process that asks stays."""

from __future__ import annotations

import io
import json
from dataclasses import asdict

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.documents import corpus, encoders
from core.documents.ingest import preview, sources
from core.documents.pipeline import bundle, job_spec
from core.documents.retrieval import judged_folder, judging
from core.errors import Cancelled, UserError
from core.runtime import gate as gates
from core.runtime.worker_process import Task
from tests.support.document_maps import rewritten, run_job, whole_map

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path / "here"))
    gates.close()  # its processes know the home that was when they started
    yield
    gates.close()


@pytest.fixture
def written(tmp_path):
    def write(name, content):
        (tmp_path / name).write_bytes(content)
        return sources.find(str(tmp_path / name))

    return write


def task(on_progress=None):
    made = Task(0, on_progress or (lambda message: None))
    return made


def parquet(**columns):
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file, compression="zstd")
    return file.getvalue()


def test_a_look_by_way_of_the_gate_is_the_same_look(written):
    for source in (
        written("a.csv", b"text,n\none,1\ntwo\n"),
        written("a.parquet", parquet(text=["a", None], when=pa.array([1, 2], pa.timestamp("us")), raw=[b"\xff", b""])),
    ):
        here, there = preview.look(source), sources.look(source)
        assert there == here and gates.gate.round_trips


def test_files_become_a_corpus_by_way_of_the_gate(written):
    source = written("a.csv", b"text,kind\n" + b"a text,x\nanother,y\n" * 20)
    found = run_job(job_spec.importing(source, sources.ImportOptions(("text",), ("kind",))))
    made = corpus.load(found["key"])
    assert len(made.texts) == 40 and found["documents"] == 40 and set(made.fields["kind"]) == {"x", "y"}


def test_a_bomb_costs_a_sentence_and_leaves_nothing(written, tmp_path):
    big = pa.DictionaryArray.from_arrays(pa.array([0] * 200, pa.int32()), pa.array(["a" * 20_000_000]))
    source = written("bomb.parquet", parquet(text=big))
    for ask in (
        lambda: sources.look(source),
        lambda: run_job(job_spec.importing(source, sources.ImportOptions())),
    ):
        with pytest.raises(UserError, match="unpacks to more than"):
            ask()
    assert not list((tmp_path / "here" / "corpora").glob("*"))


def test_what_ends_or_outlasts_its_process_is_a_sentence(written, monkeypatch):
    from core.runtime.readers import READERS, Reader

    source = written("a.txt", b"one\ntwo\n")
    monkeypatch.setitem(
        READERS,
        "documents look",
        Reader("documents look", "tests.support.hostile:eat_source", "Looking into", 5.0),
    )
    with pytest.raises(UserError, match="“a.txt”"):
        sources.look(source)


def test_reading_can_be_cancelled_while_the_gate_works(written):
    source = written("a.txt", b"a line of text\n" * 300_000)
    asked = task()
    asked.cancel()
    with pytest.raises(Cancelled):
        run_job(job_spec.importing(source, sources.ImportOptions()), asked)
    assert corpus.saved() == {}


def test_a_bundle_opens_by_way_of_the_gate_and_a_bad_one_names_its_field(tmp_path):
    whole = whole_map()
    path = tmp_path / "map.zip"
    bundle.write(path, whole)
    spec = job_spec.opening(sources.of_files("map.zip", [(str(path), "map.zip")]), encoders.load())
    opened = run_job(spec)
    assert corpus.load(opened["key"]).title == whole.corpus.title
    assert opened["settings"] == asdict(whole.settings) and not opened["same_encoder"] and not opened["named"]
    rewritten(path, settings={"n_neighbors": "abc"})
    with pytest.raises(UserError, match="“n_neighbors”"):
        run_job(spec)


def test_a_judged_folder_by_way_of_the_gate_is_the_same_set(tmp_path):
    (tmp_path / "qrels").mkdir()
    (tmp_path / "corpus.jsonl").write_text('{"_id": "d", "title": "T", "text": "one"}\n{"_id": "e", "text": 5}\n')
    (tmp_path / "queries.jsonl").write_text('{"_id": "q", "text": "?"}\n')
    (tmp_path / "qrels" / "test.tsv").write_text("query\tdocument\tgrade\nq\td\t2\nq\tnone\t1\n")
    here = judged_folder.read(tmp_path)
    assert judging.read_folder(tmp_path) == here and here.texts == ("T one", "")
    facts = judging.facts_of_folder(tmp_path)
    assert facts == here.facts() and facts.key == here.key


@pytest.mark.parametrize(
    "name, content",
    [
        ("corpus.jsonl", "[" * 100_000),
        ("corpus.jsonl", '{"_id": []}'),
        ("corpus.jsonl", "[1]"),
        ("queries.jsonl", '{"_id": "q", "text": {}}'),
        ("qrels/test.tsv", "\nq\td\tnan\n"),
        ("qrels/test.tsv", "\nq\td\n"),
    ],
)
def test_a_damaged_judged_folder_names_its_file(tmp_path, name, content):
    (tmp_path / "qrels").mkdir()
    (tmp_path / "corpus.jsonl").write_text(json.dumps({"_id": "d", "text": "one"}))
    (tmp_path / "queries.jsonl").write_text(json.dumps({"_id": "q", "text": "?"}))
    (tmp_path / "qrels" / "test.tsv").write_text("q\td\t1\n")
    judged_folder.read(tmp_path)
    (tmp_path / name).write_text(content)
    with pytest.raises(UserError, match=name.split("/")[-1]):
        judged_folder.read(tmp_path)
