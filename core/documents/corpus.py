"""A corpus: texts, what is known of each (fields), what was left out; samples, and corpora kept on this machine."""

from __future__ import annotations

import importlib.util
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from core import storage
from core.documents.tables import Table
from core.errors import UnreadableFile, UserError

SAMPLES = {"lee": "News of 2001 (Lee)", "everyday": "Everyday topics"}
MOST_GROUPS = 20  # a column with more different values than this is not a field to colour by, unless it holds numbers


@dataclass(frozen=True)
class Corpus:
    """Texts with their fields: `fields[name][i]` belongs to `texts[i]` and is a string or a number."""

    title: str
    texts: tuple[str, ...]
    fields: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()

    @cached_property
    def key(self) -> str:
        """A digest of texts and fields: the name under which the corpus is kept."""
        return storage.content_key(list(self.texts), {name: list(values) for name, values in self.fields.items()})

    @cached_property
    def texts_key(self) -> str:
        """A digest of the texts alone: vectors and maps depend on nothing else."""
        return storage.content_key(list(self.texts))

    @cached_property
    def ids(self) -> tuple[str, ...]:
        """An id for each text, see `document_ids`."""
        return tuple(document_ids(self.texts))

    def colourable(self) -> list[str]:
        """The fields that a map can be coloured by: few groups, or numbers."""
        return [name for name, values in self.fields.items()
                if is_numeric(values) or 1 < len(set(values)) <= MOST_GROUPS]


def is_numeric(values: Sequence[Any]) -> bool:
    """Whether a field holds numbers that can be told apart."""
    return all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values) \
        and len(set(values)) > 1


def document_ids(texts: Sequence[str]) -> list[str]:
    """An id for each text that does not depend on its place: its digest, and for a repeated text which repeat it is."""
    ids, times = [], Counter[str]()
    for text in texts:
        digest = storage.content_key(text)
        times[digest] += 1
        ids.append(digest if times[digest] == 1 else f"{digest}-{times[digest]}")
    return ids


def load_sample(key: str) -> Corpus:
    """A sample corpus: "lee" (news, from gensim's package) or "everyday" (our own, with a topic for each text).

    Raises:
        UnreadableFile: gensim's package is not complete.
    """
    if key == "lee":
        spec = importlib.util.find_spec("gensim")  # found without importing gensim, which takes a second
        places = spec.submodule_search_locations if spec else None
        path = Path(next(iter(places)), "test", "test_data", "lee_background.cor") if places else Path("gensim")
        try:
            texts = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
        except OSError as problem:
            raise UnreadableFile("The Lee corpus is not in the installed gensim.",
                                 "Install gensim 4 again, or use the other sample.") from problem
        return Corpus(SAMPLES[key], tuple(texts), {"length in words": tuple(len(text.split()) for text in texts)})
    rows = (Path(__file__).parent.parent / "data" / "everyday_topics.tsv").read_text(encoding="utf-8").splitlines()
    pairs = [row.split("\t") for row in rows[1:]]
    return Corpus(SAMPLES["everyday"], tuple(text for _, text in pairs), {"topic": tuple(topic for topic, _ in pairs)})


def from_table(table: Table, text_column: str, title: str) -> Corpus:
    """The documents in one column of a table; the other columns become fields. Empty texts are left out, and counted.

    Raises:
        UserError: no such column, or no text in it.
    """
    if text_column not in table.columns:
        raise UserError(f"There is no column “{text_column[:60]}”.", f"Choose one of: {', '.join(table.columns)[:300]}")
    texts = ["" if value is None else str(value).strip() for value in table.columns[text_column]]
    kept = [row for row, text in enumerate(texts) if text]
    if not kept:
        raise UserError(f"The column “{text_column[:60]}” holds no text.", "Choose another column or another file.")
    notes = list(table.notes)
    if len(kept) < len(texts):
        notes.append(f"{len(texts) - len(kept):,} without text were left out")
    repeated = len(kept) - len({texts[row] for row in kept})
    if repeated:
        notes.append(f"{repeated:,} repeat another document word for word")
    fields = {name: tuple(_plain([values[row] for row in kept]))
              for name, values in table.columns.items() if name != text_column}
    return Corpus(title[:120], tuple(texts[row] for row in kept), fields, tuple(notes))


def _plain(values: list[Any]) -> list[Any]:
    """One kind of value in a field: numbers where all are numbers, else text."""
    try:
        numbers = [float(value) for value in values]
        if all(number == number and abs(number) != float("inf") for number in numbers):
            return [int(number) if number.is_integer() else number for number in numbers]
    except (TypeError, ValueError):
        pass
    return ["" if value is None else str(value)[:200] for value in values]


# ---------------------------------------------------------------- kept on this machine


def save(corpus: Corpus) -> str:
    """Keep a corpus on this machine, so that a reload of the page and the job process find it; its key."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = _path(corpus.key)
    if not path.exists():
        names = {name: f"field {number}" for number, name in enumerate(corpus.fields)}
        about = {"title": corpus.title, "notes": corpus.notes, "fields": {names[name]: name for name in corpus.fields}}
        table = pa.table({"text": list(corpus.texts), **{names[name]: list(corpus.fields[name]) for name in names}})
        with storage.writing(path) as part:
            pq.write_table(table.replace_schema_metadata({"about": json.dumps(about)}), part, compression="zstd")
    return corpus.key


def load(key: str) -> Corpus:
    """A sample by its key, or a corpus that was kept.

    Raises:
        UserError: it is not there any more, or damaged.
    """
    if key in SAMPLES:
        return load_sample(key)
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table = pq.read_table(_path(key))
        about = json.loads(table.schema.metadata[b"about"])
        columns = table.to_pydict()
        return Corpus(about["title"], tuple(columns["text"]),
                      {name: tuple(columns[column]) for column, name in about["fields"].items()}, tuple(about["notes"]))
    except (OSError, pa.ArrowException, ValueError, KeyError, TypeError) as problem:
        raise UserError("This corpus is not on this machine any more.", "Choose the file again.") from problem


def kept() -> dict[str, str]:
    """The corpora kept on this machine, key -> title, the latest first."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    found = {}
    for path in sorted(storage.folder("corpora").glob("*.parquet"), key=lambda path: -path.stat().st_mtime):
        try:
            metadata = pq.read_schema(path).metadata or {}
            found[path.stem] = json.loads(metadata[b"about"])["title"]
        except (OSError, pa.ArrowException, ValueError, KeyError):
            continue
    return found


def forget(key: str) -> None:
    """Take a kept corpus off this machine."""
    _path(key).unlink(missing_ok=True)


def _path(key: str) -> Path:
    if not (len(key) == 32 and all(character in "0123456789abcdef" for character in key)):
        raise UserError("That is not the name of a corpus.", "Choose one in the list.")
    return storage.folder("corpora") / f"{key}.parquet"
