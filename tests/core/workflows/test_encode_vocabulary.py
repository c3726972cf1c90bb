"""A sentence encoder's words: each word encoded by itself, kept, and gone on with after a break."""

from __future__ import annotations

import numpy as np
import pytest

from core import catalog
from core.documents import corpus
from core.errors import MissingModel, UnreadableFile
from core.words.files import store
from core.workflows import encode_vocabulary

WORDS = ["king", "queen", "linux", "unix", "a b", "nan"]


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))


def test_minilms_words_are_what_sentence_transformers_gives():
    """Both ways to encode, by our own layers and by the library from the same folder, agree to rounding."""
    folder = str(catalog.find("minilm").path)
    ours = np.asarray(encode_vocabulary.encoder_of("minilm")(WORDS))
    theirs = np.asarray(encode_vocabulary.encoder_of(folder)(WORDS))
    assert ours.shape == theirs.shape == (6, 384)
    assert np.allclose(np.linalg.norm(theirs, axis=1), 1, atol=1e-5)
    assert (ours * theirs).sum(axis=1).min() > 0.995
    assert ours[2] @ ours[3] > ours[2] @ ours[0], "linux is nearer to unix than to king"


def test_a_folder_with_an_encoder_compares_documents():
    """As a fetched one does on the documents page: the same model, the same neighbours."""
    from core.workflows import compare_encoders
    from core.workflows.compare_encoders import Source

    folder = catalog.find("minilm").path
    texts, told = corpus.load("everyday").texts[:40], []
    encoded = compare_encoders.encode(
        Source("folder", "mini", str(folder)), texts, lambda part, doing: told.append((part, doing))
    )
    assert encoded.shape == (40, 384) and len(told) == 3
    ours = compare_encoders.nearest(np.asarray(encode_vocabulary.encoder_of("minilm")(list(texts)), dtype=np.float32))
    found = compare_encoders.nearest(encoded)
    assert (
        np.mean(
            [
                len(set(one[:5]) & set(other[:5])) / 5
                for one, other in zip(found.indices.tolist(), ours.indices.tolist(), strict=True)
            ]
        )
        > 0.9
    )


def test_a_set_is_kept_and_opened_like_any_other(monkeypatch):
    table = {word: row for word, row in zip(WORDS, np.eye(6, 4, dtype=np.float32) + 0.1, strict=True)}
    asked: list[str] = []

    def encode(texts):
        asked.extend(texts)
        return np.array([table[text] for text in texts])

    monkeypatch.setattr(encode_vocabulary, "WORDS_IN_A_PIECE", 2)

    def stop(fraction, doing):
        if fraction > 0.6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        encode_vocabulary.encode(WORDS, "minilm", "Some", stop, lambda folder: encode)
    assert asked == WORDS[:4] and store.stored() == []
    told = []
    kept = encode_vocabulary.encode(WORDS, "minilm", "Some", lambda *done: told.append(done), lambda folder: encode)
    assert asked == WORDS, "what was done was not done again"
    assert told[-1] == (1.0, "encoded 6 of 6 words") and kept.title == "Some"
    opened = store.open_stored(kept.key)
    assert list(opened.words) == WORDS and opened.similarity("king", "king") == pytest.approx(1)
    assert opened.notes == ("each word encoded as a text of its own",)
    assert encode_vocabulary.encode(WORDS, "minilm", "Some", lambda *done: None, lambda folder: None).key == kept.key


def test_what_is_no_encoder_gets_a_sentence(tmp_path):
    with pytest.raises(MissingModel, match="no sentence encoder"):
        encode_vocabulary.encoder_of(str(tmp_path))
    (tmp_path / "config.json").write_text('{"model_type": "none of the kind"}')
    (tmp_path / "modules.json").write_text('[{"idx": 0, "name": "0", "path": "", "type": "custom.Module"}]')
    with pytest.raises(UnreadableFile, match="not run"):
        encode_vocabulary.encoder_of(str(tmp_path))


def test_the_worker_takes_the_words_of_a_set(monkeypatch):
    monkeypatch.setattr(
        encode_vocabulary.encode, "__defaults__", (lambda folder: lambda texts: np.eye(len(texts), 384),)
    )

    class Told:
        def progress(self, fraction, doing):
            pass

    found = encode_vocabulary.EncodedWords().encode(Told(), "minilm-words", 40, "minilm", "MiniLM, encoded")
    opened = store.open_stored(found["key"])
    assert list(opened.words) == list(catalog.load("minilm-words").words[:40]) and opened.matrix.shape == (40, 384)
