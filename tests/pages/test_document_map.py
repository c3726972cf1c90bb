"""The documents page: it opens with a map, a query lights up its neighbours, jobs can be cancelled and found again."""

from __future__ import annotations

import json
import time

import pytest

from core import storage
from core.cached import jobs as cached_jobs
from core.documents import corpus, encoders, samples, search
from core.runtime import server_state
from tests.conftest import run_until_still
from tests.support.bert_files import tiny_bert
from tests.support.document_maps import rewritten
from tests.support.methods import open_method
from tests.support.screen import components_of, text_of

pytestmark = pytest.mark.timeout(180)


def map_of(app) -> dict:
    return json.loads(app.get("plotly_chart")[0].proto.spec)


@pytest.fixture
def page(open_page):
    def opened(**query):
        app = open_page("document_map", **query)
        assert not app.exception, app.exception
        return app

    return opened


def test_opens_with_a_map_of_the_news_its_groups_and_a_sentence(page):
    app = page()
    assert app.selectbox(key="documents_corpus").value == "lee"
    assert "has the keywords" in text_of(app) and "documents" in text_of(app)


def test_a_query_lights_up_its_nearest_documents_and_lists_them(page):
    app = page(documents_corpus=samples.BY_KEY["everyday"].title, documents_map="3-D")
    app.text_input(key="documents_query").set_value("a long bicycle race").run()
    assert not app.exception
    shown = text_of(app)
    assert "cyclist" in shown and "cosine 0." in shown and "half of all documents" in shown
    lit = map_of(app)["data"][-1]
    assert lit["text"] == [f"<b>{rank}</b>" for rank in range(1, 11)]
    assert "cyclist" in " ".join(lit["hovertext"]), "hover shows the text"
    assert "bicycle race" in map_of(app)["layout"]["title"]["text"]


def test_a_link_restores_corpus_colour_and_dimensions(page):
    app = page(documents_corpus=samples.BY_KEY["everyday"].title, documents_map="3-D", documents_colour="topic")
    figure = map_of(app)
    assert {trace["type"] for trace in figure["data"]} == {"scatter3d"}
    assert {trace.get("name") for trace in figure["data"]} >= {"cooking", "space", "travel"}
    assert "coloured by topic" in figure["layout"]["title"]["text"]


def test_a_preset_is_one_press_away(page):
    app = page()
    app.button_group(key="documents_preset").select("cricket test match").run()
    assert app.text_input(key="documents_query").value == "cricket test match"
    assert "cosine 0." in text_of(app)


@pytest.mark.parametrize("query", ["   ", "x" * 100_000, "\x00\x01", "$x$ <b>:red[a]</b> _" * 9, "zzxqj"])
def test_any_query_is_answered_without_a_traceback(page, query):
    app = page(documents_corpus=samples.BY_KEY["everyday"].title)
    app.text_input(key="documents_query").set_value(query).run()
    assert not app.exception
    assert "<b>:red[" not in text_of(app), "a query is never markup"
    assert app.text_input(key="documents_query").value == query, "nothing typed is lost"


@pytest.mark.parametrize(
    "name, content, says",
    [
        ("empty.txt", b"", "empty"),
        ("binary.csv", b"\x80\x04\x95\x00", "binary"),
        ("model.pkl", b"x", "kind of file"),
        ("cut.parquet", b"PAR1abc", "cut short"),
    ],
)
def test_a_bad_file_is_said_and_the_page_stays(page, name, content, says):
    app = page()
    app.file_uploader(key="documents_upload").set_value((name, content, "text/plain")).run()
    assert not app.exception
    assert says in text_of(app)
    assert "has the keywords" in text_of(app), "the map stays"


def test_a_corpus_that_is_damaged_is_named_as_that_and_costs_no_more_than_itself(page):
    about = storage.folder("corpora") / f"{'ab' * 16}.json"
    about.write_text("[1, 2]")
    try:
        app = page(documents_corpus="Damaged corpus abababab")
        assert app.selectbox(key="documents_corpus").value == "ab" * 16
        assert "This corpus is damaged." in text_of(app) + " ".join(element.value for element in app.markdown)
        press(app, "Delete this corpus")
        assert not app.exception and not about.exists()
        assert "Damaged corpus abababab" not in app.selectbox(key="documents_corpus").options
    finally:
        about.unlink(missing_ok=True)


def press(app, label):
    return next(button for button in app.button if button.label == label).click().run()


