"""In the sidebar: any other tokenizer, from the Hugging Face hub by name, from a file, or from a server."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import streamlit as st

from core.cached import hub as cached_hub
from core.cached import jobs as cached_jobs
from core.cached import tokens as cached_tokens
from core.errors import Cancelled, UserError
from core.runtime import server_state
from core.tokens import own_files
from pages.shared.progress import wait_for
from pages.shared.user_errors import show_note

WAYS = ("Hub", "File", "Server")
# tokenizer.json, tokenizer.model, tokenizer_config.json and chat_template.jinja, which since 2025 holds the template
# (one pattern for all: a pattern that fits nothing is an error, and older models have no chat_template)
HUB_FILES = ("[ct][ho][ak][te][n_][it]*.[jm]*",)
MOST = 6


def offer_more() -> None:
    """Draw the three ways. A new tokenizer is selected at once."""
    with st.expander("Any other tokenizer", icon=":material/add:"):
        way = st.segmented_control(
            "From where",
            WAYS,
            default=WAYS[0],
            required=True,
            key="tokens_more_way",
            label_visibility="collapsed",
            width="stretch",
        )
        {"Hub": _from_hub, "File": _from_file, "Server": _from_server}[way or WAYS[0]]()
        if problem := st.session_state.pop("tokens_more_problem", None):
            show_note(*problem)


def select_what_came() -> None:
    """Select what has arrived since the last run. To be called before the tokenizers are picked."""
    for repo in list(_asked()):
        request = cached_hub.from_hub(repo, HUB_FILES, start=False)
        if request is not None and not request.done:
            continue
        del _asked()[repo]
        cached_jobs.forget_job(cached_hub.hub_key(repo, HUB_FILES))
        with _problems_kept(repo):
            if request is not None:
                request.result()
            if (key := own_files.of_repo(repo)) is None:
                raise UserError(
                    f"“{repo}” has no tokenizer that can be read here.",
                    "Choose a repository with a tokenizer.json or a tokenizer.model.",
                )
            _select(key)


def _asked() -> dict[str, bool]:
    return server_state.tokenizer_downloads


def _select(key: str) -> None:
    chosen = [other for other in st.session_state.get("tokens_with", []) if other != key]
    st.session_state["tokens_with"] = [*chosen[: MOST - 1], key]


@contextlib.contextmanager
def _problems_kept(repo: str = "") -> Iterator[None]:
    """An error is shown below the three ways, in the run that follows."""
    problem = None
    try:
        yield
    except Cancelled:
        problem = "Cancelled.", "What was downloaded so far is kept for the next try."
    except UserError as error:
        problem = error.what, error.next_step
        if HUB_FILES[0] in error.what:
            problem = (
                f"“{repo[:80]}” has no tokenizer.json and no tokenizer.model.",
                "Look for the original model; conversions to GGUF contain their tokenizer.",
            )
    st.session_state["tokens_more_problem"] = problem


def _from_hub() -> None:
    repo = st.text_input(
        "Name on the Hugging Face hub", key="tokens_hub", placeholder="owner/name", max_chars=200
    ).strip()
    st.caption("Only the tokenizer's files are downloaded, and only when you click.")
    request = cached_hub.from_hub(repo, HUB_FILES, start=False) if repo else None
    if request is not None and not request.done:
        wait_for(request, "Downloading", narrow=True)
    elif repo in _asked():
        st.rerun()  # it came to its end within this run
    else:
        st.button(
            "Download its tokenizer",
            key="tokens_hub_fetch",
            width="stretch",
            disabled=not repo,
            on_click=_fetch,
            args=(repo,),
        )


def _fetch(repo: str) -> None:
    with _problems_kept(repo):
        cached_hub.from_hub(repo, HUB_FILES)
        _asked()[repo] = True


def _from_file() -> None:
    st.file_uploader(
        "tokenizer.json, tekken.json, tokenizer.model, .tiktoken, vocab.txt or .gguf",
        key="tokens_upload",
        on_change=_keep,
        max_upload_size=200,
    )
    st.caption("Stored on this machine. Models in the models folder are found automatically.")
    for key, (title, _) in own_files.found().items():
        if key.startswith("own:"):
            st.button(
                f"Remove {title}",
                key=f"tokens_remove_{key}",
                type="tertiary",
                icon=":material/delete:",
                on_click=own_files.remove,
                args=(key,),
            )


def _keep() -> None:
    uploaded = st.session_state.get("tokens_upload")
    if uploaded is None:
        return
    with _problems_kept():
        _select(own_files.keep(uploaded.name, uploaded.getvalue()))


def _from_server() -> None:
    address = st.text_input("Base URL", key="tokens_server", placeholder="http://127.0.0.1:8080/v1", max_chars=300)
    model = st.text_input("Model ID, if it has several", key="tokens_server_model", max_chars=200)
    st.caption(
        "llama-server, vLLM or llama_cpp.server. Your text is sent there while you type; nothing before you connect."
    )
    st.button(
        "Connect",
        key="tokens_connect",
        width="stretch",
        disabled=not address.strip(),
        on_click=_connect,
        args=(address, model),
    )


def _connect(address: str, model: str) -> None:
    with _problems_kept(), st.spinner("Asking the server"):
        _select(cached_tokens.connect_tokenizer(address, model))
