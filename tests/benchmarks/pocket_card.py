"""Write measured figures into the model card: `python -m tests.benchmarks.pocket_card FIGURES.json SPEED.json`.

The two files are what pocket_probe writes with --out, without and with --speed. Every table of the card that holds a
figure stands between <!-- NAME --> and <!-- end --> and is written anew; the prose around it is by hand.
"""

from __future__ import annotations

import json
import re
import sys
from typing import Any

from core.pocket.export import HERE

CARD = HERE / "README.md"
CHATS = ("pocket-chat-q8_0.gguf", "pocket-chat-q4_0.gguf")
ROWS = [
    ("facts of the closed world, asked in new words", "80 %", "facts"),
    ("what was told earlier in the conversation", "90 %", "recall"),
    ("the same question without it: something else", "-", "cold differs"),
    ("valid under a JSON Schema", "100 %", "json under schema"),
    ("asked for JSON without a schema: valid JSON", "-", "json alone"),
    ("... and with the right value in it", "-", "json right"),
    ("ends its turn by itself", "95 %", "ended"),
    ("no loop of sentences or words", "95 %", "no loops"),
    ("second set: facts", "-", "second facts"),
    ("second set: told earlier", "-", "second recall"),
]
CANNOT_KNOW = (
    "When was the first Berlin Buzzwords held?",
    "Who invented the sandwich?",
    "What is the meaning of life?",
    "Which film should I watch tonight?",
)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _name(file: str) -> str:
    _, kind, quantisation = file.removesuffix(".gguf").split("-")
    return f"{kind.capitalize()} {quantisation.upper()}" + (" (not shipped)" if quantisation == "f16" else "")


def _table(head: str, rows: list[list[str]]) -> str:
    columns = head.count("|") + 1
    lines = [f"| {head} |", "|" + "---|" * columns] + ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join(lines)


def _probe(found: dict[str, Any]) -> str:
    def share(file: str, key: str) -> str:
        value = found[file][key]
        return f"{value['count']} of {value['of']} ({value['percent']:.0f} %)"

    rows = [[what, wanted, *(share(file, key) for file in CHATS)] for what, wanted, key in ROWS]
    return _table("what | wanted | Chat, Q8_0 | Chat, Q4_0", rows)


def _losses(found: dict[str, Any]) -> str:
    order = sorted(found, key=lambda file: (file.split("-")[1], -found[file]["bytes"]))
    rows = [
        [_name(file), f"{found[file]['bytes']:,}", f"{found[file]['loss']:.4f}", f"{found[file]['perplexity']:.3f}"]
        for file in order
    ]
    return _table("file | bytes | held-out loss, nats per token | perplexity", rows)


def _speeds(speed: dict[str, Any]) -> str:
    rows = []
    for file in sorted(speed, key=lambda file: (file.split("-")[1], "q4" in file)):
        rounds = speed[file]["speed"]
        rates = ", ".join(f"{each['tokens per second']:,}" for each in rounds)
        rows.append([_name(file), rates, f"{max(each['seconds to load'] for each in rounds):.3f}"])
    return _table("file | tokens per second: three rounds | seconds to load, slowest round", rows)


def _wrong(found: dict[str, Any]) -> str:
    wrong = [row for row in found[CHATS[0]]["rows"] if row["right"] is False]
    facts = [row for row in wrong if row["part"] == "fact"][:12]
    told = [row for row in wrong if row["part"] == "recall"][:6]
    rows = [[_cell(row["question"]), _cell(row["answer"])] for row in facts]
    rows += [
        [f"(told before:) {_cell(row['question'])} (expected: {row['expected'][0]})", _cell(row["answer"])]
        for row in told
    ]
    return _table("asked | answered", rows)


def _unknown(found: dict[str, Any]) -> str:
    answers = {row["question"]: row["answer"] for row in found[CHATS[0]]["rows"]}
    return _table("asked | answered", [[question, _cell(answers[question])] for question in CANNOT_KNOW])


def _stories(found: dict[str, Any]) -> str:
    return "\n".join(f"{number}. {_cell(story)}" for number, story in enumerate(found[CHATS[0]]["stories"], 1))


def filled(card: str, found: dict[str, Any], speed: dict[str, Any]) -> str:
    """The card with every measured part written anew.

    Raises:
        ValueError: the card lacks the place for a part.
    """
    parts = {
        "probe": _probe(found),
        "losses": _losses(found),
        "speeds": _speeds(speed),
        "wrong": _wrong(found),
        "unknown": _unknown(found),
        "stories": _stories(found),
    }
    for name, text in parts.items():
        place = re.compile(rf"(<!-- {name} -->\n).*?(\n<!-- end -->)", re.DOTALL)
        if not place.search(card):
            raise ValueError(f"no place for {name} in the card")
        card = place.sub(lambda match, text=text: match[1] + text + match[2], card)
    return card


if __name__ == "__main__":
    figures, timings = (json.loads(open(path, encoding="utf-8").read()) for path in sys.argv[1:3])
    CARD.write_text(filled(CARD.read_text(encoding="utf-8"), figures, timings), encoding="utf-8")
