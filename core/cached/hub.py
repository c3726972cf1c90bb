"""Files of the Hugging Face hub, fetched in a process of its own when a person asks for them."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.cached.jobs import close, registry
from core.models import hub
from core.runtime.worker import Request, Worker


@st.cache_resource(show_spinner=False, max_entries=2, on_release=close)
def worker(role: str) -> Worker:
    """The process that fetches, or the one that lists."""
    return Worker("core.models.hub.download:Hub", environment=hub.ENVIRONMENT, patience=2.0)


def from_hub(repo: str, names: tuple[str, ...] | None, method: str = "fetch", start: bool = True) -> Request | None:
    """The fetching of a repository's files (names None: a sentence encoder's), started by a person's click only.

    With `start=False` the request under way, or None; with method "listing" what the repository has. One process
    fetches, one file after the other; another one lists. `forget_job(hub_key(...))` lets it be asked for again.
    """
    key = hub_key(repo, names, method)
    if not start:
        return registry().requests.get(key)
    arguments: dict[str, Any] = {"repo": repo} if method == "listing" else {"repo": repo, "names": names}
    return registry().ask(worker(method), key, method, arguments)


def hub_key(repo: str, names: tuple[str, ...] | None, method: str = "fetch") -> str:
    """The registry's key of a request to the hub."""
    return f"hub {method} {repo} {' '.join(names or ())}"
