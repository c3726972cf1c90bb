"""Guess first: a question in large letters, the audience's guess, then the cosines."""

from __future__ import annotations

import contextlib

import streamlit as st

from core.errors import UserError
from core.figures import words as figures
from core.words import guess_page
from core.words.guess import QUESTIONS, Question, answer, own_question, reading
from pages.shared.export import show_figure
from pages.shared.frame import View, dark
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.words.sidebar import PageSettings

KEYS = [question.key for question in QUESTIONS]


def show(settings: PageSettings) -> None:
    with st.sidebar:
        number = st.number_input(
            "Question",
            1,
            len(KEYS),
            1,
            key="words_question",
            bind="query-params",
            help="The arrow keys go to the next and previous question",
        )
        own = st.text_input(
            "Your own: a word or a sum",
            "",
            max_chars=200,
            key="words_own",
            persist_state="session",
            placeholder="coffee",
        )
        options = st.text_input(
            "Its answers",
            "",
            max_chars=200,
            key="words_own_options",
            persist_state="session",
            placeholder="tea, cup, morning",
        )
    question = own_question(settings.vectors, own, options.split(",")) if own.strip() else QUESTIONS[int(number) - 1]
    values = answer(settings.vectors, question)
    guess = _ask(question)
    revealed = bool(guess)
    figure = figures.answers(
        question.options,
        list(values) if revealed else None,
        guess,
        question.asked,
        "cosine: higher is nearer",
        dark(),
        460,
    )
    show_figure(
        figure,
        f"guess-{question.key}",
        {"answer": question.options, "cosine": values} if revealed else None,
        key="guess",
    )
    _read(question, guess, list(values))
    _offer_page(settings, question if question.key == "own" else None)
    show_method(
        r"\arg\max_{o} \cos\Big(o, \sum_i \pm\hat w_i\Big)",
        "the cosine of word vectors: Mikolov et al. 2013.",
        f"from core.words.algebra import parse, vector_of\n{settings.code}\n"
        f"query = vector_of(parse({question.sum!r}, vectors), vectors)\n"
        "cosines = vectors.cosines(query)\n"
        f"result = {{word: float(cosines[vectors.row(vectors.look_up(word))]) for word in {question.options!r}}}",
        {"vectors": settings.title},
        "Only the answers offered are compared; no word is excluded.",
    )


def _ask(question: Question) -> str:
    """The answers as buttons; the guess stays until the question changes."""
    guessed = st.session_state.get("words_guess", ("", ""))
    columns = st.columns([*([2] * len(question.options)), 1.6])
    for column, option in zip(columns, question.options, strict=False):
        if column.button(
            _plain(option),
            key=f"guess_{option}",
            width="stretch",
            type="primary" if guessed == (question.asked, option) else "secondary",
        ):
            guessed = (question.asked, option)
            st.session_state["words_guess"] = guessed
            st.rerun()
    if columns[-1].button("Hide", key="guess_hide", width="stretch", type="tertiary"):
        st.session_state["words_guess"] = ("", "")
        st.rerun()
    return guessed[1] if guessed[0] == question.asked else ""


def _offer_page(settings: PageSettings, own: Question | None) -> None:
    """All questions as a page for a talk, which needs neither the lab nor a network."""

    def made() -> str:
        known, values = [], []
        for question in [*([own] if own else []), *QUESTIONS]:
            with contextlib.suppress(UserError):  # one of its words is out of vocabulary
                values.append(list(answer(settings.vectors, question)))
                known.append(question)
        return guess_page.page(known, values, settings.title)

    st.download_button(
        "Save as an offline page",
        made,
        "guess-first.html",
        "text/html",
        key="guess_page",
        on_click="ignore",
        icon=":material/slideshow:",
        type="tertiary",
    )


def _plain(text: str) -> str:
    """A word for a button's label, whose text Streamlit reads as markup."""
    return "".join("\\" + letter if letter in "\\`*_{}[]()<>#+-.!|~:$" else letter for letter in text)


def _read(question: Question, guess: str, values: list[float]) -> None:
    if not guess:
        show_reading(
            "What do you expect? Choose an answer: {}.",
            ", ".join(question.options),
            caveat="First the guess, then the cosines.",
        )
        return
    best = question.options[max(range(len(values)), key=values.__getitem__)]
    start = "Right: it is {}." if best == guess else "It is {}, not your guess."
    show_reading(start, best, caveat=reading(question, values))


VIEW = View("guess", "Guess first", 11, show)
