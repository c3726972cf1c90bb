"""What is installed: pinned, locked with hashes, read by pip and by uv alike."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from importlib import metadata
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from core.licences import installed, required
from tests.conftest import ROOT
from tests.support.sources import SOURCES, imported

LOCK = ROOT / ".lock"
FILES = {"requirements.txt": SOURCES, "tests/requirements.txt": sorted((ROOT / "tests").rglob("*.py"))}
OWN = {"app", "core", "pages", "tests"}


def pins(name: str) -> dict[str, str]:
    """The distributions of a requirements file with their versions."""
    return {canonicalize_name(need.name): str(need.specifier) for need in required(ROOT / name)}


def locked(name: str) -> list[tuple[Requirement, list[str]]]:
    """The entries of a lock file, each with its hashes."""
    text = (LOCK / name).read_text(encoding="utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    return [
        (Requirement(line.partition(" --hash=")[0]), re.findall(r"--hash=sha256:([0-9a-f]{64})\b", line))
        for line in lines
    ]


@pytest.fixture(scope="module")
def renew() -> Any:
    spec = importlib.util.spec_from_file_location("renew", LOCK / "renew.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", FILES)
def test_everything_that_is_imported_is_pinned(name):
    """A distribution that only comes along with another one may be gone, or another, with that one's next version."""
    pinned = {**pins("requirements.txt"), **pins(name)}
    homes = metadata.packages_distributions()
    packages = {module.split(".")[0] for path in FILES[name] for module, _ in imported(path)}
    packages -= OWN | sys.stdlib_module_names
    assert len(packages) > 10
    assert not {
        package
        for package in packages
        if not {canonicalize_name(home) for home in homes.get(package, [])} & set(pinned)
    }


def test_what_is_pinned_twice_is_pinned_to_one_version():
    lab, tests = pins("requirements.txt"), pins("tests/requirements.txt")
    assert not {name for name in lab.keys() & tests.keys() if lab[name] != tests[name]}


def test_the_lock_has_the_pinned_versions_and_a_hash_for_every_file():
    entries = locked("constraints.txt") + locked("build.txt")
    assert not [str(need) for need, hashes in entries if not hashes or not str(need.specifier).startswith("==")]
    versions = {
        canonicalize_name(need.name): str(need.specifier)
        for need, _ in locked("constraints.txt")
        if need.marker is None or need.marker.evaluate()
    }
    missing = {**pins("requirements.txt"), **pins("tests/requirements.txt")}.items() - versions.items()
    assert not missing, "run: python .lock/renew.py"


def test_the_lock_has_everything_that_is_installed():
    """With its whole tail of requirements of requirements, as this machine's metadata tell it."""
    names = {canonicalize_name(need.name) for need, _ in locked("constraints.txt")}
    assert not {canonicalize_name(row.name) for row in installed()} - names


def test_the_lock_names_no_place_to_install_from():
    for name in ("constraints.txt", "build.txt"):
        text = (LOCK / name).read_text(encoding="utf-8")
        assert "python .lock/renew.py" in text.splitlines()[1], "it says how it is renewed"
        assert not re.search(r"://|^-|\b(index|find-links)\b", text, re.MULTILINE)


def test_both_builds_of_torch_are_locked(renew):
    """The one for NVIDIA cards from the package index, and the small one from PyTorch's own."""
    (hashes,) = [hashes for need, hashes in locked("constraints.txt") if need.name == "torch"]
    version = pins("requirements.txt")["torch"].removeprefix("==")
    small = renew.known_wheels()
    assert len(small) == 9 and all(name.startswith(f"torch-{version}+cpu-") for name in small)
    assert set(small.values()) < set(hashes)


PAGE = (
    '<a href="/whl/cpu/torch-9.8.7%2Bcpu-cp312-cp312-manylinux_2_28_x86_64.whl#sha256={0}">torch</a>\n'
    '<a href="/whl/cpu/torch-9.8.7%2Bcpu-cp312-cp312-win_amd64.whl#sha256={1}" data-x="y">torch</a>\n'
    '<a href="/whl/cpu/torch-9.8.7%2Bcpu-cp314-cp314-win_amd64.whl#sha256={1}">another Python</a>\n'
    '<a href="/whl/cpu/torch-9.8.7-cp312-cp312-macosx_14_0_arm64.whl#sha256={1}">no CPU build</a>\n'
)
ENTRY = (
    "numpy==2.0.0 \\\n    --hash=sha256:{0}\ntorch==9.8.7 \\\n    --hash=sha256:{0} \\\n    --hash=sha256:{1}\n"
    "tqdm==4.0.0 \\\n    --hash=sha256:{1}\n"
)