def test_rows_that_do_not_fit_are_listed_and_left_out_on_consent_and_the_file_is_mapped(page):
    app = page()
    rows = "\n".join(f"text number {number} on the weather,{number % 2},x" for number in range(30))
    content = f"body,kind,other\n{rows}\n1,2,3,4\n".encode()
    app.file_uploader(key="documents_upload").set_value(("own.csv", content, "text/csv")).run()
    next(widget for widget in app.multiselect if widget.label == "Import as fields").set_value(["kind"]).run()
    press(app, "Read and map")
    run_until_still(app)
    assert "1 row could not be read" in text_of(app) and app.selectbox(key="documents_corpus").value == "lee", "not yet"
    assert app.dataframe[0].value["line"].tolist() == [32]
    press(app, "Skip them and map the rest")
    run_until_still(app)
    assert not app.exception
    key = app.selectbox(key="documents_corpus").value
    assert corpus.saved()[key] == "own.csv" and list(corpus.load(key).fields) == ["kind"]
    assert "kind" in app.selectbox(key="documents_colour").options
    assert "1 row that could not be read skipped" in " ".join(element.value for element in app.text)
    press(app, "Delete this corpus")
    assert key not in corpus.saved() and app.selectbox(key="documents_corpus").value == "lee"


def test_a_folder_is_read_by_its_path_and_a_reload_finds_the_reading(page, tmp_path):
    for number in range(8):
        (tmp_path / f"{number}.md").write_text(f"# Note {number}\n" + "The storm closed the coast road. " * 40)
    app = page()
    app.segmented_control(key="documents_from").set_value("a path").run()
    app.text_input(key="documents_path").set_value(str(tmp_path)).run()
    assert "8 files" in " ".join(element.value for element in app.text)
    press(app, "Read and map")
    again = page()  # another session: what a reload is
    press(again, f"Show {tmp_path.name}")
    run_until_still(again)
    made = corpus.load(again.selectbox(key="documents_corpus").value)
    assert len(made.texts) == 16 and "8 documents cut into 16 passages" in made.notes
    assert {"file", "folder", "title", "document", "passage"} == set(made.fields)
    corpus.forget(made.key)


@pytest.mark.parametrize("kind", ["projector", "atlas", "bundle"])
def test_the_map_is_taken_along_and_a_bundle_opens(page, kind):
    app = page(documents_corpus=samples.BY_KEY["everyday"].title, documents_seed="7")
    app.selectbox(key="documents_take_kind").set_value(kind).run()
    app.button(key="documents_take").click().run()
    run_until_still(app)
    assert not app.exception and any("Download" in button.proto.label for button in app.get("download_button"))
    if kind == "bundle":
        newest = max(storage.folder("exports").glob("*.zip"), key=lambda path: path.stat().st_mtime)
        rewritten(newest, names=[["", "", "", ""], ["", "Gliding <b>"] + [""] * 6, [""] * 16])
        other = page()
        other.file_uploader(key="documents_upload").set_value(("map.zip", newest.read_bytes(), "application/zip")).run()
        run_until_still(other)
        assert not other.exception and other.number_input(key="documents_seed").value == 7
        assert other.selectbox(key="documents_namer").value == "came"
        assert any(b"Gliding <b>" in part.proto.SerializeToString() for part in other.get("bidi_component")), (
            "the names that came along stand on the map"
        )
        assert corpus.saved()[other.selectbox(key="documents_corpus").value] == samples.BY_KEY["everyday"].title
        corpus.forget(other.selectbox(key="documents_corpus").value)


def test_a_cancelled_job_leaves_the_page_and_starts_again(page):
    app = page()
    texts = tuple(f"{number} " + "a storm closed the road along the coast " * 30 for number in range(3000))
    app.session_state["documents_next"] = corpus.save(corpus.Corpus("long", texts))
    app.run()
    assert app.get("progress"), "encoding is under way"
    app.run()
    next(button for button in app.button if button.label == "Cancel").click().run()
    end = time.monotonic() + 90
    while "Cancelled" not in text_of(app) and time.monotonic() < end:
        time.sleep(0.3)
        app.run()
    assert "Cancelled" in text_of(app) and not app.exception
    assert cached_jobs.job_worker("encode").alive
    next(button for button in app.button if button.label == "Start again").click().run()
    assert app.get("progress")
    next(button for button in app.button if button.label == "Cancel").click().run()


def test_the_view_on_trust_says_how_many_neighbours_each_way_of_drawing_keeps(page):
    app = page(documents_corpus=samples.BY_KEY["everyday"].title, documents_view="Trust")
    shown = text_of(app)
    assert "keeps" in shown and "t-SNE" in shown and "Principal components" in shown
    assert [part for part in app.caption if "trustworthiness 0." in part.value]
    assert [part for part in app.caption if part.value.startswith("Do not read into")]
    worst = [part.value for part in app.text if part.value.startswith("Ringed")]
    app.segmented_control(key="documents_ring").set_value("best kept").run()
    assert not app.exception
    best = [part.value for part in app.text if part.value.startswith("Ringed")]
    assert len(worst) == len(best) == 1 and worst != best, "another document is ringed"


def test_what_the_settings_do_is_shown_from_stored_neighbours(page):
    app = page(documents_corpus=samples.BY_KEY["everyday"].title, documents_view="Trust", documents_compare="settings")
    assert "keep the most" in text_of(app)
    assert len(map_of(app)["data"]) == 9


