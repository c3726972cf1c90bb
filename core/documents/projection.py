"""From vectors to a map: UMAP in two or three dimensions, from neighbours that are known already.

UMAP (McInnes, Healy and Melville 2018) draws texts near each other whose vectors are near; it keeps neighbourhoods, not
distances. The steps are umap-learn's own; only the search for neighbours is ours (exact, kept, see `neighbours`), which
spares the import of pynndescent: it compiles for twenty seconds where nothing is cached.
"""

from __future__ import annotations

import contextlib
import functools
import importlib
import sys
import threading
import time
import types
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

import numpy as np

from core.documents.mapping import tsne
from core.documents.mapping.neighbours import Neighbours, find
from core.errors import UserError

Progress = Callable[[float, str], None]
MOST_NEIGHBOURS = 10_000
_one_at_a_time = threading.Lock()  # numba ends the process when two threads run parallel code at once
_import_lock = threading.RLock()


@dataclass(frozen=True)
class ProjectionSettings:
    """How the map is drawn.

    `n_neighbors`: how many neighbours (itself counted) a text is kept near to; few show detail, many the large shape.
    `min_dist`: how near two points may come, 0 (dense clumps) to 1 (spread out). The same `seed`, the same map.
    """

    dimensions: Literal[2, 3] = 2
    n_neighbors: int = 15
    min_dist: float = 0.1
    seed: int = 42
    method: Literal["umap", "tsne", "pca"] = "umap"

    def checked(self) -> ProjectionSettings:
        """Itself.

        Raises:
            UserError: a value that its field cannot have; the sentence names the field.
        """
        wanted = {
            "dimensions": ("2 or 3", _whole(self.dimensions, 2, 3)),
            "n_neighbors": (
                f"a whole number from 2 to {MOST_NEIGHBOURS:,}",
                _whole(self.n_neighbors, 2, MOST_NEIGHBOURS),
            ),
            "min_dist": ("a number from 0 to 1", type(self.min_dist) in (int, float) and 0 <= self.min_dist <= 1),
            "seed": ("a whole number from 0 to 4,294,967,295", _whole(self.seed, 0, 2**32 - 1)),
            "method": ("umap, tsne or pca", self.method in ("umap", "tsne", "pca")),
        }
        for name, (what, right) in wanted.items():
            if not right:
                raise UserError(
                    f"The map's setting “{name}” is {str(getattr(self, name))[:40]!r}; it must be {what}.",
                    "Choose another value.",
                )
        return self


def _whole(value: Any, least: int, most: int) -> bool:
    return type(value) is int and least <= value <= most


@dataclass(frozen=True)
class Projection:
    """`points` (N, 2 or 3) float32, centred, the settings that made them, and how many seconds it took."""

    points: np.ndarray
    settings: ProjectionSettings
    seconds: float = 0.0
    note: str = field(default="", compare=False)


def project(
    vectors: np.ndarray,
    settings: ProjectionSettings = ProjectionSettings(),
    neighbours: Neighbours | None = None,
    on_progress: Progress | None = None,
) -> Projection:
    """The map of `vectors` (N, D; rows of length 1). `neighbours` spares finding them again.

    `on_progress(fraction 0..1, what is being done)`; an exception from it stops the fit.

    Raises:
        UserError: settings that mean nothing, or vectors that are not a table of finite numbers.
    """
    started = time.perf_counter()
    vectors = _checked(vectors, settings)
    total = len(vectors)
    if settings.method == "pca" or total < settings.dimensions + 4:
        note = "" if settings.method == "pca" else "too few texts for neighbours: these are their principal components"
        return Projection(
            principal_components(vectors, settings.dimensions), settings, time.perf_counter() - started, note
        )
    count = min(tsne.NEIGHBOURS + 1 if settings.method == "tsne" else settings.n_neighbors, total) - 1
    if neighbours is None or neighbours.indices.shape[1] < count:
        neighbours = find(vectors, count, on_progress and (lambda part, doing: on_progress(0.3 * part, doing)))
    with _one_at_a_time:
        if settings.method == "tsne":
            start = principal_components(vectors, settings.dimensions)
            points = tsne.draw(neighbours, start, settings.seed, on_progress)
        else:
            points = _umap(vectors, neighbours, count, settings, on_progress)
    return Projection(points - points.mean(axis=0), settings, time.perf_counter() - started)


def _checked(vectors: np.ndarray, settings: ProjectionSettings) -> np.ndarray:
    vectors = np.asarray(vectors, dtype=np.float32)
    if vectors.ndim != 2 or not len(vectors):
        raise UserError("There is nothing to draw a map of.", "Choose a corpus with some documents in it.")
    if not np.isfinite(vectors).all():
        raise UserError("Some of the vectors hold numbers that are not finite.", "Encode the documents again.")
    settings.checked()
    return vectors


def _umap(
    vectors: np.ndarray, neighbours: Neighbours, count: int, settings: ProjectionSettings, on_progress: Progress | None
) -> np.ndarray:
    steps = umap_steps()
    with _private_umap():
        return _drawn(steps, vectors, neighbours, count, settings, on_progress)


