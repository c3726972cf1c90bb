"""One request to a server over http or https, which can be hung up from another thread.

Proxies come from the environment (HTTP_PROXY, HTTPS_PROXY, NO_PROXY), but a server on this machine is asked directly.
A redirect is followed to the same host only: what a person writes goes to the host that they named. Compressed answers
are unpacked as they come.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import socket
import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from core.errors import UserError
from core.models.api_keys import is_loopback

if TYPE_CHECKING:
    import httpx2

CONNECT_SECONDS = 10.0
MOST_REDIRECTS = 5
_REDIRECTS = (301, 302, 307, 308)


class HangUp:
    """Ends a request from another thread, whatever it is waiting for."""

    def __init__(self) -> None:
        self.asked = False
        self._socket: socket.socket | None = None
        self._lock = threading.Lock()

    def now(self) -> None:
        """Hang up. A request that has not connected yet ends as soon as it has."""
        with self._lock:
            self.asked = True
            if self._socket:
                with contextlib.suppress(OSError):
                    self._socket.shutdown(socket.SHUT_RDWR)

    def trace(self, event: str, information: dict[str, Any]) -> None:
        """What the transport calls at each step; a connection that is made is one that can be hung up."""
        if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
            with self._lock:
                self._socket = information["return_value"].get_extra_info("socket")
            if self.asked:
                self.now()


@contextlib.contextmanager
def response_to(
    method: str,
    url: str,
    headers: dict[str, str],
    body: dict[str, Any] | None,
    patience: float,
    hang_up: HangUp | None = None,
) -> Iterator[httpx2.Response]:
    """The response, of any status, to be read within the block; `patience`: seconds without a byte from the server.

    Raises:
        UserError: nothing answers there, not in time, or it redirects in a circle or to another host.
        httpx2.HTTPError: within the block, from reading.
    """
    import httpx2

    content = json.dumps(body).encode() if body is not None else None
    with contextlib.ExitStack() as opened:
        for _ in range(MOST_REDIRECTS + 1):
            try:
                response = _ask(opened, method, url, headers, content, patience, hang_up)
            except httpx2.TimeoutException as problem:
                raise UserError(
                    f"{_origin(url)} did not answer within {patience:.0f} s.",
                    "The server may still be loading its model: try again.",
                ) from problem
            except (httpx2.HTTPError, httpx2.InvalidURL, OSError, UnicodeError, ValueError) as problem:
                raise UserError(
                    f"Nothing answers at {_origin(url)} ({str(problem).strip().rstrip('.')[:300]}).",
                    "Start the server there, or correct the address.",
                ) from problem
            if response.status_code not in _REDIRECTS or "location" not in response.headers:
                yield response
                return
            url = _next(url, response.headers["location"])
    raise UserError(f"{_origin(url)} redirects in a circle.", "Correct the address.")


def _ask(
    opened: contextlib.ExitStack,
    method: str,
    url: str,
    headers: dict[str, str],
    content: bytes | None,
    patience: float,
    hang_up: HangUp | None,
) -> httpx2.Response:
    import httpx2

    address = httpx2.URL(url)
    secure = address.scheme == "https"
    client = opened.enter_context(
        httpx2.Client(
            timeout=httpx2.Timeout(patience, connect=min(CONNECT_SECONDS, patience)),
            trust_env=not is_loopback(address.host),
            verify=secure,  # reading the certificates takes time that plain http does not need
            http2=secure and importlib.util.find_spec("h2") is not None,
            auth=httpx2.FunctionAuth(lambda request: request),  # no password of a .netrc file is added
        )
    )
    extensions = {"trace": hang_up.trace} if hang_up else {}
    return opened.enter_context(client.stream(method, url, headers=headers, content=content, extensions=extensions))


def _next(url: str, location: str) -> str:
    """Where a redirect leads.

    Raises:
        UserError: to another host, or from https to http.
    """
    import httpx2

    old = httpx2.URL(url)
    try:
        new = old.join(location)
    except (httpx2.InvalidURL, ValueError) as problem:
        raise UserError(f"{_origin(url)} redirects to what is no address.", "Correct the address.") from problem
    upgraded = (old.scheme, new.scheme) == ("http", "https")
    if new.host != old.host or not (upgraded or (new.scheme, new.port) == (old.scheme, old.port)):
        raise UserError(
            f"{_origin(url)} redirects to {new.scheme}://{new.host}, and nothing was sent there.",
            "If that is where it should go, give that address.",
        )
    return str(new)


def _origin(url: str) -> str:
    scheme, _, rest = url.partition("://")
    return f"{scheme}://{rest.partition('/')[0]}"


def ends_by_itself(response: httpx2.Response) -> bool:
    """Whether the protocol says where this response ends, so that one cut short is known to be."""
    return (
        response.http_version == "HTTP/2"
        or "content-length" in response.headers
        or "chunked" in response.headers.get("transfer-encoding", "").lower()
    )
