import os
import signal
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from core import storage
from core.documents import encoders
from core.documents.encoding import encoder_trial, encoder_ways, vector_store
from core.documents.encoding.query_bert import gelu
from core.documents.encoding.sentence_bert import runs_of_equal_length
from core.errors import Cancelled, MissingModel, UserError
from tests.conftest import ROOT

TEXTS = [
    "A storm closed the road.",
    "short",
    "",
    "The violin plays a melody in the church. " * 30,
    "naïve 東京 😀",
    "half a character \ud83d",
    "word " * 20_000,
]


@pytest.fixture(scope="module")
def exact():
    encoder = encoders.load("minilm")
    encoder.precision = "float32"
    return encoder


@pytest.fixture(scope="module")
def vectors(exact):
    return exact.encode(TEXTS)


def test_vectors_have_length_one_in_the_order_of_the_texts(exact, vectors):
    assert vectors.shape == (len(TEXTS), 384) and vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(exact.encode(TEXTS[::-1])[::-1], vectors, atol=1e-5)
    assert exact.encode([]).shape == (0, 384)


def test_the_same_as_sentence_transformers(exact, vectors):
    from sentence_transformers import SentenceTransformer

    texts = [text for text in TEXTS if "\ud83d" not in text]
    theirs = SentenceTransformer(str(exact.folder), device="cpu").encode(texts, normalize_embeddings=True)
    rows = [row for row, text in enumerate(TEXTS) if "\ud83d" not in text]
    np.testing.assert_allclose(vectors[rows], theirs, atol=2e-6)


def test_bfloat16_hardly_turns_the_vectors(exact, vectors):
    rough = encoders.Encoder("minilm", exact.folder, "bfloat16").encode(TEXTS)
    assert (rough * vectors).sum(axis=1).min() > encoders.LOWEST_COSINE


