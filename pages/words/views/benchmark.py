"""Benchmark: accuracy on published analogies, the nearest word of all, and agreement with human ratings."""

from __future__ import annotations

import streamlit as st

from core.cached import words as cached_words
from core.errors import UserError
from core.figures import words as figures
from core.runtime import server_state
from core.words.analogy import accuracy
from core.words.analogy_methods import EARLIER_LABELS, METHODS
from core.words.files.labels import shortened
from core.words.questions import LANDINGS, Accuracy, google_analogies
from pages.shared.export import show_figure
from pages.shared.frame import View, dark
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.words.old_links import follow_old_link
from pages.words.result_list import Row, show_list
from pages.words.sidebar import PageSettings, opening, titles

AT_ONCE = 30_000
"""This many first words are measured at once: a second or two. word2vec's own evaluation uses as many."""

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
        first = _pick_first(settings)
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
    if kind == "similarity":
        _similarity([settings.key, *others])
    else:
        found = {key: _measured(key, method, kind == "right", first) for key in [settings.key, *others]}
        if kind == "right":
            _right(found, method)
        else:
            _landing(found)
    show_method(
        "",
        "Mikolov, Chen, Corrado and Dean 2013 (questions-words.txt); Finkelstein et al. 2002; Hill et al. "
        "2015; on the effect of excluding the query words: Linzen 2016, Rogers et al. 2017.",
        _lines([settings.key, *others], kind, method, first),
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


def _lines(keys: list[str], kind: str, method: str, first: int) -> str:
    names = titles()
    ways = {names[key]: opening(key) for key in keys}
    imports = "\n".join(dict.fromkeys(way for way, _ in ways.values()))
    sets = ", ".join(f"{name!r}: {expression}" for name, (_, expression) in ways.items())
    if kind == "similarity":
        return (
            f"from core.words.benchmark import LISTS, agreement\n{imports}\nsets = {{{sets}}}\n"
            "result = {name: [agreement(vectors, each) for each in LISTS] for name, vectors in sets.items()}"
        )
    return (
        f"from core.words.analogy import accuracy\nfrom core.words.questions import google_analogies\n{imports}\n"
        f"sets = {{{sets}}}\nasked = google_analogies(), {method!r}, {kind == 'right'}, {first}\n"
        "result = {name: accuracy(vectors, *asked) for name, vectors in sets.items()}"
    )


def _pick_first(settings: PageSettings) -> int:
    """How many of the first words the questions and answers come from."""
    sizes = [size for size in FIRST if size < len(settings.vectors)] + [min(len(settings.vectors), FIRST[-1])]
    sizes = list(dict.fromkeys(sizes))

    def named(size: int) -> str:
        return f"all {size:,} words" if size == len(settings.vectors) else f"the first {size:,} words"

    return int(st.selectbox("Vocabulary", sizes, format_func=named, key=f"words_bench_first_{sizes[-1]}") or sizes[0])


def _measured(key: str, method: str, exclude: bool, first: int) -> Accuracy:
    """The accuracy of a set, cached for all sessions; a large set waits for a click, because it takes a minute."""
    cached = server_state.word_benchmarks
    run = f"{key} {method} {exclude} {first}"
    if run not in cached:
        vectors = cached_words.word_vectors(key)
        size = min(len(vectors), first)
        if size > AT_ONCE and not st.button(
            f"Measure {size:,} words", type="primary", key=f"measure_{key[:8]}", icon=":material/play_arrow:"
        ):
            raise UserError(
                "19,544 questions against this vocabulary take up to a minute.",
                "Click the button to measure once; the result is cached.",
            )
        bar = st.progress(0.0, text="Comparing …")

        def on_progress(fraction: float, doing: str) -> None:
            bar.progress(fraction, text=doing)

        cached[run] = accuracy(vectors, google_analogies(), method, exclude, first, on_progress)
        bar.empty()
    return cached[run]


def _right(found: dict[str, Accuracy], method: str) -> None:
    names = titles()
    first = next(iter(found.values()))
    total = first.total
    if not total.answered:
        raise UserError(
            "None of the questions can be asked: their words are not in the vocabulary.", "Choose other vectors."
        )
    labels = [f"{section.name}  {section.answered:,}" for section in first]
    shares = {names[key]: [section.share for section in counted] for key, counted in found.items()}
    title = f"{100 * total.share:.1f} % of {total.answered:,} analogies are right"
    table = [(names[key], section) for key, counted in found.items() for section in counted]
    show_figure(
        figures.sections(labels, shares, title, dark(), 470),
        "analogies-by-section",
        {
            "vectors": [name for name, _ in table],
            "section": [section.name for _, section in table],
            "asked": [section.asked for _, section in table],
            "answered": [section.answered for _, section in table],
            "correct": [section.correct for _, section in table],
        },
    )
    if len(found) > 1:
        each = [
            f"{names[key]} {100 * counted.total.share:.1f} % of {counted.total.answered:,}"
            for key, counted in found.items()
        ]
        show_reading(
            "Accuracy: {}.",
            "; ".join(each),
            caveat=f"Of {total.asked:,} in all; each set has the questions that its vocabulary allows. "
            f"{METHODS[method]}, query words excluded.",
        )
        return
    best = max((s for s in first if s.answered), key=lambda s: s.share)
    worst = min((s for s in first if s.answered), key=lambda s: s.share)
    show_reading(
        "{} of the {} questions that can be asked are right; best {}, worst {}.",
        f"{total.correct:,}",
        f"{total.answered:,}",
        best.name,
        worst.name,
        caveat=f"Of {total.asked:,} in all. {METHODS[method]}, query words excluded, {first.seconds:.1f} s.",
    )


def _landing(found: dict[str, Accuracy]) -> None:
    names, counted = titles(), next(iter(found.values()))
    total = counted.total
    if not total.answered:
        raise UserError(
            "None of the questions can be asked: their words are not in the vocabulary.", "Choose other vectors."
        )
    percent = [100 * count / total.answered for count in total.landed]
    title = f"With no word excluded, the nearest is a query word in {sum(percent[1:4]):.0f} %"
    short = shortened({key: names[key] for key in found}, 24)
    rows = [
        ("all" if len(found) == 1 else f"all: {short[key]}", one.total)
        for key, one in found.items()
        if one.total.answered
    ] + [(section.name, section) for section in counted if section.answered]
    show_figure(
        figures.landing([name for name, _ in rows], [one.landed for _, one in rows], LANDINGS, title, dark(), 470),
        "analogies-nearest-word",
        {
            "section": [name for name, _ in rows],
            **{name: [one.landed[i] for _, one in rows] for i, name in enumerate(LANDINGS)},
        },
    )
    show_reading(
        "The nearest word to the sum is the expected word in {}, c in {}, b in {}.",
        f"{percent[0]:.1f} %",
        f"{percent[3]:.0f} %",
        f"{percent[2]:.0f} %",
        caveat="a is to b as c is to the expected word; the sum is b - a + c.",
    )


def _similarity(keys: list[str]) -> None:
    names = titles()
    short = shortened({key: names[key] for key in keys}, 22)
    labels, found = [], []
    for key in keys:
        for name in ("WordSim353", "SimLex999"):
            found.append(cached_words.word_agreement(key, name))
            labels.append(name if len(keys) == 1 else f"{short[key]}: {name}")
    figure = figures.forest(
        labels,
        [item.rho.value for item in found],
        [item.rho.low for item in found],
        [item.rho.high for item in found],
        [(0.0, 0.0)] * len(found),
        [f"{item.rho.value:.3f}, {item.pairs} of {item.asked} pairs" for item in found],
        "Rank correlation of cosines with human ratings",
        "Spearman's rho, -1 to 1",
        dark(),
        150 + 70 * len(found),
        reach=(0.0, 1.0),
    )
    show_figure(
        figure,
        "similarity-benchmarks",
        {
            "list": labels,
            "rho": [item.rho.value for item in found],
            "low": [item.rho.low for item in found],
            "high": [item.rho.high for item in found],
            "pairs": [item.pairs for item in found],
        },
    )
    first = found[0]
    show_reading(
        "On {}, cosines and human ratings have rho = {} (95 % interval {} to {}).",
        first.name,
        f"{first.rho.value:.3f}",
        f"{first.rho.low:.3f}",
        f"{first.rho.high:.3f}",
        caveat="WordSim353 asks how related two words are (coffee, cup), SimLex999 how similar (coffee, tea).",
    )
    show_list(
        ("pair", "", "human rating", "cosine"),
        [
            Row(f"{a}, {b}", (f"{rating:.1f}", f"{cosine:.2f}"), max(0.0, float(cosine)))
            for (a, b), rating, cosine in list(zip(first.words, first.ratings, first.cosines, strict=True))[:6]
        ],
    )


VIEW = View("benchmark", "Benchmark", 7, show)
