"""Occupations between two words, against the real share of women who work in them."""

from __future__ import annotations

import csv
import dataclasses
import functools
import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from core.errors import UserError
from core.storage import DATA
from core.words.axis import Axis, along
from core.words.random_axes import DRAWS, random_axes
from core.words.statistics import SEED, Interval, correlation, line, pearson, permuted_correlations, spearman
from core.words.vectors import WordVectors
from core.words.verdicts import NAN2, Coverage, Test, Verdict, judge, null_interval, p_from_null, wider

LONGEST_TABLE = 1_000_000  # characters


@dataclass(frozen=True)
class Occupation:
    """An occupation's word, the share of women among those who work in it (per cent), and their number in thousands.

    `plain` marks those whose word has hardly another sense ("model", "guide", "carrier" have).
    """

    word: str
    women_percent: float
    employed_thousands: float = 0.0
    plain: bool = True


@dataclass(frozen=True, eq=False)
class Comparison:
    """Each occupation's projection on an axis (N,), the real shares (N,) in per cent, and their correlation.

    `slope` and `intercept` are those of the least-squares line, `missing` the words out of vocabulary. `null_axes` is
    the middle 95 % of r on random axes of the same kind, `null_orders` that of r with the shares in other orders;
    `verdict` is a finding only outside both.
    """

    words: tuple[str, ...]
    projections: np.ndarray
    shares: np.ndarray
    r: Interval
    rho: float
    slope: float
    intercept: float
    missing: tuple[str, ...]
    null_axes: tuple[float, float] = NAN2
    null_orders: tuple[float, float] = NAN2
    verdict: Verdict = Verdict("not testable", reason="no null distribution was asked for")

    @property
    def null(self) -> tuple[float, float]:
        """What r must leave: the interval that holds both null distributions."""
        return wider(self.null_axes, self.null_orders)

    @property
    def residuals(self) -> np.ndarray:
        """How far each projection is above (+) or below (-) the line."""
        return self.projections - (self.slope * self.shares + self.intercept)

    def without_each(self) -> np.ndarray:
        """r without the first word, without the second ... (N,)."""
        keep = ~np.eye(len(self.words), dtype=bool)
        return np.array([pearson(self.projections[row], self.shares[row]) for row in keep])

    def outliers(self, count: int = 3) -> list[str]:
        """The words with the largest residuals, the largest first."""
        return [self.words[i] for i in np.argsort(-np.abs(self.residuals))[:count]]


@functools.cache
def us_2015(only_plain: bool = True) -> tuple[Occupation, ...]:
    """Shares of women by occupation in the United States in 2015 (Bureau of Labor Statistics), by single words.

    A word for several occupations ("engineer") has their share, weighted by the people in each.
    """
    with open(DATA / "occupations_us_2015.tsv", encoding="utf-8", newline="") as file:
        rows = [
            Occupation(row["word"], float(row["women_percent"]), float(row["employed_thousands"]), row["plain"] == "1")
            for row in csv.DictReader(file, delimiter="\t")
        ]
    return tuple(row for row in rows if row.plain or not only_plain)


def read_shares(text: str) -> tuple[Occupation, ...]:
    """Occupations from a person's own table: a word and a number in each row, separated by comma, semicolon or tab; a
    header row is skipped.

    Raises:
        UserError: a row has no number from 0 to 100; the message names its line.
    """
    if len(text) > LONGEST_TABLE:
        raise UserError(f"The table has {len(text):,} characters.", f"Up to {LONGEST_TABLE:,} can be read.")
    first = next((row for row in text.splitlines() if row.strip()), "")
    mark = max(",;\t", key=first.count)
    found: list[Occupation] = []
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=mark))
    except csv.Error as problem:
        raise UserError(f"The table cannot be read ({problem}).", "Write a row for each word: nurse, 90") from problem
    for number, row in enumerate(rows, 1):
        if not any(cell.strip() for cell in row):
            continue
        value = _number(row[1]) if len(row) > 1 else None
        if value is None or not row[0].strip():
            if not found and number <= 2:
                continue  # the header row
            raise UserError(
                f"Line {number} does not have a word and a number from 0 to 100: {' '.join(row)[:60]!r}.",
                "Write a row for each word: nurse, 90",
            )
        found.append(Occupation(row[0].strip()[:80], value))
    if len(found) < 4:
        raise UserError(
            f"There are {len(found)} rows with a word and a number; a correlation needs at least four.",
            "Write a row for each word: nurse, 90",
        )
    return tuple(found)


