"""Tokens: the frame of the page. Choose tokenizers and a text, choose a view, show it."""

from pages.shared.frame import pick_view
from pages.shared.user_errors import user_errors
from pages.tokens.sidebar import pick_settings

view = pick_view("tokens", "Tokens")
with user_errors():
    view.show(pick_settings(view.key))
