"""Words of a list a person types: ranked by their similarity to a query, and the odd one out."""

from __future__ import annotations

import re
from typing import Any

import streamlit as st

from core.errors import UserError
from core.figures.words_lists import ranked
from core.words.algebra import parse, vector_of, written
from core.words.ranking import odd_one_out, rank_list
from pages.shared.export import show_figure
from pages.shared.frame import dark
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.shared.user_errors import show_note
from pages.words.presets import pick_preset
from pages.words.sidebar import PageSettings, missing_words

MOST = 60
LIST = "windows, mac, unix, kernel, penguin, python, coffee, server, desktop, garden"
ODD = {
    "breakfast, cereal": "breakfast, cereal, dinner, lunch",
    "paris, london": "paris, london, tokyo, banana, rome",
    "cat, dog": "cat, dog, horse, oak, cow",
    "he, she": "nurse, teacher, secretary, engineer, librarian",
}


def split(typed: str) -> list[str]:
    """The words of a list: between commas, semicolons or lines; without any, between spaces. At most 60; a note says
    how many are left out."""
    parts = re.split(r"[,;\n]", typed) if re.search(r"[,;\n]", typed) else typed.split()
    words = list(dict.fromkeys(part.strip() for part in parts if part.strip()))
    if len(words) > MOST:
        show_note(f"{len(words) - MOST} words of the list are left out:", f"the first {MOST} are compared.")
    return words[:MOST]


def show_ranked(settings: PageSettings, query: str, place: Any) -> None:
    """Words of a list, typed in `place`, by their cosine with a word or a sum."""
    typed = place.text_input("The list", LIST, max_chars=2000, key="words_near_list", bind="query-params")
    terms = parse(query, settings.vectors)
    words = split(typed or "")
    found, missing = rank_list(settings.vectors, vector_of(terms, settings.vectors), words)
    if not found:
        raise UserError("None of the words of the list is in the vocabulary.", "Type other words, with commas.")
    text = written(terms)
    names, values = [item.word for item in found], [item.similarity for item in found]
    show_figure(
        ranked(names, values, names[:1], f"Of the list, “{names[0]}” is nearest to “{text}”", "cosine", dark(), 420),
        "ranked-list",
        {"word": names, "cosine": values, "angle_degrees": [item.angle for item in found]},
    )
    show_reading(
        "Of {} words, {} is most similar to {} (cosine {}) and {} least (cosine {}).",
        len(found),
        names[0],
        text,
        f"{values[0]:.2f}",
        names[-1],
        f"{values[-1]:.2f}",
        caveat="Only the words of the list are ranked; nearer words may not be in it.",
    )
    missing_words(settings, missing, f"{len(words)} words of the list")
    show_method(
        r"\cos(q, w) = \frac{q \cdot w}{|q|\,|w|}, \qquad w \in \text{list}",
        "Salton and McGill 1983; for word vectors Mikolov et al. 2013.",
        "from core.words.algebra import parse, vector_of\nfrom core.words.ranking import rank_list\n"
        f"{settings.code}\nquery = vector_of(parse({query!r}, vectors), vectors)\n"
        f"found, _ = rank_list(vectors, query, {words!r})\n"
        "result = [(n.word, n.similarity) for n in found]",
        {"vectors": settings.title},
    )


def show_odd_one_out(settings: PageSettings) -> None:
    """Which word of a list is least similar to the mean of the others."""
    with st.sidebar:
        pick_preset("words_odd", ODD, "Examples")
    first = next(iter(ODD.values()))
    typed = st.text_input("Words, one of which is odd", first, max_chars=2000, key="words_odd", bind="query-params")
    words = split(typed or "")
    found = odd_one_out(settings.vectors, words)
    names, values = [word for word, _ in found.scores], [value for _, value in found.scores]
    show_figure(
        ranked(
            names,
            values,
            [found.odd],
            f"The odd one out is “{found.odd}”",
            "cosine with the mean of the others",
            dark(),
            420,
        ),
        "odd-one-out",
        {"word": names, "cosine_with_mean_of_others": values},
    )
    show_reading(
        "{} is least similar to the mean of the others: cosine {}; the next, {}, has {}.",
        found.odd,
        f"{values[0]:.2f}",
        names[1],
        f"{values[1]:.2f}",
        caveat="A small gap means that the answer is nearly a tie. One word always comes out as the odd one, whether "
        "there is one or not.",
    )
    missing_words(settings, list(found.missing), f"{len(words)} words")
    show_method(
        r"\arg\min_w\ \cos\Big(\hat w,\ \sum_{v \neq w} \hat v\Big), \qquad \hat w = w / |w|",
        "the task: Mikolov et al. 2013; gensim’s doesnt_match takes the mean of all words.",
        f"from core.words.ranking import odd_one_out\n{settings.code}\nresult = odd_one_out(vectors, {words!r})",
        {"vectors": settings.title},
    )
