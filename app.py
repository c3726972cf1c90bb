"""Laptop Text Lab: the table of pages, the frame around them, and nothing else.

    streamlit run app.py
"""

from pathlib import Path

import streamlit as st

from core import loaders

ICON = Path(__file__).parent / ".streamlit" / "icon.svg"  # a :material: icon here would be fetched from the network

# Each url_path differs from its file's stem: with equal names Streamlit's older router for a folder called pages/
# would answer the first visitor instead of this file.
PAGES = [
    st.Page("pages/prompt_playground.py", title="Prompts", icon=":material/forum:", url_path="prompts",
            help="Talk to a language model on this machine"),
    st.Page("pages/word_explorer.py", title="Words", icon=":material/hub:", url_path="words",
            help="Similar words, analogies, and the bias in them"),
    st.Page("pages/document_map.py", title="Documents", icon=":material/scatter_plot:", url_path="documents",
            help="A map of documents by meaning"),
    st.Page("pages/tokenizer_inspector.py", title="Tokens", icon=":material/format_ink_highlighter:",
            url_path="tokens", help="What a model sees of a text"),
]


def home() -> None:
    """The bare address leads to the first page; a default page would not answer under its own name."""
    st.switch_page(PAGES[0])


st.set_page_config(page_title="Laptop Text Lab", page_icon=str(ICON), layout="wide", initial_sidebar_state="expanded",
                   menu_items={"About": "Laptop Text Lab: embeddings and language models, seen on one laptop."})
start = st.Page(home, title="Laptop Text Lab", default=True, visibility="hidden")
page = st.navigation([start, *PAGES], position="top")
loaders.job_worker()  # starts warming up in its own process, so that the first map does not wait for it
page.run()
