"""A map that travels: written, read back elsewhere, and never trusted; exports that other programs read."""

from __future__ import annotations

import io
import json
import zipfile

import numpy as np
import pytest

from core.documents import corpus, encoders, projection
from core.documents.mapping import naming
from core.documents.pipeline import bundle, exports, job_spec
from core.errors import UnreadableFile, UserError
from tests.support.document_maps import Minilm, rewritten, whole_map


@pytest.fixture
def whole(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path / "here"))
    return whole_map()


def test_a_bundle_opens_in_another_lab_as_the_same_map_and_nothing_is_computed(whole, tmp_path, monkeypatch):
    path = tmp_path / "map.zip"
    bundle.write(path, whole)
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path / "elsewhere"))
    key = bundle.save(bundle.read(path), Minilm())
    again = bundle.of_saved(key, Minilm(), whole.settings)
    assert again.corpus == whole.corpus and again.keywords == whole.keywords and again.encoder == whole.encoder
    for name in ("vectors", "points", "labels"):
        np.testing.assert_array_equal(getattr(again, name), getattr(whole, name))
    np.testing.assert_array_equal(again.near.indices, whole.near.indices)
    bundle.write(tmp_path / "again.zip", again)
    assert bundle.read(tmp_path / "again.zip").corpus == whole.corpus, "and it travels on"


def test_names_that_a_model_gave_travel_along(whole, tmp_path, monkeypatch):
    vectors, labels, words, texts = whole.vectors, whole.labels, whole.keywords, whole.corpus.texts
    group = naming.groups_of(vectors, labels[:, 1], words[1], texts)[2]
    naming.name(0, [group], "model.gguf", lambda *_: '{"topic": "Any Topic"}', lambda _: group.centre)
    key = bundle.save(whole, Minilm())
    named = bundle.of_saved(key, Minilm(), whole.settings, namer="model.gguf")
    assert named.names[1][2] == "Any Topic" and set(naming.as_given(named.names).values()) == {"Any Topic"}
    told = naming.NamedClusters(labels, words, naming.as_given(named.names)).describe
    assert told(1, 2) == f"Any Topic: {', '.join(words[1][2])}" and told(1, 0) == ", ".join(words[1][0])
    bundle.write(tmp_path / "map.zip", named)
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path / "elsewhere"))
    key = bundle.save(bundle.read(tmp_path / "map.zip"), Minilm())
    again = bundle.of_saved(key, Minilm(), whole.settings, namer=naming.CAME)
    assert again.names == named.names, "the model is not needed there"
    assert exports.group_names(again)[2] == "Any Topic" and exports.group_names(again)[0] != ""
    rewritten(tmp_path / "map.zip", names=[["a"], ["b"]])
    with pytest.raises(UnreadableFile, match="contents of this bundle are not valid"):
        bundle.read(tmp_path / "map.zip")


def test_any_program_reads_it(whole, tmp_path):
    import pyarrow.parquet as pq

    bundle.write(tmp_path / "map.zip", whole)
    with zipfile.ZipFile(tmp_path / "map.zip") as packed:
        about = json.loads(packed.read("map.json"))
        table = pq.read_table(io.BytesIO(packed.read("map.parquet")))
    assert about["encoder"]["key"] == "minilm" and about["settings"]["method"] == "pca"
    assert table.column("text").to_pylist() == list(whole.corpus.texts)
    np.testing.assert_array_equal(np.array(table.column("vector").to_pylist(), np.float32), whole.vectors)


def test_with_another_encoder_the_texts_come_and_the_map_is_drawn_anew(whole, tmp_path):
    other = Minilm()
    other.revision = "2" * 16
    key = bundle.save(whole, other)
    assert corpus.load(key) == whole.corpus and job_spec.encoding(whole.corpus, key, other).read() is None
    with pytest.raises(UserError, match="not been drawn"):
        bundle.of_saved(key, other, whole.settings)


@pytest.mark.parametrize(
    "changes, what",
    [
        ({"format": "x"}, "another version"),
        ({"sha256": "0"}, "changed or damaged"),
        ({"keywords": []}, "contents of this bundle are not valid"),
        ({"keywords": [[["a"]], [["a"]], [["a"]]]}, "contents of this bundle are not valid"),
        ({"settings": {"dimensions": 3}}, "contents of this bundle are not valid"),
        ({"fields": ["a", "b", "c"]}, "contents of this bundle are not valid"),
        ({"encoder": None}, "contents of this bundle are not valid"),
    ],
)
def test_a_bundle_that_was_tampered_with_is_refused(whole, tmp_path, changes, what):
    path = tmp_path / "map.zip"
    bundle.write(path, whole)
    rewritten(path, **changes)
    with pytest.raises(UnreadableFile, match=what):
        bundle.read(path)


