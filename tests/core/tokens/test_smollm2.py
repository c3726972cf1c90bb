"""SmolLM2's tokenizer, read from the model's file, against llama.cpp's own reading of that file."""

from __future__ import annotations

import json
import random
import subprocess
import sys

import pytest

from core import catalog
from core.tokens import tokenizers
from tests.conftest import ROOT

THEIRS = """
import json, sys
from core.models.llama import model as llama
model = llama.Model(sys.argv[1], lambda fraction: False, vocabulary_only=True)
texts = json.loads(sys.stdin.read())
print(json.dumps([[model.tokenize(text, False, special) for special in (False, True)] for text in texts]))
"""


def hard_texts() -> list[str]:
    """What is hard to cut: digits and blanks in a row, contractions, many scripts, control characters and tokens."""
    chance = random.Random(7)
    letters = [
        *"aZé 片🤖ಠ1290''\n\t.,-_",
        "\u200d",
        "\u202e",
        "e\u0301",
        "\xa0",
        "\u3000",
        "'ll",
        "'RE",
        "  ",
        "\r\n",
        "<|im_start|>",
        "<|im_end|>",
        "<|endoftext|>",
        "<repo_name>",
        "½",
        "٣",
        "Ⅷ",
        "ſ",
        "İ",
    ]
    drawn = ["".join(chance.choices(letters, k=chance.randint(1, 40))) for _ in range(400)]
    return [
        "",
        " ",
        " 1",
        "12 34",
        "a  1",
        "x\n\n 7",
        "IT'S 2024\n\nfoo",
        *drawn,
        *(
            "".join(chr(chance.choice([*range(32, 0xD800), *range(0xE000, 0x20000)])) for _ in range(12))
            for _ in range(200)
        ),
    ]


@pytest.fixture(scope="module")
def smollm2():
    return tokenizers.load("smollm2")


def test_ids_are_those_of_llama_cpp(smollm2):
    texts = hard_texts()
    printed = subprocess.run(
        [sys.executable, "-c", THEIRS, str(catalog.find("smollm2").path)],
        cwd=ROOT,
        text=True,
        input=json.dumps(texts),
        capture_output=True,
        check=True,
    ).stdout
    for text, (plain, special) in zip(texts, json.loads(printed), strict=True):
        assert smollm2.ids(text) == plain, text
        assert smollm2.ids(text, parse_special=True) == special, text


def test_what_it_says_of_itself(smollm2):
    assert smollm2.vocabulary_size == 49_152 and smollm2.family == "byte pairs"
    assert [smollm2.piece(token) for token in smollm2.ids("2024")] == ["2", "0", "2", "4"], "every digit stands alone"
    assert smollm2.encode("a", add_special=True) == smollm2.encode("a"), "the file adds nothing at the beginning"
    assert smollm2.decode(smollm2.ids("\U00040000")) == "\ufffd" * 3, "it has no token for the byte F1, as StarCoder"
    assert "<|im_start|>" in smollm2.chat_template and "does not name" not in smollm2.proof
