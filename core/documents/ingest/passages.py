"""Long documents cut into passages that an encoder reads whole, each repeating the end of the one before it."""

from __future__ import annotations

import functools
import re

LETTERS_A_WORD = 10  # where a text has fewer spaces than that (Chinese, a table of numbers), letters limit a passage
_SENTENCE_END = re.compile(r"[.!?…][\"'”’)\]]*(?=\s)|[。！？]|\n\s*\n")


def cut(text: str, words: int = 150, overlap: int = 30) -> list[tuple[int, int]]:
    """(start, end) of each passage of at most about `words` words; neighbours share about `overlap` words.

    A passage ends with a sentence where one ends in its last third. A rest of fewer than `overlap` words stays with the
    passage before it.

    Example: "a b c d e f" with 4 words and an overlap of 1 gives "a b c d" and "d e f".
    """
    overlap = min(overlap, words // 2)
    last = len(text.rstrip())
    start = len(text) - len(text.lstrip())
    found: list[tuple[int, int]] = []
    while start < last:
        end = _window_end(text, start, last, words)
        if end < last and _window_end(text, end, last, max(overlap - 1, 1)) >= last:
            end = last
        elif end < last:
            end = _sentence_end(text, start, end)
        found.append((start, end))
        if end >= last:
            break
        start = _overlap_start(text, start, end, words, overlap)
    return found


@functools.lru_cache
def _words(count: int) -> re.Pattern[str]:
    return re.compile(rf"\s*+\S++(?:\s++\S++){{0,{count - 1}}}+")


def _window_end(text: str, start: int, last: int, words: int) -> int:
    end = min(start + words * LETTERS_A_WORD, last)  # the search ends there: a word may be the whole text
    found = _words(words).match(text, start, end)
    return found.end() if found else end


def _sentence_end(text: str, start: int, end: int) -> int:
    """The last end of a sentence in the last third of a window, else its last space where it cuts a word."""
    third = start + 2 * (end - start) // 3
    ends = [found.end() for found in _SENTENCE_END.finditer(text, third, min(end + 1, len(text))) if found.end() <= end]
    if ends:
        return len(text[start : ends[-1]].rstrip()) + start
    if not text[end].isspace() and (space := text.rfind(" ", third, end)) > 0:
        return space
    return end


def _overlap_start(text: str, start: int, end: int, words: int, overlap: int) -> int:
    """Where the next passage begins: `overlap` words before `end`, always after `start`."""
    if overlap:
        head = text[start:end].rsplit(None, overlap)[0]
        shared = max(start + len(head), end - overlap * LETTERS_A_WORD)
        if start < shared < end:
            end = shared
    while end < len(text) and text[end].isspace():
        end += 1
    return end
