"""A person's own lists: how they are typed and read, what a bad row costs, and how they are saved."""

from __future__ import annotations

import json

import pytest

from core.errors import MissingModel, UnreadableFile, UserError
from core.words import own_lists
from core.words.benchmark import agreement_with
from core.words.own_files import read_analogies, read_ratings, read_word_lists, split_words
from core.words.questions import evaluate
from core.words.weat_suite import run_test

LISTS = {"names": ["roses", "ants", "good", "bad"], "lists": [["rose"], ["ant"], ["joy"], ["pain"]]}


@pytest.fixture(autouse=True)
def home_of_its_own(monkeypatch, tmp_path):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))


def test_words_are_typed_by_commas_semicolons_and_lines():
    assert split_words("rose, tulip\nrose; 'lily' ,\r\n new  york\t x") == ["rose", "tulip", "lily", "new york", "x"]
    assert split_words(" , \n") == [] and len(split_words(",".join(map(str, range(9000))))) == 2000


@pytest.mark.parametrize(
    "text",
    [
        '{"X": ["rose"], "Y": ["ant"], "A": ["joy"], "B": ["pain"]}',
        '{"targets": {"X": ["rose"], "Y": ["ant"]}, "attributes": {"A": ["joy"], "B": ["pain"]}}',
        "X,Y,A,B\nrose,ant,joy,pain\n",
        "\ufeffB;A;Y;X\r\npain;joy;ant;rose\r\n",
        "list,word\nX,rose\nY,ant\nA,joy\nB,pain\n",
        "word lists of mine\tb\tc\td\nrose\tant\tjoy\tpain\n",
    ],
)
def test_lists_are_read_from_csv_and_json_in_the_forms_people_have(text):
    assert read_word_lists(text, "mine.csv")["lists"] == [["rose"], ["ant"], ["joy"], ["pain"]]


def test_a_bad_row_costs_itself_and_is_counted():
    found = read_word_lists("list,word\nX,rose\nX,\nY,ant\nA,joy\nA,bliss\nB,pain,more\nB,grief", "mine.csv")
    assert found["lists"] == [["rose"], ["ant"], ["joy", "bliss"], ["grief"]]
    assert [note.split(":")[0] for note in found["skipped"]] == ["line 3", "line 7"]
    odd = read_word_lists('{"flowers": ["rose", 7, null], "insects": ["ant"], "note": "x"}', "mine.json")
    assert odd["names"] == ["flowers", "insects", "A", "B"] and odd["lists"][:2] == [["rose"], ["ant"]]
    assert odd["skipped"] == ["flowers: 2 that are not words"]
    three = read_word_lists("jobs,women,men\nnurse,she,he\npilot,her,his\n", "mine.csv")
    assert three["names"] == ["jobs", "Y", "women", "men"] and three["lists"][1] == []


@pytest.mark.parametrize("text", ["", "{", "[" * 5000, '{"a": 1}', "\n\n", '{"X": []}', "[1, 2]"])
def test_what_holds_no_list_gets_a_sentence(text):
    with pytest.raises(UserError):
        read_word_lists(text, "odd.json")


def test_analogies_are_read_from_lines_and_tables():
    lines = read_analogies(": capitals\nathens greece oslo norway\nathens greece oslo\n\n: more\na b c d\n")
    assert lines["questions"] == [["capitals", "athens", "greece", "oslo", "norway"], ["more", "a", "b", "c", "d"]]
    assert lines["skipped"] == ["line 3: athens greece oslo"]
    table = read_analogies("a,b,c,d\nathens,greece,oslo,norway\n,,,\nnew york,usa,oslo,norway\n")
    assert [row[1:] for row in table["questions"]] == [
        ["athens", "greece", "oslo", "norway"],
        ["new york", "usa", "oslo", "norway"],
    ]
    sections = read_analogies("section\ta\tb\tc\td\nfamily\tboy\tgirl\tson\tdaughter\n")
    assert sections["questions"] == [["family", "boy", "girl", "son", "daughter"]]
    with pytest.raises(UnreadableFile):
        read_analogies("three words only\n", "x.txt")


@pytest.mark.parametrize(
    "text",
    [
        "word1,word2,score\ncoffee,cup,6.6\ntea,car,1\n",
        "score\tword1\tword2\n6.6\tcoffee\tcup\n1\ttea\tcar\n",
        "coffee;cup;6,6\ntea;car;1\n",
        "# mine\ncoffee\t6.6\tcup\ntea\t1\tcar\n",
        "id,word1,word2,pos,human (mean)\n1,coffee,cup,n,6.6\n2,tea,car,n,1\n",
    ],
)
def test_ratings_are_read_whatever_the_order_of_the_columns(text):
    assert read_ratings(text)["pairs"] == [["coffee", "cup", 6.6], ["tea", "car", 1.0]]


