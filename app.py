"""Laptop Text Lab: the table of pages, the frame around them, and nothing else.

    streamlit run app.py
"""

import streamlit as st

from core import loaders

# Each url_path differs from its file's stem: with equal names Streamlit's older router for a folder called pages/
# would answer the first visitor instead of this file.
PAGES = [
    st.Page("pages/prompt_playground.py", title="Prompts", icon=":material/forum:", url_path="prompts", default=True,
            help="Talk to a language model on this machine"),
    st.Page("pages/word_explorer.py", title="Words", icon=":material/hub:", url_path="words",
            help="Similar words, analogies, and the bias in them"),
    st.Page("pages/document_map.py", title="Documents", icon=":material/scatter_plot:", url_path="documents",
            help="A map of documents by meaning"),
    st.Page("pages/tokenizer_inspector.py", title="Tokens", icon=":material/format_ink_highlighter:",
            url_path="tokens", help="What a model sees of a text"),
]

st.set_page_config(page_title="Laptop Text Lab", page_icon=":material/laptop_mac:", layout="wide",
                   initial_sidebar_state="expanded",
                   menu_items={"About": "Laptop Text Lab: embeddings and language models, seen on one laptop."})
page = st.navigation(PAGES, position="top")
loaders.job_worker()  # starts warming up in its own process, so that the first map does not wait for it
page.run()
