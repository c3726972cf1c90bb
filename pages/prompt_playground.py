"""Prompts: talk to a language model on this machine, and see what it costs. Choose, ask, show."""

import streamlit as st

from pages.prompting.history.unsaved import show_unsaved
from pages.prompting.model.no_model import show_no_model
from pages.prompting.sidebar import show_sidebar
from pages.shared.frame import pick_view
from pages.shared.user_errors import user_errors

view = pick_view("prompting", "Prompts")
above = st.container()  # for what is only known once an answer has ended
with user_errors():
    page = show_sidebar()
    if page.model is None:
        show_no_model()
    else:
        view.show(page)
with above:
    show_unsaved()
