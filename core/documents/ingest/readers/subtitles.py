"""Subtitles (.srt, .vtt): what is said, in sentences, each with the time at which it begins."""

from __future__ import annotations

import re
from collections.abc import Iterator

from core.documents.ingest import tables
from core.documents.ingest.sources import BadRow
from core.documents.ingest.tables import NumberedRow, Opened, Row

WORDS = 60  # a sentence that does not end is cut after so many
_TIMES = re.compile(r"^\s*((?:\d+:)?\d{1,2}:\d{2})[.,]\d{1,3}\s*-->")
_TAGS = re.compile(r"<[^<>]{0,200}>|\{\\[^{}]{0,200}\}")


def read(opened: Opened) -> Iterator[Row | BadRow]:
    """A row for each sentence: its text and its start (hours:minutes:seconds)."""
    with tables.decoded(opened) as (text, _):
        held: list[str] = []
        start = now = ""
        begin = 1
        speaking = False
        for number, line in tables.lines(text):
            if found := _TIMES.match(line):
                now, speaking = found.group(1), True
                continue
            said = " ".join(_TAGS.sub("", line).split()) if speaking else ""
            if not said:
                speaking = False
                continue
            if not held:
                start, begin = now, number
            held.append(said)
            if re.search(r"[.!?…。！？][\"'”’)\]]*$", said) or sum(map(len, map(str.split, held))) >= WORDS:
                yield NumberedRow.at(begin, {"text": " ".join(held), "start": start})
                held = []
        if held:
            yield NumberedRow.at(begin, {"text": " ".join(held), "start": start})
