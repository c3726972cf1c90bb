"""A tokenizer out of a file that a person has: a .gguf model, a tokenizer.json or tekken.json, a SentencePiece
tokenizer.model, a .tiktoken table, a vocab.txt."""

from __future__ import annotations

from pathlib import Path

from core.errors import UnreadableFile
from core.models.specs import Spec
from core.tokens.engines import byte_pairs, hugging_face, sentence_pieces
from core.tokens.formats import tiktoken_vocabularies, word_lists
from core.tokens.formats.gguf_tokenizers import as_llama_cpp_has_it, from_gguf
from core.tokens.tokenizer import Tokenizer


def load(path: Path, native: bool = False) -> Tokenizer:
    """The tokenizer in that file, by its name and its beginning.

    `native`: a .gguf is run by llama.cpp itself, which can end this process.

    Raises:
        UnreadableFile: it is none of the kinds that are read here, is cut short, or has a vocabulary not known here.
    """
    name = path.name.lower()
    if name.endswith(".gguf"):
        return as_llama_cpp_has_it(path) if native else from_gguf(path)
    head = _head(path)
    if name.endswith(".tiktoken") or (".model" in name and tiktoken_vocabularies.is_table(head)):
        return tiktoken_vocabularies.read(path)
    if name.endswith(".json"):
        return byte_pairs.read_tekken(path) if byte_pairs.is_tekken(head) else hugging_face.read(path)
    if name.endswith(".txt"):
        return word_lists.read(path)
    if ".model" in name:
        return sentence_pieces.read(path)
    raise UnreadableFile(
        f"{path.name} is not a tokenizer that can be read here.",
        "Choose a .gguf model, a tokenizer.json, a tekken.json, a SentencePiece tokenizer.model, a .tiktoken table "
        "or a vocab.txt.",
    )


def _head(path: Path) -> bytes:
    """The beginning of a file, by which its kind is known."""
    try:
        with open(path, "rb") as file:
            return file.read(4096)
    except OSError as problem:
        raise UnreadableFile(f"{path.name} cannot be read ({problem}).", "Choose another file.") from problem


def from_spec(spec: Spec) -> Tokenizer:
    """The tokenizer of a published spec whose file is a .gguf model."""
    assert spec.path is not None
    made = from_gguf(spec.path)
    made.proof = (
        "the model's own file, run by our engine, which gives llama.cpp's ids on every hard string of our tests"
    )
    return made
