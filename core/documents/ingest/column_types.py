"""What the values of a column are: numbers, dates, yes or no, or text; identifiers stay text.

A column is guessed as a whole, by all of its values, and the person can say otherwise. What is changed by it ("1,5"
becomes 1.5, "01.02.2023" becomes "2023-02-01") is kept as it was written beside it, for exports.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from core.documents.ingest import dates

TEXT, NUMBER, DATE, YES_NO = "text", "number", "date", "yes or no"
DAY_FIRST, MONTH_FIRST = "date, day first", "date, month first"
KINDS = (TEXT, NUMBER, DATE, DAY_FIRST, MONTH_FIRST, YES_NO)
LONGEST = 2000  # letters of a field's value that are kept
MISSING = frozenset({"", "na", "n/a", "#n/a", "nan", "null", "none", "nil", "-", "--", "?", ".", "k.a.", "k. a."})
TRUE = frozenset("true yes y t ja j oui sí si sim wahr vrai verdadero sì on 是 да 真".split())
FALSE = frozenset("false no n f nein non não falsch faux falso off 否 нет 假".split())
_PLAIN = re.compile(r"[-−]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][-+]?\d+)?\Z")
_COMMA = re.compile(r"[-−]?\d+,\d+\Z")
_GROUPED = re.compile(r"[-−]?\d{1,3}(?:([.,'’ \xa0\u202f])\d{3})(?:\1\d{3})*(?:[.,]\d+)?\Z")
_UNIT = re.compile(r"^([$€£¥]|USD|EUR|GBP|CHF)?\s*(.*?)\s*([$€£¥%]|USD|EUR|GBP|CHF)?$")
_NAMES_IDENTIFIER = re.compile(
    r"(?i)(?:^|[^a-z])(?:id|ids|uid|uuid|sku|isbn|issn|ean|gtin|zip|zipcode|plz|postcode|postal.?code|phone|tel|fax|"
    r"mobile|ver|version|release|code|account|iban|konto|ssn|serial|key|hash)(?:[^a-z]|$)"
)
_NAMES_AMOUNT = re.compile(
    r"(?i)price|preis|prix|precio|prezzo|amount|betrag|cost|rating|score|total|sum|mean|average|weight|gewicht|length|"
    r"height|width|lat|lon|temp|percent|share|rate|value|wert"
)
EXACT = 2**53


@dataclass(frozen=True)
class Column:
    """The values of a column as `kind` says; what is not there is None ("" in a text). `originals`: as they were
    written, where that is not the same. `why`: what was guessed and from what, for the person."""

    kind: str
    values: list[Any]
    originals: list[str] | None = None
    why: str = ""


def read(name: str, cells: Sequence[str], native: bool = False, wanted: str = "") -> Column:
    """A column out of its cells, in their written form.

    `native`: they were numbers in the file (of JSON, Parquet, Excel), so that none is an identifier. `wanted`: one of
    `KINDS` that the person chose; what does not fit it is missing.

    Example: "1,5" and "" become 1.5 and None with the decimal comma told; "01000" stays text.
    """
    there = [cell.strip() for cell in cells if cell.strip().lower() not in MISSING]
    if wanted == TEXT or not there:
        return Column(TEXT, [cell[:LONGEST] for cell in cells])
    if wanted:
        return _as_wanted(cells, there, wanted)
    if (found := dates.form_of(name, there)) is not None:
        kind = (MONTH_FIRST if found.month_first else DAY_FIRST) if found.why else DATE
        return _changed(kind, cells, found.parse, found.why)
    parse, why = _number_form(name, there, native)
    if parse is not None:
        return _changed(NUMBER, cells, parse, why)
    if _are_yes_no(there):
        return _changed(YES_NO, cells, _yes_no, "")
    return Column(TEXT, [cell[:LONGEST] for cell in cells], None, why)


def _changed(kind: str, cells: Sequence[str], parse: Callable[[str], Any], why: str) -> Column:
    values = [None if cell.strip().lower() in MISSING else parse(cell.strip()) for cell in cells]
    if kind == NUMBER and all(value is None or float(value).is_integer() for value in values):
        values = [None if value is None else int(value) for value in values]
    same = all(("" if value is None else str(value)) == cell for value, cell in zip(values, cells, strict=True))
    return Column(kind, values, None if same else [cell[:LONGEST] for cell in cells], why)


def _as_wanted(cells: Sequence[str], there: list[str], wanted: str) -> Column:
    """The column as the person says that it is: what does not fit is missing."""
    if wanted == NUMBER:
        comma = sum(bool(_COMMA.match(_bare(cell))) for cell in there) > len(there) / 2
        parse: Callable[[str], Any] = _parsed_number(comma or _decimal_comma([_bare(cell) for cell in there]))
    elif wanted == YES_NO:
        parse = _yes_no
    else:
        parse = dates.parser(wanted == MONTH_FIRST)

    def tried(cell: str) -> Any:
        try:
            return parse(cell)
        except (ValueError, OverflowError):
            return None

    return _changed(wanted, cells, tried, "as chosen")


# ---------------------------------------------------------------- numbers


def _number_form(name: str, there: list[str], native: bool) -> tuple[Callable[[str], float] | None, str]:
    """(how the numbers of a column are read, what is said of it); None where they are none, or identifiers."""
    bare = [_bare(cell) for cell in there]
    if not all(_PLAIN.match(cell) or _COMMA.match(cell) or _GROUPED.match(cell) for cell in bare):
        return None, ""
    if native:
        return _parsed_number(False), ""
    if reason := _identifiers(name, bare, bare != there or any("," in cell for cell in bare)):
        return None, reason
    comma = _decimal_comma(bare)
    parse = _parsed_number(comma)
    try:
        for cell in there:
            if abs(parse(cell)) == float("inf"):
                return None, ""
    except ValueError:
        return None, ""
    return parse, "decimal comma" if comma and any("," in cell for cell in bare) else ""


def _bare(cell: str) -> str:
    """A number without its currency or percent sign."""
    found = _UNIT.match(cell)
    return found.group(2) if found and found.group(2) else cell


def _identifiers(name: str, bare: list[str], amounts: bool) -> str:
    """Why digits are no numbers: leading zeros, exponents like 1e1, versions like 1.10, too many digits; "" else.

    `amounts`: they have units or commas, as versions do not.
    """
    if any(re.match(r"[-−]?0\d", cell) for cell in bare):
        return "stays text: leading zeros"
    if any(re.fullmatch(r"\d+[eE]\d+", cell) for cell in bare):
        return "stays text: codes such as 1e1"
    if any(len(re.sub(r"\D", "", cell.split(".")[0])) > 15 for cell in bare):
        return "stays text: too many digits for a number"
    if _NAMES_IDENTIFIER.search(name) and not all(re.fullmatch(r"\d{1,4}", cell) for cell in bare):
        if any(re.search(r"[.,]\d*0$", cell) for cell in bare) or re.search(
            r"(?i)zip|plz|post|phone|tel|isbn|ean", name
        ):
            return "stays text: its name says that it is an identifier"
    decimals = {len(cell.partition(".")[2]) for cell in bare if "." in cell}
    if any(re.search(r"\.\d*0$", cell) for cell in bare) and not amounts and not _NAMES_AMOUNT.search(name):
        if len(decimals) > 1 or any("." not in cell for cell in bare):
            return "stays text: 1.1 and 1.10 are not the same"
        if len(set(bare)) <= 20:
            return "stays text: few values with zeros at their ends, as versions have them"
    return ""


def _decimal_comma(bare: list[str]) -> bool:
    """Whether the comma separates decimals and not thousands."""
    both = [cell for cell in bare if "," in cell and "." in cell]
    if both:
        return all(cell.rindex(",") > cell.rindex(".") for cell in both)
    commas = [cell for cell in bare if "," in cell]
    thousands = all(re.fullmatch(r"[-−]?\d{1,3}(?:,\d{3})+", cell) for cell in commas)
    dots = [cell for cell in bare if "." in cell]
    if commas and thousands and not any(cell.startswith(("0,", "-0,")) for cell in commas):
        return False
    if not commas and dots and all(cell.count(".") > 1 for cell in dots):
        return True  # 1.234.567
    return bool(commas)


def _parsed_number(comma: bool) -> Callable[[str], float]:
    def parse(cell: str) -> float:
        text = re.sub(r"['’ \xa0\u202f]", "", _bare(cell)).replace("−", "-")
        text = text.replace(".", "").replace(",", ".") if comma else text.replace(",", "")
        number = float(text)
        return int(number) if number.is_integer() and abs(number) < EXACT and not re.search(r"[.eE]", text) else number

    return parse


# ---------------------------------------------------------------- yes or no


def _are_yes_no(there: list[str]) -> bool:
    """Whether all are words for yes and no, of more than one letter where there is only one of the two."""
    found = {cell.lower() for cell in there}
    if not found <= TRUE | FALSE:
        return False
    return bool(found & TRUE and found & FALSE) or all(len(cell) > 2 for cell in found)


def _yes_no(cell: str) -> bool:
    if cell.lower() in TRUE or cell == "1":
        return True
    if cell.lower() in FALSE or cell == "0":
        return False
    raise ValueError(cell)


# ---------------------------------------------------------------- for files


def one_kind(values: Sequence[Any]) -> list[Any]:
    """Values as a column of a file wants them: all floats if one is; None stays."""
    if any(isinstance(value, float) for value in values):
        return [None if value is None else float(value) for value in values]
    return list(values)


def arrow_type(values: Sequence[Any]) -> Any:
    """The type of a column of a file for all of these values, so that a block in which nothing is there has it, too."""
    import pyarrow as pa

    kinds = {type(value) for value in values if value is not None}
    if kinds == {bool}:
        return pa.bool_()
    if kinds == {int}:
        return pa.int64()
    return pa.float64() if kinds and kinds <= {int, float} else pa.string()
