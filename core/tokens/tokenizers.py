"""A text goes in, tokens come out, each with its id, its own bytes and its place in the text.

    from core.tokens import tokenizers
    gpt2 = tokenizers.load("gpt-2")
    for token in gpt2.encode("片仮名"):
        print(token)                     # Token(id=31965, bytes=b'\\xe7\\x89', start=0, end=2, kind='normal') ...

Every tokenizer here is the published vocabulary run by a well-kept engine (tiktoken, sentencepiece, Hugging Face's
tokenizers). A token's bytes are read from the vocabulary: decoding a single id would lose the bytes of a character that
is cut over several tokens.
"""

from __future__ import annotations

from pathlib import Path

from core.tokens import foreign, published
from core.tokens.tokenizer import Tokenizer


def load(key: str) -> Tokenizer:
    """The published tokenizer of that key (`core.tokens.published`).

    Raises:
        MissingModel: there is none of that name, or its vocabulary is not on this machine.
    """
    made: Tokenizer = published.find(key).make()
    return made


def load_file(path: Path) -> Tokenizer:
    """The tokenizer inside a .gguf model, a `tokenizer.json` or a SentencePiece `tokenizer.model`.

    Such a file is a stranger's: it is read, and its engine run, in a limited process (`core.tokens.foreign`).

    Raises:
        UnreadableFile: it is none of these, is cut short, or costs more time or memory than a file may.
    """
    return foreign.load(Path(path))
