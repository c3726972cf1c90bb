"""Tokenizers in files: tokenizer.json, tokenizer.model, .gguf; read, and every question asked of them."""

from __future__ import annotations

import json
import random
import tempfile
from pathlib import Path

from core.runtime.payload import pack
from tests.fuzz.changes import change_bytes, change_json
from tests.fuzz.harness import Target
from tests.support import evil_files
from tests.support.evil_files import ALPHABET, gguf_with, value_number, value_numbers, value_text, value_texts
from tests.support.tiny_vocabulary import tiny_gguf

TEXTS = ("", "ab c abc", "é 🤖\n\n<s>[SEP] ab", "a" * 3000)
QUESTIONS = (
    "tokenizer analyse",
    "tokenizer ids",
    "tokenizer decode",
    "tokenizer normalise",
    "tokenizer replay",
    "tokenizer unreachable",
)


def ask(path: Path) -> None:
    """All that the lab asks of a tokenizer, with the answers made ready to leave the process."""
    from core.tokens import isolated
    from core.tokens.foreign import state_of

    state = state_of(path)
    with tempfile.TemporaryDirectory() as folder:
        pack(isolated.facts(str(path), state), Path(folder))
        for text in TEXTS:
            pack(isolated.analyse(str(path), state, text, True, True), Path(folder))
            ids = isolated.ids(str(path), state, text, False, False)
            isolated.decode(str(path), state, ids.tolist())
            isolated.normalise(str(path), state, text)
            isolated.replay(str(path), state, text[:60])
        isolated.unreachable(str(path), state)


