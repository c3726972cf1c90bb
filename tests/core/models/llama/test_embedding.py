"""Vectors by llama.cpp: of the installed encoder's own weights against the other two ways to compute them, and more."""

import numpy as np
import pytest

from core import catalog
from core.errors import Cancelled, UnreadableFile, UserError
from core.models.llama.embedding import batches, open_embedder
from core.pocket.gguf_writer import write_gguf
from tests.support.bert_files import minilm_as_gguf
from tests.support.gguf_files import random_model

TEXTS = [
    "A llama in the Andes.",
    "The bank of the river Main",
    "naïve café, 片 🧀",
    "",
    "tensor " * 600,
    *(f"text number {number} " * (number % 20) for number in range(35)),
]


@pytest.fixture(scope="module")
def minilm(tmp_path_factory):
    path = minilm_as_gguf(catalog.find("minilm").path, tmp_path_factory.mktemp("bert") / "minilm.gguf")
    embedder = open_embedder(path)
    yield embedder
    embedder.close()


def test_the_same_weights_give_the_same_vectors_as_our_own_encoder(minilm):
    """MiniLM's weights in float16 by llama.cpp, against its float32 weights in numpy, which reads 256 tokens."""
    vectors = minilm.embed(TEXTS)
    assert vectors.shape == (40, 384) and vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    ours = catalog.load("minilm")
    for place in (0, 1, 5, 20, 30, 39):
        assert float(vectors[place] @ ours.encode_query(TEXTS[place])) > 0.9995 if TEXTS[place] else True
    assert minilm.texts_cut == 1 and minilm.longest == 512


def test_a_text_has_the_same_vector_alone_as_among_others(minilm):
    together = minilm.embed(TEXTS)
    for place in (0, 3, 4, 30):
        assert float(minilm.embed([TEXTS[place]])[0] @ together[place]) > 0.9999


def test_the_files_word_on_pooling_is_heeded(minilm, tmp_path):
    folder = catalog.find("minilm").path
    first = open_embedder(minilm_as_gguf(folder, tmp_path / "first.gguf", pooling=2))
    silent = open_embedder(minilm_as_gguf(folder, tmp_path / "silent.gguf", pooling=None))
    assert (minilm.pooling, first.pooling, silent.pooling) == ("mean", "first token", "mean")
    mean, cls, default = (one.embed(TEXTS[:1])[0] for one in (minilm, first, silent))
    assert float(mean @ default) > 0.9999 and float(mean @ cls) < 0.98
    first.close()
    silent.close()


@pytest.mark.parametrize("architecture", ["llama", "gptneox"])
def test_language_models_embed_too(tmp_path, architecture):
    embedder = open_embedder(random_model(tmp_path / "m.gguf", architecture))
    texts = ["w1 w2 w3", "w1 w2 w3 w9 w9", "w200", ""]
    vectors = embedder.embed(texts)
    assert vectors.shape == (4, 32) and np.linalg.norm(vectors, axis=1) == pytest.approx(1, abs=1e-5)
    assert float(vectors[0] @ vectors[1]) < 0.99999
    for text, vector in zip(texts, vectors, strict=True):
        assert float(embedder.embed([text])[0] @ vector) > 0.999
    embedder.close()


def test_nothing_in_nothing_out(minilm):
    assert minilm.embed([]).shape == (0, 384)


def test_progress_is_told_and_an_exception_from_it_stops(minilm):
    told = []
    minilm.embed(["A llama in the Andes. " * 20] * 12, lambda fraction, doing: told.append((fraction, doing)))
    assert any("of 12" in doing for _, doing in told)

    def stop(fraction, doing):
        raise Cancelled()

    with pytest.raises(Cancelled):
        minilm.embed(["A llama in the Andes. " * 20] * 400, stop)
    assert minilm.embed(["well"]).shape == (1, 384)


def test_a_model_that_only_ranks_and_a_broken_file_get_a_sentence(tmp_path):
    write_gguf(
        tmp_path / "rank.gguf",
        {"general.architecture": "bert", "bert.pooling_type": 4},
        {"token_embd.weight": np.zeros((4, 4), np.float32)},
    )
    with pytest.raises(UserError, match="orders texts by relevance"):
        open_embedder(tmp_path / "rank.gguf")
    (tmp_path / "cut.gguf").write_bytes((tmp_path / "rank.gguf").read_bytes()[:-40])
    with pytest.raises(UnreadableFile, match="cut short"):
        open_embedder(tmp_path / "cut.gguf")
    write_gguf(
        tmp_path / "hollow.gguf",
        {"general.architecture": "bert", "bert.context_length": 16},
        {"token_embd.weight": np.zeros((4, 4), np.float32)},
    )
    with pytest.raises(UnreadableFile, match="cannot load"):
        open_embedder(tmp_path / "hollow.gguf").embed(["x"])


def test_batches_hold_every_text_once_within_bounds():
    lengths = [3, 900, 40, 40, 500, *[9] * 200]
    found = list(batches(lengths, 2048, 64))
    assert sorted(place for batch in found for place in batch) == list(range(len(lengths)))
    assert found[0] == [1], "a long text goes alone"
    assert all(
        sum(lengths[place] for place in batch) <= max(512, lengths[batch[0]]) and len(batch) <= 64 for batch in found
    )
