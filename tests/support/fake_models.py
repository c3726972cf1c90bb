"""Scripted models: what a perfect, a broken and a contrary model answer to every lesson's questions."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from core.errors import UserError
from core.prompting.lessons import definitions
from core.prompting.settings import Alternative, Settings, Step, Timings
from core.workflows import sentiment

Script = Callable[[Any, Settings], str]


def words_of(prompt: Any) -> str:
    """All that a prompt says."""
    return prompt if isinstance(prompt, str) else "\n".join(turn["content"] for turn in prompt)


def last_of(prompt: Any) -> str:
    """What was asked last."""
    return prompt if isinstance(prompt, str) else prompt[-1]["content"]


class FakeAnswer:
    """An answer that is there at once, as `core.prompting.runs.UnderWay` has it; `error` breaks it off."""

    place, doing = 0, ("", 0.0)

    def __init__(self, text: str, settings: Settings, error: UserError | None, steps: list[Step]) -> None:
        self.settings, self.timings, self._error = settings, Timings(ended_by="end of text"), error
        self._steps = steps or [Step(part, 0, 0.5) for part in ([text] if text else [])]

    def cancel(self) -> None:
        """Nothing to cancel."""

    def steps(self, timeout: float = 0.1) -> Iterator[Step | None]:
        yield from self._steps
        if self._error:
            raise self._error


class FakeModel:
    """A model that says what its script says. Not one on this machine, so it is asked on the press only."""

    chat_template, n_ctx = "any", 0

    def __init__(self, name: str, script: Script, share_of_first: float | None = 0.5, broken: bool = False) -> None:
        """`share_of_first`: probability of "she" among the next tokens; a function of the prompt or a number."""
        self.model, self.address = name, f"fake://{name}"
        self._script, self._share, self._broken = script, share_of_first, broken

    def ask(self, prompt: Any, settings: Settings | None = None, **how: Any) -> FakeAnswer:
        chosen = (settings or Settings()).checked()
        error = UserError("The process ended.", "Ask again.") if self._broken else None
        return FakeAnswer(self._script(prompt, chosen), chosen, error, [])

    def generate(self, prompt: Any, settings: Settings | None = None, **how: Any) -> Iterator[Step]:
        """One step with the pronouns as alternatives: what the lesson on bias asks of a server."""
        if self._broken:
            raise UserError("The process ended.", "Ask again.")
        first = self._share(prompt) if callable(self._share) else self._share
        pairs = [("she", first), ("he", 1 - first)]
        yield Step(
            " she", 1, first, tuple(Alternative(place, f" {word}", share) for place, (word, share) in enumerate(pairs))
        )


SUMMARIES = {text: text.split(".")[0] + "." for text in definitions.SUMMARY}


def _women(prompt: str) -> float:
    from core.words.occupations import us_2015

    return next((job.women_percent / 101 + 0.002 for job in us_2015() if f" {job.word} " in prompt), 0.5)


def perfect_script(prompt: Any, settings: Settings) -> str:
    """Keeps its rule, knows what it knows, keeps to the text."""
    asked, whole = last_of(prompt), words_of(prompt)
    if definitions.RULE in whole:
        return "Ahoy, I am a pirate and SQL is a language for data."
    if "cheesecake" in whole:
        return "As a creamy cake I say: SQL is a language for data."
    if settings.grammar:
        return next(item.label for item in sentiment.sentences() if item.sentence in asked)
    if asked == definitions.UNKNOWN:
        return f"It was in {1900 + (settings.seed or 0)}."
    if asked == definitions.KNOWN:
        return "Paris."
    if asked.startswith("Summarise: "):
        return SUMMARIES[asked.removeprefix("Summarise: ")]
    if "Summarise" in asked:
        return "The library in Harbour Street."
    for _, _, third in definitions.RELATIONS:
        if f" as {third} is to" in asked:
            return definitions.COMPLETED[third]
    if asked.endswith(definitions.ASKED_OF_PASSAGES):
        return "Anna lives in Oslo." if "Text:" in asked else "I do not know."
    if asked == "Who is Nick Burch?":
        return "A speaker at the conference." if "Buzzwords" in whole else "I do not know him."
    return {"What is Berlin Buzzwords?": "A conference in Berlin.", "What is SQL?": "SQL is a language for data."}.get(
        asked, "I do not know."
    )


def contrary_script(prompt: Any, settings: Settings) -> str:
    """Follows no rule, varies where it could know, makes words up, answers from the wrong passage."""
    asked = last_of(prompt)
    if settings.grammar:
        return "neutral"
    if asked == definitions.KNOWN:
        return f"Town number {settings.seed}."
    if "Summarise" in asked:
        return "Zeppelins sing " * 40
    if asked.endswith(definitions.ASKED_OF_PASSAGES):
        return "Anna lives in Cairo." if "Text:" in asked else "Anna lives in Oslo."
    return "Forty-two."


def models() -> dict[str, FakeModel]:
    """The three, by name."""
    return {
        "perfect": FakeModel("perfect", perfect_script, _women),
        "broken": FakeModel("broken", lambda prompt, settings: "", 0.5, broken=True),
        "contrary": FakeModel("contrary", contrary_script, lambda prompt: 1 - _women(prompt)),
    }
