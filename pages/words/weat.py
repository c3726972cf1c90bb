"""WEAT, the ten tests: first flowers and insects, a neutral control that shows whether the method works."""

from __future__ import annotations

import math

import streamlit as st

from core.cached import words as cached_words
from core.errors import UserError
from core.figures import words as figures
from core.figures import words_verdicts
from core.words import own_lists
from core.words.lists import LANGUAGES, WeatTest, weat_tests_in
from core.words.own_lists import OwnList
from core.words.verdicts import p_text
from core.words.weat_suite import Outcome
from pages.shared.export import show_figure
from pages.shared.frame import dark
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.shared.user_errors import show_note
from pages.words.own_lists import pick_own
from pages.words.second_set import pick_second_set
from pages.words.sidebar import PageSettings
from pages.words.weat_words import (
    forest_point,
    how_the_control_does,
    missing_words_of,
    title_of,
    title_of_two,
    weat_lines,
)

SHORT = (
    "Flowers, insects: pleasant?",
    "Instruments, weapons: pleasant?",
    "Names EA, AA: pleasant? (32)",
    "Names EA, AA: pleasant? (16)",
    "Names EA, AA: pleasant? (short)",
    "Men's, women's names: career?",
    "Mathematics, arts: male?",
    "Science, arts: male?",
    "Mental, physical illness: brief?",
    "Young, old names: pleasant?",
)


def show(settings: PageSettings) -> None:
    with st.sidebar:
        second = pick_second_set(settings)
        language = (
            st.selectbox(
                "Language of the lists",
                list(LANGUAGES),
                format_func=LANGUAGES.__getitem__,
                key="words_weat_language",
                bind="query-params",
                help="Lists other than English are our own translations of tests 1, 2 and 6",
            )
            or "en"
        )
        tests = weat_tests_in(language)
        numbers = [test.number for test in tests]
        if st.session_state.get("words_test") not in [None, 0, *numbers]:
            st.session_state["words_test"] = 0
        number = st.selectbox(
            "Test",
            [0, *numbers],
            key="words_test",
            bind="query-params",
            format_func=lambda n: f"{n}: {SHORT[n - 1]}" if n else f"all {'ten' if len(tests) == 10 else len(tests)}",
        )
        own = pick_own("lists")
    shown = _shown(tests, number or 0, own)
    sets = [settings, *([second] if second else [])]
    found = [cached_words.weat_tests(one.key, shown) for one in sets]
    if len(shown) == 1 and len(sets) == 1:
        _one(settings, found[0][0])
    else:
        _all(sets, found, _labels(shown))
    show_method(
        r"d = \frac{\bar s_X - \bar s_Y}{\mathrm{sd}_{X \cup Y}(s)}, \qquad "
        r"s(w) = \overline{\cos(w, a)}_{a \in A} - \overline{\cos(w, b)}_{b \in B}",
        "Caliskan, Bryson and Narayanan 2017; on small sets and null distributions: Ethayarajh et al. 2019; "
        "effect sizes in words: Cohen 1988; correction: Holm 1979.",
        weat_lines(sets, language, number or 0, own),
        {
            "vectors": ", ".join(one.title for one in sets),
            "lists": f"“{own.title}”" if own else LANGUAGES[language],
            "standard deviation": "of a sample (n - 1), as in the paper",
            "p": "one-sided; all partitions up to 8 and 8 words, else 20,000 drawn with a fixed seed",
            "finding": "p at most 0.05 after Holm's correction over the tests shown",
            "not testable": "under 80 % of the words of any list in the vocabulary",
            "interval": "2,000 bootstrap draws over the words of all four sets",
        },
        "The grey band is the null distribution: the middle 90 % of d when the words of both groups are mixed and "
        "parted again, so that d at its right end has p = 0.05. For eight and eight words d is at most 1.94. Its size "
        "says how well the groups are separated, not how large the difference in the world is.",
    )


def _shown(tests: tuple[WeatTest, ...], number: int, own: OwnList | None) -> tuple[WeatTest, ...]:
    """The tests that are shown: a person's own lists, one test by its number, or all."""
    if own:
        test = own_lists.as_test(own)
        if min(map(len, (test.x, test.y, test.a, test.b))) == 0:
            raise UserError(
                f"“{own.title}” does not have all four lists.",
                "WEAT compares two target lists X and Y by two attribute lists A and B: add them under “Edit own "
                "word lists”.",
            )
        return (test,)
    return tuple(test for test in tests if number in (0, test.number))


def _labels(tests: tuple[WeatTest, ...]) -> list[str]:
    return [SHORT[test.number - 1] if test.number else test.title for test in tests]


