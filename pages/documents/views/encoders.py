"""Encoders compared: the neighbours of the same document by each, how far they agree, and their size and speed."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import streamlit as st

from core.cached import documents as cached_documents
from core.cached import jobs as cached_jobs
from core.documents.pipeline.job_spec import JobSpec
from core.documents.retrieval import tfidf
from core.figures.documents_encoders import agreement_figure, neighbours_figure
from core.workflows import compare_encoders
from core.workflows.compare_encoders import Source
from pages.documents.encoder_choice import pick_sources
from pages.documents.sidebar import PageSettings
from pages.shared.export import show_figure
from pages.shared.frame import View, dark
from pages.shared.job_status import result_or_progress
from pages.shared.method import show_method
from pages.shared.reading import show_reading

COUNT, MOST_COLUMNS = 10, 6


def show(page: PageSettings) -> None:
    """Draw the view."""
    if page.corpus is None:
        return
    sources = pick_sources()
    rows = compare_encoders.sampled(len(page.corpus.texts))
    picked = st.container()
    found = [(source, answer) for source in sources[:MOST_COLUMNS] if (answer := _neighbours(page, source)) is not None]
    if not found:
        return
    near = [np.array(cached_documents.array(answer["indices"])) for _, answer in found]
    shares = np.array([[tfidf.overlap(one, other, COUNT).mean() for other in near] for one in near])
    with picked:
        place = _pick_document(page, rows, tfidf.overlap(near[0], near[-1], COUNT))
    _read(found, near, shares, place, len(rows))
    columns = [(source.title, rows[near[which][place][:COUNT]].tolist()) for which, (source, _) in enumerate(found)]
    show_figure(
        neighbours_figure(columns, page.corpus.texts, "Whose neighbours are they?", dark()),
        "encoders",
        {title: [page.corpus.texts[row] for row in nearest] for title, nearest in columns},
        "The ten nearest documents by each encoder",
        f"encoders-{page.corpus_key}",
    )
    left, right = st.columns(2, gap="medium")
    with left:
        if len(found) > 1:
            show_figure(
                agreement_figure(
                    [source.title for source, _ in found], shares, COUNT, f"Neighbours shared, of {COUNT}", dark()
                ),
                "encoders-agreement",
                {
                    "encoder": [source.title for source, _ in found],
                    **{source.title: shares[:, which].tolist() for which, (source, _) in enumerate(found)},
                },
            )
    with right:
        _show_costs(page, found)
    _explain(page, [source for source, _ in found], place)


def _pick_document(page: PageSettings, rows: np.ndarray, shared: np.ndarray) -> int:
    """The position, among the compared documents, of the one whose neighbours are shown; listed first are those on
    which the first and the last encoder (`shared`) agree least."""
    assert page.corpus is not None
    texts, order = page.corpus.texts, np.argsort(shared, kind="stable").tolist()
    key, kept = f"documents_of_{page.corpus_key}_{int(shared.sum())}", f"documents_of_{page.corpus_key}"
    last = st.session_state.get(kept)  # another encoder, another order: the document stays

    def keep() -> None:
        st.session_state[kept] = st.session_state[key]

    return int(
        st.selectbox(
            "Document",
            order,
            order.index(last) if last in order else 0,
            key=key,
            on_change=keep,
            format_func=lambda place: f"{rows[place] + 1}: {texts[int(rows[place])][:110]}",
            label_visibility="collapsed",
            help="Those first on which the encoders agree least",
        )
    )


def _neighbours(page: PageSettings, source: Source) -> dict[str, Any] | None:
    """The result of an encoder; else None, after drawing its progress or its error."""
    assert page.corpus is not None
    vectors = ""
    if source.kind == "encoder":
        encoded = result_or_progress(_encoding(page, source), "Encoding documents")
        if encoded is None:
            return None
        vectors = encoded["vectors"]
    spec = compare_encoders.comparing(source, page.corpus, page.corpus_key, vectors)
    return result_or_progress(spec, source.title, compare_encoders.worker())


def _encoding(page: PageSettings, source: Source) -> JobSpec:
    """The job that encodes the corpus by a sentence encoder of the catalogue."""
    return dataclasses.replace(page, encoder_key=source.name).encoding()


def _read(
    found: list[tuple[Source, dict[str, Any]]], near: list[np.ndarray], shares: np.ndarray, place: int, count: int
) -> None:
    if len(found) < 2:
        show_reading("{} alone: choose another encoder to compare it with.", found[0][0].title)
        return
    off = shares + np.diag(np.full(len(shares), np.nan))
    least = np.unravel_index(np.nanargmin(off), off.shape)
    one, other = (found[int(which)][0].title for which in least)
    here = int(tfidf.overlap(near[int(least[0])][[place]], near[int(least[1])][[place]], COUNT)[0])
    show_reading(
        "{} and {} agree least: of {} neighbours they share {} on average, and {} for this document.",
        one,
        other,
        COUNT,
        f"{float(off[least]):.1f}",
        here,
        caveat=f"Counted for {count:,} documents; by chance they would share {COUNT * COUNT / max(count - 1, 1):.2f}.",
    )


def _show_costs(page: PageSettings, found: list[tuple[Source, dict[str, Any]]]) -> None:
    table: dict[str, list[Any]] = {
        "encoder": [],
        "dimensions": [],
        "documents/s": [],
        "MB": [],
        "computed in": [],
    }
    for source, answer in found:
        seconds, count, where = answer["seconds"], answer["documents"], answer.get("where")
        if source.kind == "encoder":
            encoded = cached_jobs.cached_result(_encoding(page, source)) or {}
            seconds, count = encoded.get("seconds", 0.0), encoded.get("encoded", 0)
            where = encoded.get("where", encoded.get("precision"))
        for name, value in zip(
            table,
            (
                source.title,
                answer["dimension"],
                round(count / seconds) if seconds else None,
                round(answer["bytes"] / 1e6, 1) or None,
                where or None,
            ),
            strict=True,
        ):
            table[name].append(value)
    st.markdown("**Size and speed**")
    st.dataframe(table, hide_index=True, width="stretch", key="documents_costs")
    st.caption(
        "Speed: measured while these documents were encoded here, loading included; other work on this machine "
        "lowers it. MB (10⁶ bytes): size of the model's file or table."
    )


def _explain(page: PageSettings, sources: list[Source], place: int) -> None:
    show_method(
        r"\mathrm{tfidf}_{t,d} = f_{t,d} \left(1 + \ln \frac{1 + N}{1 + n_t}\right), \qquad "
        r"\mathrm{overlap} = \frac{1}{M} \sum_d |A_{10}(d) \cap B_{10}(d)|",
        "Salton and Buckley 1988 (TF-IDF); Reimers and Gurevych 2019 (sentence encoders).",
        f"""
from core.documents import corpus
from core.documents.retrieval import tfidf
from core.workflows.compare_encoders import Source, encode, nearest, sampled

texts = corpus.load({ascii(page.corpus_key)}).texts
rows = sampled(len(texts))
sources = {ascii(sources)}
near = [nearest(encode(source, [texts[row] for row in rows], lambda *_: None)).indices for source in sources]
result = {{"neighbours": [rows[one[{place}][:{COUNT}]] + 1 for one in near],
          "shared": [[tfidf.overlap(one, other, {COUNT}).mean() for other in near] for one in near]}}
""",
        {"documents compared": f"at most {compare_encoders.MOST:,}", "neighbours": COUNT},
        "Every encoder turns a text into one vector of length 1; its neighbours have the largest cosines. TF-IDF "
        "knows words only; averaged word vectors know which words are alike, but not their order; a sentence encoder "
        "reads the text as a whole.",
    )


VIEW = View(key="encoders", title="Encoders", order=4, show=show)
