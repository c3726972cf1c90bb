"""Tokenizer, packing, model, training and export, on a model of a few thousand parameters."""

import math
import re
from itertools import islice

import numpy as np
import pytest

from core.pocket import export, gguf_reader, parallel, train
from core.pocket.curriculum import conversations, documents
from core.pocket.gguf_writer import write_gguf
from core.pocket.model import Shape, build
from core.pocket.packing import IGNORED, batch, conversation_tokens, document_tokens, rows
from core.pocket.tokenizer import BEGIN, END, load_tokenizer, train_tokenizer

torch = pytest.importorskip("torch")
TEXTS = [
    "What is the capital of France?",
    "  two  spaces ",
    "one\n\ntwo\n",
    "tab\tand emoji 😀",
    "Zürich, señor",
    "3 + 14 = 17",
    '{"name": "Tom"}',
    "日本",
    "a",
    "<|user|> is only text here</s>",
]


@pytest.fixture(scope="module")
def tokenizer(tmp_path_factory):
    path = tmp_path_factory.mktemp("tokenizer") / "tokenizer.model"
    train_tokenizer(path, vocabulary_size=640, sample=600)
    return load_tokenizer(path)


@pytest.fixture(scope="module")
def tiny():
    shape = Shape(vocabulary=640, width=32, layers=2, heads=2, hidden=64, context=64)
    return shape, build(shape, seed=1)


def test_every_text_comes_back_from_its_tokens(tokenizer):
    for text in TEXTS + list(islice(documents(3), 200)):
        assert tokenizer.decode(tokenizer.encode(text)) == text


def test_digits_stand_alone(tokenizer):
    pieces = [piece for piece in map(tokenizer.id_to_piece, range(640)) if piece[0] != "<"]
    assert not [piece for piece in pieces if re.search(r"\d.|.\d", piece)]


def test_only_what_the_assistant_says_is_learned(tokenizer):
    tokens, learned = conversation_tokens(tokenizer, [("system", "Be kind."), ("user", "Hello."), ("assistant", "Hi!")])
    said = [token for token, counts in zip(tokens, learned, strict=True) if counts]
    assert said == [*tokenizer.encode("Hi!"), END]
    assert tokens[0] == BEGIN and tokens[1] == 3 and tokens.count(END) == 3


def test_rows_hold_whole_documents(tokenizer):
    texts = list(islice(documents(8), 400))
    known = {tuple(document_tokens(tokenizer, text)[0]) for text in texts}
    tokens, targets = rows((document_tokens(tokenizer, text) for text in texts), 4, 600)
    assert tokens.shape == targets.shape == (4, 600)
    for row in tokens:
        starts = [*np.flatnonzero(row == BEGIN), len(row)]
        for start, stop in zip(starts, starts[1:-1], strict=False):
            assert tuple(row[start:stop]) in known
    assert (targets == IGNORED).mean() < 0.2


def test_targets_are_the_next_tokens(tokenizer):
    tokens, targets = batch(tokenizer, "base", 11, 3, 128)
    counted = targets[:, :-1] != IGNORED
    assert (targets[:, :-1][counted] == tokens[:, 1:][counted]).all()
    again = batch(tokenizer, "base", 11, 3, 128)
    assert (again[0] == tokens).all() and (again[1] == targets).all()


def test_rate_rises_stays_and_falls():
    stage = train.Stage("base", 100, 1.0, warm_up=10, cool_down=0.5)
    factors = [train.rate_factor(step, stage) for step in (0, 4, 9, 50, 75, 100)]
    assert [round(factor, 3) for factor in factors] == [0.1, 0.5, 1.0, 1.0, 0.51, 0.02]


def test_training_lowers_the_loss_and_goes_on_from_a_checkpoint(tokenizer, tmp_path):
    shape = Shape(vocabulary=640, width=32, layers=1, heads=2, hidden=64, context=64)

    def stage(steps):
        return train.Stage("base", steps, 5e-3, rows=4, length=64, warm_up=2)

    start = train.held_out_loss(build(shape), tokenizer, stage(1), ())
    model = train.run(stage(12), build(shape), shape, tokenizer, tmp_path / "base.pt")
    assert train.held_out_loss(model, tokenizer, stage(1), ()) < start
    stored = torch.load(tmp_path / "base.pt", weights_only=True)
    assert stored["step"] == 12
    train.run(stage(14), build(shape), shape, tokenizer, tmp_path / "base.pt")
    assert train.load(tmp_path / "base.pt")[1]["step"] == 14


def test_two_processes_make_the_mean_gradient_of_their_rows(tokenizer, tiny):
    shape, _ = tiny
    recipe = parallel.Recipe("base", 2, 64, seed=5)
    alone, expected = build(shape), build(shape)
    with parallel.crew(alone, shape, recipe, tokenizer, workers=2) as gradients_of:
        loss = gradients_of(3)
    losses = [parallel.add_gradients(expected, *parallel.rows_of(tokenizer, recipe, 3, worker, 2)) for worker in (0, 1)]
    assert math.isclose(loss, sum(losses) / 2, rel_tol=1e-5)
    for own, summed in zip(alone.parameters(), expected.parameters(), strict=True):
        assert torch.allclose(own.grad, summed.grad / 2, rtol=1e-3, atol=1e-6)


