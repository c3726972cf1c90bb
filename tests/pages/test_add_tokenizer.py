"""Any other tokenizer: by its name on a hub, from a file, from a server; all of them on this machine here."""

from __future__ import annotations

import json
import time

import pytest
import streamlit as st

from core import catalog
from core.runtime import server_state
from tests.conftest import run_until_still
from tests.support import evil_files
from tests.support.hub_server import fake_hub
from tests.support.tiny_vocabulary import tiny_gguf
from tests.support.tokenizer_server import Fake
from tests.support.tokens_page import PAGE, columns


def said(app) -> str:
    return " ".join(element.proto.body for element in app.get("html"))


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    return tmp_path


def opened(open_page, way: str):
    app = open_page(PAGE, tokens_with=["BERT (MiniLM)"])
    app.button_group(key="tokens_more_way").set_value(way).run()
    return app


def test_a_file_that_is_uploaded(open_page, home):
    app = opened(open_page, "File")
    raw = catalog.find("bert").path.read_bytes()
    app.file_uploader(key="tokens_upload").set_value(("../../my <b>.json", raw, "application/json")).run()
    assert not app.exception
    assert list(columns(app)) == ["BERT (MiniLM)", "my <b>.json (uploaded)"]
    assert [column["tokens"] for column in columns(app).values()] == [16, 16]
    inside = sorted(path.name for path in (home / "tokenizers" / "own").rglob("*") if path.is_file())
    assert inside == ["name.json", "tokenizer.json"], "the name of a file never becomes a path"
    app.file_uploader(key="tokens_upload").set_value(("voc.gguf", tiny_gguf(), "")).run()
    assert list(columns(app))[2] == "voc.gguf (uploaded)"
    (remove, _) = [button for button in app.button if button.label.startswith("Remove my")] * 2
    remove.click().run()
    assert not app.exception and list(columns(app)) == ["BERT (MiniLM)", "voc.gguf (uploaded)"]


@pytest.mark.parametrize(("name", "content"), [("bad.json", b"{"), ("bad.model", b"\x80\x04x"), ("bad.gguf", b"GGUF")])
def test_a_file_that_is_none_is_said_and_not_kept(open_page, home, name, content):
    app = opened(open_page, "File")
    app.file_uploader(key="tokens_upload").set_value((name, content, "")).run()
    assert not app.exception
    assert list(columns(app)) == ["BERT (MiniLM)"] and name in said(app)
    assert not list((home / "tokenizers" / "own").glob("*"))


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("expands.json", evil_files.expanding()),
        ("charsmap.json", evil_files.null_charsmap()),
        ("far.json", evil_files.high_id()),
        (
            "tokens.gguf",
            evil_files.gguf_with(
                tokenizer__ggml__model=evil_files.value_text(b"llama"),
                tokenizer__ggml__tokens=evil_files.value_text(b"abc"),
            ),
        ),
    ],
)
def test_a_file_that_would_end_the_dashboard_is_a_sentence_on_it(open_page, home, name, content):
    app = opened(open_page, "File")
    app.file_uploader(key="tokens_upload").set_value((name, content, "")).run()
    assert not app.exception and name in said(app)
    assert list(columns(app)) == ["BERT (MiniLM)"] and not list((home / "tokenizers" / "own").glob("*"))
    app.text_area(key="tokens_text").set_value("The page goes on.").run()
    assert not app.exception and columns(app)["BERT (MiniLM)"]["tokens"] == 5


def test_a_file_among_the_models_that_would_end_the_dashboard(open_page, home):
    """It is found there without being asked for; chosen, it is a sentence, and the next key does not wait for it."""
    (home / "models").mkdir()
    (home / "models" / "evil_tokenizer.json").write_bytes(evil_files.expanding())
    app = open_page(PAGE, tokens_with=["BERT (MiniLM)", "evil_tokenizer.json"])
    assert not app.exception and "evil_tokenizer.json" in said(app) and list(columns(app)) == ["BERT (MiniLM)"]
    began = time.monotonic()
    app.text_area(key="tokens_text").set_value("Another text.").run()
    assert "evil_tokenizer.json" in said(app) and time.monotonic() - began < 3
    assert not app.exception and columns(app)["BERT (MiniLM)"]["tokens"] == 3


