"""E-mails: .eml files and .mbox archives, by Python's own email package."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage
from typing import Any

from core.documents.ingest import prose
from core.documents.ingest.sources import BadRow
from core.documents.ingest.tables import NumberedRow, Opened, Row
from core.errors import UnreadableFile

LARGEST_MESSAGE = 50_000_000  # bytes
_FROM = re.compile(rb"^From \S+.*\d{4}\s*$|^From \S+@\S+", re.MULTILINE)
_TROUBLE = (ValueError, LookupError, TypeError, AttributeError, IndexError, RecursionError, UnreadableFile)


def read(opened: Opened) -> Iterator[Row | BadRow]:
    """A row for each message: its text, subject, sender, receivers and date, and how many files are attached."""
    if opened.ending == "eml" and not opened.file.read(5).startswith(b"From "):
        opened.file.seek(0)
        yield _row(1, opened.file.read(LARGEST_MESSAGE + 1))
        return
    opened.file.seek(0)
    for line, content in _messages(opened):
        yield _row(line, content)


def _messages(opened: Opened) -> Iterator[tuple[int, bytes]]:
    """(the line where it begins, the message) for each in an archive; a line "From " begins one after an empty line."""
    held: list[bytes] = []
    begin, size, blank = 1, 0, True
    for number, line in enumerate(iter(lambda: opened.file.readline(1 << 20), b""), 1):
        if blank and line.startswith(b"From ") and _FROM.match(line.rstrip(b"\r\n")):
            if held:
                yield begin, b"".join(held)
            held, size, begin = [], 0, number
        elif size <= LARGEST_MESSAGE:
            held.append(line[1:] if line.startswith(b">From ") else line)
            size += len(line)
        blank = not line.strip()
    if any(part.strip() for part in held):
        yield begin, b"".join(held)


def _row(line: int, content: bytes) -> Row | BadRow:
    if len(content) > LARGEST_MESSAGE:
        return BadRow(line, f"a message of more than {LARGEST_MESSAGE / 1e6:,.0f} MB")
    try:
        message = email.message_from_bytes(content, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        text = _text(message)
        row = {
            "text": text,
            "title": _header(message, "subject"),
            "from": _header(message, "from"),
            "to": _header(message, "to"),
            "date": _date(message),
            "attachments": sum(1 for part in message.walk() if part.get_filename()),
        }
    except _TROUBLE as problem:
        return BadRow(line, f"no message that can be read ({str(problem)[:60]})")
    if not text and not row["title"] and not row["from"]:
        return BadRow(line, "no message")
    return NumberedRow.at(line, row)


def _header(message: EmailMessage, name: str) -> str:
    return " ".join(str(message.get(name, "")).split())[:400]


def _date(message: EmailMessage) -> str:
    """The date in ISO 8601; "" where there is none that can be read."""
    try:
        found: Any = message["date"]
        return found.datetime.isoformat() if found is not None and found.datetime else ""
    except _TROUBLE:
        return ""


def _text(message: EmailMessage) -> str:
    """The plain text, else what is seen of the HTML."""
    body = message.get_body(preferencelist=("plain", "html"))
    if body is None:
        return ""
    try:
        content = str(body.get_content())
    except _TROUBLE:  # a charset that nobody knows
        payload = body.get_payload(decode=True)
        content = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    if body.get_content_type() == "text/html":
        content = prose.of_html(content)["text"]
    return content.replace("\r\n", "\n").strip()
