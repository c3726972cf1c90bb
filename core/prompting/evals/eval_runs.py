"""Running an eval: one cell after the other, each saved with its verdicts in one transaction.

A run that was stopped, or whose process was killed, continues where it was: only what is not saved is asked again. An
answer that failed (its model's process died, its server was lost) is no answer: it is saved with its error, judged by
no check, and asked again by the next start.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from core import storage
from core.errors import UserError, WorkerDied
from core.prompting.engine import Model
from core.prompting.evals.checks import CheckResult, judge, wilson
from core.prompting.evals.eval_sets import Filled, PromptSet
from core.prompting.history import records
from core.prompting.history.database import connected
from core.prompting.history.record_rows import Record
from core.prompting.runs import Run
from core.prompting.series import prompt_for
from core.prompting.settings import BROKEN_OFF, Settings

ATTEMPTS = 2  # where the model's process dies under a question
# NULL where a record was deleted: its verdicts stay
_ANSWERED = f"(runs.ended_by IS NULL OR runs.ended_by != '{BROKEN_OFF}')"


@dataclass(frozen=True)
class Cell:
    """One question to one model with one seed."""

    key: str
    place: int
    model: int
    prompt: Filled
    seed: int


@dataclass(frozen=True)
class Outcome:
    """A saved cell: its record (without tokens; None if that was deleted) and the verdicts."""

    record: Record | None
    verdicts: tuple[CheckResult, ...]

    @property
    def answered(self) -> bool:
        """Whether there is an answer to judge; what an earlier version judged although it failed counts as none."""
        return self.record is None or self.record.ended_by != BROKEN_OFF

    @property
    def passed(self) -> bool:
        return all(verdict.passed for verdict in self.verdicts)


class SetRun:
    """A set on models, (model, title) each. `start` asks what is missing, in the background; nothing waits for it."""

    def __init__(self, plan: PromptSet, models: Sequence[tuple[Any, str]], base: Settings, run_name: str = "") -> None:
        """`run_name` tells a run from another one of the same set, models and settings."""
        by_sign = {_sign(model): (model, title) for model, title in reversed(models)}  # a model named twice counts once
        signs = list(dict.fromkeys(_sign(model) for model, _ in models))
        self.plan, self.models, self.base = plan, tuple(by_sign[sign] for sign in signs), base
        settings = plan.settings_for(base, 0)  # what the set itself says counts, whatever the sidebar says
        self.id = storage.content_key(
            run_name, json.dumps(asdict(plan), default=str), signs, json.dumps(asdict(settings), default=str)
        )
        self.cells = tuple(self._cells(signs))
        self.error: UserError | None = None
        self._run: Run | None = None
        self._stop_wanted = False
        self._thread: threading.Thread | None = None

    def _cells(self, signs: Sequence[str]) -> Iterator[Cell]:
        for number, sign in enumerate(signs):
            for place, prompt in enumerate(self.plan.prompts):
                for seed in self.plan.seeds:
                    key = storage.content_key(sign, json.dumps(asdict(prompt), default=str), place, seed)
                    yield Cell(key, place, number, prompt, seed)

    @property
    def running(self) -> bool:
        return bool(self._thread and self._thread.is_alive())

    def done_keys(self) -> set[str]:
        """The cells that are answered: these are not asked again."""
        with connected() as connection:
            return {
                row["key"]
                for row in connection.execute(
                    "SELECT cells.key FROM cells LEFT JOIN runs ON runs.id = cells.run "
                    f"WHERE cells.set_id=? AND {_ANSWERED}",
                    (self.id,),
                )
            }

    def start(self) -> None:
        """Ask what is missing or was not answered. Once at a time; pressing again does nothing."""
        if not self.running:
            self._stop_wanted, self.error = False, None
            with connected() as connection:
                connection.execute(
                    "INSERT OR IGNORE INTO sets(id, at, name, plan) VALUES(?,?,?,?)",
                    (self.id, time.time(), self.plan.name, json.dumps({"cells": len(self.cells)})),
                )
            self._thread = threading.Thread(target=self._work, daemon=True, name=f"set {self.plan.name}")
            self._thread.start()

    def stop(self) -> None:
        """End the answer under way, which is then asked again on `start`."""
        self._stop_wanted = True
        if self._run:
            self._run.stop()

    def finish(self, timeout: float = 600.0) -> None:
        """Wait (for tests and notebooks)."""
        if self._thread:
            self._thread.join(timeout)

    def outcomes(self) -> dict[str, Outcome]:
        """What is saved so far, by the cell's key."""
        with connected() as connection:
            rows = connection.execute("SELECT key, run, verdicts FROM cells WHERE set_id=?", (self.id,)).fetchall()
        found = {record.id: record for record in records.find([row["run"] for row in rows if row["run"]], whole=False)}
        return {row["key"]: Outcome(found.get(row["run"]), _verdicts(row["verdicts"])) for row in rows}

    def shares(self, outcomes: dict[str, Outcome]) -> list[tuple[str, int, int, float, float]]:
        """For each model: title, answers that pass all their checks, answers, and the share's 95 % interval."""
        found = []
        for number, (_, title) in enumerate(self.models):
            mine = [
                outcomes[cell.key]
                for cell in self.cells
                if cell.model == number and cell.key in outcomes and cell.prompt.checks and outcomes[cell.key].answered
            ]
            passed = sum(outcome.passed for outcome in mine)
            found.append((title, passed, len(mine), *wilson(passed, len(mine))))
        return found

    def answers(self, outcomes: dict[str, Outcome]) -> list[tuple[str, str, str]]:
        """(question, model's title, answer) of each cell that is answered and still in the history, in their order."""
        found = ((cell, outcomes[cell.key]) for cell in self.cells if cell.key in outcomes)
        return [
            (cell.prompt.text, self.models[cell.model][1], outcome.record.answer)
            for cell, outcome in found
            if outcome.answered and outcome.record
        ]

    def unanswered(self, outcomes: dict[str, Outcome]) -> list[int]:
        """For each model: how many of its questions failed and have no answer."""
        return [
            sum(
                1
                for cell in self.cells
                if cell.model == number and cell.key in outcomes and not outcomes[cell.key].answered
            )
            for number in range(len(self.models))
        ]

    def _work(self) -> None:
        done = self.done_keys()
        try:
            for cell in self.cells:
                if self._stop_wanted:
                    break
                if cell.key not in done:
                    self._ask(cell)
        except UserError as error:
            self.error = error

    def _ask(self, cell: Cell) -> None:
        model, _ = self.models[cell.model]
        settings = self.plan.settings_for(self.base, cell.seed)
        spoken: list[dict[str, str]] = []
        for question in cell.prompt.before:
            prompt = prompt_for(model, question, cell.prompt.system, spoken)
            earlier = self._answer(model, prompt, settings)
            if self._stop_wanted:
                return
            if earlier.error:  # there is nothing that the question itself could continue from
                return self._keep(cell, earlier, prompt)
            spoken += [{"role": "user", "content": question}, {"role": "assistant", "content": earlier.text or "…"}]
        prompt = prompt_for(model, cell.prompt.text, cell.prompt.system, spoken)
        run = self._answer(model, prompt, settings)
        if self._stop_wanted and run.ended_by in ("stopped", ""):  # "": its process had to be ended
            return
        self._keep(cell, run, prompt)

    def _keep(self, cell: Cell, run: Run, prompt: Any) -> None:
        """Save the cell with its verdicts (none where the answer failed); it replaces an earlier one."""
        model, title = self.models[cell.model]
        checks = () if run.error else cell.prompt.checks
        verdicts = [asdict(verdict) for verdict in judge(run.answer, checks, run.ended_by)]
        records.save(
            run,
            "set",
            model,
            title,
            prompt,
            cold=True,
            also=lambda connection, number: connection.execute(
                "INSERT OR REPLACE INTO cells(set_id, key, run, verdicts) VALUES(?,?,?,?)",
                (self.id, cell.key, number, json.dumps(verdicts)),
            ),
        )

    def _answer(self, model: Any, prompt: Any, settings: Settings) -> Run:
        for attempt in range(ATTEMPTS):
            self._run = run = Run(lambda: model.ask(prompt, settings, cold=True), patience=1e9)
            while run.look(0.2):
                if self._stop_wanted:
                    run.stop()
            if not isinstance(run.error, WorkerDied) or self._stop_wanted or attempt == ATTEMPTS - 1:
                break
        return run


