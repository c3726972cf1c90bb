"""A map by t-SNE from neighbours that are known already, to be held beside UMAP's.

Source: van der Maaten and Hinton 2008; the layout is openTSNE's (Policar, Strazar and Zupan 2024).
"""

from __future__ import annotations

import warnings
from collections.abc import Callable

import numpy as np

from core.documents.mapping.neighbours import Neighbours

Progress = Callable[[float, str], None]
NEIGHBOURS = 50  # as many as are kept; the perplexity is a third of them
ROUNDS = ((250, 12.0, 0.5), (500, 1.0, 0.8))  # iterations, exaggeration, momentum
SMALL = 3000  # up to here one thread is quicker than two: they wait for each other


def draw(neighbours: Neighbours, start: np.ndarray, seed: int = 42, on_progress: Progress | None = None) -> np.ndarray:
    """Points (N, 2 or 3) float32 from a `start` of that shape (principal components), by t-SNE with perplexity K / 3.

    `on_progress(fraction 0..1, what is being done)`; an exception from it stops the layout.
    """
    from openTSNE import TSNEEmbedding, affinity, initialization
    from openTSNE.nearest_neighbors import PrecomputedNeighbors

    total, count = neighbours.indices.shape
    threads = 1 if total <= SMALL else 2
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        likeness = affinity.PerplexityBasedNN(
            perplexity=max(1.0, count / 3),
            n_jobs=threads,
            knn_index=PrecomputedNeighbors(
                neighbours.indices.astype(np.int64), np.maximum(1 - neighbours.similarities, 0).astype(np.float64)
            ),
        )
        made = TSNEEmbedding(
            initialization.rescale(start.astype(np.float64)),
            likeness,
            n_jobs=threads,
            random_state=seed,
            negative_gradient_method="bh" if total <= SMALL or start.shape[1] == 3 else "fft",
        )
        done, whole = 0, sum(rounds for rounds, _, _ in ROUNDS)
        for rounds, exaggeration, momentum in ROUNDS:

            def watch(iteration: int, error: float, points: np.ndarray, done: int = done) -> None:
                if on_progress:
                    on_progress((done + iteration) / whole, f"t-SNE, round {done + iteration} of {whole}")

            made.optimize(
                rounds,
                exaggeration=exaggeration,
                momentum=momentum,
                inplace=True,
                callbacks=watch,
                callbacks_every_iters=10,
            )
            done += rounds
    return np.asarray(made, dtype=np.float32)
