"""Tokenizers behind an address: three protocols as their makers document them, spoken by a server on this machine."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from core.errors import UserError
from core.tokens.engines.remote import _spans, connect
from core.tokens.vocabulary import NORMAL
from tests.core.tokens.conftest import loaded

HARD = ["Hello World", "片仮名 🤖 e\u0301", "  two  spaces\n\ttab", "Größe, नमस्ते!", ""]


class Fake(ThreadingHTTPServer):
    """A model server whose model has Mistral v1's tokenizer; `way` is the protocol that it speaks."""

    daemon_threads = True

    def __init__(self, way: str) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.way, self.made, self.asked = way, loaded("tekken" if way == "vllm-alphabet" else "mistral-v1"), []
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def answer(self, path: str, body: dict) -> dict | None:
        made = self.made
        if self.way == "llama-server" and path == "/tokenize" and "content" in body:
            tokens = made.encode(body["content"], body.get("add_special", False), body.get("parse_special", True))
            return {
                "tokens": [{"id": token.id, "piece": _text_or_bytes(token.bytes)} for token in tokens]
                if body.get("with_pieces")
                else [token.id for token in tokens]
            }
        if self.way == "llama-server" and path == "/detokenize":
            return {"content": made.decode(body["tokens"])}
        if self.way.startswith("vllm") and path == "/tokenize" and "prompt" in body:
            ids = made.ids(body["prompt"], body.get("add_special_tokens", True), parse_special=True)
            return {
                "count": len(ids),
                "max_model_len": 4096,
                "tokens": ids,
                "token_strs": [made.piece(token) for token in ids],
            }
        if self.way.startswith("vllm") and path == "/detokenize":
            return {"prompt": made.decode(body["tokens"])}
        if self.way == "llama_cpp.server" and path == "/extras/tokenize":
            return {"tokens": made.ids(body["input"], True, True)}
        if self.way == "llama_cpp.server" and path == "/extras/detokenize":
            raw = b"".join(made.vocabulary.bytes_of(token) for token in body["tokens"] if token > 2)
            begins = body["tokens"][0] == 1
            return {"text": raw.decode().removeprefix(" " if begins else "")}  # half a character: a server's error
        return None


class _Handler(BaseHTTPRequestHandler):
    server: Fake

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.asked.append((self.path, body))
        try:
            answer = self.server.answer(self.path, body)
            status, told = (200, answer) if answer is not None else (404, {"error": {"message": "not found"}})
        except UnicodeDecodeError:
            status, told = 500, {"error": {"message": "utf-8"}}
        raw = json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_args) -> None:
        pass


def _text_or_bytes(piece: bytes) -> str | list[int]:
    try:
        return piece.decode()
    except UnicodeDecodeError:
        return list(piece)


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
