"""The views that compare encoders and judge them: a result on opening, another encoder, thumbs, a folder."""

from __future__ import annotations

import json
import shutil

import pytest

from core import catalog
from core.cached import hub as cached_hub
from core.documents import samples
from core.models import hub
from core.runtime import server_state
from tests.conftest import run_until_still
from tests.support.document_maps import judged_folder
from tests.support.hub_server import fake_hub
from tests.support.screen import html_of

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def view(open_page):
    def opened(name: str, **query):
        app = open_page(
            "document_map", wait_s=200, documents_view=name, documents_corpus=samples.BY_KEY["everyday"].title, **query
        )
        assert not app.exception, app.exception
        return app

    return opened


def figures_of(app) -> list[dict]:
    return [json.loads(chart.proto.spec) for chart in app.get("plotly_chart")]


def test_encoders_open_with_the_neighbours_of_a_document_in_three(view):
    app = view("Encoders")
    assert "agree least" in html_of(app) and "by chance they would share" in html_of(app)
    names = [note["text"] for note in figures_of(app)[0]["layout"]["annotations"]]
    assert {"<b>TF-IDF</b>", "<b>Averaged word vectors</b>", "<b>all-MiniLM-L6-v2</b>"} <= set(names)
    costs = app.dataframe[0].value
    assert list(costs["dimensions"])[1:] == [50, 384] and costs["documents/s"].iloc[0] > 0
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
        note["text"] for note in figures_of(app)[0]["layout"]["annotations"]
    ]
    app.text_input(key="documents_encoder_url").set_value("127.0.0.1:9/v1").run()
    app.button(key="documents_encoder_add").click().run()
    run_until_still(app)
    assert not app.exception and "model at 127.0.0.1" in app.multiselect(key="documents_encoders").value
    assert "127.0.0.1:9" in html_of(app), "the refusal names the address, and the others stay"
    assert figures_of(app)


def test_an_encoder_of_the_hub_is_fetched_by_its_name_and_compared(view, monkeypatch, tmp_path):
    """From a hub on this machine, which has MiniLM under another name: both find the same neighbours."""
    files = catalog.find("minilm").path
    repo = {path.relative_to(files).as_posix(): path.read_bytes() for path in files.rglob("*") if path.is_file()}
    with fake_hub({"lab/mini": repo}) as server:
        for name, value in {
            "HF_ENDPOINT": server.url,
            "HF_HUB_OFFLINE": "0",
            "HF_HOME": str(tmp_path),
            "HF_TOKEN": "",
            "NO_PROXY": "127.0.0.1",
        }.items():
            monkeypatch.setenv(name, value)
        cached_hub.worker.clear()  # a process of before does not know of this hub
        app = view("Encoders")
        app.text_input(key="documents_encoder_repo").set_value("lab/mini").run()
        assert server.asked == [], "nothing is asked before the press"
        app.button(key="documents_encoder_get").click().run()
        assert cached_hub.from_hub("lab/mini", None, start=False).within(90)
        app.run()
    app.multiselect(key="documents_encoders").set_value(["all-MiniLM-L6-v2", "lab/mini"]).run()
    run_until_still(app)
    names = [note["text"] for note in figures_of(app)[0]["layout"]["annotations"]]
    assert not app.exception and {"<b>all-MiniLM-L6-v2</b>", "<b>lab/mini</b>"} <= set(names), html_of(app)
    cached_hub.worker.clear()
    server_state.compared_encoders.clear()
    shutil.rmtree(hub.folder_of("lab/mini"))


def test_judge_opens_with_what_people_judged(view):
    app = view("Judge")
    assert "Best here:" in html_of(app) and "50 documents" in html_of(app)
    rows = {label for trace in figures_of(app)[0]["data"] for label in trace["y"]}
    assert len(rows) == 7 and "words alone (BM25)" in rows
    app.segmented_control(key="documents_measure").set_value("MRR@10").run()
    assert "MRR@10" in html_of(app) and not app.exception


def test_judge_reads_a_folder_and_ones_own_thumbs(view, tmp_path):
    app = view("Judge")
    app.selectbox(key="documents_judged").set_value("folder").run()
    app.text_input(key="documents_judged_folder").set_value(str(tmp_path / "nowhere")).run()
    assert "There is no corpus.jsonl" in html_of(app) and not app.exception
    app.text_input(key="documents_judged_folder").set_value(str(judged_folder(tmp_path))).run()
    run_until_still(app)
    assert "2 queries on 3 documents" in html_of(app)
    app.selectbox(key="documents_judged").set_value("thumbs").run()
    assert "There is no thumb up yet." in html_of(app)
    app.text_input(key="documents_thumbs_query").set_value("garlic").run()
    run_until_still(app)
    assert len(app.get("feedback")) >= 5
    app.get("feedback")[0].set_value(1).run()
    run_until_still(app)
    assert not app.exception and "1 queries on" in html_of(app)