def earlier() -> list[tuple[str, float, int, int]]:
    """Sets that were begun: name, when, cells answered, cells in all; the newest first."""
    with connected() as connection:
        rows = connection.execute(
            f"SELECT sets.name, sets.at, sets.plan, count(CASE WHEN {_ANSWERED} THEN cells.key END) AS done FROM sets "
            "LEFT JOIN cells ON cells.set_id = sets.id LEFT JOIN runs ON runs.id = cells.run "
            "GROUP BY sets.id ORDER BY sets.at DESC LIMIT 50"
        ).fetchall()
    return [(str(row["name"]), row["at"], row["done"], _cells(row["plan"])) for row in rows]


def _cells(plan: str) -> int:
    """How many answers a saved set has; 0 where that is damaged."""
    with contextlib.suppress(ValueError, KeyError, TypeError, RecursionError):
        return int(json.loads(plan)["cells"])
    return 0


def _verdicts(saved: str) -> tuple[CheckResult, ...]:
    """The saved verdicts of a cell; for damaged data one that says so."""
    with contextlib.suppress(ValueError, TypeError, RecursionError):
        found = tuple(CheckResult(**verdict) for verdict in json.loads(saved))
        if all((type(one.title), type(one.passed), type(one.why)) == (str, bool, str) for one in found):
            return found
    return (CheckResult("saved verdict", False, "its saved data is damaged"),)


def _sign(model: Any) -> str:
    """What tells a model from every other: the file with its size and time, or the server and its name for it."""
    if isinstance(model, Model):
        return f"{model.path} {model.header.size_bytes} {model.path.stat().st_mtime_ns}"
    return f"{getattr(model, 'address', model)} {getattr(model, 'model', '')}"
