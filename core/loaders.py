"""Loaded objects, one of each for all browser sessions. The only module of core that imports Streamlit.

Keys are spec keys, paths and settings, never arrays: Streamlit hashes only a sample of a large array, so two different
ones can share a cache entry.
"""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from core import catalog, storage
from core.errors import MissingModel, UserError
from core.runtime import compiled_code
from core.runtime.jobs import JobBook, free_one
from core.runtime.worker import Request, Worker

if TYPE_CHECKING:
    from core.documents.pipeline.job_spec import Step
    from core.models.llama.load_settings import LoadSettings


@st.cache_resource(show_spinner=False, max_entries=24)
def load(key: str) -> Any:
    """The object of a catalogue key (vectors, encoder, tokenizer, corpus), made once for the whole server."""
    return catalog.load(key)


def _close(process: Any) -> None:
    process.close()


def job_worker(role: str = "map") -> Worker:
    """A process for long jobs, one of each role for all sessions, warmed up when it starts.

    "encode" holds torch, "map" umap-learn and numba: apart, they warm up side by side. "read" reads files. The first
    call also starts preparing the default sample's map.
    """
    return _worker_of(role, 0)  # Streamlit would keep job_worker() and job_worker("map") apart


@st.cache_resource(show_spinner=False, max_entries=6, on_release=_close)
def _worker_of(role: str, number: int) -> Worker:
    compiled = compiled_code.folder()  # numba's machine code, kept between starts
    worker = Worker("core.documents.pipeline.jobs:Jobs", {"role": role}, environment={"NUMBA_CACHE_DIR": str(compiled)},
                    patience=4.0, first="warm_up")
    if role == "map" and number == 0:
        storage.sweep()  # what an earlier start left that was ended in the middle
        from core.documents.pipeline.preparation import prepare_sample

        threading.Thread(target=prepare_sample, args=(worker.start(), _worker_of("encode", 0), _job_book()),
                         daemon=True, name="preparing the sample").start()
    return worker.start()


@st.cache_resource(show_spinner=False)
def _job_book() -> JobBook:
    return JobBook()


def job(key: str, method: str, /, role: str = "map", **arguments: Any) -> Request:
    """The job of that key, started if nobody asked for it yet, or its process was lost; `key` stands for its content.

    Cancelled it stays so until `forget_job`. Nobody's job waits for another's long work: a second process takes it."""
    return _job_book().ask(lambda: free_one(lambda number: _worker_of(role, number)), key, method, arguments)


def ask(worker: Worker, key: str, method: str, /, **arguments: Any) -> Request:
    """The same of another worker."""
    return _job_book().ask(worker, key, method, arguments)


def forget_job(key: str) -> None:
    """Let a job that was cancelled or failed, or has brought a map from elsewhere, be asked for anew, and the disk."""
    with _job_book().lock:
        _job_book().requests.pop(key, None)
        _job_book().answers.clear()


@st.cache_resource(show_spinner=False, max_entries=2, on_release=_close)
def _hub_worker(role: str) -> Worker:
    from core.models import hub

    return Worker("core.models.hub.download:Hub", environment=hub.ENVIRONMENT, patience=2.0)


@st.cache_resource(show_spinner=False, max_entries=3, on_release=_close)
def _words_worker(target: str) -> Worker:
    return Worker(target, environment={"HF_HUB_OFFLINE": "1"}, patience=4.0)


def kept_answer(step: Step) -> dict[str, Any] | None:
    """What the step's job answered, now or before a restart; read and checked once for the whole server."""
    return _job_book().answer(step.key, step.kept)


@st.cache_resource(show_spinner=False, max_entries=8)
def corpus(key: str) -> Any:
    """A sample corpus, or one kept on this machine, by its key."""
    from core.documents import corpus as corpora

    return corpora.load(key)


@st.cache_resource(show_spinner=False, max_entries=24)
def array(path: str) -> np.ndarray:
    """A stored array, mapped and read-only; it was checked when its answer was."""
    return storage.load_array(Path(path), check=False)


def tokenizer(key: str) -> Any:
    """The tokenizer of a catalogue key, of a file (`core.tokens.own_files`), or of a server that was connected to.

    Raises:
        MissingModel: there is no such file any more, or the server has not been connected to since the start.
    """
    if not key.startswith("server:"):
        if _tokenizer(key).stale:  # another file lies there now
            [known.clear() for known in (_tokenizer, encoded, vocabulary_table, unreachable)]
        return _tokenizer(key)
    if key not in shelf("tokenizer servers"):
        raise MissingModel("That server is not connected any more.", "Connect to it again, at the side.")
    return shelf("tokenizer servers")[key]


@st.cache_resource(show_spinner=False, max_entries=12)
def _tokenizer(key: str) -> Any:
    if ":" not in key:
        return catalog.load(key)
    from core.tokens import own_files, tokenizers

    path = own_files.path_of(key)
    if path is None:
        raise MissingModel("That file is no longer on this machine.", "Choose another tokenizer.")
    return tokenizers.load_file(path)


