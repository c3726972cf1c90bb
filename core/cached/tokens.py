"""Tokenizers, their vocabularies and what they made of a text, one of each for all sessions."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
import streamlit as st

from core import catalog
from core.errors import MissingModel, UserError
from core.runtime import server_state

if TYPE_CHECKING:
    from core.tokens.encoded import Encoded
    from core.tokens.tokenizer import Tokenizer
    from core.tokens.vocabulary_table import Table


def tokenizer(key: str) -> Tokenizer:
    """The tokenizer of a catalogue key, of a file (`core.tokens.own_files`), or of a server that was connected to.

    Raises:
        MissingModel: there is no such file any more, or the server has not been connected to since the start.
    """
    if key.startswith("server:"):
        if key not in server_state.tokenizer_servers:
            raise MissingModel("That server is not connected any more.", "Connect to it again in the sidebar.")
        connected: Tokenizer = server_state.tokenizer_servers[key]
        return connected
    loaded: Tokenizer = _tokenizer(key, state_of(key))
    return loaded


def state_of(key: str) -> str:
    """What tells one content behind a key from another: everything that is cached here is cached by it."""
    if key.startswith("server:"):
        return str(id(server_state.tokenizer_servers.get(key)))
    from core.tokens import foreign, own_files

    path = catalog.find(key).path if ":" not in key else own_files.path_of(key)
    return f"{path} {foreign.state_of(path)}" if path is not None and path.is_file() else ""


@st.cache_resource(show_spinner=False, max_entries=12)
def _tokenizer(key: str, state: str) -> Any:
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
    server_state.tokenizer_servers[key] = made
    return key


def encoded(
    keys: tuple[str, ...], text: str, add_special: bool = False, parse_special: bool = False
) -> list[Encoded | UserError]:
    """A text as each tokenizer encodes it, or the `UserError` of one that cannot; cached for pages and switches."""
    found: list[Encoded | UserError] = _encoded(keys, tuple(map(state_of, keys)), text, add_special, parse_special)
    if any(isinstance(one, UserError) for one in found):
        _encoded.clear()  # the next try asks again
    return found


@st.cache_resource(show_spinner=False, max_entries=3)
def _encoded(
    keys: tuple[str, ...], states: tuple[str, ...], text: str, add_special: bool, parse_special: bool
) -> list[Encoded | UserError]:
    def encode(key: str) -> Any:
        try:
            return tokenizer(key).analyse(text, add_special, parse_special)
        except UserError as error:
            return error

    if len(text) < 5000 and not any(key.startswith("server:") for key in keys):
        return [encode(key) for key in keys]
    with ThreadPoolExecutor(max_workers=4) as threads:  # the engines let other threads run meanwhile
        return list(threads.map(encode, keys))


def count_of(key: str, parts: tuple[str, ...]) -> int:
    """How many tokens those texts have together. Files do not change while one looks at them: counted once."""
    digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
    found: int = _count_of(key, state_of(key), digest, len(parts), parts)
    return found


@st.cache_resource(show_spinner="Counting", max_entries=2000)
def _count_of(key: str, state: str, digest: str, number: int, _parts: tuple[str, ...]) -> int:
    return sum(len(tokenizer(key).ids(part)) for part in _parts)


def vocabulary_table(key: str) -> Table:
    """The vocabulary of a tokenizer, ready to be searched."""
    found: Table = _vocabulary_table(key, state_of(key))
    return found


@st.cache_resource(show_spinner=False, max_entries=6)
def _vocabulary_table(key: str, state: str) -> Any:
    from core.tokens.vocabulary_table import Table

    return Table(tokenizer(key))


def unreachable(key: str) -> np.ndarray:
    """The ids of a tokenizer's tokens that no text gives; asked for once, as it takes seconds."""
    found: np.ndarray = _unreachable(key, state_of(key))
    return found


@st.cache_resource(show_spinner=False, max_entries=24)
def _unreachable(key: str, state: str) -> Any:
    return vocabulary_table(key).unreachable()


@st.cache_resource(show_spinner="Training", max_entries=8)
def trained_tokenizer(text: str, size: int, unigram: bool) -> Any:
    """A tokenizer trained on that text, cached so that looking at its merges does not train it again."""
    from core.tokens import training

    return training.unigram(text, size) if unigram else training.byte_pairs(text, size)
