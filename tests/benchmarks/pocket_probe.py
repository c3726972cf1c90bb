"""What Pocket can do, measured: `python -m tests.benchmarks.pocket_probe [--folder FOLDER] [--out FILE]`.

300 held-out questions at temperature 0 (facts, recall, JSON, turn ends, loops), 120 of a second set, loss and
perplexity for each file, and ten unselected stories; with --speed instead: tokens per second and loading time, which
want an idle machine. By hand, not in the test run. `pocket_card.py` writes the figures into the model card.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import time
import unittest.mock
from collections import Counter
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from core.models.llama import trial
from core.pocket.curriculum import conversations, documents
from core.pocket.export import HERE
from core.pocket.packing import conversation_tokens, document_tokens
from core.pocket.train import HELD_OUT_SEED
from tests.benchmarks.pocket_questions import JSON_SCHEMAS, Question, all_questions
from tests.benchmarks.pocket_second_questions import second_questions

CONTEXT, THREADS = 512, 2
Message = tuple[str, str]


def open_file(path: Path, every_logit: bool = False, threads: int = THREADS) -> Any:
    """The model of a .gguf file in this process, in the mode in which llama.cpp works here.

    `llama_cpp.Llama` has no argument for weights repacked for the processor, which crash with some compilers.
    """
    import llama_cpp
    from llama_cpp import llama_cpp as bare

    mode, defaults = trial.verdict().mode, bare.llama_model_default_params

    def params() -> Any:
        chosen = defaults()
        chosen.use_extra_bufts = mode.extra_buffers
        return chosen

    threads = threads if mode.threads else 1
    with unittest.mock.patch.object(bare, "llama_model_default_params", params):
        return llama_cpp.Llama(
            str(path),
            n_ctx=CONTEXT,
            n_batch=CONTEXT,
            n_threads=threads,
            n_threads_batch=threads,
            logits_all=every_logit,
            verbose=False,
        )


def grammar_of(schema: dict[str, Any]) -> str:
    """The schema as a grammar, by llama-cpp-python's converter, and without control characters inside of strings.

    The converter of 0.3.36 lets a bare line end into a string, which JSON forbids.
    """
    from llama_cpp import llama_grammar

    return llama_grammar.json_schema_to_gbnf(json.dumps(schema)).replace(r'[^"\\]', r'[^"\\\x7F\x00-\x1F]')


def answer(
    model: Any,
    messages: tuple[Message, ...],
    max_tokens: int = 200,
    schema: dict[str, Any] | None = None,
    temperature: float = 0.0,
    seed: int = 1,
) -> tuple[str, bool]:
    """The assistant's answer, and whether the model ended its turn by itself."""
    import llama_cpp

    grammar = llama_cpp.LlamaGrammar.from_string(grammar_of(schema), verbose=False) if schema else None
    reply = model.create_chat_completion(
        [{"role": role, "content": text} for role, text in messages],
        temperature=temperature,
        max_tokens=max_tokens,
        grammar=grammar,
        seed=seed,
        repeat_penalty=1.0,
    )
    choice = reply["choices"][0]
    return choice["message"]["content"].strip(), choice["finish_reason"] == "stop"


def says(text: str, words: str) -> bool:
    """Whether the words stand in the text as whole words, in capitals or not."""
    return bool(re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text, re.IGNORECASE))


def is_right(text: str, expected: tuple[str, ...], subject: str = "") -> bool:
    """Whether one of the expected answers stands in the text; a sentence must be about the subject too."""
    about = not subject or len(text.split()) <= 3 or says(text, subject)
    return about and any(says(text, right) for right in expected)


def loops(text: str) -> bool:
    """Whether a sentence stands in the text three times or more, or a run of words five times in a row."""
    sentences = Counter(part.strip().lower() for part in re.split(r"[.!?\n]+", text) if len(part.split()) > 1)
    return max(sentences.values(), default=0) >= 3 or bool(re.search(r"(\b[\w' ]{3,40}?[ ,]+)\1{4,}", text))


def is_json(text: str) -> bool:
    """Whether the text is JSON and nothing else."""
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


def ask_all(model: Any, questions: list[Question]) -> list[dict[str, Any]]:
    """Every question asked once at temperature 0."""
    asked = []
    for question in questions:
        text, ended = answer(model, question.messages)
        row = {
            "part": question.part,
            "question": question.messages[-1][1],
            "expected": question.expected,
            "answer": text,
            "ended": ended,
            "loops": loops(text),
            "right": is_right(text, question.expected, question.subject) if question.expected else None,
        }
        if question.cold:
            row["cold"] = answer(model, question.cold)[0]
            row["cold differs"] = not is_right(row["cold"], question.expected)
        if question.part == "json":
            row["valid alone"] = is_json(text)
            row["right"] = row["right"] and row["valid alone"]
        asked.append(row)
    return asked


def constrained(model: Any, questions: list[Question]) -> list[bool]:
    """Whether each answer under a schema is JSON and fits the schema."""
    import jsonschema

    verdicts = []
    for number, question in enumerate(questions):
        schema = JSON_SCHEMAS[number % len(JSON_SCHEMAS)]
        text, _ = answer(model, question.messages, 200, schema)
        try:
            jsonschema.validate(json.loads(text), schema)
            verdicts.append(True)
        except (ValueError, jsonschema.ValidationError):
            verdicts.append(False)
    return verdicts


