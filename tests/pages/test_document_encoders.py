"""The views that compare encoders and judge them: a result on opening, another encoder, thumbs, a folder."""

from __future__ import annotations

import json

import pytest

from core.documents import corpus
from tests.conftest import run_until_still
from tests.core.documents.test_judging import folder
from tests.pages.test_document_search import text_of

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def view(open_page):
    def opened(name: str, **query):
        app = open_page("document_map", wait_s=200, documents_view=name,
                        documents_corpus=corpus.SAMPLES["everyday"], **query)
        assert not app.exception, app.exception
        return app
    return opened


def figures_of(app) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def test_encoders_open_with_the_neighbours_of_a_document_in_three(view):
    app = view("Encoders")
    assert "agree least" in text_of(app) and "by chance they would share" in text_of(app)
    names = [note["text"] for note in figures_of(app)[0]["layout"]["annotations"]]
    assert {"<b>TF-IDF</b>", "<b>Averaged word vectors</b>", "<b>all-MiniLM-L6-v2</b>"} <= set(names)
    costs = app.dataframe[0].value
    assert list(costs["numbers a text"]) [1:] == [384, 384] and costs["documents a second"].iloc[0] > 0
    document = app.selectbox(key=next(box.key for box in app.selectbox if (box.key or "").startswith("documents_of_")))
    document.select_index(5).run()
    assert not app.exception


def test_another_encoder_is_chosen_and_a_missing_one_is_said(view):
    app = view("Encoders")
    chosen = app.multiselect(key="documents_encoders")
    assert any("Pocket" in name for name in chosen.options), "the models of this machine are offered"
    chosen.set_value(["TF-IDF", next(name for name in chosen.options if name.startswith("Pocket Base"))]).run()
    run_until_still(app)
    assert not app.exception and "<b>Pocket Base (GGUF)</b>" in [
        note["text"] for note in figures_of(app)[0]["layout"]["annotations"]]
    app.text_input(key="documents_encoder_url").set_value("127.0.0.1:9/v1").run()
    app.button(key="documents_encoder_add").click().run()
    run_until_still(app)
    assert not app.exception and "model at 127.0.0.1" in app.multiselect(key="documents_encoders").value
    assert "127.0.0.1:9" in text_of(app), "the refusal names the address, and the others stay"
    assert figures_of(app)


def test_judge_opens_with_what_people_judged(view):
    app = view("Judge")
    assert "Best here:" in text_of(app) and "50 documents" in text_of(app)
    rows = {label for trace in figures_of(app)[0]["data"] for label in trace["y"]}
    assert len(rows) == 7 and "words alone (BM25)" in rows
    app.segmented_control(key="documents_measure").set_value("MRR@10").run()
    assert "MRR@10" in text_of(app) and not app.exception


def test_judge_reads_a_folder_and_ones_own_thumbs(view, tmp_path):
    app = view("Judge")
    app.selectbox(key="documents_judged").set_value("folder").run()
    app.text_input(key="documents_judged_folder").set_value(str(tmp_path / "nowhere")).run()
    assert "There is no corpus.jsonl" in text_of(app) and not app.exception
    app.text_input(key="documents_judged_folder").set_value(str(folder(tmp_path))).run()
    run_until_still(app)
    assert "2 queries on 3 documents" in text_of(app)
    app.selectbox(key="documents_judged").set_value("thumbs").run()
    assert "There is no thumb up yet." in text_of(app)
    app.text_input(key="documents_thumbs_query").set_value("garlic").run()
    run_until_still(app)
    assert len(app.get("feedback")) >= 5
    app.get("feedback")[0].set_value(1).run()
    run_until_still(app)
    assert not app.exception and "1 queries on" in text_of(app)
