"""A grammar in GBNF, read for what is wrong with it and where, before any model or native parser sees it.

Source of the notation: llama.cpp, grammars/README.md. What its parser takes is taken here, and nothing more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

MOST_REPETITIONS = 2000  # llama.cpp's own limit
_NAME, _INT = re.compile(r"[a-zA-Z0-9-]+"), re.compile(r"[0-9]+")
_HEX = {"x": 2, "u": 4, "U": 8}
_TOKEN = re.compile(r"!?<(?:\[[0-9]{1,9}\]|[^<>\s\[]+)>")
_COUNT = {
    inside: re.compile(r"\{_*([0-9]+)_*(?:(,)_*([0-9]+)?_*)?\}".replace("_", space))
    for inside, space in ((True, r"\s"), (False, r"[ \t]"))
}  # lines may end within brackets only


@dataclass(frozen=True)
class Problem:
    """What is wrong, and where: line and column count from 1."""

    what: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"Line {self.line}, column {self.column}: {self.what}."


@dataclass
class _Item:
    """One part of a sequence: `rule` names what it refers to ("" for letters), `empty` whether it may be nothing."""

    place: int
    rule: str = ""
    empty: bool = False
    size: int = 1


@dataclass
class _Open:
    """A rule or a bracket being read: its alternatives so far."""

    name: str
    place: int
    alternatives: list[list[_Item]] = field(default_factory=lambda: [[]])
    rules_before: int = 0


class _Wrong(Exception):
    def __init__(self, what: str, place: int) -> None:
        super().__init__(what)
        self.what, self.place = what, place


def problems(text: str) -> list[Problem]:
    """What is wrong with a grammar; [] for one that llama.cpp can use.

    Example: problems('root ::= "a" b') -> [line 1, column 14: no rule is called “b”].
    """
    reader = _Reader(text)
    try:
        reader.read()
    except _Wrong as wrong:
        return [_at(text, wrong.what, wrong.place)]
    found = [(place, f"no rule is called “{name}”") for name, place in reader.named.items() if name not in reader.rules]
    if not found:
        found = _beginning_with_themselves(reader.rules, reader.endless)
    if "root" not in reader.rules:
        found.insert(0, (0, "there is no rule called root, with which an answer begins"))
    return [_at(text, what, place) for place, what in sorted(found)]


def _at(text: str, what: str, place: int) -> Problem:
    before = text[:place]
    return Problem(what, before.count("\n") + 1, place - (before.rfind("\n") + 1) + 1)


class _Reader:
    """Reads rules; brackets are on a list of our own, so that deep ones cost no stack."""

    def __init__(self, text: str) -> None:
        self.text, self.at = text, 0
        self.rules: dict[str, list[list[_Item]]] = {}
        self.named: dict[str, int] = {}
        self.endless: list[tuple[int, _Item]] = []
        self._made = 0

    def read(self) -> None:
        self._space(lines=True)
        while self.at < len(self.text):
            self._rule()
            self._space(lines=True)

    def _rule(self) -> None:
        start = self.at
        name = self._match(_NAME, "a rule begins with its name: letters, digits and hyphens")
        self._space()
        if not self.text.startswith("::=", self.at):
            raise _Wrong(f"after the name “{name[:40]}” comes ::=", self.at)
        self.at += 3
        self._space(lines=True)
        self.rules[name] = self._alternatives(name, start)
        if self.at < len(self.text) and self.text[self.at] not in "\r\n":
            raise _Wrong(f"“{self.text[self.at]}” cannot be here; a rule ends with its line", self.at)

    def _alternatives(self, name: str, start: int) -> list[list[_Item]]:
        stack = [_Open(name, start)]
        while True:
            inside, sequence = len(stack) > 1, stack[-1].alternatives[-1]
            letter = self.text[self.at : self.at + 1]
            if letter == "|":
                self.at += 1
                stack[-1].alternatives.append([])
                self._space(lines=True)
            elif letter == "(":
                self._made += 1
                stack.append(_Open(f"({self._made}", self.at, rules_before=self._made - 1))
                self.at += 1
                self._space(lines=True)
            elif letter == ")" and inside:
                closed = stack.pop()
                self.rules[closed.name] = closed.alternatives
                self.at += 1
                stack[-1].alternatives[-1].append(
                    _Item(closed.place, closed.name, size=max(1, self._made - closed.rules_before))
                )
                self._space(lines=len(stack) > 1)
            elif letter and letter in "*+?{":
                self._repeat(sequence, inside)
            elif not self._item(letter, sequence, inside):
                break
        if len(stack) > 1:
            raise _Wrong(
                "this bracket is never closed"
                if not letter or letter in "\r\n"
                else f"“{letter}” cannot be inside these brackets",
                stack[-1].place if not letter else self.at,
            )
        return stack[0].alternatives

    def _item(self, letter: str, sequence: list[_Item], inside: bool) -> bool:
        start = self.at
        if letter == '"':
            sequence.append(_Item(start, empty=not self._letters('"', "this text is never closed")))
        elif letter == "[":
            self.at += self.text.startswith("[^", start)
            sequence.append(_Item(start, empty=not self._letters("]", "this set of letters is never closed")))
        elif letter == ".":
            self.at += 1
            sequence.append(_Item(start))
        elif letter and letter in "<!":
            self._match(_TOKEN, "a token is written <[its id]> or <its text>")
            sequence.append(_Item(start))
        elif letter and _NAME.match(letter):
            name = self._match(_NAME, "")
            self.named.setdefault(name, start)
            sequence.append(_Item(start, name))
        else:
            return False
        self._space(lines=inside)
        return True

    def _letters(self, end: str, unclosed: str) -> int:
        """Read letters up to `end`; how many there were."""
        start, count = self.at, 0
        self.at += 1
        while not self.text.startswith(end, self.at):
            if self.at >= len(self.text):
                raise _Wrong(unclosed, start)
            self._letter(start, unclosed)
            count += 1
            if end == "]" and self.text.startswith("-", self.at) and not self.text.startswith("-]", self.at):
                self.at += 1
                self._letter(start, unclosed)
        self.at += 1
        return count

    def _letter(self, start: int, unclosed: str) -> None:
        if self.at >= len(self.text):
            raise _Wrong(unclosed, start)
        if self.text[self.at] != "\\":
            self.at += 1
            return
        kind = self.text[self.at + 1 : self.at + 2]
        digits = _HEX.get(kind, 0)
        if not digits and (not kind or kind not in 'trn\\"[]-'):
            raise _Wrong(f'\\{kind} is no escape; there are \\n \\r \\t \\\\ \\" \\[ \\] \\- \\x \\u \\U', self.at)
        shown = self.text[self.at + 2 : self.at + 2 + digits]
        if digits and not re.fullmatch(f"[0-9a-fA-F]{{{digits}}}", shown):
            raise _Wrong(f"\\{kind} needs {digits} hexadecimal digits after it", self.at)
        if digits and not 0 < int(shown, 16) <= 0x10FFFF and int(shown, 16):
            raise _Wrong("there is no such character", self.at)
        self.at += 2 + digits

    def _repeat(self, sequence: list[_Item], inside: bool) -> None:
        start, letter = self.at, self.text[self.at]
        least, most = {"*": (0, None), "+": (1, None), "?": (0, 1)}.get(letter, (0, None))
        if letter == "{":
            found = _COUNT[inside].match(self.text, start)
            if not found:
                raise _Wrong("a repetition is written {3}, {3,} or {3,5}", start)
            least = int(found[1])
            most = int(found[3]) if found[3] else None if found[2] else least
            self.at = found.end()
        else:
            self.at += 1
        if not sequence or (sequence[-1].empty and not sequence[-1].rule and sequence[-1].size):
            raise _Wrong(f"there is nothing before {letter} that it could repeat", start)
        if most is not None and most < least:
            raise _Wrong(f"{most} is less than {least}", start)
        item = sequence[-1]
        item.size *= max(1, most if most is not None else least)
        if least > MOST_REPETITIONS or item.size > MOST_REPETITIONS:
            raise _Wrong(f"more than {MOST_REPETITIONS:,} repetitions", start)
        if most is None:
            self.endless.append((start, _Item(item.place, item.rule, item.empty)))
        if least == 0:
            item.empty = True
            item.rule = item.rule or "\0"  # something that may be left out, and may be repeated again
        self._space(lines=inside)

    def _match(self, pattern: re.Pattern[str], what: str) -> str:
        found = pattern.match(self.text, self.at)
        if not found:
            raise _Wrong(what, self.at)
        self.at = found.end()
        return found[0]

    def _space(self, lines: bool = False) -> None:
        while self.at < len(self.text):
            letter = self.text[self.at]
            if letter == "#":
                end = re.compile(r"[\r\n]|\Z").search(self.text, self.at)
                self.at = end.start() if end else len(self.text)
            elif letter in " \t" or (lines and letter in "\r\n"):
                self.at += 1
            else:
                return


def _beginning_with_themselves(
    rules: dict[str, list[list[_Item]]], endless: list[tuple[int, _Item]]
) -> list[tuple[int, str]]:
    """Rules that can begin with themselves (left recursion), which no parser of this kind survives.

    Repeating without end what may be nothing is such a rule too: `("a"?)*`.
    """
    nothing: set[str] = {"\0"}
    while True:  # which rules may be nothing at all: grows until it stays
        more = {
            name
            for name, alternatives in rules.items()
            if name not in nothing
            and any(all(item.empty or item.rule in nothing for item in row) for row in alternatives)
        }
        if not more:
            break
        nothing |= more
    first: dict[str, dict[str, int]] = {name: {} for name in rules}
    for name, alternatives in rules.items():
        for row in alternatives:
            for item in row:
                if item.rule and item.rule in rules:
                    first[name].setdefault(item.rule, item.place)
                if not (item.empty or item.rule in nothing):
                    break
    found = [
        (place, "what may be nothing is repeated without end")
        for place, item in endless
        if item.empty or item.rule in nothing
    ]
    for name in rules:
        reached, queue = set(), list(first[name])
        while queue:
            other = queue.pop()
            if other == name:
                place = min(first[name].values())
                shown = name if not name.startswith("(") else "in brackets"
                found.append((place, f"the rule {shown} can begin with itself, so it would never come to a letter"))
                break
            if other not in reached:
                reached.add(other)
                queue += first[other]
    return found[:5]
