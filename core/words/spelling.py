"""What a person typed, as the vocabulary writes it; and suggestions for what it does not have.

One folding for all views, in this order: as typed; in another case; with letters composed in another way (NFC, NFD),
and with other signs for apostrophe and hyphen; with "_" or "-" for a space. What was changed is said.
"""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.words.vectors import WordVectors

SEARCHED = 100_000
"""Similar spellings are searched among this many first (most frequent) words, to answer while a person types."""
FOLDED = 400_000
"""Words that are compared without regard to case, where no usual form is in the vocabulary."""
LONGEST = 80
MOST_SAID = 6
SUBWORDS = "\0subwords"
"""Stands for a word of the vocabulary where a vector is made from subwords."""

APOSTROPHES = "'’‘ʼ`´′＇"
HYPHENS = "-‐‑‒–—−﹣－"
_DOTLESS = str.maketrans("", "", "\u200b\u00ad\ufeff\u200e\u200f")  # signs without width that copying brings along


def same_spelling(word: str) -> Iterator[str]:
    """The same word in other characters: NFC, NFD, NFKC, and other signs for apostrophe and hyphen.

    Example: "don’t" gives "don't"; "café" in NFC gives it in NFD.
    """
    bare = word.translate(_DOTLESS)
    seen = {word}
    for signs in _signs(bare):
        for form in ("NFC", "NFD", "NFKC"):
            made = unicodedata.normalize(form, signs)
            if made not in seen:
                seen.add(made)
                yield made


def _signs(word: str) -> Iterator[str]:
    """The word with each sign for an apostrophe, and each for a hyphen, that vocabularies have."""
    yield word
    if re.search(f"[{re.escape(APOSTROPHES)}]", word):
        yield from (re.sub(f"[{re.escape(APOSTROPHES)}]", sign, word) for sign in "'’ʼ`")
    if re.search(f"[{re.escape(HYPHENS)}]", word):
        plain = re.sub(f"[{re.escape(APOSTROPHES)}]", "'", word)
        yield from (re.sub(f"[{re.escape(HYPHENS)}]", sign, plain) for sign in "-‐‑–—−")


def cases(word: str) -> Iterator[str]:
    """The word in lower case, capitalized, each part capitalized, in capitals, and with case exchanged."""
    yield from dict.fromkeys(
        [word.lower(), word[:1].upper() + word[1:].lower(), word.title(), word.upper(), word.swapcase()]
    )


def folded(vectors: WordVectors, typed: str, thorough: bool = True) -> str | None:
    """The word of the vocabulary that was meant; None if there is none.

    `thorough`: whether unusual case (McDonald) is searched for in the vocabulary, too, which takes some 50 ms.

    Example: with paris and don't in the vocabulary, "Paris" gives paris and "Don’t" don't.
    """
    word = " ".join(typed.split())
    if not word or len(word) > LONGEST:
        return None
    for form in _forms(word):
        if (row := vectors.find(form)) is not None:
            return vectors.words[row]
    return _without_case(vectors, word) if thorough and not set(word) & set(" +()*") else None


def _forms(word: str) -> Iterator[str]:
    yield word
    yield from cases(word)
    others = list(same_spelling(word))
    yield from others
    for other in others:
        yield from cases(other)
    if " " in word:
        joined = [word.replace(" ", joint) for joint in ("_", "-", "")]
        yield from joined
        for other in joined:
            yield from cases(other)
            yield from same_spelling(other)


def _without_case(vectors: WordVectors, word: str) -> str | None:
    """The first word that differs in case alone ("McDonald"), among so many of the first."""
    wanted, size = unicodedata.normalize("NFC", word).casefold(), len(word)
    near = (other for other in vectors.words[:FOLDED] if -3 < len(other) - size < 3)
    return next((other for other in near if other.casefold() == wanted), None)


def in_the_case_of(text: str, vectors: WordVectors) -> str:
    """A list or sum of lower-case words with each word in its most frequent case in this set.

    Example: with Paris and doctor more frequent than paris and Doctor, "paris, doctor" gives "Paris, doctor".
    """

    def usual(found: re.Match[str]) -> str:
        word = found[0]
        rows = {form: row for form in (word, *cases(word)) if (row := vectors.index.get(form)) is not None}
        if not rows or (word in rows and not vectors.ordered):
            return word
        return min(rows, key=rows.__getitem__)

    return re.sub(r"[^\W\d_](?:[\w'’-]*\w)?", usual, text)


def suggestions(vectors: WordVectors, word: str, count: int = 3) -> tuple[str, ...]:
    """Up to `count` words of the vocabulary: other case, with "_" or "-" for a space, then by similar spelling.

    Example: "Verisgn" -> verisign; "NURSE" -> nurse; "ice cream" -> ice-cream.
    """
    typed = word.strip()
    if not typed or len(typed) > 60:
        return ()
    forms = [typed.lower(), typed.capitalize(), typed.upper(), typed.title(), typed.swapcase()]
    forms += [form.replace(" ", joint) for form in (typed, typed.lower()) for joint in ("_", "-", "")]
    found = [form for form in dict.fromkeys(forms) if form in vectors and form != word]
    if len(found) < count:
        found += [near for near in _near(vectors, typed.lower(), count) if near not in found]
    return tuple(found[:count])


def _near(vectors: WordVectors, typed: str, count: int) -> list[str]:
    start, size = typed[:1], len(typed)
    # A typo rarely changes the first letter and the length by much; this leaves few enough for exact comparison.
    candidates = [
        word
        for word in vectors.words[:SEARCHED]
        if abs(len(word) - size) <= 2 and (word[:1].lower() == start or word[1:3].lower() == typed[1:3])
    ]
    lowered: dict[str, str] = {}
    for word in candidates:
        lowered.setdefault(word.lower(), word)
    letters = set(typed)
    close = [word for word in lowered if len(letters & set(word)) * 3 >= len(letters) * 2]
    return [lowered[word] for word in difflib.get_close_matches(typed, close, n=count, cutoff=0.72)]


def said(looked_up: Mapping[str, str]) -> str:
    """One sentence on words that were looked up in another form, each once; "" if none was.

    Example: {"Paris": "paris"} gives "Paris was looked up as paris."
    """
    named = []
    for typed, word in list(looked_up.items())[:MOST_SAID]:
        if word == SUBWORDS:
            named.append(f"“{typed[:40]}” is out of vocabulary; its vector is made from its subwords")
        elif unicodedata.normalize("NFC", typed) == unicodedata.normalize("NFC", word):
            named.append(f"{typed[:40]} was looked up in another Unicode form, as the vocabulary has it")
        else:
            named.append(f"{typed[:40]} was looked up as {word[:40]}")
    more = f"; {len(looked_up) - MOST_SAID:,} more in the same way" if len(looked_up) > MOST_SAID else ""
    return f"{'; '.join(named)}{more}." if named else ""
