"""Lessons that bring two areas together: pronouns against real shares, relations against word vectors, documents."""

from __future__ import annotations

import html
from dataclasses import replace

import numpy as np
import streamlit as st

from core import catalog, storage
from core.cached import words as cached_words
from core.errors import UserError
from core.figures import prompting_lessons as figures
from core.figures import style
from core.prompting.context_map import pieces
from core.prompting.engine import Model
from core.prompting.lessons import definitions, verdicts, verdicts_context
from core.prompting.lessons.verdicts import said
from core.prompting.next_words import PAIRS, Study
from core.prompting.series import prompt_for
from core.runtime import server_state
from core.words import analogy
from core.words.occupations import us_2015
from core.words.statistics import correlation
from pages.prompting import streaming
from pages.prompting.lessons.lesson_answers import asked, mark_html, show_cards, show_sentence
from pages.prompting.sidebar import PageSettings
from pages.shared.export import show_figure
from pages.shared.frame import dark
from pages.shared.reading import show_reading

PASSAGES = "prompting_passages"
"""Where the page on documents leaves passages: a list of {"id", "title", "text"} in the session's state."""
LEAST_EMPLOYED = 150  # thousands of people: occupations whose words are common


def take_passages() -> None:
    """Turn to the last lesson when other passages were handed over, with the question they were found for."""
    state = st.session_state
    if (given := state.get(PASSAGES)) and state.get("prompting_passages_seen") != (key := storage.content_key(given)):
        state["prompting_passages_seen"] = key
        state["prompting_lesson"] = "documents"
        state["prompting_lesson_question"] = str(state.get("prompting_question") or "What do these texts say?")


def show_bias(page: PageSettings) -> None:
    """Pronouns after occupations, against the real share of women."""
    pair = PAIRS[
        str(
            st.segmented_control(
                "Pair",
                list(PAIRS),
                default=next(iter(PAIRS)),
                required=True,
                key="prompting_lesson_pair",
                label_visibility="collapsed",
            )
        )
    ]
    kept = server_state.next_word_runs
    key = storage.content_key(page.title, list(pair))
    jobs = [job for job in us_2015() if job.employed_thousands > LEAST_EMPLOYED]
    if (
        st.button(
            "Run again" if key in kept else "Measure",
            icon=":material/play_arrow:",
            key="prompting_ask_bias",
            type="tertiary" if key in kept else "primary",
        )
        or key not in kept
        and page.small
    ):
        kept[key] = Study(page.model, [job.word for job in jobs], pair)
    if key not in kept:
        return
    study: Study = kept[key]
    if not study.done:
        st.button("Stop", icon=":material/stop_circle:", key=f"prompting_stop_{id(study)}", on_click=study.stop)
        bar = st.progress(0.0)
        while study.look(0.1):
            bar.progress(len(study.pulls) / len(jobs), text=f"{len(study.pulls)} of {len(jobs)} occupations")
        st.rerun()
    if study.error:
        raise study.error
    real = {job.word: job.women_percent for job in jobs}
    pulls = [pull for pull in study.pulls if np.isfinite(pull.share)]
    if len(pulls) < 4:
        raise UserError(
            "This model does not tell these words’ probabilities.",
            "Servers tell the likeliest tokens only; a model on this computer tells all.",
        )
    x, y = np.array([real[pull.word] for pull in pulls]), np.array([100 * pull.share for pull in pulls])
    r = correlation(x, y)
    title = verdicts.bias_title(pair[0], r.low, r.high)
    show_sentence(verdicts.bias(pair, (y / 100).tolist(), (r.value, r.low, r.high), len(jobs)))
    show_figure(
        figures.pronouns([pull.word for pull in pulls], x, y, pair, title, dark()),
        "next_words",
        {"word": [pull.word for pull in pulls], "women percent": x, f"{pair[0]} percent": y},
    )
    st.caption(
        "Mean log odds over three beginnings: " + "; ".join(template.format("…") for template in study.templates) + "."
    )


