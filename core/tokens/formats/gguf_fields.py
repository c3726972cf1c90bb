"""The fields of a .gguf vocabulary by the types they must have. A file from a stranger may hold anything under any key.

Everything here raises ValueError with what is wrong, for `core.tokens.formats.files` to tell.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from core.tokens.vocabulary import BYTE, NORMAL

MOST_TOKENS = 2_000_000  # the largest public vocabularies have a quarter of a million


class Fields:
    """`metadata` of `core.models.gguf.reader.Head`; keys without their "tokenizer.ggml." in front."""

    def __init__(self, metadata: dict[str, Any]) -> None:
        self._metadata = metadata
        name = metadata.get("general.name")
        self.model_name = name.lower() if isinstance(name, str) else ""
        self.tokens = self.texts("tokens")
        if not 0 < len(self.tokens) <= MOST_TOKENS:
            raise ValueError(f"it has {len(self.tokens):,} tokens")

    def _value(self, key: str) -> Any:
        return self._metadata.get(f"tokenizer.ggml.{key}")

    def texts(self, key: str) -> list[bytes]:
        """A list of texts."""
        value = self._value(key)
        if not isinstance(value, list):
            raise ValueError(f"its {key} are no list of texts")
        return value

    def text(self, key: str, usual: str) -> str:
        value = self._value(key)
        if value is not None and not isinstance(value, str):
            raise ValueError(f"its “{key}” is no text")
        return usual if value is None else value

    def numbers(self, key: str, usual: np.ndarray | None = None, length: int | None = None) -> np.ndarray:
        """A list of finite numbers, of that length."""
        value = self._value(key) if self._value(key) is not None else usual
        if not isinstance(value, np.ndarray) or value.ndim != 1 or not np.isfinite(value).all():
            raise ValueError(f"its {key} are no list of numbers")
        if length is not None and len(value) != length:
            raise ValueError(f"it has {len(value):,} {key} for {length:,} tokens")
        return value

    def flag(self, key: str, usual: bool) -> bool:
        value = self._value(key)
        if value is not None and not isinstance(value, (bool, int)):
            raise ValueError(f"its “{key}” is neither true nor false")
        return usual if value is None else bool(value)

    def token(self, key: str, usual: int | None = None) -> int | None:
        """The id of a token of this vocabulary; None where the file names none."""
        value = self._value(key)
        if value is None:
            return usual
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < len(self.tokens):
            raise ValueError(f"its “{key}” is not the number of one of its tokens")
        return value

    def kinds(self) -> np.ndarray:
        """The kind of each token, (V,) uint8, as in `core.tokens.vocabulary`."""
        count = len(self.tokens)
        kinds = self.numbers("token_type", np.full(count, NORMAL))
        if len(kinds) != count or ((kinds < 0) | (kinds > BYTE)).any():
            raise ValueError("the kinds of its tokens do not fit the tokens")
        return kinds.astype(np.uint8)
