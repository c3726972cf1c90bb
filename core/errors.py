"""Errors that a person can act on.

Everything a person can cause or fix is raised as a `UserError`: one sentence for what happened, one for what to do
next. Pages show it as it is; any other exception is a bug and is left to surface. What an operating system refuses
(room, access, memory, processes, open files) becomes one by `of_system` and `folder_faults`.

Source: errno(3) of POSIX.1-2017 for what each number means.
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_NO_ACCESS = {errno.EACCES, errno.EPERM}
_MANY = {errno.EMFILE, errno.ENFILE}
_MISPLACED = {errno.ENOTDIR, errno.EEXIST, errno.EISDIR, errno.ELOOP, errno.ENAMETOOLONG}
NEXT_ROOM = "Make room and try again; what was there before is whole."
NEXT_FOLDER = "Set TEXTLAB_HOME to a folder that can be written to, and start the lab again."
NEXT_MEMORY = "Close other programs, or choose something smaller (a model, a context, a corpus), and try again."
NEXT_PROCESS = "Close other programs, or raise the limit (ulimit -u, ulimit -n), and try again."


class UserError(Exception):
    """What happened, and what to do next, in words for the person in front of the screen."""

    def __init__(self, what: str, next_step: str = "") -> None:
        super().__init__(f"{what} {next_step}".strip())
        self.what = what
        self.next_step = next_step


class UnreadableFile(UserError):
    """A file is missing, cut short, of another kind, or in an encoding nobody can read."""


class StoppedAtGate(UnreadableFile):
    """What a stranger wrote cost more time or memory than it may, or ended the process that was reading it."""


class UnknownWord(UserError):
    """A word is not in the vocabulary. `suggestions` holds near spellings that are."""

    def __init__(self, word: str, suggestions: tuple[str, ...] = ()) -> None:
        shown = word if len(word) <= 40 else word[:40] + "…"
        near = f"Did you mean {', '.join(suggestions)}?" if suggestions else "Try another spelling or a base form."
        super().__init__(f"“{shown}” is not among the words of these vectors.", near)
        self.word = word
        self.suggestions = suggestions


class MissingModel(UserError):
    """A model is named in the catalogue but is not on this machine."""


class WorkerDied(UserError):
    """The process that held the model or the job ended before it answered."""


class HeldElsewhere(UserError):
    """A file that only one process may use is in use by another."""


class DamagedIndex(UserError):
    """The files of a search index are not whole."""


class LostServer(UserError):
    """A server that was named does not answer."""


class OtherDimension(UserError):
    """Vectors of one size, and an index for vectors of another."""


class Cancelled(Exception):
    """The person pressed Cancel or left. Nothing went wrong, so this is not a `UserError`."""


class OutOfMemory(UserError):
    """There was not enough memory for what was asked."""


class UnusableFolder(UserError):
    """The lab's folder, or a file in it, cannot be made, read or written: no access, no room, no such place."""


class NoProcess(UserError):
    """The system does not let another process, thread or file be opened."""


def of_system(problem: BaseException) -> UserError | None:
    """The sentence for a fault of the machine; None where `problem` is none of these, but a bug or a missing file.

    Example: OSError(ENOSPC) gives an `UnusableFolder` that says that the disk is full.
    """
    if isinstance(problem, UserError):
        return problem
    if isinstance(problem, MemoryError) or (isinstance(problem, RuntimeError) and _allocates(str(problem))):
        return OutOfMemory("There was not enough memory for this.", NEXT_MEMORY)
    if isinstance(problem, RuntimeError) and "start new thread" in str(problem):
        return NoProcess("The system does not let another thread start.", NEXT_PROCESS)
    if type(problem).__module__ == "sqlite3" and "full" in str(problem):
        return UnusableFolder("The disk is full.", NEXT_ROOM)
    if not isinstance(problem, OSError):
        return None
    if problem.errno is None:  # numpy's tofile has no number for it
        full = "requested and" in str(problem) and "written" in str(problem)
        return UnusableFolder("The disk is full.", NEXT_ROOM) if full else None
    name = f" “{Path(str(problem.filename)).name[-80:]}”" if problem.filename else ""
    if problem.errno in _FULL:
        return UnusableFolder(f"The disk is full{': no room for' + name if name else ''}.", NEXT_ROOM)
    if problem.errno == errno.EROFS:
        return UnusableFolder(f"The disk can only be read{', not written:' + name if name else ''}.", NEXT_FOLDER)
    if problem.errno in _NO_ACCESS:
        return UnusableFolder(
            f"There is no access to{name or ' a file'} ({problem.strerror}).",
            "Change its permissions, or choose another place.",
        )
    if problem.errno in _MANY:
        return NoProcess("Too many files are open at the same time.", NEXT_PROCESS)
    if problem.errno == errno.ENOMEM:
        return OutOfMemory("There was not enough memory for this.", NEXT_MEMORY)
    return None


def _allocates(text: str) -> bool:
    """Whether an error's text is torch's for memory that cannot be had."""
    return "can't allocate memory" in text or "not enough memory" in text


@contextlib.contextmanager
def folder_faults(path: Path) -> Iterator[None]:
    """What the system refuses within, as a sentence that names `path`: the lab's folder, or a file in it.

    Raises:
        UnusableFolder, OutOfMemory, NoProcess: see `of_system`.
    """
    try:
        yield
    except OSError as problem:
        if problem.errno in _NO_ACCESS | _MISPLACED | {errno.ENOENT}:
            raise UnusableFolder(f"{path} cannot be written ({problem.strerror}).", NEXT_FOLDER) from problem
        if (fault := of_system(problem)) is None:
            raise
        raise fault from problem
