"""A stranger's tokenizer is run apart: whatever it does, here comes its answer or a sentence, and soon."""

from __future__ import annotations

import json
import os
import re
import time

import numpy as np
import pytest

from core.errors import StoppedAtGate, UnreadableFile, UserError
from core.runtime import gate
from core.tokens import foreign, own_files, steps, tokenizers
from core.tokens.formats import files
from core.tokens.vocabulary import Vocabulary
from core.tokens.vocabulary_table import Table
from tests.support import evil_files
from tests.support.evil_files import gguf_with, value_number, value_numbers, value_text, value_texts
from tests.support.patience import within_s
from tests.support.tiny_vocabulary import tiny_gguf

pytestmark = pytest.mark.timeout(120)


def put(tmp_path, content, name="tokenizer.json"):
    path = tmp_path / name
    path.write_bytes(content)
    return path


def told(action):
    """The `UserError` that comes, and it comes in time."""
    began = time.monotonic()
    with pytest.raises(UserError) as caught:
        action()
    assert time.monotonic() - began < within_s()
    assert caught.value.what.endswith(".") and caught.value.next_step
    return caught.value


@pytest.mark.parametrize(
    "content, doing",
    [
        (evil_files.expanding(), r"ended the process|longer than \d+ seconds"),
        (evil_files.null_charsmap(), "PanicException"),
        (evil_files.high_id(), "id 300,000,000"),
    ],
    ids=["expands", "null charsmap", "id of 3e8"],
)
def test_a_file_that_cannot_be_opened_safely_is_a_sentence(tmp_path, content, doing):
    path = put(tmp_path, content)
    assert re.search(doing, told(lambda: tokenizers.load_file(path)).what)
    assert tokenizers.load_file(put(tmp_path, tiny_gguf(), "a.gguf")).ids("ab")


def test_a_rule_that_panics_on_a_text_is_a_sentence_and_other_texts_go(tmp_path):
    made = tokenizers.load_file(put(tmp_path, evil_files.backtracking()))
    assert "PanicException" in told(lambda: made.encode("a" * 40)).what
    assert [token.bytes for token in made.encode("abc")] == [b"a", b"b", b"c"]
    told(lambda: steps.replay(made, "a" * 40))


def test_a_normaliser_that_expands_only_long_texts_is_a_sentence(tmp_path):
    made = tokenizers.load_file(put(tmp_path, evil_files.expanding(2)))
    assert len(made.ids("a")) == 10_000
    assert isinstance(told(lambda: made.ids("a" * 100_000)), StoppedAtGate)
    assert len(made.ids("b")) == 10_000


def test_words_without_a_longest_are_a_sentence(tmp_path):
    made = tokenizers.load_file(put(tmp_path, evil_files.endless_words()))
    assert made.vocabulary_size == 3 and len(made.ids("a b a")) == 3
    told(lambda: made.ids("a" * 900_000))


def test_what_an_engine_refuses_to_do_is_said_in_its_words(tmp_path):
    path = put(tmp_path, evil_files.word_pieces({"a": 0}))
    assert "[UNK]" in told(lambda: tokenizers.load_file(path).encode("xyz")).what


def test_a_vocabulary_with_holes_gives_the_tokens_of_their_ids(tmp_path):
    made = tokenizers.load_file(put(tmp_path, evil_files.word_pieces({"[UNK]": 2, "a": 5, "##b": 9})))
    assert made.vocabulary_size == 10
    assert [(token.id, token.bytes) for token in made.encode("ab a")] == [(5, b"a"), (9, b"b"), (5, b"a")]


TOKENS = value_texts(b"<unk>", b"<s>", b"a", b"b")