def test_a_bad_rating_costs_itself():
    found = read_ratings("word1,word2,score\ncoffee,cup,6.6\ntea,car,many\n,x,1\na,b,2\n")
    assert found["pairs"] == [["coffee", "cup", 6.6], ["a", "b", 2.0]] and len(found["skipped"]) == 2
    with pytest.raises(UnreadableFile):
        read_ratings("a,b\nc,d\n", "x.csv")


def test_lists_are_saved_under_an_id_opened_renamed_and_removed():
    own = own_lists.save("lists", "  my   lists ", {**LISTS, "skipped": ["x"]})
    assert own.title == "my lists" and own_lists.find(own.id) == own and own.size == 4
    assert own_lists.saved("lists") == [own] and own_lists.saved("ratings") == []
    assert own_lists.save("lists", "again", LISTS).id == own.id, "the same words are the same lists"
    assert own_lists.rename(own.id, "other").title == "other" and own_lists.find(own.id).content == own.content
    test = own_lists.as_test(own)
    assert (test.x, test.b, test.a_name, test.number) == (("rose",), ("pain",), "good", 0)
    own_lists.remove(own.id)
    with pytest.raises(MissingModel):
        own_lists.find(own.id)
    for key in ("../x", "", "z" * 32):
        own_lists.remove(key)
        with pytest.raises(MissingModel):
            own_lists.find(key)
    with pytest.raises(UserError, match="no words"):
        own_lists.save("lists", "empty", {"names": ["X"] * 4, "lists": [[], [], [], []]})


def test_what_is_exported_opens_again():
    own = own_lists.save("lists", "mine", LISTS)
    assert read_word_lists(own_lists.export(own))["lists"] == LISTS["lists"]
    assert read_word_lists(own_lists.export(own))["names"] == LISTS["names"]
    questions = [["s", "a", "b", "c", "d"], ["t", "e", "f", "g", "h"]]
    analogies = own_lists.save("analogies", "q", {"questions": questions})
    assert read_analogies(own_lists.export(analogies))["questions"] == questions
    spaced = [["s", "new york", "usa", "oslo", "norway"]]
    table = own_lists.save("analogies", "q", {"questions": spaced})
    assert read_analogies(own_lists.export(table))["questions"] == spaced
    pairs = [["coffee", "cup", 6.6], ["new york", "car", 1.0]]
    assert read_ratings(own_lists.export(own_lists.save("ratings", "r", {"pairs": pairs})))["pairs"] == pairs


@pytest.mark.parametrize(
    "damage",
    [
        b"",
        b"\xff",
        b"[]",
        b'{"kind": "lists", "title": 1, "content": {}}',
        b'{"kind":"lists","title":"t","content":{"lists":[[1]],"names":["a"]}}',
    ],
)
def test_a_damaged_saved_list_costs_itself(tmp_path, damage):
    good = own_lists.save("lists", "good", LISTS)
    (tmp_path / own_lists.FOLDER / f"{'a' * 32}.json").write_bytes(damage)
    assert own_lists.saved("lists") == [good]
    with pytest.raises(UnreadableFile):
        own_lists.find("a" * 32)


def test_a_file_is_read_in_a_process_apart_and_text_that_is_none_gets_a_sentence():
    found = own_lists.read_file("lists", json.dumps({"X": ["rose"]}).encode(), "mine.json")
    assert found["lists"][0] == ["rose"]
    with pytest.raises(UnreadableFile, match="UTF-8"):
        own_lists.read_file("lists", b"\xff\xfe\x00", "mine.csv")


def test_own_lists_analogies_and_ratings_are_measured(glove):
    content = {
        "names": ["flowers", "insects", "good", "bad"],
        "lists": [
            ["rose", "tulip", "lily", "orchid", "daisy"],
            ["ant", "wasp", "moth", "flea", "nonesuchx"],
            ["joy", "love", "peace"],
            ["pain", "hate", "war"],
        ],
    }
    outcome = run_test(glove, own_lists.as_test(own_lists.save("lists", "mine", content)))
    assert outcome.verdict.is_testable and outcome.missing_of("Y") == ("nonesuchx",) and outcome.result.size_y == 4
    questions = own_lists.as_questions(
        own_lists.save("analogies", "q", {"questions": [["s", "man", "king", "woman", "queen"]]})
    )
    assert evaluate(glove, questions, "add", True).total.correct == 1
    rated = [
        ("king", "queen", 9.0),
        ("cat", "dog", 8.0),
        ("car", "bus", 7.5),
        ("sun", "moon", 7.0),
        ("tea", "coffee", 8.5),
    ]
    rated += [
        ("king", "cabbage", 1.0),
        ("cat", "law", 1.5),
        ("car", "poem", 1.2),
        ("sun", "tax", 0.5),
        ("tea", "war", 0.9),
    ]
    found = agreement_with(glove, "mine", [*rated, ("nonesuchx", "car", 5.0)])
    assert found.pairs == 10 and found.asked == 11 and found.rho.value > 0.6 and found.test.p < 0.05
