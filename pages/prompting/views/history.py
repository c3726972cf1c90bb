"""History: every answer, to be searched, run again and exported."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from core.figures.prompting_text import facts, heat_html, scale_html
from core.prompting.asking import ask
from core.prompting.engine import Model
from core.prompting.history import record_export, records
from core.prompting.history.records import Record
from core.prompting.runs import Question
from core.prompting.settings import Settings
from pages.prompting.history.record_actions import offer, repeat
from pages.prompting.history.reopening import reopen, where
from pages.prompting.sidebar import PageSettings
from pages.prompting.tables import facts_html
from pages.shared.csv_button import show_csv
from pages.shared.frame import View
from pages.shared.method import show_method
from pages.shared.reading import show_reading

KINDS = {
    "chat": "Chat",
    "complete": "Completion",
    "compare": "Compare",
    "constrain": "Structured output",
    "set": "Evals",
    "lesson": "Lessons",
    "record": "History",
}
MOST_LISTED = 500
OPENING = "What is the capital of France?"


def show(page: PageSettings) -> None:
    """The list of runs above, the chosen one below with every token's probability."""
    counts = records.count()
    if not counts and page.small:
        _make_first(page)
        counts = records.count()
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        words = st.text_input(
            "Search",
            key="prompting_records_words",
            max_chars=500,
            label_visibility="collapsed",
            icon=":material/search:",
            placeholder="Words in the prompt, the answer or the model’s name",
        )
        kind = st.pills(
            "Where from",
            [kind for kind in KINDS if kind in counts],
            format_func=lambda kind: f"{KINDS[kind]} {counts.get(kind, 0):,}",
            key="prompting_records_kind",
            label_visibility="collapsed",
        )
    found = records.search(words or "", kind or "", MOST_LISTED)
    chosen = records.find([record.id for record in _show_list(found)])
    if chosen:
        _show_record(page, chosen)
    else:
        show_reading("{} of {} saved runs contain these words.", "None", f"{sum(counts.values()):,}")
    _show_method(words or "", kind or "", chosen)


def _make_first(page: PageSettings) -> None:
    model = page.model
    assert isinstance(model, Model)
    prompt = [{"role": "user", "content": OPENING}] if page.chats else "Once upon a time"
    settings = Settings(temperature=0, max_tokens=48, alternatives=5)
    with st.spinner("Nothing is saved yet: the model answers a first question …"):
        ask(Question(model, page.title, prompt, settings), "record", patience=60).finish(60)


def _show_list(found: Sequence[Record]) -> list[Record]:
    """The table; the rows chosen in it, or else the newest."""
    table = {
        "When": [record_export.when(record.at) for record in found],
        "View": [KINDS.get(record.kind, record.kind) for record in found],
        "Model": [record.title for record in found],
        "Prompt": [" ".join(record.question.split())[:200] for record in found],
        "Answer": [" ".join((record.answer or record.error).split())[:300] for record in found],
        "Tokens": [record.timings.generated_tokens for record in found],
        "Tokens/s": [round(record.timings.generation_speed or 0) for record in found],
    }
    height = min(212, 38 + 35 * len(found))
    state = (
        st.dataframe(
            table,
            hide_index=True,
            height=height,
            on_select="rerun",
            selection_mode="multi-row",
            key=f"prompting_records_table_{len(found)}_{found[0].id if found else 0}",
            column_config={
                "When": st.column_config.TextColumn(width=150),
                "Prompt": st.column_config.TextColumn(width="medium"),
                "Answer": st.column_config.TextColumn(width="large"),
            },
            placeholder="",
        )
        if found
        else {"selection": {"rows": []}}
    )
    rows = [row for row in state["selection"]["rows"] if row < len(found)]
    if found:
        show_csv(table, "history", "prompting_records", "Export this list")
    return [found[row] for row in rows] or list(found[:1])


def _show_record(page: PageSettings, chosen: list[Record]) -> None:
    record = chosen[0]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if where(record):
            st.button(
                f"Open in {KINDS[where(record)]}",
                icon=":material/open_in_new:",
                on_click=reopen,
                args=(record,),
                key="prompting_records_open",
            )
        again = isinstance(page.model, Model) and st.button(
            "Run again",
            icon=":material/replay:",
            key="prompting_records_again",
            help="With the model in the sidebar: the exact prompt, its settings and seed, on a fresh context",
        )
        offer(chosen)
        st.space("stretch")
        st.button(
            "Delete" if len(chosen) == 1 else f"Delete {len(chosen)}",
            icon=":material/delete:",
            type="tertiary",
            key="prompting_records_delete",
            on_click=_delete,
            args=([each.id for each in chosen],),
        )
    words, how = st.columns([3, 2], gap="large")
    with words, st.container(height=300, border=False):
        st.html(
            f'<p style="opacity:.75;margin:0 0 .3rem 0;white-space:pre-wrap;overflow-wrap:anywhere">'
            f"{_escaped(record.question[:2000])}</p>"
        )
        st.html(heat_html(record.steps) + f'<p style="margin:.6rem 0 0">{scale_html()}</p>')
    with how:
        st.html(facts_html(facts(record)))
    if again:
        repeat(page.model, record)


def _delete(numbers: list[int]) -> None:
    records.delete(numbers)


def _escaped(text: str) -> str:
    import html

    return html.escape(text)


def _code(words: str, kind: str, chosen: Sequence[Record]) -> str:
    first = chosen[0].id if chosen else None
    return (
        "from core.prompting.history import record_export, records\n"
        f"listed = records.search({words!r}, {kind!r}, {MOST_LISTED})\n"
        "rows = [(record_export.when(each.at), each.title, each.question, each.answer) for each in listed]\n"
        f"steps = [step for record in records.find([{first or ''}]) for step in record.steps]\n"
        "result = rows, [(step.text, step.probability) for step in steps]"
    )


def _show_method(words: str, kind: str, chosen: Sequence[Record]) -> None:
    show_method(
        "",
        "SQLite, one file in the lab's data folder; SHA-256 (FIPS 180-4) of the model's file",
        _code(words, kind, chosen),
        {},
        "When an answer ends, its prompt (also as token ids), settings, seed, tokens, probabilities and times are "
        "written in one transaction, with the digest of the file that gave it and the versions that computed it. "
        "*Run again* reads the same ids on a fresh context; with the same file, settings and computer the tokens "
        "are the same.",
    )


VIEW = View(key="records", title="History", order=9, show=show, once=("Records",))