def show_relation(page: PageSettings) -> None:
    """A relation by example, by language model and by word vectors."""
    named = {f"{a} : {b} = {c} : ?": (a, b, c) for a, b, c in definitions.RELATIONS}
    a, b, c = named[
        str(
            st.pills(
                "Relation",
                list(named),
                default=next(iter(named)),
                required=True,
                key="prompting_lesson_relation",
                label_visibility="collapsed",
            )
        )
    ]
    settings = replace(
        page.settings, grammar=None, json_schema=None, temperature=0.0, seed=1, max_tokens=24, alternatives=5
    )
    series = asked(
        page,
        "relation",
        [prompt_for(page.model, f"{a} is to {b} as {c} is to what?"), f"{a} is to {b} as {c} is to"],
        [settings, replace(settings, max_tokens=8)],
    )
    if series is None:
        return
    left, right = st.columns([2, 1])
    with left:
        show_cards(
            series, ["Asked", "Writing on"], height=200, notes=lambda place, run: _likeliest_html(run) if place else ""
        )
    with right.container(border=True, height=200):
        st.html(f"<b>Word vectors: {html.escape(f'{b} − {a} + {c}')}</b>")
        nearest: list[str] | None = None
        try:
            vectors = cached_words.word_vectors(catalog.DEFAULT_VECTORS)
            found = analogy.solve(vectors, a.lower(), b.lower(), c.lower(), count=5)
            nearest = [each.word for each in found if not each.is_input]
            st.html(
                "".join(
                    f'<div>{html.escape(each.word)} <span style="opacity:.7">{each.score:.3f}'
                    f"{' (an input word)' if each.is_input else ''}</span></div>"
                    for each in found
                )
            )
        except UserError as error:
            st.text(str(error))
    answered, written = map(said, series.runs)
    show_sentence(verdicts.relation(definitions.COMPLETED[c], answered, written, nearest))
    st.caption(f"Numbers at the right are cosines of {catalog.find(catalog.DEFAULT_VECTORS).title}.")


def _likeliest_html(run: object) -> str:
    steps = getattr(run, "steps", [])
    others = steps[0].alternatives[:4] if steps else ()
    shown = ", ".join(f"{html.escape(other.text.strip() or '␣')} {other.probability:.0%}" for other in others)
    return f'<div style="margin-top:.4rem;font-size:.95rem;opacity:.85">Next token: {shown}</div>' if others else ""


def show_documents(page: PageSettings) -> None:
    """The same question without and with passages, and the map of the context that holds them."""
    given = st.session_state.get(PASSAGES)
    passages = [part for part in given if isinstance(part, dict) and part.get("text")] if given else []
    own = not passages
    passages = passages or list(definitions.PASSAGES)
    st.session_state.setdefault("prompting_lesson_question", definitions.ASKED_OF_PASSAGES)
    question = (
        st.text_input(
            "Question",
            key="prompting_lesson_question",
            max_chars=2_000,
            persist_state="session",
            label_visibility="collapsed",
        )
        or "?"
    )
    settings = replace(
        page.settings,
        grammar=None,
        json_schema=None,
        temperature=0.0,
        seed=1,
        max_tokens=min(page.settings.max_tokens, 100),
    )
    count = definitions.fitting(page.model, question, passages, settings)
    used = passages[:count]
    prompt = prompt_for(page.model, definitions.with_passages(question, used))
    series = asked(page, "documents", [prompt_for(page.model, question), prompt], [settings, settings])
    if series is None:
        return
    text = " ".join(part["text"] for part in used)
    show_cards(
        series,
        ["Without the passages", f"With {count} of {len(passages)} passages"],
        lambda run: mark_html(
            [
                (part, known and any(letter.isalnum() for letter in part))
                for part, known in definitions.in_text(run.text, text)
            ],
            style.GREEN,
            True,
        ),
        height=150,
    )
    known = own and question == definitions.ASKED_OF_PASSAGES
    without, given_them = map(said, series.runs)
    show_sentence(
        verdicts_context.documents(
            without, given_them, text, definitions.IN_PASSAGES if known else "", definitions.IN_OTHERS if known else ()
        )
    )
    if count < len(passages):
        show_reading(
            "{} passages did not fit into the context of {} tokens.",
            len(passages) - count,
            f"{getattr(page.model, 'n_ctx', 0):,}",
        )
    if isinstance(page.model, Model) and isinstance(prompt, list):
        parts = [{"role": "user", "content": part["text"].strip()} for part in used]
        divided = pieces(page.model.tokens_of(prompt), [*parts, {"role": "user", "content": f"Question: {question}"}])
        st.html(streaming.map_html(divided, page.model.n_ctx, settings.max_tokens) + streaming.exact_html(divided))
    for part in used:
        st.html(
            f'<p style="margin:0;font-size:.95rem;opacity:.8">{html.escape(str(part.get("title", "")))}: '
            f"{html.escape(str(part['text'])[:300])}</p>"
        )
    if own:
        st.caption("These passages come with the lab. The search view of the page on documents hands over others.")
