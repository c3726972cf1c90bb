"""Labels that tell imported sets from each other: the name, and where two share it, what distinguishes them.

A set is known by its key; a label is only shown. Files of one name in two folders get as much of their path as it takes
(a/vectors.txt, b/vectors.txt); a file that was read again after it changed, and uploads of one name, the time as well.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from pathlib import PurePath

from core.words.files.store import Stored


def labels(sets: Sequence[Stored], taken: Collection[str] = ()) -> dict[str, str]:
    """A label for each set, by key, no two alike and none of `taken`.

    Example: vectors.txt from /data/a and /data/b give a/vectors.txt and b/vectors.txt.
    """
    found = {item.key: item.title for item in sets}
    for group in _alike(sets, found, taken):
        found.update(_with_paths(group))
    for group in _alike(sets, found, taken):
        found.update({item.key: f"{found[item.key]}, {_when(item)}" for item in group})
    for group in _alike(sets, found, taken):
        found.update({item.key: f"{found[item.key]}, {item.words:,} x {item.dimension:,}" for item in group})
    for group in _alike(sets, found, taken):
        found.update({item.key: f"{found[item.key]}, {item.key[:6]}" for item in group})
    return found


def _alike(sets: Sequence[Stored], found: dict[str, str], taken: Collection[str]) -> list[list[Stored]]:
    """Groups of sets with one label; a set whose label is taken is a group of its own."""
    counted = Counter(found.values())
    groups: dict[str, list[Stored]] = {}
    for item in sets:
        label = found[item.key]
        if counted[label] > 1 or label in taken:
            groups.setdefault(label, []).append(item)
    return list(groups.values())


def _with_paths(group: Sequence[Stored]) -> dict[str, str]:
    """The shortest ends of the paths that differ; of a set without a path, the title as it is."""
    parts = {item.key: PurePath(item.source).parts for item in group if len(PurePath(item.source).parts) > 1}
    found = {item.key: item.title for item in group}
    for key, own in parts.items():
        others = [other for name, other in parts.items() if name != key and other != own]
        depth = next((n for n in range(1, len(own)) if all(own[-n:] != other[-n:] for other in others)), len(own))
        if others and own[-1] == found[key]:
            found[key] = "/".join(own[-depth:])
        elif others:
            found[key] = f"{found[key]} ({'/'.join(own[-max(depth, 2) : -1])})"
    return found


def _when(item: Stored) -> str:
    return time.strftime("%d %b %Y %H:%M", time.localtime(item.read_at)) if item.read_at else "read earlier"


def shortened(names: Mapping[str, str], longest: int) -> dict[str, str]:
    """The labels by key, long ones cut in the middle, where paths are alike the least; whole where two would be alike.

    Example: "archive/2024/en/vectors.txt" in 21 characters is "archive/20…ectors.txt".
    """
    tail = longest // 2
    cut = {
        key: name if len(name) <= longest else f"{name[: longest - tail - 1]}…{name[-tail:]}"
        for key, name in names.items()
    }
    counted = Counter(cut.values())
    return {key: short if counted[short] == 1 else names[key] for key, short in cut.items()}
