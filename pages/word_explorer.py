"""Words: the frame of the page. Choose vectors, choose a view, show it."""

from pages.shared.frame import pick_view
from pages.shared.user_errors import user_errors
from pages.words.sidebar import pick_settings

view = pick_view("words", "Words")
with user_errors():
    if settings := pick_settings():
        view.show(settings)
