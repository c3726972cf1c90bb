"""Encoders compared: TF-IDF against scikit-learn, averages by hand, a .gguf file, a server, and what is kept."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer

import numpy as np
import pytest

from core import catalog
from core.documents import corpus
from core.documents.mapping import neighbours
from core.documents.retrieval import tfidf
from core.errors import UserError
from core.runtime.worker import Task
from core.text.analysis import terms_of
from core.workflows import compare_encoders
from core.workflows.compare_encoders import DEFAULTS, CompareWorker, Source, comparing, encode, nearest, sampled

TEXTS = corpus.load("everyday").texts[:24]


def quietly(*_):
    pass


def test_tf_idf_worked_by_hand_and_as_scikit_learn_has_it():
    from sklearn.feature_extraction.text import TfidfVectorizer

    rare = 1 + np.log(3 / 2)
    by_hand = np.array([1, rare]) / np.hypot(1, rare)
    assert tfidf.tf_idf(["fire fire", "fire rain"]).toarray()[1] == pytest.approx(by_hand, abs=1e-6)
    texts = corpus.load("lee").texts[:60]
    expected = TfidfVectorizer(analyzer=terms_of).fit_transform(texts).toarray()
    assert tfidf.tf_idf(texts).toarray() == pytest.approx(expected, abs=1e-5)
    assert tfidf.tf_idf(["", "the of", "rain"]).toarray()[:2].sum() == 0


def test_averaged_words_worked_by_hand():
    found = tfidf.averaged(["Rain, the RAIN and snow", "zzz"], ["rain", "snow"], np.array([[3.0, 0], [0, 3.0]]))
    assert found == pytest.approx(np.array([[2, 1], [0, 0]]) / np.sqrt([[5], [1]]), abs=1e-6)


def test_overlap_counts_shared_neighbours():
    assert tfidf.overlap(np.array([[1, 2, 3]]), np.array([[3, 9, 1]]), 3).tolist() == [2]
    assert tfidf.overlap(np.array([[1, 2, 3]]), np.array([[3, 9, 1]]), 1).tolist() == [0]


def test_neighbours_of_sparse_rows_are_those_of_the_same_rows_written_out():
    sparse = encode(DEFAULTS[0], TEXTS, quietly)
    dense = neighbours.find(sparse.toarray().astype(np.float32), 5)
    assert nearest(sparse).similarities[:, :5] == pytest.approx(dense.similarities, abs=1e-5)


def test_a_gguf_file_is_an_encoder_too():
    path = catalog.find("pocket-base").path
    vectors = encode(Source("gguf", "Pocket Base", str(path)), TEXTS[:6], quietly)
    assert vectors.shape[0] == 6 and np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-3)


class _Embeddings(BaseHTTPRequestHandler):
    def do_POST(self):
        texts = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["input"]
        body = json.dumps(
            {"data": [{"index": place, "embedding": [len(text), 1.0]} for place, text in enumerate(texts)]}
        ).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


def test_a_server_is_an_encoder_too_and_its_absence_is_said():
    server = HTTPServer(("127.0.0.1", 0), _Embeddings)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    source = Source("server", "a server", f"http://127.0.0.1:{server.server_port}/v1", "m")
    vectors = encode(source, TEXTS[:3], quietly)
    assert vectors[:, 0] / vectors[:, 1] == pytest.approx([len(text) for text in TEXTS[:3]], rel=1e-4)
    server.shutdown()
    server.server_close()
    with pytest.raises(UserError):
        encode(source, TEXTS[:3], quietly)


def test_the_job_keeps_what_it_gave_and_knows_another_file(tmp_path, monkeypatch):
    task, asked = Task(1, quietly), []
    monkeypatch.setattr(
        compare_encoders,
        "encode",
        lambda source, texts, _: asked.append(source.title) or np.eye(len(texts), dtype=np.float32),
    )
    file = tmp_path / "a.gguf"
    file.write_bytes(b"one")

    def compared() -> dict:
        spec = comparing(Source("gguf", "a", str(file)), corpus.load("everyday"), "everyday")
        return CompareWorker().neighbours(task, **spec.arguments)

    first, again = compared(), compared()
    assert first["indices"] == again["indices"] and asked == ["a"] and first["bytes"] == 3
    file.write_bytes(b"two!")
    compared()
    assert asked == ["a", "a"]


def test_a_large_corpus_is_sampled_always_alike():
    assert sampled(5).tolist() == [0, 1, 2, 3, 4]
    rows = sampled(100_000)
    assert len(rows) == len(set(rows.tolist())) == compare_encoders.MOST and (sampled(100_000) == rows).all()
