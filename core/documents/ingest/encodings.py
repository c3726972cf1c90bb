"""In which encoding a text file is written: by its mark, by its bytes, or as the person says.

UTF-8 is tried first, on the whole file. Scripts other than Latin are recognised by charset-normalizer; which of the
Latin code pages it is, by the letters that each language has (charset-normalizer takes one for another there).
"""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from core.errors import UnreadableFile

HEAD = 1 << 20  # bytes looked at to tell how a file is built
SAMPLE = 1 << 16  # bytes that charset-normalizer is shown
TITLES = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16 (little-endian)",
    "utf-16-be": "UTF-16 (big-endian)",
    "cp1252": "Windows-1252 (Western)",
    "cp1250": "Windows-1250 (Central European)",
    "iso8859-2": "ISO 8859-2 (Central European)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp1257": "Windows-1257 (Baltic)",
    "mac-roman": "Mac Roman",
    "cp850": "DOS 850 (Western)",
    "gb18030": "GB 18030, GBK (Chinese)",
    "big5": "Big5 (Chinese)",
    "cp932": "Shift-JIS (Japanese)",
    "euc-jp": "EUC-JP (Japanese)",
    "cp949": "EUC-KR, CP949 (Korean)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "koi8-r": "KOI8-R (Cyrillic)",
    "koi8-u": "KOI8-U (Cyrillic)",
    "cp866": "DOS 866 (Cyrillic)",
    "iso8859-5": "ISO 8859-5 (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1255": "Windows-1255 (Hebrew)",
    "cp1256": "Windows-1256 (Arabic)",
    "cp874": "Windows-874 (Thai)",
    "cp1258": "Windows-1258 (Vietnamese)",
}
_MARKS = (  # a longer mark before the one that it begins with
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BINARY = (b"\x80\x04", b"\x80\x05", b"PK", b"\x1f\x8b", b"\x89PNG", b"\xff\xd8\xff", b"%PDF", b"GIF8", b"\xd0\xcf\x11")
_WESTERN = (  # the letters beyond a to z of a language, small ones
    "äöüß",
    "éèêëàâæçîïôœùûüÿ",
    "áéíñóúü",
    "àèéìíîòóùú",
    "àáâãçéêíóôõú",
    "éëïóöüèáêíú",
    "æøåéäö",
    "áðéíóúýþæö",
    "àçéèíïóòúü",
)
_CENTRAL = (
    "ąćęłńóśźż",
    "áčďéěíňóřšťúůýž",
    "áäčďéíĺľňóôŕšťúýž",
    "áéíóöőúüű",
    "čšžćđ",
    "ăâîşţșț",
    "äöüß",
)
_LETTERS = {
    "cp1252": _WESTERN,
    "cp1250": _CENTRAL,
    "iso8859-2": _CENTRAL,
    "cp1254": ("çğıöşüâîûi̇",),
    "cp1257": ("ąčęėįšųūž", "āčēģīķļņšūž", "äõöüšž"),
    "mac-roman": _WESTERN,
    "cp850": _WESTERN,
}
_PUNCTUATION = "‘‚“”„–—…€«»°©®™•§¡¿´¨½¼¾²³£\xa0"
_MARKS_OF_TEXT = re.compile(rf"[’·]|(?<![^\W\d_])[{_PUNCTUATION}]|[{_PUNCTUATION}](?![^\W\d_])")  # not within a word
_TELLING = 6  # bytes beyond ASCII; fewer say nothing about the script
_RAISED = 0.35  # the largest share of letters beyond a to z in a text in a Latin alphabet


@dataclass(frozen=True)
class Encoding:
    """An encoding: its name for Python, and a remark for the person where it was guessed ("" where it is certain)."""

    codec: str
    note: str = ""


def recognise(file: BinaryIO, chosen: str = "") -> Encoding:
    """The encoding of an open file, or the `chosen` one after a trial; the whole file is tried, and left at its start.

    Raises:
        UnreadableFile: empty, binary, or in no encoding that is known here; or not in the chosen one.
    """
    head = file.read(HEAD)
    file.seek(0)
    if chosen:
        return _as_chosen(file, chosen)
    for mark, codec in _MARKS:
        if head.startswith(mark):
            if _decodes(file, codec) is not None:
                raise UnreadableFile(f"The file starts like {codec[:6].upper()} and then is not.", "Save it as UTF-8.")
            return Encoding(codec)
    if codec := _without_mark(head):
        if _decodes(file, codec) is None:
            return Encoding(codec, f"read as {TITLES[codec]}; if letters look wrong, choose another encoding")
    if b"\0" in head or head.startswith(_BINARY):
        raise UnreadableFile(
            "The file is binary, not text.", "Its name says that it is text: give it the ending of what it is."
        )
    if not head.strip():
        raise UnreadableFile("The file is empty.", "Choose one with text in it.")
    place = _decodes(file, "utf-8-sig")
    if place is None:
        return Encoding("utf-8-sig")
    start = max(place - SAMPLE // 2, 0) if place >= HEAD else 0
    file.seek(start)
    sample = file.read(SAMPLE if start else HEAD)
    file.seek(0)
    for codec in _guesses(_telling(sample)):
        if _decodes(file, codec) is None:
            return Encoding(
                codec, f"not UTF-8: read as {TITLES[codec]}; if letters look wrong, choose another encoding"
            )
    raise UnreadableFile(
        f"The file is neither UTF-8 nor Windows-1252 (near byte {place + 1:,}).",
        "Choose its encoding, or save it as UTF-8 and choose it again.",
    )


def _as_chosen(file: BinaryIO, chosen: str) -> Encoding:
    try:
        known = codecs.lookup(chosen)
    except (LookupError, ValueError) as problem:
        raise UnreadableFile(
            f"“{chosen[:40]}” is not the name of an encoding.", "Write one that Python knows, such as cp1250."
        ) from problem
    if not known._is_text_encoding:
        raise UnreadableFile(f"“{chosen[:40]}” is not an encoding of text.", "Write one such as cp1250.")
    codec = "utf-8-sig" if known.name == "utf-8" else known.name
    place = _decodes(file, codec)
    if place is not None:
        raise UnreadableFile(
            f"The file is not in the encoding {TITLES.get(chosen, chosen)} (near byte {place + 1:,}).",
            "Choose another encoding.",
        )
    return Encoding(codec)


def _decodes(file: BinaryIO, codec: str) -> int | None:
    """None if the whole file can be decoded, else about where it cannot."""
    decoder = codecs.getincrementaldecoder(codec)()
    place = 0
    try:
        while block := file.read(HEAD):
            decoder.decode(block)
            place += len(block)
        decoder.decode(b"", final=True)
    except UnicodeError as problem:
        return place + int(getattr(problem, "start", 0))
    finally:
        file.seek(0)
    return None


def _without_mark(head: bytes) -> str:
    """UTF-16 without a mark: read in one order of bytes it holds plain letters, line ends or commas."""
    if b"\0" not in head or len(head) < 4:
        return ""
    even = head[: len(head) // 2 * 2]
    texts = {codec: even.decode(codec, "ignore") for codec in ("utf-16-le", "utf-16-be")}
    plain = {codec: sum("\t" <= letter < "\x7f" for letter in text) for codec, text in texts.items()}
    codec = max(plain, key=lambda name: plain[name])
    odd = sum(1 for letter in texts[codec] if not (letter.isprintable() or letter in "\r\n\t\f\u3000\xa0"))
    return codec if plain[codec] > 2 * min(plain.values()) and odd <= 0.01 * len(texts[codec]) else ""


def _telling(sample: bytes) -> bytes:
    """The lines of a sample that hold more than ASCII, as many as charset-normalizer is shown."""
    lines: list[bytes] = []
    held = 0
    for line in dict.fromkeys(sample.split(b"\n")):
        if not line.isascii():
            lines.append(line[:4000])
            held += len(lines[-1])
        if held > SAMPLE:
            break
    return b"\n".join(lines)


def _guesses(sample: bytes) -> list[str]:
    """Code pages for bytes that are not UTF-8, the likeliest first."""
    latin, fit = _latin(sample)
    beyond = sum(byte > 127 for byte in sample)
    letters = sum(byte > 127 or chr(byte).isalpha() for byte in sample)
    other = ""
    if beyond >= _TELLING and (beyond > _RAISED * letters or fit < 0.9):
        other = _other_script(sample)
    return list(dict.fromkeys(name for name in (other, latin, "cp1252") if name))


def _latin(sample: bytes) -> tuple[str, float]:
    """(the Latin code page in which the letters fit one language best, the share that fits); ties: the first."""
    best, fit = "", -1.0
    for codec, alphabets in _LETTERS.items():
        try:
            text = sample.decode(codec)
        except UnicodeError:
            continue
        if any("\x80" <= letter <= "\x9f" for letter in text):
            continue  # control characters
        beyond = [letter for letter in text.lower() if ord(letter) > 127]
        if len(beyond) < _TELLING and codec in ("mac-roman", "cp850"):
            continue  # rare today; a few letters do not tell
        marks = len(_MARKS_OF_TEXT.findall(text))
        known = max(sum(letter in alphabet for letter in beyond) for alphabet in alphabets)
        share = (known + marks) / max(len(beyond), 1)
        if re.search(r"[a-zß-ž][A-ZÀ-Ž][a-zß-ž]", text):  # a capital within a word
            share -= 0.1
        if share > fit + 1e-9:
            best, fit = codec, share
    return best, fit


def _other_script(sample: bytes) -> str:
    """A code page of another script, where charset-normalizer finds one; "" else."""
    names = [codec for codec in TITLES if codec not in _LETTERS and not codec.startswith("utf")]
    same = {codecs.lookup(codec).name: codec for codec in TITLES}
    matches = [same.get(codecs.lookup(match.encoding).name, "") for match in _all_matches(sample, names)]
    likely = [codec for codec in matches if codec and not _is_odd(sample.decode(codec, "ignore"))]
    return next(iter(likely or matches), "")


def _all_matches(sample: bytes, names: list[str]) -> Iterator[Any]:
    """What charset-normalizer takes for possible, the likeliest first."""
    import charset_normalizer

    yield from charset_normalizer.from_bytes(sample, cp_isolation=names)


def _is_odd(text: str) -> bool:
    """Whether a text cannot have been written so: words begin with accents, or capitals stand within them."""
    words = re.findall(r"[^\W\d_][^\s]*|[^\s\w.,;:!?()\"'-][^\s]*", text)
    odd = sum(bool(unicodedata.combining(word[0]) or re.search(r"[а-яα-ω][А-ЯΑ-Ω]", word)) for word in words)
    return odd > 0.05 * max(len(words), 1)
