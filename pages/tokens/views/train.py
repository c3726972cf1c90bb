"""Train your own: a vocabulary from a pasted text, merge by merge, and its cost for two languages."""

from __future__ import annotations

import streamlit as st

from core.cached import tokens as cached_tokens
from core.figures import tokens as figures
from core.tokens.languages import SAMPLE_ENGLISH, SAMPLE_SPANISH, own_premium
from core.tokens.training import LARGEST, Trained, sample_texts
from pages.shared.export import show_figure
from pages.shared.frame import View, dark
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.shared.user_errors import user_errors
from pages.tokens.boxes import box, show_row
from pages.tokens.method_code import imports_code, made_code, text_code
from pages.tokens.sidebar import PageSettings

WAYS = ("Byte pairs", "Unigram")
OWN = "Your own"
SHOWN = 160


def show(settings: PageSettings) -> None:
    left, right = st.columns([3, 2], vertical_alignment="top")
    st.session_state.setdefault("tokens_training_text", sample_texts()["Spanish"])
    text = left.text_area("Text to train on", key="tokens_training_text", height=150, persist_state="session") or ""
    with right, st.container(horizontal=True):
        for name, sample in sample_texts().items():
            st.button(
                name, key=f"tokens_train_{name}", on_click=_take, args=(sample,), help=f"Our sample story in {name}"
            )
    way = right.segmented_control(
        "Algorithm", WAYS, default=WAYS[0], required=True, key="tokens_way", bind="query-params"
    )
    size = int(right.slider("Vocabulary size", 300, LARGEST, 600, 20, key="tokens_size", bind="query-params"))
    with user_errors():
        trained = cached_tokens.trained_tokenizer(text, size, way == WAYS[1])
        _show_premium(settings, trained)
        _show_merges(trained)
        _show_result(trained, text)
    _show_how(settings, text, way == WAYS[1], size)


def _show_how(settings: PageSettings, text: str, unigram: bool, size: int) -> None:
    sample = next((name for name, sample in sample_texts().items() if sample == text), None)
    show_method(
        "",
        "byte pairs: Sennrich, Haddow and Birch 2016; Unigram: Kudo 2018, trained by Hugging Face's tokenizers",
        f"{imports_code(settings.keys, 'languages', 'training')}\n"
        f"text = {text_code(text) if sample is None else f'training.sample_texts()[{sample!r}]'}\n"
        f"trained = training.{'unigram' if unigram else 'byte_pairs'}(text, {size})\n"
        f"{made_code(settings.keys, settings.titles)}made = {{{OWN!r}: trained.tokenizer, **made}}\n"
        "pair = languages.SAMPLE_ENGLISH, languages.SAMPLE_SPANISH\n"
        "premiums = {title: languages.own_premium(title, one, *pair).premium for title, one in made.items()}\n"
        "merges = [(merge.made, merge.count) for merge in trained.merges]  # merge.ties: pairs as frequent\n"
        f"tokens = [token.bytes for token in trained.tokenizer.encode(text[:{SHOWN}])]\n"
        'result = {"premiums": premiums, "merges": merges, "tokens": tokens}',
        {"algorithm": WAYS[unigram], "tokens": size},
        "Byte pairs start from the 256 bytes and merge the most frequent pair of neighbours repeatedly. Unigram starts "
        "from many pieces and removes those whose loss changes the likelihood of the text least.",
    )


def _take(text: str) -> None:
    st.session_state["tokens_training_text"] = text


def _show_premium(settings: PageSettings, trained: Trained) -> None:
    own = own_premium(OWN, trained.tokenizer, SAMPLE_ENGLISH, SAMPLE_SPANISH)
    found = [
        own,
        *(
            own_premium(title, cached_tokens.tokenizer(key), SAMPLE_ENGLISH, SAMPLE_SPANISH)
            for key, title in zip(settings.keys, settings.titles, strict=True)
        ),
    ]
    show_reading(
        "With this vocabulary Spanish takes {} times the tokens of English; {} takes {} times.",
        f"{own.premium:.2f}",
        found[1].title,
        f"{found[1].premium:.2f}",
        caveat=f"The same four sentences in both languages: {own.tokens} tokens in English, "
        f"{own.other_tokens} in Spanish. Vocabulary: {_reached(trained)}",
    )
    title = (
        "With this vocabulary Spanish is cheaper than English" if own.premium < 1 else "What Spanish costs over English"
    )
    show_figure(
        figures.own_premiums(found, title, dark()),
        "tokens-trained",
        {"tokenizer": [one.title for one in found], "premium": [one.premium for one in found]},
    )


def _show_merges(trained: Trained) -> None:
    if not trained.merges:
        known = trained.tokenizer.vocabulary
        longest = sorted(range(len(known)), key=lambda i: -int(known.lengths[i]))[:40]
        show_row("The longest tokens", [box(known.bytes_of(i), n) for n, i in enumerate(longest)])
        return
    count = len(trained.merges)
    number = st.slider("Merge by merge", 1, count, min(40, count), key="tokens_merge")
    merge = trained.merges[number - 1]
    before = trained.merges[max(0, number - 30) : number]
    show_row(
        f"Merge {number} of {count}",
        [box(one.made, n, f"{one.count}×", fresh=one is merge) for n, one in enumerate(before)],
        f"the pair occurred {merge.count} times in the text, {_rank(merge.ties)}",
    )


def _rank(ties: int) -> str:
    if not ties:
        return "more often than any other"
    return f"as often as {ties:,} other{'s' if ties > 1 else ''}: of equals, the one that was met first is taken"


def _reached(trained: Trained) -> str:
    """The size that was reached, where the text does not give the one that was asked for."""
    if trained.size >= trained.asked:
        return f"{trained.size:,} tokens, as asked."
    why = "no pair of neighbours stands there twice any more" if trained.merges else "the text gives no more candidates"
    return f"{trained.size:,} of the {trained.asked:,} tokens asked for: {why}."


def _show_result(trained: Trained, text: str) -> None:
    start = text[:SHOWN]
    tokens = trained.tokenizer.encode(start)
    show_row(
        "The beginning of the text in its own tokens",
        [box(token.bytes, n) for n, token in enumerate(tokens)],
        f"{len(tokens)} tokens for {len(start)} characters",
    )


VIEW = View(key="train", title="Train", order=8, show=show)
