"""The licences of everything that is installed for the lab, as each distribution states its own

python -m core.licences
"""

from __future__ import annotations

import functools
import re
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from core.text import csv_text

ROOT = Path(__file__).resolve().parent.parent
LAB, TESTS = "the lab", "its tests"
NOT_STATED = "not stated"
LONGEST_NAME = 100  # characters; some distributions put a licence's whole text where its name belongs


@dataclass(frozen=True)
class Distribution:
    """An installed distribution.

    `licence` is what its own metadata state. `needed_by` names the distributions that ask for it; `part` is LAB, or
    TESTS where only the tests lead to it.
    """

    name: str
    version: str
    licence: str
    needed_by: tuple[str, ...]
    part: str


def stated_licence(about: metadata.PackageMetadata) -> str:
    """The licence that a distribution's metadata state, from the most exact field that is filled in.

    License-Expression holds an SPDX expression. Before it there was License, free text in which some put the licence's
    name and some its whole text; then a classifier says more.
    Source: Core metadata specifications, fields License-Expression, License and Classifier.
    """
    expression, text = ((about.get_all(field) or [""])[0].strip() for field in ("License-Expression", "License"))
    classifiers = [
        line.rpartition(" :: ")[2]
        for line in about.get_all("Classifier") or []
        if line.startswith("License :: ") and line != "License :: OSI Approved"
    ]
    named = text if "\n" not in text and len(text) <= LONGEST_NAME and text.upper() != "UNKNOWN" else ""
    first_line = text.partition("\n")[0].strip()[:LONGEST_NAME] if not named and text.upper() != "UNKNOWN" else ""
    return expression or named or ", ".join(classifiers) or first_line or NOT_STATED


def _asked_for(found: metadata.Distribution, extras: frozenset[str]) -> list[Requirement]:
    """What a distribution needs on this machine, with the extras that were asked of it."""
    needs = [Requirement(line) for line in found.requires or []]
    return [
        need
        for need in needs
        if need.marker is None or any(need.marker.evaluate({"extra": extra}) for extra in extras | {""})
    ]


def _walk(roots: list[Requirement]) -> dict[str, tuple[metadata.Distribution, set[str]]]:
    """By canonical name: every installed distribution that the roots lead to, and the names of those that need it."""
    found: dict[str, tuple[metadata.Distribution, set[str]]] = {}
    visited: set[tuple[str, frozenset[str]]] = set()
    waiting = [("", root) for root in roots]
    while waiting:
        asker, need = waiting.pop()
        name, extras = canonicalize_name(need.name), frozenset(need.extras)
        try:
            distribution = found[name][0] if name in found else metadata.distribution(need.name)
        except metadata.PackageNotFoundError:
            continue  # an optional part, or a requirement that was left out here: what is not there has no licence
        askers = found.setdefault(name, (distribution, set()))[1]
        if asker:
            askers.add(asker)
        if (name, extras) not in visited:
            visited.add((name, extras))
            waiting += [(distribution.name, further) for further in _asked_for(distribution, extras)]
    return found


def required(path: Path) -> list[Requirement]:
    """The lines of a requirements file, without comments and options.

    Raises:
        OSError: if the file is not there.
    """
    lines = (line.split(" #")[0].strip() for line in path.read_text(encoding="utf-8").splitlines())
    return [Requirement(line) for line in lines if re.match(r"\w", line)]


@functools.cache
def installed() -> tuple[Distribution, ...]:
    """What the requirements of the lab and of its tests lead to and is installed here, by name.

    Reads about 100 small files, once.
    """
    of_lab = required(ROOT / "requirements.txt")
    for_lab = _walk(of_lab)
    both = _walk(of_lab + required(ROOT / "tests" / "requirements.txt"))
    return tuple(
        Distribution(
            distribution.name,
            distribution.version,
            stated_licence(distribution.metadata),
            tuple(sorted(askers, key=str.lower)),
            LAB if name in for_lab else TESTS,
        )
        for name, (distribution, askers) in sorted(both.items())
    )


if __name__ == "__main__":
    rows = installed()
    sys.stdout.write(
        csv_text.as_csv(
            {
                "distribution": [row.name for row in rows],
                "version": [row.version for row in rows],
                "licence": [row.licence for row in rows],
                "needed by": [" ".join(row.needed_by) for row in rows],
                "part": [row.part for row in rows],
            },
            raw=True,
        )
    )
