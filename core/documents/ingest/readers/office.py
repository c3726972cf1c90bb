"""Text documents, slides and books that are zip archives of XML: .docx, .pptx, .odt, .odp, .epub.

XML is read by lxml without entities, DTDs or network, in one pass; nothing of it is kept but text.
Source: ECMA-376 (Office Open XML), OpenDocument 1.3, EPUB 3.3.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote

from core.documents.ingest import prose, tables
from core.documents.ingest.readers import packed
from core.documents.ingest.sources import BadRow
from core.documents.ingest.tables import NumberedRow, Opened, Row
from core.errors import UnreadableFile

LARGEST_PART = 100_000_000  # bytes of XML, unpacked
_NUMBER = re.compile(r"(\d+)\.xml$")


def _part(archive: zipfile.ZipFile, name: str) -> bytes:
    info = archive.getinfo(name)
    if info.file_size > LARGEST_PART:
        raise UnreadableFile("A part of this document is too large.", "Save it as text.")
    with archive.open(info) as stream:
        return stream.read(LARGEST_PART)


def _events(content: bytes) -> Iterator[tuple[str, str, Any]]:
    """("start" or "end", the element's name without its namespace, the element) through an XML file.

    Raises:
        UnreadableFile: it is damaged, too deep, or has a DTD.
    """
    from lxml import etree

    if b"<!DOCTYPE" in content[:4096] or b"<!ENTITY" in content:
        raise UnreadableFile("This document declares entities, as no writer of such files does.", "Save it as text.")
    parser = etree.XMLPullParser(
        events=("start", "end"), resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        for start in range(0, len(content), prose.FED):
            parser.feed(content[start : start + prose.FED])
            for event, element in parser.read_events():
                yield event, etree.QName(element).localname, element
        parser.close()
    except (etree.LxmlError, ValueError, AssertionError) as problem:
        raise UnreadableFile("The XML in this document is damaged.", "Save it again, or save it as text.") from problem


def _paragraphs(
    content: bytes, paragraph: frozenset[str], text: frozenset[str], breaks: dict[str, str]
) -> Iterator[tuple[str, Any]]:
    """(text, element) of each paragraph. `text`: the elements whose text counts."""
    held: list[list[str]] = []
    for event, name, element in _events(content):
        if event == "start":
            if name in paragraph:
                held.append([])
            elif held and name in breaks:
                held[-1].append(breaks[name])
            continue
        if held and name in text:
            held[-1].append(element.text or "")
        if name in paragraph and held:
            yield "".join(held.pop()).strip(), element
            element.clear(keep_tail=True)


def _all_text(element: Any, breaks: dict[str, str]) -> str:
    """All text within an element of OpenDocument, its spaces and tabs among it; comments on it left out."""
    parts = [element.text or ""]
    for child in element:
        name = str(child.tag).rpartition("}")[2]
        if name == "s":
            count = next((int(v) for k, v in child.attrib.items() if k.endswith("}c") and v.isdigit()), 1)
            parts.append(" " * min(count, 100))
        elif name in breaks:
            parts.append(breaks[name])
        elif name not in ("annotation", "note"):
            parts.append(_all_text(child, breaks))
        parts.append(child.tail or "")
    return "".join(parts)


def _properties(archive: zipfile.ZipFile, name: str) -> dict[str, str]:
    """Title, author and date of a document, where it says them."""
    wanted = {"title": "title", "creator": "author", "created": "created", "creation-date": "created"}
    found: dict[str, str] = {}
    if name in archive.namelist():
        for event, tag, element in _events(_part(archive, name)):
            if event == "end" and tag in wanted and (element.text or "").strip():
                found.setdefault(wanted[tag], " ".join(element.text.split())[:200])
    return found


def _require(archive: zipfile.ZipFile, name: str, kind: str) -> None:
    if name not in archive.namelist():
        raise UnreadableFile(f"This is no {kind} document, whatever its name says.", "Open it and save it again.")


_W_BREAKS = {"tab": "\t", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}


def read_docx(opened: Opened) -> Iterator[Row | BadRow]:
    """A Word document: its paragraphs (those of tables among them), its title, author and date."""
    with packed.archive_of(opened.file, opened.name) as archive:
        packed.check_all(archive)
        _require(archive, "word/document.xml", "Word")
        about = _properties(archive, "docProps/core.xml")
        lines, heading = [], ""
        for text, element in _paragraphs(
            _part(archive, "word/document.xml"), frozenset({"p"}), frozenset({"t"}), _W_BREAKS
        ):
            style = element.find("./{*}pPr/{*}pStyle")
            named = next(iter(style.attrib.values()), "") if style is not None else ""
            if text and not heading and re.match(r"(?i)title|heading|titel|überschrift|titre", named):
                heading = text[:200]
            lines.append(text)
        yield _document(lines, about, heading)


def _document(lines: list[str], about: dict[str, str], heading: str) -> Row:
    return {"text": "\n".join(line for line in lines if line), **about, "title": about.get("title") or heading}


def read_pptx(opened: Opened) -> Iterator[Row | BadRow]:
    """Slides: a row for each, with its number, its title and its notes."""
    with packed.archive_of(opened.file, opened.name) as archive:
        packed.check_all(archive)
        _require(archive, "ppt/presentation.xml", "PowerPoint")
        names = [name for name in archive.namelist() if re.fullmatch(r"ppt/slides/slide\d+\.xml", name)]
        for number, name in enumerate(sorted(names, key=lambda each: int(_NUMBER.findall(each)[0])), 1):
            try:
                said = _lines_of_slide(_part(archive, name))
                notes = _notes(archive, name)
            except UnreadableFile as problem:
                yield BadRow(number, problem.what)
                continue
            row = {"text": "\n".join(said), "slide": number, "title": said[0][:200] if said else "", "notes": notes}
            yield NumberedRow.at(number, row)


def _lines_of_slide(content: bytes) -> list[str]:
    found = _paragraphs(content, frozenset({"p"}), frozenset({"t"}), {"br": "\n", "tab": "\t"})
    return [text for text, _ in found if text]


def _notes(archive: zipfile.ZipFile, slide: str) -> str:
    """The speaker's notes of a slide, by its relations."""
    relations = f"ppt/slides/_rels/{slide.rpartition('/')[2]}.rels"
    if relations not in archive.namelist():
        return ""
    for event, tag, element in _events(_part(archive, relations)):
        if event == "start" and tag == "Relationship" and str(element.get("Type")).endswith("/notesSlide"):
            name = posixpath.normpath(posixpath.join("ppt/slides", str(element.get("Target"))))
            if name in archive.namelist():
                return "\n".join(line for line in _lines_of_slide(_part(archive, name)) if not line.isdigit())
    return ""


def read_opendocument(opened: Opened) -> Iterator[Row | BadRow]:
    """An OpenDocument text as one document; of a presentation a row for each slide."""
    with packed.archive_of(opened.file, opened.name) as archive:
        packed.check_all(archive)
        _require(archive, "content.xml", "OpenDocument")
        about = _properties(archive, "meta.xml")
        breaks = {"tab": "\t", "line-break": "\n"}
        content = _part(archive, "content.xml")
        lines: list[str] = []
        heading = ""
        pages: list[list[str]] = []
        for event, name, element in _events(content):
            if event == "start" and name == "page":
                pages.append([])
            if event == "end" and name in ("p", "h"):
                text = _all_text(element, breaks).strip()
                heading = heading or (text[:200] if name == "h" else "")
                (pages[-1] if pages else lines).append(text)
                element.clear(keep_tail=True)
        if not pages:
            yield _document(lines, about, heading)
        for slide, said in enumerate(pages, 1):
            told = [line for line in said if line]
            yield NumberedRow.at(slide, {**about, "text": "\n".join(told), "slide": slide, "title": (told or [""])[0]})


def read_epub(opened: Opened) -> Iterator[Row | BadRow]:
    """A book: a row for each of its chapters in their order, with its number, its heading and the book's title."""
    with packed.archive_of(opened.file, opened.name) as archive:
        packed.check_all(archive)
        _require(archive, "META-INF/container.xml", "EPUB")
        package = next(
            (
                str(element.get("full-path"))
                for event, tag, element in _events(_part(archive, "META-INF/container.xml"))
                if event == "start" and tag == "rootfile"
            ),
            "",
        )
        _require(archive, package, "EPUB")
        book, chapters = _spine(_part(archive, package), posixpath.dirname(package))
        number = 0
        for place, name in enumerate(chapters, 1):
            try:
                inner = tables.Opened(io.BytesIO(_part(archive, name)), "html", opened.notes)
                (row,) = list(tables.read(inner))
            except (KeyError, UnreadableFile) as problem:
                yield BadRow(place, getattr(problem, "what", f"“{name[:60]}” is not in the book"))
                continue
            if isinstance(row, BadRow) or not row["text"].strip():
                continue  # a cover, a picture
            number += 1
            yield NumberedRow.at(place, {**row, "chapter": number, **book})


def _spine(content: bytes, folder: str) -> tuple[dict[str, str], list[str]]:
    """({"book", "author", "language"} as far as they are said, the paths of the chapters in their order)."""
    wanted = {"title": "book", "creator": "author", "language": "language"}
    book: dict[str, str] = {}
    paths: dict[str, str] = {}
    order: list[str] = []
    for event, tag, element in _events(content):
        if event == "end" and tag in wanted and (element.text or "").strip():
            book.setdefault(wanted[tag], " ".join(element.text.split())[:200])
        elif event == "start" and tag == "item":
            paths[str(element.get("id"))] = posixpath.normpath(
                posixpath.join(folder, unquote(str(element.get("href", ""))))
            )
        elif event == "start" and tag == "itemref":
            order.append(str(element.get("idref")))
    return book, [paths[each] for each in order if each in paths]
