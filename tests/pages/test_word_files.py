"""Files of vectors on the page: sets of one name, notes on reading, marked words; and what is typed, looked up."""

from __future__ import annotations

import json

import numpy as np
import pytest

from core.words.files import store
from core.words.files.labels import labels
from tests.support.fasttext_files import model
from tests.support.screen import html_of
from tests.support.words_page import field, fresh_processes, once_read, view

WORDS = ["king", "queen", "man", "woman", "apple", "pear"]
ROWS = np.random.default_rng(6).normal(size=(6, 5)).round(4)
TEXT = "".join(f"{word} {' '.join(map(str, row))}\n" for word, row in zip(WORDS, ROWS.tolist(), strict=True))


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path / "home"))
    fresh_processes()
    yield
    fresh_processes()


def opened(open_page, path, **query):
    app = view(open_page, "neighbours", words_query="king", **query)
    app.session_state["words_open"] = True
    app.run()
    return read(app, path)


def read(app, path):
    field(app, "words_path").set_value(str(path)).run()
    return once_read(app)


def captions(app) -> str:
    return " ".join(caption.value for caption in app.sidebar.caption)


def test_two_files_of_one_name_are_two_choices_with_their_folders(open_page, tmp_path):
    paths = [tmp_path / folder / "vectors.txt" for folder in "ab"]
    for path, text in zip(paths, (TEXT, "dog 1 2 3\nking 1 2 4\nfish 3 1 0\nbird 2 2 2\n"), strict=True):
        path.parent.mkdir()
        path.write_text(text)
    app = opened(open_page, paths[0])
    assert app.selectbox(key="words_vectors").options[-1] == "vectors.txt" and "6 words, 5 dimensions" in captions(app)
    app = read(app, paths[1])
    assert not app.exception, app.exception[0].message
    assert app.selectbox(key="words_vectors").options[-2:] == ["a/vectors.txt", "b/vectors.txt"]
    assert "4 words, 3 dimensions" in captions(app) and len(store.stored()) == 2
    app.selectbox(key="words_vectors").set_value(next(item.key for item in store.stored() if item.words == 6)).run()
    assert "6 words, 5 dimensions" in captions(app) and "queen" in html_of(app)


def test_a_link_carries_the_set_and_not_its_label(open_page, tmp_path):
    keys = []
    for folder, words in (("a", 6), ("b", 5)):
        path = tmp_path / folder / "vectors.txt"
        path.parent.mkdir()
        path.write_text("".join(TEXT.splitlines(keepends=True)[:words]))
        app = opened(open_page, path)
        keys.append(app.selectbox(key="words_vectors").value)
        assert app.query_params["words_vectors"] in (keys[-1], [keys[-1]])
    for key, words in zip(keys, (6, 5), strict=True):
        app = view(open_page, "neighbours", words_query="king", words_vectors=key)
        assert f"{words} words, 5 dimensions" in captions(app)
    app.selectbox(key="words_vectors").set_value("glove-6b-50d").run()
    assert "words_vectors" not in app.query_params, "the set that opens by itself needs no link"
    app = view(open_page, "neighbours", words_query="king", words_vectors="a/vectors.txt", words_second=keys[1])
    assert app.selectbox(key="words_vectors").value == keys[0], "as links of earlier versions had it"
    assert app.selectbox(key="words_second").value == keys[1] and not app.exception


def test_a_file_that_changed_stands_beside_its_earlier_reading_until_that_is_removed(open_page, tmp_path):
    path = tmp_path / "own.txt"
    path.write_text(TEXT)
    app = opened(open_page, path)
    path.write_text(TEXT + "dog 1 1 1 1 1\n")
    app.run()
    assert "The file has changed" in captions(app) and len(store.stored()) == 1
    app.button(key="words_changed").click().run()
    app = once_read(app)
    assert [item.words for item in sorted(store.stored(), key=lambda item: item.read_at)] == [6, 7]
    assert "7 words" in captions(app) and "Another reading of the same file: 6 words" in captions(app)
    assert len(set(labels(store.stored()).values())) == 2
    earlier = min(store.stored(), key=lambda item: item.read_at)
    app.button(key=f"words_replace_{earlier.key}").click().run()
    assert [item.words for item in store.stored()] == [7] and not app.exception


