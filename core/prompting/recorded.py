"""A recorded run: an answer computed earlier, shown (and labelled) while the model that gave it is being loaded.

python -m core.workflows.record_opening     # asks the model again and writes core/data/opening_run.json
"""

from __future__ import annotations

import functools
import json
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from core import storage
from core.prompting.engine import Model, Prompt
from core.prompting.history.records import versions
from core.prompting.settings import Settings, Step, Timings

FILE = storage.DATA / "opening_run.json"
MODEL = "smollm2-135m"
QUESTION = "Explain GROUP BY as a sentient cheesecake who teaches SQL."
SETTINGS = Settings(temperature=0.3, repeat_penalty=1.1, max_tokens=200, seed=2)


@dataclass(frozen=True)
class Recorded:
    """A run that ended long ago. It answers to what a finished `core.prompting.runs.Run` answers to.

    `context` is the exact prompt with the answer in it, (id, text, special) by token; `file_bytes` the size of the
    model's file; `made` says when and on which processor.
    """

    file_bytes: int
    prompt: tuple[dict[str, str], ...]
    settings: Settings
    timings: Timings
    prompt_tokens: tuple[int, ...]
    steps: tuple[Step, ...]
    context: tuple[tuple[int, str, bool], ...]
    made: str
    error: None = None
    done: bool = True
    waiting_for: str = ""

    @property
    def text(self) -> str:
        return "".join(step.text for step in self.steps)

    @property
    def answer(self) -> str:
        """The text: nothing was thought before it."""
        return self.text

    @property
    def ended_by(self) -> str:
        return self.timings.ended_by

    @property
    def messages(self) -> list[dict[str, str]]:
        """The conversation with the answer in it."""
        return [*self.prompt, {"role": "assistant", "content": self.text}]


def recorded_for(model: Any, prompt: Prompt, settings: Settings) -> Recorded | None:
    """The recorded run of just this question: the same file, prompt and settings, whose seed is the recorded one or
    left to chance. None where the model is loaded already, and so may answer itself."""
    if not isinstance(model, Model) or model.alive:
        return None
    run = opening_run()
    same = model.header.size_bytes == run.file_bytes and list(prompt) == list(run.prompt)
    drawn = replace(settings, seed=run.settings.seed) if settings.seed is None else settings
    return run if same and drawn == run.settings else None


@functools.cache
def opening_run() -> Recorded:
    """The answer that the prompts page opens with."""
    saved = json.loads(FILE.read_text(encoding="utf-8"))
    steps = tuple(map(Step.from_list, saved["steps"]))
    return Recorded(
        saved["file_bytes"],
        tuple(saved["prompt"]),
        Settings(**{**saved["settings"], "stop": tuple(saved["settings"]["stop"])}),
        Timings(**saved["timings"]),
        tuple(saved["prompt_tokens"]),
        steps,
        tuple((token, text, special) for token, text, special in saved["context"]),
        saved["made"],
    )


def record(model: Model, prompt: Sequence[dict[str, str]], settings: Settings) -> dict[str, Any]:
    """Ask the model, on a fresh context, and give all that `opening_run` reads."""
    model.load()
    answer = model.ask(prompt, settings, cold=True)
    steps = [step for step in answer.steps() if step is not None]
    text = "".join(step.text for step in steps)
    threads = model.facts.get("threads", 0)
    return {
        "made": f"{time.strftime('%Y-%m-%d')}, {versions()['processor']}, {threads} threads",
        "file_bytes": model.header.size_bytes,
        "prompt": list(prompt),
        "settings": asdict(answer.settings),
        "timings": asdict(replace(answer.timings, load_seconds=0.0, queue_seconds=0.0)),
        "prompt_tokens": list(answer.prompt_tokens),
        "steps": [replace(step, probability=round(step.probability, 5)).as_list() for step in steps],
        "context": model.tokens_of([*prompt, {"role": "assistant", "content": text}]),
    }
