"""What a grammar costs: python -m tests.benchmarks.prompting_constrained

Pocket Chat with its vocabulary made up to 150,000 tokens (the added ones have zero vectors: they are never likely, but
every draw and every filter has to deal with them) writes records as JSON, free and bound to their schema, in turns.
Reported are the time per token after the first, by the clock and by the processor time of the thread that computes
(what other programs do to it does not count there), medians over the runs; how many tokens the grammar refused; and
how many answers that were not cut off are valid under their schema. The table of first letters, made once for a model,
is timed apart.
"""

from __future__ import annotations

import json
import os
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("TEXTLAB_HOME", tempfile.mkdtemp(prefix="textlab-constrained-"))

import jsonschema

from core import catalog
from core.models.gguf import header as gguf_header
from core.prompting.decoding.generation import ModelWorker
from core.prompting.structured.constraints import schema_to_grammar
from core.prompting.structured.grammar_prefilter import GrammarPrefilter
from core.runtime.worker_process import Task
from tests.support.gguf_files import widened

VOCABULARY, RUNS = 150_000, 5
PERSON = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer"}, "city": {"type": "string"}},
    "required": ["name", "age", "city"],
}
PLACE = {
    "type": "object",
    "properties": {"country": {"type": "string"}, "capital": {"type": "string"}, "continent": {"type": "string"}},
    "required": ["country", "capital", "continent"],
}
QUESTIONS = [
    ("Write this as JSON: Anna is 12 years old and lives in Berlin.", PERSON),
    ("Answer in JSON with the keys country, capital and continent: France", PLACE),
    ("Write this as JSON: Ben is 40 years old and lives in Rome.", PERSON),
]


class Asker:
    """The model in this process, so that its thread's processor time can be read."""

    def __init__(self, path: Path) -> None:
        self.host, self.task = ModelWorker(str(path), n_ctx=512, threads=1), Task(1, lambda message: None)
        self.template = gguf_header.read(path).chat_template
        self.host.load(self.task)

    def ask(self, question: str, grammar: str | None, **settings: Any) -> tuple[float, float, list[dict], dict]:
        """Seconds per token by the clock and of the processor, the steps, and the timings."""
        chosen = {"temperature": 0.0, "max_tokens": 100, **settings, "grammar": grammar}
        marks: list[tuple[int, float, float]] = []
        steps: list[dict] = []
        timings: dict[str, Any] = {}
        for event in self.host.generate(
            self.task,
            messages=[{"role": "user", "content": question}],
            template=self.template,
            settings=chosen,
            cold=True,
        ):
            timings = event.get("timings", timings)
            steps += event.get("steps", [])
            if timings.get("generated_tokens"):
                marks.append((timings["generated_tokens"], time.perf_counter(), time.thread_time()))
        tokens = max(marks[-1][0] - marks[0][0], 1)
        return (marks[-1][1] - marks[0][1]) / tokens, (marks[-1][2] - marks[0][2]) / tokens, steps, timings


def report(asker: Asker, name: str, **settings: Any) -> None:
    times: dict[str, list[float]] = {key: [] for key in ("free", "bound", "free processor", "bound processor")}
    refused, tokens, valid, whole = 0, 0, 0, 0
    grammars = [schema_to_grammar(schema) for _, schema in QUESTIONS]
    for run in range(RUNS + 1):
        for (question, schema), grammar in zip(QUESTIONS, grammars, strict=True):
            free = asker.ask(question, None, seed=run, **settings)
            bound = asker.ask(question, grammar, seed=run, **settings)
            if run == 0:
                continue
            for key, value in zip(times, (free[0], bound[0], free[1], bound[1]), strict=True):
                times[key].append(value)
            refused += sum("refused" in step for step in bound[2])
            tokens += bound[3]["generated_tokens"]
            if bound[3]["ended_by"] == "end of text":
                whole += 1
                answer = json.loads("".join(step["text"] for step in bound[2]))
                valid += not list(jsonschema.Draft202012Validator(schema).iter_errors(answer))
    middle = {key: 1000 * statistics.median(values) for key, values in times.items()}
    print(
        f"{name}: "
        + ", ".join(f"{key} {value:.2f} ms/token" for key, value in middle.items())
        + f"; bound / free {middle['bound'] / middle['free']:.3f} by the clock, "
        f"{middle['bound processor'] / middle['free processor']:.3f} by processor time; {refused} of {tokens} "
        f"tokens refused; {valid} of {whole} whole answers valid",
        flush=True,
    )


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        pocket = catalog.find("pocket-chat").path
        assert pocket
        path = widened(pocket, Path(name) / "wide.gguf", VOCABULARY)
        asker = Asker(path)
        began = time.thread_time()
        assert asker.host.model
        GrammarPrefilter(asker.host.model)
        print(
            f"{gguf_header.read(path).vocabulary_size:,} tokens, {path.stat().st_size / 1e6:.0f} MB; table of first "
            f"letters: {time.thread_time() - began:.2f} s of processor time",
            flush=True,
        )
        report(asker, "greedy")
        report(asker, "sampled at 0.8, top-k 40", temperature=0.8)


if __name__ == "__main__":
    main()
