"""Errors that a person can act on.

Everything a person can cause or mend is raised as a `UserError`: one sentence for what happened, one for what to do
next. Pages show it as it is; any other exception is a bug and is left to surface.
"""

from __future__ import annotations


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
