"""Analogy: a is to b as c is to which word? The query words stay in the list, struck through."""

from __future__ import annotations

import streamlit as st

from core.figures import words as figures
from core.words.analogy import Candidate, solve_by_every_method
from core.words.analogy_methods import EARLIER_LABELS, METHODS
from core.words.plane import parallelogram
from pages.shared.export import show_figure
from pages.shared.frame import View, dark
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.words import two_lists
from pages.words.first_words import pick_first, restricted
from pages.words.old_links import follow_old_link
from pages.words.presets import pick_preset
from pages.words.result_list import Row, show_list
from pages.words.second_set import pick_second_set
from pages.words.sidebar import PageSettings

INPUTS = ("words_a", "words_b", "words_c")
PRESETS = {
    "berlin, germany": ("berlin", "germany", "paris"),
    "madrid, spain": ("madrid", "spain", "lisbon"),
    "man, boy": ("man", "boy", "woman"),
    "it goes wrong": ("spain", "madrid", "portugal"),
    "it is sexist": ("doctor", "man", "nurse"),
    "is it sexist?": ("man", "doctor", "woman"),
    "man, king": ("man", "king", "woman"),
    "big, bigger": ("big", "bigger", "cold"),
}
SLIDES = {
    ("berlin", "germany", "paris"): "france",
    ("madrid", "spain", "lisbon"): "portugal",
    ("man", "boy", "woman"): "girl",
    ("spain", "madrid", "portugal"): "spain",
    ("man", "doctor", "woman"): "nurse",
}
"""What the talk's slides print as the answer."""


def show(settings: PageSettings) -> None:
    follow_old_link("words_method", METHODS, EARLIER_LABELS)
    with st.sidebar:
        pick_preset(INPUTS, PRESETS, "Examples, the talk’s first")
        method = (
            st.selectbox(
                "Method", list(METHODS), format_func=METHODS.__getitem__, key="words_method", bind="query-params"
            )
            or "add"
        )
        leave_out = st.toggle(
            "Exclude query words",
            False,
            key="words_exclude",
            bind="query-params",
            help="Most published examples exclude them, without saying so",
        )
        first = pick_first(settings)
        second = pick_second_set(settings)
    a, b, c = _ask(settings)
    if second is not None:
        two_lists.show_analogy(settings, second, (a, b, c), method, leave_out)
        return
    vectors = restricted(settings, first, (a, b, c))
    by_method = solve_by_every_method(vectors, a, b, c, 13)
    every = by_method[method]
    others = [candidate for candidate in every if not candidate.is_input][:10]  # as if the query words were excluded
    found = others if leave_out else every[:10]
    others = others[:1]
    answer = others[0].word if others else ""
    shape = parallelogram(
        settings.vectors,
        a,
        b,
        c,
        tuple(dict.fromkeys([item.word for item in found[:7]] + [answer])),
        answer,
        unit=method != "add-raw",
    )
    left, right = st.columns([5, 3], gap="medium")
    with left:
        title = f"{a} is to {b} as {c} is to “{found[0].word}”"
        figure = figures.analogy_plane((a, b, c), shape, [*found, *others], answer, title, dark(), 430)
        show_figure(
            figure,
            "analogy",
            {
                "word": [item.word for item in found],
                "score": [item.score for item in found],
                "is_input": [item.is_input for item in found],
            },
        )
    with right:
        _list(found, method)
    _read((a, b, c), found, answer, leave_out, shape.offset_cosine)
    _side_by_side(by_method)
    show_method(
        _FORMULAS[method],
        "Mikolov, Yih and Zweig 2013; Levy and Goldberg 2014; on excluding the query words: "
        "Nissim, van Noord and van der Goot 2020, Linzen 2016.",
        f"from core.words.analogy import solve\n{settings.code}\n{_among(first)}"
        f"result = solve(vectors, {a!r}, {b!r}, {c!r}, method={method!r}, exclude_inputs={leave_out})",
        {"vectors": settings.title, "query words": "excluded" if leave_out else "included", "method": method},
        "The picture is the plane through a, b and c, which also holds the sum: those four are drawn without "
        "loss. The other words are not in this plane; a larger dot is nearer to it.",
    )


