"""What a model thought before it answered: parted from the answer, in the forms in which models write it.

    split("<think>Hm.</think>Yes.")  ->  Parts(thinking="Hm.", answer="Yes.", under_way=False)

Source: the chat templates of DeepSeek-R1 and Qwen 3 (<think>), Magistral ([THINK]), Seed-OSS (<seed:think>), Command A
(<|START_THINKING|>); for gpt-oss https://cookbook.openai.com/articles/openai-harmony
"""

from __future__ import annotations

import re
from dataclasses import dataclass

PAIRS = (
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("[THINK]", "[/THINK]"),
    ("<seed:think>", "</seed:think>"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
)
_FRAMES = ("<|START_RESPONSE|>", "<|END_RESPONSE|>")
_CHANNEL = re.compile(
    r"(?:<\|start\|>assistant)?<\|channel\|>\s*(\w+)(?:(?!<\|(?:message|channel|end)\|>).)*<\|message\|>", re.DOTALL
)
_CHANNEL_ENDS = re.compile(r"<\|(?:end|return|call)\|>")
_MARKS = (*(mark for pair in PAIRS for mark in pair), *_FRAMES)
_HARMONY = ("<|start|>assistant", "<|channel|>", "<|message|>", "<|end|>", "<|return|>", "<|call|>")


@dataclass(frozen=True)
class Parts:
    """Thinking and answer, without the marks between them; `under_way`: the thinking has not ended yet."""

    thinking: str
    answer: str
    under_way: bool = False


def split(text: str, complete: bool = True) -> Parts:
    """Part an answer from the thinking before it.

    `complete` False: more of the text is to come, so a mark that has only begun at its end is not shown.
    """
    begins = text.lstrip()
    if begins.startswith(("<|channel|>", "<|start|>assistant<|channel|>")):
        return _harmony(begins, complete)
    shown = text if complete else _without_begun_mark(text, _MARKS)
    if not complete and begins and not shown.strip():
        return Parts("", "", True)  # it may be an opening mark
    if not complete and any(mark.startswith(begins) for mark in _HARMONY if begins):
        return Parts("", "", True)
    for opening, closing in PAIRS:
        if shown.lstrip().startswith(opening):
            return _after_opening(shown.lstrip().removeprefix(opening), opening, closing, complete)
    for opening, closing in PAIRS:
        # Some templates open the thinking in the prompt: the text has only the closing mark.
        before, mark, after = shown.partition(closing)
        if mark and opening not in before:
            return Parts(before.strip(), _answer(after))
    return Parts("", _answer(shown) if shown.lstrip().startswith(_FRAMES[0]) else shown)


def opens(prompt: str) -> bool:
    """Whether a prompt, as the model reads it, ends within thinking that it has opened."""
    end = prompt[-200:].rstrip()
    return any(end.endswith(opening) for opening, _ in PAIRS) or end.endswith("<|channel|>analysis<|message|>")


def _after_opening(rest: str, opening: str, closing: str, complete: bool) -> Parts:
    if rest.lstrip().startswith(opening):
        rest = rest.lstrip().removeprefix(opening)  # the template had opened it, and the model opened it again
    thinking, mark, after = rest.partition(closing)
    if not mark:
        return Parts(thinking.strip(), "", True)
    if after.lstrip().startswith(opening):  # it thinks on
        more = _after_opening(after.lstrip().removeprefix(opening), opening, closing, complete)
        return Parts(f"{thinking.strip()}\n\n{more.thinking}".strip(), more.answer, more.under_way)
    return Parts(thinking.strip(), _answer(after))


def _answer(text: str) -> str:
    for frame in _FRAMES:
        text = text.replace(frame, "")
    return text.lstrip()


def _harmony(text: str, complete: bool) -> Parts:
    """The channels of gpt-oss: "final" is the answer, all others are thinking or calls."""
    shown = text if complete else _without_begun_mark(text, _HARMONY)
    thinking: list[str] = []
    answer: list[str] = []
    channel, place = "", 0
    while place < len(shown):
        found = _CHANNEL.search(shown, place)
        end = _CHANNEL_ENDS.search(shown, place)
        until = min(found.start() if found else len(shown), end.start() if end else len(shown))
        if channel:
            (answer if channel == "final" else thinking).append(shown[place:until])
        if found and until == found.start():
            channel, place = found.group(1), found.end()
        elif end and until == end.start():
            channel, place = "", end.end()
        else:
            break
    return Parts("\n\n".join(filter(None, map(str.strip, thinking))), "".join(answer).lstrip(), not answer)


def _without_begun_mark(text: str, marks: tuple[str, ...]) -> str:
    """The text without the beginning of a mark at its very end."""
    for length in range(min(len(text), max(map(len, marks)) - 1), 0, -1):
        end = text[-length:]
        if any(mark.startswith(end) for mark in marks):
            return text[:-length]
    return text
