"""A server that speaks OpenAI's protocol: its address, its models, its embeddings; asked over http or https.

Nothing is sent before something is asked. A key comes from the environment and goes only to the host it was set for:
see `core.models.api_keys`.

    from core.models.openai_client import Server

    vectors = Server("http://127.0.0.1:8080/v1", "nomic-embed").embed(["a text", "another"])

Source: https://platform.openai.com/docs/api-reference
"""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import urllib.parse
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from core.errors import UserError
from core.models import api_keys

PATIENCE_SECONDS = 60.0  # without a byte from the server
LONGEST_LINE = 4_000_000  # bytes of one event, or of a list of models
LONGEST_ANSWER = 400_000_000
_AT_ONCE = 64  # texts in one request for embeddings
_NEXT_STEPS = {
    404: "Check the name of the model, and that the address ends in /v1.",
    429: "The server is busy: wait a little.",
    503: "The server may still be loading its model: wait.",
}


class Refused(UserError):
    """A server answered with an error status."""

    def __init__(self, what: str, next_step: str, status: int) -> None:
        super().__init__(what, next_step)
        self.status = status


class Server:
    """The server at `url` (".../v1") and the name of one of its models. Nothing is sent yet.

    Raises:
        UserError: `url` is not an http or https address.
    """

    def __init__(self, url: str, model: str = "", patience: float = PATIENCE_SECONDS) -> None:
        parts = urllib.parse.urlsplit(url.strip() if "://" in url else f"http://{url.strip()}")
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
            raise UserError(
                f"“{url[:100]}” is not the address of a server.", "An address looks like http://127.0.0.1:8080/v1."
            )
        self.secure, self.host, self.port = parts.scheme == "https", parts.hostname, port
        self.path = parts.path.rstrip("/") or "/v1"
        self.model, self.patience = model.strip(), patience

    @property
    def address(self) -> str:
        return f"http{'s' if self.secure else ''}://{self.host}{f':{self.port}' if self.port else ''}{self.path}"

    def models(self) -> list[str]:
        """The names of the models that the server offers."""
        found = self.whole("GET", "/models", None)
        try:
            return [str(entry["id"]) for entry in found["data"]]
        except (KeyError, TypeError) as problem:
            raise self._no_model_server() from problem

    def embed(self, texts: Sequence[str], on_progress: Callable[[float, str], None] | None = None) -> np.ndarray:
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

    def send(
        self,
        method: str,
        path: str,
        body: dict[str, Any] | None,
        on_socket: Callable[[socket.socket], None] | None = None,
    ) -> tuple[http.client.HTTPConnection, Any]:
        """The connection, to be closed by the caller, and the response, to be read. `on_socket` is given the socket.

        Raises:
            UserError: nothing answers there, or not in time; or a key was set for it that plain http would give away.
            Refused: the answer's status is not 200.
        """
        headers = {"Content-Type": "application/json", "Accept": "text/event-stream, application/json"}
        if key := api_keys.key_for(self.host, self.port, self.secure):
            headers["Authorization"] = f"Bearer {key}"
        kind = http.client.HTTPSConnection if self.secure else http.client.HTTPConnection
        connection = kind(self.host, self.port, timeout=self.patience)
        try:
            connection.connect()
            if on_socket:
                on_socket(connection.sock)  # http.client forgets it where the server ends with the answer
            connection.request(method, self.path + path, json.dumps(body) if body is not None else None, headers)
            response = connection.getresponse()
        except TimeoutError as problem:
            connection.close()
            raise UserError(
                f"{self.address} did not answer within {self.patience:.0f} s.",
                "The server may still be loading its model: try again.",
            ) from problem
        except (OSError, http.client.HTTPException, UnicodeError, ValueError) as problem:
            connection.close()
            raise UserError(
                f"Nothing answers at {self.address} ({short(problem)}).",
                "Start the server there, or correct the address.",
            ) from problem
        if response.status != 200:
            with contextlib.closing(connection):
                raise self._refusal(response)
        return connection, response

    def whole(self, method: str, path: str, body: dict[str, Any] | None) -> Any:
        """An answer that is one JSON object."""
        connection, response = self.send(method, path, body)
        with contextlib.closing(connection):
            try:
                return json.loads(response.read(LONGEST_ANSWER))
            except TimeoutError as problem:
                raise UserError(f"{self.address} was silent for {self.patience:.0f} s.", "Try again.") from problem
            except (ValueError, OSError, http.client.HTTPException) as problem:
                raise self._no_model_server() from problem

    def _refusal(self, response: Any) -> Refused:
        """The error for a response that is not 200, with the server's own words and what to do."""
        try:
            reply = json.loads(response.read(20_000))
            message = short(reply.get("error", reply))
        except (ValueError, AttributeError, OSError, http.client.HTTPException):
            message = ""
        next_step = (
            api_keys.how_to_send(self.host, self.port, self.secure)
            if response.status in (401, 403)
            else _NEXT_STEPS.get(response.status, "Change the question or the settings.")
        )
        return Refused(
            f"{self.host} refused with status {response.status}{f': {message}' if message else ''}.",
            next_step,
            response.status,
        )

    def _no_model_server(self) -> UserError:
        return UserError(f"{self.address} does not answer like a model server.", "Give the address that ends in /v1.")


def short(value: Any) -> str:
    """A problem or a server's message in one line."""
    if isinstance(value, dict):
        value = value.get("message", value)
    return str(value).strip().rstrip(".")[:300]
