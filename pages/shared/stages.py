"""One progress for all stages of a corpus: read, encode, cluster, draw, with the time that is left of the whole."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.documents.pipeline.estimate import Stages
from core.runtime.worker import Request
from pages.shared.progress import spoken


@dataclass(frozen=True)
class Plan:
    """The stages with the seconds that each is expected to take, and which of them is under way (from 0)."""

    stages: Stages
    at: int

    def fraction(self, part: float) -> float:
        """How much of the whole is done, when `part` (0 to 1) of this stage is."""
        seconds = [max(second, 0.5) for _, second in self.stages]
        return (sum(seconds[: self.at]) + part * seconds[self.at]) / sum(seconds)

    def left(self, part: float, measured: float | None) -> float:
        """Seconds that are left of the whole: what is `measured` of this stage (else expected), and the later ones."""
        own = measured if measured is not None else (1 - part) * self.stages[self.at][1]
        return own + sum(second for _, second in self.stages[self.at + 1 :])


def wait_for_stage(
    request: Request, label: str, plan: Plan, news: Callable[[], bool] | None = None, first_map: bool = False
) -> Any | None:
    """The result of a stage if it is there, else None after drawing the progress of the whole; the page reruns by
    itself at the end, and when `news` says that there is something to show before. `first_map`: a map of a sample is
    shown.

    Raises what the job raised (`Cancelled`, a `UserError`).
    """
    if request.done:
        return request.result()
    _watch(request, label, plan, news, first_map)
    return None


@st.fragment(run_every=0.5)
def _watch(request: Request, label: str, plan: Plan, news: Callable[[], bool] | None, first_map: bool) -> None:
    if request.done or (news is not None and news()):
        st.rerun()
    waited = time.monotonic() - request.submitted_at
    ahead = request.place
    doing = f"{ahead} {'job' if ahead == 1 else 'jobs'} ahead of this one" if ahead else request.doing
    part = min(max(request.fraction, 0.0), 1.0)
    bar, button = st.columns([5, 1], vertical_alignment="center")
    step = f"step {plan.at + 1} of {len(plan.stages)}"
    left = f", about {spoken(plan.left(part, request.seconds_left))} left in all" if not ahead else ""
    bar.progress(plan.fraction(part), text=f"{label} ({step}) · {doing or 'starting'} · {waited:.0f} s{left}")
    if button.button("Cancel", key=f"cancel_{request.number}_{request.method}", width="stretch"):
        request.cancel()
    if first_map:
        bar.caption("Below is the map of a random sample; it is replaced as more documents are encoded.")
