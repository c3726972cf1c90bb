"""The events of a streamed answer: from bytes, cut anywhere, to JSON objects.

Servers that call themselves OpenAI-compatible send server-sent events, lines of JSON (Ollama's own way), or, though a
stream was asked for, one whole JSON object. All three are read here, and what is none of them is counted.

    for event in EventStream(chunks_of_bytes): ...

Source: https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

LONGEST_EVENT = 4_000_000  # bytes
_BOM = b"\xef\xbb\xbf"
_DONE = "[DONE]"


class EventStream:
    """Events as they come: JSON objects, as dicts. It ends with the bytes, or with `data: [DONE]`.

    `ended` says whether the server said that the answer has ended. `unreadable` counts events that are no JSON object;
    `first_unreadable` is the beginning of the first one. An event of the kind "error", and a line that begins with
    `error:` (llama.cpp before 2025), comes as {"error": ...}.
    """

    def __init__(self, chunks: Iterable[bytes], longest: int = LONGEST_EVENT) -> None:
        self._chunks, self._longest = chunks, longest
        self.ended = False
        self.unreadable, self.first_unreadable = 0, ""
        self._data: list[str] = []
        self._kind, self._size = "", 0
        self._whole: list[str] | None = None  # lines of an answer that is one JSON object

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for line in self._lines():
            yield from self._take(line.decode("utf-8", "replace"))
            if self.ended:
                return
        yield from self._dispatch()
        if self._whole is not None:
            yield from self._read("\n".join(self._whole))

    def _lines(self) -> Iterator[bytes]:
        """Lines without their ends, which are LF, CR LF or CR; the last one need not have one."""
        waiting, after_return, first = b"", False, True
        for chunk in self._chunks:
            if after_return and chunk.startswith(b"\n"):
                chunk = chunk[1:]  # the other half of a CR LF
            if chunk:
                after_return = False
            waiting += chunk
            if first and len(waiting) >= len(_BOM):
                waiting, first = waiting.removeprefix(_BOM), False
            if first or not (b"\n" in chunk or b"\r" in chunk):
                if len(waiting) > self._longest:
                    raise ValueError("a line of the answer is too long")
                continue
            after_return = waiting.endswith(b"\r")
            *lines, waiting = waiting.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
            yield from lines
        yield from waiting.removeprefix(_BOM).splitlines()

    def _take(self, line: str) -> Iterator[dict[str, Any]]:
        """One line of server-sent events, or a line of JSON where a server sends no events."""
        if self._whole is not None:
            self._grow(line)
            self._whole.append(line)
        elif not line:
            yield from self._dispatch()
        elif line.startswith(("{", "[")) and not self._data:
            try:
                yield from self._found(json.loads(line), line)
            except ValueError:
                self._whole = [line]  # it begins here, and goes on over the next lines
        elif not line.startswith(":"):
            field, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if field == "data":
                self._grow(value)
                self._data.append(value)
            elif field == "event":
                self._kind = value
            elif field == "error":
                yield {"error": _json_or_text(value)}
            elif field not in ("id", "retry"):
                self._count(line)

    def _grow(self, more: str) -> None:
        self._size += len(more)
        if self._size > self._longest:
            raise ValueError("an event of the answer is too long")

    def _dispatch(self) -> Iterator[dict[str, Any]]:
        """What an empty line ends: an event of one or more lines of data."""
        content, kind = "\n".join(self._data), self._kind
        self._data, self._kind, self._size = [], "", 0
        if content.strip() == _DONE:
            self.ended = True
        elif kind == "error" and content:
            yield {"error": _json_or_text(content)}
        elif content.strip():
            yield from self._read(content)

    def _read(self, content: str) -> Iterator[dict[str, Any]]:
        try:
            yield from self._found(json.loads(content), content)
        except (ValueError, RecursionError):
            # Some servers end each event with one line end instead of two.
            lines = content.split("\n")
            if len(lines) == 1:
                self._count(content)
            for line in lines if len(lines) > 1 else ():
                if line.strip() == _DONE:
                    self.ended = True
                elif line.strip() and not self.ended:
                    yield from self._read(line)

    def _found(self, event: Any, content: str) -> Iterator[dict[str, Any]]:
        if isinstance(event, dict):
            yield event
        else:
            self._count(content)

    def _count(self, content: str) -> None:
        self.unreadable += 1
        self.first_unreadable = self.first_unreadable or content.strip()[:200]


def _json_or_text(value: str) -> Any:
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value
