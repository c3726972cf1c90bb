"""What the debiasing view says: its title, a sentence for each step with the check in it, and the table of numbers."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.words.debias import Lipstick
from core.words.debias_check import Separation
from core.words.statistics import correlation
from core.words.verdicts import p_text
from pages.shared.reading import show_reading
from pages.words.axes import PickedAxis
from pages.words.result_list import Row, show_list


def check_title(found: Lipstick) -> str:
    """Which of the two classifiers still separates the words, by their verdicts."""
    by = [one for one in (found.kmeans, found.svm) if one.verdict.is_finding]
    if not by:
        return "No finding by k-means or RBF-SVM"
    each = ", ".join(f"{one.name.removeprefix('RBF-')} {_percent(one.after)}" for one in by)
    return f"Separable: {each}"


def what_is_left(found: Lipstick) -> tuple[str, list[object]]:
    """The sentence that follows from both classifiers, and its values."""
    parts: list[str] = []
    values: list[object] = []
    for one in (found.kmeans, found.svm):
        parts.append("{} {} before, {} after (null up to {}: {})")
        values += [one.name, _percent(one.before), _percent(one.after), _percent(one.null[1]), one.verdict.label]
    return "In the right group: " + "; ".join(parts) + ".", values


def read_step(found: Lipstick, picked: PickedAxis, step: str) -> None:
    """What the step shows, and in every step what the check says of the whole."""
    check, values = what_is_left(found)
    still = any(one.verdict.is_finding for one in (found.kmeans, found.svm)) or found.neighbours_verdict.is_finding
    caveat = (
        "Neutralizing hides the bias from this direction; it does not take it out of the words."
        if still
        else "Neither classifier nor the neighbours show the bias any longer in these words; others might."
    )
    starts = {
        "before": f"These {len(found.words)} words are the most {picked.high}- and {picked.low}-associated. ",
        "after": "No cosine with the direction is left. ",
        "even": "The two words of each pair are set equally far from the middle (bars: how far each is moved). ",
        "check": "The direction is gone, the groups are not. "
        if still
        else "The direction is gone, and so are the groups. ",
    }
    if step == "company":
        show_reading(
            "How associated an occupation was correlates with the share of such words among its neighbours: r = {} "
            "before, {} after ({}). " + check,
            f"{found.neighbours_before:.2f}",
            f"{found.neighbours_after:.2f}",
            found.neighbours_verdict.words,
            *values,
            caveat=caveat,
        )
        return
    show_reading(starts[step] + check, *values, caveat=caveat)


def show_numbers(found: Lipstick) -> None:
    """The three checks before and after, with p, null and verdict."""
    with st.expander("Before and after in numbers", icon=":material/table:"):
        low, high = found.neighbours_null
        show_list(
            ("check", "", "before", "after", "null", "verdict"),
            [
                *(_row(one) for one in (found.kmeans, found.svm)),
                Row(
                    "association and neighbours, r",
                    (
                        _r(found, found.shares_before),
                        _r(found, found.shares_after),
                        f"{low:.2f} to {high:.2f}",
                        f"{found.neighbours_verdict.label}, {p_text(found.neighbours_verdict.p_corrected)}",
                    ),
                    max(0.0, found.neighbours_after),
                ),
            ],
        )


def _row(one: Separation) -> Row:
    cells = (
        f"{100 * one.before:.1f} %",
        f"{100 * one.after:.1f} %",
        f"{100 * one.null[0]:.0f} to {_percent(one.null[1])}",
        f"{one.verdict.label}, {p_text(one.verdict.p_corrected)}",
    )
    return Row(f"in the right group, {one.name}", cells, one.after)


def _r(found: Lipstick, shares: np.ndarray) -> str:
    around = correlation(found.subject_bias, shares)
    return f"{around.value:.2f} ({around.low:.2f} to {around.high:.2f})"


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
