"""What a process that reads a stranger's file may not do: take all memory, open a socket, start a program, dump core.

Limits of the operating system where it has them (Linux has all; macOS does not hold the one on address space, Windows
has none of these: there the time limit of the gate remains, and a second process as everywhere).
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from typing import Any

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

ENVIRONMENT = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    # A thread reserves address space by the gigabyte; one request is worked on at a time.
    "TOKENIZERS_PARALLELISM": "false",
    "RAYON_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MALLOC_ARENA_MAX": "2",
    "RUST_BACKTRACE": "0",
}
_FORBIDDEN = (
    "socket.",
    "subprocess.",
    "os.system",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.fork",
    "os.startfile",
    "http.client.",
    "urllib.Request",
    "ftplib.",
    "smtplib.",
    "webbrowser.",
)


def shut_in() -> None:
    """Take from this process, for good, the network, other programs, secrets in the environment and core dumps."""
    for name in list(os.environ):
        if (
            any(part in name.upper() for part in ("KEY", "TOKEN", "SECRET", "PASSWORD"))
            and name != "TOKENIZERS_PARALLELISM"
        ):
            del os.environ[name]
    sys.addaudithook(_refuse)
    if resource is not None:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _refuse(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"a process that reads files of strangers may not do this ({event})")


@contextlib.contextmanager
def address_space(extra_bytes: int) -> Iterator[None]:
    """Let this process take at most `extra_bytes` of address space more than it has, while the block runs.

    What asks for more gets a MemoryError, or, in native code that does not know any, ends the process. Where the system
    has no such limit, nothing is limited.
    """
    held = address_space_held()
    if resource is None or held is None:
        yield
        return
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    wanted = held + extra_bytes
    for already in (soft, hard):
        if already != resource.RLIM_INFINITY:
            wanted = min(wanted, already)
    resource.setrlimit(resource.RLIMIT_AS, (wanted, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def address_space_held() -> int | None:
    """Bytes of address space of this process; None where the system does not say (only Linux does so in a file)."""
    return _statm(0)


def memory_held() -> int:
    """Bytes of memory that this process has in use; 0 where the system does not say."""
    return _statm(1) or 0


def _statm(column: int) -> int | None:
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[column]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, AttributeError, IndexError):
        return None


def cpu_seconds(pid: int) -> float | None:
    """Processor time that a process has had; None where the system does not say."""
    fields = _stat(pid)
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") if fields else None


def wants_to_run(pid: int) -> bool:
    """Whether a process is at work or waits for its turn at a processor; a sleeping or stopped one does neither."""
    fields = _stat(pid)
    return bool(fields) and fields[0] in ("R", "D")


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat behind the program's name; none where there is no such file."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as file:
            return file.read().rpartition(")")[2].split()
    except OSError:
        return []
