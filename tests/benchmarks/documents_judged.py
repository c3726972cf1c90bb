"""Is fusing as good as the better of its two? python -m tests.benchmarks.documents_judged [folder in BEIR's layout ...]

nDCG@10 of words alone (BM25), of vectors alone, of both fused by ranks (reciprocal rank fusion) and by the strength of
their scores, for each default encoder: on the judged samples, on sets where words are strong or vectors are (built here
from texts whose parts belong together: the one document that a query was taken from is relevant), and on any folder
given. A star marks what is at least the better of the two less 0.01.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections import Counter
from collections.abc import Iterator, Sequence

import numpy as np

from core.documents import corpus
from core.documents.retrieval import judging
from core.documents.retrieval.judging import Judged
from core.workflows import evaluate_search
from core.workflows.compare_encoders import DEFAULTS
from tests.conftest import SHARED

RARE = re.compile(r"\b[A-Z][a-z]{3,}\b|\b\d[\d,.]*\d\b")
SENTENCE = re.compile(r"(?<=[.!?]) +")


def known_items(title: str, texts: Sequence[str], queries: Sequence[str], rows: Sequence[int] | None = None) -> Judged:
    """Each query has one relevant document: that of the same place, or of its place in `rows`."""
    return Judged(title, tuple(texts), tuple(queries), tuple({row: 1.0} for row in rows or range(len(queries))))


def first_sentences() -> Judged:
    """The first sentence of each Lee article, to find the rest of it."""
    parts = [SENTENCE.split(text, maxsplit=1) for text in corpus.load("lee").texts]
    parts = [part for part in parts if len(part) == 2 and len(part[1]) > 100]
    return known_items("Lee: first sentence to the rest", [part[1] for part in parts], [part[0] for part in parts])


def names_and_numbers() -> Judged:
    """Two names or numbers of a Lee article that at most three articles have: words are strong, vectors weak."""
    texts = corpus.load("lee").texts
    having = Counter(word for text in texts for word in set(RARE.findall(text)))
    told = [[word for word in dict.fromkeys(RARE.findall(text)) if having[word] <= 3] for text in texts]
    asked = [row for row, words in enumerate(told) if len(words) > 1]
    queries = [f"{told[row][0]} {told[row][-1]}" for row in asked]
    return known_items("Lee: rare names and numbers", texts, queries, asked)


def from_shared() -> Iterator[Judged]:
    """Titles to abstracts, instructions to what was answered, beginnings to the rest of stories."""
    if not SHARED.is_dir():
        print("(without the sets of the shared test data, which is not here)")
        return
    with open(SHARED / "arxiv_abstracts.csv", encoding="utf-8", newline="") as file:
        papers = list(csv.DictReader(file))
    yield known_items("arXiv: title to abstract", [one["abstract"] for one in papers], [one["title"] for one in papers])
    records = {
        one["output"]: f"{one['instruction']} {one['input']}".strip()
        for one in json.loads((SHARED / "instructions.json").read_text(encoding="utf-8"))
    }
    yield known_items("Instructions: task to answer", list(records), list(records.values()))
    stories = (SHARED / "tinystories_2mib.txt").read_text(encoding="utf-8", errors="replace").split("<|endoftext|>")
    parts = [SENTENCE.split(" ".join(story.split())) for story in stories if len(story) > 300][:400]
    yield known_items(
        "Stories: first two sentences to the rest",
        [" ".join(part[3:]) for part in parts],
        [" ".join(part[:2]) for part in parts],
    )


def measure(judged: Judged) -> None:
    print(f"\n{judged.title}: {len(judged.queries):,} queries, {len(judged.texts):,} documents", flush=True)
    for source in DEFAULTS:
        words, meaning, fused = evaluate_search.judge(judged, source, lambda *_: None).values.mean(axis=0)[:, 0]
        ranks = evaluate_search.judge(judged, source, lambda *_: None, "ranks").values.mean(axis=0)[2, 0]
        least = max(words, meaning) - 0.01
        print(
            f"  {source.title:24} BM25 {words:.3f}   vectors {meaning:.3f}   by ranks {ranks:.3f}"
            f"{' *'[int(ranks >= least)]}   by scores {fused:.3f}{' *'[int(fused >= least)]}",
            flush=True,
        )


def main() -> None:
    np.seterr(all="raise", under="ignore")
    for key in judging.SAMPLES:
        measure(judging.sample(key))
    for judged in (first_sentences(), names_and_numbers(), *from_shared(), *map(judging.read_folder, sys.argv[1:])):
        measure(judged)


if __name__ == "__main__":
    main()
