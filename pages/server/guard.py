"""The layer before Streamlit: a request that another page or another account sent is refused before Streamlit sees it.

    app = st.App(__file__, middleware=[Middleware(Guard, Hosts(named()), from_environment())])

In this order, for HTTP and for the WebSocket alike: the Host must be one of this server's (`hosts`); the Origin, where
the browser names one, must be that very host and port; what the browser says of itself (Sec-Fetch-Site) must not be
that another site or port embeds the answer; and who is not known must show the start token (`start_token`). Refused
early, a foreign Origin does not have Streamlit look up the machine's own address outside, which is how it compares
origins. Every answer carries what `policy` says.

Source: https://asgi.readthedocs.io/en/latest/specs/www.html; https://www.w3.org/TR/fetch-metadata/
"""

from __future__ import annotations

import urllib.parse
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from pages.server import account, policy
from pages.server.hosts import LOOPBACK, Hosts, place
from pages.server.start_token import Asked, StartToken

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Answer = tuple[int, bytes, list[policy.Header]]  # status, body, headers

COOKIE_LASTS_S = 30 * 24 * 3600
_READ = {
    b"host",
    b"origin",
    b"cookie",
    b"sec-fetch-site",
    b"sec-fetch-mode",
    b"sec-fetch-dest",
    b"x-forwarded-for",
    b"forwarded",
}
_HEALTH = "/_stcore/health"  # says only that a server runs; whoever waits for the start asks it
_AGAIN = b'<!doctype html><meta http-equiv="refresh" content="0"><title>Laptop Text Lab</title>'


class Refusal(Exception):
    """Why a request is not answered, in words for whoever sees it."""


class Guard:
    """An ASGI application that lets through to `app` what may reach it."""

    def __init__(self, app: App, hosts: Hosts, token: StartToken) -> None:
        self._app, self._hosts, self._token = app, hosts, token

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            return await self._app(scope, receive, send)
        scheme = "https" if scope["scheme"] in ("https", "wss") else "http"
        seen = _seen(scope)
        try:
            self._check_origin(scope, seen, scheme)
            if answer := self._token_in_address(scope, scheme):
                return await _answer(send, *answer)
            if not self._is_known(scope, seen):
                return await _answer(send, *_page_again(scope, seen))
        except Refusal as refusal:
            return await _refuse(scope, send, str(refusal))
        if scope["type"] == "websocket":
            return await self._app(scope, receive, send)
        more = policy.headers(scope["path"], seen[b"host"], scheme == "https")

        async def send_with_headers(message: MutableMapping[str, Any]) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *more]
            await send(message)

        await self._app(scope, receive, send_with_headers)

    def _check_origin(self, scope: Scope, seen: dict[bytes, str], scheme: str) -> None:
        """Raises: Refusal: the request was meant for another host, or comes from a page of another one."""
        server = scope.get("server") or ("", None)
        host = seen.get(b"host", "")
        asked = place(host)
        if asked is None or not self._hosts.answers(asked, scheme, server):
            raise Refusal(
                f"This server does not answer under the name “{host[:100]}”. Open it as "
                f"{scheme}://{LOOPBACK[0]}:{server[1]}, or start it with TEXTLAB_HOSTS set to that name if a proxy or "
                "a tunnel stands before it."
            )
        origin = seen.get(b"origin")
        if origin is not None and not self._hosts.same_origin(origin, host, scheme, server):
            raise Refusal("A page of another origin asked for this; only the lab's own pages may.")
        if seen.get(b"sec-fetch-site", "none") not in ("none", "same-origin") and not _is_navigation(scope, seen):
            raise Refusal("A page of another site or port asked for this; only the lab's own pages may.")

    def _is_known(self, scope: Scope, seen: dict[bytes, str]) -> bool:
        """Whether the request may pass without a token, or shows it in its cookie."""
        if self._token.asked is Asked.NOBODY or scope["path"].endswith(_HEALTH):
            return True
        if self._token.asked is Asked.OTHERS and _is_own(scope, seen):
            return True
        shown = _cookies(seen.get(b"cookie", "")).get(_cookie_name(scope), "")
        return bool(shown) and self._token.fits(urllib.parse.unquote(shown))

    def _token_in_address(self, scope: Scope, scheme: str) -> Answer | None:
        """The way on for an address that holds the token: a cookie, and the same address without it."""
        if scope["type"] != "http" or scope["method"] != "GET" or b"token=" not in scope["query_string"]:
            return None
        query = urllib.parse.parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        if not any(name == "token" and self._token.fits(value) for name, value in query):
            return None
        rest = urllib.parse.urlencode([pair for pair in query if pair[0] != "token"])
        target = urllib.parse.quote("/" + scope["path"].lstrip("/")) + (f"?{rest}" if rest else "")
        cookie = (
            f"{_cookie_name(scope)}={self._token.quoted}; Path=/; Max-Age={COOKIE_LASTS_S}; HttpOnly; "
            f"SameSite=Strict{'; Secure' if scheme == 'https' else ''}"
        )
        return 303, b"", [(b"location", target.encode()), (b"set-cookie", cookie.encode())]