@pytest.mark.parametrize(
    "fields",
    [
        {"tokens": value_text(b"abc")},
        {"tokens": value_number(4)},
        {"tokens": value_numbers(1, 2)},
        {"tokens": value_texts()},
        {"tokens": TOKENS, "scores": value_text(b"high")},
        {"tokens": TOKENS, "scores": value_texts(b"1", b"2", b"3", b"4")},
        {"tokens": TOKENS, "scores": value_numbers(1, 2)},
        {"tokens": TOKENS, "scores": value_numbers(0, 1, 2, float("nan"))},
        {"tokens": TOKENS, "token_type": value_numbers(1, 1, 300, 1)},
        {"tokens": TOKENS, "token_type": value_text(b"x")},
        {"tokens": TOKENS, "bos_token_id": value_number(77)},
        {"tokens": TOKENS, "bos_token_id": value_text(b"<s>")},
        {"tokens": TOKENS, "unknown_token_id": value_number(4_000_000_000)},
        {"tokens": TOKENS, "unknown_token_id": value_numbers(0)},
        {"tokens": TOKENS, "add_space_prefix": value_texts()},
    ],
    ids=lambda fields: " ".join(f"{key}:{len(value)}" for key, value in fields.items()),
)
@pytest.mark.parametrize("model", [b"llama", b"t5", b"gpt2", b"bert", b"gemma4"])
def test_keys_of_a_wrong_type_in_a_gguf(tmp_path, model, fields):
    """Read here, not at the gate: it is the reader that must refuse them."""
    path = put(
        tmp_path,
        gguf_with(
            tokenizer__ggml__model=value_text(model),
            tokenizer__ggml__merges=value_texts(),
            **{f"tokenizer__ggml__{key}": value for key, value in fields.items()},
        ),
        "a.gguf",
    )
    try:
        made = files.load(path)
    except UnreadableFile as refused:
        assert "a.gguf" in refused.what
    else:  # a field that this kind of vocabulary does not use
        assert made.ids("ab") is not None
        assert not fields.keys() & {"bos_token_id", "token_type"} and len(fields["tokens"]) == len(TOKENS)


def test_tokens_that_are_a_text_are_said_to_be_one(tmp_path):
    odd = gguf_with(tokenizer__ggml__model=value_text(b"llama"), tokenizer__ggml__tokens=value_text(b"abc"))
    assert "no list of texts" in told(lambda: files.load(put(tmp_path, odd, "a.gguf"))).what


def test_a_vocabulary_whose_kind_or_template_is_no_text(tmp_path):
    odd = gguf_with(tokenizer__ggml__model=value_texts(b"llama"), tokenizer__ggml__tokens=TOKENS)
    told(lambda: tokenizers.load_file(put(tmp_path, odd, "a.gguf")))
    odd = gguf_with(
        tokenizer__ggml__model=value_text(b"llama"),
        tokenizer__ggml__tokens=TOKENS,
        tokenizer__ggml__token_type=value_numbers(2, 3, 1, 1),
        tokenizer__chat_template=value_number(3),
    )
    assert tokenizers.load_file(put(tmp_path, odd, "b.gguf")).chat_template == ""


# ---------------------------------------------------------------- the same as without the gate


