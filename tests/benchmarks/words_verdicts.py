"""How often chance is called a finding, and the verdicts on WEAT: python -m tests.benchmarks.words_verdicts [draws]

1,000 random axes and 1,000 random word lists through the verdicts of the words page, with the vectors that come with
the lab. At most 6 % may be called a finding (5 % are meant to be). Where the shared test data lie beside the project,
the ten WEAT tests on GloVe 840B, which are all significant in the paper. Takes some minutes; all draws are seeded.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from functools import partial

from core import catalog
from core.words.vectors import WordVectors, load
from core.words.weat_suite import all_tests
from tests.conftest import SHARED
from tests.support import chance

MOST = 0.06


FIGURES: dict[str, Callable[[WordVectors, int], float]] = {
    "occupations on random axes of one pair": chance.findings_on_random_axes,
    "occupations on random axes of ten pairs": partial(chance.findings_on_random_axes, pairs=10),
    "the same by principal component": partial(chance.findings_on_random_axes, pairs=10, method="pca"),
    "random words for the occupations": chance.findings_on_random_lists,
    "random target lists in WEAT": chance.findings_on_random_weat_lists,
    "any of 12 random words on she - he": chance.families_on_random_words,
    "any of 12 occupations on random axes": chance.families_on_random_axes,
}


def main(draws: int) -> int:
    over = 0
    for key in ("glove-6b-50d", "minilm-words"):
        vectors = catalog.load(key)
        for name, measure in FIGURES.items():
            started = time.perf_counter()
            share = measure(vectors, draws)
            over += share > MOST
            seconds = time.perf_counter() - started
            print(f"{key}: {name}: {100 * share:.1f} % of {draws:,} called a finding ({seconds:.0f} s)", flush=True)
    path = SHARED / "weat_glove840b.txt"
    if path.exists():
        outcomes = all_tests(load(path))
        for item in outcomes:
            d = item.result.effect_size if item.result else float("nan")
            print(f"GloVe 840B, WEAT {item.test.number}: d = {d:.3f}, {item.verdict.words}")
        over += sum(not item.verdict.is_finding for item in outcomes)
    print("as they should be" if not over else f"{over} figures are not as they should be")
    return int(over > 0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1000))