@pytest.mark.parametrize(
    "field, value",
    [
        ("n_neighbors", "abc"),
        ("n_neighbors", 1),
        ("n_neighbors", 2.5),
        ("n_neighbors", True),
        ("dimensions", "2"),
        ("dimensions", 4),
        ("min_dist", "0.1"),
        ("min_dist", float("nan")),
        ("min_dist", -1),
        ("min_dist", None),
        ("seed", -1),
        ("seed", 2**40),
        ("seed", []),
        ("method", "magic"),
        ("method", ["umap"]),
        ("method", {}),
    ],
)
def test_a_setting_of_another_kind_is_named(whole, tmp_path, field, value):
    path = tmp_path / "map.zip"
    bundle.write(path, whole)
    rewritten(path, settings={field: value})
    with pytest.raises(UnreadableFile, match=f"“{field}”") as caught:
        bundle.read(path)
    assert caught.value.next_step


@pytest.mark.parametrize(
    "changes",
    [
        {"settings": "abc"},
        {"settings": None},
        {"title": 5},
        {"notes": [1]},
        {"notes": "x"},
        {"note": None},
        {"encoder": {"key": 1, "revision": "x", "precision": "y"}},
        {"fields": ["kind", "kind"]},
        {"fields": "kx"},
        {"keywords": "abc"},
        {"keywords": [[["a"]], [["a"]], 5]},
        {"keywords": [[[5]], [["a"]], [["a"]]]},
        {"names": {}},
        {"documents": 61},
        {"documents": "60"},
        {"documents": None},
    ],
)
def test_values_of_another_kind_are_refused(whole, tmp_path, changes):
    path = tmp_path / "map.zip"
    bundle.write(path, whole)
    rewritten(path, **changes)
    with pytest.raises(UnreadableFile, match="contents of this bundle are not valid"):
        bundle.read(path)


def with_table(path, **columns):
    """The bundle with other columns in its table, and the digest that goes with it."""
    import hashlib

    import pyarrow.parquet as pq

    with zipfile.ZipFile(path) as packed:
        about, table = json.loads(packed.read("map.json")), pq.read_table(io.BytesIO(packed.read("map.parquet")))
    for name, values in columns.items():
        table = table.drop_columns([name]) if name in table.column_names else table
        table = table if values is None else table.append_column(name, values)
    content = io.BytesIO()
    pq.write_table(table, content)
    about["sha256"] = hashlib.sha256(content.getvalue()).hexdigest()
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("map.json", json.dumps(about))
        packed.writestr("map.parquet", content.getvalue())


@pytest.mark.parametrize(
    "name, kind, value",
    [
        ("text", "int64", 5),
        ("text", "string", None),
        ("x", "string", "abc"),
        ("x", "float64", float("inf")),
        ("x", "float64", None),
        ("x", "timestamp", 5),
        ("group 0", "int64", 2**40),
        ("group 0", "float64", 0.5),
        ("vector", "float32", 1.0),
        ("vector", "nested", None),
        ("neighbours", "int32", 1),
        ("field 0", "nested", None),
        ("field 0", "binary", b"x"),
        ("y", "gone", None),
        ("text", "gone", None),
        ("vector", "gone", None),
    ],
)
def test_columns_of_another_kind_are_refused(whole, tmp_path, name, kind, value):
    import pyarrow as pa

    types = {
        "int64": pa.int64(),
        "string": pa.string(),
        "float64": pa.float64(),
        "float32": pa.float32(),
        "int32": pa.int32(),
        "binary": pa.binary(),
        "timestamp": pa.timestamp("us"),
    }
    values = (
        None
        if kind == "gone"
        else pa.array([[["a"]]] * 60)
        if kind == "nested"
        else pa.array([value] * 60, types[kind])
    )
    bundle.write(tmp_path / "map.zip", whole)
    with_table(tmp_path / "map.zip", **{name: values})
    with pytest.raises(UnreadableFile, match="contents of this bundle are not valid"):
        bundle.read(tmp_path / "map.zip")