def _among(first: int) -> str:
    """The line of Python that leaves only the first words."""
    return f"from core.words.ranking import first_of\nvectors = first_of(vectors, {first})\n" if first else ""


def _ask(settings: PageSettings) -> tuple[str, str, str]:
    """The sentence with its three gaps."""
    first = PRESETS["is it sexist?"]
    parts = st.columns(4, vertical_alignment="bottom")
    words = []
    for part, label, key, value in zip(parts, ("", "is to", "as"), INPUTS, first, strict=False):
        with part:
            words.append(
                (st.text_input(label or "This word", value, max_chars=80, key=key, bind="query-params") or "").strip()
            )
    with parts[3]:
        st.markdown("**is to … ?**")
    a, b, c = (settings.vectors.look_up(word) for word in words)
    return a, b, c


def _list(found: list[Candidate], method: str) -> None:
    top = max((item.score for item in found), default=1.0) or 1.0
    show_list(
        ("word", "", "score" if method == "mul" else "cosine"),
        [
            Row(
                item.word,
                (f"{item.score:.3f}",),
                item.score / top,
                item.is_input,
                "query word" if item.is_input else "",
            )
            for item in found
        ],
    )


def _side_by_side(by_method: dict[str, list[Candidate]]) -> None:
    """The answer of each method, first with the query words included, then without."""
    rows = []
    for method, title in METHODS.items():
        candidates = by_method[method]
        best, left = candidates[0], [item for item in candidates if not item.is_input][:3]
        rows.append(
            Row(
                title,
                (best.word + (" (query word)" if best.is_input else ""), ", ".join(item.word for item in left)),
                0.0,
            )
        )
    show_list(("all methods", "", "query words included", "excluded: the first three"), rows)


def _read(names: tuple[str, str, str], found: list[Candidate], answer: str, leave_out: bool, cosine: float) -> None:
    a, b, c = names
    caveat = f"The difference from {a} to {b} and the difference from {c} to {answer} have cosine {cosine:.2f}."
    caveat += _slide(names, found[0].word)
    if leave_out:
        show_reading(
            "With the three query words excluded, the answer is {}.",
            answer,
            caveat=caveat + " Include the query words to see which word is really nearest to the sum.",
        )
    elif found[0].is_input:
        show_reading(
            "The nearest word to the sum is {}, a query word; with the query words excluded it is {}.",
            found[0].word,
            answer,
            caveat=caveat,
        )
    else:
        show_reading("The nearest word to the sum is {}, with the query words included.", found[0].word, caveat=caveat)


def _slide(names: tuple[str, str, str], first: str) -> str:
    """What the talk's slide prints for these words, compared with the first word here."""
    printed = SLIDES.get(names)
    if printed is None:
        return ""
    if printed == first:
        return f" The talk’s slide has {printed} as well."
    return f" The talk’s slide has {printed}" + (", which is one of the query words." if printed in names else ".")


_FORMULAS = {
    "add": r"\arg\max_d\ \cos\left(d,\ \hat b - \hat a + \hat c\right), \qquad \hat w = w / |w|",
    "add-raw": r"\arg\max_d\ \cos\left(d,\ b - a + c\right)",
    "mul": r"\arg\max_d\ \frac{s(d,b)\; s(d,c)}{s(d,a) + 0.001}, \qquad s(x,y) = \frac{\cos(x,y)+1}{2}",
    "pair-direction": r"\arg\max_d\ \cos\left(\hat d - \hat c,\ \hat b - \hat a\right)",
    "only-c": r"\arg\max_d\ \cos(d, c)",
}

VIEW = View("analogy", "Analogy", 3, show)
