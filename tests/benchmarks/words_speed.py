"""The words page's speed figures: python -m tests.benchmarks.words_speed [words] [--all | --redraws]

400,000 random words x 50 (the words of the Google analogies among the first 20,000): reading the text file into the
store, all 19,544 analogies against gensim's evaluate_word_analogies (on every 40th question, its time multiplied;
--all asks it everything), ten sessions on one set, the exact association tests, and redrawing each view of the page.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from core.words.analogy import accuracy
from core.words.bias import weat
from core.words.files import store
from core.words.guess import QUESTIONS
from core.words.lists import definitional_pairs, weat_tests
from core.words.occupations import us_2015
from core.words.questions import google_analogies, read_questions
from core.words.vectors import WordVectors, load_minilm_words
from tests.conftest import ROOT

HOME = tempfile.mkdtemp(prefix="textlab-words-")
os.environ["TEXTLAB_HOME"] = HOME
EVERY = 40


def made(count: int, dimension: int) -> WordVectors:
    """Random vectors whose first words are those of the questions and of the lists of bias, in lower case."""
    asked = {word.lower() for q in read_questions(google_analogies()) for word in (q.a, q.b, q.c, q.expected)}
    for test in weat_tests():
        asked |= {word.lower() for group in (test.x, test.y, test.a, test.b) for word in group}
    asked |= {item.word for item in us_2015()} | {"linux", "raise", "good", "risen", "above", "below"}
    asked |= {word.lower() for pair in definitional_pairs() for word in pair}
    asked |= {word for question in QUESTIONS for word in question.options}
    words = sorted(asked)
    words += [f"word{i}" for i in range(count - len(words))]
    rng = np.random.default_rng(3)
    return WordVectors(words, rng.normal(size=(count, dimension)).astype(np.float32))


def importing(vectors: WordVectors) -> str:
    path = Path(HOME) / "vectors.txt"
    with open(path, "w", encoding="utf-8") as file:
        for word, row in zip(vectors.words, vectors.matrix, strict=True):
            file.write(word + " " + " ".join(f"{value:.5f}" for value in row) + "\n")
    steps: list[float] = []
    started = time.perf_counter()
    kept = store.import_file(path, on_progress=lambda fraction, doing: steps.append(fraction))
    first = time.perf_counter() - started
    started = time.perf_counter()
    store.open_stored(kept.key)
    again = time.perf_counter() - started
    print(
        f"import {kept.words:,} x {kept.dimension} text ({path.stat().st_size / 1e6:,.0f} MB): {first:.2f} s, "
        f"progress told {len(steps)} times; opening it again: {again:.2f} s"
    )
    return kept.key


def analogies(vectors: WordVectors, everything: bool) -> None:
    from gensim.models import KeyedVectors

    counted = accuracy(vectors, google_analogies(), "add", True)
    both = accuracy(vectors, google_analogies(), "add", False)
    lines = google_analogies().read_text(encoding="utf-8").splitlines()
    heads = [line for line in lines if line.startswith(":")]
    questions = [line for line in lines if line and not line.startswith(":")]
    picked = questions if everything else questions[::EVERY]
    path = Path(HOME) / "some.txt"
    path.write_text(heads[0] + "\n" + "\n".join(picked) + "\n", encoding="utf-8")
    theirs = KeyedVectors(vectors.dimension, count=0)
    theirs.add_vectors(list(vectors.words), vectors.matrix)
    theirs.fill_norms()
    started = time.perf_counter()
    theirs.evaluate_word_analogies(str(path))
    peer = (time.perf_counter() - started) * len(questions) / len(picked)
    print(
        f"{counted.total.answered:,} analogies, first {counted.vocabulary:,} words: ours {counted.seconds:.1f} s "
        f"(with inputs kept {both.seconds:.1f} s), gensim {peer:.0f} s"
        f"{'' if everything else f' ({len(picked)} questions taken, times {len(questions) / len(picked):.0f})'}; "
        f"ratio {counted.seconds / peer:.3f}"
    )


def sessions(key: str) -> None:
    import streamlit  # noqa: F401

    from core.cached import words as cached_words

    before = resident_mb()
    first = cached_words.word_vectors(key)
    first.nearest(first.words[0])
    one = resident_mb()
    others = [cached_words.word_vectors(key) for _ in range(9)]
    for vectors in others:
        vectors.nearest(vectors.words[1])
    ten = resident_mb()
    print(
        f"ten sessions on one set: the same object {all(other is first for other in others)}; resident memory "
        f"+{one - before:.0f} MB for the first, +{ten - one:.0f} MB for nine more"
    )


def resident_mb() -> float:
    """What this process holds in memory now, mapped files included, in MB (Linux)."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def exact_tests() -> None:
    vectors = load_minilm_words()
    times = []
    for test in weat_tests()[5:]:
        weat(vectors, test.x, test.y, test.a, test.b)
        started = time.perf_counter()
        weat(vectors, test.x, test.y, test.a, test.b)
        times.append(1000 * (time.perf_counter() - started))
    print("association tests 6 to 10 with exact p, ms:", ", ".join(f"{value:.1f}" for value in times))