def connect_tokenizer(url: str, model: str) -> str:
    """Ask a server whether it tokenizes, and give the key of its tokenizer. It is forgotten when the lab ends."""
    from core.tokens.engines import remote

    made = remote.connect(url, model)
    key = f"server:{made.protocol.server.address} {made.protocol.server.model}".strip()
    shelf("tokenizer servers")[key] = made
    encoded.clear()  # another model may answer there now
    return key


@st.cache_resource(show_spinner=False, max_entries=3)
def encoded(keys: tuple[str, ...], text: str, add_special: bool = False, parse_special: bool = False) -> list[Any]:
    """A text as each tokenizer encodes it, or the `UserError` of one that cannot; kept for pages and switches."""
    made = [tokenizer(key) for key in keys]

    def encode(one: Any) -> Any:
        try:
            return one.analyse(text, add_special, parse_special)
        except UserError as error:
            return error

    if len(text) < 5000 and all(one.has_vocabulary for one in made):
        return [encode(one) for one in made]
    with ThreadPoolExecutor(max_workers=4) as threads:  # the engines let other threads run meanwhile
        return list(threads.map(encode, made))


@st.cache_resource(show_spinner=False, max_entries=6, on_release=_close)
def language_model(path: str, changed: float, settings: LoadSettings) -> Any:
    """A language model and its process, one for all sessions; `changed` is the file's time, so a new file is read."""
    from core.prompting.engine import open_model
    return open_model(path, **settings.as_dict())


@st.cache_resource(show_spinner=False)
def shelf(name: str) -> dict[str, Any]:
    """A dict for all sessions, for what must survive a reload of the page (conversations, answers under way)."""
    return {}


@st.cache_resource(show_spinner=False, max_entries=4)
def _stored_vectors(key: str) -> Any:
    from core.words.files.store import open_stored

    return open_stored(key)


def word_vectors(key: str) -> Any:
    """Word vectors by catalogue key, or by the key of an imported set: one memory-mapped copy for all sessions."""
    return _stored_vectors(key) if len(key) == 32 and key.isalnum() else load(key)


@st.cache_resource(show_spinner=False, max_entries=8)
def random_cosines(key: str) -> Any:
    """Cosines of random pairs of words of a set, sorted: what its similarities are read against."""
    from core.words.pairs import random_cosines as draw

    return draw(word_vectors(key))


@st.cache_resource(show_spinner=False, max_entries=6)
def vocabulary_table(key: str) -> Any:
    """The vocabulary of a tokenizer, ready to be searched."""
    from core.tokens.vocabulary_table import Table

    return Table(tokenizer(key))


@st.cache_resource(show_spinner=False, max_entries=24)
def unreachable(key: str) -> np.ndarray:
    """The ids of a tokenizer's tokens that no text gives; asked for once, as it takes seconds."""
    return vocabulary_table(key).unreachable()


@st.cache_resource(show_spinner=False, max_entries=8)
def association_tests(key: str) -> Any:
    """The ten association tests on a set of vectors: (test, result or the UserError, uncertainty) in their order."""
    from core.words.weat_suite import all_tests

    return all_tests(word_vectors(key))


@st.cache_resource(show_spinner=False, max_entries=8)
def bias_panel(key: str, occupations: tuple[str, ...]) -> Any:
    """All measures of bias on these occupations."""
    from core.words.bias_report import panel

    return panel(word_vectors(key), occupations)


@st.cache_resource(show_spinner="Training", max_entries=8)
def trained_tokenizer(text: str, size: int, unigram: bool) -> Any:
    """A tokenizer trained on that text, kept so that looking at its merges does not train it again."""
    from core.tokens import training

    return training.unigram(text, size) if unigram else training.byte_pairs(text, size)


@st.cache_resource(show_spinner=False, max_entries=4)
def lipstick(key: str) -> Any:
    """Hard debiasing of a set of vectors by the ten definitional pairs, with its check."""
    from core.words.debias import lipstick as debias
    from core.words.lists import definitional_pairs
    from core.words.occupations import us_2015

    return debias(word_vectors(key), definitional_pairs(), [item.word for item in us_2015()])


@st.cache_resource(show_spinner=False, max_entries=16)
def word_agreement(key: str, name: str) -> Any:
    """How far a set of vectors agrees with a published list of pairs."""
    from core.words.benchmark import agreement

    return agreement(word_vectors(key), name)


@st.cache_resource(show_spinner=False, max_entries=4, on_release=_close)
def search_store(uri: str, dimension: int, collection: str) -> Any:
    """A search index and the process that owns it; nothing is opened before it is asked."""
    from core.documents.search import OwnedStore

    return OwnedStore(uri, dimension, collection)


@st.cache_resource(show_spinner=False, max_entries=3)
def search_arrays(corpus_key: str, vectors: str) -> Any:
    """The same corpus in memory, to answer while its index is being written, or where there can be none."""
    from core.documents.search import in_memory

    return in_memory(corpus(corpus_key).texts, array(vectors))
