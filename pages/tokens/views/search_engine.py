"""Search engine: what Lucene-like analysis keeps of a text, above what the models see."""

from __future__ import annotations

import re
from typing import Any

import streamlit as st

from core.cached import tokens as cached_tokens
from core.text.analysis import LANGUAGES, PAIRS, STOP_WORDS, Language, Term, analyse, dictionary, terms_of
from core.tokens.comparison import count
from core.tokens.display import draw, runs
from core.tokens.engines.word_pieces import byte_positions
from core.tokens.tokenizer import check
from pages.shared.csv_button import show_csv
from pages.shared.frame import View
from pages.shared.live_text import live_text_area
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.shared.user_errors import show_note, user_errors
from pages.tokens.encodings import encode
from pages.tokens.method_code import imports_code, made_code
from pages.tokens.sidebar import PageSettings
from pages.tokens.token_columns import column, show_lanes

LONGEST = 2000
FIRST_TEXT = "Hello there! Welcome to my talk."
ANALYSES = {language.capitalize(): language for language in LANGUAGES}


def show(settings: PageSettings) -> None:
    _stage(settings)


@st.fragment
def _stage(settings: PageSettings) -> None:
    left, right = st.columns([4, 1], vertical_alignment="bottom")
    with left:
        text = live_text_area("Text", key="tokens_search_text", height=68, value=FIRST_TEXT)
    chosen = right.selectbox("Analysis", list(ANALYSES), key="tokens_analysis", bind="query-params") or "English"
    language: Language = ANALYSES.get(chosen, "english")
    with user_errors():
        if len(text) > LONGEST:
            show_note(f"The text has {len(text):,} characters; the first {LONGEST:,} are analysed.", "")
        check(text)
        _show_lanes(settings, text[:LONGEST], language)
        _show_pairs(settings, language)
    _show_how(settings, text[:LONGEST], language)


def _show_lanes(settings: PageSettings, text: str, language: Language) -> None:
    terms = analyse(text, language)
    settings, encodings = encode(settings, text)
    kept = [term for term in terms if not term.is_stop_word]
    first = len(encodings[0])
    show_reading(
        "A search engine keeps {} of {} words: {}. {} sees {} tokens.",
        len(kept),
        len(terms),
        ", ".join(term.term for term in kept[:12]) or "none",
        settings.titles[0],
        f"{first:,}",
        caveat="Punctuation and stop words are not in the index; the model sees them all."
        if STOP_WORDS[language]
        else "Punctuation is not in the index; the model sees it all.",
    )
    at, numbers = byte_positions(text).tolist(), dictionary(terms)
    columns = [
        _lane("Words", "word", "split by Unicode's rules", text, [(t, t.word, i + 1) for i, t in enumerate(terms)], at),
        _lane(
            "Terms in the index",
            "term",
            "lower-cased, stop words removed, stemmed" if STOP_WORDS[language] else "lower-cased",
            text,
            [(t, t.term, numbers[t.term]) for t in kept],
            at,
        ),
    ]
    for key, title, encoded in zip(settings.keys, settings.titles, encodings, strict=True):
        tokenizer = cached_tokens.tokenizer(key)
        columns.append(
            column(title, tokenizer.about, count(encoded), draw(tokenizer, encoded, 0, len(encoded)), len(encoded))
        )
    show_lanes(columns, [(at[start], at[end]) for start, end in stretches(text, terms)], key="tokens_lanes")


def stretches(text: str, terms: list[Term]) -> list[tuple[int, int]]:
    """Words, and what stands between them and is not blank, in order: (start, end) in characters."""
    found, at = [], 0
    for start, end in [*((term.start, term.end) for term in terms), (len(text), len(text))]:
        found += [(at + match.start(), at + match.end()) for match in re.finditer(r"\S+", text[at:start])]
        if start < end:
            found.append((start, end))
        at = end
    return found


def _lane(
    title: str, unit: str, about: str, text: str, drawn: list[tuple[Term, str, int]], at: list[int]
) -> dict[str, Any]:
    """A column of words or terms in the shape of a tokenizer's: the number below is that of the term dictionary."""
    groups = [[runs(spelled), [[number, at[term.start], at[term.end]]]] for term, spelled, number in drawn]
    return {
        "title": title,
        "about": about,
        "tokens": len(drawn),
        "groups": groups,
        "first": 0,
        "unit": unit,
        "perToken": f"{len(text) / len(drawn):.2f}" if drawn else "–",
    }


def _show_pairs(settings: PageSettings, language: Language) -> None:
    st.markdown("### Which pairs each cannot distinguish")

    def verdict(same: bool) -> str:
        return "● the same" if same else "different"

    rows: dict[str, list[str]] = {
        "Pair": [f"{one} / {other or '(nothing)'}" for one, other in PAIRS],
        "Search engine": [verdict(terms_of(one, language) == terms_of(other, language)) for one, other in PAIRS],
    }
    for key, title in zip(settings.keys, settings.titles, strict=True):
        tokenizer = cached_tokens.tokenizer(key)
        rows[title] = [verdict(tokenizer.ids(one) == tokenizer.ids(other)) for one, other in PAIRS]
    st.dataframe(rows, hide_index=True, width="stretch", key="tokens_pairs")
    show_csv(rows, "pairs", "tokens_pairs")


def _show_how(settings: PageSettings, text: str, language: Language) -> None:
    show_method(
        "",
        "Lucene's StandardAnalyzer and EnglishAnalyzer ([lucene.apache.org](https://lucene.apache.org)); Porter 1980; "
        "[Snowball](https://snowballstem.org) for the other languages; the talk's slide on tokens",
        f"from core.text.analysis import PAIRS, analyse, terms_of\n{imports_code(settings.keys)}\n"
        f"text = {ascii(text)}\n"
        f"terms = [(one.word, one.term, one.is_stop_word) for one in analyse(text, {language!r})]\n"
        f"{made_code(settings.keys, settings.titles)}"
        "tokens = {title: len(one.ids(text)) for title, one in made.items()}\n"
        f"same = {{'Search engine': [terms_of(a, {language!r}) == terms_of(b, {language!r}) for a, b in PAIRS]}}\n"
        "same |= {title: [one.ids(a) == one.ids(b) for a, b in PAIRS] for title, one in made.items()}\n"
        'result = {"terms": terms, "tokens": tokens, "same": same}',
        {"analysis": language, "stop words": len(STOP_WORDS[language])},
        "Words by Unicode's boundaries (UAX #29) as Lucene's StandardTokenizer has them: a stretch of Thai, Lao, Khmer "
        "or Burmese is one token, a Han or Hiragana character one each, an emoji one. Lower-cased, possessive *'s* or "
        "elided articles and stop words removed, stemmed. The number under a term is its position in a term dictionary "
        "of this text alone; the number under a token is its id in the model's fixed vocabulary.",
    )


VIEW = View(key="search-engine", title="Search", order=6, show=show)
