"""The tokens of an answer as a record keeps them: short lists, compressed."""

from __future__ import annotations

import json
import math
import zlib
from collections.abc import Sequence
from typing import Any

from core.prompting.settings import Step


def packed(value: Any) -> bytes:
    """What JSON can say, compressed."""
    return zlib.compress(json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass"), 6)


def unpacked(content: bytes) -> Any:
    """The same back. Raises zlib.error or ValueError where it is damaged."""
    return json.loads(zlib.decompress(content).decode("utf-8", "surrogatepass"))


def as_list(step: Step) -> list[Any]:
    """A step as short as it can be written."""
    numbers = [None if math.isnan(value) else value for value in (step.probability, step.after_sampling, step.entropy)]
    others = [[other.token_id, other.text, other.probability, other.after_sampling] for other in step.alternatives]
    return [step.text, step.token_id, *numbers, step.rank, others, step.refused]


def as_step(values: Sequence[Any]) -> Step:
    """The same back."""
    text, token, probability, after, entropy, rank, others, *more = values
    return Step.from_dict({
        "text": text, "token_id": token, "probability": math.nan if probability is None else probability,
        "after_sampling": after or 0.0, "entropy": entropy or 0.0, "rank": rank, "alternatives": others,
        "refused": more[0] if more else ""})
