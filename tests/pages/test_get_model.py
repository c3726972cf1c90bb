"""Getting a model on the prompts page, from a hub on this machine, with everything that can go wrong."""

from __future__ import annotations

import time

import pytest

from core import catalog
from core.cached import hub as cached_hub
from core.cached import jobs as cached_jobs
from core.models import hub
from core.runtime import server_state
from tests.support.hub_server import fake_hub

SPEC = catalog.find("smollm2-135m-q8")
OTHER = catalog.find("pythia-70m")


@pytest.fixture(scope="module")
def served(tmp_path_factory):
    """A hub with a real small model under a well-known name, half of it under another, and other repositories."""
    home = tmp_path_factory.mktemp("home")
    model = catalog.find("pocket-chat-q4").path.read_bytes()
    files = {
        SPEC.repo: {SPEC.files[0]: model},
        OTHER.repo: {OTHER.files[0]: model[: len(model) // 2]},
        "lab/<b>": {},
        "lab/own": {"big.gguf": model, "small.Q4_0.gguf": b"no model", "README.md": b""},
        "lab/none": {"model.safetensors": b"x"},
    }
    patch = pytest.MonkeyPatch()
    with fake_hub(files) as server:
        for name, value in {
            "HF_ENDPOINT": server.url,
            "HF_HUB_OFFLINE": "0",
            "HF_HOME": str(home),
            "HF_TOKEN": "",
            "NO_PROXY": "127.0.0.1",
            "TEXTLAB_HOME": str(home),
        }.items():
            patch.setenv(name, value)
        yield server
        cached_hub.worker.clear()
        patch.undo()


@pytest.fixture
def panel(served, open_page):
    served.slow_s = 0.0
    served.gated.clear()
    served.asked.clear()
    for repo in served.files:
        if "<" not in repo:
            hub.remove(repo)
    for name in ("fetch", "listing"):
        for repo, names in (
            (SPEC.repo, SPEC.files),
            (OTHER.repo, OTHER.files),
            ("lab/own", ("small.Q4_0.gguf",)),
            ("lab/own", ()),
            ("lab/none", ()),
        ):
            cached_jobs.forget_job(cached_hub.hub_key(repo, names, name))
    server_state.model_downloads.clear()
    app = open_page("prompt_playground")
    app.selectbox(key="prompting_model").set_value("get a model").run()
    assert not app.exception
    return app


def shown(app) -> str:
    return "\n".join(part.proto.body for part in app.get("html"))


def press(app, spec):
    return app.button(key=f"get_{cached_hub.hub_key(spec.repo, spec.files)}").click().run()


def wait(app, spec, seconds=90):
    request = cached_hub.from_hub(spec.repo, spec.files, start=False)
    request._finished.wait(seconds)
    return app.run()


def test_nothing_is_asked_before_a_press_and_one_press_brings_it(panel, served):
    assert served.asked == [] and "SmolLM2 135M" in shown(panel) and "commercial use allowed" in shown(panel)
    assert "of this machine" in shown(panel) and "</span> ready offline" not in shown(panel)
    press(panel, SPEC)
    wait(panel, SPEC)
    assert not panel.exception and "</span> ready offline" in shown(panel)
    header_says = shown(panel).split("SmolLM2 135M")[1][:400]
    assert "million parameters" in header_says and "135 million" not in header_says, "the file's header is believed"
    panel.pills(key="prompting_get_filter").set_value("Ready offline").run()
    assert shown(panel).count("</span> ready offline") == 1 and "Gemma" not in shown(panel)
    panel.button(key=f"use_{SPEC.key}").click().run()
    assert not panel.exception and panel.selectbox(key="prompting_model").value == SPEC.key
    assert panel.chat_message, "it answers"
    panel.selectbox(key="prompting_model").set_value("get a model").run()
    panel.button(key=f"remove_{SPEC.key}").click().run()
    assert hub.kept(SPEC.repo, "*") is None and "</span> ready offline" not in shown(panel)


def test_progress_outlives_a_reload_and_can_be_cancelled_and_gone_on_with(panel, served, open_page):
    served.slow_s = 0.1
    press(panel, SPEC)
    request = cached_hub.from_hub(SPEC.repo, SPEC.files, start=False)
    while request.fraction <= 0.1:
        time.sleep(0.02)
    served.slow_s = 1.0  # it will not be done before it is cancelled, however slow this machine
    panel.run()
    assert panel.get("progress") and " MB · " in panel.get("progress")[0].proto.text
    from streamlit.testing.v1 import AppTest

    from tests.conftest import ROOT

    again = AppTest.from_file(str(ROOT / "app.py"), default_timeout=180).run()
    again.switch_page("pages/prompt_playground.py").run()
    assert again.get("progress"), "another window, another view: the progress is at the side"
    next(button for button in again.button if button.label == "Cancel").click().run()
    wait(panel, SPEC)
    assert "What was downloaded stays" in shown(panel)
    served.slow_s = 0.0
    panel.button(key=f"again_{cached_hub.hub_key(SPEC.repo, SPEC.files)}").click().run()
    wait(panel, SPEC)
    assert "</span> ready offline" in shown(panel) and served.asked[-1][2].startswith("bytes="), "it went on"


def test_a_file_that_is_no_whole_model_gets_a_sentence(panel, served):
    panel.text_input(key="prompting_get_search").set_value("pythia 70m").run()
    press(panel, OTHER)
    wait(panel, OTHER)
    assert "cut short" in shown(panel) and "</span> ready offline" not in shown(panel)
    assert not [button for button in panel.button if button.key == f"use_{OTHER.key}"]


def test_a_refusal_is_said_and_can_be_tried_again(panel, served):
    served.gated.add(SPEC.repo)
    press(panel, SPEC)
    wait(panel, SPEC)
    assert not panel.exception and "licence accepted first" in shown(panel) and "HF_TOKEN" in shown(panel)
    served.gated.clear()
    panel.button(key=f"again_{cached_hub.hub_key(SPEC.repo, SPEC.files)}").click().run()
    wait(panel, SPEC)
    assert "</span> ready offline" in shown(panel)


def test_any_file_of_the_hub_by_its_name(panel, served):
    panel.text_input(key="prompting_get_repo").set_value("lab/own").run()
    assert served.asked == [], "typing asks nothing"
    panel.button(key="prompting_get_list").click().run()
    cached_hub.from_hub("lab/own", (), "listing", start=False)._finished.wait(90)
    panel.run()
    box = panel.selectbox(key="prompting_get_file")
    assert [option.split(" (")[0] for option in box.options] == ["small.Q4_0.gguf", "big.gguf"]
    panel.button(key=f"get_{cached_hub.hub_key('lab/own', ('small.Q4_0.gguf',))}").click().run()
    cached_hub.from_hub("lab/own", ("small.Q4_0.gguf",), start=False)._finished.wait(90)
    panel.run()
    assert not panel.exception and any("It is on this machine" in caption.value for caption in panel.caption)
    panel.selectbox(key="prompting_model").set_value("small.Q4_0.gguf").run()
    assert "not a language model" in shown(panel)


def test_a_wrong_repository_gets_a_sentence_and_stays(panel):
    for typed, says in (
        ("lab/none", "has no .gguf files"),
        ("lab/<b>", "not the name of a"),
        ("lab/missing", "no repository"),
    ):
        panel.text_input(key="prompting_get_repo").set_value(typed).run()
        panel.button(key="prompting_get_list").click().run()
        if request := cached_hub.from_hub(typed, (), "listing", start=False):
            request._finished.wait(90)
            panel.run()
        assert not panel.exception and says in shown(panel) and "lab/<b>" not in shown(panel)
        assert panel.text_input(key="prompting_get_repo").value == typed


def test_searching_finds_by_name_licence_and_purpose(panel):
    panel.text_input(key="prompting_get_search").set_value("dolly mit").run()
    assert shown(panel).count("Dolly v2") == 2 and "SmolLM2" not in shown(panel)
    panel.text_input(key="prompting_get_search").set_value("nothing of the kind").run()
    assert "No model of the catalogue matches" in shown(panel)
