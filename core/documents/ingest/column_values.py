"""The values of a field as a column of a file wants them: all of one kind."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any


def plain(values: list[Any]) -> list[Any]:
    """One kind of value in a field: numbers where all are numbers, else text of at most 200 letters."""
    try:
        numbers = [float(value) for value in values]
        if all(number == number and abs(number) != float("inf") for number in numbers):
            return [int(number) if number.is_integer() and abs(number) < 2**53 else number for number in numbers]
    except (TypeError, ValueError):
        pass
    return ["" if value is None else str(value)[:200] for value in values]


def one_kind(values: Sequence[Any]) -> list[Any]:
    """Values as a column of a file wants them: all floats if one is."""
    return [float(value) for value in values] if any(isinstance(value, float) for value in values) else list(values)
