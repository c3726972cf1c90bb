"""Words: the frame of the page. Choose vectors, choose a view, show it."""

from pages.shared.frame import pick_view
from pages.shared.user_errors import user_errors
from pages.words.looked_up import saying_what_was_looked_up
from pages.words.sidebar import pick_settings

view = pick_view("words", "Words")
with user_errors():
    if settings := pick_settings():
        with saying_what_was_looked_up(settings.vectors):
            view.show(settings)
