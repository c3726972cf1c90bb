"""Fixtures and fakes that tests of several rooms share."""

from __future__ import annotations

import dataclasses
import logging
import os
import sys
import tempfile
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared" / "data"

# Before anything imports core.storage: tests never touch the person's own cache.
os.environ["TEXTLAB_HOME"] = os.environ.get("TEXTLAB_TEST_HOME") or tempfile.mkdtemp(prefix="textlab-tests-")
Path(os.environ["TEXTLAB_HOME"]).mkdir(parents=True, exist_ok=True)
os.environ.setdefault("NUMBA_CACHE_DIR", str(Path(os.environ["TEXTLAB_HOME"]) / "compiled"))
os.environ["HF_HUB_OFFLINE"] = "1"
os.environ["TEXTLAB_MODEL_FOLDERS"] = ""  # not the models that other programs keep on this machine
logging.getLogger("streamlit.runtime.caching").setLevel(logging.ERROR)
logging.getLogger("streamlit").setLevel(logging.ERROR)
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))


def pytest_addoption(parser):
    parser.addoption("--external", action="store_true", help="also run tests that download something")


def pytest_collection_modifyitems(config, items):
    if not config.getoption("--external"):
        skip = pytest.mark.skip(reason="downloads something: run with --external")
        for item in items:
            if "external" in item.keywords:
                item.add_marker(skip)


def pytest_make_parametrize_id(config, val, argname):
    """Bytes are named by their number: a packed file holds the time it was made, so its content would name the test
    differently in each process that runs tests, and a large one would take seconds to be spelled out."""
    return f"{len(val)} bytes" if isinstance(val, bytes) else None


def skip_or_fail(reason: str) -> None:
    """Skip where something is missing that a person need not have; fail where the machine is meant to have it."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture
def shared_data():
    """The path of a file of the shared test data (not part of the project), by name."""

    def path_of(name: str) -> Path:
        path = SHARED / name
        if not path.exists():
            skip_or_fail(f"the shared test data has no {name} here")
        return path

    return path_of


@pytest.fixture
def tiny_lab(monkeypatch):
    """A lab that opens with Pocket Chat, as it does where the package of the larger model is not installed: for tests
    that need a language model, and not a good one."""
    from core import catalog

    spec = catalog.find("smollm2-135m")
    monkeypatch.setitem(catalog._specs, spec.key, dataclasses.replace(spec, locate=lambda: None))


@pytest.fixture
def open_page(tiny_lab):
    """Open a page as a browser would, from app.py, and give the AppTest: open_page("word_explorer", words_view="pair").

    Waits for jobs: reruns the page until no progress bar is left on it. The lab is the `tiny_lab`.
    """
    return _opened


@pytest.fixture
def open_full_page():
    """The same with every model that comes with the lab."""
    return _opened


def _opened(page: str, wait_s: float = 90, **query: str):
    from streamlit.testing.v1 import AppTest

    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=180)
    app.run()
    app.switch_page(f"pages/{page}.py")
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    return run_until_still(app, wait_s)


def run_until_still(app, wait_s: float = 90):
    """Rerun an AppTest until no job is under way on its page (no progress bar is drawn)."""
    end = time.monotonic() + wait_s
    while app.get("progress") and time.monotonic() < end:
        time.sleep(0.25)
        app.run()
    assert not app.get("progress"), f"a job did not end within {wait_s} s"
    return app
