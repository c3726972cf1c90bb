"""Tokenizers of strangers, where they run: in a process of the gate. Declared in `core.runtime.readers`, imported by
nobody else; `core.tokens.foreign` is the side that asks.

Each function takes the file's path and the state that the asking side knows ("size mtime"), loads the tokenizer unless
this process has it already, and answers in JSON, bytes and arrays.
"""

from __future__ import annotations

import functools
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import UnreadableFile, UserError
from core.tokens.foreign import state_of
from core.tokens.formats import files
from core.tokens.tokenizer import Tokenizer


def facts(path: str, state: str) -> dict[str, Any]:
    """What there is to know of the tokenizer without encoding anything: its vocabulary, names, edges, template."""
    made = _asked(path, state, lambda made: made)
    spelled = [made.piece(token).encode("utf-8", "replace") for token in range(made.vocabulary_size)]
    lengths = np.fromiter(map(len, spelled), np.int64, len(spelled))
    return {
        "family": made.family,
        "proof": made.proof,
        "lossless": bool(made.lossless),
        "chat_template": made.chat_template,
        "names": [made.begin_name, made.end_name],
        "begin": [int(one) for one in made.begin],
        "end": [int(one) for one in made.end],
        "blob": made.vocabulary.blob,
        "offsets": made.vocabulary.offsets,
        "kinds": made.vocabulary.kinds,
        "spelled": b"".join(spelled),
        "spelled_offsets": np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
    }


def analyse(path: str, state: str, text: str, add_special: bool, parse_special: bool) -> dict[str, Any]:
    """`Tokenizer.analyse`, as arrays."""
    found = _asked(path, state, lambda made: made.analyse(text, add_special, parse_special))
    return {
        "normalised": found.normalised,
        "ids": found.ids,
        "starts": found.starts,
        "ends": found.ends,
        "typed_starts": found.typed_starts,
        "typed_ends": found.typed_ends,
    }


def ids(path: str, state: str, text: str, add_special: bool, parse_special: bool) -> np.ndarray:
    """`Tokenizer.ids`, (N,)."""
    return np.array(_asked(path, state, lambda made: made.ids(text, add_special, parse_special)), np.int64)


def decode(path: str, state: str, ids: list[int]) -> str:
    """`Tokenizer.decode`."""
    return str(_asked(path, state, lambda made: made.decode(ids)))


def normalise(path: str, state: str, text: str) -> str:
    """`Tokenizer.normalise`."""
    return str(_asked(path, state, lambda made: made.normalise(text)))


def replay(path: str, state: str, text: str) -> dict[str, Any]:
    """`core.tokens.steps.replay`; the pieces as Latin-1, a character for each byte."""
    from core.tokens import steps

    found = _asked(path, state, lambda made: steps.replay(made, text))
    frames = [[_latin(frame.pieces), frame.fresh, frame.why] for frame in found.frames]
    return {
        "typed": found.typed,
        "normalised": found.normalised,
        "rule": found.rule,
        "pieces": _latin(found.pieces),
        "frames": frames,
        "ids": list(found.ids),
        "with_special": list(found.with_special),
        "agrees": found.agrees,
    }


def unreachable(path: str, state: str) -> np.ndarray:
    """`core.tokens.vocabulary_table.Table.unreachable`, (N,)."""
    from core.tokens.vocabulary_table import Table

    return np.asarray(_asked(path, state, lambda made: Table(made).unreachable()))


def row_norms(path: str, state: str) -> np.ndarray:
    """`core.tokens.embeddings.row_norms`, (V,)."""
    from core.tokens import embeddings

    _check_state(path, state)
    return embeddings.row_norms(Path(path))


def _latin(pieces: tuple[bytes, ...]) -> list[str]:
    return [piece.decode("latin-1") for piece in pieces]


def _check_state(path: str, state: str) -> None:
    if state_of(Path(path)) != state:
        raise UnreadableFile(f"{Path(path).name} has changed since it was opened.", "Choose it again.")


@functools.lru_cache(maxsize=2)
def _loaded(path: str, state: str) -> Tokenizer:
    return files.load(Path(path), native=True)


def _asked(path: str, state: str, question: Any) -> Any:
    _check_state(path, state)
    try:
        return question(_loaded(path, state))
    except UserError:
        raise
    except Exception as problem:
        if type(problem) not in (Exception, RuntimeError):  # those are what the engines raise, and they say why
            raise
        raise UserError(
            f"The tokenizer in {Path(path).name} cannot do this ({str(problem)[:200]}).",
            "Choose another tokenizer, or get the file again from its source.",
        ) from problem
