"""Which encoders are compared: three by default, and others on this machine, on the hub or behind an API."""

from __future__ import annotations

import streamlit as st

from core.cached import hub as cached_hub
from core.cached import jobs as cached_jobs
from core.errors import Cancelled, UserError
from core.models import hub
from core.models.openai_client import Server
from core.runtime import server_state
from core.workflows import compare_encoders
from core.workflows.compare_encoders import Source
from core.workflows.encoder_sources import on_this_machine
from pages.shared.progress import wait_for
from pages.shared.user_errors import show_note, user_errors


def pick_sources() -> list[Source]:
    """In the sidebar: the encoders to compare, the defaults and those that were added."""
    added: list[Source] = server_state.compared_encoders.setdefault("added", [])
    offered = {source.title: source for source in (*compare_encoders.DEFAULTS, *on_this_machine(), *added)}
    with st.sidebar:
        wanted = st.session_state.pop("documents_encoders_next", None) or st.session_state.get("documents_encoders")
        if wanted is None:
            wanted = [source.title for source in compare_encoders.DEFAULTS]
        st.session_state["documents_encoders"] = [title for title in wanted if title in offered]
        chosen = st.multiselect(
            "Encoders",
            list(offered),
            key="documents_encoders",
            persist_state="session",
            help="Each encodes all documents, or a sample of 2,000, when it is chosen for the first time",
        )
        with st.expander("Another encoder", icon=":material/add:"):
            _from_hub()
            _from_server(added)
    return [offered[title] for title in chosen]


def _from_hub() -> None:
    """Any sentence-transformers model by its name; nothing is downloaded before the button is pressed."""
    repo = st.text_input(
        "From the Hugging Face Hub",
        key="documents_encoder_repo",
        persist_state="session",
        max_chars=200,
        placeholder="BAAI/bge-small-en-v1.5",
        help="A sentence-transformers model; it is downloaded once and then works offline",
    ).strip()
    if not repo:
        return
    request = cached_hub.from_hub(repo, None, start=False)
    try:
        if request is not None and wait_for(request, "Downloading", narrow=True) is None:
            return
        if hub.kept(repo, "*.safetensors"):
            names = server_state.compared_encoders.setdefault("repositories", [])
            if repo not in names:
                names.append(repo)
                st.rerun()  # the list above has it now
            st.caption(f"{repo} is downloaded: choose it above.")
        elif st.button("Download", key="documents_encoder_get", icon=":material/download:", width="stretch"):
            cached_jobs.forget_job(cached_hub.hub_key(repo, None))
            cached_hub.from_hub(repo, None)
            st.rerun()
    except (UserError, Cancelled) as problem:
        show_note(
            getattr(problem, "what", "Cancelled."),
            getattr(problem, "next_step", "The part that was downloaded is saved."),
        )
        if request is not None and st.button("Continue", key="documents_encoder_again", icon=":material/refresh:"):
            cached_jobs.forget_job(cached_hub.hub_key(repo, None))
            cached_hub.from_hub(repo, None)
            st.rerun()


def _from_server(added: list[Source]) -> None:
    url = st.text_input(
        "From an OpenAI-compatible API (base URL)",
        key="documents_encoder_url",
        persist_state="session",
        placeholder="http://127.0.0.1:8080/v1",
        help="llama-server --embeddings, Ollama, vLLM …: the documents are sent to this server",
    ).strip()
    model = st.text_input(
        "Model ID", key="documents_encoder_model", persist_state="session", placeholder="nomic-embed-text"
    ).strip()
    if st.button(
        "Add it: the documents are sent to this server",
        key="documents_encoder_add",
        disabled=not url,
        icon=":material/upload:",
        width="stretch",
    ):
        with user_errors():
            source = Source("server", f"{model or 'model'} at {Server(url).host}", Server(url).address, model)
            if source not in added:
                added.append(source)
            chosen = [*st.session_state.get("documents_encoders", []), source.title]
            st.session_state["documents_encoders_next"] = list(dict.fromkeys(chosen))
            st.rerun()
