"""What the WEAT view says: its title, its sentence on the control, the notes of its rows, and the lines of Python."""

from __future__ import annotations

import math
from collections.abc import Sequence

from core.figures.words_verdicts import ForestPoint
from core.words.own_lists import OwnList
from core.words.weat_suite import Outcome
from pages.words.sidebar import PageSettings, opening


def forest_point(item: Outcome, narrow: bool = False) -> ForestPoint:
    """A test's row: d, its interval, its null band and its verdict; `narrow` where two sets share the row."""
    result, around, verdict = item.result, item.uncertainty, item.verdict
    if not verdict.is_testable or result is None or around is None:
        few = next((one for one in item.coverage if not one.is_enough), None)
        counted = f" ({few.found} of {few.asked})" if few and not narrow else ""
        return ForestPoint(math.nan, math.nan, math.nan, (math.nan, math.nan), False, f"not testable{counted}")
    said = "reversed" if verdict.reversed else verdict.effect
    p = f"p = {verdict.p_corrected:.2g}" if verdict.p_corrected >= 1e-4 else "p < 0.0001"
    note = f"{result.effect_size:.2f}" if narrow else f"{result.effect_size:.2f} {said}, {p}"
    if narrow:
        note += " ✓" if verdict.is_finding else ""
    return ForestPoint(
        result.effect_size, around.interval.low, around.interval.high, result.null, verdict.is_finding, note
    )


def control_of(outcomes: Sequence[Outcome]) -> Outcome | None:
    """The first control, flowers and insects or instruments and weapons, that can be tested."""
    return next((item for item in outcomes if item.is_control and item.verdict.is_testable), None)


def title_of(outcomes: Sequence[Outcome]) -> str:
    """The chart's title: how many of the tests are findings, with what the control says."""
    testable = [item for item in outcomes if item.verdict.is_testable]
    findings = sum(item.verdict.is_finding for item in testable)
    if not testable:
        return "Not testable: too few of the words"
    if len(outcomes) == 1:
        return f"{outcomes[0].test.title[:40]}: {outcomes[0].verdict.label}"
    control = control_of(outcomes)
    if control is None:
        return f"No control; {findings} of {len(testable)} tests are findings"
    if not control.verdict.is_finding:
        return f"The control fails; {findings} of {len(testable)} are findings"
    return f"{findings} of {len(testable)} tests are findings"


def title_of_two(one: Sequence[Outcome], other: Sequence[Outcome]) -> str:
    """The findings of two sets side by side."""
    first, second = (
        f"{sum(item.verdict.is_finding for item in outcomes)} of {sum(item.verdict.is_testable for item in outcomes)}"
        for outcomes in (one, other)
    )
    return f"{first} and {second} tests are findings"


def how_the_control_does(outcomes: Sequence[Outcome]) -> str:
    """A sentence on the control; "" where one test is shown that is none."""
    if len(outcomes) == 1:
        return ""
    control = control_of(outcomes)
    first = next((item for item in outcomes if item.test.number == 1), None)
    if control is None:
        return "No control is testable, so read the rest with care."
    test, d = control.test, control.result.effect_size if control.result else math.nan
    start = ""
    if first is not None and control is not first:
        start = f"Control 1 is {first.verdict.label}. "
    if not control.verdict.is_finding:
        return start + f"The control fails ({test.x_name}, {test.y_name}: d = {d:.2f}), so read the rest with care."
    return start + (
        f"The control works: {test.x_name} are closer to {test.a_name} words than {test.y_name} are, d = {d:.2f} "
        f"({control.verdict.effect})."
    )


def missing_words_of(item: Outcome) -> str:
    """The words out of vocabulary, by list, each with its count."""
    return "; ".join(
        f"{one.name} ({len(one.missing)} of {one.asked}): {', '.join(one.missing[:40])}"
        for one in item.coverage
        if one.missing
    )


def weat_lines(sets: Sequence[PageSettings], language: str, number: int, own: OwnList | None) -> str:
    """The lines of Python that give what is shown: one set's outcomes, or those of both by name."""
    if own:
        imports, tests = "from core.words import own_lists", f"[own_lists.as_test(own_lists.find({own.id!r}))]"
    else:
        imports, tests = "from core.words.lists import weat_tests_in", f"weat_tests_in({language!r})"
        if number:
            tests = f"[test for test in {tests} if test.number == {number}]"
    start = f"{imports}\nfrom core.words.weat_suite import all_tests\n"
    if len(sets) == 1:
        end = "all_tests(vectors, tests)" + ("[0]" if number or own else "")
        return f"{start}{sets[0].code}\ntests = {tests}\nresult = {end}"
    ways = [opening(one.key) for one in sets]
    lines = "\n".join(dict.fromkeys(line for line, _ in ways))
    both = ", ".join(f"{one.title!r}: {expression}" for one, (_, expression) in zip(sets, ways, strict=True))
    return (
        f"{start}{lines}\nsets = {{{both}}}\ntests = {tests}\n"
        "result = {name: all_tests(vectors, tests) for name, vectors in sets.items()}"
    )
