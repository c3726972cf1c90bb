"""The grid of an eval: a row for each question with its expected answer, a column for each model."""

from __future__ import annotations

import html

from core.figures import style
from core.prompting.evals.eval_runs import Outcome, SetRun

MOST_ROWS = 200
_CELL = "vertical-align:top;padding:.45rem .6rem;border-top:1px solid rgba(138,143,152,.35);overflow-wrap:anywhere"


def grid_html(run: SetRun, outcomes: dict[str, Outcome]) -> str:
    """All answers as a table; words of models are escaped."""
    heads = "".join(
        f'<th style="{_CELL};border:0;text-align:left">{html.escape(title)}</th>' for _, title in run.models
    )
    rows = []
    for place, prompt in enumerate(run.plan.prompts[:MOST_ROWS]):
        name = f"<b>{html.escape(prompt.name)}</b><br>" if prompt.name else ""
        before = (
            f'<br><span style="opacity:.7">after {len(prompt.before)} earlier questions</span>' if prompt.before else ""
        )
        truth = (
            f'<br><span style="color:{style.GREEN};font-weight:600">Expected:</span> {html.escape(prompt.truth)}'
            if prompt.truth
            else ""
        )
        cells = "".join(
            f'<td style="{_CELL}">{_answers(run, outcomes, place, number)}</td>' for number in range(len(run.models))
        )
        rows.append(
            f'<tr><td style="{_CELL};width:28%">{name}{html.escape(prompt.text[:400])}{before}{truth}</td>{cells}</tr>'
        )
    more = len(run.plan.prompts) - MOST_ROWS
    note = f"<p>{more:,} more prompts are in the report.</p>" if more > 0 else ""
    return (
        f'<table style="border-collapse:collapse;width:100%;table-layout:fixed;font-size:.98rem;line-height:1.4">'
        f'<tr><th style="{_CELL};border:0;text-align:left;width:28%">Question</th>{heads}</tr>{"".join(rows)}'
        f"</table>{note}"
    )


def _answers(run: SetRun, outcomes: dict[str, Outcome], place: int, model: int) -> str:
    """The answers of one model to one question: the different ones, each with its marks and how often it came."""
    groups: dict[tuple[str, str], int] = {}
    missing = 0
    for cell in run.cells:
        if (cell.place, cell.model) == (place, model):
            if cell.key not in outcomes:
                missing += 1
                continue
            outcome = outcomes[cell.key]
            mark = (_said(outcome), _marks(outcome))
            groups[mark] = groups.get(mark, 0) + 1
    parts = [
        f'<div style="margin-bottom:.5rem">{marks}{html.escape(text[:600]) or "(no words)"}'
        f"{f' <b>× {count}</b>' if count > 1 else ''}</div>"
        for (text, marks), count in sorted(groups.items(), key=lambda item: -item[1])
    ]
    return "".join(parts) + (f'<span style="opacity:.6">{missing} pending</span>' if missing else "")


def _said(outcome: Outcome) -> str:
    if outcome.record is None:
        return "(the record was deleted)"
    return (outcome.record.answer if outcome.answered else outcome.record.error).strip()


def _marks(outcome: Outcome) -> str:
    """✓ or ✗ for each check, with what was checked in its tip; "not answered" where there is nothing to check."""
    if not outcome.answered:
        return f'<span style="font-weight:700;color:{style.VERMILLION}">not answered</span> '
    return "".join(
        f'<span title="{html.escape(f"{each.title} {each.why}".strip())}" style="font-weight:700;color:'
        f'{style.BLUE if each.passed else style.VERMILLION}">{"✓" if each.passed else "✗"}</span> '
        for each in outcome.verdicts
    )
