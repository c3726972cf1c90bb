"""An answer under way in a model's process: its steps as they come, its timings, and a stop that is heard at once."""

from __future__ import annotations

import contextlib
import dataclasses
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from typing import Any

from core.errors import Cancelled, WorkerDied
from core.prompting.settings import Settings, Step, Timings
from core.runtime.worker import Request

HEARD_WITHIN = 0.15  # seconds until an answer that was stopped ends, whether its process has heard it or not


class Answer:
    """An answer under way: its steps as they come, its timings so far."""

    def __init__(
        self,
        request: Request,
        settings: Settings,
        starting: bool = False,
        then: Callable[[], None] = lambda: None,
        ahead: Sequence[Request] = (),
    ) -> None:
        """`then` is called when it has ended. `ahead`: requests before it that make the model ready for it."""
        self._request, self.settings, self._then = request, settings, then
        self._ahead, self._starting = ahead, starting or any(not other.done for other in ahead)
        self.timings = Timings(seed=settings.seed or 0)
        self._stopped_at: float | None = None
        self.prompt_tokens: tuple[int, ...] = ()
        self.opens_thinking = False
        """Whether the prompt ends within thinking that the chat template opened."""

    @property
    def place(self) -> int:
        """How many questions are ahead of this one."""
        return max(0, self._request.place - sum(not other.done for other in self._ahead))

    @property
    def doing(self) -> tuple[str, float]:
        """What the process is at ("loading the model", "reading the prompt"), and how far (0..1)."""
        under_way = next((other for other in self._ahead if not other.done), self._request)
        return under_way.doing, under_way.fraction

    @property
    def done(self) -> bool:
        return self._request.done

    def cancel(self) -> None:
        """Stop, from any thread; `steps` ends within 0.3 s."""
        self._stopped_at = self._stopped_at or time.monotonic()
        self._request.cancel()

    def steps(self, timeout: float = 0.1) -> Generator[Step | None, None, None]:
        """Steps as they come; None whenever `timeout` seconds passed without one."""
        with contextlib.closing(self._request.items(min(timeout, 0.1))) as items, self._told_better():
            for item in items:
                if item is None:
                    # Making room for a long context cannot be interrupted. The process stops at its next check.
                    if self._stopped_at and time.monotonic() - self._stopped_at > HEARD_WITHIN:
                        break
                    yield None
                    continue
                if "prompt" in item:
                    self.prompt_tokens = tuple(item["prompt"])
                    self.opens_thinking = bool(item.get("thinking"))
                if "timings" in item:
                    self.timings = self._with_waiting(item["timings"])
                for step in item.get("steps", ()):
                    yield Step.from_list(step)
        if self._stopped_at and not self.timings.ended_by:
            self.timings = dataclasses.replace(self.timings, ended_by="stopped")
        self._then()

    @contextlib.contextmanager
    def _told_better(self) -> Iterator[None]:
        """A stop is no error; a process that ended while it loaded has a damaged file more often than anything else."""
        try:
            yield
        except Cancelled:
            pass
        except WorkerDied as died:
            if self._request.started_at and self._request.doing in ("", "loading the model"):
                raise WorkerDied(
                    died.what.replace("was working on this", "was loading the model"),
                    f"Its file may be damaged. {died.next_step}",
                ) from died
            raise

    def _with_waiting(self, timings: dict[str, Any]) -> Timings:
        """The wait before the process took up this question: its own start counts as loading, the rest as queueing."""
        waited = max(0.0, (self._request.started_at or time.monotonic()) - self._request.submitted_at)
        name = "load_seconds" if self._starting else "queue_seconds"
        return Timings(**{**timings, name: timings.get(name, 0.0) + waited})
