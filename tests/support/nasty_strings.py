"""Strings that are hard to tokenise, the same every time: `nasty_strings()` gives about 3,000 (kind, string) pairs.

Drawn with a seed: every script by its blocks of Unicode, mixtures of them, any scalar value at all; by rule: control
and invisible characters, normal forms, runs, digits, emoji, marks without end, right to left, contractions, code, names
of special tokens.
"""

from __future__ import annotations

import functools
import random
import unicodedata
from collections.abc import Iterator

SEED = 20261127
# First and last code point of each script that is drawn from, in hexadecimal.
BLOCKS = """
latin 41 24F|ipa 250 2AF|combining 300 36F|greek 370 3FF|cyrillic 400 52F|armenian 531 587|hebrew 591 5F4
arabic 600 6FF|syriac 700 74F|thaana 780 7B1|nko 7C0 7FA|devanagari 900 97F|bengali 980 9FE|gurmukhi A01 A76
gujarati A81 AFF|oriya B01 B77|tamil B82 BFA|telugu C00 C7F|kannada C80 CF2|malayalam D00 D7F|sinhala D81 DF4
thai E01 E5B|lao E81 EDF|tibetan F00 FDA|myanmar 1000 109F|georgian 10A0 10FF|jamo 1100 11FF|ethiopic 1200 137C
cherokee 13A0 13FD|syllabics 1400 167F|ogham 1680 169C|runic 16A0 16F8|khmer 1780 17F9|mongolian 1800 18AA
latin-more 1E00 1EFF|greek-more 1F00 1FFE|punctuation 2000 206F|superscripts 2070 209C|currency 20A0 20C0
letterlike 2100 214F|numbers 2150 218B|arrows 2190 21FF|mathematics 2200 22FF|technical 2300 23FF|enclosed 2460 24FF
boxes 2500 257F|dingbats 2700 27BF|braille 2800 28FF|glagolitic 2C00 2C5F|tifinagh 2D30 2D7F|cjk-signs 3000 303F
hiragana 3041 309F|katakana 30A0 30FF|bopomofo 3105 312F|squares 3300 33FF|han-a 3400 4DBF|han 4E00 9FFF|yi A000 A4C6
vai A500 A62B|hangul AC00 D7A3|han-compatible F900 FAFF|presentation FB00 FDFF|half-width FF00 FFEE|gothic 10330 1034A
deseret 10400 1044F|cuneiform 12000 12399|hieroglyphs 13000 1342F|mathematical 1D400 1D7FF|emoji 1F300 1F6FF
emoji-more 1F900 1F9FF|han-b 20000 2A6DF|adlam 1E900 1E95F|flags 1F1E6 1F1FF
"""
INVISIBLE = (
    "A0 AD 34F 61C 115F 180E 1680 2028 2029 202A 202E 202F 205F 2060 2066 2069 3000 FEFF FFFC FFFD FFFE FFFF 85 "
    "2000 2001 2002 2003 2004 2005 2006 2007 2008 2009 200A 200B 200C 200D 200E 200F"
)
PRIVATE = "E000 F8FF F0000 FFFFD 100000 10FFFD FDD0 1FFFE 10FFFF"
ASCII = " \t\n'abcXYZ0123456789.,;:!?-_/\\\"()[]{}<>|@#$%^&*+=~`"
FORMS = (
    "Äpfel naïve café résumé Ångström",
    "Việt Nam tiếng Việt",
    "한국어 텍스트",
    "ﬁne ½ ² ㎏ Å Ω ﷺ",
    "हिन्दी क़ ज़",
    "ཀྵ ཱི",
    "ΐ ϓ ᾳ",
    "q̣̇ a⃝",
    "が ガ ﾊﾞ",
    "İstanbul ıŞĞ",
    "ß ẞ ſ ŉ",
)
DIGITS = (
    "123|1234567|3.14159|1,234,567.89|1e-10|0xDEADBEEF|2023-06-08T12:34:56Z|+49 (0)30 1234567|٠١٢٣٤٥٦٧٨٩|०१२३|一二三|Ⅻ"
    "|½|²³¹|①②③|１２３|𝟘𝟙𝟚|৳500|3rd 1st|a1b2c3|v1.2.3-rc.4+b5|12:00|99%|$1,000|№5| 1 22 333 4444 55555"
)
EMOJI = "👩‍👩‍👧‍👦 👨🏽‍💻 🇩🇪🇫🇷🇺 ❤️ ❤ ☺️ 👍🏿👍🏻 🏴󠁧󠁢󠁥󠁮󠁧󠁿 1️⃣#️⃣ 🧑‍🚀🚀 😀😃😄 👁️‍🗨️ 🤷🏼‍♀️ 🏳️‍🌈"
BIDI = ("שלום עולם", "مرحبا بالعالم 123", "abc \u202eمرحبا\u202c def", "السَّلَامُ عَلَيْكُمْ", "\u200f\u200e")
ENDINGS = "'s 'S ’s 't 'T 're 'Re 'RE 've 'll 'LL 'd 'D 'm 'M 'x 'ſ 'll've ''s"
CODE = (
    "def f(x: int) -> str:\n\treturn f\"{x!r:>10}\"  # ï\n\n\nclass A:\n    '''doc'''\n    y = self._y[::-1] ** 2\n",
    "const f = async ({a, ...b}) => { await x?.y ?? `t${a}`; /* c */ };\r\nlet z = /[a-z]+\\d{2,}/gi;\n",
    '#include <stdio.h>\nint main(int argc, char **argv){for(int i=0;i<10;i++){printf("%d\\n",i<<2);}}\n',
    'fn main() -> Result<(), Box<dyn Error>> { let v: Vec<u8> = vec![0u8; 16]; println!("{:?}", &v[..]); }\n',
    "<!DOCTYPE html>\n<html><body class=\"a b\"><a href='x?y=1&amp;z=2'>t</a><br/></body></html>\n",
    "SELECT a.id, COUNT(*) AS n FROM t a LEFT JOIN u ON a.id=u.id WHERE x IN (1,2,3) AND y LIKE '%z_';\n",
    '#!/bin/sh\nset -euo pipefail\nfor f in *.txt; do echo "${f%.*}" >> out 2>&1 || exit 1; done\n',
    "\\begin{equation}\\int_0^\\infty e^{-x^2}\\,dx=\\frac{\\sqrt{\\pi}}{2}\\label{eq:1}\\end{equation}\n",
    '{"a": [1, 2.5e-3, null, true], "b\\u00e9": "\\"q\\"", "c": {}}\n',
    "a:\n  - b: &x 1\n    c: *x\n  - |\n    text\n\n    more\n",
    "# T\n\n* a **b** `c`\n  1. d\n\n| x | y |\n|---|--:|\n\n> q\n```py\nx\n```\n",
)
NAMES = (
    "<s> </s> <unk> <pad> [CLS] [SEP] [UNK] [MASK] [INST] [/INST] <|endoftext|> <|im_start|> <|im_end|> <|eot_id|> "
    "<|begin_of_text|> <|start_header_id|> <start_of_turn> <end_of_turn> <|fim_prefix|> <|endofprompt|> <0x0A> "
    "<0xE7> ▁ ▁▁a Ġ Ċ ##ing </w> <think> </think> <tool_call> <|assistant|> <|end|> <|system|> <bos> <eos> [gMASK] "
    "<sop> [unused5]"
).split(" ")