def test_an_imported_set_is_renamed_and_removed(open_page, tmp_path):
    (tmp_path / "own.txt").write_text(TEXT)
    app = opened(open_page, tmp_path / "own.txt")
    key = store.stored()[0].key
    field(app, f"words_title_{key}").set_value("My own").run()
    app.button(key="words_rename").click().run()
    assert (
        app.selectbox(key="words_vectors").options[-1] == "My own" and app.selectbox(key="words_vectors").value == key
    )
    app.button(key="words_forget").click().run()
    assert store.stored() == [] and app.selectbox(key="words_vectors").value == "glove-6b-50d" and not app.exception


def test_what_was_left_out_of_a_file_is_said_where_it_is_chosen(open_page, tmp_path):
    (tmp_path / "own.txt").write_text(TEXT + "dog 1 2\n")
    app = opened(open_page, tmp_path / "own.txt")
    assert "1 line was skipped: line 7 (“dog”) has 2 values; 5 are expected" in captions(app).replace("\\", "")
    (tmp_path / "more.txt").write_text(
        "# made\n\n" + TEXT + "<b>dog</b> 1 2\nking 1 1 1 1 1\nzero 0 0 0 0 0\ncat 1 x 1 1 1\n"
    )
    app = read(app, tmp_path / "more.txt")
    assert any(expander.label == "4 notes on this file" for expander in app.sidebar.expander)
    said = captions(app)
    assert "2 lines were skipped" in said and "1 word occurs twice" in said and "<b>" not in said.replace("\\<", "")


def test_the_first_words_only_are_read_where_one_chooses_so(open_page, tmp_path, monkeypatch):
    from pages.words import sidebar

    monkeypatch.setattr(sidebar, "FIRST", (4,))
    (tmp_path / "own.txt").write_text(TEXT)
    app = view(open_page, "neighbours", words_query="king")
    app.session_state["words_open"] = True
    app.session_state["words_most"] = 4
    app = read(app.run(), tmp_path / "own.txt")
    assert "4 words, 5 dimensions" in captions(app) and "Only the first 4 words were read" in captions(app)


def test_marked_words_are_shown_short_in_the_language_that_is_chosen(open_page, tmp_path):
    path = tmp_path / "numberbatch.txt"
    lines = [f"/c/{mark}/{word} {' '.join(map(str, row))}" for mark, (word, row) in
             zip("en en en de de fr".split(), zip(WORDS, ROWS.tolist(), strict=True), strict=True)]  # fmt: skip
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    app = opened(open_page, path)
    assert "3 words, 5 dimensions" in captions(app) and "queen" in html_of(app) and "/c/en" not in html_of(app)
    box = next(box for box in app.selectbox if box.label == "Language")
    assert box.options == ["all, with their marks", "en: 3 words", "de: 2 words", "fr: 1 words"]
    box.set_value("").run()
    assert "6 words, 5 dimensions" in captions(app) and "king was looked up as /c/en/king" in html_of(app)
    for key in ("pair", "benchmark"):
        app = view(open_page, key, words_vectors="numberbatch.txt", words_pair_a="king", words_pair_b="queen")
        assert not app.exception, app.exception[0].message


def test_a_matrix_is_uploaded_with_its_list_of_words(open_page):
    app = view(open_page, "neighbours", words_query="king")
    app.session_state["words_open"] = True
    app.run()
    rows = "".join("\t".join(map(str, row)) + "\n" for row in ROWS.tolist()).encode()
    app.file_uploader(key="words_upload").set_value(
        [("metadata.tsv", "\n".join(WORDS).encode(), "text/plain"), ("vectors.tsv", rows, "text/plain")]
    )
    once_read(app.run())
    assert not app.exception, app.exception[0].message
    assert [(item.title, item.words) for item in store.stored()] == [("vectors.tsv", 6)] and "queen" in html_of(app)


