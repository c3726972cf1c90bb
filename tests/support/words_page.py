"""The page on words in tests: a view opened, a field of it, and files that are read in a process of their own."""

from __future__ import annotations

from pages.shared.frame import find_views


def view(open_page, key: str, **query: str):
    return open_page("word_explorer", words_view=find_views("words")[key].title, **query)


def field(app, key: str):
    return next(text for text in app.text_input if text.key == key)


def fresh_processes() -> None:
    """What reads and keeps vectors, started again: a process goes on with the home of the test that started it."""
    from core.cached import words as cached_words
    from core.runtime import gate

    cached_words.worker.clear()
    gate.close()


def once_read(app, seconds: float = 30):
    """The page when its file was read: it comes again by itself, which AppTest does not do."""
    from core.cached import jobs as cached_jobs

    for key, request in list(cached_jobs.registry().requests.items()):
        if key.startswith("vectors file"):
            assert request.within(seconds)
    return app.run()
