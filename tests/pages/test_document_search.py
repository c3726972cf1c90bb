"""The search view: a result on opening, both ranks and reasons, presets, an index that is kept, what can go wrong."""

from __future__ import annotations

import json

import pytest

from core import storage
from core.cached import documents as cached_documents
from core.cached import jobs as cached_jobs
from core.documents import corpus, samples, search
from tests.browser.conftest import free_port
from tests.conftest import run_until_still
from tests.support.methods import open_method
from tests.support.screen import html_of

pytestmark = pytest.mark.timeout(300)


@pytest.fixture
def view(open_page):
    def opened(**query):
        app = open_page(
            "document_map",
            wait_s=200,
            documents_view="Search",
            documents_corpus=samples.BY_KEY["everyday"].title,
            **query,
        )
        assert not app.exception, app.exception
        return app

    return opened


def test_opens_with_three_rankings_of_the_same_query_and_why_and_fuses_by_ranks_on_request(view):
    app = view()
    shown = html_of(app)
    assert app.text_input(key="documents_search_query").value == "a long bicycle race"
    assert all(title in shown for title in ("By words", "Both, fused", "By meaning"))
    assert "cyclist" in shown, "meaning finds what has no word of the query"
    assert "No word of the query is in it; by meaning it is 1st." in shown
    assert ">long</mark>" in shown and "BM25" in shown and "cosine" in shown
    figure = json.loads(app.get("plotly_chart")[0].proto.spec)
    names = [note["text"] for note in figure["layout"]["annotations"]]
    assert {"<b>Words</b>", "<b>Both, fused</b>", "<b>Meaning</b>"} <= set(names)
    assert "fused <b>0." in html_of(app) and "the stronger one leads" in html_of(app)
    app.selectbox(key="documents_fusion").set_value("ranks").run()
    run_until_still(app)
    assert not app.exception and "fused <b>" not in html_of(app) and "1 / (60 + rank)" in html_of(app)
    assert any("RRF" in latex.value for latex in open_method(app).latex)


def test_the_index_is_written_and_found_again(view, tmp_path, monkeypatch):
    """In a home of its own, so that no index of another test is there; the second opening writes nothing."""
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path / "home"))
    cached_documents.search_store.clear()
    cached_jobs.registry().answers.clear()
    cached_jobs.registry().requests.clear()
    app = view()
    run_until_still(app)
    assert "Milvus Lite, a file on this machine" in " ".join(text.value for text in open_method(app).text)
    (index,) = storage.folder("search").glob("*.db")
    cached_documents.search_store.clear()  # its process ends, as at the end of the app
    assert index_size(index) == 128
    changed = []
    monkeypatch.setattr(
        cached_jobs, "ask", lambda *asked, **more: changed.append(asking(*asked, **more)) or changed[-1]
    )
    cached_jobs.registry().requests.clear()
    again = view()
    run_until_still(again)
    assert "Milvus Lite, a file on this machine" in " ".join(text.value for text in open_method(again).text)
    done = changed[-1].result()
    assert done["unchanged"] == 128 and not (done["added"] or done["changed"] or done["removed"])
    assert html_of(again) == html_of(app)
    cached_documents.search_store.clear()


asking = cached_jobs.ask


def index_size(path) -> int:
    """How many documents the index in a file has, asked by a process of its own."""
    with search.open_store(path, 384) as store:
        return len(store)


def test_a_preset_is_one_press_away_and_a_query_is_never_markup(view):
    app = view()
    app.button_group(key="documents_search_preset").select("garlic").run()
    assert app.text_input(key="documents_search_query").value == "garlic"
    assert "Words (1st) and meaning (1st) agree." in html_of(app)
    for query in ("<b>:red[a]</b>", "zzxqj", "x" * 50_000, "\x00", ""):
        app.text_input(key="documents_search_query").set_value(query).run()
        assert not app.exception
        assert "<b>:red[" not in html_of(app)
    assert "There is nothing to look for." in html_of(app)


def test_passages_are_handed_to_the_prompts_page(view):
    app = view()
    passages = app.session_state["prompting_passages"]
    assert len(passages) == 3 and {"id", "title", "text"} == set(passages[0])
    assert passages[0]["text"] in corpus.load("everyday").texts
    assert app.session_state["prompting_question"] == app.text_input(key="documents_search_query").value
    assert app.get("page_link")[0].proto.page == "prompts"
    app.multiselect[0].set_value([]).run()
    assert app.session_state["prompting_passages"] == [] and app.get("page_link")[0].proto.disabled
    app.switch_page("pages/prompt_playground.py").run()
    assert not app.exception


def test_a_server_that_is_not_there_is_said_and_memory_answers(view):
    app = view()
    app.text_input(key="documents_milvus").set_value(f"http://127.0.0.1:{free_port()}").run()
    run_until_still(app)
    shown = html_of(app)
    assert "does not answer" in shown and "By meaning" in shown and "cyclist" in shown
    app.text_input(key="documents_milvus").set_value("").run()
    run_until_still(app)
    assert "does not answer" not in html_of(app)