def test_rows_taken_a_few_at_a_time_make_the_same_gradient(tokenizer, tiny, monkeypatch):
    shape, _ = tiny
    rows = parallel.rows_of(tokenizer, parallel.Recipe("base", 4, 64, seed=6), 0, 0, 1)
    whole, parts = build(shape), build(shape)
    parallel.add_gradients(whole, *rows)
    monkeypatch.setattr(parallel, "_TOKENS_AT_ONCE", 64)
    parallel.add_gradients(parts, *rows)
    for one, other in zip(whole.parameters(), parts.parameters(), strict=True):
        assert torch.allclose(one.grad, other.grad, rtol=0.05, atol=2e-4), "products are in bfloat16"


def test_training_can_go_on_from_a_file_that_ships(tokenizer, tiny, tmp_path):
    """Weights within the rounding of Q8_0, and a tokenizer that cuts as the file's own does."""
    pytest.importorskip("llama_cpp")
    shape, model = tiny
    export.export_all((model, shape), (model, shape), tokenizer, tmp_path, tmp_path)
    restored = build(shape, seed=2)
    gguf_reader.load_weights(restored, shape, tmp_path / "pocket-base-q8_0.gguf")
    for (name, one), other in zip(model.named_parameters(), restored.parameters(), strict=True):
        assert (one - other).abs().max() <= one.abs().max() / 120 + 1e-6, name
    train_tokenizer(tmp_path / "other.model", seed=8, vocabulary_size=600, sample=300)
    written = gguf_reader.tokenizer_model(tmp_path / "pocket-base-q8_0.gguf", (tmp_path / "other.model").read_bytes())
    (tmp_path / "again.model").write_bytes(written)
    again = load_tokenizer(tmp_path / "again.model")
    assert all(again.encode(text) == tokenizer.encode(text) for text in TEXTS + list(islice(documents(4), 50)))


def test_llama_cpp_cuts_and_computes_as_training_does(tokenizer, tiny, tmp_path):
    """Same tokens, and the same logits within half precision."""
    llama_cpp = pytest.importorskip("llama_cpp")
    shape, model = tiny
    export.export_f16(model, shape, tokenizer, "chat", tmp_path / "tiny.gguf")
    loaded = llama_cpp.Llama(str(tmp_path / "tiny.gguf"), n_ctx=64, n_threads=1, logits_all=True, verbose=False)
    for text in TEXTS:
        assert loaded.tokenize(text.encode(), add_bos=False, special=False) == tokenizer.encode(text)
    tokens = [BEGIN, *tokenizer.encode("What is the capital of France?")]
    loaded.eval(tokens)
    with torch.no_grad():
        expected = model(torch.tensor([tokens]))[0].numpy()
    assert np.abs(loaded.scores[: len(tokens)] - expected).max() < 0.02
    assert loaded.metadata["general.author"] == "Laptop Text Lab"
    loaded.close()


def test_quantising_makes_it_smaller(tokenizer, tiny, tmp_path):
    pytest.importorskip("llama_cpp")
    shape, model = tiny
    written = export.export_all((model, shape), (model, shape), tokenizer, tmp_path, tmp_path)
    names = [path.name for path in written]
    assert names == ["pocket-base-q8_0.gguf", "pocket-chat-q8_0.gguf", "pocket-chat-q4_0.gguf"]
    sizes = {path.name: path.stat().st_size for path in tmp_path.glob("*.gguf")}
    assert sizes["pocket-chat-q4_0.gguf"] < sizes["pocket-chat-q8_0.gguf"] < sizes["pocket-chat-f16.gguf"]


def test_a_refused_quantisation_is_told(tmp_path):
    pytest.importorskip("llama_cpp")
    (tmp_path / "rubbish.gguf").write_bytes(b"GGUF but not really")
    with pytest.raises(RuntimeError, match="gave up"):
        export.quantise(tmp_path / "rubbish.gguf", tmp_path / "out.gguf", "q8_0")


def test_the_container_by_hand(tmp_path):
    """Header, one number, one text and one matrix of two rows, byte for byte where it matters."""
    write_gguf(tmp_path / "one.gguf", {"a": 7, "b": "hi"}, {"m": np.arange(6, dtype=np.float32).reshape(2, 3)})
    raw = (tmp_path / "one.gguf").read_bytes()
    assert raw[:4] == b"GGUF" and raw[4:8] == (3).to_bytes(4, "little")
    assert int.from_bytes(raw[8:16], "little") == 1 and int.from_bytes(raw[16:24], "little") == 2
    assert np.frombuffer(raw[-32:], dtype=np.float32)[:6].tolist() == [0, 1, 2, 3, 4, 5]
    assert len(raw) % 32 == 0


def test_conversations_fit_the_context():
    lengths = [sum(len(text) for _, text in turns) for turns in islice(conversations(9), 2000)]
    assert np.percentile(lengths, 99) < 1600  # characters; a token is about three of them, the context 512 tokens
