"""Published sets by name: fetched from a server of our own, checked, and refused if they are not what they say."""

from __future__ import annotations

import gzip
import hashlib
import http.server
import threading
from dataclasses import replace

import pytest

from core import catalog
from core.errors import UnreadableFile, UserError
from core.words.files import named_sets, store

BODY = gzip.compress(b"2 3\nking 1 2 3\nqueen 4 5 6\n")
SET = named_sets.NamedSet("tiny", 2, 3, len(BODY), "none", hashlib.md5(BODY).hexdigest())


@pytest.fixture
def server(monkeypatch, tmp_path):
    class Handler(http.server.BaseHTTPRequestHandler):
        broken = False
        ranges: list[str] = []

        def do_GET(self):
            known = self.path == "/tiny/tiny.gz"
            start = int(self.headers.get("Range", "bytes=0-")[6:-1])
            Handler.ranges.append(self.headers.get("Range", ""))
            self.send_response((206 if start else 200) if known else 404)
            self.send_header("Content-Length", str(len(BODY) - start if known else 0))
            self.end_headers()
            if known:
                self.wfile.write(BODY[start : start + 20] if Handler.broken else BODY[start:])

        def log_message(self, *_):
            pass

    running = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=running.serve_forever, daemon=True).start()
    monkeypatch.setattr(named_sets, "RELEASES", f"http://127.0.0.1:{running.server_address[1]}")
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    running.handler = Handler
    yield running
    running.shutdown()
    running.server_close()


def test_a_set_is_fetched_checked_and_kept(server, tmp_path):
    told = []
    kept = named_sets.fetch(SET, lambda fraction, doing: told.append(fraction))
    assert (kept.title, kept.words, kept.dimension) == ("tiny", 2, 3)
    assert list(store.open_stored(kept.key).words) == ["king", "queen"]
    assert told and list((tmp_path / "downloads").iterdir()) == [], "the download is gone"


@pytest.mark.parametrize("wrong", [{"md5": "0" * 32}, {"size_bytes": len(BODY) - 1}, {"size_bytes": len(BODY) + 1}])
def test_another_file_is_refused(server, wrong):
    with pytest.raises(UnreadableFile, match="not the published file"):
        named_sets.fetch(replace(SET, **wrong))
    assert store.stored() == []


def test_no_answer_is_a_sentence(server):
    with pytest.raises(UserError, match="could not be downloaded"):
        named_sets.fetch(replace(SET, name="other"))
    server.shutdown()
    server.server_close()
    with pytest.raises(UserError, match="could not be downloaded"):
        named_sets.fetch(SET)


def test_what_was_cancelled_or_broke_off_is_gone_on_with(server, tmp_path):
    def stop(fraction, doing):
        raise KeyboardInterrupt

    server.handler.broken = True
    with pytest.raises(UserError, match="connection ended.*part that arrived is saved"):
        named_sets.fetch(SET)
    with pytest.raises(KeyboardInterrupt):
        named_sets.fetch(SET, stop)
    assert store.stored() == [] and server.handler.ranges == ["", "bytes=20-"]
    server.handler.broken = False
    kept = named_sets.fetch(SET)
    assert server.handler.ranges[2] == "bytes=40-" and kept.words == 2
    assert list((tmp_path / "downloads").iterdir()) == []


def test_the_table_is_complete():
    assert len(named_sets.NAMED_SETS) == 12
    assert all(
        len(item.md5) == 32 and item.url.endswith(f"{name}/{name}.gz") for name, item in named_sets.NAMED_SETS.items()
    )


def test_the_folder_of_an_encoder_gives_its_input_words(server):
    kept = store.import_file(catalog.find("minilm-words").path)
    assert (kept.words, kept.dimension, kept.title) == (21_745, 384, "model")
    assert store.open_stored(kept.key).nearest("linux", 1)[0].word == "unix"


def test_the_whole_of_what_is_embedded_is_among_them_under_its_makers_name():
    """What ships is the first 100,000 words of GloVe 6B 50d; all 400,000, in each dimension, are one press away."""
    whole = {item.known_as: item for item in named_sets.NAMED_SETS.values() if item.known_as}
    assert {name: (item.words, item.dimension) for name, item in whole.items()} == {
        f"GloVe 6B {dimension}d": (400_000, dimension) for dimension in (50, 100, 200, 300)
    }
    assert catalog.find(catalog.DEFAULT_VECTORS).title in whole
