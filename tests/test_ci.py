"""The script that checks the project: what it installs with, and its question for known vulnerabilities."""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from typing import Any

import pytest
import yaml

from tests.conftest import ROOT


@pytest.fixture
def audit() -> Any:
    spec = importlib.util.spec_from_file_location("audit", ROOT / ".ci" / "audit.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


FIXED = {"name": "jinja2", "version": "3.1.2", "vulns": [{"id": "PYSEC-1", "fix_versions": ["3.1.3"]}]}
NOT_FIXED = {"name": "nltk", "version": "3", "vulns": [{"id": "PYSEC-2", "fix_versions": []}]}
CLEAN = {"name": "numpy", "version": "2.4.6", "vulns": []}
UNKNOWN = {"name": "torch", "skip_reason": "Dependency not found and could not be audited: torch (2.13.0)"}


@pytest.mark.parametrize("rows, rc", [([CLEAN, UNKNOWN], 0), ([CLEAN, NOT_FIXED], 0), ([CLEAN, FIXED], 1)])
def test_only_a_vulnerability_that_a_newer_version_fixes_ends_the_run(audit, monkeypatch, capsys, rows, rc):
    asked: list[list[str]] = []

    def ask(pins, seconds):
        asked.append(pins)
        return [FIXED] if len(asked) == 1 else rows

    monkeypatch.setattr(audit, "ask", ask)
    assert audit.main() == rc
    assert asked[0] == [audit.CONTROL] and len(asked[1]) > 100 and "torch==2.13.0" in asked[1]
    said = capsys.readouterr().out
    assert all(known["id"] in said for row in rows for known in row.get("vulns", []))
    known = sum(len(row.get("vulns", [])) for row in rows)
    assert f"{known} known vulnerabilities" in said and ("1 not in the data (torch)" in said) == (UNKNOWN in rows)


def test_what_was_accepted_with_a_reason_does_not_end_the_run(audit, monkeypatch):
    monkeypatch.setitem(audit.ACCEPTED, "PYSEC-1", "no template of a stranger reaches it")
    assert audit.report([FIXED]) == (
        [
            "jinja2 3.1.2: PYSEC-1, accepted: no template of a stranger reaches it",
            "1 distributions looked up, 0 not in the data, 1 known vulnerabilities.",
        ],
        False,
    )


@pytest.mark.parametrize("answer", [{"name": "jinja2", "skip_reason": "not found"}, {**FIXED, "vulns": []}])
def test_data_that_do_not_know_the_known_are_no_data(audit, monkeypatch, capsys, answer):
    """pip-audit itself says "No known vulnerabilities found" in both cases."""
    monkeypatch.setattr(audit, "ask", lambda pins, seconds: [answer])
    assert audit.main() == 0
    assert capsys.readouterr().out.startswith("skipped, the data on vulnerabilities cannot be reached from here")


@pytest.mark.parametrize(
    "code, reason",
    [("import time; time.sleep(60)", "no answer within 1 s"), ("print('no route')", "no route"), ("", "no answer")],
)
def test_an_answer_that_does_not_come_or_is_none_is_skipped(audit, monkeypatch, capsys, code, reason):
    run = audit.run
    monkeypatch.setattr(audit, "PATIENCE_S", 2.0 if "sleep" in code else 120.0)
    monkeypatch.setattr(audit, "run", lambda command, seconds: run([sys.executable, "-c", code], seconds))
    began = time.monotonic()
    assert audit.main() == 0 and time.monotonic() - began < 30
    assert capsys.readouterr().out.strip().endswith(f"from here: {reason}")


FAKE_PYTHON = """#!/bin/sh
[ "$1" = --version ] && { echo "Python 3.11.0"; exit; }
[ "$2" = venv ] || exit 1
mkdir -p "$3/bin"
for tool in pip ruff mypy biome python; do
    printf '#!/bin/sh\\necho "'$tool' $* CMAKE_ARGS=$CMAKE_ARGS" >> "%s"\\n' "$LOG" > "$3/bin/$tool"
    chmod +x "$3/bin/$tool"
done
echo "PATH=$3/bin:\\$PATH" > "$3/bin/activate"
"""


@pytest.mark.skipif(os.name == "nt" or not shutil.which("bash"), reason="the script wants bash")
def test_a_run_installs_once_with_the_lock_and_then_checks_everything(tmp_path):
    """With tools that only write down how they are called."""
    python, chromium, log = tmp_path / "python", tmp_path / "bin" / "chromium", tmp_path / "log"
    python.write_text(FAKE_PYTHON)
    chromium.parent.mkdir()
    chromium.write_text("#!/bin/sh\n")
    for path in (python, chromium):
        path.chmod(0o755)
    env = {
        **os.environ,
        "PYTHON": str(python),
        "LOG": str(log),
        "TEXTLAB_CI_FOLDER": str(tmp_path / "environments"),
        "PATH": f"{chromium.parent}:{os.environ['PATH']}",
    }
    env.pop("CMAKE_ARGS", None)

    def calls() -> list[str]:
        log.write_text("")
        subprocess.run(["bash", str(ROOT / ".ci" / "run")], env=env, check=True, capture_output=True)
        return log.read_text().splitlines()

    first, again = calls(), calls()
    assert len(first) == 10 and first[3:] == [
        line.replace("CMAKE_ARGS=", "CMAKE_ARGS=" + first[2].split("_ARGS=")[1]) for line in again
    ], "what is installed stays installed"
    assert "pip install --quiet --no-deps torch==2.13.0 " in first[1]
    assert first[2].startswith(
        "pip install -r requirements.txt -r tests/requirements.txt -c .lock/constraints.txt "
        "--build-constraint .lock/build.txt CMAKE_ARGS=-DLLAVA_BUILD=OFF -DLLAMA_OPENSSL=OFF"
    )
    assert [line.split(" CMAKE")[0] for line in again] == [
        "ruff check .",
        "ruff format --check .",
        "mypy ",
        "mypy --strict core",
        "biome lint --config-path=.biome.json --error-on-warnings pages",
        "python .ci/audit.py",
        "python -m pytest",
    ]


def test_the_answer_of_pip_audit_is_read_from_its_file(audit, monkeypatch):
    def run(command, seconds):
        options = dict(part.split("=", 1) for part in command if part.startswith("--") and "=" in part)
        assert open(command[command.index("-r") + 1]).read() == "numpy==2.4.6\n"
        with open(options["--output"], "w") as file:
            json.dump({"dependencies": [CLEAN], "fixes": []}, file)
        return ""

    monkeypatch.setattr(audit, "run", run)
    assert audit.ask(["numpy==2.4.6"], 1) == [CLEAN]


def test_the_workflow_runs_this_script_on_supported_pythons():
    jobs = yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))["jobs"]
    (job,) = jobs.values()
    assert {"run": ".ci/run"} in job["steps"] and (ROOT / ".ci" / "run").exists()
    named = f"With Python {', '.join(('3.11', '3.12'))} or 3.13"
    assert named in (ROOT / "README.md").read_text(encoding="utf-8")
    assert set(job["strategy"]["matrix"]["python"]) == {"3.11", "3.13"}
