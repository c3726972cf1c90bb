"""Word vectors and results on whole sets, cached for all sessions; sets that are downloaded, read or encoded."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from core.cached.jobs import close, forget_job, registry
from core.cached.objects import load
from core.runtime.worker import Request, Worker

if TYPE_CHECKING:
    import numpy as np

    from core.documents.encoding.token_states import WordStates
    from core.words.benchmark import Agreement
    from core.words.bias_report import Measured
    from core.words.debias import Lipstick
    from core.words.lists import WeatTest
    from core.words.senses import Occurrence
    from core.words.two_sets import SharedWords
    from core.words.vectors import WordVectors
    from core.words.weat_suite import Outcome


@st.cache_resource(show_spinner=False, max_entries=4)
def _stored_vectors(key: str) -> WordVectors:
    from core.words.files.store import open_stored

    return open_stored(key)


def word_vectors(key: str) -> WordVectors:
    """Word vectors by catalogue key, or by the key of an imported set (see `core.words.files.store.open_stored`): one
    memory-mapped copy for all sessions."""
    stored = key.partition(":")[0]
    vectors: WordVectors = _stored_vectors(key) if len(stored) == 32 and stored.isalnum() else load(key)
    return vectors


def forget_stored_vectors() -> None:
    """Open imported sets again when next asked for: one was renamed or removed."""
    _stored_vectors.clear()


@st.cache_resource(show_spinner=False, max_entries=8)
def random_cosines(key: str) -> np.ndarray:
    """Cosines of random pairs of words of a set, sorted: what its similarities are compared with."""
    from core.words.pairs import random_cosines as draw

    return draw(word_vectors(key))


@st.cache_resource(show_spinner=False, max_entries=6)
def first_words(key: str, count: int) -> WordVectors:
    """The set of the first `count` words of a set; its matrix is that of the whole one."""
    from core.words.ranking import first_of

    return first_of(word_vectors(key), count)


@st.cache_resource(show_spinner=False, max_entries=6)
def shared_words(key: str, other: str) -> SharedWords:
    """The words that two sets have."""
    from core.words.two_sets import shared_words as find

    return find(word_vectors(key), word_vectors(other))


@st.cache_resource(show_spinner=False, max_entries=16)
def weat_tests(key: str, tests: tuple[WeatTest, ...] | None = None) -> tuple[Outcome, ...]:
    """The ten WEAT tests on a set of vectors (or those given), in their order, with their verdicts."""
    from core.words.weat_suite import all_tests

    return all_tests(word_vectors(key), tests)


@st.cache_resource(show_spinner=False, max_entries=8)
def bias_report(
    key: str, occupations: tuple[str, ...], female: tuple[str, ...] = (), male: tuple[str, ...] = ()
) -> list[Measured]:
    """All measures of bias on these occupations, or other words, with their verdicts."""
    from core.words import bias_report

    return bias_report.bias_report(word_vectors(key), occupations, female, male)


@st.cache_resource(show_spinner="Debiasing, and two classifiers to check it …", max_entries=6)
def lipstick(key: str, pairs: tuple[tuple[str, str], ...]) -> Lipstick:
    """Hard debiasing of a set of vectors with these pairs, and its check."""
    from core.words.debias import lipstick as debias
    from core.words.occupations import us_2015

    return debias(word_vectors(key), pairs, [item.word for item in us_2015()])


@st.cache_resource(show_spinner="Debiasing the whole vocabulary …", max_entries=2)
def debiased_vectors(key: str, pairs: tuple[tuple[str, str], ...]) -> WordVectors:
    """A hard-debiased copy of a set of vectors, for its export."""
    from core.words.debiased import debiased

    return debiased(word_vectors(key), pairs)


@st.cache_resource(show_spinner=False, max_entries=32)
def word_agreement(key: str, name: str, first: int | None = None) -> Agreement:
    """The agreement of a set of vectors with a published list of pairs, or with a person's own list by its id."""
    from core.words import own_lists
    from core.words.benchmark import LISTS, agreement, agreement_with

    if name in LISTS:
        return agreement(word_vectors(key), name, first)
    own = own_lists.find(name)
    pairs = [(a, b, float(score)) for a, b, score in own.content["pairs"]]
    return agreement_with(word_vectors(key), own.title, pairs, first)


@st.cache_resource(show_spinner=False, max_entries=16)
def word_states(encoder: str, occurrences: tuple[Occurrence, ...]) -> WordStates:
    """The vectors of a word in sentences, layer by layer."""
    from core.workflows.words_in_context import in_context

    return in_context(encoder, occurrences)


@st.cache_resource(show_spinner=False, max_entries=3, on_release=close)
def worker(target: str) -> Worker:
    """The process that reads, downloads or encodes sets of vectors, by its target."""
    return Worker(target, environment={"HF_HUB_OFFLINE": "1"}, patience=4.0)


_ENCODING, _FETCHING, _READING = (
    "core.workflows.encode_vocabulary:EncodedWords",
    "core.words.files.named_sets:NamedSets",
    "core.words.files.foreign:Files",
)


def encoded_words(words_from: str, count: int, folder: str, title: str, start: bool = True) -> Request | None:
    """The first `count` words of a set, encoded one by one by the sentence encoder in `folder` (or "minilm").

    With `start=False` the running request, or None. Its process ends once the result was read: `forget_words`.
    """
    key = f"words {words_from} {count} {folder}"
    if not start:
        return registry().requests.get(key)
    return registry().ask(
        worker(_ENCODING), key, "encode", {"words_from": words_from, "count": count, "folder": folder, "title": title}
    )


def forget_words(words_from: str, count: int, folder: str) -> None:
    """Allow words to be encoded again, and free the memory of the process that did."""
    forget_job(f"words {words_from} {count} {folder}")
    worker.clear(_ENCODING)


def named_set(name: str, start: bool = True) -> Request | None:
    """The download of a published set of vectors by its name; with `start=False` the running request, or None."""
    if not start:
        return registry().requests.get(f"named {name}")
    return registry().ask(worker(_FETCHING), f"named {name}", "fetch", {"name": name})


def vectors_file(path: Path, entry: str | None = None, title: str | None = None, most: int | None = None) -> Request:
    """The reading of a file of vectors into the store; asked again, the same request, even if it failed."""
    asked = {"path": str(path), "entry": entry, "title": title, "most": most}
    return registry().ask(worker(_READING), _file_key(path, entry, most), "read", asked)


def forget_vectors_file(path: Path, entry: str | None = None, most: int | None = None) -> None:
    """Allow that file to be read again."""
    forget_job(_file_key(path, entry, most))


def file_version(path: Path) -> str:
    """Size and time of a file: a changed file is another file."""
    try:
        facts = path.stat()
        return f"{facts.st_size} {facts.st_mtime_ns}"
    except (OSError, ValueError):
        return "missing"


def _file_key(path: Path, entry: str | None, most: int | None) -> str:
    return f"vectors file {path} {entry} {most} {file_version(path)}"
