"""Dates as people write them, in the order of their country; a column is read in one order."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

_TIME = (
    r"(?:[T,]?\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d{1,9})?)?\s*([AaPp]\.?[Mm]\.?)?\s*(Z|UTC|GMT|[-+]\d{2}:?\d{2})?)?"
)
_THREE = re.compile(rf"(\d{{1,4}})([./\- ])\s?(\d{{1,2}})\2\s?(\d{{1,4}}|\d{{2}}){_TIME}\Z")
_NAMED = re.compile(
    rf"(\d{{1,2}})(?:st|nd|rd|th|\.|º)?[\s\-/]+(?:de\s+)?([^\W\d_]{{3,12}})\.?,?[\s\-/]+(?:de\s+)?(\d{{4}}|\d{{2}}){_TIME}\Z"
)
_AMERICAN = re.compile(rf"([^\W\d_]{{3,12}})\.?\s+(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}}){_TIME}\Z")
_EASTERN = re.compile(rf"(\d{{4}})\s?[年년]\s?(\d{{1,2}})\s?[月월]\s?(\d{{1,2}})\s?[日일]\s*{_TIME}\Z")
_ISO = re.compile(
    r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:[.,]\d{1,9})?)?\s?(?:Z|[-+]\d{2}:?\d{2}(?::?\d{2})?)?)?\Z"
)
_MAIL = re.compile(
    r"(?:[A-Z][a-z]{2},\s*)?\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}(?::\d{2})?\s*(?:[-+]\d{4}|[A-Z]{1,5})"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})\Z")
_NAMES_DATE = re.compile(r"(?i)date|datum|day|tag$|fecha|jour|data$|time|when|created|updated|published")
MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "jan january januar jänner janvier enero ene gennaio gen janeiro januari",
            "feb february februar février févr febrero febbraio fevereiro februari fev",
            "mar march märz mär mrz mars marzo março maart",
            "apr april avril avr abril abr aprile",
            "may mai mayo maggio mag maio mei",
            "jun june juni juin junio giugno giu junho",
            "jul july juli juillet juil julio luglio lug julho",
            "aug august août agosto ago augustus",
            "sep sept september septembre septiembre settembre set setembro",
            "oct october oktober okt octobre octubre ottobre ott outubro out",
            "nov november novembre noviembre novembro",
            "dec december dezember dez décembre diciembre dic dicembre dezembro december déc",
        ),
        1,
    )
    for name in names.split()
}


@dataclass(frozen=True)
class Form:
    """How the dates of a column are read; `why`: what is said of it."""

    parse: Callable[[str], str]
    month_first: bool
    why: str


def form_of(name: str, there: Sequence[str]) -> Form | None:
    """The form in which all of these are dates, or None. Where both orders fit, a slash means month first.

    Example: "1/13/2021" and "2/3/2021" are month first; "01.02.2023" is day first.
    """
    if not all(6 <= len(cell) <= 40 and any(letter.isdigit() for letter in cell) for cell in there):
        return None
    compact = all(_COMPACT.match(cell) for cell in there)
    if compact and not _NAMES_DATE.search(name):
        return None
    fits = [first for first in (False, True) if _all(parser(first), there)]
    if not fits:
        return None
    if len(fits) == 1:
        return Form(parser(fits[0]), fits[0], "month first" if fits[0] else "day first")
    same = all(parser(False)(cell) == parser(True)(cell) for cell in there[:2000])
    if same:
        return Form(parser(False), False, "")
    first = sum("/" in cell for cell in there) > len(there) / 2
    why = "month first is guessed: both orders fit" if first else "day first is guessed: both orders fit"
    return Form(parser(first), first, why)


def _all(parse: Callable[[str], str], there: Sequence[str]) -> bool:
    try:
        for cell in there:
            parse(cell)
    except (ValueError, OverflowError):
        return False
    return True


def parser(month_first: bool) -> Callable[[str], str]:
    """A function from a date as it is written to ISO 8601 (a day, or a day with its time).

    It raises ValueError for what is no date.
    """

    def parse(cell: str) -> str:
        cell = " ".join(cell.split())
        if _ISO.match(cell):
            datetime.fromisoformat(cell.replace(",", ".").replace(" Z", "Z"))
            return cell
        if found := _COMPACT.match(cell):
            return _iso(int(found.group(1)), int(found.group(2)), int(found.group(3)))
        if found := _THREE.match(cell):
            one, _, two, three, *time = found.groups()
            if len(one) == 4:
                return _iso(int(one), int(two), int(three), time)
            if len(one) > 2 or len(three) not in (2, 4):
                raise ValueError(cell)
            day, month = (int(two), int(one)) if month_first else (int(one), int(two))
            return _iso(_year(three), month, day, time)
        if found := _EASTERN.match(cell):
            year, month_of, day_of, *time = found.groups()
            return _iso(int(year), int(month_of), int(day_of), time)
        if found := _NAMED.match(cell):
            day_of, named, year, *time = found.groups()
            return _iso(_year(year), _month(named), int(day_of), time)
        if found := _AMERICAN.match(cell):
            named, day_of, year, *time = found.groups()
            return _iso(int(year), _month(named), int(day_of), time)
        if _MAIL.match(cell):
            return parsedate_to_datetime(cell).isoformat()
        raise ValueError(cell)

    return parse


def _month(name: str) -> int:
    try:
        return MONTHS[name.lower()]
    except KeyError as problem:
        raise ValueError(name) from problem


def _year(digits: str) -> int:
    """A year; of two digits, one from 1970 to 2069."""
    year = int(digits)
    return year if len(digits) == 4 else year + (1900 if year >= 70 else 2000)


def _iso(year: int, month: int, day: int, time: Sequence[str | None] = ()) -> str:
    if not 1000 <= year <= 2999:
        raise ValueError(year)
    hour, minute, second, half, zone = [*time, *[None] * 5][:5]
    if hour is None:
        return datetime(year, month, day).date().isoformat()
    hours = int(hour)
    if half:
        if not 1 <= hours <= 12:
            raise ValueError(hour)
        hours = hours % 12 + (12 if half.lower().startswith("p") else 0)
    made = datetime(year, month, day, hours, int(minute or 0), int(second or 0)).isoformat()
    return made + ({"Z": "+00:00", "UTC": "+00:00", "GMT": "+00:00"}.get(zone, zone) if zone else "")
