"""WEAT, the ten tests: first flowers and insects, a neutral control that shows whether the method works."""

from __future__ import annotations

import streamlit as st

from core.cached import words as cached_words
from core.errors import UserError
from core.figures import words as figures
from core.words.bias import Uncertainty, WeatResult
from core.words.statistics import holm
from core.words.weat_suite import Outcome
from pages.shared.export import show_figure
from pages.shared.frame import dark
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.shared.user_errors import show_note
from pages.words.sidebar import PageSettings

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
    "Young, old people's names: pleasant?",
)


def show(settings: PageSettings) -> None:
    outcomes = cached_words.weat_tests(settings.key)
    with st.sidebar:
        number = st.selectbox(
            "Test",
            [0, *range(1, 11)],
            key="words_test",
            bind="query-params",
            format_func=lambda n: f"{n}: {SHORT[n - 1]}" if n else "all ten",
        )
    if number:
        _one(settings, outcomes[number - 1])
    else:
        _all(settings, outcomes)
    show_method(
        r"d = \frac{\bar s_X - \bar s_Y}{\mathrm{sd}_{X \cup Y}(s)}, \qquad "
        r"s(w) = \overline{\cos(w, a)}_{a \in A} - \overline{\cos(w, b)}_{b \in B}",
        "Caliskan, Bryson and Narayanan 2017; on small sets and null distributions: Ethayarajh et al. 2019.",
        _lines(settings, number or 0),
        {
            "vectors": settings.title,
            "standard deviation": "of a sample (n - 1), as in the paper",
            "p": "all partitions up to 8 and 8 words, else 20,000 drawn with a fixed seed",
            "significant": "p at most 0.05 after Holm's correction over the tests shown",
            "interval": "2,000 bootstrap draws over the words of all four sets",
        },
        "The grey band is the null distribution: 95 % of |d| with random words of this vocabulary instead of the two "
        "groups. For eight and eight words d is at most 1.94. Its size says how well the groups are separated, not "
        "how large the difference in the world is.",
    )


def _lines(settings: PageSettings, number: int) -> str:
    if not number:
        return f"from core.words.weat_suite import all_tests\n{settings.code}\nresult = all_tests(vectors)"
    return (
        f"from core.words.lists import weat_tests\nfrom core.words.weat_suite import run_test\n{settings.code}\n"
        f"result = run_test(vectors, weat_tests()[{number - 1}])"
    )


def _all(settings: PageSettings, outcomes: tuple[Outcome, ...]) -> None:
    here = [item for item in outcomes if item.result and item.uncertainty]
    if not here:
        raise UserError("None of the ten tests has enough of its words in the vocabulary.", "Choose other vectors.")
    results = [(item, item.result, item.uncertainty) for item in here if item.result and item.uncertainty]
    labels = [SHORT[item.test.number - 1] for item in here]
    notes = [f"{result.effect_size:.2f}, {_p(result.p_value)}{_oov(item)}" for item, result, _ in results]
    clear = [bool(p <= 0.05) for p in holm([result.p_value for _, result, _ in results])]
    figure = figures.forest(
        labels,
        [r.effect_size for _, r, _ in results],
        [u.interval.low for *_, u in results],
        [u.interval.high for *_, u in results],
        [(-u.null_95, u.null_95) for *_, u in results],
        notes,
        _title(here[0], clear[0]),
        "effect size d",
        dark(),
        455,
        clear,
        (-1.3, 2.0),
    )
    show_figure(
        figure,
        "weat",
        {
            "test": labels,
            "d": [r.effect_size for _, r, _ in results],
            "p": [r.p_value for _, r, _ in results],
            "low": [u.interval.low for *_, u in results],
            "high": [u.interval.high for *_, u in results],
            "null_95": [u.null_95 for *_, u in results],
        },
    )
    _read_all(results[0], clear)
    for item in outcomes:
        if item.problem:
            show_note(f"Test {item.test.number} cannot be run.", item.problem)
    lost = [f"{item.test.number}: {_names(item)}" for item in here if _names(item)]
    if lost:
        show_note("Words out of vocabulary, by test:", "; ".join(lost))


def _title(first: Outcome, clear: bool) -> str:
    if first.test.number != 1:
        return "The control, flowers and insects, cannot be run"
    return "Flowers and insects are separated; what else is?" if clear else "Even flowers and insects are not separated"


def _read_all(first: tuple[Outcome, WeatResult, Uncertainty], clear: list[bool]) -> None:
    """What the control says, and how many of the other tests are significant when all are looked at together."""
    outcome, result, _ = first
    is_control = outcome.test.number == 1
    others = clear[1:] if is_control else clear
    start = "The control cannot be run, so read the rest with care."
    if is_control:
        start = (
            "The control works: flowers are closer to pleasant words than insects are, d = {}."
            if clear[0]
            else "The control fails, d = {}, so read the rest with care."
        )
    values = (f"{result.effect_size:.2f}",) if is_control else ()
    show_reading(
        start + " Of the others, {} of {} are significant (p at most 0.05, Holm’s correction over all).",
        *values,
        sum(others),
        len(others),
        caveat="An association in the texts, not a fact about people. EA, AA: European- and African-American.",
    )


def _one(settings: PageSettings, item: Outcome) -> None:
    if not item.result or not item.uncertainty:
        raise UserError(f"Test {item.test.number} cannot be run. {item.problem}", "Choose other vectors.")
    test, result, around = item.test, item.result, item.uncertainty
    words = list(result.associations)
    groups = [test.x_name] * result.size_x + [test.y_name] * result.size_y
    title = f"{test.title}: d = {result.effect_size:.2f}"
    figure = figures.associations(
        words,
        list(result.associations.values()),
        groups,
        (test.x_name, test.y_name),
        (test.a_name, test.b_name),
        title,
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
        "d = {}, 95 % interval {} to {}; |d| of random words is below {} in 95 % of draws; {}.",
        f"{result.effect_size:.2f}",
        f"{around.interval.low:.2f}",
        f"{around.interval.high:.2f}",
        f"{around.null_95:.2f}",
        _p(result.p_value) + (" (exact)" if result.exact else " (sampled)"),
        caveat=f"Without one word, d is between {low:.2f} (without {least}) and {high:.2f} (without {most}). "
        f"The paper's normal approximation gives p = {result.p_normal:.2g}. With these set sizes |d| is "
        f"at most {result.largest_possible:.2f}.",
    )
    if _names(item):
        show_note("Words out of vocabulary:", _names(item))


def _p(value: float) -> str:
    return f"p = {value:.2g}" if value >= 1e-4 else "p < 0.0001"


def _oov(item: Outcome) -> str:
    count = sum(len(item.missing_of(name)) for name in "XYAB")
    return f", {count} OOV" if count else ""


def _names(item: Outcome) -> str:
    test = item.test
    named = zip("XYAB", (test.x_name, test.y_name, test.a_name, test.b_name), strict=True)
    return "; ".join(f"{name}: {', '.join(item.missing_of(key))}" for key, name in named if item.missing_of(key))