def test_hashes_of_torch_are_read_off_the_page_of_its_index_and_added(renew):
    one, two, three = ("1" * 64, "2" * 64, "3" * 64)
    found = renew.listed_wheels(PAGE.format(one, two))
    assert found == {
        "torch-9.8.7+cpu-cp312-cp312-manylinux_2_28_x86_64.whl": one,
        "torch-9.8.7+cpu-cp312-cp312-win_amd64.whl": two,
    }
    lock = renew.with_torch_hashes(ENTRY.format(one, two), [two, three])
    assert lock == ENTRY.format(one, two).replace("\ntqdm", f" \\\n    --hash=sha256:{three}\ntqdm")


def test_what_compiles_llama_cpp_is_what_its_own_build_file_asks_for(renew):
    """As llama-cpp-python 0.3.36 has it: a new version may ask for something else."""
    assert pins("requirements.txt")["llama-cpp-python"] == "==0.3.36", "look into its pyproject.toml"
    assert "scikit-build-core[pyproject]>=0.9.2" in renew.BUILD_TOOLS.splitlines()
    names = {need.name for need, _ in locked("build.txt")}
    assert {"scikit-build-core", "cmake", "ninja", "packaging", "pathspec"} <= names


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Run one of this environment's installers."""
    return subprocess.run([sys.executable, "-m", *command], cwd=ROOT, capture_output=True, text=True, timeout=240)


@pytest.fixture(scope="module")
def index() -> None:
    """Skips where uv is not installed or no package index answers."""
    asked = subprocess.run(
        [sys.executable, "-m", "uv", "pip", "compile", "--quiet", "-"],
        input="iniconfig==2.3.1\n",
        capture_output=True,
        text=True,
        timeout=120,
    )
    if asked.returncode:
        said = asked.stderr.strip().splitlines() or ["it said nothing"]
        pytest.skip(f"uv reaches no package index here: {said[-1]}")


BOTH = ("-r", "requirements.txt", "-r", "tests/requirements.txt")
LOCKED = ("-c", ".lock/constraints.txt", "--build-constraint", ".lock/build.txt")


def test_uv_compiles_the_requirements(index):
    ended = run("uv", "pip", "compile", "--quiet", "requirements.txt", "tests/requirements.txt")
    assert ended.returncode == 0, ended.stderr
    assert "llama-cpp-python==0.3.36" in ended.stdout


@pytest.mark.parametrize("lock", [(), LOCKED], ids=["as the README says", "with the lock"])
def test_uv_would_install_the_requirements(index, lock):
    ended = run("uv", "pip", "install", "--dry-run", "--python", sys.executable, *BOTH, *lock)
    assert ended.returncode == 0, ended.stderr


def test_pip_would_install_the_requirements(index):
    if importlib.util.find_spec("pip") is None:
        pytest.skip("this environment has no pip")
    ended = run("pip", "install", "--dry-run", "--no-input", *BOTH)
    assert ended.returncode == 0, ended.stderr


@pytest.mark.parametrize(
    "installer", [("pip", "install"), ("uv", "pip", "install", "--python", sys.executable)], ids=["pip", "uv"]
)
def test_the_readmes_commands_for_other_builds_are_read_by_both(index, installer):
    """-C, for one, is not known to the pip of Debian 12; nothing is compiled here."""
    lines = re.findall(
        r"`pip install (llama-cpp-python\S+ --config-settings .+)`", (ROOT / ".github" / "INSTALL.md").read_text()
    )
    assert len(lines) == 3 and all(line.startswith("llama-cpp-python==0.3.36 ") for line in lines)
    for line in lines:
        ended = run(*installer, "--dry-run", *line.split())
        assert ended.returncode == 0, ended.stderr


def test_the_locked_versions_still_fit_together(index, renew):
    """What renewing would write, hashes aside: an index may get further files for a version."""
    text = renew.compiled(["requirements.txt", "tests/requirements.txt"], LOCK / "constraints.txt")
    fresh = {line.rstrip("\\ ") for line in text.splitlines() if "==" in line.split(" ")[0]}
    assert fresh == {
        line.rstrip("\\ ") for line in (LOCK / "constraints.txt").read_text().splitlines() if "==" in line.split(" ")[0]
    }, "run: python .lock/renew.py"
