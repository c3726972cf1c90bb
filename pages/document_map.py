"""Documents: a map by meaning, and how far it can be trusted. Choose, compute, show."""

from pages.documents.sidebar import show_sidebar
from pages.shared.frame import pick_view
from pages.shared.user_errors import user_errors

view = pick_view("documents", "Documents")
with user_errors():
    settings = show_sidebar()
    if not settings.importing:
        view.show(settings)
