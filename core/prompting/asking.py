"""Asking one question in the background and saving its answer in the history: what every view and series does."""

from __future__ import annotations

from core.prompting.history import records
from core.prompting.runs import PATIENCE_SECONDS, Question, Run


def ask(question: Question, kind: str = "", patience: float = PATIENCE_SECONDS) -> Run:
    """The answer under way. When it ends it is saved in the history under `kind` (the key of a view; "": not saved)."""
    then = (
        records.keeper(
            kind, question.model, question.title, question.prompt, thinking=question.thinking, cold=question.cold
        )
        if kind
        else None
    )
    return Run(question.ask, patience, then, question)
