"""A server that speaks OpenAI's protocol: its address, its models, its embeddings; asked over http or https.

Nothing is sent before something is asked. A key comes from the environment and goes only to the host it was set for:
see `core.models.api_keys`.

    from core.models.openai_client import Server

    vectors = Server("http://127.0.0.1:8080/v1", "nomic-embed").embed(["a text", "another"])

Source: https://platform.openai.com/docs/api-reference
"""

from __future__ import annotations

import contextlib
import email.utils
import json
import math
import time
import urllib.parse
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from core.errors import UserError
from core.models import api_keys
from core.models.connection import HangUp, response_to

if TYPE_CHECKING:
    import httpx2

PATIENCE_SECONDS = 60.0  # without a byte from the server
LONGEST_ANSWER = 400_000_000
LONGEST_WAIT = 30.0  # seconds that a server may ask to wait before it is asked again
MOST_WAITS = 4
_AT_ONCE = 64  # texts in one request for embeddings
_NEXT_STEPS = {
    404: "Check the name of the model, and that the address ends in /v1.",
    429: "The server is busy: wait a little.",
    503: "The server may still be loading its model: wait.",
}
_ENDPOINTS = ("/chat/completions", "/completions", "/embeddings", "/models")


class Refused(UserError):
    """A server answered with an error status. `reply` is its answer as JSON, or None; `parameter` the one it names."""

    def __init__(self, what: str, next_step: str, status: int, reply: Any = None, retry_after: float = 0.0) -> None:
        super().__init__(what, next_step)
        self.status, self.reply, self.retry_after = status, reply, retry_after

    @property
    def message(self) -> str:
        """The server's own words."""
        return message_of(self.reply)

    @property
    def parameter(self) -> str:
        """The name of the parameter that the server says it refuses; "" where it names none in a field of its own."""
        if not isinstance(self.reply, dict):
            return ""
        error = self.reply.get("error")
        named = error.get("param") if isinstance(error, dict) else None
        detail = self.reply.get("detail")
        if not named and isinstance(detail, list) and detail and isinstance(detail[0], dict):
            path = [str(part) for part in detail[0].get("loc") or () if part != "body"]
            named = path[0] if path else ""
        return str(named or "")


