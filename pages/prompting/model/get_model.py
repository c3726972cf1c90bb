"""Get a model: the catalogue with licence, size and memory, one click to download; any other file of the hub.

Downloads go on while other views are open and after a reload: their requests are shared by all sessions.
"""

from __future__ import annotations

from typing import Any

import streamlit as st

from core import catalog
from core.cached import hub as cached_hub
from core.cached import jobs as cached_jobs
from core.catalog import Spec
from core.errors import Cancelled, UserError
from core.models import hub
from core.prompting.decoding import memory_estimate
from core.runtime import server_state
from pages.prompting import state_keys
from pages.prompting.model.model_rows import Facts, facts_of, row_html, size_words
from pages.shared.progress import wait_for
from pages.shared.user_errors import show_note

GET = "get a model"
ROWS = 6
FILTERS = ("All", "Ready offline", "Today's", "Of the talk", "Free for commerce", "Fits this machine")


def show_get_model() -> None:
    """Draw the catalogue: search, filter, rows with a button or a progress bar each, and any file by name."""
    specs = [spec for spec in catalog.of_kind("language-model", only_available=False) if spec.repo]
    memory = memory_estimate.available_bytes()
    st.markdown("### Get a model")
    memory_words = (
        f" This machine has {memory[1] / 1e9:,.0f} GB of memory, {memory[0] / 1e9:,.1f} GB of it free."
        if memory
        else ""
    )
    st.caption(
        f"{len(specs)} models of 0.07 to 7.3 billion parameters, from the Hugging Face hub. No network request "
        f"is made before you click; a file on this machine works offline.{memory_words}"
    )
    words = st.text_input(
        "Search",
        key="prompting_get_search",
        persist_state="session",
        max_chars=100,
        placeholder="name, licence, use",
        label_visibility="collapsed",
        icon=":material/search:",
    )
    chosen = st.pills("Show", FILTERS, default="All", key="prompting_get_filter", label_visibility="collapsed")
    found = [spec for spec in specs if _fits(spec, words, chosen or "All", memory)]
    if not found:
        show_note(
            "No model of the catalogue matches.", "Search for fewer words, or download any file of the hub by its name."
        )
    pages = -(-len(found) // ROWS)
    at = st.session_state.get("prompting_get_page", 1) if pages > 1 else 1
    for spec in found[(min(at, pages) - 1) * ROWS :][:ROWS]:
        _show_row(spec, memory)
    if pages > 1:
        st.pagination(pages, key="prompting_get_page")
    _show_by_name()


def show_downloads() -> None:
    """In the sidebar: what is being fetched while another view is open, and what has come."""
    for key, (title, repo, names) in list(_under_way().items()):
        request = cached_hub.from_hub(repo, names, start=False)
        if request is None:
            del _under_way()[key]
        elif not request.done:
            wait_for(request, title, narrow=True)
        elif _outcome(request, repo, names):
            st.caption(f"{title} is here: choose it above.")
            del _under_way()[key]


def _under_way() -> dict[str, Any]:
    return server_state.model_downloads


def _fits(spec: Spec, words: str, chosen: str, memory: tuple[int, int] | None) -> bool:
    text = f"{spec.title} {spec.repo} {spec.licence} {spec.note} {spec.era}".lower()
    return (
        all(word in text for word in words.lower().split())
        and {
            "Ready offline": lambda: spec.available,
            "Today's": lambda: spec.era == "today",
            "Of the talk": lambda: spec.era != "today",
            "Free for commerce": lambda: spec.commercial == "yes",
            "Fits this machine": lambda: memory is None or (spec.memory_bytes or 0) <= memory[0] - memory[1] * 0.1,
        }.get(chosen, lambda: True)()
    )


def _show_row(spec: Spec, memory: tuple[int, int] | None) -> None:
    with st.container(border=True):
        facts = facts_of(spec)
        text, press = st.columns([5, 1.2], vertical_alignment="center")
        text.html(row_html(spec, facts, memory))
        if facts.path:
            with press:
                _show_ready(spec, facts)
        else:
            _show_press(press, spec.title, spec.repo, spec.files, size_words(spec.size_bytes or 0))
        if facts.problem:
            show_note(*facts.problem)


def _show_ready(spec: Spec, facts: Facts) -> None:
    if not facts.problem:
        st.button(
            "Use it",
            key=f"use_{spec.key}",
            icon=":material/forum:",
            width="stretch",
            type="primary",
            on_click=_use,
            args=(spec.key,),
        )
    pattern = (spec.files or ("*",))[0]
    if hub.kept(spec.repo, pattern):
        st.button(
            "Remove",
            key=f"remove_{spec.key}",
            icon=":material/delete:",
            width="stretch",
            type="tertiary",
            on_click=hub.remove,
            args=(spec.repo, pattern),
            help="Delete the file from this machine",
        )


def _use(key: str) -> None:
    st.session_state[state_keys.MODEL] = key


def _show_press(place: Any, title: str, repo: str, names: tuple[str, ...] | None, size: str) -> None:
    """The button in its place; or, below it, what became of the press: progress with Cancel, or why it ended."""
    request = cached_hub.from_hub(repo, names, start=False)
    if request is not None and not request.done:
        wait_for(request, "Downloading")
    elif (request is None or _outcome(request, repo, names)) and place.button(
        f"Get {size}", key=f"get_{cached_hub.hub_key(repo, names)}", icon=":material/download:", width="stretch"
    ):
        _under_way()[cached_hub.hub_key(repo, names)] = (title, repo, names)
        cached_hub.from_hub(repo, names)
        st.rerun()


def _outcome(request: Any, repo: str, names: tuple[str, ...] | None) -> bool:
    """Whether it came; if not, why, and another try."""
    key = cached_hub.hub_key(repo, names)
    try:
        request.result()
        cached_jobs.forget_job(key)
        return True
    except Cancelled:
        show_note("Cancelled.", "What was downloaded stays on the disk.")
    except UserError as error:
        show_note(error.what, error.next_step)
    if st.button("Continue", key=f"again_{key}", icon=":material/refresh:"):
        cached_jobs.forget_job(key)
        cached_hub.from_hub(repo, names)
        st.rerun()
    return False


def _show_by_name() -> None:
    with st.expander("Any other file of the hub", icon=":material/travel_explore:"):
        repo = st.text_input(
            "Repository", key="prompting_get_repo", persist_state="session", max_chars=200, placeholder="owner/name"
        ).strip()
        listed = cached_hub.from_hub(repo, (), "listing", start=False) if repo else None
        if repo and listed is None and st.button("List files", key="prompting_get_list", icon=":material/list:"):
            listed = cached_hub.from_hub(repo, (), "listing")
        if listed is None:
            return
        try:
            found = wait_for(listed, repo)
        except (UserError, Cancelled) as error:
            cached_jobs.forget_job(cached_hub.hub_key(repo, (), "listing"))
            show_note(getattr(error, "what", "Cancelled."), getattr(error, "next_step", ""))
            return
        if found:
            _show_listing(repo, found)


def _show_listing(repo: str, found: dict[str, Any]) -> None:
    sizes = {file["name"]: file["size_bytes"] for file in found["files"] if file["name"].lower().endswith(".gguf")}
    st.caption(
        f"Licence: {found['licence'] or 'not stated'}."
        + (" It must be accepted on its page first." if found["gated"] else "")
    )
    if not sizes:
        show_note(f"“{repo}” has no .gguf files.", "Look for a conversion of the model whose name ends in GGUF.")
        return
    name = st.selectbox(
        "File",
        sorted(sizes, key=sizes.__getitem__),
        key="prompting_get_file",
        format_func=lambda name: f"{name} ({size_words(sizes.get(name, 0))})",
    )
    if name in hub.kept_files(repo):
        st.caption("It is on this machine: choose it in the list of models in the sidebar.")
    elif name:
        _show_press(st, name, repo, (name,), size_words(sizes[name]))
