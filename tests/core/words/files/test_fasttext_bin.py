"""fastText's own models: against gensim's reading of its test models, and models made here byte by byte."""

from __future__ import annotations

import gzip
import struct

import numpy as np
import pytest

from core.errors import UnknownWord, UnreadableFile
from core.words.analogy import solve, solve_by_every_method
from core.words.files import store
from core.words.neighbourhood import mutual
from core.words.spelling import said
from core.words.vectors import load
from tests.support.fasttext_files import BUCKETS, NAMES, ROWS, model


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path / "home"))


@pytest.mark.parametrize(
    "name", ["lee_fasttext_new.bin", "crime-and-punishment.bin", "toy-model.bin", "lee_fasttext.bin"]
)
def test_vectors_are_those_that_gensim_reads_and_those_of_unknown_words_too(name):
    from gensim.models.fasttext import load_facebook_vectors
    from gensim.test.utils import datapath

    try:
        theirs = load_facebook_vectors(datapath(name))
    except (NotImplementedError, AssertionError, UnicodeDecodeError) as problem:
        pytest.skip(f"gensim does not read {name}: {problem!r}")
    ours = load(datapath(name))
    assert list(ours.words) == list(theirs.index_to_key)
    rows = [row for row, word in enumerate(ours.words) if word != "</s>"]  # fastText gives it no pieces, gensim does
    assert np.allclose(ours.matrix[rows], theirs.vectors[rows], atol=1e-6)
    assert ours.has_subwords
    for word in ("blorfification", "Zürichsee", "unkingly"):
        assert word not in ours
        assert np.allclose(ours.vector(word), theirs[word], atol=1e-6)


def test_a_word_is_the_mean_of_its_row_and_its_pieces_and_the_end_of_a_sentence_is_its_row(tmp_path):
    from core.words.subwords import pieces_of

    (tmp_path / "a.bin").write_bytes(model())
    vectors = load(tmp_path / "a.bin")
    assert list(vectors.words) == [name.decode() for name in NAMES]
    assert np.array_equal(vectors.matrix[0], ROWS[0])
    pieces = [len(NAMES) + piece for piece in pieces_of("king", 3, 4, BUCKETS)]
    assert len(pieces) == 7, "<ki kin ing ng> <kin king ing>"
    assert np.allclose(vectors.matrix[1], ROWS[[1, *pieces]].mean(axis=0), atol=1e-6)


def test_any_word_gets_an_answer_and_it_is_said_that_it_is_from_its_subwords(tmp_path):
    (tmp_path / "a.bin").write_bytes(model())
    vectors = store.open_stored(store.import_file(tmp_path / "a.bin").key).listening()
    table = vectors._subwords.table
    assert isinstance(table, np.memmap) or isinstance(table.base, np.memmap), "mapped, not in memory"
    assert vectors.look_up("kingly") == "kingly" and vectors.look_up("King") == "king"
    assert said(vectors.looked_up) == (
        "“kingly” is out of vocabulary; its vector is made from its subwords; King was looked up as king."
    )
    assert vectors.nearest("kingly", 2) and -1 <= vectors.similarity("kingly", "queen") <= 1
    assert len(mutual(vectors, "kingly", vectors.nearest("kingly", 2))) == 2
    assert not any(item.is_input for item in solve(vectors, "kingly", "queenly", "manly"))
    by_method = solve_by_every_method(vectors, "kingly", "queenly", "man")
    assert [item.word for item in by_method["add"] if item.is_input] == ["man"]
    with pytest.raises(UnknownWord):
        vectors.row("kingly")


@pytest.mark.parametrize("packed", [bytes, gzip.compress])
def test_a_classifier_gives_its_words_without_its_labels(tmp_path, packed):
    labels = (b"__label__good", b"__label__bad")
    content = model(labels=labels, buckets=0, longest=0, kind=3, rows=ROWS[: len(NAMES)])
    (tmp_path / "a.bin").write_bytes(packed(content))
    vectors = load(tmp_path / "a.bin")
    assert np.array_equal(vectors.matrix, ROWS[: len(NAMES)]) and not vectors.has_subwords
    assert "the vectors of a classifier (supervised fastText); its labels were left out" in vectors.notes
    with pytest.raises(UnknownWord):
        vectors.vector("kingly")


def test_a_quantized_model_is_told_why_not(tmp_path):
    (tmp_path / "a.ftz").write_bytes(model(quantized=1))
    with pytest.raises(UnreadableFile, match="quantized.*ftz.*Open the .bin"):
        load(tmp_path / "a.ftz")


@pytest.mark.parametrize("size", [5, 60, 80, 120, 200, -400])
def test_a_model_that_is_cut_short_gets_a_sentence(tmp_path, size):
    (tmp_path / "a.bin").write_bytes(model()[:size])
    with pytest.raises(UnreadableFile, match="cut short or damaged"):
        load(tmp_path / "a.bin")


@pytest.mark.parametrize("pruned", [2**40, 2**62, 2**63 - 1])
def test_a_dictionary_longer_than_the_file_gets_a_sentence(tmp_path, pruned):
    content = bytearray(model())
    struct.pack_into("<q", content, 8 + 56 + 20, pruned)
    (tmp_path / "a.bin").write_bytes(content)
    with pytest.raises(UnreadableFile, match="cut short or damaged"):
        load(tmp_path / "a.bin")


def test_a_word_that_is_no_text_is_skipped_and_named(tmp_path):
    (tmp_path / "a.bin").write_bytes(model([b"king", b"caf\xe9", b"queen"], rows=ROWS[: 3 + BUCKETS]))
    vectors = load(tmp_path / "a.bin")
    assert list(vectors.words) == ["king", "queen"]
    assert any("row 2" in note and "not UTF-8" in note for note in vectors.notes)


def test_a_stored_model_whose_pieces_are_damaged_is_told(tmp_path):
    (tmp_path / "a.bin").write_bytes(model())
    kept = store.import_file(tmp_path / "a.bin")
    (store._folder(kept.key) / "subwords.npy").write_bytes(b"broken")
    with pytest.raises(UnreadableFile):
        store.open_stored(kept.key)
    assert store.open_stored(store.import_file(tmp_path / "a.bin").key).has_subwords, "it can be read again"
