"""In which languages texts are written, as far as an encoder must know it: by their letters, and by frequent words.

Letters tell scripts for certain; languages of the Latin alphabet are told by their function words, which short texts
may lack ("Latin letters" then).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence

SCRIPTS = {
    "CJK": "Chinese",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "HANGUL": "Korean",
    "ARABIC": "Arabic",
    "CYRILLIC": "Russian or another language in Cyrillic",
    "GREEK": "Greek",
    "HEBREW": "Hebrew",
    "DEVANAGARI": "Hindi or another language in Devanagari",
    "THAI": "Thai",
    "BENGALI": "Bengali",
    "TAMIL": "Tamil",
    "GEORGIAN": "Georgian",
    "ARMENIAN": "Armenian",
    "LATIN": "Latin letters",
}
WORDS = {
    "English": "the of and to in is that for it was on are with as be this have from not by at",
    "German": "der die und das ist nicht ein eine zu mit den von auf für im sich auch es dem wir",
    "French": "le la les et des est une un dans que pour qui pas sur du au il nous avec cette",
    "Spanish": "el los las una que por con para del como más pero es está muy su se lo hay",
    "Portuguese": "não uma que com para os as do da em mais foi são mas também ele muito pelo isso ao",
    "Italian": "il che di una per non con sono della gli anche più come ma nel alla questo è si lo",
    "Dutch": "de het een en van ik niet dat zijn op voor met aan ook maar er naar wordt deze bij",
    "Polish": "nie się na jest że to jak ale czy tak był przez dla po od już tylko są ten było",
    "Swedish": "och att det som på är för inte med jag ett har den av till om men han var de",
    "Turkish": "bir ve bu için çok ile ama daha gibi olan da ne var değil kadar sonra her mi",
}
EMOJI = "emoji"
LONGEST = 2000  # letters looked at of a text
_WORD = re.compile(r"[^\W\d_]+")
_FREQUENT = {name: frozenset(words.split()) for name, words in WORDS.items()}


def of_text(text: str) -> str:
    """The language of a text; "" where it has no letters. Example: "Der Hund ist nicht da" is German."""
    letters = Counter(_script(letter) for letter in text[:LONGEST])
    letters.pop("", None)
    if not letters:
        return ""
    script = letters.most_common(1)[0][0]
    if letters["Japanese"] and letters["Japanese"] + letters["Chinese"] > 0.3 * sum(letters.values()):
        return "Japanese"
    if script != "Latin letters":
        return script
    words = [word.lower() for word in _WORD.findall(text[:LONGEST])]
    hits = {name: sum(word in frequent for word in words) for name, frequent in _FREQUENT.items()}
    best = max(hits, key=lambda name: hits[name])
    second = sorted(hits.values())[-2]
    return best if hits[best] > second and hits[best] >= max(1, 0.04 * len(words)) else "Latin letters"


def _script(letter: str) -> str:
    if letter.isascii():
        return "Latin letters" if letter.isalpha() else ""
    if letter.isalpha():
        name = unicodedata.name(letter, "").split(" ")[0].split("-")[0]
        return SCRIPTS.get(name, "another script")
    return EMOJI if unicodedata.category(letter) == "So" else ""


def shares(texts: Sequence[str]) -> list[tuple[str, float]]:
    """(language, share of the texts) of some texts, the most frequent first. A text that does not tell its language
    counts as the most frequent one in the same letters."""
    found = Counter(language for text in texts if (language := of_text(text)))
    latin = found.pop("Latin letters", 0)
    if latin:
        told = [name for name, _ in found.most_common() if name in WORDS]
        found[told[0] if told else "Latin letters"] += latin
    total = sum(found.values())
    return [(name, often / total) for name, often in found.most_common()]


def foreign_to_english(found: Sequence[tuple[str, float]]) -> float:
    """The share of texts that an encoder for English was not made for."""
    return sum(share for name, share in found if name not in ("English", "Latin letters"))
