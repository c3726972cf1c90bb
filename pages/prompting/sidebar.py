"""The sidebar of the prompts page: the model, the sampling parameters and the system prompt."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from core import catalog
from core.cached import prompting as cached_prompting
from core.errors import UserError
from core.models.gguf import header as gguf_header
from core.prompting import templates
from core.prompting.endpoint import Endpoint, connect
from core.prompting.engine import Model
from core.prompting.settings import Settings
from core.runtime import server_state
from pages.prompting import state_keys
from pages.prompting.model.get_model import GET, show_downloads
from pages.prompting.model.load_choice import pick_load_settings
from pages.prompting.model.model_card import show_card
from pages.prompting.model.sampling import pick_settings
from pages.shared.user_errors import show_note

BY_PATH, BY_ADDRESS = "another file", "a server"
BY_ADDRESS_TITLE, BY_ADDRESS_ONCE = "OpenAI-compatible API …", "A server …"
SMALL_BYTES = 300_000_000  # what may answer by itself when the page opens


@dataclass(frozen=True)
class PageSettings:
    """What was chosen. `model` is None while there is none that can be used."""

    model: Model | Endpoint | None
    title: str
    settings: Settings
    system: str = ""
    thinking: bool | None = None

    @property
    def chats(self) -> bool:
        return bool(self.model and self.model.chat_template)

    @property
    def small(self) -> bool:
        """Whether it may answer by itself when the page opens; a server is only asked on a press."""
        return isinstance(self.model, Model) and self.model.header.size_bytes <= SMALL_BYTES


def show_sidebar() -> PageSettings:
    """Draw the sidebar and give what was chosen."""
    with st.sidebar:
        model, title = _pick_model()
        if isinstance(model, Model):
            show_card(model)
        settings = pick_settings()
        system, thinking = "", None
        template = model.chat_template if model else None
        if isinstance(model, Endpoint) or template:
            system = st.text_area(
                "System prompt",
                key=state_keys.SYSTEM_PROMPT,
                persist_state="session",
                height=80,
                max_chars=20_000,
                placeholder="Instructions that the model reads before the conversation",
                help="Where the model’s chat template has no system role, this goes before the first question",
            )
            if templates.can_think(template):
                thinking = st.toggle("Thinking", key="prompting_thinking", bind="query-params")
    return PageSettings(model, title, settings, system, thinking)


def _pick_model() -> tuple[Model | Endpoint | None, str]:
    try:
        found = _pick_file()
        if found == BY_ADDRESS:
            return _pick_server()
        return (_open(found[0]), found[1]) if isinstance(found, tuple) else (None, "")
    except UserError as error:
        show_note(error.what, error.next_step)
        return None, ""


def _pick_server() -> tuple[Endpoint | None, str]:
    url = st.text_input(
        "Base URL",
        os.environ.get("OPENAI_BASE_URL", ""),
        key="prompting_server",
        persist_state="session",
        max_chars=500,
        placeholder="http://127.0.0.1:8080/v1",
        help="llama-server, Ollama, vLLM or a hosted API. What you write is sent there. An API key is taken from the "
        "environment variable TEXTLAB_API_KEY and goes only to a server on this machine, or to the host in "
        "TEXTLAB_API_KEY_HOST; OPENAI_API_KEY goes to the host of OPENAI_BASE_URL, or to api.openai.com.",
    )
    names = server_state.model_servers
    if url and st.button("List models", icon=":material/list:"):
        names[url] = connect(url, patience=10).models()
    if url and names.get(url):
        name = st.selectbox("Model ID", names[url], key="prompting_server_models")
    else:
        name = st.text_input(
            "Model ID",
            key="prompting_server_model",
            persist_state="session",
            max_chars=200,
            placeholder="the model’s name on the server",
        )
    return (connect(url, name or ""), name or url) if url else (None, "")


def _pick_file() -> tuple[Path, str] | str | None:
    specs = {spec.key: spec for spec in catalog.of_kind("language-model")}
    files = catalog.files_on_disk()
    options = [*specs, *files, GET, BY_PATH, BY_ADDRESS]
    if st.query_params.get(state_keys.MODEL) == BY_ADDRESS_ONCE and state_keys.MODEL not in st.session_state:
        st.query_params[state_keys.MODEL] = BY_ADDRESS_TITLE  # the address of a link carries what the box showed
        st.session_state[state_keys.MODEL] = BY_ADDRESS
    chosen = st.selectbox(
        "Model",
        options,
        key=state_keys.MODEL,
        bind="query-params",
        format_func=lambda key: (
            specs[key].title
            if key in specs
            else key.removesuffix(".gguf")
            if key in files
            else {GET: "Get a model …", BY_PATH: "Another file …"}.get(key, BY_ADDRESS_TITLE)
        ),
    )
    if chosen == GET:
        return None
    show_downloads()
    if chosen == BY_ADDRESS:
        return BY_ADDRESS
    if chosen == BY_PATH:
        typed = st.text_input(
            "Path of a .gguf file",
            key="prompting_path",
            persist_state="session",
            placeholder="/home/me/models/model.gguf",
            max_chars=2_000,
        )
        path = Path(typed.strip().strip("\"'")).expanduser() if typed.strip() else None
        return (path, path.stem) if path else None
    if chosen in specs and specs[chosen].path:
        return specs[chosen].path, specs[chosen].title  # type: ignore[return-value]
    return (files[chosen], files[chosen].stem) if chosen in files else None


def _open(path: Path) -> Model:
    header = gguf_header.read(path)
    return cached_prompting.language_model(
        str(header.path.resolve()), header.path.stat().st_mtime, pick_load_settings(header)
    )
