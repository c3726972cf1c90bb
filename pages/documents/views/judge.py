"""Judge: how well words, meaning and both find what people called relevant, by each encoder."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from core.cached import documents as cached_documents
from core.documents.retrieval import judging
from core.documents.retrieval.judging import MEASURES, Facts
from core.documents.retrieval.ranking import MODES, Fusion
from core.errors import UserError
from core.figures.documents_judging import NAMES, Score, scores_figure
from core.workflows import compare_encoders, evaluate_search
from core.workflows.compare_encoders import Source
from pages.documents.encoder_choice import pick_sources
from pages.documents.search import fusion_choice
from pages.documents.search.relevance_feedback import show_thumbs
from pages.documents.sidebar import PageSettings
from pages.shared.export import show_figure
from pages.shared.frame import View, dark
from pages.shared.job_status import result_or_progress
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.shared.user_errors import show_note

SETS = {**judging.SAMPLES, "thumbs": "My own thumbs, on this corpus", "folder": "A folder in BEIR's layout"}


def show(page: PageSettings) -> None:
    """Draw the view."""
    if page.corpus is None:
        return
    sources, fusion = pick_sources(), fusion_choice.pick_fusion()
    left, right = st.columns([1.9, 1.3], vertical_alignment="bottom")
    chosen = (
        left.selectbox(
            "Judged set",
            list(SETS),
            format_func=lambda key: SETS[key],
            key="documents_judged",
            bind="query-params",
            label_visibility="collapsed",
        )
        or "lee-people"
    )
    measure = (
        right.segmented_control(
            "Measure",
            [name for name, _ in MEASURES],
            default="nDCG@10",
            required=True,
            key="documents_measure",
            bind="query-params",
            label_visibility="collapsed",
        )
        or "nDCG@10"
    )
    named = chosen
    if chosen == "thumbs":
        show_thumbs(page)
    if chosen == "folder":
        named = st.text_input(
            "Folder on this machine",
            key="documents_judged_folder",
            persist_state="session",
            placeholder="/data/scifact: corpus.jsonl, queries.jsonl, qrels/test.tsv",
        ).strip()
    which = [name for name, _ in MEASURES].index(measure)
    if named:
        _judge(page, named, sources, fusion, which)
    _explain(page, named or "path of the folder", sources, fusion, which)


def _judge(page: PageSettings, named: str, sources: list[Source], fusion: Fusion, measure: int) -> None:
    try:
        judged = evaluate_search.facts(named, page.corpus_key)
    except UserError as problem:
        show_note(problem.what, problem.next_step)
        return
    found = [
        (source, values) for source in sources if (values := _values(page, named, judged, source, fusion)) is not None
    ]
    if not found:
        return
    scores = _scores(found, measure)
    name = MEASURES[measure][0]
    _read(scores, judged, name)
    show_figure(
        scores_figure(scores, name, "Which finds what people call relevant?", dark()),
        "judged",
        _table(found),
        f"{name} of {len(scores)} ways of searching",
    )
    with st.expander("All measures", icon=":material/table:"):
        st.dataframe(_table(found), hide_index=True, width="stretch", key="documents_judged_table")


def _values(page: PageSettings, named: str, judged: Facts, source: Source, fusion: Fusion) -> np.ndarray | None:
    """The scores of an encoder, see `evaluate_search.Verdict`; else None, after drawing its progress or its error."""
    spec = evaluate_search.judging_job(judged, named, page.corpus_key, source, fusion)
    answer = result_or_progress(spec, source.title, compare_encoders.worker())
    return None if answer is None else np.array(cached_documents.array(answer["values"]))


def _scores(found: list[tuple[Source, np.ndarray]], measure: int) -> list[Score]:
    """Keyword search once, since it needs no encoder; then each encoder by meaning, and fused."""
    scores = []
    for which, (source, values) in enumerate(found):
        for place, mode in enumerate(MODES):
            if mode != "keyword" or which == 0:
                one = values[:, place, measure]
                low, high = judging.interval(one)
                scores.append(Score("" if mode == "keyword" else source.title, mode, float(one.mean()), low, high))
    return scores


def _read(scores: list[Score], judged: Facts, name: str) -> None:
    best = max(scores, key=lambda one: one.mean)
    how = f"{best.encoder}, {NAMES[best.mode]}" if best.encoder else NAMES[best.mode]
    words = next(one.mean for one in scores if one.mode == "keyword")
    told = []
    for one in scores:
        if one.mode == "hybrid":
            alone = next(other.mean for other in scores if other.mode == "vector" and other.encoder == one.encoder)
            told.append(one.mean - max(words, alone))
    gains = sum(change >= -0.01 for change in told)
    show_reading(
        "Best here: {}, with {} at {}; words alone reach {}.",
        how,
        name,
        f"{best.mean:.2f}",
        f"{words:.2f}",
        caveat=f"Fusing is at least as good as the better of its two (less 0.01) for {gains} of {len(told)} "
        f"encoders. {judged.queries:,} queries on {judged.texts:,} documents"
        + "".join(f"; {note}" for note in judged.notes)
        + ".",
    )


def _table(found: list[tuple[Source, np.ndarray]]) -> dict[str, list[Any]]:
    rows = [
        (source.title if mode != "keyword" else "", NAMES[mode], values[:, place].mean(axis=0))
        for which, (source, values) in enumerate(found)
        for place, mode in enumerate(MODES)
        if mode != "keyword" or which == 0
    ]
    return {
        "encoder": [row[0] for row in rows],
        "search": [row[1] for row in rows],
        **{name: [round(float(row[2][place]), 3) for row in rows] for place, (name, _) in enumerate(MEASURES)},
    }


def _explain(page: PageSettings, named: str, sources: list[Source], fusion: Fusion, measure: int) -> None:
    show_method(
        r"\mathrm{nDCG@10} = \frac{\sum_{r=1}^{10} g_r / \log_2(1 + r)}{\sum_{r=1}^{10} g^*_r / \log_2(1 + r)}, \qquad "
        r"\mathrm{MRR} = \frac{1}{|Q|} \sum_q \frac{1}{\mathrm{rank}_q} \\[1em] " + fusion_choice.FORMULAS[fusion],
        "Järvelin and Kekäläinen 2002; Thakur et al. 2021 (BEIR); Lee, Pincombe and Welsh 2005 (the judged articles); "
        f"{fusion_choice.SOURCES[fusion]}.",
        f"""
from core.documents.retrieval.judging import interval
from core.documents.search import MODES
from core.workflows.compare_encoders import Source
from core.workflows.evaluate_search import find, judge

judged = find({ascii(named)}, {ascii(page.corpus_key)})
sources = {ascii(sources)}
values = [judge(judged, source, lambda *_: None, {ascii(fusion)}).values for source in sources]
result = [(source.title, mode, each[:, place].mean(axis=0), interval(each[:, place, {measure}]))
          for source, each in zip(sources, values) for place, mode in enumerate(MODES)]
""",
        {
            "looked at": "the first 10 of each ranking",
            "fusion": fusion_choice.NAMES[fusion].lower(),
            "alike": f"judged at least {judging.ALIKE}",
            "interval": "2,000 draws of the queries with replacement, seed 0",
        },
        "g is the grade of the document at rank r, g* that of the best possible order. Recall: the share of the "
        "relevant documents that are found. A document that nobody judged counts as not relevant. Where the queries "
        "are documents of the set, a query's own document is left out.",
    )


VIEW = View(key="judge", title="Judge", order=5, show=show)
