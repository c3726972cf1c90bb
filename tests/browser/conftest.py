"""The real app in a real browser: one server and one Chromium for the whole room."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlparse

import pytest

from tests.conftest import ROOT, skip_or_fail

PATIENCE_MS = 60_000  # for what comes within a second on an idle machine: only a real fault takes longer
HERE = {"127.0.0.1", "localhost", ""}
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
    "--enable-unsafe-swiftshader",
    "--use-angle=swiftshader",
]
TELL_VIOLATIONS = """document.addEventListener('securitypolicyviolation', (told) => console.error(
    `refused by the policy: ${told.effectiveDirective} ${told.blockedURI} ${told.sourceFile}:${told.lineNumber}`))"""
if os.environ.get("TEXTLAB_IN_NAMESPACE"):  # where look-ups are noted: the browser's own services ask for no name
    CHROMIUM_FLAGS.append("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost")
TINY = "prompting_model=Pocket%20Chat"
"""In an address of the prompts page: the model that answers in milliseconds, where a good one is not needed."""
HARMLESS = ("/_stcore/",)  # Streamlit looks for its own address below the page's first, and is answered 404


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    """`streamlit run app.py` as the README starts it, on a free port, with the tests' home."""

    def __init__(self, home: str, port: int | None = None, script: str = "app.py") -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log = Path(home) / f"server-{self.port}.log"
        under = shlex.split(os.environ.get("TEXTLAB_TEST_UNDER", ""))  # such as a tracer
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [
                    *under,
                    sys.executable,
                    "-m",
                    "streamlit",
                    "run",
                    script,
                    "--server.headless=true",
                    f"--server.port={self.port}",
                ],
                cwd=ROOT,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**os.environ, "TEXTLAB_HOME": home},
            )
        self._wait_until_it_answers()

    def _wait_until_it_answers(self, seconds: float = 120) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            assert self.process.poll() is None, self.log.read_text()
            with contextlib.suppress(OSError):
                if urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1).status == 200:
                    return
            time.sleep(0.05)
        raise TimeoutError(self.log.read_text())

    def memory_mb(self) -> float:
        """Resident memory of the server's own process (its workers not counted), in MB of 10^6 bytes."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) * 1024 / 1e6

    def stop(self) -> None:
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    running = Server(os.environ["TEXTLAB_HOME"])
    yield running
    running.stop()


@pytest.fixture(scope="session")
def chromium():
    """Debian's (or another installed) Chromium under Playwright."""
    from playwright.sync_api import expect, sync_playwright

    path = os.environ.get("CHROMIUM") or next(
        filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
    )
    if not path:
        skip_or_fail("there is no Chromium on this machine: install it, or name it in CHROMIUM")
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        yield browser
        browser.close()


class Visit:
    """One browser window on the lab, with everything that went wrong in it."""

    def __init__(self, browser, url: str, scheme: str = "light") -> None:
        self.url, self.problems, self.outside = url, [], []
        self.context = browser.new_context(
            viewport={"width": 1280, "height": 800}, color_scheme=scheme, accept_downloads=True
        )
        self.context.set_default_timeout(PATIENCE_MS)
        self.context.add_init_script(TELL_VIOLATIONS)
        self.page = self.context.new_page()
        self.page.on(
            "console",
            lambda message: (
                message.type == "error"
                and (
                    "policy" in message.text.lower()
                    or not any(word in message.text + str(message.location) for word in HARMLESS)
                )
                and self.problems.append(message.text)
            ),
        )
        self.page.on("pageerror", lambda error: self.problems.append(str(error)))
        self.page.on(
            "request",
            lambda request: (
                urlparse(request.url).scheme in {"http", "https", "ws", "wss"}
                and urlparse(request.url).hostname not in HERE
                and self.outside.append(request.url)
            ),
        )

    def open(self, path: str, wait_s: float = 500):
        self.page.goto(f"{self.url}/{path}")
        return self.settled(wait_s)

    def settled(self, wait_s: float = 500):
        """Wait until the script has run and no job is under way, for 0.3 s on end.

        After an action the page may still rest, because the server has not heard of it: wait for what it brings about.
        """
        self.page.evaluate("delete window.textlabQuiet")
        self.page.wait_for_function(
            """() => {
            const app = document.querySelector('[data-testid=stApp]');
            const quiet = app && app.dataset.testScriptState === 'notRunning'
                && document.querySelector('h1') && !document.querySelector('[data-testid=stProgress]')
                && !document.querySelector('[data-testid=stSkeleton]') && !document.querySelector('[data-stale=true]');
            window.textlabQuiet = quiet ? window.textlabQuiet ?? performance.now() : undefined;
            return quiet && performance.now() - window.textlabQuiet > 300;
        }""",
            timeout=wait_s * 1000,
        )
        return self.page

    def fits(self) -> None:
        """Nothing is cut off at the side."""
        self.page.wait_for_function("document.documentElement.scrollWidth <= innerWidth")

    def check(self) -> None:
        """No traceback on the page, no error in the console, nothing asked of the outside."""
        assert self.page.locator("[data-testid=stException]").count() == 0, self.page.locator(
            "[data-testid=stException]"
        ).first.inner_text()
        assert not self.problems
        assert not self.outside


@pytest.fixture
def visit(server, chromium):
    """Open windows on the lab: visit() or visit(scheme="dark")."""
    windows: list[Visit] = []

    def opened(scheme: str = "light") -> Visit:
        windows.append(Visit(chromium, server.url, scheme))
        return windows[-1]

    yield opened
    for window in windows:
        window.context.close()
