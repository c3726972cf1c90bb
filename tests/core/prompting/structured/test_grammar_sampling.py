"""A grammar refuses as few tokens as it must and as llama.cpp would, whatever the vocabulary's size."""

import numpy as np
import pytest

from core import catalog
from core.models.llama import model as llama
from core.prompting.decoding.sampler import Sampler
from core.prompting.structured.grammar_prefilter import GrammarPrefilter, _first, ends_within_a_letter

JSON = r'root ::= "{" "\"" [^"\\\x7F\x00-\x1F]* "\"" ":" [0-9]+ "}"'


@pytest.fixture(scope="module")
def native():
    model = llama.Model(str(catalog.find("pocket-chat").path), lambda fraction: False)
    yield model
    model.close()


def sampler_of(native, grammar=JSON, **more):
    return Sampler(
        native,
        **{
            "temperature": 0.9,
            "top_k": 20,
            "top_p": 0.95,
            "min_p": 0.02,
            "repeat_penalty": 1.0,
            "repeat_window": 64,
            "seed": 3,
            "grammar": grammar,
            **more,
        },
    )


def written(native, sampler, text):
    for token in native.tokenize(text, add_bos=False, parse_special=False):
        sampler.accept(token)


@pytest.mark.parametrize("before", ["", "{", '{"', '{"a', '{"aé', '{"a":', '{"a":1', '{"a":1}'])
def test_by_first_letters_the_same_tokens_are_allowed_as_one_by_one(native, before):
    sampler = sampler_of(native)
    if before:
        for letter in before:  # as the grammar sees them: bytes, not the tokenizer's leading space
            for byte in letter.encode():
                sampler.accept(next(token for token in range(native.size) if native.piece(token) == bytes([byte])))
    every = np.arange(native.size, dtype=np.int32)
    one_by_one = every[sampler._allowed(every)]
    if ends_within_a_letter(sampler._tail):
        pytest.skip("within a letter the whole vocabulary is asked")
    assert sorted(GrammarPrefilter(native).allowed(sampler._allowed).tolist()) == one_by_one.tolist()
    assert len(one_by_one) > 0
    sampler.close()


@pytest.mark.parametrize("settings", [{"temperature": 0.0}, {}, {"top_k": 0}, {"repeat_penalty": 1.3}])
def test_the_draw_is_that_of_the_whole_filtered_vocabulary(native, settings):
    chance, refusals = np.random.default_rng(1), 0
    for seed in range(25):
        logits = chance.normal(0, 4, native.size).astype(np.float32)
        sampler = sampler_of(native, seed=seed, **settings)
        token, left = sampler.draw(logits)
        other = sampler_of(native, seed=seed, **settings)
        every = np.arange(native.size, dtype=np.int32)
        if settings.get("temperature") != 0.0:
            other.draw(logits)  # the refused draw took a random number too
        expected, remaining = other._apply(logits, every[other._allowed(every)], other.chain)
        refusals += sampler.refused is not None
        if sampler.refused is None:
            continue
        if settings.get("temperature") == 0.0:
            assert token == expected
        else:
            assert sorted(left["id"].tolist()) == sorted(remaining["id"].tolist())
            np.testing.assert_allclose(np.sort(left["p"]), np.sort(remaining["p"]), atol=1e-6)
        sampler.close()
        other.close()
    assert refusals > 15


def test_a_token_that_is_allowed_is_not_refused(native):
    sampler = sampler_of(native, "root ::= [a-z]+", temperature=0.0)
    logits = np.zeros(native.size, np.float32)
    logits[next(token for token in range(native.size) if native.piece(token) == b"a")] = 5
    token, _ = sampler.draw(logits)
    assert native.piece(token) == b"a" and sampler.refused is None
    sampler.close()


def test_a_grammar_with_no_way_on_is_a_sentence(native, monkeypatch):
    from core.errors import UserError

    sampler = sampler_of(native, temperature=0.0)
    monkeypatch.setattr(sampler, "_allowed", lambda ids: np.zeros(len(ids), bool))
    with pytest.raises(UserError, match="allows none"):
        sampler.draw(np.zeros(native.size, np.float32))
    sampler.close()


def test_first_letters_and_broken_ends():
    assert [_first(text) for text in (b"a", "éa".encode(), "日".encode(), b"\xc3", b"", b"\x80")] == [
        "a",
        "é",
        "日",
        None,
        None,
        None,
    ]
    assert [
        ends_within_a_letter(text) for text in (b"", b"a", b"\xc3", "é".encode(), b"\xe6\x97", b"a\xf0\x9f\x98")
    ] == [False, False, True, False, True, True]


def test_steps_say_what_the_model_had_wanted(native):
    from core.prompting.engine import Settings, open_model

    model = open_model(catalog.find("pocket-chat").path)
    question = [{"role": "user", "content": "What is the capital of France?"}]
    free = next(iter(model.generate(question, Settings(temperature=0, max_tokens=1)))).text
    steps = list(model.generate(question, Settings(temperature=0, grammar='root ::= "Berlin."')))
    assert "".join(step.text for step in steps) == "Berlin."
    assert not free.startswith("B") and steps[0].refused == free
    model.close()
