"""Files of vectors: what can be read, what is refused and how, and the store they are kept in."""

from __future__ import annotations

import gzip
import io
import json
import pickle
import zipfile

import numpy as np
import pytest

from core.errors import MissingModel, UnreadableFile
from core.words.files import formats, rows, store
from core.words.files.formats import entries
from core.words.vectors import load

WORDS = ["the", '"', "nan", "null", ". . .", "new york", "Größe", "片仮名", "\u00a0", "zero"]
MATRIX = np.array([[i + 0.5, -i, 1 / (i + 3)] for i in range(len(WORDS))], np.float32)
MATRIX[-1] = 0


def text(header: bool = False, trailing: str = "") -> bytes:
    lines = [
        f"{word} " + " ".join(repr(float(value)) for value in row) + trailing
        for word, row in zip(WORDS, MATRIX, strict=True)
    ]
    return ((f"{len(WORDS)} 3\n" if header else "") + "\n".join(lines) + "\n").encode()


def binary(words=WORDS, matrix=MATRIX, line_end: bytes = b"\n") -> bytes:
    return f"{len(words)} {matrix.shape[1]}\n".encode() + b"".join(
        word.replace(" ", "_").encode() + b" " + row.astype("<f4").tobytes() + line_end
        for word, row in zip(words, matrix, strict=True)
    )


