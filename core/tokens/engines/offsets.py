"""Where tokens lie in a text whose cutter tells their bytes alone, and not all of them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

_FARTHEST = 24  # bytes that may lie between a token and the next one that is found again


def spans(raw: bytes, tokens: Sequence[bytes | None]) -> list[tuple[int, int]]:
    """Places (start, end) of tokens in a text. What normalising changed lies between what it left.

    Example: " hello" before "!" in "Hello!" is not there as it is spelled, so it gets bytes 0 to 5.
    """
    whole = b"".join(token or b"" for token in tokens)
    if (added := len(whole) - len(raw)) in (0, 1) and whole == b" " * added + raw and None not in tokens:
        ends = [end - added for end in itertools.accumulate(len(token or b"") for token in tokens)]
        return [(max(begin, 0), max(end, 0)) for begin, end in zip([-added, *ends], ends, strict=False)]
    found: list[tuple[int, int] | None] = []
    at = 0
    for token in tokens:
        wanted, after_unknown = token or b"", bool(found) and found[-1] is None
        for candidate in (wanted, wanted.lstrip(b" ")):
            start = raw.find(candidate, at, at + len(candidate) + _FARTHEST) if candidate else -1
            if start >= 0 and (start == at or after_unknown or raw[at:start].isspace()):
                found.append((start, start + len(candidate)))
                at = start + len(candidate)
                break
        else:
            found.append((at, at) if token and not token.strip() else None)
    return _fill(raw, found)


def _fill(raw: bytes, found: list[tuple[int, int] | None]) -> list[tuple[int, int]]:
    """Tokens without a place share what lies between their neighbours, a byte each if that comes out."""
    spans: list[tuple[int, int]] = []
    number = 0
    while number < len(found):
        place = found[number]
        if place is not None:
            spans.append(place)
            number += 1
            continue
        last = number
        while last < len(found) and found[last] is None:
            last += 1
        begin = spans[-1][1] if spans else 0
        after = found[last] if last < len(found) else None
        end = max(begin, after[0] if after else len(raw))
        count = last - number
        spans += [(begin + i, begin + i + 1) for i in range(count)] if end - begin == count else [(begin, end)] * count
        number = last
    return spans
