"""A vocabulary of one's own."""

from __future__ import annotations

import time

import pytest

from core.errors import UserError
from core.tokens import training
from core.tokens.languages import SAMPLE_ENGLISH, SAMPLE_SPANISH, own_premium


def test_the_example_of_minbpe():
    trained = training.byte_pairs("aaabdaaabac", 259, rule="")
    assert trained.tokenizer.ids("aaabdaaabac") == [258, 100, 258, 97, 99]
    assert [merge.made for merge in trained.merges] == [b"aa", b"aaa", b"aaab"]
    assert [merge.count for merge in trained.merges] == [4, 2, 2]


def test_merges_as_hugging_face_s_trainer_finds_them():
    import json

    import tokenizers
    from tokenizers import models, pre_tokenizers, trainers

    text = training.sample_texts()["English"]
    theirs = tokenizers.Tokenizer(models.BPE())
    theirs.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    theirs.train_from_iterator(
        [text],
        trainers.BpeTrainer(vocab_size=306, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False),
    )
    merges = ["".join(pair).replace("Ġ", " ") for pair in json.loads(theirs.to_str())["model"]["merges"]]
    ours = [merge.made.decode() for merge in training.byte_pairs(text, 306).merges]
    # Pairs of equal counts may come in another order.
    assert len(set(merges) & set(ours)) >= 45


def test_trained_on_spanish_the_premium_turns_round(tokenizer):
    spanish = training.byte_pairs(training.sample_texts()["Spanish"], 900).tokenizer
    english = training.byte_pairs(training.sample_texts()["English"], 900).tokenizer
    assert own_premium("", spanish, SAMPLE_ENGLISH, SAMPLE_SPANISH).premium < 0.9
    assert own_premium("", english, SAMPLE_ENGLISH, SAMPLE_SPANISH).premium > 1.2
    assert spanish.decode(spanish.ids("El niño 🤖")) == "El niño 🤖"


def test_2000_tokens_within_three_seconds():
    start = time.monotonic()
    assert training.byte_pairs(training.sample_texts()["Spanish"] * 3, 2000).tokenizer.vocabulary_size > 600
    assert time.monotonic() - start < 3


def test_unigram():
    trained = training.unigram(training.sample_texts()["Spanish"], 400)
    assert trained.tokenizer.family == "Unigram" and 100 < trained.tokenizer.vocabulary_size <= 400
    assert trained.tokenizer.decode(trained.tokenizer.ids("la plaza")) == "la plaza"


@pytest.mark.parametrize("train", [training.byte_pairs, training.unigram])
@pytest.mark.parametrize(
    ("text", "size"), [("", 300), ("  \n", 300), ("abc", 100), ("abc", 10_000), ("x" * 200_001, 300), ("a\ud800", 300)]
)
def test_what_cannot_be_trained(train, text, size):
    with pytest.raises(UserError):
        train(text, size)


def test_a_text_of_one_letter():
    assert training.byte_pairs("a", 300).merges == ()
