"""Vocabulary: a tokenizer's tokens, searched, measured, and compared with another's."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import streamlit as st

from core import catalog
from core.cached import tokens as cached_tokens
from core.figures import tokens as figures
from core.tokens import embeddings, foreign, own_files
from core.tokens.vocabulary import KINDS
from core.tokens.vocabulary_table import SCRIPTS, Query, Table, overlap
from pages.shared.csv_button import show_csv
from pages.shared.export import show_figure
from pages.shared.frame import View, dark
from pages.shared.method import OPEN_KEY, show_method
from pages.shared.reading import show_reading
from pages.shared.user_errors import user_errors
from pages.tokens.method_code import imports_code, load_code
from pages.tokens.sidebar import PageSettings, in_catalogue

MOST_ROWS = 1000
FIRST_SEARCH = "magi"


def show(settings: PageSettings) -> None:
    titles = dict(zip(settings.keys, settings.titles, strict=True))
    key = (
        st.selectbox(
            "Vocabulary of", list(titles), len(titles) - 1, format_func=titles.__getitem__, key="tokens_vocabulary_of"
        )
        or settings.keys[-1]
    )
    _search(key, titles[key])
    with user_errors():
        _show_scripts(titles)
        _show_oddities(key, titles[key], cached_tokens.vocabulary_table(key))
        _show_overlap(key, titles)
        _show_norms(key, titles[key])
    _show_how(key, titles)


def _show_how(key: str, titles: dict[str, str]) -> None:
    others = [other for other in titles if other != key]
    query = _query_of(st.session_state)
    show_method(
        "",
        "fragments, unreachable tokens and norms: Land and Bartolo 2024, "
        "[arXiv:2405.05417](https://arxiv.org/abs/2405.05417)",
        f"{imports_code(list(titles))}from core.tokens.vocabulary_table import Query, Table, overlap\n\n"
        f"table = Table({load_code(key)})\nfound = table.find({query!r})\n"
        f"others = {[titles[other] for other in others]!r}, [{', '.join(map(load_code, others))}]\n"
        'result = {"found": [(i, table.vocabulary.bytes_of(i)) for i in found.tolist()],\n'
        '          "scripts": table.script_counts(), "longest": table.longest().tolist(),\n'
        '          "fragments": len(table.fragments()),\n'
        '          "in both": {title: overlap(table, Table(one)).both for title, one in zip(*others)}}',
        explanation="The script of a token is that of its first letter, by the character's name in Unicode. A fragment "
        "has several bytes that are no whole characters.",
    )


@st.fragment
def _search(key: str, title: str) -> None:
    """The search alone, so that it need not wait for the figures below."""
    left, right = st.columns(2, vertical_alignment="bottom")
    left.text_input("Contains the text", FIRST_SEARCH, key="tokens_substring", bind="query-params")
    right.text_input(
        "Matches the pattern",
        "",
        key="tokens_pattern",
        bind="query-params",
        placeholder=r"for example ^ [A-Z]\w+ing$",
        help="A Python regular expression",
    )
    with user_errors():
        table = cached_tokens.vocabulary_table(key)
        query = _pick_query()
        if st.session_state.get(OPEN_KEY) and st.session_state.get("tokens_query") not in (None, query):
            st.session_state["tokens_query"] = query
            st.rerun()  # the lines below, outside of this fragment, are to follow
        st.session_state["tokens_query"] = query
        start = time.perf_counter()
        found = table.find(query)
        _show_found(title, table, found, 1000 * (time.perf_counter() - start))


def _pick_query() -> Query:
    with st.expander("More filters", icon=":material/tune:"):
        columns = st.columns(6, vertical_alignment="bottom")
        columns[0].text_input("Contains the bytes", "", placeholder="f0 9f", key="tokens_bytes_held")
        columns[1].selectbox("Script", ["any", *SCRIPTS], key="tokens_script", bind="query-params")
        columns[2].selectbox("Kind", ["any", *KINDS[1:]], key="tokens_kind", bind="query-params")
        columns[3].number_input("Minimum bytes", 0, 1000, 0, key="tokens_shortest")
        columns[4].selectbox("Leading space", ["either", "yes", "no"], key="tokens_space")
        columns[5].text_input("Ids", "", placeholder="15043, 2787", key="tokens_ids_wanted")
    return _query_of(st.session_state)


def _query_of(state: Any) -> Query:
    """The query that the widgets hold."""
    script, kind = state.get("tokens_script") or "any", state.get("tokens_kind") or "any"
    return Query(
        state.get("tokens_substring") or "",
        state.get("tokens_pattern") or "",
        state.get("tokens_bytes_held") or "",
        "" if script == "any" else script,
        "" if kind == "any" else kind,
        int(state.get("tokens_shortest") or 0),
        0,
        {"yes": True, "no": False}.get(state.get("tokens_space") or ""),
        state.get("tokens_ids_wanted") or "",
    )


def _show_found(title: str, table: Table, found: np.ndarray, milliseconds: float) -> None:
    show_reading(
        "{} of {}'s {} tokens match.",
        f"{len(found):,}",
        title,
        f"{len(table):,}",
        caveat=f"Found in {milliseconds:.1f} ms, in this process."
        + (f" The first {MOST_ROWS:,} are listed." if len(found) > MOST_ROWS else ""),
    )
    rows = _rows(table, found[:MOST_ROWS])
    st.dataframe(rows, hide_index=True, width="stretch", height=248, key="tokens_found")
    show_csv(rows, "tokens-found", "tokens_found")


def _rows(table: Table, ids: np.ndarray) -> dict[str, list[Any]]:
    known = table.vocabulary
    return {
        "Id": ids.tolist(),
        "Token": [repr(table.texts[i])[1:-1] for i in ids.tolist()],
        "Spelling": [table.tokenizer.piece(i) for i in ids.tolist()],
        "Bytes": [known.bytes_of(i).hex(" ").upper() for i in ids.tolist()],
        "Length in bytes": known.lengths[ids].tolist(),
        "Kind": [known.kind_of(i) for i in ids.tolist()],
        "Script": [SCRIPTS[number].lower() for number in table.scripts[ids].tolist()],
    }


def _show_scripts(titles: dict[str, str]) -> None:
    counts = {title: cached_tokens.vocabulary_table(key).script_counts() for key, title in titles.items()}
    latin = {title: by["LATIN"] / max(sum(by.values()), 1) for title, by in counts.items()}
    most = max(latin, key=lambda title: latin[title])
    title = f"{100 * latin[most]:.0f} % of {most}'s vocabulary is in Latin letters"
    table = {"tokenizer": list(counts), **{name.lower(): [by[name] for by in counts.values()] for name in SCRIPTS}}
    show_figure(figures.scripts(counts, title, dark()), "tokens-scripts", table)


def _show_oddities(key: str, title: str, table: Table) -> None:
    st.markdown("### Odd tokens")
    left, right = st.columns(2)
    with left:
        st.markdown("Longest")
        st.dataframe(
            _rows(table, table.longest()),
            hide_index=True,
            height=220,
            key="tokens_longest",
            column_order=["Length in bytes", "Token", "Id"],
        )
    with right:
        fragments = table.fragments()
        st.markdown("Fragments and unreachable")
        show_reading(
            "{} tokens of {} are fragments: their bytes are not whole characters.", f"{len(fragments):,}", title
        )
        if st.toggle("Find unreachable tokens (no text produces them)", key="tokens_unreachable"):
            gone = cached_tokens.unreachable(key)
            show_reading("{} tokens are unreachable: their own text is encoded differently.", f"{len(gone):,}")
            st.dataframe(
                _rows(table, gone[:MOST_ROWS]),
                hide_index=True,
                height=220,
                key="tokens_unreachable_list",
                column_order=["Token", "Id", "Script"],
            )


def _show_overlap(key: str, titles: dict[str, str]) -> None:
    others = [other for other in titles if other != key]
    if not others:
        return
    st.markdown("### Overlap with the other vocabularies")
    first = cached_tokens.vocabulary_table(key)
    found = [overlap(first, cached_tokens.vocabulary_table(other)) for other in others]
    st.dataframe(
        {
            "With": [titles[other] for other in others],
            "In both": [one.both for one in found],
            f"Only in {titles[key]}": [one.only_first for one in found],
            "Only in the other": [one.only_second for one in found],
            "Share in both": [f"{100 * one.share:.1f} %" for one in found],
        },
        hide_index=True,
        width="stretch",
        key="tokens_overlap",
    )


def _show_norms(key: str, title: str) -> None:
    path = catalog.find(key).path if in_catalogue(key) else own_files.path_of(key)
    if path is None or path.suffix != ".gguf" or (in_catalogue(key) and key not in ("pocket", "smollm2")):
        return
    values = embeddings.row_norms(path) if in_catalogue(key) else foreign.row_norms(path)
    table = cached_tokens.vocabulary_table(key)
    names = [f"“{table.texts[int(i)][:20]}”" for i in (values.argmin(), values.argmax())]
    st.markdown("### Length of the input embeddings")
    show_reading(
        "The shortest input embedding of {} is that of {}, the longest that of {}.",
        title,
        *names,
        caveat="Embeddings that training hardly changed keep their initial length: a separate band.",
    )
    heading = f"Input embeddings of {title} by length"
    show_figure(
        figures.norms(values, table.texts, heading, dark()),
        "tokens-norms",
        {"id": list(range(len(values))), "norm": values.tolist()},
    )


VIEW = View(key="vocabulary", title="Vocabulary", order=4, show=show)
