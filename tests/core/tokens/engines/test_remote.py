"""Tokenizers behind an address: three protocols as their makers document them, spoken by a server on this machine."""

from __future__ import annotations

import pytest

from core.errors import UserError
from core.tokens.engines.remote import _spans, connect
from core.tokens.vocabulary import NORMAL
from tests.support.tokenizer_server import Fake

HARD = ["Hello World", "片仮名 🤖 e\u0301", "  two  spaces\n\ttab", "Größe, नमस्ते!", ""]


@pytest.fixture
def fake():
    running: list[Fake] = []

    def started(way: str) -> Fake:
        running.append(Fake(way))
        return running[-1]

    yield started
    for server in running:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize("way", ["llama-server", "vllm", "vllm-alphabet", "llama_cpp.server"])
def test_it_cuts_as_the_server_s_model_does(fake, way):
    server = fake(way)
    made = connect(server.url)
    assert made.protocol.name == {"vllm-alphabet": "vLLM", "vllm": "vLLM"}.get(way, way)
    for text in HARD:
        theirs, ours = server.made.analyse(text), made.analyse(text)
        assert ours.ids.tolist() == theirs.ids.tolist() == made.ids(text)
        assert [token.bytes for token in ours.tokens] == [token.bytes for token in theirs.tokens]
        assert ours.normalised == theirs.normalised
        assert ours.typed_starts.tolist() == theirs.typed_starts.tolist()
        assert ours.typed_ends.tolist() == theirs.typed_ends.tolist()
        assert made.ids(text, add_special=True) == server.made.ids(text, add_special=True)
        assert made.decode(made.ids(text)) == server.made.decode(theirs.ids.tolist())
    with_added = made.encode("a", add_special=True)
    assert (with_added[0].kind, with_added[0].start, with_added[0].end) == ("control", 0, 0)


def test_control_tokens_of_a_llama_server(fake):
    made = connect(fake("llama-server").url)
    assert [token.kind for token in made.encode("Hi</s>", parse_special=True)] == ["normal", "control"]
    assert "control" not in {token.kind for token in made.encode("Hi</s>")}


def test_the_model_s_name_is_sent_and_nothing_else(fake):
    server = fake("vllm")
    connect(server.url, "some/model").ids("secret")
    assert all(body["model"] == "some/model" for path, body in server.asked if path == "/tokenize")
    assert {body.get("prompt", body.get("content")) for _, body in server.asked} == {"a b", "a b c", "a", "secret"}


def test_servers_that_cannot(fake):
    with pytest.raises(UserError, match="does not tokenize"):
        connect(fake("Ollama").url)
    with pytest.raises(UserError, match="Nothing answers"):
        connect("http://127.0.0.1:9/v1")
    with pytest.raises(UserError, match="not the address"):
        connect("file:///etc/passwd")
    gone = fake("llama-server")
    made = connect(gone.url)
    gone.way = "something else"
    with pytest.raises(UserError):
        made.ids("a")


def test_what_needs_a_whole_vocabulary_is_refused(fake):
    from core.tokens.conversation import look
    from core.tokens.steps import replay
    from core.tokens.vocabulary_table import Table

    made = connect(fake("llama-server").url)
    for ask in (lambda: Table(made), lambda: replay(made, "a"), lambda: look(made, "a", [], 100)):
        with pytest.raises(UserError, match="does not show its vocabulary"):
            ask()


def test_places_by_hand():
    assert _spans(b"Hello!", [b" Hello", b"!"]) == [(0, 5), (5, 6)]
    assert _spans(b"Hello!", [b" hello", b"!"]) == [(0, 5), (5, 6)], "written otherwise: what lies between is its"
    assert _spans(b"a  b", [b"a", b"b"]) == [(0, 1), (3, 4)]
    assert _spans("é!".encode(), [None, None, b"!"]) == [(0, 1), (1, 2), (2, 3)]
    assert _spans("片!".encode(), [None, None, b"!"]) == [(0, 3), (0, 3), (3, 4)]
    assert _spans(b"", []) == [] and NORMAL == 1
