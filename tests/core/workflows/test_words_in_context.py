"""A word in sentences by MiniLM, layer by layer, and against the static vector."""

from __future__ import annotations

import numpy as np
import pytest

from core import catalog
from core.documents import encoders
from core.documents.corpus import Corpus
from core.documents.encoding.token_states import word_states
from core.errors import MissingModel
from core.words.sense_examples import EXAMPLES
from core.words.senses import read_sentences, separation
from core.workflows.words_in_context import has_layers, in_context, sentences_of, static_cosines


@pytest.fixture(scope="module")
def bank():
    occurrences, _ = read_sentences(EXAMPLES["bank"], "bank")
    return occurrences, in_context("minilm", occurrences)


def test_the_layers_of_minilm_pull_the_two_banks_apart(bank):
    occurrences, found = bank
    senses = [item.sense for item in occurrences]
    assert found.states.shape == (7, 8, 384)
    first, last = separation(found.states[0], senses), separation(found.states[6], senses)
    assert first.same == pytest.approx(first.other, abs=0.02) and first.p_value > 0.5, "the same vector but for places"
    assert last.same - last.other > 0.05 and last.right == last.counted == 8 and last.p_value == pytest.approx(1 / 35)


def test_the_states_are_those_of_transformers(bank):
    transformers = pytest.importorskip("transformers")
    torch = pytest.importorskip("torch")
    occurrences, found = bank
    folder = encoders.load("minilm").folder
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    model = transformers.AutoModel.from_pretrained(folder)
    given = tokenizer(occurrences[1].sentence, return_tensors="pt")
    row = tokenizer.convert_ids_to_tokens(given["input_ids"][0]).index("bank")
    with torch.no_grad():
        hidden = model(**given, output_hidden_states=True).hidden_states
    expected = np.stack([layer[0, row].numpy() for layer in hidden])
    assert np.abs(found.states[:, 1] - expected).max() < 1e-4


def test_the_pieces_of_a_word_are_averaged_and_named():
    occurrences, _ = read_sentences("An anteater sleeps.\nThe anteater eats.", "anteater")
    found = in_context("minilm", occurrences)
    assert all("".join(piece.removeprefix("##") for piece in word) == "anteater" for word in found.pieces)
    assert len(found.pieces[0]) > 1
    folder, sentence, start = encoders.load("minilm").folder, occurrences[0].sentence, occurrences[0].start
    ends = start + np.cumsum([0, *(len(piece.removeprefix("##")) for piece in found.pieces[0])])
    each = word_states(folder, [(sentence, int(a), int(b)) for a, b in zip(ends[:-1], ends[1:], strict=True)])
    assert np.abs(each.states.mean(axis=1) - found.states[:, 0]).max() < 1e-5
    assert np.abs(each.states[:, 0] - found.states[:, 0]).max() > 0.1


def test_a_word_beyond_what_the_encoder_reads_is_left_out_and_the_others_stay():
    occurrences, _ = read_sentences("a bank\n" + "so " * 190 + "bank", "bank")
    assert in_context("minilm", occurrences).kept == (0, 1)
    long = [occurrences[0], type(occurrences[0])("so " * 400 + "bank", 1200, 1204)]
    assert in_context("minilm", long).kept == (0,)


def test_an_encoder_that_is_not_there_is_told():
    with pytest.raises(MissingModel):
        in_context("/nowhere", [])
    assert not has_layers("/nowhere") and has_layers(str(encoders.load("minilm").folder))


def test_a_static_vector_lies_nearer_to_one_sense_for_all_sentences():
    vectors = catalog.load("glove-6b-50d")
    found = static_cosines(vectors, "Bank", ["river", "money", "money", "nonesuchx"])
    assert list(found) == ["river", "money"]
    assert found["money"] == pytest.approx(vectors.similarity("bank", "money"), abs=1e-6)
    assert static_cosines(vectors, "nonesuchx", ["river"]) == {}


def test_sentences_of_a_corpus_are_those_with_the_word_one_of_each_text():
    corpus = Corpus(
        "few", ("A bank. A tree.", "Banks!", "We saw the Bank, at last. The bank again.", "x" * 700 + " bank")
    )
    assert sentences_of(corpus, "bank") == ["A bank.", "We saw the Bank, at last."]
    assert sentences_of(corpus, " ") == [] and sentences_of(corpus, "bank", 1) == ["A bank."]
