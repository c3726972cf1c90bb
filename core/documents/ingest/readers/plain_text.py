"""Documents that are text or become text as a whole: .txt, Markdown, LaTeX and the like, HTML, PDF."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator

from core.documents.ingest import prose, tables
from core.documents.ingest.readers import separated
from core.documents.ingest.sources import BadRow
from core.documents.ingest.tables import Opened, Row
from core.errors import UnreadableFile

_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([A-Za-z0-9_:.-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9_:.-]{2,40})")


def read(opened: Opened) -> Iterator[Row | BadRow]:
    """A .txt file: a table where tabs make one, else a document for each paragraph or line; or one document."""
    with tables.decoded(opened) as (text, head):
        if separated.is_tabbed(head):
            opened.notes.append("the lines hold as many tabs each: read as a table")
            yield from separated.rows_of(text, head, "\t", opened.notes)
        elif opened.whole:
            yield {"text": _all_of(text)}
        else:
            yield from _parts(text, head)


def read_whole(opened: Opened) -> Iterator[Row | BadRow]:
    """A file that is one document, as it stands."""
    with tables.decoded(opened) as (text, _):
        yield {"text": _all_of(text)}


def read_markdown(opened: Opened) -> Iterator[Row | BadRow]:
    """A Markdown file: its text, its heading, and its front matter as fields."""
    with tables.decoded(opened) as (text, _):
        yield prose.of_markdown(_all_of(text))


def read_html(opened: Opened) -> Iterator[Row | BadRow]:
    """A page: what a browser shows of it, its title and its language; in the charset that it names."""
    head = opened.file.read(4096)
    opened.file.seek(0)
    named = _CHARSET.search(head) or _XML.search(head)
    with tables.decoded(opened, _known(named.group(1).decode("ascii")) if named else "") as (text, _):
        yield prose.of_html(_all_of(text))


def _known(charset: str) -> str:
    """A charset as browsers take it: Latin-1 is Windows-1252, GB2312 is GB 18030; "" for one that is not known."""
    import codecs

    try:
        name = codecs.lookup(charset).name
    except LookupError:
        return ""
    return {"iso8859-1": "cp1252", "ascii": "cp1252", "gb2312": "gb18030", "gbk": "gb18030", "shift_jis": "cp932"}.get(
        name, "" if name.startswith("utf-16") else name
    )


def read_pdf(opened: Opened) -> Iterator[Row | BadRow]:
    """A PDF: a row a page."""
    yield from prose.pages_of_pdf(opened.file)


def _all_of(text: io.TextIOWrapper) -> str:
    content = text.read(prose.LARGEST + 1).replace("\r\n", "\n")
    if len(content) > prose.LARGEST:
        raise UnreadableFile(
            "The file is larger than a document of 100 million characters.", "Save it as a table or in parts."
        )
    return content


def _parts(text: io.TextIOWrapper, head: str) -> Iterator[Row | BadRow]:
    """Paragraphs where blank lines separate them, else lines."""
    paragraphs = sum(1 for part in head.replace("\r\n", "\n").split("\n\n") if part.strip()) > 2
    held: list[str] = []
    letters = 0
    for _, line in tables.lines(text):
        stripped = line.strip()
        if stripped and not paragraphs:
            yield {"text": stripped}
        elif stripped:
            held.append(stripped)
            letters += len(stripped)
        if held and (not stripped or letters > tables.LONGEST_LINE):
            yield {"text": "\n".join(held)}
            held, letters = [], 0
    if held:
        yield {"text": "\n".join(held)}