@pytest.mark.parametrize(
    "key, query, says",
    [
        ("neighbours", {"words_query": "Paris-France+Japan"}, "Paris was looked up as paris; France was looked up as"),
        ("pair", {"words_pair_a": "Coffee", "words_pair_b": "Tea, tea, cup"}, "Coffee was looked up as coffee; Tea"),
        ("analogy", {"words_a": "Man", "words_b": "king", "words_c": "Woman"}, "Man was looked up as man; Woman was"),
        ("axis", {"words_axis": "She - he"}, "She was looked up as she"),
        ("bias", {"words_bias": "Occupations", "words_high": "She"}, "She was looked up as she"),
    ],
)
def test_every_view_looks_words_up_in_the_same_way_and_says_it_once(open_page, key, query, says):
    app = view(open_page, key, **query)
    assert not app.exception, app.exception[0].message
    text = html_of(app)
    assert text.count(says) == 1 and text.count('role="note"') == 1 and app.get("plotly_chart")
    if key == "pair":
        assert text.count("tea</td>") == 1, "a word twice counts once"


def test_own_answers_of_a_guess_and_words_on_an_axis_are_looked_up_too(open_page):
    app = view(open_page, "guess")
    field(app, "words_own").set_value("Coffee").run()
    field(app, "words_own_options").set_value("Tea, tea, Tractor").run()
    assert not app.exception and "Tea was looked up as tea" in html_of(app) and "What do you expect" in html_of(app)
    app = view(open_page, "axis")
    next(area for area in app.text_area if area.key == "words_axis_list").set_value("Nurse, nurse, pilot, Xqzzy").run()
    assert "Nurse was looked up as nurse" in html_of(app) and "1 of the 3 words are out of vocabulary" in html_of(app)


@pytest.mark.parametrize("typed, says", [("king - king", "cancel out"), ("", "no word yet"), ("(king", "not closed")])
def test_a_sum_that_is_none_gets_a_sentence(open_page, typed, says):
    app = view(open_page, "neighbours")
    field(app, "words_query").set_value(typed).run()
    assert not app.exception and says in html_of(app)


def test_presets_are_written_in_the_case_of_the_set(open_page, tmp_path):
    words = ["doctor", "Paris", "France", "Japan", "paris", "Doctor", "king"]
    rows = "".join(f"{word} {' '.join(map(str, row))}\n" for word, row in zip(words, np.eye(7) + 0.1, strict=True))
    (tmp_path / "cased.txt").write_text(rows)
    app = opened(open_page, tmp_path / "cased.txt")
    for preset, written in (("paris - france + japan", "Paris - France + Japan"), ("doctor", "doctor")):
        app.pills(key="preset_words_query").set_value(preset).run()
        assert field(app, "words_query").value == written and not app.exception


def test_a_fasttext_model_answers_for_any_word_and_says_how(open_page, tmp_path):
    (tmp_path / "model.bin").write_bytes(model())
    app = opened(open_page, tmp_path / "model.bin")
    assert "Other words get a vector from their subwords" in captions(app)
    field(app, "words_query").set_value("kingly").run()
    text = html_of(app)
    assert "“kingly” is out of vocabulary; its vector is made from its subwords" in text and "queen" in text
    assert not app.exception
    for key, query in (("pair", {"words_pair_a": "kingly", "words_pair_b": "king, manly"}),
                       ("analogy", {"words_a": "man", "words_b": "kingly", "words_c": "queen"})):  # fmt: skip
        app = view(open_page, key, words_vectors="model.bin", **query)
        assert not app.exception, app.exception[0].message
        assert app.get("plotly_chart") and "subwords" in html_of(app)


def test_json_of_a_stranger_is_never_markup(open_page, tmp_path):
    (tmp_path / "own.json").write_text(json.dumps({"king": [1, 2], "<i>odd</i>": [2, 1], "x": [1, 1]}))
    app = opened(open_page, tmp_path / "own.json")
    assert "&lt;i&gt;odd" in html_of(app) and "<i>odd" not in html_of(app)
