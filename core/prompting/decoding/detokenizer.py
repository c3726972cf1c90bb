"""From tokens to text that can be shown: whole characters only, and nothing of a stop sequence.

A character may be spread over several tokens, and a stop sequence may begin at the end of one and end in the next, so
steps are held back until their text is certain. The work for a token does not grow with the length of the answer.
"""

from __future__ import annotations

import codecs
from dataclasses import replace

from core.prompting.settings import Step


class Detokenizer:
    """Takes one token after another (`text_of` its bytes, then `add`), gives the steps that can be shown.

    Example: with stop ("###",), bytes b"a#" give "a" at once and hold "#" back until the next token decides.
    """

    def __init__(self, stop: tuple[str, ...] = ()) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._stop = stop
        self._longest = max(map(len, stop), default=0)
        self._held: list[Step] = []
        self.stopped_by: str | None = None

    def text_of(self, piece: bytes) -> str:
        """What a token's bytes make readable, after those of the tokens before it; to be asked once for each token."""
        return self._decoder.decode(piece)

    def add(self, step: Step) -> list[Step]:
        """The steps that can be shown now that `step`, with its text, has come."""
        if not self._stop:
            return [step]
        self._held.append(step)
        return self._release(final=False)

    def finish(self) -> list[Step]:
        """What is left at the end: bytes that never became a character appear as a replacement mark."""
        rest = self._decoder.decode(b"", final=True)
        if rest:
            last = self._held.pop() if self._held else Step("", -1, 1.0)
            self._held.append(replace(last, text=last.text + rest))
        return self._release(final=True)

    def _release(self, final: bool) -> list[Step]:
        text = "".join(step.text for step in self._held)
        found = [(text.find(stop), stop) for stop in self._stop if stop in text]
        if found:
            end, self.stopped_by = min(found)
            released, self._held = _cut(self._held, end), []
            return released
        certain = len(text) if final else len(text) - self._possible_beginning(text)
        released = []
        while self._held and len(self._held[0].text) <= certain:
            step = self._held.pop(0)
            certain -= len(step.text)
            released.append(step)
        return released

    def _possible_beginning(self, text: str) -> int:
        """How many characters at the end of `text` could be the beginning of a stop sequence."""
        for length in range(min(self._longest - 1, len(text)), 0, -1):
            if any(stop.startswith(text[-length:]) for stop in self._stop):
                return length
        return 0


def _cut(steps: list[Step], end: int) -> list[Step]:
    shown = []
    for step in steps:
        if end <= 0:
            break
        shown.append(replace(step, text=step.text[:end]))
        end -= len(step.text)
    return shown
