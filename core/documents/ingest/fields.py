"""What is known of each document besides its text, ready to be coloured by and counted: numbers, times or kinds.

Of more than twenty kinds the most frequent stay and the others become one, "other"; what tells nothing apart is not
offered, and why is said.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

import numpy as np

MOST_KINDS = 20
LEAST_SHARE = 0.1  # of the documents, for the kinds that are shown of many
BINS = 24


@dataclass(frozen=True)
class Field:
    """A field of N documents. Numbers and times have `amounts` (N,) float64 (times: seconds since 1970, UTC; NaN where
    there is none); kinds have `groups` (N,) int32 into `names`, the most frequent first, -1 where there is none."""

    name: str
    kind: Literal["numbers", "times", "kinds"]
    amounts: np.ndarray | None = None
    groups: np.ndarray | None = None
    names: tuple[str, ...] = ()

    def told(self, amount: float) -> str:
        """An amount in words: 1,234 or 3.5; a time as its day, or its month for long spans."""
        if not math.isfinite(amount):
            return "none"
        if self.kind == "times":
            return datetime.fromtimestamp(amount, UTC).strftime("%Y-%m-%d")
        if amount == int(amount) and self._looks_like_years():
            return str(int(amount))
        return f"{amount:,.0f}" if abs(amount) >= 100 or amount == int(amount) else f"{amount:.3g}"

    def _looks_like_years(self) -> bool:
        assert self.amounts is not None
        return bool(1000 <= np.nanmin(self.amounts) and np.nanmax(self.amounts) <= 2200)


@dataclass(frozen=True)
class Bars:
    """A histogram: for each bar its label and how many of all documents and of the selected ones it holds, and which
    bar each document is in (N,) int32, -1 for none."""

    labels: tuple[str, ...]
    every: np.ndarray
    selected: np.ndarray
    bar_of: np.ndarray


def read(name: str, values: Sequence[Any]) -> Field | None:
    """The field as numbers, times (ISO 8601) or kinds (at most 20); None if it tells nothing apart, see `why_not`."""
    if not len(values):
        return None
    numbers = _numbers(values)
    if numbers is not None:
        return Field(name, "numbers", numbers) if _tells_apart(numbers) else None
    times = _times(values)
    if times is not None:
        return Field(name, "times", times) if _tells_apart(times) else None
    counted = Counter(kind for value in values if (kind := _kind_of(value)))
    if _why_no_kinds(counted, len(values)):
        return None
    names = sorted(counted, key=lambda kind: (-counted[kind], kind))
    if len(names) > MOST_KINDS:
        kept = names[: MOST_KINDS - 1]
        other = "other" if "other" not in kept else f"other ({len(names) - len(kept):,} values)"
        places = dict.fromkeys(names, len(kept)) | {kind: place for place, kind in enumerate(kept)}
        names = [*kept, other]
    else:
        places = {kind: place for place, kind in enumerate(names)}
    groups = np.array([places.get(_kind_of(value), -1) for value in values], dtype=np.int32)
    return Field(name, "kinds", groups=groups, names=tuple(names))


def why_not(name: str, values: Sequence[Any]) -> str:
    """Why a field is not offered for colours and histograms; "" where it is."""
    if read(name, values) is not None:
        return ""
    if not any(_kind_of(value) for value in values):
        return "it is empty"
    counted = Counter(kind for value in values if (kind := _kind_of(value)))
    if len(counted) == 1:
        return "all documents have the same value"
    return _why_no_kinds(counted, len(values)) or "it tells nothing apart"


def _why_no_kinds(counted: Counter[str], total: int) -> str:
    """Why values are no kinds: fewer than two, all different, or so many that the most frequent ones say little."""
    if len(counted) < 2 and not (counted and sum(counted.values()) < total):
        return "all documents have the same value"
    if len(counted) <= MOST_KINDS:
        return ""
    top = sum(often for _, often in counted.most_common(MOST_KINDS - 1))
    if len(counted) == sum(counted.values()):
        return "each document has another value"
    if top < LEAST_SHARE * total:
        return f"{len(counted):,} different values, and the {MOST_KINDS - 1} most frequent ones are rare"
    return ""


def _kind_of(value: Any) -> str:
    """A value as the name of a kind; "" where there is none."""
    if value is None:
        return ""
    return ("yes" if value else "no") if isinstance(value, bool) else str(value).strip()[:200]


def _tells_apart(amounts: np.ndarray) -> bool:
    return len(np.unique(amounts[np.isfinite(amounts)])) > 1


def count(field: Field, rows: np.ndarray) -> Bars:
    """How the field's values spread over all documents and over the selected `rows`."""
    if field.groups is not None:
        bar_of, labels = field.groups, field.names
    else:
        assert field.amounts is not None
        known = np.isfinite(field.amounts)
        distinct = np.unique(field.amounts[known])
        if len(distinct) <= BINS and field.kind == "numbers":
            edges, labels = distinct, tuple(field.told(value) for value in distinct.tolist())
            bar_of = np.searchsorted(edges, np.nan_to_num(field.amounts, nan=distinct[0])).astype(np.int32)
        else:
            edges = np.linspace(distinct[0], distinct[-1], BINS + 1)
            labels = tuple(
                f"{field.told(low)} to {field.told(high)}"
                for low, high in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True)
            )
            bar_of = np.clip(
                np.searchsorted(edges, np.nan_to_num(field.amounts, nan=distinct[0]), "right") - 1, 0, BINS - 1
            ).astype(np.int32)
        bar_of = np.where(known, bar_of, -1).astype(np.int32)
    every = np.bincount(bar_of[bar_of >= 0], minlength=len(labels))
    chosen = bar_of[rows]
    return Bars(labels, every, np.bincount(chosen[chosen >= 0], minlength=len(labels)), bar_of)


def _numbers(values: Sequence[Any]) -> np.ndarray | None:
    """The numbers, NaN for None; None where a value is no number."""
    if any(value is not None and (isinstance(value, bool) or not isinstance(value, (int, float))) for value in values):
        return None
    found = np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    return found if np.isfinite(found).any() else None


def _times(values: Sequence[Any]) -> np.ndarray | None:
    """Seconds since 1970 where every value that is there is a date in ISO 8601; None if one is not."""
    found = np.full(len(values), np.nan)
    for row, value in enumerate(values):
        if value in ("", None):
            continue
        if not isinstance(value, str) or not 8 <= len(value) <= 40 or not value[:4].isdigit():
            return None
        try:
            time = datetime.fromisoformat(value.strip())
        except ValueError:
            return None
        found[row] = (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
    return found if np.isfinite(found).any() else None
