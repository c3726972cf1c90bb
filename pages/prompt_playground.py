"""Prompts: talk to a language model on this machine, and see what it costs. Choose, ask, show."""

from pages.prompting.desk import show_desk
from pages.prompting.no_model import show_no_model
from pages.shared.frame import pick_view
from pages.shared.user_errors import user_errors

view = pick_view("prompting", "Prompts")
desk = show_desk()
with user_errors():
    if desk.model is None:
        show_no_model()
    else:
        view.show(desk)
