"""The whole set of pages in a network namespace with nothing but loopback."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from tests.conftest import ROOT, skip_or_fail

INSIDE = """
import fcntl, socket, struct, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as lo:  # ip link set lo up
    fcntl.ioctl(lo, 0x8914, struct.pack("16sh", b"lo", 0x1 | 0x40))
with socket.socket() as outside:
    try:
        outside.connect(("192.0.2.1", 80))  # RFC 5737: a documentation address, never routed
        sys.exit("the namespace has a way out")
    except OSError:
        pass
import pytest
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "tests/browser/test_pages.py", "-k",
                      "own_address or keeps_the_server_small"]))
"""


@pytest.mark.browser
@pytest.mark.timeout(900)
def test_every_page_works_without_a_network():
    if os.environ.get("TEXTLAB_IN_NAMESPACE"):
        pytest.skip("already inside")
    if not shutil.which("unshare") or subprocess.run(["unshare", "-rn", "true"], capture_output=True).returncode:
        skip_or_fail("this machine makes no network namespaces for ordinary users")
    inside = {**os.environ, "TEXTLAB_IN_NAMESPACE": "1", "TEXTLAB_TEST_HOME": os.environ["TEXTLAB_HOME"]}
    ended = subprocess.run(["unshare", "-rn", sys.executable, "-c", INSIDE], cwd=ROOT, capture_output=True, text=True,
                           env=inside)
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-2000:]
