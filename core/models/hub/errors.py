"""What can go wrong between here and the Hugging Face hub, each as a sentence that says what to do."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator

from core.errors import MissingModel, UnreadableFile, UserError


@contextlib.contextmanager
def hub_errors(repo: str, name: str = "", kept: Callable[[], int] | None = None, size: int = 0) -> Iterator[None]:
    """Turn what huggingface_hub raises into a `UserError`. `kept()` gives how many of `size` bytes are here already."""
    try:
        yield
    except (OSError, ValueError) as problem:  # httpx's and the hub's own errors are among them, and a full disk
        raise _sentence(problem, repo, name, kept() if kept else 0, size) from problem
    except Exception as problem:
        if type(problem).__module__.split(".")[0] not in ("httpx", "httpx2", "httpcore", "httpcore2"):
            raise
        raise _sentence(problem, repo, name, kept() if kept else 0, size) from problem


def _sentence(problem: Exception, repo: str, name: str, kept: int, size: int) -> UserError:
    from huggingface_hub import constants, errors

    if isinstance(problem, errors.OfflineModeIsEnabled):
        return UserError(
            "The environment variable HF_HUB_OFFLINE forbids asking the network.",
            "Start the lab without it to fetch models.",
        )
    if isinstance(problem, errors.GatedRepoError):
        return UserError(f"“{repo}” wants its licence accepted first.", _token_advice(repo, constants.ENDPOINT))
    if isinstance(problem, errors.DisabledRepoError):
        return MissingModel(f"The hub has closed “{repo}”.", "Choose another model.")
    if isinstance(problem, errors.RevisionNotFoundError):
        return MissingModel(f"“{repo}” has no such revision.", "Leave the revision away, or give a commit or branch.")
    if isinstance(problem, errors.RepositoryNotFoundError):
        return MissingModel(
            f"The hub has no repository “{repo}”, or keeps it private.",
            "Check the name, letter by letter; a private one needs an access token in HF_TOKEN.",
        )
    if isinstance(problem, errors.RemoteEntryNotFoundError):
        return MissingModel(f"“{repo}” has no file “{name}” any more.", "Look at what it has, and choose another file.")
    if isinstance(problem, errors.HfHubHTTPError):
        return _refused(problem, repo, kept, size)
    if isinstance(problem, errors.HFValidationError):
        return UserError(f"“{repo[:80]}” is not the name of a repository.", "It looks like owner/name.")
    if isinstance(problem, OSError) and problem.errno == 28:
        return UserError("The disk is full.", "Make room and press again; what came is kept.")
    if kept > size > 0:
        return UnreadableFile(f"More came for “{name}” than the hub has.", "Nothing of it was kept; press again.")
    if kept:
        return UserError(
            f"The connection was lost after {kept / 1e6:,.1f} of {size / 1e6:,.1f} MB.",
            "What came is kept: press again to go on from there.",
        )
    return UserError(
        f"{constants.ENDPOINT} does not answer ({str(problem)[:120] or type(problem).__name__}).",
        "Check the network and press again; everything that is here works without it.",
    )


def _refused(problem: Exception, repo: str, kept: int, size: int) -> UserError:
    status = getattr(getattr(problem, "response", None), "status_code", 0)
    ahead = f" {kept / 1e6:,.1f} of {size / 1e6:,.1f} MB are here and kept." if kept else ""
    if status in (401, 403):
        return UserError(f"The hub gives “{repo}” only to those who are allowed.", _token_advice(repo, ""))
    if status == 429:
        return UserError("The hub has had too many requests from here.", f"Wait a few minutes and press again.{ahead}")
    return UserError(f"The hub answers with an error ({status}).", f"Press again in a while.{ahead}")


def _token_advice(repo: str, endpoint: str) -> str:
    page = f"{endpoint or 'https://huggingface.co'}/{repo}"
    if os.environ.get("HF_TOKEN"):
        return f"The token in HF_TOKEN has not been given access: accept the licence on {page}, as its owner."
    return (
        f"Accept it on {page}, make an access token in your settings there, and start the lab with it in the "
        "environment variable HF_TOKEN."
    )
