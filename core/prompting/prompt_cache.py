"""One prompt with its beginning cached and on a fresh context, in turns, often enough to average out disturbances."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.prompting.runs import Run


@dataclass
class Pair:
    """Rounds of three answers: the beginning alone, which caches it; then with it cached; then on a fresh context."""

    asked: str
    runs: list[Run] = field(default_factory=list)

    @property
    def wanted(self) -> int:
        """How many answers: one round where it takes its time, three where a disturbance would show."""
        slow = len(self.runs) > 2 and (self.runs[2].timings.first_token_seconds or 0) > 1
        return 3 if slow else 9

    @property
    def done(self) -> bool:
        return len(self.runs) >= self.wanted and self.runs[-1].done

    def middle(self, place: int) -> Run:
        """The cached (1) or fresh (2) answer with the median time to first token."""
        runs = sorted(self.runs[place::3], key=lambda run: run.timings.first_token_seconds or 0)
        return runs[len(runs) // 2]
