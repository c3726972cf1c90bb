"""A prompt set's results as Markdown: each question, what every model answered, the truth, and what it cost."""

from __future__ import annotations

from core.prompting.evals.eval_runs import Outcome, SetRun
from core.prompting.evals.eval_verdicts import finding, variation
from core.prompting.history.record_export import cost, quoted
from core.prompting.history.records import versions


def as_markdown(run: SetRun) -> str:
    """The report: shares of passed checks with intervals, then question by question."""
    outcomes = run.outcomes()
    done = len([cell for cell in run.cells if cell.key in outcomes and outcomes[cell.key].answered])
    unanswered = run.unanswered(outcomes)
    parts = [
        f"# {_plain(run.plan.name)}\n",
        _plain(run.plan.about) + "\n" if run.plan.about else "",
        f"{done:,} of {len(run.cells):,} answers. {varied(run, outcomes)}".strip() + "\n",
        f"**{_plain(finding(run.shares(outcomes), len(run.cells) - done))}.**\n",
        f"{sum(unanswered):,} were not answered: the model’s process or its server failed. They are in no "
        "share and are asked again by the next run.\n"
        if any(unanswered)
        else "",
        "| model | answers that pass all checks | share | 95 % interval (Wilson) | not answered |",
        "|---|---|---|---|---|",
    ]
    parts += [
        f"| {_plain(title)} | {passed} of {count} | {passed / count:.0%} | {low:.0%} to {high:.0%} | {missing} |"
        if count
        else f"| {_plain(title)} | none checked | | | {missing} |"
        for (title, passed, count, low, high), missing in zip(run.shares(outcomes), unanswered, strict=True)
    ]
    for place, prompt in enumerate(run.plan.prompts):
        head = f"{prompt.name}: " if prompt.name else ""
        parts.append(f"\n## {_plain(head + prompt.text)}\n")
        if prompt.system:
            parts.append(f"System prompt: {_plain(prompt.system)}\n")
        if prompt.before:
            parts.append("Asked before, in the same conversation: " + " / ".join(map(_plain, prompt.before)) + "\n")
        for number, (_, title) in enumerate(run.models):
            parts.append(f"### {_plain(title)}\n")
            for cell in run.cells:
                if (cell.place, cell.model) != (place, number) or cell.key not in outcomes:
                    continue
                outcome = outcomes[cell.key]
                if outcome.record is None:
                    parts.append("(the record was deleted)\n")
                    continue
                if not outcome.answered:
                    parts.append(f"(not answered: {_plain(outcome.record.error)})\n")
                    continue
                parts.append(quoted(outcome.record.answer or "(no words)") + "\n")
                verdicts = "; ".join(f"{'✓' if each.passed else '✗'} {_plain(each.title)}" for each in outcome.verdicts)
                parts.append(f"{verdicts}{'. ' if verdicts else ''}{cost(outcome.record)}\n")
        if prompt.truth:
            parts.append(f"### Expected\n\n{_plain(prompt.truth)}\n")
    parts.append("---\n\nComputed by " + ", ".join(f"{name} {value}" for name, value in versions().items()) + ".")
    return "\n".join(part for part in parts if part) + "\n"


def varied(run: SetRun, outcomes: dict[str, Outcome]) -> str:
    """How much the answers to one question differ between its seeds, over all questions and models; "" before any."""
    groups: dict[tuple[int, int], list[str]] = {}
    for cell in run.cells:
        outcome = outcomes.get(cell.key)
        if outcome and outcome.answered and outcome.record is not None:
            groups.setdefault((cell.place, cell.model), []).append(outcome.record.answer)
    return variation(list(groups.values()), run.plan.settings_for(run.base, 0).temperature)


def _plain(text: str) -> str:
    return quoted(" ".join(text.split())).removeprefix("> ")