def json_seeds() -> list[bytes]:
    pairs = json.loads(evil_files.tokenizer_json())
    pairs["model"]["vocab"] |= {"ab": 40, "bc": 41}
    pairs["model"]["merges"] = [["a", "b"], ["b", "c"]]
    pairs["added_tokens"] = [
        {
            "id": 42,
            "content": "<s>",
            "single_word": False,
            "lstrip": False,
            "rstrip": False,
            "normalized": False,
            "special": True,
        }
    ]
    bytes_level = {"type": "ByteLevel", "add_prefix_space": False, "trim_offsets": True, "use_regex": True}
    unigram = {
        "type": "Unigram",
        "unk_id": 0,
        "byte_fallback": False,
        "vocab": [["<unk>", 0.0], ["▁", -2.0], ["a", -3.0], ["b", -3.5], ["ab", -2.5], ["▁ab", -1.5]],
    }
    metaspace = {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True}
    template = {
        "type": "TemplateProcessing",
        "single": [{"SpecialToken": {"id": "<s>", "type_id": 0}}, {"Sequence": {"id": "A", "type_id": 0}}],
        "pair": [{"Sequence": {"id": "A", "type_id": 0}}, {"Sequence": {"id": "B", "type_id": 1}}],
        "special_tokens": {"<s>": {"id": "<s>", "ids": [42], "tokens": ["<s>"]}},
    }
    words = json.loads(evil_files.word_pieces({"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "ab": 3, "##c": 4, "a": 5}))
    return [
        json.dumps(one).encode()
        for one in (
            pairs,
            pairs | {"pre_tokenizer": bytes_level, "decoder": bytes_level},
            pairs | {"post_processor": template},
            pairs | {"normalizer": {"type": "Sequence", "normalizers": [{"type": "NFKC"}, {"type": "Lowercase"}]}},
            pairs | {"model": unigram, "pre_tokenizer": metaspace, "decoder": metaspace},
            words,
            words | {"post_processor": template},
        )
    ]


def model_seeds() -> list[bytes]:
    from core.tokens.formats import sentence_model

    pieces = [b"<unk>", b"<s>", b"</s>", *(b"<0x%02X>" % i for i in range(256)), "▁".encode(), b"a", b"b", b"ab"]
    scores = [0.0] * 259 + [-1.0, -2.0, -3.0, -1.5]
    kinds = [2, 3, 3, *[6] * 256, 1, 1, 1, 1]
    plain = [b"<unk>", "▁".encode(), *(letter.encode() for letter in ALPHABET), b"ab"]
    return [
        sentence_model.write(pieces, scores, kinds, sentence_model.BYTE_PAIRS, 0, True, True),
        sentence_model.write(
            plain,
            [-i / 3 for i in range(len(plain))],
            [2, *[1] * (len(plain) - 1)],
            sentence_model.UNIGRAM,
            0,
            True,
            False,
            remove_extra_spaces=True,
        ),
    ]


def gguf_seeds() -> list[bytes]:
    letters = [letter.encode() for letter in ALPHABET]
    alphabet = [bytes([value]) for value in range(33, 127)] + ["Ġ".encode(), b"ab", b"abc"]
    fields = {
        "tokenizer__ggml__bos_token_id": value_number(1),
        "tokenizer__ggml__unknown_token_id": value_number(0),
        "tokenizer__ggml__add_bos_token": value_number(1),
        "tokenizer__chat_template": value_text(b"{{ a }}"),
    }
    made = [tiny_gguf()]
    for model, tokens, merges in (
        (b"gpt2", alphabet, [b"a b", b"ab c"]),
        (b"gemma4", [b"<unk>", b"<s>", *letters, b"ab"], [b"a b"]),
        (b"bert", [b"[UNK]", b"[CLS]", "▁ab".encode(), b"c", "▁a".encode()], []),
    ):
        made.append(
            gguf_with(
                tokenizer__ggml__model=value_text(model),
                tokenizer__ggml__tokens=value_texts(*tokens),
                tokenizer__ggml__merges=value_texts(*merges),
                tokenizer__ggml__scores=value_numbers(*(-i for i in range(len(tokens)))),
                **fields,
            )
        )
    made.append(
        gguf_with(
            tokenizer__ggml__model=value_text(b"gpt2"),
            tokenizer__ggml__pre=value_text(b"qwen2"),
            tokenizer__ggml__tokens=value_texts(*alphabet),
            tokenizer__ggml__merges=value_texts(b"a b"),
        )
    )
    return made


def change_gguf(chance: random.Random, seeds: list[bytes]) -> bytes:
    """Half of them damaged seeds, half vocabularies whose fields are drawn, some with what cannot be."""
    if chance.random() < 0.5:
        return change_bytes(chance, seeds)
    letters = [letter.encode() for letter in ALPHABET]
    tokens = [
        b"<unk>",
        b"<s>",
        *letters,
        "▁".encode(),
        "▁a".encode(),
        b"ab",
        "Ġa".encode(),
        b"##b",
        b"<0x41>",
        b"\xff",
        b"",
    ]
    tokens = tokens[: chance.randrange(2, len(tokens) + 1)]
    count = len(tokens)
    fields = {
        "model": value_text(chance.choice((b"llama", b"t5", b"gpt2", b"bert", b"gemma4"))),
        "pre": value_text(chance.choice((b"gpt-2", b"qwen2", b"llama-bpe", b"deepseek-llm", b"tekken", b"nothing"))),
        "tokens": value_texts(*tokens),
        "scores": value_numbers(*(chance.random() - 2 for _ in tokens)),
        "token_type": value_numbers(*(chance.choice((1, 1, 1, 2, 3, 4, 5, 6)) for _ in tokens)),
        "merges": value_texts(*(b" ".join(chance.sample(tokens, 2)) for _ in range(chance.randrange(4)))),
        "precompiled_charsmap": value_numbers(*(chance.randrange(256) for _ in range(chance.randrange(40)))),
        **{
            name: value_number(chance.choice((0, 0, 1, count - 1, count, 1 << 31)))
            for name in ("bos_token_id", "eos_token_id", "cls_token_id", "seperator_token_id", "unknown_token_id")
        },
        **{name: value_number(chance.randrange(2)) for name in ("add_bos_token", "add_eos_token", "add_space_prefix")},
    }
    odd = (value_text(b"abc"), value_texts(), value_texts(b"a"), value_number(3), value_numbers(), value_numbers(1, 2))
    for name in list(fields):
        if chance.random() < 0.12:
            fields[name] = chance.choice(odd)
        elif chance.random() < 0.2 and name not in ("model", "tokens"):
            del fields[name]
    return gguf_with(**{f"tokenizer__ggml__{name}": value for name, value in fields.items()})


def norms(path: Path) -> None:
    from core.tokens import isolated
    from core.tokens.foreign import state_of

    isolated.row_norms(str(path), state_of(path))


def table_seeds() -> list[bytes]:
    """A model of a table of four rows, in each of two formats."""
    import struct

    made = []
    for kind, row_bytes in ((0, 4 * 32), (8, 34)):
        name = b"token_embd.weight"
        table = struct.pack("<Q", len(name)) + name + struct.pack("<IQQIQ", 2, 32, 4, kind, 0)
        whole = gguf_with(general__architecture=value_text(b"llama"))
        whole = whole[:8] + struct.pack("<Q", 1) + whole[16:] + table
        made.append(whole + bytes(-len(whole) % 32) + bytes(range(64)) * (4 * row_bytes // 64 + 1))
    return made


TARGETS = [
    Target("tokenizer.json", ask, json_seeds, "tokenizer facts", "tokenizer.json", change_json, True, QUESTIONS),
    Target("tokenizer.model", ask, model_seeds, "tokenizer facts", "tokenizer.model", change_bytes, True),
    Target("tokenizer gguf", ask, gguf_seeds, "tokenizer facts", "vocabulary.gguf", change_gguf, True),
    Target("row norms", norms, table_seeds, "tokenizer row norms", "model.gguf"),
]