def _drawn(
    steps: Any,
    vectors: np.ndarray,
    neighbours: Neighbours,
    count: int,
    settings: ProjectionSettings,
    on_progress: Progress | None,
) -> np.ndarray:
    total = len(vectors)
    # umap-learn counts a text as its own first neighbour, at distance 0.
    indices = np.column_stack([np.arange(total, dtype=np.int32), neighbours.indices[:, :count]])
    distances = np.column_stack([np.zeros(total, np.float32), 1 - neighbours.similarities[:, :count]])
    random = np.random.RandomState(settings.seed)  # the kind that umap-learn asks for
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of a graph in several parts, which umap-learn lays out part by part
        graph, _, _ = steps.fuzzy_simplicial_set(
            vectors,
            count + 1,
            random,
            "cosine",
            knn_indices=np.ascontiguousarray(indices),
            knn_dists=np.ascontiguousarray(np.maximum(distances, 0)),
        )
        a, b = steps.find_ab_params(1.0, settings.min_dist)
        watch: dict[str, Any] = {"disable": on_progress is None}
        if on_progress:
            watch.update(file=_Watcher(on_progress), mininterval=0.1, bar_format="{n} {total}")
        points, _ = steps.simplicial_set_embedding(
            vectors,
            graph,
            settings.dimensions,
            1.0,
            a,
            b,
            1.0,
            5,
            None,
            "spectral" if total > 50 else "pca",
            random,
            "cosine",
            {},
            False,
            {},
            False,
            parallel=False,
            tqdm_kwds=watch,
        )
    return np.asarray(points, dtype=np.float32)


class _Watcher:
    """Where umap-learn's progress bar writes: "120 500" becomes a fraction. What the listener raises ends the fit."""

    def __init__(self, on_progress: Progress) -> None:
        self._on_progress = on_progress

    def write(self, text: str) -> None:
        numbers = [part for part in text.replace("\r", " ").split() if part.isdigit()]
        if len(numbers) == 2 and int(numbers[1]):
            done, total = map(int, numbers)
            self._on_progress(0.3 + 0.7 * done / total, f"drawing the map, round {done} of {total}")

    def flush(self) -> None:
        """Nothing is held back."""


@functools.cache
def umap_steps() -> types.ModuleType:
    """umap-learn's module of steps, imported without pynndescent, its compiled code kept in NUMBA_CACHE_DIR.

    umap-learn imports three names from pynndescent that are used only to search for neighbours. Importing it compiles
    for twenty seconds where nothing is cached, so an empty stand-in takes its place. The copy of umap-learn got that
    way is ours alone, see `_private_umap`: whoever imports umap in the same process gets the whole of it.
    """
    from core.runtime import compiled_code

    compiled_code.guard()
    with _private_umap(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        steps, layouts = (importlib.import_module(f"umap.{name}") for name in ("umap_", "layouts"))
    for function in (
        steps.smooth_knn_dist,
        steps.compute_membership_strengths,
        layouts._nb_optimize_layout_euclidean_single_epoch,
    ):
        function.enable_caching()  # umap-learn leaves these uncached: nine seconds at every start
    return steps


_ours: dict[str, types.ModuleType] = {}


@contextlib.contextmanager
def _private_umap() -> Iterator[None]:
    """Within it, the names umap and pynndescent mean our private copies.

    Not only while importing: numba looks a function's module up by its name when it compiles and when it reads compiled
    code back, and would import the whole of umap-learn for that.
    """

    def mine(name: str) -> bool:
        return name.split(".")[0] in {"umap", "pynndescent"}

    with _import_lock:
        if not _ours:
            _ours.update(_stand_ins())
        theirs = {name: module for name, module in sys.modules.items() if mine(name)}
        for name in theirs:
            del sys.modules[name]
        sys.modules.update(_ours)
        try:
            yield
        finally:
            _ours.update({name: module for name, module in sys.modules.items() if mine(name)})
            for name in _ours:
                sys.modules.pop(name, None)
            sys.modules.update(theirs)


def _stand_ins() -> dict[str, types.ModuleType]:
    made = {}
    for name, member, value in (
        ("pynndescent", "NNDescent", type("NNDescent", (), {})),
        ("pynndescent.distances", "named_distances", {}),
        ("pynndescent.sparse", "sparse_named_distances", {}),
    ):
        made[name] = types.ModuleType(name)
        setattr(made[name], member, value)
    return made


def principal_components(vectors: np.ndarray, dimensions: int) -> np.ndarray:
    """The first `dimensions` principal components of the rows, (N, dimensions) float32; each axis' largest entry > 0.

    Example: (0, 0), (2, 0), (4, 0) give -2, 0, 2 on the first axis and 0 on the second.
    """
    centred = np.asarray(vectors, dtype=np.float64) - np.mean(vectors, axis=0, dtype=np.float64)
    if len(centred) > centred.shape[1]:
        _, axes = np.linalg.eigh(centred.T @ centred)
        axes = axes[:, ::-1][:, :dimensions]
    else:
        axes = np.linalg.svd(centred, full_matrices=False)[2][:dimensions].T
    signs = np.sign(axes[np.abs(axes).argmax(axis=0), np.arange(axes.shape[1])])
    points = np.zeros((len(centred), dimensions), dtype=np.float32)
    points[:, : axes.shape[1]] = centred @ (axes * np.where(signs == 0, 1, signs))
    return points