class Server:
    """The server at `url` (".../v1") and the name of one of its models. Nothing is sent yet.

    A query in the address ("?api-version=...") is sent along with every request.

    Raises:
        UserError: `url` is not an http or https address.
    """

    def __init__(self, url: str, model: str = "", patience: float = PATIENCE_SECONDS) -> None:
        try:
            parts = urllib.parse.urlsplit(url.strip() if "://" in url else f"http://{url.strip()}")
        except ValueError as problem:
            raise _no_address(url) from problem
        try:
            port = parts.port
        except ValueError as problem:
            raise UserError(
                f"“{url[:100]}” has no valid port.", "An address looks like http://127.0.0.1:8080/v1."
            ) from problem
        if (
            parts.scheme not in ("http", "https")
            or not parts.hostname
            or not parts.hostname.isprintable()
            or any(character.isspace() or ord(character) < 33 for character in url.strip())
        ):
            raise _no_address(url)
        self.secure, self.host, self.port = parts.scheme == "https", parts.hostname, port
        path = parts.path.rstrip("/")
        for endpoint in _ENDPOINTS:  # people copy the whole address of one
            path = path.removesuffix(endpoint)
        self.path, self.query = path or "/v1", parts.query
        self.model, self.patience = model.strip(), patience

    @property
    def address(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"http{'s' if self.secure else ''}://{host}{f':{self.port}' if self.port else ''}{self.path}"

    def models(self) -> list[str]:
        """The names of the models that the server offers."""
        found = self.whole("GET", "/models", None)
        try:
            entries: Any = found.get("data", found.get("models")) if isinstance(found, dict) else found
            names = [entry if isinstance(entry, str) else str(entry.get("id") or entry["name"]) for entry in entries]
        except (KeyError, TypeError, AttributeError) as problem:
            raise self.no_model_server() from problem
        return names

    def embed(
        self, texts: Sequence[str], on_progress: Callable[[float, str], None] | None = None
    ) -> npt.NDArray[np.float32]:
        """Vectors (N, D) float32, each of length 1, in the order of the texts.

        `on_progress(fraction 0..1, what is being done)` is called after each request; an exception from it stops here.

        Raises:
            UserError: the server refuses, is silent, or its model does not embed.
        """
        rows: list[Any] = []
        try:
            for start in range(0, len(texts), _AT_ONCE):
                batch = list(texts[start : start + _AT_ONCE])
                reply = self.whole(
                    "POST", "/embeddings", {"model": self.model, "input": batch, "encoding_format": "float"}
                )
                entries = sorted(reply["data"], key=lambda entry: entry["index"])
                rows += [entry["embedding"] for entry in entries]
                if len(rows) != start + len(batch):
                    raise ValueError("some are missing")
                if on_progress:
                    on_progress(len(rows) / len(texts), f"embedded {len(rows):,} of {len(texts):,}")
            matrix = np.array(rows, np.float32)
            if rows and (matrix.ndim != 2 or not np.isfinite(matrix).all()):
                raise ValueError("a vector for every token, not for every text")
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            raise UserError(
                f"{self.model or 'The model'} at {self.address} does not give one vector for each text ({problem}).",
                "Choose a model made for embeddings; llama-server wants --embeddings and --pooling mean.",
            ) from problem
        return (
            matrix / np.maximum(np.linalg.norm(matrix, axis=1, keepdims=True), 1e-12)
            if rows
            else np.zeros((0, 0), np.float32)
        )

    @contextlib.contextmanager
    def send(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None,
        hang_up: HangUp | None = None,
        on_wait: Callable[[float], None] | None = None,
    ) -> Iterator[httpx2.Response]:
        """The response, to be read within the block. Where the server asks to wait a little, it is asked again.

        `on_wait(seconds)` is called before each wait; `hang_up` ends it all from another thread.

        Raises:
            UserError: nothing answers there, or not in time; or a key was set for it that plain http would give away.
            Refused: the answer's status is not 200.
        """
        headers = {
            "Content-Type": "application/json",
            "Accept": "text/event-stream, application/json",
            **api_keys.headers_for(self.host, self.port, self.secure, "api-version=" in self.query),
        }
        url = f"{self.address}{path}{f'?{self.query}' if self.query else ''}"
        for left in range(MOST_WAITS, -1, -1):
            with response_to(method, url, headers, body, self.patience, hang_up) as response:
                if response.status_code == 200:
                    yield response
                    return
                refused = self._refusal(response)
            if not (left and 0 < refused.retry_after <= LONGEST_WAIT):
                raise refused
            if on_wait:
                on_wait(refused.retry_after)
            _wait(refused.retry_after, hang_up)
            if hang_up and hang_up.asked:
                raise refused

    def whole(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        """An answer that is one JSON value."""
        import httpx2

        with self.send(method, path, body) as response:
            try:
                return json.loads(_content(response, LONGEST_ANSWER))
            except httpx2.TimeoutException as problem:
                raise UserError(f"{self.address} was silent for {self.patience:.0f} s.", "Try again.") from problem
            except (ValueError, RecursionError, OSError, httpx2.HTTPError) as problem:
                raise self.no_model_server() from problem

    def _refusal(self, response: httpx2.Response) -> Refused:
        """The error for a response that is not 200, with the server's own words and what to do."""
        import httpx2

        try:
            reply = json.loads(_content(response, 200_000))
        except (ValueError, RecursionError, OSError, httpx2.HTTPError):
            reply = None
        status, wait = response.status_code, _retry_after(response.headers.get("retry-after", ""))
        if status in (401, 403):
            next_step = api_keys.how_to_send(self.host, self.port, self.secure)
        elif status == 429 and wait:
            next_step = f"The server is busy: ask again in {wait:,.0f} s."
        else:
            next_step = _NEXT_STEPS.get(status, "Change the question or the settings.")
        message = message_of(reply)
        what = f"{self.host} refused with status {status}{f': {message}' if message else ''}."
        return Refused(what, next_step, status, reply, wait if status in (429, 503) else 0.0)

    def no_model_server(self, why: str = "") -> UserError:
        """The error for an answer that no model server gives."""
        return UserError(
            f"{self.address} does not answer like a model server{why}.", "Give the address that ends in /v1."
        )


def _no_address(url: str) -> UserError:
    return UserError(
        f"“{url[:100]}” is not the address of a server.", "An address looks like http://127.0.0.1:8080/v1."
    )


def _content(response: httpx2.Response, most: int) -> bytes:
    """What is left of a response, unpacked, up to `most` bytes."""
    parts, size = [], 0
    for part in response.iter_bytes():
        parts.append(part)
        size += len(part)
        if size > most:
            raise ValueError("the answer is too long")
    return b"".join(parts)


def _retry_after(value: str) -> float:
    """Seconds, from a number of them or a date (RFC 9110, 10.2.3); 0 for none."""
    try:
        seconds = float(value)
    except ValueError:
        try:
            seconds = email.utils.parsedate_to_datetime(value).timestamp() - time.time()
        except (ValueError, TypeError, OverflowError):
            return 0.0
    return max(0.0, seconds) if math.isfinite(seconds) else 0.0


def _wait(seconds: float, hang_up: HangUp | None) -> None:
    end = time.monotonic() + seconds
    while (left := end - time.monotonic()) > 0 and not (hang_up and hang_up.asked):
        time.sleep(min(0.1, left))


def message_of(reply: Any) -> str:
    """A server's error message in one line, from any of the forms in which servers give one."""
    if isinstance(reply, dict):
        for name in ("error", "message", "detail", "msg"):
            if reply.get(name):
                where = ".".join(str(part) for part in reply.get("loc") or () if part != "body")
                return (f"{where}: " if where else "") + message_of(reply[name])
        return "" if not reply else short(reply)
    if isinstance(reply, list):
        return "; ".join(message_of(entry) for entry in reply[:3])
    return short(reply) if reply is not None else ""


def short(value: Any) -> str:
    """A problem or a server's message in one line."""
    return " ".join(str(value).split()).rstrip(".")[:300]
