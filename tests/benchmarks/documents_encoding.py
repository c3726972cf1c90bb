"""Documents a second against SentenceTransformer.encode, same texts: python -m tests.benchmarks.documents_encoding

Rounds of both take turns, so that another load on the machine meets both; the ratio is of the medians.
"""

from __future__ import annotations

import os
import statistics
import time

from core.documents import corpus, encoders


def main(rounds: int = 5, documents: int = 100) -> None:
    from sentence_transformers import SentenceTransformer

    texts = list(corpus.load("lee").texts[:documents])
    encoder = encoders.load("minilm")
    peer = SentenceTransformer(str(encoder.folder), device="cpu")
    ours = encoder.encode(texts)
    theirs = peer.encode(texts)
    seconds: dict[str, list[float]] = {"ours": [], "theirs": []}
    for _ in range(rounds):
        for name, encode in (("ours", encoder.encode), ("theirs", peer.encode)):
            started = time.perf_counter()
            encode(texts)
            seconds[name].append(time.perf_counter() - started)
    speeds = {name: documents / statistics.median(times) for name, times in seconds.items()}
    cosine = float((ours * theirs).sum(axis=1).min())
    ratio = speeds["ours"] / speeds["theirs"]
    print(
        f"{speeds['ours']:.1f} against {speeds['theirs']:.1f} documents/s: {ratio:.2f} times "
        f"(2.5 where the CPU has bf16); lowest cosine {cosine:.5f} (0.995 at least)"
    )
    print(f"{encoder.choose_precision()}; load of the machine {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
