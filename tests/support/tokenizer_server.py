"""A model server whose tokenizer is one of ours, in three protocols as their makers document them."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.core.tokens.conftest import loaded


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
