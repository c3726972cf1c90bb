"""Every tokenizer of the lab beside an independent engine, on every hard string: equal but for what a table explains.

Independent: llama.cpp for what comes out of a .gguf file, Mistral's own package for Mistral's, tiktoken's own table for
OpenAI's, Hugging Face's tokenizers for what the others leave open.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

import pytest

from core import catalog
from core.tokens import pack
from tests.core.tokens.conftest import loaded
from tests.support.gguf_vocabularies import theirs
from tests.support.nasty_strings import nasty_strings

pytestmark = pytest.mark.timeout(300)
TEXTS = [text for _, text in nasty_strings()]

# Where our tokenizer is the maker's and llama.cpp is not: why, how many strings at most, and what they have in common.
Explained = tuple[str, int, Callable[[str], bool]]
EXPLAINED: dict[str, Explained] = {
    key: (
        "the maker's tokenizer.json puts texts into NFC, llama.cpp does not",
        230,
        lambda text: unicodedata.normalize("NFC", text) != text,
    )
    for key in ("qwen-2", "mpt", "command-r")
} | {
    "gpt-neox": ("its file names no rule: llama.cpp takes its default, the maker's is GPT-2's", 600, lambda text: True),
    "aquila": ("its file names no rule: llama.cpp takes its default, the maker's is GPT-2's", 420, lambda text: True),
    "xlm-r": ("equally probable cuts: sentencepiece, the maker's engine, takes another", 30, lambda text: True),
    "falcon": (
        "newer tables of Unicode: unassigned characters beyond the first plane",
        5,
        lambda text: any(ord(one) > 0xFFFF for one in text),
    ),
    "bert-bge": (
        "BERT's cleaning of marks and controls; and a word of more than 100 characters is unknown to the maker's alone",
        95,
        lambda text: not text.isascii() or not text.isprintable() or len(text) > 100,
    ),
}
# Llama.cpp reads these names as control tokens by a list of its own, whatever the vocabulary says of their kind.
BY_NAME = ("</s>", "<|endoftext|>", "<|im_end|>", "<|end|>", "<eos>", "<|assistant|>", "<|system|>", "<|user|>")


def test_there_are_enough_strings_and_they_are_always_the_same():
    assert len(TEXTS) > 2800 and len(set(TEXTS)) == len(TEXTS)
    nasty_strings.cache_clear()
    assert [text for _, text in nasty_strings()] == TEXTS
    assert {"\u0301", "👩‍👩‍👧‍👦", "", "\ufeff"} & set(TEXTS) and any("</s>" in text for text in TEXTS)


def _compare(key: str, path) -> None:
    made = loaded(key)
    why, most, holds = EXPLAINED.get(key, ("", 0, lambda text: False))
    different = [
        text
        for text, (plain, special) in zip(TEXTS, theirs(path, TEXTS), strict=True)
        if made.ids(text) != plain
        or (made.ids(text, parse_special=True) != special and not any(name in text.lower() for name in BY_NAME))
    ]
    assert [ascii(text) for text in different if not holds(text)] == []
    assert len(different) <= most, why


@pytest.mark.parametrize("key", ["smollm2", "pocket"])
def test_embedded_vocabularies_against_llama_cpp(key):
    _compare(key, catalog.find(key).path)


@pytest.mark.parametrize("key", list(pack.FILES))
def test_vocabularies_of_the_archive_against_llama_cpp(packed, key):
    _compare(key, pack.path_of(key))


@pytest.mark.parametrize("key", ["qwen-2", "mpt", "command-r"])
def test_nfc_is_all_that_differs_where_the_maker_normalises(packed, key):
    composed = [unicodedata.normalize("NFC", text) for text in TEXTS]
    made = loaded(key)
    assert [made.ids(text) for text in TEXTS] == [plain for plain, _ in theirs(pack.path_of(key), composed)]


@pytest.mark.parametrize(
    ("key", "name"),
    [
        ("tekken", "tekken_240718.json"),
        ("mistral-v1", "tokenizer.model.v1"),
        ("mistral-v3", "mistral_instruct_tokenizer_240323.model.v3"),
    ],
)
def test_mistral_s_tokenizers_against_mistral_s_package(key, name):
    from mistral_common.tokens.tokenizers.mistral import MistralTokenizer

    path = catalog.find(key).path
    assert path and path.name == name
    maker = MistralTokenizer.from_file(str(path)).instruct_tokenizer.tokenizer
    made = loaded(key)
    assert [ascii(text) for text in TEXTS if made.ids(text) != maker.encode(text, bos=False, eos=False)] == []


def test_bert_against_the_maker_s_vocabulary_in_another_process_of_cutting(packed):
    """The maker's tokenizer.json as the tokenizers package reads it, without anything of ours around it."""
    import tokenizers as engines

    path = catalog.find("bert").path
    plain = engines.Tokenizer.from_file(str(path))
    plain.no_truncation()
    plain.no_padding()
    plain.encode_special_tokens = True
    made = loaded("bert")
    assert [ascii(text) for text in TEXTS if made.ids(text) != plain.encode(text, add_special_tokens=False).ids] == []


@pytest.mark.parametrize("key", ["gpt-neox", "aquila", "mpt", "gpt-2", "llama-3", "qwen-2", "xlm-r"])
def test_vocabularies_of_the_archive_against_hugging_face_s_engine(packed, key):
    """Built from the same vocabulary, with the maker's rule and normal form. Texts with tokens that are always cut out
    are left to llama.cpp: this engine is not told of them."""
    from tests.benchmarks.tokens_speed import byte_level, unigram

    made = loaded(key)
    engine = (unigram if key == "xlm-r" else byte_level)(key, made)
    texts = [text for text in TEXTS if all(special is None for _, special in made.parts(text, False))]
    assert len(texts) > 2000
    different = [text for text in texts if made.ids(text) != engine.encode(text, add_special_tokens=False).ids]
    if key == "xlm-r":
        different = [text for text in different if not _as_probable(made, text, engine)]
    assert [ascii(text) for text in different] == []


def _as_probable(made, text: str, engine) -> bool:
    """Whether both cut a text into pieces of the same probability, or the engine normalises it in its own way.

    sentencepiece adds the scores in 32 bits, Hugging Face's engine in 64: of cuts whose sums differ by less than the
    32 bits show, each takes another. (So do counts that were made with the one differ from counts made with the other,
    by single tokens in a whole book.) And the engine asks its table grapheme by grapheme, sentencepiece for the longest
    match.
    """
    if made.normalise(text).strip(" ") != engine.normalizer.normalize_str(text).strip(" "):
        return True
    if any(name in text.lower() for name in ("<s>", "</s>", "<unk>", "<pad>", "<mask>")):
        return True  # control tokens, which this engine was not told of, are words to it
    ours, theirs = (
        float(made.scores[ids].astype("f8").sum())
        for ids in (made.ids(text), engine.encode(text, add_special_tokens=False).ids)
    )
    return abs(ours - theirs) <= 2e-6 * abs(ours)


NFD = unicodedata.normalize("NFD", "Äpfel café 한국어")


@pytest.mark.parametrize("key", ["gpt-neox", "mpt", "command-r", "qwen-2"])
def test_decomposed_text_costs_what_composed_text_costs_where_the_maker_has_nfc(packed, key):
    made = loaded(key)
    assert made.ids(NFD) == made.ids(unicodedata.normalize("NFC", NFD))
    found = made.analyse(NFD)
    assert found.typed_ends.max() == len(NFD.encode()) and found.normalised.decode() == "Äpfel café 한국어"
    assert "NFC first" in made.proof and "no pair covers" in made.proof or made.proof == "not verified"
