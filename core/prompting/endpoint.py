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
import http.client
import json
import queue
import socket
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from typing import Any

from core.errors import UserError
from core.models.openai_client import LONGEST_LINE, PATIENCE_SECONDS, Refused, Server, short
from core.prompting.protocol import step_from
from core.prompting.settings import Settings, Step, Timings

Prompt = str | Sequence[dict[str, str]]


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

    def generate(self, prompt: Prompt, settings: Settings | None = None, **how: Any) -> Iterator[Step]:
        """The answer, piece by piece; see `core.prompting.engine.Model.generate`."""
        answer = self.ask(prompt, settings, **how)
        self.settings = answer.settings
        try:
            with contextlib.closing(answer.steps()) as steps:
                yield from (step for step in steps if step is not None)
        finally:
            self.timings = answer.timings

    def ask(self, prompt: Prompt, settings: Settings | None = None, **how: Any) -> RemoteAnswer:
        """Ask in the background and come back at once. (`how` is for models on this machine and is not sent.)"""
        chosen = (settings or Settings()).checked()
        return RemoteAnswer(self, prompt, chosen)

    def close(self) -> None:
        """No connection is held between questions."""


class RemoteAnswer:
    """An answer under way on a server."""

    place = 0

    def __init__(self, endpoint: Endpoint, prompt: Prompt, settings: Settings) -> None:
        self.settings, self.timings = settings, Timings(seed=settings.seed or 0)
        self._endpoint, self._prompt = endpoint, prompt
        self._events: queue.Queue[Step | UserError | None] = queue.Queue()
        self._socket: socket.socket | None = None
        self._began = 0.0
        self._cancelled = False
        self._finish = ""
        threading.Thread(target=self._receive, daemon=True, name="from a server").start()

    @property
    def doing(self) -> tuple[str, float]:
        return f"waiting for {self._endpoint.host}", 0.0

    def cancel(self) -> None:
        """Hang up, from any thread; servers stop writing then."""
        self._cancelled = True
        if self._socket:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _keep(self, connected: socket.socket) -> None:
        self._socket = connected
        if self._cancelled:
            self.cancel()

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
        try:
            path, body = self._body()
            self._began = time.perf_counter()
            try:
                connection, response = self._endpoint.send("POST", path, body, self._keep)
            except Refused as error:
                if error.status not in (400, 422):
                    raise
                # Hosted servers refuse what llama.cpp adds to the protocol.
                plain = {name: value for name, value in body.items() if name not in _ADDITIONS}
                connection, response = self._endpoint.send("POST", path, plain, self._keep)
            with contextlib.closing(connection):
                if not self._read(response):
                    self._ask_what_is_wrong(path, body)
        except UserError as error:
            if not self._cancelled:
                self._events.put(error)
        except (OSError, http.client.HTTPException, ValueError, AttributeError) as problem:
            if not self._cancelled:
                slow = isinstance(problem, TimeoutError)
                what = f"was silent for {self._endpoint.patience:.0f} s" if slow else "ended the answer too soon"
                self._events.put(
                    UserError(f"{self._endpoint.address} {what}.", "What came so far is shown; try again.")
                )
        self._note(ended_by="stopped" if self._cancelled else self._finish or "end of text")
        self._events.put(None)

    def _body(self) -> tuple[str, dict[str, Any]]:
        chosen = self.settings
        body: dict[str, Any] = {
            "model": self._endpoint.model,
            "stream": True,
            "stream_options": {"include_usage": True},
            "temperature": chosen.temperature,
            "top_p": chosen.top_p,
            "max_tokens": chosen.max_tokens,
            "seed": (chosen.seed or 0) % 2**31,
            "top_k": chosen.top_k,
            "min_p": chosen.min_p,
            "repeat_penalty": chosen.repeat_penalty,
        }
        if chosen.stop:
            body["stop"] = list(chosen.stop)[:4]
        if chosen.grammar:
            body["grammar"] = chosen.grammar
        if chosen.json_schema is not None:
            body["response_format"] = {
                "type": "json_schema",
                "json_schema": {"name": "answer", "strict": True, "schema": chosen.json_schema},
            }
        if isinstance(self._prompt, str):
            more = {"logprobs": chosen.alternatives} if chosen.alternatives else {}
            return "/completions", {**body, **more, "prompt": self._prompt}
        more = {"logprobs": True, "top_logprobs": min(chosen.alternatives, 20)} if chosen.alternatives else {}
        return "/chat/completions", {**body, **more, "messages": [dict(message) for message in self._prompt]}

    def _ask_what_is_wrong(self, path: str, body: dict[str, Any]) -> None:
        """Some servers begin a stream and end it without a word, but say what is wrong when asked for no stream."""
        if not self._cancelled:
            plain = {name: value for name, value in body.items() if not name.startswith("stream")}
            self._endpoint.send("POST", path, {**plain, "max_tokens": 1}, self._keep)[0].close()
            raise OSError("the connection was lost")

    def _read(self, response: Any) -> bool:
        """Take the events of an answer as they come. Whether there was one."""
        ended = came = False
        while line := response.readline(LONGEST_LINE):
            if not line.startswith(b"data:"):
                continue
            content = line[5:].strip()
            if content == b"[DONE]":
                ended = True
                break
            event = json.loads(content)
            if not isinstance(event, dict):
                continue
            if "error" in event:
                raise UserError(f"{self._endpoint.host} says: {short(event['error'])}.", "Change the question.")
            self._take(event)
            came = True
        if came and not ended and not self._finish:
            raise OSError("the connection was lost")
        return came or ended

    def _take(self, event: dict[str, Any]) -> None:
        if usage := event.get("usage"):
            cached = (usage.get("prompt_tokens_details") or {}).get("cached_tokens") or 0
            prompt, written = usage.get("prompt_tokens") or 0, usage.get("completion_tokens") or 0
            self._note(
                prompt_tokens=prompt,
                cached_tokens=cached,
                evaluated_tokens=prompt - cached,
                generated_tokens=written,
                context_tokens=prompt + written,
            )
        if measured := event.get("timings"):  # llama-server's own clock
            self._note(
                prompt_seconds=(measured.get("prompt_ms") or 0) / 1000,
                generation_seconds=(measured.get("predicted_ms") or 0) / 1000,
            )
        for choice in (event.get("choices") or [])[:1]:
            delta = choice.get("delta") or {}
            text = delta.get("content") or choice.get("text") or ""
            if choice.get("finish_reason"):
                self._finish = "max tokens" if choice["finish_reason"] == "length" else "end of text"
            if not isinstance(text, str) or not text:
                continue
            now = time.perf_counter() - self._began
            if self.timings.first_token_seconds is None:
                self._note(first_token_seconds=now)
            first = self.timings.first_token_seconds or 0.0
            self._note(generated_tokens=self.timings.generated_tokens + 1, generation_seconds=now - first)
            self._events.put(step_from(text, choice.get("logprobs")))

    def _note(self, **changed: Any) -> None:
        self.timings = dataclasses.replace(self.timings, **changed)


_ADDITIONS = {"top_k", "min_p", "repeat_penalty", "seed", "stream_options", "grammar"}
