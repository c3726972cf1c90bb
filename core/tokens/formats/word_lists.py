"""BERT's vocab.txt: a token a line, its number is its id. Run by Hugging Face's tokenizers with BERT's own cleaning.

The file does not say whether texts are put into lower case. tokenizer_config.json beside it does (do_lower_case);
without it a vocabulary that has no capital letter, outside of names in brackets, was made of texts in lower case.
"""

from __future__ import annotations

import json
from pathlib import Path

import tokenizers as engines
from tokenizers import decoders, models, normalizers, pre_tokenizers

from core.errors import UnreadableFile
from core.tokens.engines.word_pieces import WordPieces
from core.tokens.formats.gguf_fields import MOST_TOKENS

_MOST_BYTES = 64 << 20
_UNKNOWN = ("[UNK]", "<unk>")


def read(path: Path) -> WordPieces:
    """The WordPiece tokenizer of a vocab.txt.

    Raises:
        UnreadableFile: it is not one.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ValueError("it is too large")
        lines = path.read_text(encoding="utf-8").split("\n")
    except (OSError, ValueError) as problem:
        raise _refused(path, str(problem)) from problem
    pieces = [line.rstrip("\r") for line in (lines[:-1] if lines[-1] == "" else lines)]
    unknown = next((name for name in _UNKNOWN if name in pieces), None)
    if unknown is None or len(pieces) > MOST_TOKENS:
        raise _refused(path, f"it has no {_UNKNOWN[0]}" if unknown is None else f"it has {len(pieces):,} lines")
    names: dict[str, int] = {}
    for number, piece in enumerate(pieces):
        names[piece] = number  # of two alike the later one counts, as in BERT's own reader
    lower, why = _lower_case(path, pieces)
    engine = engines.Tokenizer(models.WordPiece(names, unk_token=unknown))
    engine.normalizer = normalizers.BertNormalizer(lowercase=lower)
    engine.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    engine.decoder = decoders.WordPiece()
    made = WordPieces(engine)
    made.proof = (
        f"the maker's own list, run by Hugging Face's tokenizers; {'lower case' if lower else 'case kept'}: {why}"
    )
    return made


def _lower_case(path: Path, pieces: list[str]) -> tuple[bool, str]:
    try:
        stated = json.loads((path.parent / "tokenizer_config.json").read_text(encoding="utf-8")).get("do_lower_case")
    except (OSError, ValueError, AttributeError, RecursionError):
        stated = None
    if isinstance(stated, bool):
        return stated, "as tokenizer_config.json says"
    words = (piece for piece in pieces if not (piece[:1] in "[<" and piece[-1:] in "]>"))
    return not any(piece != piece.lower() for piece in words), "as its words are written"


def _refused(path: Path, problem: str) -> UnreadableFile:
    return UnreadableFile(
        f"{path.name} is not a WordPiece vocabulary ({problem}).",
        "Choose the vocab.txt of a BERT model, a token a line.",
    )
