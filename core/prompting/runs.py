"""An answer gathered in the background: it outlives a rerun of the page, and ends when nobody looks any more."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Protocol

from core.errors import Cancelled, UserError
from core.prompting import thinking
from core.prompting.settings import BROKEN_OFF, THINKING, TOOL_CALL, Settings, Step, Timings

OPENING, CLOSING = f"{thinking.PAIRS[0][0]}\n", f"\n{thinking.PAIRS[0][1]}\n\n"
PATIENCE_SECONDS = 4.0  # a closed tab stops asking; the model is then free for the next one


class UnderWay(Protocol):
    """What a model or an endpoint gives at once when asked: steps as they come, timings so far."""

    timings: Timings
    settings: Settings

    @property
    def place(self) -> int: ...
    @property
    def doing(self) -> tuple[str, float]: ...
    def cancel(self) -> None: ...
    def steps(self, timeout: float = 0.1) -> Iterator[Step | None]: ...


@dataclass(frozen=True)
class Question:
    """What is asked of which model. `cold`: on a fresh context, so that nothing asked before makes it quicker;
    `conversation`: the name under which its context is cached."""

    model: Any
    title: str
    prompt: Any
    settings: Settings
    thinking: bool | None = None
    cold: bool = True
    conversation: str = ""

    def ask(self) -> UnderWay:
        """Put it to the model and come back at once."""
        how: dict[str, Any] = {"thinking": self.thinking, "cold": self.cold}
        if self.conversation:
            how["conversation"] = self.conversation
        answer: UnderWay = self.model.ask(self.prompt, self.settings, **how)
        return answer


class Run:
    """One answer, from being asked to its end. `text`, `steps` and `timings` grow; `error` says why it failed.

    `text` is all that the model wrote. What it thought before it answered stands in it between marks, also where a
    server sends it apart; `parts` divides the two, `answer` is what is left.
    """

    def __init__(
        self,
        ask: Callable[[], UnderWay],
        patience: float = PATIENCE_SECONDS,
        then: Callable[[Run], None] | None = None,
        question: Question | None = None,
    ) -> None:
        """`then` is given the run when it has ended, before `done` says so: what saves it. `question`: what `ask`
        asks, where that is known (see `core.prompting.asking`)."""
        self.question = question
        self._then = then
        self.steps: list[Step] = []
        self.text = ""
        self._thought: tuple[int, float] | None = None  # steps, and seconds after the first, until the answer began
        self._first_at = 0.0
        self.error: UserError | None = None
        self.done = False
        self._patience = patience
        self._changed = threading.Condition()
        self._looked_at = time.monotonic()
        self._answer: UnderWay | None = None
        self._stop_wanted = False
        self.watched: Callable[[], bool] = lambda: False
        """Whether somebody could still come back to it who does not look just now: on another page, in an open tab."""
        self._final: tuple[Timings, Settings] | None = None
        threading.Thread(target=self._gather, args=(ask,), daemon=True, name="answer").start()

    @property
    def timings(self) -> Timings:
        return self._final[0] if self._final else self._answer.timings if self._answer else Timings()

    @property
    def settings(self) -> Settings:
        if self._final or self._answer:
            return self._final[1] if self._final else self._answer.settings  # type: ignore[union-attr]
        return self.question.settings if self.question else Settings()

    @property
    def prompt_tokens(self) -> tuple[int, ...]:
        """Ids of the exact prompt that the model read; () before it is known, and from a server."""
        return tuple(getattr(self._answer, "prompt_tokens", ()))

    @property
    def notes(self) -> list[str]:
        """Sentences on what a server did otherwise than it was asked."""
        return list(getattr(self._answer, "notes", ()))

    @property
    def parts(self) -> thinking.Parts:
        """Thinking and answer, as far as they have come. A text that continues a text (no chat) is all answer."""
        if not self._is_chat:
            return thinking.Parts("", self.text)
        return thinking.split(self.text, complete=self.done)

    @property
    def _is_chat(self) -> bool:
        return self.question is not None and not isinstance(self.question.prompt, str)

    @property
    def answer(self) -> str:
        """What the model wrote, without its thinking."""
        return self.parts.answer

    @property
    def thought(self) -> tuple[int, float] | None:
        """How many tokens the thinking took, and how many seconds from the first one; None while there is no answer."""
        return self._thought

    @property
    def ended_by(self) -> str:
        """Why it ended: "end of text", "stop text", "max tokens", "context full", "stopped", "broken off"; from a
        server also "content filter", "refusal", "tool call"; "" while it runs."""
        return BROKEN_OFF if self.error else self.timings.ended_by if self._final or self.done else ""

    @property
    def answered(self) -> bool:
        """Whether it has ended with an answer: one that an error cut short is none, however long it is."""
        return self.done and self.error is None

    @property
    def waiting_for(self) -> str:
        """What happens before the first token: a position in the queue, loading, reading the prompt; "" after that."""
        if self.done or self.text or self._answer is None:
            return ""
        ahead = self._answer.place
        if ahead:
            return f"waiting: {ahead} {'answer' if ahead == 1 else 'answers'} ahead of this one"
        doing, fraction = self._answer.doing
        return f"{doing}, {fraction:.0%}" if doing else "starting the model"

    def look(self, wait: float = 0.0) -> bool:
        """Say that somebody is watching; wait up to `wait` seconds for news. Whether the answer is still under way."""
        with self._changed:
            self._looked_at = time.monotonic()
            if wait and not self.done:
                self._changed.wait(wait)
            return not self.done

    def stop(self) -> None:
        """Stop the model; what it wrote stays."""
        self._stop_wanted = True
        if self._answer:
            self._answer.cancel()

    def finish(self, timeout: float = 60.0) -> None:
        """Watch until the end (for tests and notebooks)."""
        end = time.monotonic() + timeout
        while self.look(0.1) and time.monotonic() < end:
            pass

    def _gather(self, ask: Callable[[], UnderWay]) -> None:
        try:
            self._answer = ask()
            for step in self._answer.steps():
                if self._stop_wanted or (time.monotonic() - self._looked_at > self._patience and not self.watched()):
                    self._stop_wanted = True
                    self._answer.cancel()
                if step is not None:
                    self._take(step)
        except UserError as error:
            self.error = error
        except Cancelled:
            pass
        except Exception as error:  # a bug in the model's process must not leave the page waiting for ever
            self.error = UserError("The answer stopped because of an internal error.", str(error)[-400:])
        if self._answer:
            self._final = self._answer.timings, self._answer.settings
        try:
            if self._then:
                self._then(self)
        finally:
            self._end()

    def _end(self) -> None:
        with self._changed:
            self.done = True
            self._changed.notify_all()

    def _take(self, step: Step) -> None:
        with self._changed:
            last = self.steps[-1].kind if self.steps else ""
            if not self.steps:
                self._first_at = time.monotonic()
                self.text = OPENING if getattr(self._answer, "opens_thinking", False) and self._is_chat else ""
            self.steps.append(step)
            self.text += f"{_between(last, step.kind)}{step.text}"
            if self._thought is None and (parts := self.parts).thinking and parts.answer:
                self._thought = len(self.steps) - 1, time.monotonic() - self._first_at
            self._changed.notify_all()


def _between(last: str, kind: str) -> str:
    """The marks around thinking that a server sends apart from the answer; calls of tools are on lines of their own."""
    if last == kind:
        return "\n" if kind == TOOL_CALL else ""
    if kind == THINKING:
        return OPENING
    return CLOSING if last == THINKING else ""
