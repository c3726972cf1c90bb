"""Waiting for a job: what is being done, how far it is, and a way out. The job itself survives reruns and reloads."""

from __future__ import annotations

import time
from typing import Any

import streamlit as st

from core.runtime.worker import Request


def wait_for(request: Request, label: str, narrow: bool = False) -> Any | None:
    """The job's result if it is there, else None after drawing its progress; the page reruns by itself at the end.

    `narrow` puts the button under the bar, for the sidebar.

    Raises what the job raised (`Cancelled`, a `UserError`).
    """
    if request.done:
        return request.result()
    _watch(request, label, narrow)
    return None


@st.fragment(run_every=0.25)
def _watch(request: Request, label: str, narrow: bool) -> None:
    if request.done:
        st.rerun()
    waited = time.monotonic() - request.submitted_at
    ahead = request.place
    doing = f"{ahead} {'job' if ahead == 1 else 'jobs'} ahead of this one" if ahead else request.doing
    bar, button = (st.container(), st.container()) if narrow else st.columns([5, 1], vertical_alignment="center")
    left = f", about {spoken(request.seconds_left)} left" if request.seconds_left and not ahead else ""
    bar.progress(min(max(request.fraction, 0.0), 1.0), text=f"{label} · {doing or 'starting'} · {waited:.0f} s{left}")
    if button.button("Cancel", key=f"cancel_{request.number}_{request.method}", width="stretch"):
        request.cancel()


def spoken(seconds: float) -> str:
    """Example: 40 gives "40 s", 200 gives "3 min"."""
    return f"{seconds:.0f} s" if seconds < 90 else f"{seconds / 60:.0f} min"