def test_an_archive_that_unpacks_to_far_more_than_it_is_is_refused_unopened(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    with zipfile.ZipFile(tmp_path / "map.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("map.parquet", bytes(200_000_000))
        packed.writestr("map.json", "{}")
    assert (tmp_path / "map.zip").stat().st_size < 300_000
    monkeypatch.setattr(
        bundle.shutil,
        "copyfileobj",
        lambda packed, _: None if packed.name == "map.json" else pytest.fail("it was unpacked"),
    )
    with pytest.raises(UnreadableFile, match="unpacks from"):
        bundle.read(tmp_path / "map.zip")


def test_an_archive_that_lists_far_too_many_files_is_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    with zipfile.ZipFile(tmp_path / "map.zip", "w") as packed:
        for number in range(30_000):
            packed.writestr(zipfile.ZipInfo(f"{number:0150}"), b"")
    with pytest.raises(UnreadableFile, match="lists more files"):
        bundle.read(tmp_path / "map.zip")


def test_a_description_nested_100_000_deep_is_refused(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    with zipfile.ZipFile(tmp_path / "map.zip", "w") as packed:
        packed.writestr("map.json", "[" * 100_000)
        packed.writestr("map.parquet", "")
    with pytest.raises(UnreadableFile, match="not a bundle"):
        bundle.read(tmp_path / "map.zip")


def test_a_locked_bundle_is_refused(whole, tmp_path):
    path = tmp_path / "map.zip"
    bundle.write(path, whole)
    content = bytearray(path.read_bytes())
    for place in (content.index(b"PK\3\4") + 6, content.index(b"PK\1\2") + 8):
        content[place] |= 1  # "encrypted"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile):
        bundle.read(path)


def test_what_is_no_bundle_is_refused(whole, tmp_path, monkeypatch):
    path = tmp_path / "map.zip"
    bundle.write(path, whole)
    content = path.read_bytes()
    for broken in (b"", b"PK\x03\x04rubbish", content[:-300], content[: len(content) // 2]):
        path.write_bytes(broken)
        with pytest.raises(UnreadableFile, match="not a bundle"):
            bundle.read(path)
    path.write_bytes(content)
    monkeypatch.setitem(bundle.LARGEST, "map.parquet", 100)
    with pytest.raises(UnreadableFile, match="too large"):
        bundle.read(path)


def test_the_projector_gets_as_many_labels_as_vectors(whole, tmp_path):
    exports.projector(tmp_path / "p.zip", whole)
    with zipfile.ZipFile(tmp_path / "p.zip") as packed:
        lines = packed.read("metadata.tsv").decode().split("\n")
        vectors = np.loadtxt(io.BytesIO(packed.read("vectors.tsv")), delimiter="\t")
        (config,) = json.loads(packed.read("projector_config.json"))["embeddings"]
    assert lines[0] == "text\tgroup\tkind\tx" and lines[1].startswith("text number 0 second line\t") and lines[61] == ""
    assert {len(line.split("\t")) for line in lines[:61]} == {4}
    np.testing.assert_allclose(vectors, whole.vectors, atol=1e-5)
    assert config["tensorShape"] == [60, 32] and config["tensorPath"] == "vectors.tsv"


def test_embedding_atlas_gets_places_and_neighbours(whole, tmp_path):
    import pyarrow.parquet as pq

    exports.atlas(tmp_path / "a.parquet", whole)
    table = pq.read_table(tmp_path / "a.parquet")
    assert set(table.column_names) == {"id", "text", "group", "x", "y", "field x", "kind", "neighbors"}
    first = table.column("neighbors")[0].as_py()
    assert first["ids"] == whole.near.indices[0].tolist() and first["distances"] == sorted(first["distances"])
    np.testing.assert_array_equal(table.column("x").to_numpy(), whole.points[:, 0])


def test_the_map_kept_by_the_jobs_is_what_a_bundle_takes(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path / "here"))
    encoder = encoders.load("minilm")
    made = corpus.load("everyday")
    vectors = np.random.default_rng(0).standard_normal((len(made.texts), 8)).astype(np.float32)
    stored = bundle.WholeMap(
        made,
        {"key": encoder.key, "revision": encoder.revision, "precision": "float32"},
        projection.ProjectionSettings(),
        vectors,
        vectors[:, :2],
        np.zeros((len(vectors), 3), np.int32),
        [[["a"]]] * 3,
    )
    key = bundle.save(stored, encoder)
    assert key == made.key
    again = bundle.of_saved("everyday", encoder, projection.ProjectionSettings())
    np.testing.assert_array_equal(again.points, vectors[:, :2])
    assert job_spec.neighbouring("x.npy", 50).read() is None and again.near is None
