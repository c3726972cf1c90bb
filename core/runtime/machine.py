"""This computer's processor: its name, its features, and how many cores this process may use."""

from __future__ import annotations

import functools
import os
import platform
import subprocess
import sys
import time
from pathlib import Path


@functools.cache
def cpu_name() -> str:
    """The processor's name as the system tells it; the kind of machine where it does not."""
    return _facts()[0] or platform.processor() or platform.machine()


@functools.cache
def cpu_features() -> frozenset[str]:
    """Names of instruction sets as Linux writes them ("avx2", "amx_int8"); empty if the system does not list them."""
    return frozenset(_facts()[1].split())


@functools.cache
def _facts() -> tuple[str, str]:
    """(name, features) of the first processor."""
    try:
        first = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").split("\n\n")[0]
        lines = dict(line.split(":", 1) for line in first.splitlines() if ":" in line)
        fields = {name.strip(): value.strip() for name, value in lines.items()}
        return fields.get("model name", ""), fields.get("flags") or fields.get("Features", "")
    except OSError:
        pass
    if sys.platform == "darwin":
        try:
            output = subprocess.run(
                ["/usr/sbin/sysctl", "-n", "machdep.cpu.brand_string"], capture_output=True, text=True, timeout=2
            ).stdout.strip()
            return output, ""
        except (OSError, subprocess.SubprocessError):
            pass
    return "", ""


def identity() -> str:
    """What a trial of native code holds for: this processor with these features."""
    return f"{platform.machine()} {cpu_name()} {' '.join(sorted(cpu_features()))}"


def usable_cores() -> int:
    """How many logical processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # macOS and Windows have no such list
        return os.cpu_count() or 1


def physical_cores() -> int:
    """How many of them are cores of their own, hyper-threads not counted."""
    usable = usable_cores()
    try:
        pairs = {
            Path(f"/sys/devices/system/cpu/cpu{number}/topology/thread_siblings_list").read_text()
            for number in os.sched_getaffinity(0)
        }
        return max(1, len(pairs))
    except (AttributeError, OSError):
        return max(1, usable if usable <= 4 else usable // 2)


class IdleCores:
    """How many cores had nothing to do since it was last asked; None where the system does not tell (not Linux)."""

    def __init__(self) -> None:
        self._before = _processor_time()

    def since_last(self) -> float | None:
        """None also where too little time has passed since then to tell: a tenth of a second is needed."""
        now, before = _processor_time(), self._before
        if now is None or before is None:
            self._before = now
            return None
        if now[1] - before[1] < 10 * usable_cores():  # a tick is a hundredth of a second
            return None
        self._before = now
        return usable_cores() * (now[0] - before[0]) / (now[1] - before[1])


def waiting_programs() -> int | None:
    """How many threads of other programs want a core at this moment; None where the system does not tell (not Linux).

    The least of three looks within some thousandths of a second: what only wakes up for a moment does not count.
    """
    try:
        looks = []
        for _ in range(3):
            output = Path("/proc/stat").read_text().split("procs_running ")[1]
            looks.append(int(output.split()[0]) - 1)  # one of them is who looks
            time.sleep(0.002)
        return max(0, min(looks))
    except (OSError, ValueError, IndexError):
        return None


def _processor_time() -> tuple[int, int] | None:
    """(idle, all) ticks of the processors this process may use, since the system started."""
    try:
        mine = {f"cpu{number}" for number in os.sched_getaffinity(0)}
        rows = [line.split() for line in Path("/proc/stat").read_text().splitlines() if line.startswith("cpu")]
        ticks = [[int(value) for value in row[1:9]] for row in rows if row[0] in mine]
        return sum(row[3] + row[4] for row in ticks), sum(map(sum, ticks))
    except (AttributeError, OSError, ValueError, IndexError):
        return None
