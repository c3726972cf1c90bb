"""A sentence-transformers model of a folder: on the CPU or on a GPU, by trial, with fakes in place of both."""

import time

import numpy as np
import pytest

from core.documents.encoding import encoder_ways, folder_encoder
from core.documents.encoding.folder_encoder import FolderEncoder
from core.workflows import compare_encoders, encode_vocabulary
from core.workflows.compare_encoders import Source


class FakeModel:
    """Vectors whose last number says which device made them, a little apart."""

    def __init__(self, device, seconds, turned=0.01):
        self.device, self.seconds, self.turned, self.left = device, seconds, turned, 10**9

    def encode(self, texts, batch_size, normalize_embeddings, show_progress_bar):
        self.left -= len(texts)
        if self.left < 0:
            raise RuntimeError("CUDA out of memory.")
        time.sleep(self.seconds)
        angle = 0.0 if self.device == "cpu" else self.turned
        return np.tile(np.float32([np.cos(angle), np.sin(angle)]), (len(texts), 1))


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(encoder_ways, "gpus", lambda: ["cuda"])
    monkeypatch.setattr(encoder_ways, "machine", lambda: "a machine with a GPU")
    monkeypatch.setattr(encoder_ways, "release", lambda: None)
    place = tmp_path / "model"
    place.mkdir()
    (place / "modules.json").write_text("[]")
    (place / "model.safetensors").write_bytes(b"weights")
    return place


def models(monkeypatch, cpu=0.004, cuda=0.0005, **how):
    made = {"cpu": FakeModel("cpu", cpu), "cuda": FakeModel("cuda", cuda, **how)}
    monkeypatch.setattr(FolderEncoder, "_loaded", lambda self, device: made[device])
    return made


def test_a_gpu_that_gains_is_used_and_said(folder, monkeypatch):
    models(monkeypatch)
    assert folder_encoder.where(folder) == "float32", "nothing was tried yet"
    encoder = FolderEncoder(folder)
    assert encoder.way == "cuda" and encoder(["a"])[0, 1] > 0 and list(encoder._models) == ["cuda"]
    assert folder_encoder.where(folder) == "float32 on the GPU (CUDA)"
    assert compare_encoders.where(Source("folder", "x", str(folder))) == "float32 on the GPU (CUDA)"
    assert compare_encoders.where(Source("tfidf", "x")) == ""


@pytest.mark.parametrize("how", [{"cuda": 0.02}, {"turned": 0.2}])
def test_a_gpu_that_is_slower_or_turns_the_vectors_is_not(folder, monkeypatch, how):
    models(monkeypatch, **how)
    encoder = FolderEncoder(folder)
    assert encoder.way == "float32" and encoder(["a"])[0, 1] == 0 and folder_encoder.where(folder) == "float32"


def test_where_the_gpu_fails_in_between_all_rows_are_the_cpu_s(folder, monkeypatch):
    made = models(monkeypatch)
    FolderEncoder(folder)
    made["cuda"].left = 100
    texts, seen = [f"text {number}" for number in range(200)], []
    rows = compare_encoders.encode(Source("folder", "x", str(folder)), texts, lambda part, doing: seen.append(doing))
    assert rows.shape == (200, 2) and not rows[:, 1].any(), "all of one kind"
    assert folder_encoder.where(folder) == "float32"


def test_words_are_of_one_kind_too(folder, monkeypatch):
    monkeypatch.setattr(encode_vocabulary, "WORDS_IN_A_PIECE", 50)
    made = models(monkeypatch)
    FolderEncoder(folder)
    made["cuda"].left = 120
    kept = encode_vocabulary.encode([f"word{number}" for number in range(200)], str(folder), "Some", lambda *done: None)
    from core.words.files import store

    assert not np.asarray(store.open_stored(kept.key).matrix)[:, 1].any()


def test_without_a_gpu_nothing_is_tried(folder, monkeypatch):
    monkeypatch.setattr(encoder_ways, "gpus", lambda: [])
    made = models(monkeypatch)
    made["cuda"].left = 0
    assert FolderEncoder(folder).way == "float32" and folder_encoder.where(folder) == "float32"