@pytest.fixture(scope="module")
def samples(tmp_path_factory):
    folder = tmp_path_factory.mktemp("samples")
    plain = put(folder, evil_files.tokenizer_json(decoder={"type": "Fuse"}))
    whole = put(folder, tiny_gguf(), "tiny.gguf")
    return [
        plain,
        whole,
        put(
            folder,
            evil_files.word_pieces({"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "ab": 3, "##c": 4}),
            "word_tokenizer.json",
        ),
    ]


@pytest.mark.parametrize("number", [0, 1, 2])
def test_the_gate_changes_nothing_in_what_a_tokenizer_says(samples, number):
    here, apart = files.load(samples[number], native=True), tokenizers.load_file(samples[number])
    assert isinstance(apart, foreign.Foreign)
    assert (apart.family, apart.proof, apart.lossless, list(apart.begin), list(apart.end), apart.about) == (
        here.family,
        here.proof,
        here.lossless,
        list(here.begin),
        list(here.end),
        here.about,
    )
    everything = range(here.vocabulary_size)
    assert list(map(apart.piece, everything)) == list(map(here.piece, everything))
    for text in ("", "ab c abc", "é 🤖 ab", "a\n\nb", "[SEP] <s> ab" * 30):
        for special in (False, True):
            theirs, ours = here.analyse(text, special, special), apart.analyse(text, special, special)
            assert ours.tokens == theirs.tokens and ours.normalised == theirs.normalised
            np.testing.assert_array_equal(ours.typed_starts, theirs.typed_starts)
            assert apart.ids(text, special, special) == here.ids(text, special, special)
        assert apart.decode(apart.ids(text)) == here.decode(here.ids(text))
        assert apart.normalise(text) == here.normalise(text)
        assert steps.replay(apart, text[:60]) == steps.replay(here, text[:60])
    np.testing.assert_array_equal(Table(apart).unreachable(), Table(here).unreachable())


def test_a_long_text(samples):
    apart = tokenizers.load_file(samples[1])
    text = "ab abab é " * 20_000
    assert apart.ids(text) == files.load(samples[1]).ids(text)
    assert len(apart.encode(text)) == len(apart.ids(text))


def test_half_a_character_is_refused_before_anything_is_asked(samples):
    made = tokenizers.load_file(samples[1])
    trips = gate.gate.round_trips
    with pytest.raises(UserError, match="surrogate"):
        made.encode("a\ud800")
    assert gate.gate.round_trips == trips


# ---------------------------------------------------------------- trips


def test_what_ships_with_the_lab_is_not_asked_at_the_gate():
    trips = gate.gate.round_trips
    for key in ("bert", "pocket", "utf-8-bytes"):
        assert tokenizers.load(key).ids("No round trip.")
    assert gate.gate.round_trips == trips


def test_a_file_that_was_read_once_needs_few_trips(samples):
    made = tokenizers.load_file(samples[1])
    made.encode("ab ab")
    trips = gate.gate.round_trips
    made.encode("ab ab")  # as each rerun of a page does
    assert made.piece(3) and made.vocabulary.bytes_of(4) and list(made.parts("<s>ab", True))
    assert Table(made).scripts.any()
    assert gate.gate.round_trips == trips
    made.encode("ab abc")
    assert gate.gate.round_trips == trips + 1


def test_an_edit_of_500_characters_takes_milliseconds(samples):
    for path in samples:
        made = tokenizers.load_file(path)
        made.encode("warm")
        times = []
        for number in range(20):
            began = time.perf_counter()
            made.encode("ab abc cab. " * 41 + str(number))
            times.append(time.perf_counter() - began)
        assert sorted(times)[10] < 0.05, "an edit has 0.15 s for everything"


def test_a_process_that_was_killed_costs_nothing_but_itself(samples):
    import signal

    made = tokenizers.load_file(samples[1])
    made.encode("before")
    for pid in gate.gate.pids:
        os.kill(pid, signal.SIGKILL)
    time.sleep(0.2)
    assert made.encode("after")


def test_a_file_that_changed_is_said(tmp_path):
    path = put(tmp_path, tiny_gguf(), "a.gguf")
    made = tokenizers.load_file(path)
    path.write_bytes(evil_files.tokenizer_json())
    assert "has changed" in told(lambda: made.encode("a")).what
    path.unlink()
    assert "changed" in told(lambda: made.encode("b")).what or True
    told(lambda: tokenizers.load_file(path))


def test_answers_that_do_not_fit_are_refused(samples, monkeypatch):
    made = tokenizers.load_file(samples[1])
    good = made._ask("analyse", text="ab", add_special=False, parse_special=False)
    for change in (
        {"ids": np.array([9999])},
        {"ids": np.array([-1])},
        {"ends": good["ends"] + 100},
        {"typed_starts": np.array([0, 1, 2])},
        {"starts": np.array([0.5])},
    ):
        monkeypatch.setattr(made, "_ask", lambda *_, change=change, **__: good | change)
        with pytest.raises(UserError, match="do not fit"):
            made.encode("ab")
    for blob, offsets, kinds in (
        (b"ab", [0, 1], [1, 1]),
        (b"ab", [0, 2, 1], [1, 1]),
        (b"ab", [0, 1, 2], [1, 7]),
        (b"ab", [0, 1, 9], [1, 1]),
        ("ab", [0, 1, 2], [1, 1]),
    ):
        with pytest.raises(ValueError):
            Vocabulary.of_arrays(blob, np.array(offsets), np.array(kinds))


# ---------------------------------------------------------------- uploads


@pytest.mark.parametrize(
    "content, name",
    [
        (evil_files.expanding(), "tokenizer.json"),
        (evil_files.null_charsmap(), "tokenizer.json"),
        (b"not a model", "tokenizer.model"),
        (
            gguf_with(tokenizer__ggml__model=value_text(b"llama"), tokenizer__ggml__tokens=value_text(b"abc")),
            "tokens_str.gguf",
        ),
    ],
)
def test_an_upload_that_is_refused_is_named_as_its_owner_does_and_not_kept(content, name):
    before = set(own_files.found())
    error = told(lambda: own_files.keep("My file." + name.rsplit(".", 1)[1], content))
    assert "“My file." in error.what and "““" not in error.what and "vocabulary.gguf" not in error.what
    assert set(own_files.found()) == before
    assert json.dumps(error.what)


@pytest.mark.parametrize("key", ["gpt-2", "llama-2", "xlm-r", "bert-bge", "gemma-4", "deepseek-llm"])
def test_published_vocabularies_as_files_of_strangers(packed, key):
    """One of each kind of the archive: read apart, every question is answered as it is here."""
    from core.tokens import pack

    here, apart = files.load(pack.path_of(key)), tokenizers.load_file(pack.path_of(key))
    for text in ("Hello, world! 片仮名 🤖 naïve", " x\n\n\ty 1234567 ", "</s> <s>[SEP]"):
        for special in (False, True):
            assert apart.analyse(text, special, special).tokens == here.analyse(text, special, special).tokens
        assert apart.decode(apart.ids(text)) == here.decode(here.ids(text))
        assert steps.replay(apart, text) == steps.replay(here, text)
