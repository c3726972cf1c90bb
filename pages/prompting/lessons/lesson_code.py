"""The lines of Python under a lesson."""

from __future__ import annotations

from pages.prompting.code_lines import imports, model_code
from pages.prompting.sidebar import PageSettings

ANSWERS = "from core.prompting.lessons.answers import answers"
PROMPT_FOR = "from core.prompting.series import prompt_for"
LESSONS = "from core.prompting.lessons import definitions, verdicts"


def lesson_code(page: PageSettings, *body: str, more: tuple[str, ...] = (ANSWERS, LESSONS, PROMPT_FOR)) -> str:
    """`body` between opening the model of the page and closing it; `more`: its imports."""
    return "\n".join(
        [imports([page.model], *more).strip(), f"model = {model_code(page.model)}", *body, "model.close()"]
    )


def thinking_code(page: PageSettings) -> str:
    """The argument of `answers` and `generate`, with a comma before it."""
    return "" if page.thinking is None else f", thinking={page.thinking}"


def chain_code(page: PageSettings, plan: str) -> tuple[str, ...]:
    """Lines that ask what the `plan` of a chain says, until it is at its end."""
    return (
        f"plan, answered = {plan}, []",
        "while (following := plan(answered)) is not None:",
        f"    steps = model.generate(*following{thinking_code(page)}, cold=True)",
        '    answered.append("".join(step.text for step in steps))',
    )
