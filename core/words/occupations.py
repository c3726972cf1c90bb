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
from core.words.statistics import SEED, Interval, correlation, line, pearson, spearman
from core.words.vectors import WordVectors

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

    `slope` and `intercept` are those of the least-squares line, `missing` the words out of vocabulary, `null` the
    middle 95 % of r along random directions.
    """

    words: tuple[str, ...]
    projections: np.ndarray
    shares: np.ndarray
    r: Interval
    rho: float
    slope: float
    intercept: float
    missing: tuple[str, ...]
    null: tuple[float, float] = (float("nan"), float("nan"))

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
    """Projections on the axis against real shares, with Pearson's r and its 95 % interval over the words.

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
    return dataclasses.replace(result, null=random_directions(vectors, words, shares))


def random_directions(
    vectors: WordVectors, words: Sequence[str], shares: np.ndarray, draws: int = 2000, seed: int = SEED
) -> tuple[float, float]:
    """The middle 95 % of r between the shares and the words' projections on random directions."""
    units = vectors.units([vectors.row(word) for word in words])
    projections = units @ np.random.default_rng(seed).normal(size=(vectors.dimension, draws)).astype(np.float32)
    projections -= projections.mean(axis=0)
    centred = (shares - shares.mean()).astype(np.float32)
    with np.errstate(invalid="ignore", divide="ignore"):
        r = centred @ projections / (np.linalg.norm(projections, axis=0) * np.linalg.norm(centred))
    low, high = np.percentile(r[np.isfinite(r)], [2.5, 97.5]) if np.isfinite(r).any() else (np.nan, np.nan)
    return float(low), float(high)


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