def share(rows: list[dict[str, Any]], key: str, part: str = "") -> dict[str, Any]:
    """How many of the rows (of one part) have `key` true: count, of, percent."""
    values = [row[key] for row in rows if (not part or row["part"] == part) and row.get(key) is not None]
    return {"count": sum(values), "of": len(values), "percent": round(100 * sum(values) / max(1, len(values)), 1)}


def perplexity(path: Path, kind: str, count: int = 120) -> dict[str, float]:
    """Loss in nats per learned token, and its exponential, on held-out documents ("base") or conversations ("chat")."""
    model = open_file(path, every_logit=True)
    if kind == "base":
        pairs = [document_tokens(_Encoder(model), text) for text in islice(documents(HELD_OUT_SEED + 99), count)]
    else:
        pairs = [
            conversation_tokens(_Encoder(model), turns) for turns in islice(conversations(HELD_OUT_SEED + 99), count)
        ]
    total, learned_tokens = 0.0, 0
    for ids, learned in pairs:
        ids, learned = ids[:CONTEXT], learned[:CONTEXT]
        model.reset()
        model.eval(ids)
        logits = np.asarray(model.scores[: len(ids) - 1], dtype=np.float64)
        highest = logits.max(axis=1, keepdims=True)
        log_sum = highest[:, 0] + np.log(np.exp(logits - highest).sum(axis=1))
        losses = log_sum - logits[np.arange(len(ids) - 1), ids[1:]]
        total += float(losses[np.array(learned[1:])].sum())
        learned_tokens += sum(learned[1:])
    return {
        "loss": round(total / learned_tokens, 4),
        "perplexity": round(math.exp(total / learned_tokens), 3),
        "tokens": learned_tokens,
    }


class _Encoder:
    """The model's own tokenizer behind the one method that packing needs."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def encode(self, text: str) -> list[int]:
        """Tokens of plain text."""
        return self._model.tokenize(text.encode(), add_bos=False, special=False)


def speed(path: Path, tokens: int = 400) -> dict[str, float]:
    """Tokens per second of plain generation (median of five runs), and seconds to load (median of five)."""
    loading, rates = [], []
    for _ in range(5):
        start = time.perf_counter()
        model = open_file(path)
        loading.append(time.perf_counter() - start)
        prompt = model.tokenize(b"Once upon a time", add_bos=True)
        generated = model.generate(prompt, temp=0.8, repeat_penalty=1.0)
        next(generated)
        start = time.perf_counter()
        for _ in islice(generated, tokens):
            pass
        rates.append(tokens / (time.perf_counter() - start))
        model.close()
    return {"tokens per second": round(float(np.median(rates))), "seconds to load": round(float(np.median(loading)), 3)}


def questioned(path: Path) -> dict[str, Any]:
    """All that a chat file answers: shares, every answer, ten stories."""
    questions = all_questions()
    model = open_file(path)
    rows, second = ask_all(model, questions), ask_all(model, second_questions())
    valid = constrained(model, [question for question in questions if question.part == "json"])
    stories = [
        answer(model, (("user", "Tell me a story."),), 300, temperature=0.7, seed=seed)[0] for seed in range(1, 11)
    ]
    return {
        "facts": share(rows, "right", "fact"),
        "recall": share(rows, "right", "recall"),
        "cold differs": share(rows, "cold differs"),
        "json alone": share(rows, "valid alone"),
        "json right": share(rows, "right", "json"),
        "json under schema": {
            "count": sum(valid),
            "of": len(valid),
            "percent": round(100 * sum(valid) / len(valid), 1),
        },
        "ended": share(rows, "ended"),
        "no loops": share([{**row, "clean": not row["loops"]} for row in rows], "clean"),
        "second facts": share(second, "right", "fact"),
        "second recall": share(second, "right", "recall"),
        "rows": rows,
        "second rows": second,
        "stories": stories,
    }


def probe(folder: Path) -> dict[str, Any]:
    """All figures but speed for the files in a folder; files in half precision are not asked, only their loss taken."""
    found: dict[str, Any] = {}
    for path in sorted(folder.glob("pocket-*.gguf")):
        kind = "base" if "base" in path.name else "chat"
        found[path.name] = {"bytes": path.stat().st_size, **perplexity(path, kind)}
        if kind == "chat" and "f16" not in path.name:
            found[path.name] |= questioned(path)
    return found


def speeds(folder: Path, rounds: int = 3) -> dict[str, Any]:
    """Speed and loading time of each file in `rounds` rounds that take turns."""
    found: dict[str, Any] = {path.name: {"speed": []} for path in sorted(folder.glob("pocket-*_0.gguf"))}
    for _ in range(rounds):
        for name, figures in found.items():
            figures["speed"].append(speed(folder / name))
    return found


def main() -> None:
    """Print the figures; with --out also write them with every answer as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=HERE)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--speed", action="store_true", help="speed and loading time instead of everything else")
    given = parser.parse_args()
    found = speeds(given.folder) if given.speed else probe(given.folder)
    if given.out:
        given.out.write_text(json.dumps(found, indent=1), encoding="utf-8")
    for name, figures in found.items():
        print(name)
        for key, value in figures.items():
            if key in {"rows", "second rows"}:
                for row in value:
                    if row["right"] is False:
                        print(f"    wrong: {row['question']} -> {row['answer'][:120]}")
            elif key != "stories":
                print(f"    {key}: {value}")
    for number, story in enumerate(next((each["stories"] for each in found.values() if "stories" in each), []), 1):
        print(f"seed {number}: {story}")


if __name__ == "__main__":
    main()