def test_a_query_without_torch_gives_the_same_vector(exact, vectors):
    for text, vector in zip(TEXTS, vectors, strict=True):
        if text:
            np.testing.assert_allclose(exact.encode_query(text), vector, atol=3e-6)
    code = (
        "import sys; from core.documents import encoders; encoders.load('minilm').encode_query('a word')\n"
        "assert not {'torch', 'transformers', 'scipy', 'sklearn'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)
    with pytest.raises(UserError, match="nothing to look for"):
        exact.encode_query("  \n ")


def test_gelu_of_one():
    assert gelu(np.float32([1]))[0] == pytest.approx(0.8413447, abs=1e-6)
    assert gelu(np.float32([-3]))[0] == pytest.approx(-0.0040497, abs=1e-6)


def test_batches_hold_so_many_tokens_longest_first():
    assert [batch.tolist() for batch in encoders.batches_by_tokens([2, 5, 3], 6)] == [[1], [2, 0]]
    assert [batch.tolist() for batch in encoders.batches_by_tokens([9], 6)] == [[0]]
    assert runs_of_equal_length([3, 3, 2], heads=12) == [(0, 2, 3), (6, 1, 2)]
    assert runs_of_equal_length([256] * 3, heads=12) == [(0, 2, 256), (512, 1, 256)], "what the cache holds"


def test_a_vector_does_not_depend_on_its_batch(exact, vectors, monkeypatch):
    monkeypatch.setattr(encoders, "TEXTS_AT_A_TIME", 2)
    np.testing.assert_allclose(exact.encode(TEXTS), vectors, atol=1e-5)


def test_cores_with_a_batch_each_give_every_text_its_vector_and_stop_when_told(exact, vectors):
    seen = []
    many = exact.encode(TEXTS * 6, lambda fraction, doing: seen.append(fraction))
    np.testing.assert_allclose(many, np.tile(vectors, (6, 1)), atol=1e-5)
    assert len(seen) > 2 and seen == sorted(seen)
    encoded = []
    for rows, _ in exact.batches(TEXTS * 12):
        encoded.extend(rows)
        break
    assert 0 < len(encoded) < len(TEXTS) * 12


def test_progress_reaches_the_end_and_can_stop(exact):
    seen = []
    exact.encode(["one", "two"], lambda fraction, doing: seen.append(fraction))
    assert seen[-1] == 1

    def stop(fraction, doing):
        raise Cancelled

    with pytest.raises(Cancelled):
        exact.encode(["one", "two"], stop)
    assert len(exact.encode(["one"])) == 1, "and it goes on"


def test_precision_is_chosen_with_a_reason():
    chosen = encoders.load("minilm").choose_precision()
    assert chosen.reason and (chosen.name == "float32" or chosen.lowest_cosine >= encoders.LOWEST_COSINE)
    if not encoder_ways.names():
        assert chosen.name == "float32"


def test_the_trial_of_precisions_is_made_once(tmp_path, monkeypatch, exact):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    monkeypatch.setattr(encoder_ways, "names", lambda: ["bfloat16"])
    trials = []

    def trial(base, other, clock):
        trials.append(other)
        return encoder_trial.Evidence((3.0,) * 7, 0.999)

    monkeypatch.setattr(encoder_trial, "look", trial)
    for _ in range(2):
        assert encoders.Encoder("minilm", exact.folder).choose_precision() == encoders.Precision(
            "bfloat16", "3.0 times as fast as float32 in 7 paired rounds here, cosine at least 0.9990", 3.0, 0.999, 7
        )
    assert len(trials) == 1


def test_a_trial_of_this_machine_s_own_ways_keeps_one_model(tmp_path, monkeypatch, exact):
    """The same texts in both precisions, timed in turns, as batches of many texts are computed."""
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    monkeypatch.setattr(encoder_ways, "names", lambda: ["bfloat16"])
    encoder = encoders.Encoder("minilm", exact.folder)
    rows = encoder._trial("float32")
    assert len(rows) == len(encoder_trial.sample()) and len({row.tobytes() for row in rows}) == len(rows)
    np.testing.assert_allclose(rows, exact.encode(encoder_trial.sample()), atol=1e-5)
    chosen = encoder.choose_precision()
    assert list(encoder._models) == [chosen.name] and "paired rounds" in chosen.reason


def test_an_unknown_encoder_is_named():
    with pytest.raises(MissingModel, match="nothing-here"):
        encoders.load("nothing-here")


# ---------------------------------------------------------------- vectors kept by content


class FiveWords(encoders.Encoder):
    """A fake: the vector of a text is its length in every direction; it counts what it encodes."""

    dimension = 4
    seen: list[str] = []

    def identity(self):
        return "five words"

    def batches(self, texts):
        for start in range(0, len(texts), 100):
            self.seen.extend(texts[start : start + 100])
            rows = np.arange(start, min(start + 100, len(texts)))
            yield rows, np.array([[len(texts[row])] * 4 for row in rows], dtype=np.float32)


@pytest.fixture
def five(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    FiveWords.seen = []
    return FiveWords("five", tmp_path)


def test_only_new_texts_are_encoded_and_equal_ones_once(five):
    texts = [f"text number {number % 900}" for number in range(1000)]
    vectors, new = vector_store.encode(five, texts)
    assert new == 900 and len(five.seen) == 900
    np.testing.assert_array_equal(vectors[:, 0], [len(text) for text in texts])
    edited = texts.copy()
    edited[10:30] = [f"edited {number}" for number in range(20)]
    again, new = vector_store.encode(five, edited)
    assert new == 20 and len(five.seen) == 920
    np.testing.assert_array_equal(again[:, 0], [len(text) for text in edited])


def test_editing_100_of_100_000_documents_encodes_100(five):
    texts = [f"text number {number}" for number in range(100_000)]
    assert vector_store.encode(five, texts)[1] == 100_000
    five.seen.clear()
    for number in range(100):
        texts[number * 997] = f"edited {number}"
    vectors, new = vector_store.encode(five, texts)
    assert new == 100 and len(five.seen) == 100
    np.testing.assert_array_equal(vectors[:, 0], [len(text) for text in texts])


@pytest.mark.parametrize("damage", ["a flipped bit", "a broken head", "cut short", "rubbish in the middle"])
def test_a_damaged_file_is_noticed_and_its_texts_are_encoded_again(five, damage):
    texts = [f"text number {number}" for number in range(600)]
    vector_store.encode(five, texts)
    (path,) = storage.folder("vectors").glob("*/*.vectors")
    content = bytearray(path.read_bytes())
    batch = len(content) // 6
    if damage == "a flipped bit":
        content[2 * batch + 100] ^= 1
    elif damage == "a broken head":
        content[2 * batch + 9] ^= 255  # a wrong count: where does the next batch begin?
    elif damage == "cut short":
        del content[-50:]
    else:
        content[2 * batch : 2 * batch] = b"rubbish " * 40
    path.write_bytes(content)
    five.seen.clear()
    vectors, new = vector_store.encode(five, texts)
    assert new == (0 if damage == "rubbish in the middle" else 100), "one batch, no more"
    np.testing.assert_array_equal(vectors[:, 0], [len(text) for text in texts])
    assert vector_store.encode(five, texts)[1] == 0


def test_cancelling_keeps_what_was_encoded(five):
    def stop(fraction, doing):
        if fraction >= 0.499:
            raise Cancelled

    with pytest.raises(Cancelled):
        vector_store.encode(five, [f"text {number:04}" for number in range(1000)], stop)
    assert vector_store.encode(five, [f"text {number:04}" for number in range(1000)])[1] == 500


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is a POSIX matter")
def test_kill_9_in_the_middle_loses_at_most_one_batch(five):
    code = """
        import sys
        from tests.core.documents.test_encoders import FiveWords
        from core.documents.encoding import vector_store
        import os, pathlib
        def watch(fraction, doing):
            print(doing, flush=True)
            if fraction >= 0.6:
                os.kill(os.getpid(), 9)
        vector_store.encode(FiveWords("five", pathlib.Path()), [f"text {n}" for n in range(2000)], watch)
    """
    ended = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        env={**os.environ, "TEXTLAB_TEST_HOME": os.environ["TEXTLAB_HOME"]},
    )
    assert ended.returncode == -signal.SIGKILL, ended.stderr
    new = vector_store.encode(five, [f"text {number}" for number in range(2000)])[1]
    assert new in (700, 800), "a batch of the fake encoder is 100 texts"