def _number(cell: str) -> float | None:
    try:
        value = float(cell.strip().rstrip("%").strip().replace(",", "."))
    except ValueError:
        return None
    return value if 0 <= value <= 100 else None


def compare(vectors: WordVectors, occupations: Sequence[Occupation], axis: Axis) -> Comparison:
    """Projections on the axis against real shares, with Pearson's r, its 95 % interval over the words, and the verdict.

    Words near each other in the vectors share much, so r is far from 0 on many an axis that has nothing to do with the
    shares. So there are two null distributions: the shares in other orders, and random axes of the same kind
    (`core.words.random_axes`). p is the larger of the two.

    Raises:
        UserError: fewer than four of the occupations are in the vocabulary.
    """
    here = [item for item in occupations if item.word in vectors]
    missing = tuple(item.word for item in occupations if item.word not in vectors)
    if len(here) < 4:
        raise UserError(
            f"Only {len(here)} of {len(occupations)} occupations are in the vocabulary.",
            "Choose other vectors or other words: at least four are needed.",
        )
    words = tuple(item.word for item in here)
    shares = np.array([item.women_percent for item in here])
    result = compared(words, along(vectors, words, axis), shares, missing)
    asked = Coverage("occupations", len(here), len(occupations), missing)
    test, null_axes, null_orders = correlation_test(vectors, words, shares, axis, result.projections, [asked])
    (verdict,) = judge([test])
    return dataclasses.replace(result, null_axes=null_axes, null_orders=null_orders, verdict=verdict)


def correlation_test(
    vectors: WordVectors,
    words: Sequence[str],
    values: np.ndarray,
    axis: Axis,
    projections: np.ndarray,
    asked: Sequence[Coverage],
    draws: int = DRAWS,
    seed: int = SEED,
) -> tuple[Test, tuple[float, float], tuple[float, float]]:
    """(the test of r between the words' projections on `axis` and `values` (N,), its null on random axes, its null of
    other orders)."""
    r = pearson(projections, values)
    on_axes = on_random_axes(vectors, words, values, axis, draws, seed)
    in_orders, exact = permuted_correlations(values, projections, draws, seed)
    p = max(p_from_null(r, on_axes), p_from_null(r, in_orders, exact=exact))
    nulls = null_interval(on_axes), null_interval(in_orders)
    return Test(r, p, wider(*nulls), effect="r", coverage=asked), *nulls


def on_random_axes(
    vectors: WordVectors, words: Sequence[str], values: np.ndarray, axis: Axis, draws: int = DRAWS, seed: int = SEED
) -> np.ndarray:
    """r between `values` (N,) and the words' projections on random axes of the same kind as `axis` (draws,)."""
    units = vectors.units([vectors.row(word) for word in words])
    projections = units @ random_axes(vectors, axis, draws, seed).T
    projections -= projections.mean(axis=0)
    centred = (values - values.mean()).astype(np.float32)
    with np.errstate(invalid="ignore", divide="ignore"):
        found: np.ndarray = centred @ projections / (np.linalg.norm(projections, axis=0) * np.linalg.norm(centred))
    return found


def compared(
    words: tuple[str, ...], projections: np.ndarray, shares: np.ndarray, missing: tuple[str, ...] = ()
) -> Comparison:
    """The same for projections that were computed in another way."""
    slope, intercept = line(shares, projections)
    return Comparison(
        words,
        np.asarray(projections, float),
        shares,
        correlation(projections, shares),
        spearman(projections, shares),
        slope,
        intercept,
        missing,
    )