def redraws(key: str, named: str) -> None:
    """Script time of a second run of each view, a setting changed: what a person waits for, less the browser's part."""
    from streamlit.testing.v1 import AppTest

    from pages.shared.frame import find_views

    app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=240)
    app.run()
    app.switch_page("pages/word_explorer.py")
    app.session_state["words_vectors"] = key
    changes = {
        "neighbours": ("words_query", ["doctor", "paris", "king - man + woman"]),
        "pair": ("words_pair_a", ["good", "king", "paris"]),
        "analogy": ("words_b", ["king", "boy", "nurse"]),
        "axis": ("words_axis", ["woman - man", "big - small", "her - his, she - he"]),
        "bias": ("words_test", [1, 7, 6]),
        "occupations": ("words_high", ["woman", "girl", "she"]),
        "lipstick": ("words_step", ["before", "after", "company"]),
        "benchmark": ("words_bench", ["similarity", "right", "similarity"]),
        "guess": ("words_question", [2, 3, 4]),
    }
    greatest = most = 0.0
    for view, (name, values) in changes.items():
        app.session_state["words_view"] = "bias" if view == "occupations" else view
        app.session_state["words_bias"] = "occupations" if view == "occupations" else "weat"
        assert view in find_views("words") or view == "occupations"
        app.run()
        for button in [button for button in app.button if (button.key or "").startswith("measure_")]:
            button.click().run()
        times, computed = [], []
        for value in values:
            app.session_state[name] = value
            started, before = time.perf_counter(), time.process_time()
            app.run()
            times.append(1000 * (time.perf_counter() - started))
            computed.append(1000 * (time.process_time() - before))
            assert not app.exception, app.exception[0].message
        greatest, most = max(greatest, *times), max(most, *computed)
        print(
            f"redraw {view}, {named}, ms:",
            ", ".join(f"{value:.0f}" for value in times),
            "of which computing:",
            ", ".join(f"{value:.0f}" for value in computed),
            flush=True,
        )
    print(f"greatest redraw, {named}: {greatest:.0f} ms; most computing: {most:.0f} ms, all threads together")


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)  # Streamlit warns on every run that there is no browser
    numbers = [int(argument) for argument in sys.argv[1:] if argument.isdigit()]
    random = made(numbers[0] if numbers else 400_000, 50)
    kept_key = importing(random)
    if "--redraws" not in sys.argv:
        exact_tests()
        sessions(kept_key)
        analogies(random, "--all" in sys.argv)
    redraws("glove-6b-50d", "100,000 x 50")
    redraws("minilm-words", "21,745 x 384")
    redraws(kept_key, f"{len(random):,} x {random.dimension}")
