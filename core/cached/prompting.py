"""Language models, one process of each for all sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.cached.jobs import close

if TYPE_CHECKING:
    from core.models.llama.load_settings import LoadSettings
    from core.prompting.engine import Model


@st.cache_resource(show_spinner=False, max_entries=6, on_release=close)
def language_model(path: str, changed: float, settings: LoadSettings) -> Model:
    """A language model and its process; `changed` is the file's time, so a new file is read."""
    from core.prompting.engine import open_model

    return open_model(path, **settings.as_dict())
