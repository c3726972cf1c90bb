"""Where the messages of a conversation stand in its rendered prompt, and what of them the template leaves out.

The text of a message cannot be looked for: "user" stands in every template. So the template is run twice, the second
time with marks in the messages, each a character that no text has; the marks' places in the second prompt, less the
marks before them, are places in the first. A mark stands where a template does not look: inside the blanks at a
message's ends, and beside names of tokens ("</think>"), by which templates cut messages apart.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

Message = dict[str, Any]
Render = Callable[[list[Message]], str]

_FIRST_MARK = 0xF0000  # private use, beyond the first plane; a mark is one code point
_MOST_MARKS = 0xFFFD
_TAG = re.compile(r"</?[\w|｜▁:+ -]{1,40}\|?>|\[/?[A-Z_]{2,24}\]")
_MARKS = re.compile("[\U000f0000-\U000ffffd]")


@dataclass(frozen=True)
class Located:
    """A rendered prompt. `spans[i]`: the stretches (characters) of message i in it; `dropped[i]`: texts of message i
    that are not in it; `sure`: whether the marks showed it (else it is where the prompts differ)."""

    rendered: str
    spans: tuple[tuple[tuple[int, int], ...], ...]
    dropped: tuple[tuple[str, ...], ...]
    sure: bool = True


def locate(render: Render, messages: Sequence[Message]) -> Located:
    """Render the conversation and find its messages in the prompt.

    Raises:
        UserError: the template refuses the conversation.
    """
    rendered = render([dict(message) for message in messages])
    contents = [str(message.get("content") or "") for message in messages]
    if not any(map(_MARKS.search, (rendered, *contents))):
        for cut in (_cores_and_blanks, _cores, _whole):
            found = _by_marks(render, messages, contents, rendered, cut)
            if found is not None:
                return found
    return _by_difference(render, messages, contents, rendered)


Core = tuple[int, int]


def _cores(content: str) -> list[Core]:
    """The texts between names of tokens, without blanks at their ends: (start, end) in the content."""
    edges = [0, *(edge for tag in _TAG.finditer(content) for edge in tag.span()), len(content)]
    found = [_inked(content, start, end) for start, end in zip(edges[::2], edges[1::2], strict=True)]
    return [core for core in found if core[0] < core[1]] or _whole(content)


def _cores_and_blanks(content: str) -> list[Core]:
    """The same, the first and the last with the blanks at the message's ends: they are the message's own, if a template
    does not strip them."""
    cores = _cores(content)
    if cores and not content[: cores[0][0]].strip():
        cores[0] = (0, cores[0][1])
    if cores and not content[cores[-1][1] :].strip():
        cores[-1] = (cores[-1][0], len(content))
    return cores


def _whole(content: str) -> list[Core]:
    core = _inked(content, 0, len(content))
    return [core] if core[0] < core[1] else []


def _inked(content: str, start: int, end: int) -> Core:
    part = content[start:end]
    return start + len(part) - len(part.lstrip()), end - (len(part) - len(part.rstrip()))


def _by_marks(
    render: Render, messages: Sequence[Message], contents: list[str], rendered: str, cut: Callable[[str], list[Core]]
) -> Located | None:
    """None where the marks change more than themselves, or there are too many."""
    cores = [(number, core) for number, content in enumerate(contents) for core in cut(content)]
    if 2 * len(cores) > _MOST_MARKS:
        return None
    marked = list(contents)
    for index in range(len(cores) - 1, -1, -1):  # from the end, so that earlier places stay
        number, (start, end) = cores[index]
        first, last = chr(_FIRST_MARK + 2 * index), chr(_FIRST_MARK + 2 * index + 1)
        text = marked[number]
        marked[number] = text[:start] + first + text[start:end] + last + text[end:]
    try:
        second = render([{**message, "content": text} for message, text in zip(messages, marked, strict=True)])
    except Exception:  # it looks into the text: at its beginning, at its length
        return None
    if _MARKS.sub("", second) != rendered:
        return None
    places: dict[int, list[int]] = {}
    for before, mark in enumerate(_MARKS.finditer(second)):
        places.setdefault(ord(mark.group()) - _FIRST_MARK, []).append(mark.start() - before)
    spans: list[list[tuple[Core, int]]] = [[] for _ in contents]
    for index, (number, core) in enumerate(cores):
        for start, end in zip(places.get(2 * index, []), places.get(2 * index + 1, []), strict=False):
            if rendered[start:end] == contents[number][core[0] : core[1]]:
                spans[number].append((core, start))
    grown = [_grown(content, rendered, found) for content, found in zip(contents, spans, strict=True)]
    return Located(rendered, tuple(spans for spans, _ in grown), tuple(dropped for _, dropped in grown))


def _grown(
    content: str, rendered: str, found: list[tuple[Core, int]]
) -> tuple[tuple[tuple[int, int], ...], tuple[str, ...]]:
    """The stretches of one message, each grown over what stands around it in both texts; and what is in none."""
    stretches: list[list[int]] = []  # start and end in the content, start in the prompt
    for (start, end), at in sorted(found, key=lambda one: one[1]):
        last = stretches[-1] if stretches else None
        if last and last[1] <= start and rendered[last[2] + last[1] - last[0] : at] == content[last[1] : start]:
            last[1] = end
        else:
            stretches.append([start, end, at])
    covered = bytearray(len(content))
    spans = []
    begins = [0, *(tag.start() for tag in _TAG.finditer(content))]
    ends = [*(tag.end() for tag in _TAG.finditer(content)), len(content)]
    for start, end, at in stretches:
        stop = at + end - start
        ink_start, ink_end = start, end
        while start and at and content[start - 1] == rendered[at - 1] and not covered[start - 1]:
            start, at = start - 1, at - 1
        while end < len(content) and stop < len(rendered) and content[end] == rendered[stop]:
            end, stop = end + 1, stop + 1
        # A name is taken whole or not at all: ">" may as well be the end of a name of the template's.
        from_edge = min((edge for edge in begins if start <= edge <= ink_start), default=ink_start)
        to_edge = max((edge for edge in ends if ink_end <= edge <= end), default=ink_end)
        start, at, end, stop = from_edge, at + from_edge - start, to_edge, stop - (end - to_edge)
        if not content[start:ink_start].strip():  # blanks alone may as well be the template's
            at, start = at + ink_start - start, ink_start
        if not content[ink_end:end].strip():
            stop, end = stop - (end - ink_end), ink_end
        covered[start:end] = b"\1" * (end - start)
        spans.append((at, stop))
    dropped = [content[gap.start() : gap.end()].strip() for gap in re.finditer(rb"\0+", bytes(covered))]
    return tuple(spans), tuple(filter(None, dropped))


def _by_difference(render: Render, messages: Sequence[Message], contents: list[str], rendered: str) -> Located:
    """Each message where the prompt changes when only its last letter does, as far as its own text reaches there."""
    spans, dropped = [], []
    for number, content in enumerate(contents):
        core = content.strip()
        span = _changed(render, messages, number, content, rendered) if core else None
        spans.append((span,) if span else ())
        dropped.append(() if span or not core else (core,))
    return Located(rendered, tuple(spans), tuple(dropped), sure=False)


def _changed(
    render: Render, messages: Sequence[Message], number: int, content: str, rendered: str
) -> tuple[int, int] | None:
    core = content.strip()
    others = [dict(message) for message in messages]
    others[number]["content"] = content.replace(core, core + ("x" if core[-1] != "x" else "y"))
    try:
        second = render(others)
    except Exception:
        return None
    if second == rendered:
        return None
    at = next((i for i, (a, b) in enumerate(zip(rendered, second, strict=False)) if a != b), len(rendered))
    start = rendered.rfind(core, 0, at)  # what was added stands behind the text
    return (start, start + len(core)) if start >= 0 else (at, at)
