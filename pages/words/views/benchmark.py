"""Benchmark: accuracy on published analogies, the nearest word of all, and agreement with human ratings."""

from __future__ import annotations

import streamlit as st

from core.words.analogy_methods import EARLIER_LABELS, METHODS
from core.words.own_lists import OwnList
from pages.shared.frame import View
from pages.shared.method import show_method
from pages.words.benchmark_analogies import AT_ONCE, measured, show_accuracy, show_landing
from pages.words.benchmark_similarity import show_similarity
from pages.words.old_links import follow_old_link
from pages.words.own_lists import pick_own
from pages.words.sidebar import PageSettings, opening, titles

FIRST = (AT_ONCE, 100_000, 300_000)
"""Choices for a larger vocabulary; GluonNLP's published tables use 300,000."""

PICTURES = {"right": "Accuracy", "landing": "Nearest word of all", "similarity": "Similarity"}
ONCE = {"Right answers": "right", "Where it lands": "landing"}
"""Earlier labels of the pictures, which shared links still carry."""


def show(settings: PageSettings) -> None:
    follow_old_link("words_bench_method", METHODS, EARLIER_LABELS)
    with st.sidebar:
        method = (
            st.selectbox(
                "Method", list(METHODS), format_func=METHODS.__getitem__, key="words_bench_method", bind="query-params"
            )
            or "add"
        )
        choices = [key for key in titles() if key != settings.key]
        others = (
            st.multiselect(
                "Compare with",
                choices,
                format_func=lambda key: titles().get(key, key),
                max_selections=3,
                key="words_beside",
                persist_state="session",
                placeholder="other vectors",
            )
            if choices
            else []
        )
        slot = st.container()
    followed = follow_old_link("words_bench", PICTURES, ONCE)
    picture = st.segmented_control(
        "Picture",
        list(PICTURES),
        format_func=PICTURES.__getitem__,
        default=None if followed else "right",
        required=True,
        key="words_bench",
        bind="query-params",
        label_visibility="collapsed",
    )
    kind = picture or "right"
    with slot:
        first = _pick_first(settings, kind)
        own = pick_own("ratings" if kind == "similarity" else "analogies")
    keys = [settings.key, *others]
    if kind == "similarity":
        show_similarity(keys, own, first)
    else:
        found = {key: measured(key, method, kind == "right", first) for key in keys}
        mine = {key: measured(key, method, kind == "right", first, own) for key in keys} if own else {}
        if kind == "right":
            show_accuracy(found, method, mine, own.title if own else "")
        else:
            show_landing(found, mine)
    show_method(
        "",
        "Mikolov, Chen, Corrado and Dean 2013 (questions-words.txt); Finkelstein et al. 2002; Hill et al. "
        "2015; on the effect of excluding the query words: Linzen 2016, Rogers et al. 2017.",
        _lines(keys, kind, method, first, own),
        {
            "vectors": settings.title,
            "vocabulary": f"the first {min(len(settings.vectors), first):,} words",
            "words": "as written, else in another case",
            "method": method,
            "query words": "excluded for accuracy, included for the nearest word of all",
            "questions with a word out of vocabulary": "not counted",
        },
        "The protocol changes such numbers by several points, so compare only numbers measured in the same way.",
    )


def _lines(keys: list[str], kind: str, method: str, first: int, own: OwnList | None) -> str:
    names = titles()
    ways = {names[key]: opening(key) for key in keys}
    imports = "\n".join(dict.fromkeys(way for way, _ in ways.values()))
    sets = ", ".join(f"{name!r}: {expression}" for name, (_, expression) in ways.items())
    if kind == "similarity":
        more = (
            "from core.words import own_lists\nfrom core.words.benchmark import agreement_with\n"
            f"own = own_lists.find({own.id!r})\n"
            "for name, vectors in sets.items():\n"
            f"    result[name].append(agreement_with(vectors, own.title, own.content['pairs'], {first}))\n"
            if own
            else ""
        )
        return (
            f"from core.words.benchmark import LISTS, agreement\n{imports}\nsets = {{{sets}}}\n"
            "result = {name: [agreement(vectors, each, FIRST) for each in LISTS] for name, vectors in sets.items()}\n"
            + more
        ).replace("FIRST", str(first))
    asked = f"{method!r}, {kind == 'right'}, {first}"
    more = (
        "from core.words import own_lists\nfrom core.words.questions import evaluate\n"
        f"questions = own_lists.as_questions(own_lists.find({own.id!r}))\n"
        f"own = {{name: evaluate(vectors, questions, {asked}) for name, vectors in sets.items()}}"
        if own
        else ""
    )
    return (
        f"from core.words.analogy import accuracy\nfrom core.words.questions import google_analogies\n{imports}\n"
        f"sets = {{{sets}}}\nasked = google_analogies(), {asked}\n"
        "result = {name: accuracy(vectors, *asked) for name, vectors in sets.items()}\n" + more
    )


def _pick_first(settings: PageSettings, kind: str) -> int:
    """How many of the first words the questions and answers come from; ratings are compared on all unless chosen."""
    sizes = [size for size in FIRST if size < len(settings.vectors)] + [min(len(settings.vectors), FIRST[-1])]
    if kind == "similarity":
        sizes = [len(settings.vectors), *reversed(sizes)]
    sizes = list(dict.fromkeys(sizes))

    def named(size: int) -> str:
        return f"all {size:,} words" if size == len(settings.vectors) else f"the first {size:,} words"

    key = f"words_bench_first_{max(sizes)}{'_ratings' if kind == 'similarity' else ''}"
    return int(st.selectbox("Vocabulary", sizes, format_func=named, key=key) or sizes[0])


VIEW = View("benchmark", "Benchmark", 7, show)
