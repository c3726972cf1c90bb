"""Analogies of the benchmark: accuracy by section, the nearest word of all, and whether two sets differ."""

from __future__ import annotations

import streamlit as st

from core.cached import words as cached_words
from core.errors import UserError
from core.figures import words as figures
from core.runtime import server_state
from core.words import own_lists
from core.words.analogy_methods import METHODS
from core.words.comparisons import accuracies_differ
from core.words.files.labels import shortened
from core.words.own_lists import OwnList
from core.words.questions import LANDINGS, Accuracy, Section, evaluate, google_analogies, read_questions
from core.words.verdicts import judge
from pages.shared.export import show_figure
from pages.shared.frame import dark
from pages.shared.reading import show_reading
from pages.words.sidebar import titles

AT_ONCE = 30_000
"""This many first words are measured at once: a second or two. word2vec's own evaluation uses as many."""

FEW = 2000
"""So few questions are answered at once, whatever the vocabulary."""


def measured(key: str, method: str, exclude: bool, first: int, own: OwnList | None = None) -> Accuracy:
    """The accuracy of a set on the published analogies, or on a person's own, cached for all sessions; a large set
    waits for a click, because it takes a minute.

    Raises:
        UserError: it waits for that click.
    """
    cached = server_state.word_benchmarks
    run = f"{key} {method} {exclude} {first} {own.id if own else ''}"
    if run not in cached:
        vectors = cached_words.word_vectors(key)
        size = min(len(vectors), first)
        questions = own_lists.as_questions(own) if own else read_questions(google_analogies())
        if (
            size > AT_ONCE
            and len(questions) > FEW
            and not st.button(
                f"Measure {size:,} words", type="primary", key=f"measure_{key[:8]}", icon=":material/play_arrow:"
            )
        ):
            raise UserError(
                f"{len(questions):,} questions against this vocabulary take up to a minute.",
                "Click the button to measure once; the result is cached.",
            )
        bar = st.progress(0.0, text="Comparing …")

        def on_progress(fraction: float, doing: str) -> None:
            bar.progress(fraction, text=doing)

        cached[run] = evaluate(vectors, questions, method, exclude, first, on_progress)
        bar.empty()
    result: Accuracy = cached[run]
    return result


def show_accuracy(found: dict[str, Accuracy], method: str, own: dict[str, Accuracy], own_title: str) -> None:
    """Accuracy by section, the own sections below the published ones; with several sets, whether they differ."""
    names = titles()
    first = next(iter(found.values()))
    total = first.total
    if not total.answered and not any(one.total.answered for one in own.values()):
        raise UserError(
            "None of the questions can be asked: their words are not in the vocabulary.", "Choose other vectors."
        )
    all_sections = {key: _sections(counted, own.get(key)) for key, counted in found.items()}
    labels = [f"{section.name}  {section.answered:,}" for section in next(iter(all_sections.values()))]
    shares = {names[key]: [section.share for section in sections] for key, sections in all_sections.items()}
    table = [(names[key], section) for key, sections in all_sections.items() for section in sections]
    show_figure(
        figures.sections(labels, shares, _title(found, names), dark(), 470),
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
        _read_several(found, names, method)
    else:
        _read_one(first, method)
    for key, counted in own.items():
        one = counted.total
        show_reading(
            "Own analogies “{}”, {}: {} of {} that can be asked are right (of {} in all).",
            own_title,
            names[key],
            one.correct,
            one.answered,
            one.asked,
        )


def _sections(counted: Accuracy, own: Accuracy | None) -> list[Section]:
    mine = [
        Section(f"own: {one.name}", one.correct, one.answered, one.asked, one.landed)
        for one in (own.sections if own else ())
    ]
    return [*counted.sections, *mine]


def _title(found: dict[str, Accuracy], names: dict[str, str]) -> str:
    """The accuracy; of two sets or more, what the comparison of the first with the second says."""
    counted = list(found.values())
    total = counted[0].total
    if len(counted) == 1:
        return f"{100 * total.share:.1f} % of {total.answered:,} analogies are right"
    keys = list(found)
    try:
        verdict = judge([accuracies_differ(counted[0], one) for one in counted[1:]])[0]
    except UserError:
        return f"{names[keys[0]]}: {100 * total.share:.1f} % of {total.answered:,} analogies are right"
    ahead = int(_shared_share(counted[0], counted[1]) < _shared_share(counted[1], counted[0]))
    if verdict.is_finding:
        return f"{names[keys[ahead]][:22]} answers more ({verdict.effect})"
    return f"Difference of the first two: {verdict.label}"


def _shared_share(one: Accuracy, other: Accuracy) -> float:
    """The accuracy of `one` on the questions that both can be asked."""
    both = (one.right >= 0) & (other.right >= 0)
    return float((one.right[both] == 1).mean()) if both.any() else 0.0


def _read_several(found: dict[str, Accuracy], names: dict[str, str], method: str) -> None:
    counted = list(found.items())
    each = [f"{names[key]} {100 * one.total.share:.1f} % of {one.total.answered:,}" for key, one in counted]
    first = counted[0][1]
    tests, compared = [], []
    for key, one in counted[1:]:
        try:
            tests.append(accuracies_differ(first, one))
            compared.append((key, one))
        except UserError:
            continue
    said = [
        f"on the questions of both, {names[counted[0][0]]} {100 * _shared_share(first, one):.1f} %, {names[key]} "
        f"{100 * _shared_share(one, first):.1f} %: {verdict.words}"
        for (key, one), verdict in zip(compared, judge(tests), strict=True)
    ]
    show_reading(
        "Accuracy: {}." + (" Difference {}." if said else ""),
        "; ".join(each),
        *(["; ".join(said)] if said else []),
        caveat=f"Of {first.total.asked:,} in all. {METHODS[method]}, query words excluded. McNemar’s exact test; "
        "questions share words, so p is rather too small.",
    )


def _read_one(first: Accuracy, method: str) -> None:
    total = first.total
    if not total.answered:
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


def show_landing(found: dict[str, Accuracy], own: dict[str, Accuracy]) -> None:
    """Which word is nearest of all, with no word excluded."""
    names, counted = titles(), next(iter(found.values()))
    short = shortened({key: names[key] for key in found}, 24)
    total = counted.total
    if not total.answered:
        raise UserError(
            "None of the questions can be asked: their words are not in the vocabulary.", "Choose other vectors."
        )
    percent = [100 * count / total.answered for count in total.landed]
    title = f"With no word excluded, the nearest is a query word in {sum(percent[1:4]):.0f} %"
    rows = [
        ("all" if len(found) == 1 else f"all: {short[key]}", one.total)
        for key, one in found.items()
        if one.total.answered
    ]
    rows += [(s.name, s) for s in _sections(counted, next(iter(own.values()), None)) if s.answered]
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
