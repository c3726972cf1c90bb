"""What the context changed, in a sentence: passages, turns before, chunks of a long text."""

from __future__ import annotations

import re
from collections.abc import Sequence

from core.prompting.lessons.answers import Said
from core.prompting.lessons.definitions import different
from core.prompting.lessons.verdicts import NO_ANSWERS, Sentence, counted, foreign, overlap, terms
from core.text.analysis import analyse

MOST_WORDS = 8  # that a sentence names


def has(answer: Said, word: str) -> bool:
    """Whether the word is in the answer as a whole word, in any case."""
    return bool(answer and re.search(rf"(?<!\w){re.escape(word)}(?!\w)", answer, re.IGNORECASE))


def documents(without: Said, given: Said, passages: str, expected: str = "", others: Sequence[str] = ()) -> Sentence:
    """Whether the answer is drawn from the passages. `expected`: the passages' answer, where it is known; `others`:
    answers that are in a passage about something else."""
    if given is None:
        return Sentence("No answer came with the passages.")
    if not expected:
        return _drawn(without, given, passages)
    right, before = has(given, expected), has(without, expected)
    wrong = [word for word in others if has(given, word)]
    if right and wrong:
        return Sentence("With the passages it says “{}”, but also “{}”, from another passage.", (expected, wrong[0]))
    if right and before:
        return Sentence(
            "It says “{}” with and without the passages: here they are not needed, or it guessed.", (expected,)
        )
    if right:
        return Sentence(
            "With the passages it says “{}”, "
            + ("without them it does not" if without is not None else "and there is no answer without them")
            + ": the answer comes from the passages.",
            (expected,),
            good=True,
        )
    lost = " Without them it said it." if before else ""
    if wrong:
        return Sentence(
            "The passages say “{}”, and it says “{}”, from another passage." + lost, (expected, wrong[0]), good=False
        )
    return Sentence(
        "The passages say “{}”, and its answer does not: they were not used." + lost, (expected,), good=False
    )


def _drawn(without: Said, given: str, passages: str) -> Sentence:
    """For passages whose answer nobody has written down: how much of the answer is in them."""
    caveat = "That a word is in a passage does not make the answer true."
    now = overlap(given, passages)
    if without is None:
        return Sentence(
            "{} of the answer’s terms are in the passages; there is no answer without them.", (f"{now:.0%}",), caveat
        )
    if different([without, given])[0][1] == 2:
        return Sentence("The answer is the same with and without the passages: they changed nothing.", (), caveat)
    before = overlap(without, passages)
    much = "more" if now > before else "less" if now < before else "no more"
    said = {
        "more": "it draws on them",
        "less": "it does not draw on them",
        "no more": "nothing shows that it draws on them",
    }[much]
    return Sentence(
        "{} of the answer’s terms are in the passages, without them {}: {}.",
        (f"{now:.0%}", f"{before:.0%}", said),
        caveat,
    )


def from_context(fresh: str, after: str, before: str, question: str = "") -> list[str]:
    """Words of the second answer that are in the turns before, but neither in the first answer nor the question."""
    known, wanted = terms(fresh) | terms(question), terms(before)
    found = {
        term.term: term.word
        for term in reversed(analyse(after))
        if term.term and term.term in wanted and term.term not in known
    }
    return list(found.values())[::-1]


def context(fresh: Said, after: Said, before: str, question: str) -> Sentence:
    """The same last question in a fresh session and after other turns (`before`: all their text)."""
    if fresh is None or after is None:
        return Sentence(
            NO_ANSWERS
            if fresh is None and after is None
            else "Only one of the two sessions gave an answer, so there is nothing to compare."
        )
    if different([fresh, after])[0][1] == 2:
        return Sentence("Both answers are the same: the turns before changed nothing.")
    words = from_context(fresh, after, before, question)
    if not words:
        return Sentence(
            "The answers differ, but no new word of the second is in the turns before.",
            caveat="The turns changed the probabilities all the same; nothing else is different.",
        )
    named = ", ".join(words[:MOST_WORDS]) + (" …" if len(words) > MOST_WORDS else "")
    return Sentence(
        "The answers differ: {} of the second {} in the turns before ({}).",
        (counted(len(words), "new word"), "are" if len(words) > 1 else "is", named),
    )


def long_summary(summaries: Sequence[str], parts: int, text: str, error: str = "") -> Sentence:
    """How far a summary in chunks came, and whether the last one's words are in the text."""
    done = len(summaries)
    if not done:
        return Sentence("No summary came." if not error else "The first chunk failed: {}", (error,) if error else ())
    whole = f"All {parts} chunks were" if parts > 1 else "The only chunk was"
    reach = (
        f"{whole} summarised."
        if done == parts
        else f"{'It failed' if error else 'Stopped'} after {done} of {counted(parts, 'chunk')}: the last summary "
        "says nothing of the rest."
    )
    new, words = foreign(summaries[-1], text)
    if not words:
        return Sentence("{} It has no words.", (reach,))
    checked = (
        f"All its {counted(words, 'word')} are in the text."
        if not new
        else f"{new} of its {counted(words, 'word')} {'is' if new == 1 else 'are'} nowhere in the text."
    )
    same = done > 1 and different(summaries)[0][1] == done
    nothing_new = "Every step gave the same summary: the later chunks added nothing."
    return Sentence("{} {}", (reach, checked), nothing_new if same else "")


def sentiment(rows: Sequence[tuple[str, int, int, float, float]], answers: Sequence[str]) -> Sentence:
    """Which way is right most often: (name, right, count, low, high) each, the 95 % intervals 0..1.

    `answers`: what the first way, the language model, said, to see one answer for all.
    """
    judged = [row for row in rows if row[2]]
    if not judged:
        return Sentence(NO_ANSWERS)
    caveat = ""
    if len(answers) > 1 and len(set(answers)) == 1:
        caveat = f"The language model said “{answers[0]}” to all {len(answers)}, whatever they say."
    best = max(judged, key=lambda row: row[1] / row[2])
    worst = min(judged, key=lambda row: row[1] / row[2])
    counts = f"{best[0]}: {best[1]} of {best[2]} right"
    if len(judged) == 1:
        return Sentence("{}.", (counts,), caveat)
    if best[1] / best[2] == worst[1] / worst[2]:
        return Sentence("All ways are right equally often: {} of {}.", best[1:3], caveat)
    against = f"{worst[0]}: {worst[1]} of {worst[2]}"
    if best[3] > worst[4]:
        return Sentence("{}; {}. Their 95 % intervals do not overlap.", (counts, against), caveat)
    return Sentence(
        "{}; {}. The 95 % intervals overlap: with so few sentences this may be chance.", (counts, against), caveat
    )
