"""A second set of vectors beside the one chosen for the page."""

from __future__ import annotations

from core.cached import words as cached_words
from pages.shared.linked_choice import pick_linked
from pages.words.sidebar import PageSettings, code_for, earlier_links, titles


def pick_second_set(settings: PageSettings) -> PageSettings | None:
    """A widget for the sidebar: another set to compare with; None unless one is chosen.

    The choice is one for all views of the page, and part of the link. A set that can no longer be opened raises the
    UserError of its loader.
    """
    found = {key: title for key, title in titles().items() if key != settings.key}
    key = pick_linked(
        "Compare with",
        found,
        "words_second",
        default=None,
        earlier=earlier_links(found),
        placeholder="No second set",
    )
    if key is None:
        return None
    return PageSettings(key, found[key], cached_words.word_vectors(key), code_for(key))
