"""The text of .md, .html and .pdf files, as rows: a document a file, of a PDF a row a page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from typing import Any, BinaryIO

from core.errors import UnreadableFile

LARGEST = 100_000_000  # bytes of one document; a table may be larger, it is read row by row
_BREAKS = frozenset("address article aside blockquote br dd div dl dt figcaption footer form h1 h2 h3 h4 h5 h6 header "
                    "hr li main nav ol p pre section table td th tr ul".split())
_UNSEEN = frozenset("script style noscript template head svg math iframe object".split())
_MARKUP = ((re.compile(r"\A---\n.*?\n---\n", re.DOTALL), ""), (re.compile(r"^(```|~~~).*$", re.MULTILINE), ""),
           (re.compile(r"!?\[([^\]]*)\]\([^)]*\)"), r"\1"), (re.compile(r"^#{1,6}\s+|^>\s?", re.MULTILINE), ""),
           (re.compile(r"(\*\*|__|`)(.+?)\1"), r"\2"))


class _Page(HTMLParser):
    """What a browser would show of a page, its title apart; blocks end lines."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self.title = ""
        self._unseen = ""  # the element, not shown, that we are in
        self._in_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_title = tag == "title" and not self.title
        if tag == "body":
            self._unseen = ""
        elif not self._unseen and tag in _UNSEEN:
            self._unseen = tag
        elif tag in _BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._in_title = False
        if tag == self._unseen:
            self._unseen = ""
        elif tag in _BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if self._in_title:
            self.title += data
        elif not self._unseen:
            self.parts.append(data)


def of_html(text: str) -> dict[str, str]:
    """The visible text of a page and its title.

    Example: "<title>T</title><p>one</p><script>x</script>two" gives text "one\\ntwo" and title "T".
    """
    page = _Page()
    page.feed(text)
    page.close()
    lines = (" ".join(line.split()) for line in "".join(page.parts).split("\n"))
    return {"text": "\n".join(line for line in lines if line), "title": " ".join(page.title.split())[:200]}


def of_markdown(text: str) -> dict[str, str]:
    """The text without its marks (emphasis, links' addresses, fences, front matter), and its first heading.

    Example: "# On *cats*\\nSee [this](http://x)." gives text "On *cats*\\nSee this." and title "On *cats*".
    """
    heading = re.search(r"^#{1,6}\s+(.+?)\s*#*$", text, re.MULTILINE)
    for pattern, kept in _MARKUP:
        text = pattern.sub(kept, text)
    return {"text": text.strip(), "title": heading.group(1)[:200] if heading else ""}


def pages_of_pdf(file: BinaryIO) -> Iterator[dict[str, Any]]:
    """The text of each page with its number from 1.

    Raises:
        UnreadableFile: damaged, locked by a password, or nothing but pictures.
    """
    import logging

    import pypdf

    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its remarks on odd files are for its makers
    seen = False
    try:
        reader = pypdf.PdfReader(file)
        if reader.is_encrypted and not reader.decrypt(""):
            raise UnreadableFile("This PDF is locked by a password.", "Save it without one and choose it again.")
        title = str(reader.metadata and reader.metadata.title or "")[:200]
        for number, page in enumerate(reader.pages, 1):
            text = page.extract_text()
            seen = seen or bool(text.strip())
            yield {"text": text, "page": number, "title": title}
    except UnreadableFile:
        raise
    except Exception as problem:  # a damaged PDF can raise nearly anything inside of the reader
        raise UnreadableFile("This PDF is damaged and cannot be read to its end.",
                             "Open it elsewhere, save it anew, and choose it again.") from problem
    if not seen:
        raise UnreadableFile("There is no text in this PDF, only pictures of pages.",
                             "Have its text recognised (OCR) first.")
