"""Laptop Text Lab: the table of pages, the frame around them, and what happens once when the server starts.

streamlit run app.py
"""

import contextlib
import gc
import inspect
import threading
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.middleware import Middleware
from streamlit.runtime.pages_manager import PagesManager

import core
from core.cached import jobs as cached_jobs
from core.models.llama import trial
from pages.licences import show_licences
from pages.server.guard import Guard
from pages.server.hosts import Hosts, named
from pages.server.opening import announce, settings
from pages.server.start_token import from_environment
from pages.shared.frame import find_views

ICON = Path(__file__).parent / ".streamlit" / "icon.svg"  # a :material: icon here would be fetched from the network
WARM_UP_AFTER_S = 6.0
SIDEBAR_PX = 280  # hidden at first on phones; beside it the longest row of views fits on a screen of 1280 pixels
AREAS = ("prompting", "words", "documents", "tokens")
ABOUT = f"""Laptop Text Lab {core.__version__}: embeddings and language models, seen on one laptop. Apache License 2.0.

[The licences of everything that is installed for it](licences)"""


def table_of_pages() -> list[Any]:
    """The pages in the order of the menu.

    Each url_path differs from its file's stem: with equal names Streamlit's older router for a folder called pages/
    would answer instead of this file.
    """
    return [
        st.Page(
            "pages/prompt_playground.py",
            title="Prompts",
            icon=":material/forum:",
            url_path="prompts",
            help="Talk to a language model on this machine",
        ),
        st.Page(
            "pages/word_explorer.py",
            title="Words",
            icon=":material/hub:",
            url_path="words",
            help="Similar words, analogies, and the bias in them",
        ),
        st.Page(
            "pages/document_map.py",
            title="Documents",
            icon=":material/scatter_plot:",
            url_path="documents",
            help="A map of documents by meaning",
        ),
        st.Page(
            "pages/tokenizer_inspector.py",
            title="Tokens",
            icon=":material/format_ink_highlighter:",
            url_path="tokens",
            help="What a model sees of a text",
        ),
    ]


def draw() -> None:
    """One run of one browser session: the frame, and the page that its address names."""
    st.set_page_config(
        page_title="Laptop Text Lab",
        page_icon=str(ICON),
        layout="wide",
        initial_sidebar_state=SIDEBAR_PX,
        menu_items={"About": ABOUT},
    )
    pages = table_of_pages()
    # A default page would not answer under its own name, so the bare address leads to the first page.
    start = st.Page(
        lambda: st.switch_page(pages[0]), title="Laptop Text Lab", url_path="start", default=True, visibility="hidden"
    )
    licences = st.Page(show_licences, title="Licences", url_path="licences", visibility="hidden")
    st.navigation([start, *pages, licences], position="top").run()


def look_ahead() -> None:
    """While the browser fetches its own files, make ready what the first run of the first page would wait for."""
    find_views(AREAS[0])
    trial.verdict()  # once on a machine: which of llama.cpp's code can be trusted here
    inspect.stack()  # on its first output Streamlit looks through every module's file; this fills the table it uses


def warm_up() -> None:
    """Once the first page had its chance to come: the other pages' modules, and the processes for long jobs."""
    for area in AREAS:
        find_views(area)
    cached_jobs.job_worker()
    # After every rerun Streamlit has the collector look through all objects, and no message leaves meanwhile. Modules
    # stay for good: set aside, they are not looked through again.
    gc.collect()
    gc.freeze()


@contextlib.asynccontextmanager
async def server_life(_server: Any) -> AsyncIterator[None]:
    """Once per server: have the processes for long jobs warm up, as soon as the first page had its chance to come."""
    # Without this, the first address opened after a start would meet the older router and its "Page not found".
    PagesManager.uses_pages_directory = False
    threading.Thread(target=look_ahead, daemon=True).start()
    warming = threading.Timer(WARM_UP_AFTER_S, warm_up)
    warming.daemon = True
    warming.start()
    announce(HOSTS, TOKEN)
    yield
    warming.cancel()


if __name__ == "__main__":  # Streamlit runs this file so for every session ...
    draw()
else:  # ... and imports it once to start the server.
    HOSTS, TOKEN = Hosts(named(*settings())), from_environment()
    app = st.App(__file__, lifespan=server_life, middleware=[Middleware(Guard, HOSTS, TOKEN)])
