"""The whole set of pages in a network namespace with nothing but loopback, where every look-up and socket is noted."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT, skip_or_fail

# Argument: the file for the names that were looked up. A resolver of our own answers that there is no such name.
INSIDE = """
import fcntl, socket, struct, subprocess, sys, threading
noted = sys.argv[1]
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as lo:  # ip link set lo up
    fcntl.ioctl(lo, 0x8914, struct.pack("16sh", b"lo", 0x1 | 0x40))
with socket.socket() as outside:
    try:
        outside.connect(("192.0.2.1", 80))  # RFC 5737: a documentation address, never routed
        sys.exit("the namespace has a way out")
    except OSError:
        pass
open(noted + ".conf", "w").write("nameserver 127.0.0.1\\noptions attempts:1 timeout:1\\n")
if subprocess.run(["mount", "--bind", noted + ".conf", "/etc/resolv.conf"]).returncode == 0:
    resolver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    resolver.bind(("127.0.0.1", 53))

    def answer():
        while True:
            question, who = resolver.recvfrom(4096)
            at, labels = 12, []
            while question[at]:
                labels.append(question[at + 1:at + 1 + question[at]].decode("ascii", "replace"))
                at += 1 + question[at]
            with open(noted, "a") as names:
                names.write(".".join(labels) + "\\n")
            resolver.sendto(question[:2] + b"\\x81\\x83" + question[4:], who)

    threading.Thread(target=answer, daemon=True).start()
    try:
        socket.getaddrinfo("noted.example", 80)
        sys.exit("the resolver answers")
    except socket.gaierror:
        pass
import pytest
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "tests/browser/test_pages.py", "-k",
                      "own_address or every_view or keeps_the_server_small"]))
"""
TRACE = "strace -D -f --seccomp-bpf -qq -A -e trace=connect,sendto,sendmsg -o"
_ADDRESS = re.compile(r'inet_addr\("([^"]+)"\)|inet_pton\(AF_INET6, "([^"]+)"')


def beyond_loopback(trace: Path) -> list[str]:
    """The calls in a trace that name an address of another machine."""
    found = []
    for line in trace.read_text(errors="replace").splitlines():
        for match in _ADDRESS.finditer(line):
            address = match[1] or match[2].removeprefix("::ffff:")
            if not (address.startswith("127.") or address == "::1"):
                found.append(line)
    return found


def traces(folder: Path) -> bool:
    """Whether strace works here, and shows what it is to show."""
    calls = folder / "control"
    code = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).connect(('192.0.2.1', 9))"
    if not shutil.which("strace"):
        return False
    subprocess.run([*TRACE.split(), str(calls), sys.executable, "-S", "-c", code], capture_output=True)
    return calls.exists() and len(beyond_loopback(calls)) == 1


@pytest.mark.browser
@pytest.mark.timeout(1800)
def test_every_page_works_without_a_network_and_asks_for_none(tmp_path):
    """No name is looked up, and the server and its workers open no socket beyond loopback.

    What a page itself asks for is noted in the browser (`Visit.outside`), whose own services are kept from asking.
    """
    if os.environ.get("TEXTLAB_IN_NAMESPACE"):
        pytest.skip("already inside")
    space = (
        "-rnm"
        if shutil.which("unshare") and not subprocess.run(["unshare", "-rnm", "true"], capture_output=True).returncode
        else "-rn"
    )
    if not shutil.which("unshare") or subprocess.run(["unshare", space, "true"], capture_output=True).returncode:
        skip_or_fail("this machine makes no network namespaces for ordinary users")
    names, calls, traced = tmp_path / "names", tmp_path / "calls", traces(tmp_path)
    inside = {
        **os.environ,
        "TEXTLAB_IN_NAMESPACE": "1",
        "TEXTLAB_TEST_HOME": os.environ["TEXTLAB_HOME"],
        "TEXTLAB_TEST_UNDER": f"{TRACE} {calls}" if traced else "",
    }
    ended = subprocess.run(
        ["unshare", space, sys.executable, "-c", INSIDE, str(names)],
        cwd=ROOT,
        text=True,
        capture_output=True,
        env=inside,
    )
    assert ended.returncode == 0, ended.stdout[-4000:] + ended.stderr[-2000:]
    if names.exists():
        assert set(names.read_text().split()) == {"noted.example"}, "only the one that shows that look-ups are noted"
    if traced:
        assert "127.0.0.1" in calls.read_text() and not beyond_loopback(calls)
    if not names.exists() or not traced:
        pytest.skip(
            "all pages work; what they look up and open was not noted: "
            + ("no strace" if names.exists() else "the resolver could not be replaced")
        )
