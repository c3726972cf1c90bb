"""What the layer before Streamlit costs a request: python -m tests.benchmarks.server_guard

Microseconds in the layer itself, with and without asking the kernel whose a connection is; then the time of one request
for the page's shell over a connection that stays open, as the running server answers it.
"""

from __future__ import annotations

import asyncio
import http.client
import os
import socket
import statistics
import tempfile
import time

from pages.server.guard import Guard
from pages.server.hosts import Hosts
from pages.server.start_token import Asked, StartToken
from tests.browser.conftest import Server

ROUNDS = 5000


async def _app(scope, receive, send):
    await send({"type": "http.response.start", "status": 200, "headers": []})


async def in_the_layer(guard: Guard | None, scope: dict) -> float:
    """Median microseconds of a request, with the layer or (None) with the bare application."""

    async def send(message):
        pass

    called, times = guard or _app, []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        await called(scope, None, send)
        times.append(time.perf_counter() - begun)
    return statistics.median(times) * 1e6


def main() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as listening,
        socket.create_connection(listening.getsockname()) as client,
    ):
        host, port = listening.getsockname()
        own = f"{host}:{port}".encode()
        scope = {
            "type": "http",
            "path": "/words",
            "query_string": b"",
            "method": "GET",
            "scheme": "http",
            "headers": [
                (b"host", own),
                (b"origin", b"http://" + own),
                (b"cookie", b"a=b"),
                *((b"x-%d" % number, b"1") for number in range(12)),
            ],
            "server": (host, port),
            "client": client.getsockname(),
        }
        for name, guard in (
            ("bare application", None),
            ("layer, token off", Guard(_app, Hosts(), StartToken(Asked.NOBODY, "t"))),
            ("layer, asking whose the connection is", Guard(_app, Hosts(), StartToken(value="t"))),
        ):
            print(f"{name}: {asyncio.run(in_the_layer(guard, scope)):.1f} us a request")
    server = Server(os.environ.get("TEXTLAB_TEST_HOME") or tempfile.mkdtemp(prefix="textlab-guard-"))
    connection, times = http.client.HTTPConnection("127.0.0.1", server.port), []
    for _ in range(500):
        begun = time.perf_counter()
        connection.request("GET", "/words")
        connection.getresponse().read()
        times.append(time.perf_counter() - begun)
    server.stop()
    print(f"the page's shell from the running server: {statistics.median(times) * 1e3:.2f} ms a request")


if __name__ == "__main__":
    main()
