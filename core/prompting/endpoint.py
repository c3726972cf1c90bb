"""Any server that speaks OpenAI's protocol, as a model: llama-server, Ollama, vLLM on a cluster, hosted ones.

    from core.prompting.endpoint import connect

    model = connect("http://127.0.0.1:8080/v1", "qwen2.5")
    print("".join(step.text for step in model.generate([{"role": "user", "content": "Hello"}])))

Nothing is sent before the first question. Keys: see `core.models.api_keys`.

Source: https://platform.openai.com/docs/api-reference; llama.cpp, tools/server/README.md for its additions
"""

from __future__ import annotations

import contextlib
import dataclasses
import math
import queue
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from core.errors import UserError
from core.models.connection import HangUp, ends_by_itself
from core.models.event_stream import EventStream
from core.models.openai_client import PATIENCE_SECONDS, Refused, Server, message_of
from core.prompting.answer_reader import AnswerReader, error_of
from core.prompting.request_body import body_of, without_refused
from core.prompting.settings import BROKEN_OFF, Settings, Step, Timings

if TYPE_CHECKING:
    import httpx2

Prompt = str | Sequence[dict[str, str]]
MOST_CHANGES = 8  # of a request that a server refuses part by part


def connect(url: str, model: str = "", patience: float = PATIENCE_SECONDS) -> Endpoint:
    """A model behind `url` (".../v1"). Nothing is sent yet.

    Raises:
        UserError: `url` is not an http or https address.
    """
    return Endpoint(url, model, patience)


class Endpoint(Server):
    """A model on a server. `generate` is that of `core.prompting.engine.Model`; sampling happens on the server."""

    chat_template: str | None = "the server's own"
    n_ctx = 0  # the server does not say

    def __init__(self, url: str, model: str, patience: float = PATIENCE_SECONDS) -> None:
        super().__init__(url, model, patience)
        self.timings, self.settings = Timings(), Settings()
        self.notes: list[str] = []

    def generate(self, prompt: Prompt, settings: Settings | None = None, **how: Any) -> Iterator[Step]:
        """The answer, piece by piece; see `core.prompting.engine.Model.generate`."""
        answer = self.ask(prompt, settings, **how)
        self.settings = answer.settings
        try:
            with contextlib.closing(answer.steps()) as steps:
                yield from (step for step in steps if step is not None)
        finally:
            self.timings, self.notes = answer.timings, answer.notes

    def ask(self, prompt: Prompt, settings: Settings | None = None, **how: Any) -> RemoteAnswer:
        """Ask in the background and come back at once. (`how` is for models on this machine and is not sent.)"""
        chosen = (settings or Settings()).checked()
        return RemoteAnswer(self, prompt, chosen)

    def close(self) -> None:
        """No connection is held between questions."""


