"""The engines behind a search, chosen by the address of an index: one registration for each.

An engine is a module with a subclass of `core.documents.retrieval.store.Store` and a function that opens a file or a
connection; `register` it here, and `core.documents.search.open_store`, the page and the tests know it.
"""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable
from dataclasses import dataclass

from core.documents.retrieval.store import Store


@dataclass(frozen=True)
class Engine:
    """A kind of search store.

    `addresses`: a regular expression that a whole address must match; the engine registered last is asked first.
    `opener`: "module:function", called once for an address, as `function(uri)`; it gives a function
    `(collection, dimension) -> Store`. `title`: what the page says, with {uri}.
    `own_process`: whether it runs in a process of its own, shared by all who use that address.
    `marker`: a file that is in every index of this engine on this machine; without it nothing is ever deleted.
    """

    name: str
    addresses: str
    opener: str
    title: str
    own_process: bool = True
    marker: str = ""


_engines: list[Engine] = []


def register(engine: Engine) -> Engine:
    """Add an engine, before those that are there."""
    _engines.insert(0, engine)
    return engine


def unregister(engine: Engine) -> None:
    """Take an engine out again."""
    _engines.remove(engine)


def engine_of(uri: str) -> Engine:
    """The engine of an address."""
    return next(engine for engine in _engines if re.fullmatch(engine.addresses, uri, re.DOTALL))


def load_opener(opener: str) -> Callable[..., Callable[[str, int], Store]]:
    """The function that `Engine.opener` names."""
    module, _, function = opener.partition(":")
    found: Callable[..., Callable[[str, int], Store]] = getattr(importlib.import_module(module), function)
    return found


def on_this_machine(uri: str) -> bool:
    """Whether an address is the path of files on this machine."""
    return bool(engine_of(uri).marker)


register(
    Engine(
        "milvus-lite",
        ".*",
        "core.documents.retrieval.milvus_lite_store:opened",
        "Milvus Lite, a file on this machine",
        marker="LOCK",
    )
)
register(Engine("milvus", r".*://.*", "core.documents.retrieval.milvus_store:opened", "Milvus at {uri}"))
register(Engine("memory", ":memory:", "core.documents.retrieval.memory_store:opened", "in memory", own_process=False))