def _page_again(scope: Scope, seen: dict[bytes, str]) -> Answer:
    """For a page that a link on another site led to: the browser held the Strict cookie back. It sends it when the page
    loads itself once more, which is then no longer the other site's doing.

    Raises:
        Refusal: nothing was held back, so the token was never shown.
    """
    if _is_navigation(scope, seen) and seen.get(b"sec-fetch-site") in ("cross-site", "same-site"):
        return 200, _AGAIN, [(b"content-type", b"text/html; charset=utf-8")]
    raise Refusal(
        "This lab wants its start token. Open the address that the terminal shows, with token= in it; if it "
        "shows none, have the lab started with TEXTLAB_TOKEN=on. With TEXTLAB_TOKEN=off nobody is asked."
    )


def _seen(scope: Scope) -> dict[bytes, str]:
    """The headers that matter, by name. What stands there twice is joined, and so is no host and no origin any more."""
    seen: dict[bytes, str] = {}
    for name, value in scope["headers"]:
        if name in _READ:
            text = value.decode("latin-1")
            seen[name] = f"{seen[name]}; {text}" if name in seen else text
    return seen


def _is_navigation(scope: Scope, seen: dict[bytes, str]) -> bool:
    """Whether a person followed a link or typed an address in a tab, which any site may lead to."""
    return (
        scope["type"] == "http"
        and scope["method"] in ("GET", "HEAD")
        and seen.get(b"sec-fetch-mode") == "navigate"
        and seen.get(b"sec-fetch-dest") == "document"
    )


def _is_own(scope: Scope, seen: dict[bytes, str]) -> bool:
    """Whether a program of the person's own account asks, as far as the system tells."""
    client, server = scope.get("client"), scope.get("server")
    if not client or not server or server[1] is None or b"x-forwarded-for" in seen or b"forwarded" in seen:
        return False  # passed on by a proxy, for whomever
    ours = account.is_ours((client[0], client[1]), (server[0], server[1]))
    return client[0] in (*LOOPBACK, "::ffff:127.0.0.1") if ours is None else ours


def _cookie_name(scope: Scope) -> str:
    """A name of its own for each port: browsers share cookies among all ports of a host."""
    return f"textlab-token-{(scope.get('server') or ('', 0))[1]}"


def _cookies(header: str) -> dict[str, str]:
    pairs = (pair.partition("=") for pair in header.split(";"))
    return {name.strip(): value.strip() for name, _, value in pairs}


async def _refuse(scope: Scope, send: Send, why: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008, "reason": ""})  # before accept: an answer of 403
    else:
        await _answer(send, 403, why.encode(), [(b"content-type", b"text/plain; charset=utf-8")])


async def _answer(send: Send, status: int, body: bytes, headers: list[policy.Header]) -> None:
    sent = [
        *headers,
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
        *policy.of_refusals(),
    ]
    await send({"type": "http.response.start", "status": status, "headers": sent})
    await send({"type": "http.response.body", "body": body})
