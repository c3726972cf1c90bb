"""`corpus.from_files`: any files as one corpus, with what was lost; corpora in their list, by id."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from core.documents import corpus, languages, saved_corpora
from core.documents.encoding import vector_store
from core.documents.ingest import encodings, importing, preview, sources
from core.documents.pipeline import bundle, estimate, exports, job_spec, sampling
from core.errors import UserError
from tests.conftest import ROOT
from tests.support.document_maps import whole_map

pytestmark = [pytest.mark.timeout(120), pytest.mark.usefixtures("home")]


def test_files_become_texts_fields_and_what_was_lost(write):
    lines = "\n".join(f"{n};{n},5;0{n}.02.2023;0100{n};a text of day {n}" for n in range(1, 9))
    made = corpus.from_files(write("a.csv", f"Nr;Preis;Datum;PLZ;Kommentar\n{lines}\n9;x;y;z\n1;2;3;4;5;6\n"))
    assert made.texts[0] == "a text of day 1" and len(made.texts) == 8
    assert made.fields["Preis"][0] == 1.5 and made.written("Preis")[0] == "1,5"
    assert made.fields["Datum"][0] == "2023-02-01" and made.written("Datum")[0] == "01.02.2023"
    assert made.fields["PLZ"][0] == "01001" == made.written("PLZ")[0]
    assert made.lost == [
        ("a.csv", 11, "6 cells where the header has 5"),
        ("a.csv", 10, "4 cells where the header has 5"),
    ]
    assert corpus.saved() == {} and not list((write("b", "").parent / "home" / "corpora").glob("*")), "nothing is saved"


def test_the_text_and_the_encoding_can_be_said(write):
    path = write("a.csv", "id,short,long\n1,ž,a longer text than the other\n".encode("cp1250"))
    assert corpus.from_files(path, text="short", encoding="cp1250").texts == ("ž",)
    assert corpus.from_files(path, text=["short", "long"], encoding="cp1252").texts[0].startswith("ž\n")
    with pytest.raises(UserError, match="no column “no”"):
        corpus.from_files(path, text="no")
    for wrong in ("nonsense", "rot13", "utf-8"):
        with pytest.raises(UserError, match="encoding"):
            corpus.from_files(path, encoding=wrong)


def test_several_files_of_one_name_are_told_by_their_folders(write):
    paths = [write("x/data.csv", "text\none\n"), write("y/data.csv", "text\ntwo\n")]
    made = corpus.from_files(paths)
    assert made.texts == ("one", "two") and made.fields["file"] == ("x/data.csv", "y/data.csv")
    assert sources.distinct_paths(["/a/x/d.csv", "/a/y/d.csv", "/a/z.csv"]) == ["x/d.csv", "y/d.csv", "z.csv"]
    assert sources.distinct_paths(["/a/d.csv", "/a/d.csv"]) == ["//a/d.csv"] * 2


def test_columns_called_like_keys_of_our_own_stay_what_they_are(write):
    rows = [
        {
            "text": f"a longer text {n}",
            "group": f"g{n % 2}",
            "file": "mine",
            "id": n,
            "x": n,
            "document": "d",
            "cluster": 1,
        }
        for n in range(3)
    ]
    made = corpus.from_files([write(f"{n}.jsonl", json.dumps(row)) for n, row in enumerate(rows)])
    assert made.fields["group"] == ("g0", "g1", "g0") and made.fields["file"] == ("mine",) * 3
    assert made.fields["document"] == ("d",) * 3 and made.fields["x"] == (0, 1, 2)


def test_the_text_is_proposed_among_hundreds_of_columns(write):
    names = [f"q{n}" for n in range(249)] + ["comment"] + [f"z{n}" for n in range(50)]
    rows = [",".join(["3"] * 249 + [f"what a good day number {n}"] + [""] * 50) for n in range(5)]
    made = corpus.from_files(write("a.csv", ",".join(names) + "\n" + "\n".join(rows)))
    assert made.texts[0] == "what a good day number 0" and len(made.fields) == 299


def test_it_works_in_a_plain_python_prompt(write):
    path = write("a.jsonl", '{"text": "one"}\n{"text": "two"}\n')
    code = f"from core.documents.corpus import from_files\nmade = from_files({str(path)!r})\nprint(*made.texts)\n"
    ended = subprocess.run(
        [sys.executable, "-"],
        input=code,
        capture_output=True,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": "."},
    )
    assert ended.stdout.split() == ["one", "two"], ended.stderr


@pytest.mark.parametrize(
    "codec, text",
    [
        ("gb18030", "今天天气很好，我们去公园散步。"),
        ("big5", "今天天氣很好，我們去公園散步。"),
        ("cp932", "今日は天気がいいので散歩しました。"),
        ("euc-jp", "今日は天気がいいので散歩しました。"),
        ("cp949", "오늘은 날씨가 좋아서 산책했습니다."),
        ("koi8-r", "Сегодня хорошая погода, мы пошли гулять."),
        ("cp1251", "Сегодня хорошая погода, мы пошли гулять."),
        ("cp1253", "Σήμερα ο καιρός είναι καλός."),
        ("cp1250", "Příliš žluťoučký kůň úpěl ďábelské ódy."),
        ("iso8859-2", "Zażółć gęślą jaźń, śnieg i łąka."),
        ("cp1254", "Bugün hava çok güzel, şehir ışıkları ve dağ."),
        ("cp1252", "Les élèves étaient déjà à l’école, ça va être l’été."),
        ("mac-roman", "El niño comió mañana. ¿Qué pasó? ¡Adiós!"),
        ("utf-16-le", "今天天气很好，我们去公园散步。"),
        ("utf-16-be", "Schöne Grüße aus München"),
        ("utf-16", "Schöne Grüße"),
        ("utf-32", "Schöne Grüße"),
        ("utf-8-sig", "Schöne Grüße"),
    ],
)
def test_encodings_are_recognised_by_what_is_written_in_them(write, codec, text):
    made = corpus.from_files(
        write("a.csv", "".join(["id,text\n", *(f"{n},{text}\n" for n in range(20))]).encode(codec))
    )
    assert set(made.texts) == {text}
    named = any(encodings.TITLES.get(codec, "utf") in note for note in made.notes)
    assert named or codec.startswith("utf-") and len(codec) < 10, "a guess is named"


# ---------------------------------------------------------------- in the list


def test_two_corpora_of_one_name_stand_in_the_list_with_time_and_count(write):
    from pages.documents.corpus.choice import labels_of

    keys = []
    for folder, texts in (("x", "one\ntwo"), ("y", "three")):
        path = write(f"{folder}/notes.txt", texts)
        options = sources.ImportOptions(origin=str(path))
        keys.append(importing.import_corpus(sources.find(str(path)), options).key)
    listed = corpus.listed()
    assert [(one.title, one.count) for one in listed] == [("notes.txt", 1), ("notes.txt", 2)]
    labels = labels_of(listed, listed[0].made)
    assert labels[keys[0]].startswith("notes.txt (x) · 2 · ") and labels[keys[1]].startswith("notes.txt (y) · 1 · ")
    alike = [saved_corpora.Saved(key * 32, "t", 0.0, 1) for key in "ab"]
    assert len(set(labels_of(alike).values())) == 2


def test_a_corpus_is_renamed_and_deleted_with_all_that_lies_beside_it(write):
    made = corpus.Corpus("old", ("one", "two"), {"n": (1.5, None)}, originals={"n": ("1,5", "")})
    key = corpus.save(made)
    corpus.rename(key, " new\nname ")
    again = corpus.load(key)
    assert again.title == "new name" and again.written("n") == ("1,5", "") and again.fields["n"] == (1.5, None)
    with pytest.raises(UserError):
        corpus.rename(key, " ")
    corpus.forget(key)
    assert not [path for path in saved_corpora._path(key).parent.iterdir() if path.name.startswith(key)]


def test_a_field_whose_first_thousands_are_missing_is_saved(write):
    values = (None,) * 2500 + (1.5,)
    key = corpus.save(
        corpus.Corpus("t", tuple(f"t{n}" for n in range(2501)), {"n": values, "b": (None,) * 2500 + (True,)})
    )
    assert corpus.load(key).fields["n"] == values


def test_own_vectors_come_with_their_texts_and_a_row_without_one_is_lost(write):
    rows = [{"text": f"text {n}", "vector": [n + 1.0, 0.0, 2.0], "x": n, "y": -n} for n in range(5)]
    rows[2]["vector"] = [1.0, 2.0]
    source = sources.find(str(write("a.jsonl", "\n".join(map(json.dumps, rows)))))
    looked = preview.look(sources.find(str(write("b.jsonl", "\n".join(map(json.dumps, rows[3:]))))))
    assert looked.vectors == (("vector", 3),) and looked.likely_places() == ("x", "y")
    options = sources.ImportOptions(("text",), ("x",), words=0, vectors="vector", places=("x", "y"))
    found = importing.import_corpus(source, options)
    made = corpus.load(found.key)
    vectors, places = np.load(made.vectors), np.load(made.places)
    assert vectors.shape == (4, 3) and np.allclose(np.linalg.norm(vectors, axis=1), 1)
    assert places.tolist() == [[0, 0], [1, -1], [3, -3], [4, -4]]
    assert made.lost == [("", 3, "a vector of 2 numbers where the first has 3")]
    importing.import_corpus(source, sources.ImportOptions(("text",), ("x",), words=0))
    with pytest.raises(UserError, match="whole documents"):
        importing.import_corpus(source, sources.ImportOptions(("text",), words=10, vectors="vector"))


# ---------------------------------------------------------------- samples, estimates, languages


class Counting:
    """An encoder that counts what it encodes."""

    key = name = "counting"
    revision = "1" * 16
    dimension = 2
    precision = "float32"
    encoded = 0

    def identity(self):
        return "counting 1"

    def adopt(self):
        pass

    def changes(self, left, share):
        return False

    def choose_precision(self):
        from types import SimpleNamespace

        return SimpleNamespace(name="float32", title="float32", reason="", speedup=1.0, rounds=0, lowest_cosine=1.0)

    def batches(self, texts):
        self.encoded += len(texts)
        yield np.arange(len(texts)), np.array([[len(text), 1] for text in texts], np.float32)


def test_samples_of_a_large_corpus_are_encoded_first_and_no_text_twice(write):
    texts = tuple(f"text number {n}" for n in range(5000))
    key = corpus.save(corpus.Corpus("large", texts, {"n": tuple(range(5000))}))
    whole, model, seen = corpus.load(key), Counting(), []
    assert sampling.encode_samples(model, key, 0.0, lambda part, doing: seen.append(part)) == 1000
    assert model.encoded == 1000 and 0 < max(seen) <= 0.2 + 1e-9 and seen == sorted(seen)
    for size in (300, 1000):
        found = job_spec.sampling(whole, key, model, size).read()
        sample = corpus.load(found["key"])
        assert len(sample.texts) == size and set(sample.texts) <= set(texts)
        assert [f"text number {n}" for n in sample.fields["n"]] == list(sample.texts)
        stored = job_spec.encoding(sample, found["key"], model).read()
        assert np.load(stored["vectors"]).shape == (size, 2)
    assert list(corpus.saved()) == [key], "samples are not in the list"
    vector_store.encode(model, texts)
    assert model.encoded == 5000
    assert sampling.encode_samples(model, key, 0.0, lambda part, doing: None) == 0, "all is there"
    sampling.forget_samples(key)
    assert [one.key for one in corpus.listed(parts=True)] == [key]
    assert set(sampling.rows_of(50, 10)) < set(sampling.rows_of(50, 20))


def test_a_small_corpus_has_no_samples():
    assert job_spec.sample_sizes(4000) == () and job_spec.sample_sizes(5000) == (300, 1000)
    assert job_spec.sample_sizes(49_351) == (300, 1000, 5000, 20_000)


def test_the_time_left_is_that_of_all_stages():
    from pages.shared.stages import Plan

    plan = Plan([("Read", 10.0), ("Encode", 100.0), ("Find clusters", 20.0), ("Draw the map", 70.0)], 1)
    assert plan.fraction(0.5) == pytest.approx(60 / 200)
    assert plan.left(0.5, None) == pytest.approx(50 + 90) and plan.left(0.5, 30.0) == pytest.approx(120)
    estimate.note_speed("encode", 1000, 100.0)
    estimate.note_speed("encode", 3, 100.0)
    assert estimate.speed("encode") == 10.0 and estimate.stages(500)[1] == ("Encode", 50.0)


@pytest.mark.parametrize(
    "text, language",
    [
        ("The meeting was moved to the other room.", "English"),
        ("Das Treffen ist nicht in dem anderen Raum.", "German"),
        ("La réunion est dans une autre salle, pour nous.", "French"),
        ("今天天气很好，我们去公园散步。", "Chinese"),
        ("今日は天気がいい", "Japanese"),
        ("오늘은 날씨가 좋다", "Korean"),
        ("الطقس جميل اليوم", "Arabic"),
        ("Сегодня хорошая погода", "Russian or another language in Cyrillic"),
        ("🍕🍔🍟", "emoji"),
        ("123 ...", ""),
    ],
)
def test_languages_are_told_by_letters_and_frequent_words(text, language):
    assert languages.of_text(text) == language


def test_a_corpus_of_other_languages_is_foreign_to_an_english_encoder():
    assert languages.foreign_to_english(languages.shares(["今天天气很好"] * 9 + ["The cat is on the mat."])) == 0.9
    assert languages.foreign_to_english(languages.shares(["The cat is here.", "blue cheese"])) == 0.0


# ---------------------------------------------------------------- exports


def test_exports_carry_the_values_as_they_were_written(tmp_path):
    import dataclasses
    import zipfile

    import pyarrow.parquet as pq

    whole = whole_map()
    fields = {
        "plz": ("01000",) * 60,
        "price": tuple([None, 1.5] * 30),
        "group": ("g",) * 60,
        "neighbors": (True, None) * 30,
    }
    made = dataclasses.replace(whole.corpus, fields=fields, originals={"price": ("", "1,5") * 30})
    whole = dataclasses.replace(whole, corpus=made)
    exports.atlas(tmp_path / "a.parquet", whole)
    table = pq.read_table(tmp_path / "a.parquet").to_pydict()
    assert table["plz"][0] == "01000" and table["price"][:2] == ["", "1,5"]
    assert (
        table["field group"][0] == "g" and table["field neighbors"][:2] == [True, None] and table["neighbors"][0]["ids"]
    )
    exports.projector(tmp_path / "p.zip", whole)
    with zipfile.ZipFile(tmp_path / "p.zip") as packed:
        header, first = packed.read("metadata.tsv").decode().splitlines()[:2]
    assert header.split("\t") == ["text", "group", "plz", "price", "group (5)", "neighbors"] and "01000" in first
    bundle.write(tmp_path / "b.zip", whole)
    again = bundle.read(tmp_path / "b.zip")
    assert again.corpus.fields == fields and again.corpus.written("price")[1] == "1,5"
