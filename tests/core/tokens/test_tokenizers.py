"""The embedded tokenizers: ids against their makers' own code, bytes, places, special tokens."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import MissingModel, UnreadableFile, UserError
from core.tokens import tokenizers
from core.tokens.encoded import Token
from core.tokens.engines.byte_pairs import TEKKEN_NAMES
from core.tokens.vocabulary import NORMAL, Vocabulary
from tests.core.tokens.conftest import loaded
from tests.support.any_text import EMBEDDED, EXACT, TEXT, THOROUGH


def test_bytes_are_their_own_ids(tokenizer):
    assert tokenizer("utf-8-bytes").encode("aé") == [
        Token(97, b"a", 0, 1, "normal"),
        Token(195, b"\xc3", 1, 2, "normal"),
        Token(169, b"\xa9", 2, 3, "normal"),
    ]


def test_bert_as_devlin_et_al_published_it(tokenizer):
    # "unaffable" is the example of the paper's own code: un ##aff ##able
    bert = tokenizer("bert")
    assert [bert.piece(token.id) for token in bert.encode("Unaffable")] == ["una", "##ffa", "##ble"]
    assert bert.ids("Hello there! Welcome to my talk.") == [7592, 2045, 999, 6160, 2000, 2026, 2831, 1012]
    assert bert.ids("a", add_special=True) == [101, 1037, 102]


def test_sentencepiece_models_as_sentencepiece_runs_them(tokenizer):
    mistral = tokenizer("mistral-v1")
    for text in ("Hello world", "  two  spaces ", "片仮名 🤖", "a\tb\r\nc\0", "naïve e\u0301"):
        assert mistral.ids(text) == mistral.engine.encode(text)
    assert [token.bytes for token in mistral.encode("🤖")] == [b" ", b"\xf0", b"\x9f", b"\xa4", b"\x96"]
    assert [(token.start, token.end) for token in mistral.encode("🤖")] == [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5)]


def test_tekken_as_its_makers_run_it(tokenizer):
    # The ids of mistral-common's own Tekkenizer, taken once from it.
    from mistral_common.tokens.tokenizers.tekken import Tekkenizer

    package = __import__("pathlib").Path(__import__("mistral_common").__file__).parent
    theirs = Tekkenizer.from_file(package / "data" / "tekken_240718.json")
    ours = tokenizer("tekken")
    for text in ("Hello world", "El perro come las manzanas", "片仮名 🤖 नमस्ते", "  x\n\n\ty", "3.14159"):
        assert ours.ids(text) == theirs.encode(text, bos=False, eos=False)
    assert ours.ids("", add_special=True) == theirs.encode("", bos=True, eos=False)
    assert [theirs.id_to_piece(i) for i in range(len(TEKKEN_NAMES))] == list(TEKKEN_NAMES)
    assert ours.vocabulary_size == theirs.n_words


def test_special_tokens_only_when_asked_for(tokenizer):
    mistral = tokenizer("mistral-v1")
    plain, parsed = mistral.encode("Hi</s>"), mistral.encode("Hi</s>", parse_special=True)
    assert "control" not in {token.kind for token in plain}
    assert parsed[-1] == Token(2, b"</s>", 3, 7, "control")
    assert mistral.encode("Hi", add_special=True)[0] == Token(1, b"<s>", 0, 0, "control")
    bert = tokenizer("bert")
    assert 102 not in bert.ids("[SEP]") and bert.ids("[SEP]", parse_special=True) == [102]


@pytest.mark.parametrize("key", EMBEDDED)
@THOROUGH
@given(text=TEXT, add=st.booleans(), parse=st.booleans())
def test_places_are_in_order_and_hold_the_tokens_bytes(key, text, add, parse):
    made = loaded(key)
    encoded = made.analyse(text, add, parse)
    assert made.ids(text, add, parse) == encoded.ids.tolist()
    at, typed_at = 0, 0
    for token, begin, end in zip(encoded.tokens, encoded.typed_starts, encoded.typed_ends, strict=True):
        assert at <= token.start <= token.end <= len(encoded.normalised)
        assert typed_at <= begin <= end <= len(text.encode())
        if key != "bert":
            assert token.start == at, "no gap"
        if token.kind not in ("control", "unknown"):
            assert encoded.normalised[token.start : token.end] == token.bytes
        at, typed_at = token.end, begin
    if key != "bert":
        assert at == len(encoded.normalised)


@pytest.mark.parametrize("key", EXACT)
@THOROUGH
@given(text=TEXT)
def test_byte_level_tokenizers_give_the_text_back(key, text):
    made = loaded(key)
    assert made.decode(made.ids(text)) == text
    assert b"".join(token.bytes for token in made.encode(text)) == text.encode()


@pytest.mark.parametrize("key", EMBEDDED)
def test_normalised_is_what_the_engine_says(key, tokenizer):
    made = tokenizer(key)
    for text in ("Äpfel naïve CAFÉ", "片仮名 🤖", "a  b"):
        assert made.analyse(text).normalised.decode() == made.normalise(text)


@pytest.mark.parametrize("key", EMBEDDED)
def test_bad_input(key, tokenizer):
    made = tokenizer(key)
    assert made.encode("") == []
    with pytest.raises(UserError, match="U\\+D83D"):
        made.encode("a\ud83dz")
    huge = "Größe 片仮名 🤖 word " * 6000
    assert len(huge) > 100_000
    assert made.analyse(huge).ids.tolist() == made.ids(huge)
    binary = bytes(range(256)).decode("latin-1") + "\ufffe\uffff\U0010ffff\x00"
    assert made.ids(binary)


def test_a_long_text_is_encoded_in_stretches_as_a_whole(tokenizer):
    bert = tokenizer("bert")
    line = f"Größe e\u0301 片仮名 🤖🎉x{'y' * 101}\u3000word.\x1c[UNK]\n"
    one, many = bert.analyse(line), bert.analyse(line * 900)
    assert many.ids.tolist() == bert.engine.encode(line * 900, add_special_tokens=False).ids == one.ids.tolist() * 900
    assert bert.ids(line * 900) == many.ids.tolist()
    for short, long in ((one.starts, many.starts), (one.ends, many.ends)):
        assert (long[-len(one) :] == short + 899 * len(one.normalised)).all()
    assert (many.typed_ends[-len(one) :] == one.typed_ends + 899 * len(line.encode())).all()


def test_an_unknown_key_names_what_there_is():
    with pytest.raises(MissingModel, match="gpt-2"):
        tokenizers.load("gpt-17")


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cut.gguf", b"GGUF\x03\x00\x00\x00\x05"),
        ("not.gguf", b"\x80\x04pickle"),
        ("empty.gguf", b""),
        ("bad.json", b"{"),
        ("bad.model", b"\x00\x01\x02 not a model"),
        ("what.bin", b"?"),
    ],
)
def test_files_that_are_no_tokenizers(tmp_path, name, content):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UnreadableFile):
        tokenizers.load_file(path)


def test_vocabulary_in_arrays():
    known = Vocabulary([b"a", b"", b"bc"], [1, 3, 4])
    assert [known.bytes_of(i) for i in range(3)] == [b"a", b"", b"bc"]
    assert known.lengths.tolist() == [1, 0, 2] and known.kind_of(2) == "user-defined"
    assert known.named(NORMAL, 4) == {"bc": 2, "a": 0}
