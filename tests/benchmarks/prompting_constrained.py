"""What a grammar costs: python -m tests.benchmarks.prompting_constrained

Pocket Chat with its vocabulary made up to 150,000 tokens (the added ones have zero vectors: they are never likely, but
every draw and every filter has to deal with them) writes records as JSON, free and bound to their schema, in turns.
Reported is the time per token of both (median of the runs, the first left out, as it builds the table of first
letters), how many tokens the grammar refused, and how many answers that were not cut off are valid under their schema.
The worst case follows: a model with random weights, whose every draw is refused.
"""

from __future__ import annotations

import json
import os
import statistics
import tempfile
from pathlib import Path
from typing import Any

os.environ.setdefault("TEXTLAB_HOME", tempfile.mkdtemp(prefix="textlab-constrained-"))

import jsonschema

from core import catalog, gguf_header
from core.prompting.engine import Model, Settings, open_model
from tests.core.prompting.gguf_files import Shape, random_model, widened

VOCABULARY, RUNS = 150_000, 5
PERSON = {"type": "object", "properties": {"name": {"type": "string"}, "age": {"type": "integer"},
                                           "city": {"type": "string"}}, "required": ["name", "age", "city"]}
PLACE = {"type": "object", "properties": {"country": {"type": "string"}, "capital": {"type": "string"},
                                          "continent": {"type": "string"}},
         "required": ["country", "capital", "continent"]}
QUESTIONS = [("Write this as JSON: Anna is 12 years old and lives in Berlin.", PERSON),
             ("Answer in JSON with the keys country, capital and continent: France", PLACE),
             ("Write this as JSON: Ben is 40 years old and lives in Rome.", PERSON)]


def asked(model: Model, question: str, schema: dict[str, Any] | None, **settings: Any) -> tuple[float, int, str]:
    """Seconds per token, tokens refused, and the answer."""
    messages = [{"role": "user", "content": question}]
    chosen = Settings(**{"temperature": 0, "max_tokens": 100, **settings}, json_schema=schema)
    steps = list(model.generate(messages if model.chat_template else question, chosen, cold=True))
    each = model.timings.generation_seconds / max(model.timings.generated_tokens - 1, 1)
    return each, sum(bool(step.refused) for step in steps), "".join(step.text for step in steps)


def report(model: Model, name: str, **settings: Any) -> None:
    free, bound, refused, tokens, valid, whole = [], [], 0, 0, 0, 0
    for run in range(RUNS + 1):
        for question, schema in QUESTIONS:
            seconds = [asked(model, question, None, seed=run, **settings)[0]]
            each, count, text = asked(model, question, schema, seed=run, **settings)
            if run == 0:
                continue
            free.append(seconds[0])
            bound.append(each)
            refused, tokens = refused + count, tokens + model.timings.generated_tokens
            if model.timings.ended_by == "end of text":
                whole += 1
                with_errors = list(jsonschema.Draft202012Validator(schema).iter_errors(json.loads(text)))
                valid += not with_errors
    ratio = statistics.median(bound) / statistics.median(free)
    print(f"{name}: free {statistics.median(free) * 1000:.2f} ms/token, bound {statistics.median(bound) * 1000:.2f} "
          f"({ratio:.3f} times); {refused} of {tokens} tokens refused; {valid} of {whole} whole answers valid")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        pocket = catalog.find("pocket-chat").path
        assert pocket
        path = widened(pocket, Path(name) / "wide.gguf", VOCABULARY)
        print(f"{gguf_header.read(path).vocabulary_size:,} tokens, {path.stat().st_size / 1e6:.0f} MB")
        model = open_model(path, threads=1)
        report(model, "greedy")
        report(model, "sampled at 0.8, top-k 40", temperature=0.8)
        model.close()
        shape = Shape(width=768, layers=12, heads=12, hidden=2048, vocabulary=VOCABULARY, context=512)
        model = open_model(random_model(Path(name) / "random.gguf", shape=shape, half=True))
        free = min(asked(model, "w1", None, max_tokens=24)[0] for _ in range(3))
        bound, count, _ = asked(model, "w1", PERSON, max_tokens=24)
        bound = min(bound, asked(model, "w1", PERSON, max_tokens=24)[0])
        print(f"random weights, {count} of 24 refused: free {free * 1000:.1f} ms/token, bound {bound * 1000:.1f}")
        model.close()


if __name__ == "__main__":
    main()