def zipped(name: str, content: bytes, *more: tuple[str, bytes]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, data in ((name, content), *more):
            archive.writestr(entry, data)
    return file.getvalue()


def npz(**arrays) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def safetensors(metadata=None) -> bytes:
    from safetensors.numpy import save

    return save({"matrix": MATRIX}, metadata)


@pytest.mark.parametrize(
    "name, content",
    [
        ("glove.txt", text()),
        ("word2vec.txt", text(header=True)),
        ("fasttext.vec", text(header=True, trailing=" ")),
        ("windows.txt", text().replace(b"\n", b"\r\n")),
        ("no_end.txt", text().rstrip(b"\n")),
        ("packed.txt.gz", gzip.compress(text())),
        ("packed.zip", zipped("glove.txt", text())),
        ("arrays.npz", npz(words=np.array(WORDS), matrix=MATRIX)),
        ("doubles.npz", npz(vocab=np.array(WORDS), vectors=MATRIX.astype(float))),
        ("matrix.safetensors", safetensors({"words": json.dumps(WORDS)})),
        ("any-name-at-all", text(header=True)),
    ],
)
def test_every_format_gives_the_same_vectors(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    vectors = load(path)
    assert list(vectors.words) == WORDS, "spaces, quotes and nan are words"
    assert np.allclose(vectors.matrix, MATRIX, rtol=1e-6)
    assert vectors.matrix.dtype == np.float32
    assert any("zeros" in note for note in vectors.notes)
    assert vectors.nearest("zero", 2) and np.isfinite(vectors.nearest("the", 9)[-1].similarity)


@pytest.mark.parametrize("line_end", [b"\n", b""])
@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_word2vec_binary(tmp_path, line_end, pack):
    path = tmp_path / "vectors.bin"
    path.write_bytes(pack(binary(line_end=line_end)))
    vectors = load(path)
    assert vectors.words[5] == "new_york"
    assert np.array_equal(vectors.matrix, MATRIX)


def test_small_blocks_give_the_same(tmp_path, monkeypatch):
    monkeypatch.setattr(rows, "BLOCK", 17)
    for name, content in (("glove.txt", text()), ("vectors.bin", binary())):
        path = tmp_path / name
        path.write_bytes(content)
        assert np.allclose(load(path).matrix, MATRIX, rtol=1e-6)


def test_gensims_own_files_are_read_as_gensim_reads_them():
    from gensim.models import KeyedVectors
    from gensim.test.utils import datapath

    for name, is_binary in (
        ("euclidean_vectors.bin", True),
        ("word2vec_pre_kv_c", False),
        ("lee_fasttext.vec", False),
        ("high_precision.kv.txt", False),
        ("high_precision.kv.bin", True),
    ):
        theirs = KeyedVectors.load_word2vec_format(datapath(name), binary=is_binary)
        ours = load(datapath(name))
        assert list(ours.words) == list(theirs.index_to_key), name
        assert np.allclose(ours.matrix, theirs.vectors, rtol=1e-6), name
    assert len(load(datapath("test_glove.txt"))) > 10


@pytest.mark.parametrize(
    "name, content, says",
    [
        ("vectors.kv", pickle.dumps({"a": [1, 2]}, protocol=4), "pickle"),
        ("vectors.txt", pickle.dumps([1.0] * 500, protocol=2), "pickle"),
        ("vectors.txt.gz", gzip.compress(pickle.dumps({"a": 1}, protocol=4)), "pickle"),
        ("vectors.npz", npz(words=np.array(["a", "b"], dtype=object), matrix=np.eye(2)), "pickle"),
        ("model.zip", zipped("archive/data.pkl", b"\x80\x02."), "pickle"),
        ("empty.txt", b"", "empty"),
        ("blank.txt", b"\n\n\n", "no numbers"),
        ("nan_value.txt", b"a 1 2 3\nb nan 5 6\n", "Line 2 "),
        ("announced.txt", b"2 3\na 1 2 3\nb 4 5\n", "Line 3 "),
        ("prose.txt", b"It was a dark and stormy night.\n" * 40, "no numbers"),
        ("utf16.txt", "a 1 2 3\n".encode("utf-16"), "UTF-16"),
        ("latin1.txt", "the 1 2 3\nGröße 4 5 6\n".encode("latin-1"), "Line 2|line 2"),
        ("noise.bin", bytes(range(256)) * 40, "noise"),
        ("zeros.bin", b"\0" * 4000, "zeros"),
        ("model.gguf", b"GGUF" + b"\0" * 100, "language model"),
        ("page.txt", b"<html><body>", "web page"),
        ("cut.gz", gzip.compress(text() * 9)[:-30], "cannot be"),
        ("cut.zip", zipped("a.txt", text())[:-30], "cannot be"),
        ("empty.zip", zipped("readme.md", b"hello"), "no file"),
        ("huge_header.txt", b"9999999 99999999\na 1\n", "says it holds"),
        ("names.npz", npz(first=np.eye(2)), "first"),
        ("shapes.npz", npz(words=np.array(["a"]), matrix=np.eye(2)), "shape"),
        ("nan.npz", npz(words=np.array(["a", "b"]), matrix=np.array([[1, 2], [np.nan, 1]])), "Row 2"),
        ("no_words.safetensors", safetensors(), "no words"),
        ("cut.safetensors", safetensors({"words": "[]"})[:-8], "cannot be read"),
        ("nan.bin", binary(["a", "b"], np.array([[1, 2], [np.nan, 1]], np.float32)), "Row 2"),
    ],
)
def test_what_is_refused_is_refused_with_a_sentence(tmp_path, name, content, says):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=says) as raised:
        load(path)
    assert raised.value.next_step
    assert str(tmp_path) not in str(raised.value) or "cannot be read" in str(raised.value)


@pytest.mark.parametrize(
    "name, content, words, says",
    [
        (
            "short.txt",
            b"a 1 2 3\nb 4 5 6\nc 7 8\n",
            "ab",
            "1 line was skipped: line 3 (“c”) has 2 values; 3 are expected",
        ),
        ("letters.txt", b"a 1 2 3\nb 4 x5 6\nc 7 8 9\n", "ac", "line 2 (“b”) has “x5” instead of a number"),
        (
            "infinite.txt",
            b"a 1 2 3\nb 4 5 6\nc 7 8 inf\n",
            "ab",
            "line 3 (“c”) has a value that is not a finite number",
        ),
        ("huge.txt", b"a 1 2 3\nb 4 5 6\nc 7 8 1e99\n", "ab", "line 3 (“c”) has a value that is not a finite number"),
        ("no_word.txt", b"a 1 2\nb 3 4\n\t1 2\n", "ab", "line 3"),
        ("cut.bin", binary(list("abc"), MATRIX[:3])[:-9], "ab", "announces 3 words and holds 2; it ends within row 3"),
        ("nan.bin", binary(list("abc"), MATRIX[:3] + [[0], [np.nan], [0]]), "ac", "row 2 (“b”) has a value"),
    ],
)
def test_a_row_that_cannot_be_used_costs_itself_and_is_named(tmp_path, name, content, words, says):
    path = tmp_path / name
    path.write_bytes(content)
    vectors = load(path)
    assert "".join(vectors.words) == words
    assert says in "; ".join(vectors.notes)


def test_a_file_with_as_many_bad_rows_as_good_ones_is_refused_with_its_first_fault(tmp_path):
    path = tmp_path / "mixed.txt"
    path.write_bytes(b"a 1 2 3\n" + b"b 1 2 x\n" * 3)
    with pytest.raises(UnreadableFile, match="Line 2 .*2 more"):
        load(path)


def test_missing_files_and_folders(tmp_path):
    for path in (tmp_path / "nothing.txt", tmp_path, tmp_path / ("x" * 400)):
        with pytest.raises(UnreadableFile):
            load(path)


def test_words_that_stand_there_twice_are_noted(tmp_path):
    path = tmp_path / "twice.txt"
    path.write_bytes(b"a 1 0\nb 0 1\na 1 1\n")
    vectors = load(path)
    assert vectors.similarity("a", "b") == 0
    assert any("twice" in note for note in vectors.notes)


def test_a_count_that_is_not_kept_is_noted(tmp_path):
    path = tmp_path / "count.txt"
    path.write_bytes(b"5 2\na 1 0\nb 0 1\n")
    assert any("announces 5" in note for note in load(path).notes)


def test_an_archive_with_several_files_lets_one_choose(tmp_path):
    path = tmp_path / "glove.6B.zip"
    path.write_bytes(zipped("glove.3d.txt", text(), ("glove.1d.txt", b"a 1\nb 2\n"), ("readme.md", b"hello")))
    assert [item.name for item in entries(path)] == ["glove.3d.txt", "glove.1d.txt"]
    assert store.import_file(path, "glove.1d.txt").dimension == 1
    assert store.import_file(path, "glove.3d.txt").dimension == 3
    with pytest.raises(UnreadableFile):
        store.import_file(path, "../../etc/passwd")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path / "home"))


