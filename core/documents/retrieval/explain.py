"""Why a document was found: which words it shares with the query, what each adds, and its rank by meaning."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from core.documents.retrieval import bm25
from core.documents.retrieval.bm25 import Weights
from core.documents.retrieval.ranking import DEPTH, Hit
from core.text import analysis

NEAR = 10  # a person looks at the first ten of a ranking
SNIPPET = 230


@dataclass(frozen=True)
class Explanation:
    """`snippet`: pieces of the text round its first matching words, and whether each is a match. `parts`: (word of the
    query, times in the text, what it adds to BM25), the largest first. `why`: one sentence."""

    snippet: tuple[tuple[str, bool], ...]
    parts: tuple[tuple[str, int, float | None], ...]
    why: str


def explain(query: str, text: str, hit: Hit, weights: Weights | None = None) -> Explanation:
    """Why `text` was found for `query`. Words match by their stems; with `weights` each says what it adds."""
    asked = {term.term: term.word for term in analysis.analyse(query) if term.term}
    found = analysis.analyse(text)
    spans = [(term.start, term.end) for term in found if term.term in asked]
    times = Counter(term.term for term in found if term.term in asked)
    length = sum(1 for term in found if term.term)
    parts = [
        (asked[term], count, weights.part(bm25.spelt(term), count, length) if weights else None)
        for term, count in times.items()
    ]
    parts.sort(key=lambda part: (-(part[2] or 0.0), -part[1]))
    return Explanation(tuple(snippet(text, spans)), tuple(parts), why(hit))


def snippet(text: str, spans: list[tuple[int, int]], longest: int = SNIPPET) -> list[tuple[str, bool]]:
    """About `longest` letters of a text, where the most of `spans` stand together, cut into (piece, is a match)."""
    best = max(
        spans, key=lambda one: sum(one[0] <= start < one[0] + longest - 40 for start, _ in spans), default=(0, 0)
    )[0]
    start = 0 if best < longest // 2 else text.rfind(" ", 0, best - 30) + 1
    end = min(len(text), start + longest)
    end = end if end == len(text) else max(text.rfind(" ", start, end), start + longest // 2)
    pieces, at = [("… ", False)] if start else [], start
    for first, last in spans:
        if start <= first and last <= end:
            pieces += [(text[at:first], False), (text[first:last], True)]
            at = last
    pieces += [(text[at:end], False)] + ([(" …", False)] if end < len(text) else [])
    return [piece for piece in pieces if piece[0]]


def why(hit: Hit) -> str:
    """One sentence on the ranks of a hit."""
    words, meaning = hit.keyword_rank, hit.vector_rank
    if words is None:
        return f"No word of the query is in it; by meaning it is {ordinal(meaning)}."
    if meaning is None:
        return f"By words it is {ordinal(words)}; by meaning it is not among the first {DEPTH}."
    if words <= NEAR and meaning <= NEAR:
        return f"Words ({ordinal(words)}) and meaning ({ordinal(meaning)}) agree."
    if words < meaning:
        return f"By words it is {ordinal(words)}; by meaning it would be {ordinal(meaning)}."
    return f"By meaning it is {ordinal(meaning)}; by words it would be {ordinal(words)}."


def ordinal(rank: int | None) -> str:
    """1st, 2nd, 3rd, 4th ... 11th, 12th, 13th ... 21st."""
    if rank is None:
        return "nowhere"
    ending = "th" if 10 <= rank % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(rank % 10, "th")
    return f"{rank:,}{ending}"