def _all(sets: list[PageSettings], found: list[tuple[Outcome, ...]], labels: list[str]) -> None:
    series = [
        words_verdicts.ForestSeries(one.title, [forest_point(item, len(sets) > 1) for item in outcomes])
        for one, outcomes in zip(sets, found, strict=True)
    ]
    title = title_of(found[0]) if len(sets) == 1 else title_of_two(found[0], found[1])
    figure = words_verdicts.forest(
        labels, series, title, "effect size d", dark(), max(220, 90 + 37 * len(labels)), (-1.3, 2.0), [-1, 0, 1, 2]
    )
    rows = [
        (one.title, label, item)
        for one, outcomes in zip(sets, found, strict=True)
        for label, item in zip(labels, outcomes, strict=True)
    ]
    show_figure(figure, "weat", _table(rows))
    _read_all(sets, found)
    for one, outcomes in zip(sets, found, strict=True):
        lost = [f"{item.test.number or item.test.title}: {missing_words_of(item)}" for item in outcomes if item.missing]
        if lost:
            show_note(f"Words out of vocabulary ({one.title}), by test:", "; ".join(lost))


def _table(rows: list[tuple[str, str, Outcome]]) -> dict[str, list[object]]:
    nan = math.nan
    return {
        "vectors": [name for name, _, _ in rows],
        "test": [label for _, label, _ in rows],
        "verdict": [item.verdict.label for *_, item in rows],
        "d": [item.result.effect_size if item.result else nan for *_, item in rows],
        "p": [item.result.p_value if item.result else nan for *_, item in rows],
        "p_corrected": [item.verdict.p_corrected for *_, item in rows],
        "p_reversed": [item.result.p_reversed if item.result else nan for *_, item in rows],
        "low": [item.uncertainty.interval.low if item.uncertainty else nan for *_, item in rows],
        "high": [item.uncertainty.interval.high if item.uncertainty else nan for *_, item in rows],
        "null_low": [item.result.null[0] if item.result else nan for *_, item in rows],
        "null_high": [item.result.null[1] if item.result else nan for *_, item in rows],
        "out_of_vocabulary": [item.missing for *_, item in rows],
    }


def _read_all(sets: list[PageSettings], found: list[tuple[Outcome, ...]]) -> None:
    """What the control says, and how many tests are findings when all are looked at together, for each set."""
    sentence: list[str] = []
    values: list[object] = []
    for one, outcomes in zip(sets, found, strict=True):
        testable = [item for item in outcomes if item.verdict.is_testable]
        sentence.append(
            ("{}: " if len(sets) > 1 else "")
            + how_the_control_does(outcomes)
            + " {} of {} tests are findings (p at most "
            "0.05, Holm’s correction over all)" + ("; {} not testable." if len(testable) < len(outcomes) else ".")
        )
        values += [one.title] if len(sets) > 1 else []
        values += [sum(item.verdict.is_finding for item in testable), len(testable)]
        values += [len(outcomes) - len(testable)] if len(testable) < len(outcomes) else []
    show_reading(
        " ".join(sentence),
        *values,
        caveat="An association in the texts, not a fact about people. EA, AA: European- and African-American.",
    )


def _one(settings: PageSettings, item: Outcome) -> None:
    if not item.result or not item.uncertainty:
        raise UserError(
            f"“{item.test.title}” cannot be run: {item.verdict.label}.", "Choose other vectors or other lists."
        )
    test, result, around, verdict = item.test, item.result, item.uncertainty, item.verdict
    words = list(result.associations)
    groups = [test.x_name] * result.size_x + [test.y_name] * result.size_y
    figure = figures.associations(
        words,
        list(result.associations.values()),
        groups,
        (test.x_name, test.y_name),
        (test.a_name, test.b_name),
        f"{test.title}: d = {result.effect_size:.2f}, {verdict.label}",
        dark(),
        440,
    )
    show_figure(
        figure,
        f"weat-{test.number}",
        {"word": words, "group": groups, "association": list(result.associations.values())},
    )
    (least, low), (most, high) = around.without
    show_reading(
        "{}: d = {}, 95 % interval {} to {}; the null distribution reaches {} at p = 0.05; {}.",
        verdict.label[0].upper() + verdict.label[1:],
        f"{result.effect_size:.2f}",
        f"{around.interval.low:.2f}",
        f"{around.interval.high:.2f}",
        f"{result.null[1]:.2f}",
        p_text(result.p_value) + (" (exact)" if result.exact else " (sampled)"),
        caveat=("" if not verdict.reversed else f"The opposite direction has {p_text(result.p_reversed)}. ")
        + f"Without one word, d is between {low:.2f} (without {least}) and {high:.2f} (without {most}). "
        f"With random words instead of both groups |d| is below {around.null_95:.2f} in 95 % of draws. The paper’s "
        f"normal approximation gives p = {result.p_normal:.2g}. With these set sizes |d| is at most "
        f"{result.largest_possible:.2f}.",
    )
    if item.missing:
        show_note("Words out of vocabulary:", missing_words_of(item))