@pytest.mark.parametrize("name, content", [("a.txt", text()), ("a.npz", npz(words=np.array(WORDS), matrix=MATRIX))])
def test_the_store_keeps_one_mapped_copy(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    told = []
    kept = store.import_file(path, on_progress=lambda fraction, doing: told.append(fraction))
    assert (kept.words, kept.dimension, kept.title) == (len(WORDS), 3, name)
    vectors = store.open_stored(kept.key)
    assert isinstance(vectors.matrix.base, np.memmap) or isinstance(vectors.matrix, np.memmap)
    assert not vectors.matrix.flags.writeable
    assert list(vectors.words) == WORDS
    assert np.allclose(vectors.matrix, MATRIX, rtol=1e-6)
    assert np.allclose(vectors.lengths, np.linalg.norm(MATRIX, axis=1))
    assert store.import_file(path).key == kept.key and len(store.stored()) == 1, "read once"
    store.remove(kept.key)
    assert store.stored() == [] and path.exists()


def test_a_file_that_fails_leaves_nothing_behind(tmp_path):
    path = tmp_path / "bad.txt"
    path.write_bytes(b"a 1 2 3\nb 4 5\n")
    with pytest.raises(UnreadableFile):
        store.import_file(path)
    assert list((tmp_path / "home" / "vectors").iterdir()) == []


def test_a_damaged_store_and_a_strange_key_are_answered(tmp_path):
    path = tmp_path / "a.txt"
    path.write_bytes(text())
    kept = store.import_file(path)
    for key in ("0" * 32, "../../../etc", "", "x"):
        with pytest.raises(MissingModel):
            store.open_stored(key)
    (tmp_path / "home" / "vectors" / kept.key / "matrix.npy").write_bytes(b"\x93NUMPY broken")
    with pytest.raises(UnreadableFile):
        store.open_stored(kept.key)
    (tmp_path / "home" / "vectors" / kept.key / "facts.json").write_text("{")
    assert store.stored() == []
    assert store.import_file(path).words == len(WORDS), "it can be opened again"
    assert len(store.open_stored(kept.key)) == len(WORDS)


def _read_toy(opened: formats.Opened) -> rows.Content:
    lines = (opened.head + opened.stream.read()).decode().split()[1:]
    words, numbers = zip(*(line.split("|") for line in lines), strict=True)
    return rows.Content(list(words), np.array([[float(n) for n in one.split(";")] for one in numbers], np.float32))


TOY = formats.Format("toy vectors", lambda opened: opened.head.startswith(b"TOY\n"), _read_toy)


def test_a_format_that_is_registered_is_read_plain_and_packed_and_named_in_messages(tmp_path, monkeypatch):
    content = b"TOY\nsun|1;2\nmoon|3;4\n"
    for name, data in (("a.toy", content), ("a.gz", gzip.compress(content)), ("a.zip", zipped("a.toy", content))):
        (tmp_path / name).write_bytes(data)
        with pytest.raises(UnreadableFile):
            load(tmp_path / name)
    monkeypatch.setattr(formats, "FORMATS", (TOY, *formats.FORMATS))
    for name in ("a.toy", "a.gz", "a.zip"):
        vectors = load(tmp_path / name)
        assert list(vectors.words) == ["sun", "moon"] and vectors.matrix.tolist() == [[1, 2], [3, 4]]
    assert store.import_file(tmp_path / "a.toy").words == 2
    (tmp_path / "prose.txt").write_bytes(b"No numbers here.\n")
    with pytest.raises(UnreadableFile) as raised:
        load(tmp_path / "prose.txt")
    assert "toy vectors" in raised.value.next_step and ".safetensors can be read" in raised.value.next_step


def test_the_sentence_on_formats_names_each_of_them():
    assert all(item.title in formats.ways_in() for item in formats.FORMATS)
