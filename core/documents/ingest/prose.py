"""The text of .md, .html and .pdf files: of Markdown and HTML with title and fields, of a PDF page by page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from core.errors import UnreadableFile

LARGEST = 100_000_000  # characters of one document; a table may be larger, it is read row by row
DEEPEST = 512  # elements within each other, as in browsers; what a parser does at a closing tag grows with it
FED = 1 << 16  # characters of a page given to the parser at a time, so that it stops soon where it must
_BREAKS = frozenset(
    "address article aside blockquote br dd div dl dt figcaption footer form h1 h2 h3 h4 h5 h6 header "
    "hr li main nav ol p pre section table td th tr ul".split()
)
_UNSEEN = frozenset("script style noscript template head svg math iframe object".split())
_HEADING = re.compile(r"^#{1,6}[^\S\n]++(?=\S)", re.MULTILINE)
# Each in time that grows with the text alone: labels hold no bracket, addresses no more than one pair of parentheses.
_LINK = re.compile(r"!?\[([^\[\]]*+)\]\([^()]*+(?:\([^()]*+\)[^()]*+)*+\)")
_FRONT = re.compile(
    r"\A\ufeff?---[^\S\n]*\n((?:(?!---[^\S\n]*$).*\n){0,400}?)(?:---|\.\.\.)[^\S\n]*(?:\n|\Z)", re.MULTILINE
)
_MARKUP = (
    (re.compile(r"^(```|~~~).*$", re.MULTILINE), ""),
    (_LINK, r"\1"),
    (_LINK, r"\1"),  # twice: a picture can be what is linked
    (re.compile(r"^#{1,6}[^\S\n]++|^>[^\S\n]?", re.MULTILINE), ""),
    (re.compile(r"(\*\*|__|`)(.+?)\1"), r"\2"),
)


class _TooDeep(Exception):
    """Elements are nested beyond `DEEPEST`."""


class _Page:
    """What a browser would show of a page, its title apart; blocks end lines.

    A target of lxml's parser, which tells it of tags and texts in their order and builds no tree: memory stays that of
    the text. (Python's own HTMLParser takes quadratic time on broken comments and tags: CVE-2025-6069.)
    """

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.title = ""
        self.language = ""
        self._depth = 0
        self._unseen = ""  # the element, not shown, that we are in
        self._in_title = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if tag == "html" and not self.language:
            self.language = str(attributes.get("lang") or attributes.get("xml:lang") or "").strip()[:20]
        if self._depth > DEEPEST:
            raise _TooDeep
        self._in_title = tag == "title" and not self.title and self._unseen in ("", "head")
        if tag == "body":
            self._unseen = ""
        elif not self._unseen and tag in _UNSEEN:
            self._unseen = tag
        elif tag in _BREAKS:
            self.parts.append("\n")

    def end(self, tag: str) -> None:
        self._depth -= 1
        self._in_title = False
        if tag == self._unseen:
            self._unseen = ""
        elif tag in _BREAKS:
            self.parts.append("\n")

    def data(self, text: str) -> None:
        if self._in_title:
            self.title += text
        elif not self._unseen:
            self.parts.append(text)

    def comment(self, text: str) -> None:
        """Comments are not shown."""

    def pi(self, target: str, data: str | None = None) -> None:
        """Nor are processing instructions."""

    def close(self) -> None:
        """The parser asks for the outcome; it is in `parts` and `title`."""


def of_html(text: str) -> dict[str, str]:
    """The visible text of a page, its title, and its language where it says it.

    Example: "<title>T</title><p>one</p><script>x</script>two" gives text "one\\ntwo" and title "T".

    Raises:
        UnreadableFile: its elements are nested too deep.
    """
    from lxml import etree

    page = _Page()
    parser = etree.HTMLParser(target=page, huge_tree=True, no_network=True)
    try:
        for start in range(0, len(text), FED):
            parser.feed(text[start : start + FED].encode("utf-8", "replace").decode("utf-8"))
        parser.close()
    except _TooDeep as problem:
        raise UnreadableFile(
            f"The page nests its elements more than {DEEPEST} deep.",
            "Open it in a browser, save its text, and choose that.",
        ) from problem
    except etree.LxmlError as problem:
        raise UnreadableFile(
            "The page cannot be read.", "Open it in a browser, save its text, and choose that."
        ) from problem
    lines = (" ".join(line.split()) for line in "".join(page.parts).split("\n"))
    found = {"text": "\n".join(line for line in lines if line), "title": " ".join(page.title.split())[:200]}
    return {**found, "language": page.language} if page.language else found


def of_markdown(text: str) -> dict[str, Any]:
    """The text without its marks (emphasis, links' addresses, fences), its first heading as title, and the fields of
    its front matter.

    Example: "# On *cats*\\nSee [this](http://x)." gives text "On *cats*\\nSee this." and title "On *cats*".
    """
    fields, text = front_matter(text)
    title = ""
    if heading := _HEADING.search(text):
        end = text.find("\n", heading.end())
        line = text[heading.end() : end if end >= 0 else len(text)].strip()
        title = line.rstrip("#").rstrip() or line
    for pattern, kept in _MARKUP:
        text = pattern.sub(kept, text)
    own = fields.pop("title", "")
    if own and title and str(own) != title:
        fields["title (front matter)"] = own
    return {
        "text": text.strip(),
        "title": title[:200] or str(own)[:200],
        **{k: fields[k] for k in fields if k != "text"},
    }


def front_matter(text: str) -> tuple[dict[str, Any], str]:
    """(the fields of the YAML between two lines "---" at the start, the rest); what cannot be read has no fields.

    Lists of texts become one text, with commas; nested objects dotted names.
    Source: https://jekyllrb.com/docs/front-matter/
    """
    found = _FRONT.match(text)
    if not found:
        return {}, text
    import yaml

    class Loader(yaml.SafeLoader):  # type: ignore[misc, unused-ignore]
        """No aliases: a few lines of them stand for gigabytes. Dates stay as they are written."""

        def compose_node(self, parent: Any, index: Any) -> Any:
            if self.check_event(yaml.events.AliasEvent):
                raise yaml.YAMLError("an alias")
            return super().compose_node(parent, index)

    Loader.yaml_implicit_resolvers = {
        letter: [(tag, form) for tag, form in forms if not tag.endswith((":timestamp", ":int", ":float", ":bool"))]
        for letter, forms in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    try:
        value = yaml.load(found.group(1), Loader)  # a SafeLoader
    except (yaml.YAMLError, ValueError, RecursionError, TypeError):
        value = None
    fields: dict[str, Any] = {}
    if isinstance(value, dict):
        _spread(value, fields, "", 0)
    return fields, text[found.end() :]


def _spread(value: dict[Any, Any], fields: dict[str, Any], before: str, depth: int) -> None:
    for key, each in value.items():
        name = f"{before}{key}"[:80]
        if isinstance(each, dict) and depth < 4:
            _spread(each, fields, f"{name}.", depth + 1)
        elif each is not None:
            fields[name] = ", ".join(map(str, each)) if isinstance(each, list) else str(each)


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
        raise UnreadableFile(
            "This PDF is damaged and cannot be read to its end.",
            "Open it in another program, save it again, and choose the new file.",
        ) from problem
    if not seen:
        raise UnreadableFile(
            "There is no text in this PDF, only pictures of pages.", "Have its text recognised (OCR) first."
        )
