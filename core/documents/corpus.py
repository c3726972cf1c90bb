"""A corpus: texts, their fields, notes on what was left out; samples, and corpora saved on this machine."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from core import storage
from core.documents.ingest.column_values import one_kind
from core.documents.ingest.stored_texts import StoredTexts
from core.documents.samples import BY_KEY
from core.errors import UnreadableFile, UserError, folder_faults
from core.models.specs import Spec

SAMPLE_MISSING = "Install the requirements again (gensim among them), or use another corpus."


@dataclass(frozen=True)
class Corpus:
    """Texts with their fields: `fields[name][i]` belongs to `texts[i]` and is a string or a number.

    The texts of a large corpus stay in a file and are read when they are asked for (see `StoredTexts`).
    """

    title: str
    texts: Sequence[str]
    fields: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
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


def from_spec(spec: Spec) -> Corpus:
    """A sample corpus: "lee" (news, from gensim's package) or "everyday" (our own, with a topic for each text).

    Raises:
        UnreadableFile: the file of the sample is not there.
    """
    path = spec.path
    try:
        lines = path.read_text(encoding="utf-8").splitlines() if path else []
    except OSError as problem:
        raise UnreadableFile(f"The sample “{spec.title}” cannot be read ({problem}).", SAMPLE_MISSING) from problem
    if not lines:
        raise UnreadableFile(f"The sample “{spec.title}” is not in the installed packages.", SAMPLE_MISSING)
    if spec.key == "lee":
        texts = tuple(line.strip() for line in lines if line.strip())
        return Corpus(spec.title, texts, {"length in words": tuple(len(text.split()) for text in texts)})
    pairs = [row.split("\t") for row in lines[1:]]
    return Corpus(spec.title, tuple(text for _, text in pairs), {"topic": tuple(topic for topic, _ in pairs)})


def load_sample(key: str) -> Corpus:
    """The sample corpus of that key, see `core.documents.samples`."""
    return from_spec(BY_KEY[key])


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


# ---------------------------------------------------------------- saved on this machine


class Writer:
    """Writes a corpus to its file block by block; it can be loaded, by its key, only after `finish`."""

    def __init__(self) -> None:
        self._part = storage.folder("corpora") / f"{storage.mine()}.part"
        self._digest = hashlib.blake2b(digest_size=16)
        self._file: Any = None
        self._sink: Any = None
        self._names: list[str] = []

    def __enter__(self) -> Writer:
        return self

    def __exit__(self, *_: object) -> None:
        with contextlib.suppress(OSError, UserError):  # of a full disk, which was reported already
            self._close()
        self._part.unlink(missing_ok=True)

    def add(self, texts: Sequence[str], fields: dict[str, Sequence[Any]]) -> None:
        """Append some documents. Every block has the same fields, with the same kind of values."""
        import pyarrow as pa

        columns = {
            "text": pa.array(texts, pa.large_string()),
            **{f"field {number}": pa.array(values) for number, values in enumerate(fields.values())},
        }
        batch = pa.record_batch(columns)
        with folder_faults(self._part.parent):
            if self._file is None:
                self._names = list(fields)
                self._sink = pa.OSFile(str(self._part), "wb")
                self._file = pa.ipc.new_file(self._sink, batch.schema)
            self._file.write_batch(batch)
        for text in texts:
            content = text.encode("utf-8")
            self._digest.update(b"%d\n" % len(content))
            self._digest.update(content)

    def _close(self) -> None:
        if self._file is not None:
            file, self._file = self._file, None
            with contextlib.closing(self._sink), folder_faults(self._part.parent):
                file.close()

    def finish(self, title: str, notes: Sequence[str], fields: dict[str, tuple[Any, ...]]) -> str:
        """Save the corpus; its key. `fields` are those of all documents."""
        self._close()
        texts_key = self._digest.hexdigest()
        key = key_of(texts_key, fields)
        path = _path(key)
        about = {
            "title": title[:120],
            "notes": list(notes),
            "fields": self._names,
            "keys": [key, texts_key],
            "sha256": storage.sha256_of(self._part),
        }
        with folder_faults(path):
            os.replace(self._part, path)
        with storage.writing(path.with_suffix(".json")) as part:
            part.write_text(json.dumps(about), encoding="utf-8")
        return key


def save(corpus: Corpus) -> str:
    """Save a corpus on this machine, so that a reload of the page and the job process find it; its key."""
    with Writer() as writer:
        for start in range(0, max(len(corpus.texts), 1), 2000):
            block = slice(start, start + 2000)
            texts = [text.encode("utf-8", "replace").decode("utf-8") for text in corpus.texts[block]]
            writer.add(texts, {name: one_kind(values)[block] for name, values in corpus.fields.items()})
        return writer.finish(corpus.title, corpus.notes, corpus.fields)


def load(key: str) -> Corpus:
    """A sample by its key, or a corpus that was saved.

    Raises:
        UserError: it does not exist any more, or is damaged.
    """
    if key in BY_KEY:
        return load_sample(key)
    import pyarrow as pa

    path = _path(key)
    try:
        about = _about(path.with_suffix(".json"))
        if about["sha256"] != storage.sha256_of(path):
            raise ValueError("the checksum differs")
        if about["keys"][0] != key:
            raise ValueError("it is another corpus")
        return _stored(path, about)
    except FileNotFoundError as problem:
        raise UserError("This corpus is not on this machine any more.", "Choose the file again.") from problem
    except (OSError, pa.ArrowException, ValueError, KeyError, TypeError, RecursionError) as problem:
        raise UserError("This corpus is damaged.", "Delete it, and import its file again.") from problem


def _about(path: Path) -> dict[str, Any]:
    """The description of a corpus beside its file. Raises ValueError if `Writer` did not write it."""
    about: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    texts = [about["title"], about["sha256"]]
    for name in ("notes", "fields", "keys"):
        texts += about[name] if isinstance(about[name], list) else [None]
    if not all(isinstance(text, str) for text in texts) or len(about["keys"]) != 2:
        raise ValueError("not a description of a corpus")
    return about


def _stored(path: Path, about: dict[str, Any]) -> Corpus:
    import pyarrow as pa

    table = pa.ipc.open_file(pa.memory_map(str(path))).read_all()
    table.validate(full=True)  # offsets beyond its end would end the process
    column = table.column("text")
    if column.null_count or not (pa.types.is_large_string(column.type) or pa.types.is_string(column.type)):
        raise ValueError("the texts are not text")
    fields = {name: tuple(table.column(f"field {number}").to_pylist()) for number, name in enumerate(about["fields"])}
    if not all(isinstance(value, (str, int, float)) for values in fields.values() for value in values):
        raise ValueError("values of a field that are neither texts nor numbers")
    return Corpus(
        about["title"], StoredTexts(column), fields, tuple(about["notes"]), (about["keys"][0], about["keys"][1])
    )


def saved() -> dict[str, str]:
    """The corpora saved on this machine, key -> title, the latest first; a damaged one says so."""
    found: dict[str, str] = {}
    for path in storage.place("corpora").glob("*.json"):
        with contextlib.suppress(UserError):
            _path(path.stem)  # only corpora have such names
            found[path.stem] = f"Damaged corpus {path.stem[:8]}"
            with contextlib.suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
                found[path.stem] = _about(path)["title"]
    return dict(sorted(found.items(), key=lambda item: -_changed(item[0])))


def _changed(key: str) -> float:
    try:
        return _path(key).with_suffix(".json").stat().st_mtime
    except OSError:
        return 0.0


def forget(key: str) -> None:
    """Delete a saved corpus."""
    _path(key).with_suffix(".json").unlink(missing_ok=True)
    _path(key).unlink(missing_ok=True)


def _path(key: str) -> Path:
    if not (len(key) == 32 and all(character in "0123456789abcdef" for character in key)):
        raise UserError("That is not the name of a corpus.", "Choose one in the list.")
    return storage.place("corpora") / f"{key}.arrow"
