"""Write the lock files anew from requirements.txt and tests/requirements.txt: versions and hashes of all distributions.

    python .lock/renew.py              what is locked stays as it is where it still fits
    python .lock/renew.py --upgrade    newest versions of everything that is not pinned itself

It wants uv (in tests/requirements.txt) and the package index. constraints.txt holds everything that is installed, on
any platform; build.txt holds what compiles llama-cpp-python.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import urllib.request
from pathlib import Path

LOCK = Path(__file__).resolve().parent
ROOT = LOCK.parent
OLDEST_PYTHON = "3.11"
# What compiles llama-cpp-python: the line build-system.requires of its pyproject.toml, and what that asks for in turn.
BUILD_TOOLS = "scikit-build-core[pyproject]>=0.9.2\ncmake>=3.21\nninja>=1.5\n"
# On Linux and Windows torch comes in two builds of one version. The package index has the one for NVIDIA cards, this
# index the small one; a file of either must be accepted.
TORCH_CPU_INDEX = "https://download.pytorch.org/whl/cpu/torch/"
TORCH_CPU_HASHES = LOCK / "torch-cpu.sha256"
WHEEL = re.compile(
    r"torch-([\d.]+)(?:\+|%2B)cpu-(cp31[1-3])-\2-(manylinux_\w+_(?:x86_64|aarch64)|win_amd64)\.whl"
    r"[^\"']*#sha256=([0-9a-f]{64})"
)
HEADER = """\
# {what}
# Written by: python .lock/renew.py   (with --upgrade: newest versions). Not to be edited by hand.
"""


def compiled(requirements: list[str], kept: Path, *options: str) -> str:
    """A list of all distributions that `requirements` (files) lead to on any platform, with versions and hashes.

    What `kept`, the list of last time, says is kept where it still fits.
    """
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "lock.txt"
        if kept.exists():
            out.write_bytes(kept.read_bytes())
        subprocess.run(
            [
                sys.executable,
                "-m",
                "uv",
                "pip",
                "compile",
                "--quiet",
                "--universal",
                "--generate-hashes",
                "--no-annotate",
                "--no-header",
                "--no-emit-index-url",
                "--no-emit-find-links",
                f"--python-version={OLDEST_PYTHON}",
                *options,
                *requirements,
                "-o",
                str(out),
            ],
            cwd=ROOT,
            check=True,
        )
        return out.read_text(encoding="utf-8")


def listed_wheels(page: str) -> dict[str, str]:
    """The CPU builds of torch that a page of PyTorch's index links to: file name to SHA-256."""
    return {
        f"torch-{version}+cpu-{python}-{python}-{platform}.whl": digest
        for version, python, platform, digest in WHEEL.findall(page)
    }


def known_wheels() -> dict[str, str]:
    """The CPU builds of torch that torch-cpu.sha256 holds: file name to SHA-256."""
    lines = TORCH_CPU_HASHES.read_text().splitlines() if TORCH_CPU_HASHES.exists() else []
    return {name: digest for digest, name in (line.split() for line in lines if not line.startswith("#"))}


def renew_torch_hashes(version: str) -> dict[str, str]:
    """The hashes of torch's CPU builds of one version, from PyTorch's index or, where it cannot be reached, as kept."""
    try:
        with urllib.request.urlopen(TORCH_CPU_INDEX, timeout=30) as answer:
            found = listed_wheels(answer.read().decode())
    except OSError as problem:
        sys.stderr.write(f"PyTorch's index was not reached ({problem}); torch's CPU builds stay as they are.\n")
        found = known_wheels()
    wanted = {name: digest for name, digest in sorted(found.items()) if name.startswith(f"torch-{version}+cpu-")}
    if not wanted:
        sys.stderr.write(f"No hash of a CPU build of torch {version} is known: only its other builds are locked.\n")
    comment = [line for line in TORCH_CPU_HASHES.read_text().splitlines() if line.startswith("#")]
    TORCH_CPU_HASHES.write_text("\n".join([*comment, *(f"{digest}  {name}" for name, digest in wanted.items())]) + "\n")
    return wanted


def with_torch_hashes(lock: str, hashes: list[str]) -> str:
    """The list with further hashes for torch, after those that the package index gave."""
    start = re.search(r"^torch==.*\\\n(?: +--hash=\S+(?: \\)?\n)+", lock, re.MULTILINE)
    assert start, "torch is not in the list"
    entry = start.group().rstrip("\n")
    new = [f" \\\n    --hash=sha256:{digest}" for digest in hashes if digest not in entry]
    return lock.replace(start.group(), entry + "".join(new) + "\n")


def main() -> None:
    """Write constraints.txt and build.txt."""
    options = ["--upgrade"] if "--upgrade" in sys.argv[1:] else []
    constraints = LOCK / "constraints.txt"
    lock = compiled(["requirements.txt", "tests/requirements.txt"], constraints, *options)
    pinned = re.search(r"^torch==([\d.]+)", lock, re.MULTILINE)
    assert pinned, "torch is not in the list"
    lock = with_torch_hashes(lock, list(renew_torch_hashes(pinned.group(1)).values()))
    constraints.write_text(
        HEADER.format(
            what="Every distribution that the lab and its tests install, on any platform: version and hashes."
        )
        + lock
    )
    with tempfile.TemporaryDirectory() as folder:
        tools = Path(folder) / "tools.txt"
        tools.write_text(BUILD_TOOLS)
        build = compiled([str(tools)], LOCK / "build.txt", *options)
    (LOCK / "build.txt").write_text(HEADER.format(what="What compiles llama-cpp-python: version and hashes.") + build)


if __name__ == "__main__":
    main()
