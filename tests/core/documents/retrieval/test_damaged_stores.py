"""What lies on this machine and is damaged: corpora, records, thumbs. Each costs itself, and is told."""

from __future__ import annotations

import json

import numpy as np
import pytest

from core import storage
from core.documents import corpus
from core.documents.pipeline import result_cache
from core.errors import UserError


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path / "home"))


@pytest.fixture
def key():
    return corpus.save(corpus.Corpus("a title", ("one", "two"), {"f": ("a", "b")}, ("a note",)))


def rewrite(key, **changes):
    path = corpus._path(key).with_suffix(".json")
    path.write_text(json.dumps({**json.loads(path.read_text()), **changes}))


@pytest.mark.parametrize(
    "content",
    [
        "[1, 2]",
        "[]",
        "null",
        "5",
        '"x"',
        "{}",
        "",
        "{",
        '{"title": 5}',
        "[" * 100_000,
        '{"title": "t", "notes": 5, "fields": [], "keys": ["a", "b"], "sha256": "x"}',
    ],
)
def test_a_corpus_whose_description_is_damaged_is_named_as_that(key, content):
    corpus._path(key).with_suffix(".json").write_text(content)
    assert corpus.saved() == {key: f"Damaged corpus {key[:8]}"}
    with pytest.raises(UserError, match="damaged"):
        corpus.load(key)
    corpus.forget(key)
    assert corpus.saved() == {}


@pytest.mark.parametrize(
    "changes",
    [
        {"title": ["x"]},
        {"notes": {}},
        {"notes": [5]},
        {"fields": "f"},
        {"fields": [5]},
        {"fields": ["f", "g"]},
        {"keys": []},
        {"keys": [1, 2]},
        {"sha256": None},
    ],
)
def test_a_description_with_a_value_of_another_kind_is_damage(key, changes):
    rewrite(key, **changes)
    with pytest.raises(UserError, match="damaged"):
        corpus.load(key)


def test_a_file_of_texts_that_are_none_is_damage(key):
    import pyarrow as pa

    path = corpus._path(key)
    field = ["a", "b"]
    for table in (
        pa.table({"text": [1, 2], "field 0": field}),
        pa.table({"text": ["a", None], "field 0": field}),
        pa.table({"text": field, "field 0": [["a"], ["b"]]}),
    ):
        with pa.OSFile(str(path), "wb") as sink, pa.ipc.new_file(sink, table.schema) as file:
            file.write_table(table)
        rewrite(key, sha256=storage.sha256_of(path))
        with pytest.raises(UserError, match="damaged"):
            corpus.load(key)


def test_places_beyond_the_end_of_the_texts_do_not_end_the_process(key):
    path = corpus._path(key)
    content = path.read_bytes()
    offsets = np.array([0, 3, 6], "<i8").tobytes()
    assert offsets in content
    path.write_bytes(content.replace(offsets, np.array([0, 3, 1 << 40], "<i8").tobytes()))
    rewrite(key, sha256=storage.sha256_of(path))
    with pytest.raises(UserError, match="damaged"):
        corpus.load(key)


def test_files_that_are_no_corpora_are_passed_over(key):
    (storage.folder("corpora") / "notes.json").write_text("[]")
    assert list(corpus.saved()) == [key]


def whole_group(tmp_path):
    path = tmp_path / "labels.npy"
    storage.save_array(path, np.zeros((2, 3), np.int32))
    return {"labels": str(path), "keywords": [[["a"]], [["a"]], [["a"]]]}


@pytest.mark.parametrize(
    "content",
    [
        "[]",
        "[1]",
        "null",
        "5",
        "{}",
        "[" * 100_000,
        '{"labels": 5, "keywords": []}',
        '{"labels": "x.npy"}',
        '{"labels": "LABELS", "keywords": {}}',
        '{"labels": "LABELS", "keywords": [["a"]]}',
        '{"labels": "LABELS", "keywords": [[[5]]]}',
        '{"labels": "LABELS", "keywords": [], "names": 5}',
        '{"labels": "LABELS", "keywords": [], "names": [[1]]}',
    ],
)
def test_a_damaged_record_is_thrown_away_and_the_work_done_again(tmp_path, content):
    whole = whole_group(tmp_path)
    result_cache.write("group", "x", whole)
    assert result_cache.read("group", "x") == {**whole, "from_disk": True}
    path = result_cache.path_of("x")
    path.write_text(content.replace("LABELS", whole["labels"]))
    assert result_cache.read("group", "x") is None and not path.exists()
    assert result_cache.get_or_compute("group", "x", lambda: whole) == whole


@pytest.mark.parametrize(
    "method, answer",
    [
        ("encode", {"vectors": "ARRAY", "precision": "float32", "reason": "so", "speedup": "fast"}),
        ("project", {"points": "ARRAY"}),
        ("neighbours", {"indices": "ARRAY"}),
        ("judged", {}),
        (
            "trust",
            {
                "rows": "ARRAY",
                "kept": "ARRAY",
                "each": "ARRAY",
                "every": "x",
                "count": 5,
                "trustworthiness": 1.0,
                "continuity": 1.0,
                "overlap": 1.0,
            },
        ),
        ("precision", {"name": "bfloat16", "reason": "so", "speedup": None, "lowest_cosine": 1.0}),
    ],
)
def test_every_kind_of_record_is_checked_for_what_is_relied_on(tmp_path, method, answer):
    array = whole_group(tmp_path)["labels"]
    result_cache.write(method, "x", {name: array if value == "ARRAY" else value for name, value in answer.items()})
    assert result_cache.read(method, "x") is None
