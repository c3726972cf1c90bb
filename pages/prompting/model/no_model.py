"""The panel for a lab without a language model: how to get one, from the hub or otherwise."""

from __future__ import annotations

import streamlit as st

from core import catalog, storage
from pages.prompting.model.get_model import show_get_model


def show_no_model() -> None:
    """Say how to get a model; everything here works without restarting the lab."""
    if not catalog.of_kind("language-model") and not catalog.files_on_disk():
        st.markdown("### No language model here yet")
        st.markdown("Each of these ways works without a restart.")
    show_get_model()
    st.markdown("#### Other ways")
    one, two, three = st.columns(3, border=True)
    with one:
        st.markdown("**Put a file into the models folder**")
        st.markdown(
            "A `.gguf` file of any size that fits into memory: TinyLlama, Qwen, Llama, Gemma, Pythia … Then press R."
        )
        st.code(str(storage.models_folder()), language=None, wrap_lines=True)
    with two:
        st.markdown("**Give the path of a file**")
        st.markdown(
            "Choose *Another file …* in the sidebar and give the path of a `.gguf` file on this computer, "
            "for example one that LM Studio or llama.cpp has downloaded."
        )
    with three:
        st.markdown("**Use a server**")
        st.markdown(
            "llama-server, Ollama or vLLM, here or on a cluster: choose *OpenAI-compatible API …* in the sidebar. In "
            "Python it has the same `generate`."
        )
        st.code(
            'from core.prompting.endpoint import connect\n\nmodel = connect("http://127.0.0.1:11434/v1", "llama3.2")',
            language="python",
            wrap_lines=True,
        )
    if st.button("Look again", icon=":material/refresh:"):
        st.rerun()