def _listed(codes: str) -> list[str]:
    return [chr(int(code, 16)) for code in codes.split()]


def _drawn(chance: random.Random) -> Iterator[tuple[str, str]]:
    blocks = [part.split() for part in BLOCKS.strip().replace("\n", "|").split("|")]
    ranges = [(int(first, 16), int(last, 16)) for _, first, last in blocks]
    for (name, _, _), (first, last) in zip(blocks, ranges, strict=True):
        for _ in range(10):
            yield (
                f"script: {name}",
                "".join(
                    chr(chance.randint(first, last)) if chance.random() > 0.18 else chance.choice("  \n.,1-'a")
                    for _ in range(chance.randint(1, 24))
                ),
            )
    for _ in range(250):
        yield (
            "mixture",
            "".join(
                chr(chance.randint(*chance.choice(ranges))) if chance.random() > 0.3 else chance.choice(ASCII)
                for _ in range(chance.randint(1, 60))
            ),
        )
    for _ in range(200):
        codes = [chance.randint(0, 0x10FFFF) for _ in range(chance.randint(1, 30))]
        yield "any scalar", "".join(chr(code) for code in codes if not 0xD800 <= code < 0xE000)
    for _ in range(10):
        marks = ["".join(chr(chance.randint(0x300, 0x36F)) for _ in range(chance.randint(1, 12))) for _ in "hello"]
        yield "marks", "".join(letter + above for letter, above in zip("hello", marks, strict=True))


def _characters() -> Iterator[tuple[str, str]]:
    for one in map(chr, [*range(32), *range(127, 160)]):
        yield from (("control", text) for text in (one, f"a{one}b", f" {one} x"))
    for one in _listed(INVISIBLE):
        yield from (("invisible", text) for text in (one, f"a{one}b", f"a {one} b", f"{one}{one}1", f"x\n{one}\ny"))
    for one in _listed(PRIVATE):
        yield from (("private", text) for text in (one, f"logo {one}!", one * 5))
    for words in FORMS:
        for form in ("NFC", "NFD", "NFKC", "NFKD"):
            yield "normal form", unicodedata.normalize(form, words)  # type: ignore[arg-type]


def _runs() -> Iterator[tuple[str, str]]:
    for size in (1, 2, 3, 4, 5, 7, 8, 15, 16, 17, 31, 32, 33, 63, 64, 65, 100, 255, 256, 400):
        for one in " |\n|\t|\r\n|\r|  \n| \n|0|7|-|=|a|A|é|中|😀|.|_|#|*|\u00a0|!|ا|ー".split("|"):
            yield "run", one * size
        blank, line = " " * size, "\n" * size
        for text in (f"x{blank}y", f"{blank}x", f"x{blank}", f"x{line}y", f"{line} x", f"1{blank}2"):
            yield "run", text
        yield "run", f"{blank}\n{blank}"


def _words() -> Iterator[tuple[str, str]]:
    for one in DIGITS.split("|"):
        yield from (("digits", text) for text in (one, f" {one}", f"{one}\n", one + one))
    for one in EMOJI.split(" "):
        yield from (("emoji", text) for text in (one, f"x{one}y", f"{one} {one}", f"{one}\n", one * 7))
    yield from (("right to left", text) for text in BIDI)
    for end in ENDINGS.split():
        yield from (("contraction", text) for text in (f"it{end}", f"IT{end} x", f"{end} {end}", f"1{end}", f"é{end}"))
    for text in CODE:
        variants = (text, text.replace("\n", "\r\n"), text.strip(), f"   {text}", text.upper(), *text.splitlines())
        yield from (("code", one) for one in variants)
    for name in NAMES:
        variants = (name, f"a{name}b", f" {name} ", f"x {name} y\n{name}", name + name, name.upper())
        yield from (("special", one) for one in variants)


@functools.cache
def nasty_strings() -> tuple[tuple[str, str], ...]:
    """All of them, each once, in the same order every time."""
    found = [*_drawn(random.Random(SEED)), *_characters(), *_runs(), *_words(), ("empty", "")]
    return tuple({text: (kind, text) for kind, text in found}.values())
