"""Similarity of the benchmark: published ratings and a person's own, with interval, null, coverage and verdict."""

from __future__ import annotations

import math

from core.cached import words as cached_words
from core.errors import UserError
from core.figures import words_verdicts
from core.words.benchmark import LISTS, Agreement
from core.words.comparisons import agreements_differ
from core.words.files.labels import shortened
from core.words.own_lists import OwnList
from core.words.verdicts import Verdict, Verdicts, judge
from pages.shared.export import show_figure
from pages.shared.frame import dark
from pages.shared.reading import show_reading
from pages.shared.user_errors import show_note
from pages.words.result_list import Row, show_list
from pages.words.sidebar import titles


def show_similarity(keys: list[str], own: OwnList | None, first: int | None) -> None:
    """Rank correlation of cosines with human ratings, one row for each list, for each set."""
    names = titles()
    short = shortened({key: names[key] for key in keys}, 22)
    labels, found = [], []
    for key in keys:
        for name in [*LISTS, *([own.id] if own else [])]:
            shown = own.title if own and name == own.id else name
            try:
                found.append((key, name, cached_words.word_agreement(key, name, first)))
                labels.append(shown if len(keys) == 1 else f"{short[key]}: {shown}")
            except UserError as problem:
                show_note(f"{shown} cannot be compared.", problem.what)
    if not found:
        raise UserError("No list has enough of its words in the vocabulary.", "Choose vectors with more words.")
    verdicts = judge([item.test for *_, item in found])
    points = [_point(item, verdict) for (*_, item), verdict in zip(found, verdicts, strict=True)]
    figure = words_verdicts.forest(
        labels,
        [words_verdicts.ForestSeries("rho", points)],
        _title(verdicts),
        "Spearman’s rho with human ratings",
        dark(),
        150 + 46 * len(found),
        (min(0.0, *(item.rho.low for *_, item in found)), 1.0),
        [0, 0.2, 0.4, 0.6, 0.8, 1],
    )
    show_figure(
        figure,
        "similarity-benchmarks",
        {
            "list": labels,
            "verdict": [verdict.label for verdict in verdicts],
            "rho": [item.rho.value for *_, item in found],
            "low": [item.rho.low for *_, item in found],
            "high": [item.rho.high for *_, item in found],
            "p": [item.test.p for *_, item in found],
            "p_corrected": [verdict.p_corrected for verdict in verdicts],
            "pairs": [item.pairs for *_, item in found],
            "asked": [item.asked for *_, item in found],
        },
    )
    _read(labels[0], found[0][2], verdicts[0], keys, found)
    best = found[-1][2] if own else found[0][2]
    show_list(
        ("pair", "", "human rating", "cosine"),
        [
            Row(f"{a}, {b}", (f"{rating:.1f}", f"{cosine:.2f}"), max(0.0, float(cosine)))
            for (a, b), rating, cosine in list(zip(best.words, best.ratings, best.cosines, strict=True))[:6]
        ],
    )


def _point(item: Agreement, verdict: Verdict) -> words_verdicts.ForestPoint:
    said = f"{item.rho.value:.3f}, {item.pairs} of {item.asked} pairs"
    if not verdict.is_testable:
        nan = math.nan
        return words_verdicts.ForestPoint(nan, nan, nan, (nan, nan), False, f"{said}: not testable")
    return words_verdicts.ForestPoint(
        item.rho.value, item.rho.low, item.rho.high, item.test.null, verdict.is_finding, said
    )


def _title(verdicts: Verdicts) -> str:
    if not verdicts.testable:
        return "Not testable: too few of the pairs"
    if verdicts.findings == verdicts.testable:
        return f"{'Both' if len(verdicts) == 2 else 'All'} correlations are findings"
    return f"{verdicts.findings} of {verdicts.testable} correlations are findings"


def _read(
    label: str, item: Agreement, verdict: Verdict, keys: list[str], found: list[tuple[str, str, Agreement]]
) -> None:
    """The first list in words; with several sets, whether the first two differ on it."""
    difference = ""
    if len(keys) > 1:
        other = next((one for key, name, one in found if key == keys[1] and name == found[0][1]), None)
        if other is not None and found[0][0] == keys[0]:
            try:
                test = agreements_differ(item, other)
                difference = (
                    f" On the pairs of both, the difference to {titles()[keys[1]][:40]} is {test.value:+.3f}: "
                    f"{judge([test])[0].words}."
                )
            except UserError:
                difference = ""
    show_reading(
        "On {}, cosines and human ratings have rho = {} (95 % interval {} to {}); {}." + ("{}" if difference else ""),
        label,
        f"{item.rho.value:.3f}",
        f"{item.rho.low:.3f}",
        f"{item.rho.high:.3f}",
        verdict.words,
        *([difference] if difference else []),
        caveat="WordSim353 asks how related two words are (coffee, cup), SimLex999 how similar (coffee, tea).",
    )
