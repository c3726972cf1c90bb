"""Corpora: the samples, those saved on this machine, and those read from files of any kind."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path

from core import storage
from core.documents import saved_corpora
from core.documents.corpus_record import Corpus, digest_of, document_ids, key_of
from core.documents.ingest import sources
from core.documents.ingest.sources import ImportOptions, Source
from core.documents.samples import BY_KEY
from core.documents.saved_corpora import Saved, Writer, _path, forget, listed, rename, save, saved
from core.errors import UnreadableFile, UserError
from core.models.specs import Spec
from core.runtime import gate

__all__ = [
    "Corpus",
    "Saved",
    "Writer",
    "_path",
    "digest_of",
    "document_ids",
    "forget",
    "from_files",
    "from_spec",
    "key_of",
    "listed",
    "load",
    "load_sample",
    "rename",
    "save",
    "saved",
]

SAMPLE_MISSING = "Install the requirements again (gensim among them), or use another corpus."
MOST = 10_000_000  # texts of files that are read whole


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


def load(key: str) -> Corpus:
    """A sample by its key, or a corpus that was saved.

    Raises:
        UserError: it does not exist any more, or is damaged.
    """
    return load_sample(key) if key in BY_KEY else saved_corpora.load(key)


def from_files(
    paths: str | Path | Sequence[str | Path], text: str | Sequence[str] | None = None, encoding: str | None = None
) -> Corpus:
    """Files of any kind that the documents page reads, or folders of them, as one corpus; nothing is saved.

    `text`: the column that holds the text, or several that are joined (None: the one that most looks like it; every
    other column becomes a field). `encoding`: of text files, as Python names it (None: recognised). What could not be
    read is in `lost`, as (file, line or row, reason). Columns of vectors are not fields: they are read on the page.

    Raises:
        UserError: nothing there, of no kind that is read, without text, or without that column.

    Example: `from_files("notes.csv").texts`
    """
    source = _source([paths] if isinstance(paths, (str, Path)) else list(paths))
    looked = sources.look(source, encoding or "")
    names = tuple([text] if isinstance(text, str) else text or [looked.likely_text()])
    if unknown := [name for name in names if name not in looked.columns]:
        raise UserError(f"There is no column “{unknown[0][:60]}”.", f"There are: {', '.join(looked.columns)[:400]}.")
    vectors = {name for name, _ in looked.vectors}
    fields = tuple(name for name in looked.columns if name not in names and name not in vectors)
    options = ImportOptions(names, fields, words=0, most=MOST, encoding=encoding or "")
    with tempfile.TemporaryDirectory(prefix="textlab-corpus-", dir=storage.folder("incoming")) as place:
        found = gate.read(
            "documents import",
            named=source.title,
            source=asdict(source),
            options=asdict(options),
            place=place,
        )
        made = saved_corpora.load(found["key"], Path(place))
        lost = [(file or source.files[0][1], line, reason) for file, line, reason in made.lost]
        return replace(made, texts=tuple(made.texts), lost=lost)  # the file of the texts goes with its folder


def _source(paths: Sequence[str | Path]) -> Source:
    """The files of several paths, each told by the part of its path that is its own."""
    if not paths:
        raise UserError("No file was given.", "Give the path of a file or a folder.")
    found = [sources.find(str(path)) for path in paths]
    if len(found) == 1:
        return found[0]
    files = [(path, name) for each in found for path, name in each.files]
    names = sources.distinct_paths([path for path, _ in files])
    return sources.of_files(
        f"{len(files):,} files",
        [(path, name) for (path, _), name in zip(files, names, strict=True)],
        [note for each in found for note in each.notes],
    )
