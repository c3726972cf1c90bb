"""A conversation as a tree of turns: nothing said is lost by editing a question or asking for another answer.

One way through the tree is shown and sent: from the first turn to the current one. Editing a turn, or answering again,
adds another one beside it; one can switch between those. The oldest turns may be left out of what is sent,
with or without a summary in their place.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from core.prompting.thinking import split

SUMMARY = "Earlier in this conversation: "


@dataclass
class Turn:
    """What one side said. An answer also has the run that wrote it and the title of its model."""

    role: str
    text: str
    run: Any = None
    by: str = ""
    id: int = -1
    parent: int | None = None


@dataclass
class Tree:
    """All turns by id; `current` is the last turn of the way that is shown."""

    all: dict[int, Turn] = field(default_factory=dict)
    current: int | None = None
    cuts: dict[int, str] = field(default_factory=dict)
    """Turn id -> what is sent instead of it and all before it: a summary, or "" for nothing."""
    removed: tuple[dict[int, Turn], int | None] | None = None
    _ids: Any = field(default_factory=itertools.count)

    @property
    def turns(self) -> list[Turn]:
        """The way that is shown, from the first turn to the current one."""
        way: list[Turn] = []
        place = self.current
        while place is not None:
            way.append(self.all[place])
            place = way[-1].parent
        return way[::-1]

    def add(self, role: str, text: str, run: Any = None, by: str = "") -> Turn:
        """Say something after the current turn."""
        turn = Turn(role, text, run, by, next(self._ids), self.current)
        self.all[turn.id] = turn
        self.current = turn.id
        return turn

    def beside(self, turn: Turn) -> list[Turn]:
        """The alternatives of this turn, itself among them, in the order in which they came."""
        return [other for other in self.all.values() if other.parent == turn.parent]

    def go_to(self, turn: Turn) -> None:
        """Show the way through `turn`, and on from it by what came last."""
        self.current = turn.id
        while after := [other.id for other in self.all.values() if other.parent == self.current]:
            self.current = after[-1]

    def go_before(self, turn: Turn) -> None:
        """Go back to where `turn` was about to be said, so that something else can be said there."""
        self.current = turn.parent

    def change(self, turn: Turn, text: str) -> Turn:
        """Another wording beside `turn`; what followed the old one stays with it."""
        self.go_before(turn)
        return self.add(turn.role, text, by=turn.by)

    def remove(self, turn: Turn) -> None:
        """Delete a turn with all that followed it; `restore` undoes that."""
        gone, before = {turn.id: turn}, self.current
        for other in self.all.values():  # parents come before their children
            if other.parent in gone:
                gone[other.id] = other
        left = [other for other in self.beside(turn) if other is not turn]
        self.all = {number: other for number, other in self.all.items() if number not in gone}
        self.removed = gone, before
        if left:
            self.go_to(left[-1])
        else:
            self.current = turn.parent

    def restore(self) -> None:
        """Undo the last `remove`."""
        if self.removed:
            gone, self.current = self.removed
            self.all = dict(sorted({**self.all, **gone}.items()))
            self.removed = None

    def leave_out(self, count: int, summary: str = "") -> None:
        """Send no more of the oldest `count` turns of the way shown, but `summary` in their place."""
        if count:
            self.cuts[self.turns[count - 1].id] = summary

    @property
    def left_out(self) -> int:
        """How many of the oldest turns of the way shown are not sent."""
        return max((place for place, turn in enumerate(self.turns, 1) if turn.id in self.cuts), default=0)

    def messages(self, system: str = "", skip: int | None = None) -> list[dict[str, str]]:
        """The way shown, as a chat template wants it; answers that came to nothing are left out.

        `skip` of the oldest turns are left out (None: as many as were decided on). What replaces them goes into
        the system prompt.
        """
        way = self.turns
        gone = self.left_out if skip is None else max(skip, self.left_out)
        sent = [{"role": turn.role, "content": text} for turn in way[gone:] if (text := _sent(turn))]
        summary = self.cuts.get(way[gone - 1].id, "") if gone else ""
        first = "\n\n".join(part for part in (system.strip(), summary and SUMMARY + summary) if part)
        return [{"role": "system", "content": first}, *sent] if first else sent

    def as_text(self) -> str:
        """The way shown as plain text, for the clipboard."""
        names = {"user": "You", "assistant": "Model"}
        return "\n\n".join(f"{names.get(turn.role, turn.role.title())}: {turn.text}" for turn in self.turns)

    @classmethod
    def of(cls, turns: Iterable[tuple[str, str, str]]) -> Tree:
        """A conversation without branches, of (role, text, by)."""
        tree = cls()
        for role, text, by in turns:
            tree.add(role, text, by=by)
        return tree


def _sent(turn: Turn) -> str:
    """What of a turn goes to the model: of an answer without its thinking, as models are trained to read it."""
    if turn.role != "assistant":
        return turn.text
    return split(turn.text).answer


def summary_request(turns: Sequence[Turn], before: str = "") -> list[dict[str, str]]:
    """What to ask a model for a summary of `turns`; `before` is the summary of what came still earlier."""
    said = "\n".join(f"{'Question' if turn.role == 'user' else 'Answer'}: {turn.text}" for turn in turns if turn.text)
    earlier = f"{SUMMARY}{before}\n" if before else ""
    return [{"role": "user", "content": f"Summarise this conversation in two sentences.\n\n{earlier}{said}"}]
