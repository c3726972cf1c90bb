"""A small model hub on this machine, with the faults that a real one has: breaking off, wrong bytes, gates, errors."""

from __future__ import annotations

import contextlib
import hashlib
import http.server
import json
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any


@dataclass
class FakeHub:
    """`files`: {repo: {name: content}}. `cut`: {name: after how many bytes the first answer breaks off}. `down`: names
    answered with 503 once they were cut. `wrong`: names whose bytes differ. `slow_s`: seconds between blocks."""

    files: dict[str, dict[str, bytes]]
    large: tuple[str, ...] = (".gguf", ".safetensors", ".bin")
    cut: dict[str, int] = field(default_factory=dict)
    down: set[str] = field(default_factory=set)
    wrong: set[str] = field(default_factory=set)
    gone: set[str] = field(default_factory=set)
    gated: set[str] = field(default_factory=set)
    names_only: bool = False
    slow_s: float = 0.0
    asked: list[tuple[str, str, str]] = field(default_factory=list)
    url: str = ""
    _cut_once: set[str] = field(default_factory=set)

    def listed(self, repo: str) -> dict[str, Any]:
        siblings = []
        for name, content in self.files[repo].items():
            entry: dict[str, Any] = {"rfilename": name}
            if not self.names_only:
                sha = hashlib.sha256(content).hexdigest()
                git = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
                entry |= {"size": len(content), "blobId": git}
                if name.endswith(self.large):
                    entry["lfs"] = {"sha256": sha, "size": len(content), "pointerSize": 130}
            siblings.append(entry)
        return {
            "id": repo,
            "modelId": repo,
            "sha": "c0ffee" + "0" * 34,
            "gated": "manual" if repo in self.gated else False,
            "siblings": siblings,
            "tags": [],
            "downloads": 0,
            "likes": 0,
            "private": False,
            "cardData": {"license": "apache-2.0"},
        }


class _Handler(http.server.BaseHTTPRequestHandler):
    hub: FakeHub
    protocol_version = "HTTP/1.1"

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        hub = self.hub
        path = self.path.split("?")[0]
        hub.asked.append((self.command, path, self.headers.get("Range", "")))
        if path.startswith("/api/models/"):
            repo = path.removeprefix("/api/models/").split("/revision/")[0]
            return (
                self.refuse(404, "RepoNotFound")
                if repo not in hub.files
                else self.answer(json.dumps(hub.listed(repo)).encode())
            )
        owner, name, _, _, file = [*path.lstrip("/").split("/", 4), "", "", ""][:5]
        repo = f"{owner}/{name}"
        if repo in hub.gated:
            return self.refuse(401, "GatedRepo")
        if file not in hub.files.get(repo, {}) or file in hub.gone:
            return self.refuse(404, "EntryNotFound")
        if file in hub.down and file in hub._cut_once:
            return self.refuse(503, "")
        return self.send_file(file, hub.files[repo][file])

    def send_file(self, file: str, content: bytes) -> None:
        hub = self.hub
        etag = hashlib.sha256(content).hexdigest()
        sent = bytes(len(content)) if file in hub.wrong else content
        start = int(self.headers.get("Range", "bytes=0-").split("=")[1].split("-")[0])
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(sent) - start))
        self.send_header("ETag", f'"{etag}"')
        self.send_header("X-Repo-Commit", "c0ffee" + "0" * 34)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(sent) - 1}/{len(sent)}")
        self.end_headers()
        if self.command == "HEAD":
            return
        end = len(sent)
        if file in hub.cut and file not in hub._cut_once:
            hub._cut_once.add(file)
            end = hub.cut[file]
        with contextlib.suppress(OSError):
            for at in range(start, end, 1 << 16):
                self.wfile.write(sent[at : min(at + (1 << 16), end)])
                time.sleep(hub.slow_s)
        if end < len(sent):
            self.close_connection = True

    def answer(self, body: bytes) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def refuse(self, status: int, code: str) -> None:
        self.send_response(status)
        self.send_header("X-Error-Code", code)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        pass


@contextlib.contextmanager
def fake_hub(files: dict[str, dict[str, bytes]], **faults: Any) -> Iterator[FakeHub]:
    """Serve a hub on a free port of the loopback address."""
    hub = FakeHub(files, **faults)
    handler = type("Handler", (_Handler,), {"hub": hub})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