class RemoteAnswer:
    """An answer under way on a server. `notes`: sentences on what the server did otherwise than it was asked."""

    place = 0

    def __init__(self, endpoint: Endpoint, prompt: Prompt, settings: Settings) -> None:
        self.settings, self.timings = settings, Timings(seed=settings.seed or 0)
        self.notes: list[str] = []
        self._endpoint, self._prompt = endpoint, prompt
        self._events: queue.Queue[Step | UserError | None] = queue.Queue()
        self._hang_up = HangUp()
        self._reader = AnswerReader()
        self._began, self._received = 0.0, 0
        self._waiting = ""
        threading.Thread(target=self._receive, daemon=True, name="from a server").start()

    @property
    def doing(self) -> tuple[str, float]:
        return self._waiting or f"waiting for {self._endpoint.host}", 0.0

    def cancel(self) -> None:
        """Hang up, from any thread; servers stop writing then."""
        self._hang_up.now()

    def steps(self, timeout: float = 0.1) -> Generator[Step | None, None, None]:
        """Steps as they come; None whenever `timeout` seconds passed without one."""
        try:
            while True:
                try:
                    event = self._events.get(timeout=timeout)
                except queue.Empty:
                    yield None
                    continue
                if event is None:
                    return
                if isinstance(event, UserError):
                    raise event
                yield event
        finally:
            self.cancel()

    def _receive(self) -> None:
        problem: UserError | None = None
        try:
            self._ask()
        except UserError as error:
            problem = error
        except Exception as error:  # whatever a server sends, the page must not wait for ever
            problem = self._broken(error)
        cancelled = self._hang_up.asked
        if problem is None or cancelled:
            self._put(self._reader.end())
        if problem and not cancelled:
            self._events.put(problem)
        broken = BROKEN_OFF if problem else self._reader.finish or "end of text"
        self._note(ended_by="stopped" if cancelled else broken)
        self._events.put(None)

    def _broken(self, problem: Exception) -> UserError:
        import httpx2

        if isinstance(problem, httpx2.TimeoutException):
            what = f"was silent for {self._endpoint.patience:.0f} s"
        elif isinstance(problem, (httpx2.HTTPError, OSError, EOFError)):
            what = "ended the answer too soon"
        else:
            what = f"sent an answer that cannot be read ({str(problem)[:120]})"
        return UserError(f"{self._endpoint.address} {what}.", "What came so far is shown; try again.")

    def _ask(self) -> None:
        """Ask; and where the server refuses a part of the request, ask without that part."""
        path, body = body_of(self._endpoint.model, self._prompt, self.settings)
        for left in range(MOST_CHANGES, -1, -1):
            self._began = time.perf_counter()
            try:
                with self._endpoint.send("POST", path, body, self._hang_up, self._wait) as response:
                    self._waiting = ""
                    if not self._read(response):
                        self._ask_what_is_wrong(path, body)
                return
            except Refused as refused:
                changed = without_refused(body, refused) if left and refused.status in (400, 422) else None
                if changed is None:
                    raise
                body, sentence = changed
                if sentence:
                    self.notes.append(sentence)

    def _wait(self, seconds: float) -> None:
        self._waiting = f"the server asks to wait {seconds:,.0f} s"

    def _ask_what_is_wrong(self, path: str, body: dict[str, Any]) -> None:
        """Some servers begin a stream and end it without a word, but say what is wrong when asked for no stream."""
        if not self._hang_up.asked:
            plain = {name: value for name, value in body.items() if not name.startswith("stream")}
            with self._endpoint.send("POST", path, {**plain, "max_tokens": 1}, self._hang_up):
                raise EOFError("the connection was lost")

    def _read(self, response: httpx2.Response) -> bool:
        """Take the events of an answer as they come. Whether there was one."""
        stream = EventStream(response.iter_bytes())
        for event in stream:
            if problem := error_of(event):
                raise UserError(
                    f"{self._endpoint.host} says: {message_of(problem) or 'an error'}.",
                    "Change the question, or try again.",
                )
            self._put(self._reader.take(event))
            self._count()
        if stream.unreadable and not self._reader.heard:
            page = "html" in response.headers.get("content-type", "") or stream.first_unreadable.startswith("<")
            raise self._endpoint.no_model_server(
                " but with a web page" if page else f": it sent “{stream.first_unreadable[:80]}”"
            )
        if stream.unreadable:
            many = "1 event" if stream.unreadable == 1 else f"{stream.unreadable:,} events"
            self.notes.append(
                f"{many} of the answer could not be read and {'is' if many[0:2] == '1 ' else 'are'} left out."
            )
        if self._reader.heard and not (stream.ended or self._reader.finish or ends_by_itself(response)):
            raise EOFError("the connection was lost")
        return self._reader.heard or stream.ended

    def _put(self, steps: list[Step]) -> None:
        for step in steps:
            self._received += 1
            now = time.perf_counter() - self._began
            if self.timings.first_token_seconds is None and step.text:
                self._note(first_token_seconds=now)
            first = self.timings.first_token_seconds or 0.0
            self._note(generated_tokens=self._received, generation_seconds=now - first)
            self._events.put(step)

    def _count(self) -> None:
        """What the server counted takes the place of what was counted here."""
        if usage := self._reader.usage:
            details = usage.get("prompt_tokens_details")
            cached = _whole(details.get("cached_tokens")) if isinstance(details, dict) else 0
            prompt, written = _whole(usage.get("prompt_tokens")), _whole(usage.get("completion_tokens"))
            self._note(
                prompt_tokens=prompt,
                cached_tokens=cached,
                evaluated_tokens=max(0, prompt - cached),
                generated_tokens=written or self._received,
                context_tokens=prompt + written,
            )
        if measured := self._reader.timings:
            self._note(
                prompt_seconds=_number(measured.get("prompt_ms")) / 1000,
                generation_seconds=_number(measured.get("predicted_ms")) / 1000,
            )

    def _note(self, **changed: Any) -> None:
        self.timings = dataclasses.replace(self.timings, **changed)


def _number(value: Any) -> float:
    known = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
    return max(0.0, float(value)) if known else 0.0


def _whole(value: Any) -> int:
    return int(_number(value))
