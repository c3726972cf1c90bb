"""Known vulnerabilities of the locked versions, by pip-audit, in at most a minute

    python .ci/audit.py

Ends with 1 only for a vulnerability that a newer version fixes: then raise that version, or add the vulnerability to
ACCEPTED with the reason. Where the data cannot be reached, it says so and ends with 0.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parent.parent
AUDITOR = "pip-audit@2.10.1"
PATIENCE_S = 60.0
# A version with a known vulnerability (CVE-2024-22195). Where the data do not name it, they are missing or incomplete:
# to pip-audit a distribution that the data do not know is one without vulnerabilities.
CONTROL = "jinja2==3.1.2"
ACCEPTED: dict[str, str] = {}  # identifier -> why this vulnerability does not concern the lab


class OutOfReach(Exception):
    """The data cannot be reached from here, and why."""


def locked() -> list[str]:
    """name==version of everything that the lock has for this machine."""
    lines = (ROOT / ".lock" / "constraints.txt").read_text(encoding="utf-8").splitlines()
    needs = [Requirement(line.rstrip("\\ ")) for line in lines if line and not line.startswith(("#", " "))]
    return [f"{need.name}{need.specifier}" for need in needs if need.marker is None or need.marker.evaluate()]


def run(command: list[str], seconds: float) -> str:
    """Run a command with all that it starts, and give the last line it wrote.

    Raises:
        OutOfReach: if it does not end in time. It is killed then.
    """
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, start_new_session=True)
        try:
            process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise OutOfReach(f"no answer within {seconds:.0f} s") from None
        said.seek(0)
        return (said.read().decode(errors="replace").strip().splitlines() or ["no answer"])[-1]


def ask(pins: list[str], seconds: float) -> list[dict[str, Any]]:
    """What pip-audit says of each pin.

    Raises:
        OutOfReach: if it cannot be had, does not answer in time or answers with something else.
    """
    with tempfile.TemporaryDirectory() as folder:
        requirements, answer = Path(folder) / "pins.txt", Path(folder) / "answer.json"
        requirements.write_text("\n".join(pins) + "\n")
        last = run(
            [
                sys.executable,
                "-m",
                "uv",
                "tool",
                "run",
                "--quiet",
                AUDITOR,
                "-r",
                str(requirements),
                "--no-deps",
                "--disable-pip",
                "--progress-spinner=off",
                "--format=json",
                f"--output={answer}",
            ],
            seconds,
        )
        try:
            return json.loads(answer.read_text())["dependencies"]
        except (OSError, ValueError, KeyError):
            raise OutOfReach(last) from None


def check_data(seconds: float) -> None:
    """Make sure that the data know of vulnerabilities at all.

    Raises:
        OutOfReach: if a version with a known vulnerability is not reported.
    """
    row = ask([CONTROL], seconds)[0]
    if not row.get("vulns"):
        raise OutOfReach(row.get("skip_reason") or f"the data do not know of the vulnerability of {CONTROL}")


def report(rows: list[dict[str, Any]]) -> tuple[list[str], bool]:
    """A line for each known vulnerability and one for the count, and whether one of them has to be fixed."""
    lines, to_fix = [], False
    for row in rows:
        for known in row.get("vulns", []):
            reason, fixed = ACCEPTED.get(known["id"]), known.get("fix_versions") or []
            to_fix |= bool(fixed) and reason is None
            lines.append(
                f"{row['name']} {row['version']}: {known['id']}, "
                + (
                    f"accepted: {reason}"
                    if reason
                    else f"fixed in {', '.join(fixed)}"
                    if fixed
                    else "no version fixes it yet"
                )
            )
    unknown = [row["name"] for row in rows if "skip_reason" in row]
    lines.append(
        f"{len(rows) - len(unknown)} distributions looked up, {len(unknown)} not in the data"
        + (f" ({', '.join(unknown)})" if unknown else "")
        + f", {len(lines)} known vulnerabilities."
    )
    return lines, to_fix


def main() -> int:
    """Look, and print what was found."""
    began = time.monotonic()
    try:
        check_data(PATIENCE_S / 2)
        lines, to_fix = report(ask(locked(), PATIENCE_S - (time.monotonic() - began)))
    except OutOfReach as reason:
        lines, to_fix = [f"skipped, the data on vulnerabilities cannot be reached from here: {reason}"], False
    sys.stdout.write("\n".join(lines) + "\n")
    return int(to_fix)


if __name__ == "__main__":
    sys.exit(main())
