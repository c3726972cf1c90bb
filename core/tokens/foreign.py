"""A tokenizer in a file of a stranger: its engine runs at the gate (`core.runtime.gate`), here are its vocabulary and
the questions.

A tokenizer.json is a program: a normaliser that makes a text a million times longer, a rule that backtracks for
hours, a table that makes the engine panic. What such a file can still do is cost the process that runs it.

The vocabulary comes over once, as plain bytes and numbers, so that looking something up in it needs no round trip;
encoding a text needs one, of a few milliseconds.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from core.errors import UnreadableFile, UserError
from core.runtime import gate
from core.tokens.encoded import Encoded, Plain
from core.tokens.replay import Frame, Replay
from core.tokens.tokenizer import Tokenizer, check
from core.tokens.vocabulary import Vocabulary

_SHORT = 2000  # characters: answers for texts up to this are kept


def state_of(path: Path) -> str:
    """What tells one state of a file from another: its size, its times, and which file it is.

    A copy that keeps the time of its source, put in the place of another of the same size, is another file still.

    Raises:
        UnreadableFile: it is not there.
    """
    try:
        status = path.stat()
    except (OSError, ValueError) as problem:
        raise UnreadableFile(
            f"{path.name} is not there any more, or cannot be opened.", "Choose another file."
        ) from problem
    return f"{status.st_size} {status.st_mtime_ns} {status.st_ctime_ns} {status.st_ino}"


class Foreign(Tokenizer):
    """The tokenizer in the file at `path`.

    Raises:
        UnreadableFile: it is no tokenizer, is damaged, or costs more than a file may.
    """

    def __init__(self, path: Path) -> None:
        self.path, self._state = path, state_of(path)
        facts = self._ask("facts", keep=True)
        super().__init__(_vocabulary(path, facts), facts["begin"], facts["end"])
        self.family, self.proof, self.lossless = str(facts["family"]), str(facts["proof"]), bool(facts["lossless"])
        self.chat_template = str(facts["chat_template"])
        self.begin_name, self.end_name = map(str, facts["names"])
        self._spelled, self._spelled_offsets = facts["spelled"], facts["spelled_offsets"]
        if any(not 0 <= edge < self.vocabulary_size for edge in (*self.begin, *self.end)):
            raise UnreadableFile(
                f"{path.name} begins or ends texts with a token that it does not have.",
                "Get the file again from its source.",
            )

    @property
    def stale(self) -> bool:
        """Whether the file has changed, or gone, since it was read."""
        try:
            return state_of(self.path) != self._state
        except UnreadableFile:
            return True

    def _ask(self, question: str, keep: bool = False, **arguments: Any) -> Any:
        """`keep`: whether the answer may be asked for again, as a page does at each rerun."""
        return gate.read(
            f"tokenizer {question}",
            named=self.path.name,
            near=str(self.path),
            keep=self._state if keep else "",
            path=str(self.path),
            state=self._state,
            **arguments,
        )

    def analyse(self, text: str, add_special: bool = False, parse_special: bool = False) -> Encoded:
        check(text)
        found = self._ask(
            "analyse", len(text) <= _SHORT, text=text, add_special=add_special, parse_special=parse_special
        )
        columns = {name: found[name] for name in ("ids", "starts", "ends", "typed_starts", "typed_ends")}
        _check_fit(self, columns, len(found["normalised"]), len(text.encode()))
        return Encoded(text, found["normalised"], vocabulary=self.vocabulary, **columns)

    def ids(self, text: str, add_special: bool = False, parse_special: bool = False) -> list[int]:
        check(text)
        found = self._ask("ids", len(text) <= _SHORT, text=text, add_special=add_special, parse_special=parse_special)
        _check_fit(self, {"ids": found}, 0, 0)
        return list(found.tolist())

    def plain_ids(self, text: str) -> list[int]:
        return self.ids(text)

    def encode_plain(self, text: str) -> Plain:
        found = self.analyse(text)
        return Plain(
            found.normalised,
            found.ids,
            found.starts,
            found.ends,
            found.typed_starts,
            found.typed_ends,
            len(text.encode()),
        )

    def decode(self, ids: Sequence[int]) -> str:
        return str(self._ask("decode", len(ids) <= _SHORT, ids=[int(token) for token in ids]))

    def normalise(self, text: str) -> str:
        check(text)
        return str(self._ask("normalise", len(text) <= _SHORT, text=text))

    def piece(self, token_id: int) -> str:
        start, end = self._spelled_offsets[token_id], self._spelled_offsets[token_id + 1]
        return str(self._spelled[start:end].decode("utf-8", "replace"))

    def replay(self, text: str) -> Replay:
        """The steps over `text`, as `core.tokens.steps.replay` gives them."""
        found = self._ask("replay", text=text)
        frames = tuple(Frame(_bytes(pieces), int(fresh), str(why)) for pieces, fresh, why in found["frames"])
        return Replay(
            found["typed"],
            found["normalised"],
            found["rule"],
            _bytes(found["pieces"]),
            frames,
            tuple(found["ids"]),
            tuple(found["with_special"]),
            bool(found["agrees"]),
        )

    def unreachable(self) -> np.ndarray:
        """As `core.tokens.vocabulary_table.Table.unreachable`."""
        return np.asarray(self._ask("unreachable"))


def load(path: Path) -> Tokenizer:
    """The tokenizer in that file, read and run at the gate."""
    return Foreign(path.absolute())


def row_norms(path: Path) -> np.ndarray:
    """`core.tokens.embeddings.row_norms` of a file of a stranger, (V,)."""
    return np.asarray(
        gate.read("tokenizer row norms", named=path.name, path=str(path.absolute()), state=state_of(path))
    )


def _bytes(pieces: list[str]) -> tuple[bytes, ...]:
    return tuple(piece.encode("latin-1") for piece in pieces)


def _vocabulary(path: Path, facts: dict[str, Any]) -> Vocabulary:
    try:
        return Vocabulary.of_arrays(facts["blob"], facts["offsets"], facts["kinds"])
    except (ValueError, TypeError) as problem:
        raise UnreadableFile(
            f"The vocabulary in {path.name} does not hold together ({problem}).", "Get the file again from its source."
        ) from problem


def _check_fit(tokenizer: Foreign, columns: dict[str, np.ndarray], normalised: int, typed: int) -> None:
    """Ids must be of the vocabulary and places inside the text: what draws them trusts them."""
    most = {
        "ids": tokenizer.vocabulary_size - 1,
        "starts": normalised,
        "ends": normalised,
        "typed_starts": typed,
        "typed_ends": typed,
    }
    length = len(columns["ids"])
    for name, values in columns.items():
        if (
            values.shape != (length,)
            or values.dtype.kind not in "iu"
            or (length and not (values.min() >= 0 and values.max() <= most[name]))
        ):
            raise UserError(
                f"The tokenizer in {tokenizer.path.name} gives tokens that do not fit its text.",
                "Get the file again from its source, or choose another tokenizer.",
            )