def test_colours_by_rank_and_by_distortion(page):
    app = page(documents_corpus=samples.BY_KEY["everyday"].title, documents_colour="distortion: neighbours kept")
    assert "true neighbours this map keeps" in text_of(app)
    app.selectbox(key="documents_colour").set_value("search rank").run()
    assert "is then coloured by its rank" in text_of(app)
    app.text_input(key="documents_query").set_value("a long bicycle race").run()
    assert not app.exception and "cosine 0." in text_of(app)


def test_colour_by_time_tells_the_first_and_the_last_day(page):
    made = corpus.Corpus(
        "dated",
        tuple(f"the storm of day {day} closed the road" for day in range(1, 29)),
        {"date": tuple(f"2024-02-{day:02}T08:00" for day in range(1, 29))},
    )
    app = page(documents_corpus=samples.BY_KEY["everyday"].title)
    app.session_state["documents_next"] = corpus.save(made)
    run_until_still(app.run())
    app.selectbox(key="documents_colour").set_value("date").run()
    assert any(
        b'"low": "2024-02-01", "high": "2024-02-28"' in part.proto.SerializeToString()
        for part in app.get("bidi_component")
    ), "the legend of the map in two dimensions"
    app.segmented_control(key="documents_map").set_value("3-D").run()
    run_until_still(app)
    assert not app.exception
    marker = map_of(app)["data"][0]["marker"]
    assert marker["colorbar"]["ticktext"] == ["2024-02-01", "2024-02-28"]
    assert "coloured by date" in map_of(app)["layout"]["title"]["text"]
    app.segmented_control(key="documents_panel").set_value("Fields").run()
    assert "2024-02-01 to 2024-02-02" in text_of(app)
    corpus.forget(made.key)


def test_a_selection_is_listed_counted_in_the_table_and_lit_in_three_dimensions(page):
    app = page(documents_corpus=samples.BY_KEY["everyday"].title)
    app.text_input(key="documents_query").set_value("a long bicycle race").run()
    app.button(key="documents_select_hits").click().run()
    app.segmented_control(key="documents_panel").set_value("Selected").run()
    said = [text.value for text in app.text]
    assert any("10 of 128 documents: the hits of" in text for text in said), said
    assert [fold.label for fold in app.expander if fold.label.startswith("Table of 10 selected")]
    app.segmented_control(key="documents_map").set_value("3-D").run()
    run_until_still(app)
    lit = [trace for trace in map_of(app)["data"] if trace.get("marker", {}).get("opacity") == 0.95]
    assert sum(len(trace["hovertext"]) for trace in lit) == 10, "the selected keep their colour, the others are grey"
    app.button(key="documents_undo").click().run()
    assert any("Nothing is selected" in text.value for text in app.text)


def test_a_language_model_names_the_groups_while_the_keywords_stand(page):
    app = page(documents_corpus=samples.BY_KEY["everyday"].title, documents_namer="Pocket Chat")
    assert app.selectbox(key="documents_namer").value == "pocket-chat" and not app.exception
    assert server_state.cluster_names == {}, "every group was asked for, and the page was drawn again"
    assert list(storage.folder("names").glob("*.json")) and "has the keywords" in text_of(app)


def test_the_page_says_in_which_precision_the_vectors_are_and_why(page):
    from core.documents.encoding import encoder_ways

    (said,) = [part.value for part in page().caption if part.value.startswith("Vectors in ")]
    if encoder_ways.names():
        assert "times as fast" in said and "paired rounds" in said
    else:
        assert said.startswith("Vectors in float32: this CPU has no bfloat16 instructions")


def test_a_second_encoder_draws_a_map_and_searches(page, tmp_path):
    folder = tiny_bert(tmp_path / "tiny")
    app = page(documents_corpus=samples.BY_KEY["everyday"].title, documents_map="3-D")
    first = map_of(app)["data"][0]["x"]
    app.session_state["documents_encoder"] = str(folder)
    app.text_input(key="documents_query").set_value("a long bicycle race").run()
    run_until_still(app)
    assert not app.exception and map_of(app)["data"][0]["x"] != first
    (hits,) = components_of(app, "documents_hits_list")
    texts = corpus.load("everyday").texts
    encoder = encoders.load(str(folder))
    cosines = encoder.encode(texts) @ encoder.encode_query("a long bicycle race")
    assert hits["entries"][0]["text"] == texts[int(cosines.argmax())]
    assert any("encoder = tiny;" in part.value for part in open_method(app).text), "and the page says which one"
    app.segmented_control(key="documents_view").set_value("search").run()
    run_until_still(app)
    assert not app.exception and "By meaning" in text_of(app)
    index = search.index_key(corpus.load("everyday").texts_key, f"tiny {encoder.revision}")
    assert (storage.folder("search") / f"{index}.db").exists(), "in an index of its own"
