"""What a corpus is: texts, their fields, what was left out of its files, and its keys."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from core import storage


@dataclass(frozen=True)
class Corpus:
    """Texts with their fields: `fields[name][i]` belongs to `texts[i]` and is a text, a number, a truth value, or None
    where there is none; dates are texts in ISO 8601.

    `lost`: (file, line or row, reason) of each row that is not in the corpus. `originals`: the values of a field as
    they were written, where those in `fields` are not the same ("1,5" and 1.5). `vectors` (N, D) and `places` (N, 2 or
    3): paths of arrays that came with the texts, "" where there are none. The texts of a large corpus stay in a file
    and are read when they are asked for (see `StoredTexts`).
    """

    title: str
    texts: Sequence[str]
    fields: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    lost: Sequence[tuple[str, int, str]] = field(default=(), compare=False)
    originals: dict[str, tuple[str, ...]] = field(default_factory=dict, compare=False, repr=False)
    vectors: str = field(default="", compare=False)
    places: str = field(default="", compare=False)
    known_keys: tuple[str, str] | None = field(default=None, compare=False, repr=False)

    @cached_property
    def key(self) -> str:
        """A digest of texts and fields: the name under which the corpus is saved."""
        if self.known_keys:
            return self.known_keys[0]
        return key_of(self.texts_key, self.fields)

    @cached_property
    def texts_key(self) -> str:
        """A digest of the texts alone: vectors and maps depend on nothing else."""
        return self.known_keys[1] if self.known_keys else digest_of(self.texts)

    def written(self, name: str) -> Sequence[Any]:
        """The values of a field as they stood in its file, for exports."""
        return self.originals[name] if name in self.originals else self.fields[name]

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """An id for each text, see `document_ids`."""
        return tuple(document_ids(self.texts))


def document_ids(texts: Sequence[str]) -> list[str]:
    """An id for each text, independent of its position: its digest, and for a repeated text which repeat it is."""
    ids, times = [], Counter[str]()
    for text in texts:
        digest = storage.content_key(text)
        times[digest] += 1
        ids.append(digest if times[digest] == 1 else f"{digest}-{times[digest]}")
    return ids


def digest_of(texts: Iterable[str]) -> str:
    """A digest of texts in their order, one after another: 32 hexadecimal digits."""
    digest = hashlib.blake2b(digest_size=16)
    for text in texts:
        content = text.encode("utf-8", "surrogatepass")
        digest.update(b"%d\n" % len(content))
        digest.update(content)
    return digest.hexdigest()


def key_of(texts_key: str, fields: dict[str, tuple[Any, ...]]) -> str:
    """The key of a corpus, from the digest of its texts and its fields."""
    return storage.content_key(texts_key, {name: list(values) for name, values in fields.items()})
