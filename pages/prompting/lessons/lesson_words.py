"""Lessons that join two areas: pronouns against real shares, relations against word vectors, documents."""

from __future__ import annotations

import html
from dataclasses import replace
from typing import Any

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
from core.prompting.lessons.answers import said
from core.prompting.next_words import PAIRS, Study
from core.prompting.series import prompt_for
from core.prompting.settings import Settings
from core.runtime import server_state
from core.words import analogy
from core.words.occupations import us_2015
from core.words.statistics import correlation
from pages.prompting import context_bar, state_keys, streaming
from pages.prompting.lessons.lesson_answers import asked, mark_html, show_cards, show_sentence
from pages.prompting.lessons.lesson_code import ANSWERS, PROMPT_FOR, lesson_code, thinking_code
from pages.prompting.sidebar import PageSettings
from pages.shared.export import show_figure
from pages.shared.frame import dark
from pages.shared.passages import sent_passages
from pages.shared.reading import show_reading

WRITTEN_TOKENS = 8  # that complete a relation
LEAST_EMPLOYED = 150  # thousands of people: occupations whose words are common


def take_passages() -> None:
    """Open the last lesson when other passages were sent from the documents page, with the question of that search."""
    state, (question, passages) = st.session_state, sent_passages()
    if passages and state.get("prompting_passages_seen") != (key := storage.content_key(passages)):
        state["prompting_passages_seen"] = key
        state[state_keys.LESSON] = "documents"
        state[state_keys.LESSON_QUESTION] = question or "What do these texts say?"


def show_bias(page: PageSettings) -> str:
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
    runs = server_state.next_word_runs
    key = storage.content_key(page.title, list(pair))
    code = lesson_code(
        page,
        f"jobs = [job for job in us_2015() if job.employed_thousands > {LEAST_EMPLOYED}]",
        f"study = Study(model, [job.word for job in jobs], {pair!r})",
        "study.finish(600)",
        "result = [(job.word, job.women_percent, 100 * pull.share) for job, pull in zip(jobs, study.pulls)]",
        more=("from core.prompting.next_words import Study", "from core.words.occupations import us_2015"),
    )
    jobs = [job for job in us_2015() if job.employed_thousands > LEAST_EMPLOYED]
    if (
        st.button(
            "Run again" if key in runs else "Measure",
            icon=":material/play_arrow:",
            key="prompting_ask_bias",
            type="tertiary" if key in runs else "primary",
        )
        or key not in runs
        and page.small
    ):
        runs[key] = Study(page.model, [job.word for job in jobs], pair)
    if key not in runs:
        return code
    study: Study = runs[key]
    if not study.done:
        streaming.show_stop(study)
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
            "This model gives no probabilities for these words.",
            "Servers return the likeliest tokens only; a model on this computer gives all.",
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
    return code


def show_relation(page: PageSettings) -> str:
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
    prompts = [prompt_for(page.model, f"{a} is to {b} as {c} is to what?"), f"{a} is to {b} as {c} is to"]
    series = asked(page, "relation", prompts, [settings, replace(settings, max_tokens=WRITTEN_TOKENS)])
    code = _relation_code(page, prompts, settings, (a, b, c))
    if series is None:
        return code
    left, right = st.columns([2, 1])
    with left:
        show_cards(
            series, ["Asked", "Continued"], height=200, notes=lambda place, run: _likeliest_html(run) if place else ""
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
    return code


def _relation_code(page: PageSettings, prompts: list[Any], settings: Settings, words: tuple[str, str, str]) -> str:
    inputs = tuple(word.lower() for word in words)
    return lesson_code(
        page,
        f"prompts, settings = {prompts!r}, {settings.as_code()}",
        f"limits = [settings.max_tokens, {WRITTEN_TOKENS}]",
        "steps = [list(model.generate(prompt, replace(settings, max_tokens=most)"
        f"{thinking_code(page)}, cold=True)) for prompt, most in zip(prompts, limits)]",
        'texts = ["".join(step.text for step in each) for each in steps]',
        "following = [(other.text, other.probability) for other in steps[1][0].alternatives[:4]]",
        f"near = analogy.solve(catalog.load({catalog.DEFAULT_VECTORS!r}), *{inputs!r}, count=5)",
        "result = texts, following, [(each.word, each.score) for each in near]",
        more=("from core.words import analogy", "from core import catalog", "from dataclasses import replace"),
    )


def _likeliest_html(run: object) -> str:
    steps = getattr(run, "steps", [])
    others = steps[0].alternatives[:4] if steps else ()
    shown = ", ".join(f"{html.escape(other.text.strip() or '␣')} {other.probability:.0%}" for other in others)
    return f'<div style="margin-top:.4rem;font-size:.95rem;opacity:.85">Next token: {shown}</div>' if others else ""


def show_documents(page: PageSettings) -> str:
    """The same question without and with passages, and the map of the context that holds them."""
    _, passages = sent_passages()
    own = not passages
    passages = passages or list(definitions.PASSAGES)
    st.session_state.setdefault(state_keys.LESSON_QUESTION, definitions.ASKED_OF_PASSAGES)
    question = (
        st.text_input(
            "Question",
            key=state_keys.LESSON_QUESTION,
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
    known = own and question == definitions.ASKED_OF_PASSAGES
    expected = (definitions.IN_PASSAGES, definitions.IN_OTHERS) if known else ("", ())
    code = lesson_code(
        page,
        f"question, passages = {question!r}, {[{'text': part['text']} for part in used]!r}",
        "prompts = [prompt_for(model, question), prompt_for(model, definitions.with_passages(question, passages))]",
        f"said = answers(model, prompts, {settings.as_code()}{thinking_code(page)})",
        'text = " ".join(part["text"] for part in passages)',
        f"result = said, verdicts_context.documents(*said, text, *{expected!r}).text",
        more=(ANSWERS, PROMPT_FOR, "from core.prompting.lessons import definitions, verdicts_context"),
    )
    if series is None:
        return code
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
    without, given_them = map(said, series.runs)
    show_sentence(verdicts_context.documents(without, given_them, text, *expected))
    if count < len(passages):
        show_reading(
            "{} passages did not fit into the context of {} tokens.",
            len(passages) - count,
            f"{getattr(page.model, 'n_ctx', 0):,}",
        )
    if isinstance(page.model, Model) and isinstance(prompt, list):
        parts = [{"role": "user", "content": part["text"].strip()} for part in used]
        divided = pieces(page.model.tokens_of(prompt), [*parts, {"role": "user", "content": f"Question: {question}"}])
        st.html(context_bar.map_html(divided, page.model.n_ctx, settings.max_tokens) + context_bar.exact_html(divided))
    for part in used:
        st.html(
            f'<p style="margin:0;font-size:.95rem;opacity:.8">{html.escape(str(part.get("title", "")))}: '
            f"{html.escape(str(part['text'])[:300])}</p>"
        )
    if own:
        st.caption("These passages come with the lab. Search on the documents page sends others.")
    return code
