"""Small documents of office programs, books and mail, made by hand: as few parts as a reader needs."""

from __future__ import annotations

import io
import zipfile

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
CORE = (
    '<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/core-properties" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>The storm</dc:title><dc:creator>Ada</dc:creator>'
    "</cp:coreProperties>"
)


def zip_of(**parts: str | bytes) -> bytes:
    """A zip archive; in the names "/" is written "__" and "." is written "_0_"."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in parts.items():
            packed.writestr(name.replace("__", "/").replace("_0_", "."), content)
    return file.getvalue()


def docx_of(*paragraphs: str, heading: str = "", about: str = CORE, before: str = "") -> bytes:
    body = "".join(f"<w:p><w:r><w:t>{part}</w:t></w:r></w:p>" for part in paragraphs)
    if heading:
        body = f'<w:p><w:pPr><w:pStyle w:val="Heading1"/></w:pPr><w:r><w:t>{heading}</w:t></w:r></w:p>' + body
    table = "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>a cell</w:t></w:r></w:p></w:tc></w:tr></w:tbl>"
    return zip_of(
        word__document_0_xml=f"{before}<w:document {W}><w:body>{body}{table}</w:body></w:document>",
        docProps__core_0_xml=about,
    )


def pptx_of(*slides: tuple[str, str]) -> bytes:
    """Slides of two lines each, their numbers falling in the archive; the first has notes."""
    a = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    parts = {"ppt__presentation_0_xml": "<p/>"}
    for number, (title, line) in reversed(list(enumerate(slides, 1))):
        parts[f"ppt__slides__slide{number}_0_xml"] = (
            f"<s {a}><a:p><a:r><a:t>{title}</a:t></a:r></a:p><a:p><a:r><a:t>{line}</a:t></a:r></a:p></s>"
        )
    parts["ppt__slides___rels__slide1_0_xml_0_rels"] = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r" '
        'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/notesSlide" '
        'Target="../notesSlides/notesSlide1.xml"/></Relationships>'
    )
    parts["ppt__notesSlides__notesSlide1_0_xml"] = f"<n {a}><a:p><a:r><a:t>say hello</a:t></a:r></a:p></n>"
    return zip_of(**parts)


def odt_of(heading: str, text: str) -> bytes:
    t = 'xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"'
    return zip_of(
        content_0_xml=f'<d {t}><text:h>{heading}</text:h><text:p>{text}<text:s text:c="2"/><text:span>end</text:span>'
        "</text:p></d>"
    )


def epub_of(*chapters: str) -> bytes:
    parts = {
        "META-INF__container_0_xml": '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
        '<rootfile full-path="OPS/book.opf"/></rootfiles></container>',
    }
    items, order = "", ""
    for number, chapter in enumerate(chapters, 1):
        parts[f"OPS__c{number}_0_xhtml"] = (
            f"<html><head><title>Chapter {number}</title></head><body>{chapter}</body></html>"
        )
        items += f'<item id="i{number}" href="c{number}.xhtml"/>'
        order = f'<itemref idref="i{number}"/>' + order  # read backwards
    parts["OPS__book_0_opf"] = (
        '<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>'
        f"<dc:title>A book</dc:title><dc:language>en</dc:language></metadata><manifest>{items}</manifest>"
        f"<spine>{order}</spine></package>"
    )
    return zip_of(**parts)
