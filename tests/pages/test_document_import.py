"""Importing on the documents page: the preview, one corpus of two with one name, what is chosen by id."""

from __future__ import annotations

import json

import pytest

from core.documents import corpus
from tests.conftest import run_until_still
from tests.support.screen import text_of

pytestmark = pytest.mark.timeout(180)


@pytest.fixture
def page(open_page):
    def opened(**query):
        app = open_page("document_map", **query)
        assert not app.exception, app.exception
        return app

    return opened


@pytest.fixture(autouse=True)
def no_corpora_left():
    before = set(corpus.saved())
    yield
    for key in set(corpus.saved()) - before:
        corpus.forget(key)


def press(app, label):
    return next(button for button in app.button if button.label == label).click().run()


def said(app):
    return " ".join(
        [
            text_of(app),
            *(part.value for part in (*app.text, *app.caption, *app.markdown) if isinstance(part.value, str)),
        ]
    )


def imported(app, path):
    app.segmented_control(key="documents_from").set_value("a path").run()
    app.text_input(key="documents_path").set_value(str(path)).run()
    press(app, "Read and map")
    run_until_still(app)
    assert not app.exception
    return app.selectbox(key="documents_corpus").value


def test_two_files_of_one_name_are_two_corpora_that_a_link_tells_apart(page, tmp_path):
    app, keys = page(), []
    for folder in "ab":
        (tmp_path / folder).mkdir()
        rows = "\n".join(f"{n},text {folder} of day {n}" for n in range(12))
        (tmp_path / folder / "data.csv").write_text(f"id,text\n{rows}\n")
        keys.append(imported(app, tmp_path / folder / "data.csv"))
    assert len(set(keys)) == 2 and app.query_params["documents_corpus"] == keys[1]
    labels = [label for label in app.selectbox(key="documents_corpus").options if label.startswith("data.csv")]
    assert {label.split(" · ")[0] for label in labels} == {"data.csv (a)", "data.csv (b)"}
    other = page(documents_corpus=keys[0])
    assert other.selectbox(key="documents_corpus").value == keys[0]


def test_an_edited_file_is_read_again_and_takes_the_place_of_the_earlier_one_or_stands_beside_it(page, tmp_path):
    path = tmp_path / "notes.txt"
    app, keys = page(), []
    for count, choice in ((10, None), (11, "replace"), (12, "beside")):
        path.write_text("\n".join(f"note number {n}" for n in range(count)))
        app.segmented_control(key="documents_from").set_value("a path").run()
        app.text_input(key="documents_path").set_value(str(path)).run()
        if choice:
            radio = next(one for one in app.radio if one.label == "It was imported before")
            radio.set_value(keys[-1] if choice == "replace" else "").run()
        press(app, "Read and map")
        run_until_still(app)
        keys.append(app.selectbox(key="documents_corpus").value)
        assert len(corpus.load(keys[-1]).texts) == count
    assert keys[0] not in corpus.saved() and keys[1] in corpus.saved()
    next(one for one in app.text_input if one.label == "Name").set_value("My *notes*").run()
    press(app, "Rename")
    assert corpus.saved()[keys[2]] == "My *notes*" and app.selectbox(key="documents_corpus").value == keys[2]


def test_a_column_called_group_and_the_clusters_can_both_be_chosen_and_never_mix(page, tmp_path):
    rows = [{"group": "ab"[n % 2], "clusters": f"c{n % 3}", "text": f"a text on day {n}"} for n in range(24)]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)))
    app = page()
    imported(app, tmp_path / "rows.jsonl")
    colour = app.selectbox(key="documents_colour")
    assert [label for label in colour.options if label in ("clusters", "column: group", "column: clusters")] == [
        "clusters",
        "column: group",
        "column: clusters",
    ]
    panel = [part.proto.SerializeToString() for part in app.get("bidi_component")]
    colour.set_value("column: group").run()
    run_until_still(app)
    shown = [part.proto.SerializeToString() for part in app.get("bidi_component")]
    assert not app.exception and shown != panel
    assert any(b'"text": "a"' in part and b"12 documents" in part for part in shown), "its kinds are listed"


def test_the_preview_says_types_languages_and_what_is_lost_before_anything_is_imported(page, tmp_path):
    rows = "\n".join(f"{n},0{n}000,{n % 12 + 1}/{n + 12}/2021,今天天气很好{n}" for n in range(10, 16))
    app = page()
    content = f"id,zip,date,text\n{rows}\n1,2,3,4,5\n".encode()
    app.file_uploader(key="documents_upload").set_value(("a.csv", content, "text/csv")).run()
    shown = said(app)
    assert "Chinese 100 %" in shown and "made for English" in shown
    assert "1 cannot be read" in shown and "an estimate" in shown
    assert "has the keywords" not in shown, "the map waits"
    press(app, "Cancel")
    assert "has the keywords" in said(app)
    press(app, "Import it once more")
    assert "Chinese 100 %" in said(app) and corpus.saved().get("a.csv") is None


@pytest.mark.parametrize(
    "texts, says",
    [
        (["The very same text."] * 30, "have the same text"),
        (["One document about cats."], "1 document: a map"),
        (["One about cats.", "One about ships at sea."], "2 documents: a map"),
    ],
    ids=["equal", "one", "two"],
)
def test_the_page_says_what_it_cannot_show_of_few_or_equal_texts(page, tmp_path, texts, says):
    (tmp_path / "few.jsonl").write_text("\n".join(json.dumps({"text": text}) for text in texts))
    app = page()
    imported(app, tmp_path / "few.jsonl")
    assert says in said(app).replace("<b>", "").replace("</b>", "") and not app.exception


def test_own_vectors_and_places_draw_the_map_without_encoding(page, tmp_path):
    rows = [
        {
            "text": f"a text on day {n}",
            "vector": [n % 3 + 1.0, n % 2 + 0.5, 1.0, n / 30],
            "x": n * 1.0,
            "y": n % 5 * 1.0,
        }
        for n in range(30)
    ]
    (tmp_path / "own.jsonl").write_text("\n".join(map(json.dumps, rows)))
    app = page()
    app.segmented_control(key="documents_from").set_value("a path").run()
    app.text_input(key="documents_path").set_value(str(tmp_path / "own.jsonl")).run()
    app.toggle(key="documents_own_vectors").set_value(True).run()
    press(app, "Read and map")
    run_until_still(app)
    made = corpus.load(app.selectbox(key="documents_corpus").value)
    assert made.vectors and made.places and not app.exception
    assert "The positions are those of the file." in said(app)
    app.text_input(key="documents_query").set_value("day").run()
    assert "cannot be placed among your own vectors" in said(app) and not app.exception