def test_a_text_on_which_a_tokenizer_panics(open_page, home):
    (home / "models").mkdir()
    (home / "models" / "regex_tokenizer.json").write_bytes(evil_files.backtracking())
    app = open_page(PAGE, tokens_with=["BERT (MiniLM)", "regex_tokenizer.json"])
    assert list(columns(app)) == ["BERT (MiniLM)", "regex_tokenizer.json"]
    app.text_area(key="tokens_text").set_value("a" * 40).run()
    assert not app.exception and "PanicException" in said(app) and list(columns(app)) == ["BERT (MiniLM)"]
    app.text_area(key="tokens_text").set_value("abc").run()
    assert columns(app)["regex_tokenizer.json"]["tokens"] == 3


def test_a_chat_template_of_one_call_that_fills_the_memory(open_page, home):
    (home / "models").mkdir()
    (home / "models" / "big.gguf").write_bytes(
        evil_files.gguf_with(
            general__architecture=evil_files.value_text(b"llama"),
            tokenizer__ggml__model=evil_files.value_text(b"llama"),
            tokenizer__ggml__tokens=evil_files.value_texts(b"<unk>", b"a", b"b"),
            tokenizer__ggml__token_type=evil_files.value_numbers(2, 1, 1),
            tokenizer__chat_template=evil_files.value_text(b"{{ 'a'.zfill(2500000000) }}"),
        )
    )
    app = open_page(PAGE, tokens_view="Context")
    app.selectbox(key="tokens_context_of").set_value("file:big.gguf").run()
    assert not app.exception and "chat template" in said(app) and "zfill" in said(app)


def test_a_server_and_its_end(open_page, home):
    app = opened(open_page, "Server")
    server = Fake("llama-server")
    app.text_input(key="tokens_server").set_value(server.url).run()
    assert not server.asked, "nothing is sent before the press"
    app.button(key="tokens_connect").click().run()
    assert not app.exception
    title = server.url.removesuffix("/v1")
    assert columns(app)[title]["tokens"] == 22 and columns(app)[title]["about"] == f"on {title}"
    server.shutdown()
    server.server_close()
    app.text_area(key="tokens_text").set_value("something else").run()
    assert not app.exception and list(columns(app)) == ["BERT (MiniLM)"]
    assert "Nothing answers" in said(app)
    app.text_input(key="tokens_server").set_value("http://127.0.0.1:9").run()
    app.button(key="tokens_connect").click().run()
    assert not app.exception and "Nothing answers at http://127.0.0.1:9" in said(app)


def test_a_name_on_the_hub(open_page, home, monkeypatch):
    files = {
        "lab/tiny": {
            "tokenizer.json": catalog.find("bert").path.read_bytes(),
            "model.safetensors": b"x" * 999,
            "tokenizer_config.json": json.dumps({"chat_template": "{{ 'hi' }}"}).encode(),
        },
        "lab/none": {"README.md": b"#"},
    }
    with fake_hub(files) as hub:
        for name, value in {
            "HF_ENDPOINT": hub.url,
            "HF_HUB_OFFLINE": "0",
            "HF_HOME": str(home),
            "HF_TOKEN": "",
            "NO_PROXY": "127.0.0.1",
        }.items():
            monkeypatch.setenv(name, value)
        st.cache_resource.clear()
        server_state.clear()
        app = opened(open_page, "Hub")
        for repo in ("lab/tiny", "lab/none"):
            app.text_input(key="tokens_hub").set_value(repo).run()
            app.button(key="tokens_hub_fetch").click().run()
            run_until_still(app)
            assert not app.exception
        assert columns(app)["lab/tiny"]["tokens"] == 16
        assert "has no tokenizer.json" in said(app)
        kept = home / "models" / "hub" / "lab--tiny"
        assert {path.name for path in kept.iterdir()} == {"tokenizer.json", "tokenizer_config.json", ".fetched.json"}
    st.cache_resource.clear()
    server_state.clear()
