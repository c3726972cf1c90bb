"""How a search engine analyses a text: the classic analysis of Lucene, step by step.

Words (`core.text.words`: Unicode's boundaries as Lucene's StandardTokenizer has them), elided articles off, possessive
's off, lower case, stop words out, stems. English is Lucene's EnglishAnalyzer (https://lucene.apache.org, package
analysis.en): its 33 stop words and Porter's stemmer (Porter 1980). "standard" is its StandardAnalyzer: words in lower
case and no more. For the other languages the stemmer is Snowball's (https://snowballstem.org), where Lucene has lighter
ones of its own; their stop words are short lists of ours.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import snowballstemmer

from core.text.words import split

Language = Literal[
    "english", "spanish", "german", "french", "italian", "portuguese", "dutch", "swedish", "russian", "standard"
]
LANGUAGES: tuple[Language, ...] = get_args(Language)

STOP_WORDS: dict[str, frozenset[str]] = {
    language: frozenset(words.split())
    for language, words in {
        "english": "a an and are as at be but by for if in into is it no not of on or such that the their then "
        "there these they this to was will with",
        "spanish": "a al como con de del el ella ellas ellos en entre es esta este esto la las le les lo los más "
        "me mi muy no nos o para pero por porque que se si sin sobre su sus también te tu un una unas "
        "uno unos y ya yo",
        "german": "aber als am an auch auf aus bei bin bis bist da das dass dem den der des die doch du durch ein eine "
        "einem einen einer eines er es für hat ich ihr im in ist mit nach nicht noch nur oder sich sie sind so über um "
        "und uns von vor war was wenn wer wie wir wird zu zum zur",
        "french": "à au aux avec ce ces cette dans de des du elle elles en est et eux il ils je la le les leur leurs "
        "lui ma mais me mes mon ne nos notre nous on ou où par pas pour qu que qui sa se ses son sont sur ta te tes "
        "ton tu un une vos votre vous y",
        "italian": "a ad ai al alla alle anche che chi ci come con da dal dalla dei del della delle di e è ed gli ha "
        "ho i il in io la le lei lo loro lui ma mi ne nel nella noi non o per più quando quello questa questo se sei "
        "si sono su sul sulla tra tu un una uno voi",
        "portuguese": "a ao aos as com como da das de do dos e é ela elas ele eles em entre era essa esse esta este eu "
        "foi isso já lhe mais mas me meu na não nas nem no nos o os ou para pela pelo por qual que quem se sem seu sua "
        "são também te um uma você",
        "dutch": "aan al als bij dat de der die dit door een en er het hij hoe hun ik in is je kan maar me met mijn na "
        "naar niet nog nu of om ons ook op over te tot uit van voor was wat we wel wie wij wordt ze zich zij zijn zo",
        "swedish": "alla att av de dem den det dig din du där efter ej eller en er ett för från ha han har hon i icke "
        "inte jag kan man med men mig min mot ni nu när och om oss på sig sin som så till under upp ut var vi vid är",
        "russian": "а без бы был была были было быть в вам вас во вот все вы да для до его ее если есть еще же за и из "
        "или им их к как ко которые кто ли мне мы на не него нее нет ни но о об он она они от по при с со так то "
        "только ты у уже что чтобы это я",
        "standard": "",
    }.items()
}
_STEMMERS = {"english": "porter", **{name: name for name in LANGUAGES if name not in ("english", "standard")}}
_LONGEST_WORD = 100  # a longer "word" is data, not language: it is left unchanged
_POSSESSIVE = tuple(mark + letter for mark in "'’＇" for letter in "sS")
_ELIDED = {  # articles and pronouns that lose their vowel before another one, as Lucene's ElisionFilter takes them off
    "french": re.compile(r"(?:l|m|t|qu|n|s|j|d|c|jusqu|quoiqu|lorsqu|puisqu)['’]", re.IGNORECASE),
    "italian": re.compile(
        r"(?:c|l|all|dall|dell|nell|sull|coll|pell|gl|agl|dagl|degl|negl|sugl|un|m|t|s|v|d)['’]", re.IGNORECASE
    ),
}


@dataclass(frozen=True)
class Term:
    """A word with the steps of its analysis. `start`, `end`: characters of the text; `term` is "" if it is left out."""

    word: str
    start: int
    end: int
    lowered: str
    is_stop_word: bool
    term: str


def analyse(text: str, language: Language = "english") -> list[Term]:
    """Every word of `text` with its term."""
    terms = []
    for word, start, end in split(text):
        lowered = _lowered(word, language)
        stops = lowered in STOP_WORDS[language]
        terms.append(Term(word, start, end, lowered, stops, "" if stops else _stem(lowered, language)))
    return terms


def _lowered(word: str, language: Language) -> str:
    """The word in lower case; an English possessive loses its 's, an elided article before a word is taken off."""
    if language == "english":
        return (word[:-2] if word.endswith(_POSSESSIVE) else word).lower()
    elided = _ELIDED.get(language)
    article = elided.match(word) if elided else None
    return (word[article.end() :] or word if article else word).lower()


@functools.lru_cache(maxsize=200_000)
def _stem(word: str, language: Language) -> str:
    """The stem of a lower-case word; words repeat, and the stemmer is pure Python."""
    if len(word) > _LONGEST_WORD or language not in _STEMMERS or (language == "english" and len(word) < 3):
        return word  # Porter's steps are for words of three letters and more: "s" alone is no plural
    return str(snowballstemmer.stemmer(_STEMMERS[language]).stemWord(word))


def terms_of(text: str, language: Language = "english") -> list[str]:
    """The terms that would be looked up or stored, in order."""
    lowered = (_lowered(word, language) for word, _, _ in split(text))
    return [_stem(word, language) for word in lowered if word not in STOP_WORDS[language]]


def dictionary(terms: Sequence[Term]) -> dict[str, int]:
    """A term dictionary for this text alone: its terms in alphabetical order, numbered from 1."""
    return {term: number for number, term in enumerate(sorted({one.term for one in terms if one.term}), 1)}


PAIRS = (
    ("US", "us"),
    ("not good", "good"),
    ("C++", "C"),
    ("universe", "university"),
    ("resume", "résumé"),
    ("to be or not to be", ""),
    ("Apple", "apple"),
    ("talk", "talks"),
    ("well-known", "well known"),
    ("John's", "John"),
    ("3.14", "314"),
    ("naïve café", "naive cafe"),
)
"""Pairs of texts that some ways of tokenizing cannot distinguish."""
