"""What the results of evals say, in sentences: who passes more, and how much the answers vary between seeds."""

from __future__ import annotations

from collections.abc import Sequence

from core.prompting.lessons.definitions import different
from core.prompting.lessons.verdicts import counted

Share = tuple[str, int, int, float, float]  # title, passed, count, low, high (0..1)


def finding(shares: Sequence[Share], missing: int = 0) -> str:
    """Who passes most, and whether the intervals allow to say so. `missing`: questions without an answer yet."""
    rows = sorted((row for row in shares if row[2]), key=lambda row: -row[1] / row[2])
    if not rows:
        return "No checked answer yet" if missing else "This set has no checks: read the answers"
    best, worst = rows[0], rows[-1]
    if len(rows) == 1:
        return f"{best[0]} passes {_of(best)} answers"
    if best[1] / best[2] == worst[1] / worst[2]:
        same = f": {best[1]} of {best[2]} answers each" if len({row[2] for row in rows}) == 1 else ""
        return (
            "No model passes any answer"
            if best[1] == 0
            else "Every model passes all its answers"
            if best[1] == best[2]
            else f"All pass equally often{same}"
        )
    if best[3] > worst[4]:
        return f"{best[0]} passes more than {worst[0]}"
    return "The difference may be chance: the intervals overlap"


def _of(row: Share) -> str:
    return f"{'none' if not row[1] else 'all' if row[1] == row[2] else row[1]} of {row[2]}"


def variation(groups: Sequence[Sequence[str]], temperature: float) -> str:
    """How often the answers of different seeds to one question agree; `groups`: the answers to each question."""
    several = [group for group in groups if len(group) > 1]
    if not several:
        return (
            "Each question has one answer: how much another seed would change was not measured." if any(groups) else ""
        )
    same = sum(different(group)[0][1] == len(group) for group in several)
    asked = f"{counted(len(several), 'question')} asked with several seeds"
    why = " (temperature 0 takes the likeliest token whatever the seed)" if temperature <= 0 else ""
    if same == len(several):
        return f"Of {asked}, every one got the same answer from each seed{why}."
    return f"Of {asked}, {same or 'none'} got the same answer from each seed: another seed may say something else."
