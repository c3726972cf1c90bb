"""Search: by words, by meaning, and both fused, side by side and on the map, and why each document was found."""

from __future__ import annotations

from typing import Any

import plotly.graph_objects as go
import streamlit as st

from core.documents.retrieval import answer as answers
from core.documents.retrieval.answer import Answer
from core.documents.retrieval.explain import ordinal
from core.documents.retrieval.ranking import DEPTH, Fusion, Mode
from core.figures.search import Found, fusion_figure
from pages.documents.lines import loading
from pages.documents.search.fusion_choice import FORMULAS, NAMES, NOTES, SOURCES, pick_fusion
from pages.documents.search.hit_cards import show_cards
from pages.documents.search.search_index import Index, index_of, pick_server
from pages.documents.search.search_map import show_found
from pages.documents.search.send_to_prompts import offer_answer
from pages.documents.sidebar import PageSettings, encoder_title
from pages.shared.export import show_figure
from pages.shared.frame import View, dark
from pages.shared.job_status import result_or_progress
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.shared.user_errors import user_errors

LONGEST_QUERY = 2000
PRESETS = {
    "lee": ("heat wave and forest on fire", "Kallis", "HIH", "Qantas strike", "plane company goes bust"),
    "everyday": ("a long bicycle race", "garlic", "saving for old age", "looking at the night sky"),
}
TITLES: dict[Mode, tuple[str, str]] = {
    "keyword": ("By words", "BM25: a rare query word and a short text count more"),
    "hybrid": ("Both, fused", ""),  # the note is that of the fusion
    "vector": ("By meaning", "cosine of the vectors: no word has to match"),
}


def show(page: PageSettings) -> None:
    """Draw the view."""
    if page.corpus is None:
        return
    query = _pick_query(page.corpus_key)
    fusion, server, encoder = pick_fusion(), pick_server(), page.encoder
    encoded = result_or_progress(page.encoding(), "Encoding documents")
    index = index_of(page, encoded["vectors"], f"{encoder.name} {encoder.revision}", server) if encoded else None
    if encoded is None or index is None:
        return
    with user_errors():
        answer = answers.ask(index.store, query, encoder.encode_query(query), page.corpus, fusion)
        fusion = answer.ranking.fusion(fusion)
        _read(answer)
        left, right = st.columns([1, 1.3], gap="medium")
        with left:
            show_found(page, encoded["vectors"], answer)
        with right:
            show_figure(_flow(answer), "search", _numbers(answer), "Ranks by words, by both fused, and by meaning")
        for mode, column in zip(TITLES, st.columns(3, gap="medium"), strict=True):
            with column:
                title, note = TITLES[mode]
                show_cards(title, note or NOTES[fusion], answer.explained(mode), fused=not note and fusion == "scores")
        offer_answer(answer)
    _explain(page, index, query, fusion)


def _pick_query(corpus_key: str) -> str:
    presets = PRESETS.get(corpus_key, ())
    if st.session_state.get("documents_search_of") != corpus_key:  # a query of the other sample would find nothing
        st.session_state["documents_search_of"] = corpus_key
        if presets and st.session_state.get("documents_search_query", "") in ("", *sum(PRESETS.values(), ())):
            st.session_state["documents_search_query"] = presets[0]
    query = st.text_input(
        "Search for",
        key="documents_search_query",
        persist_state="session",
        label_visibility="collapsed",
        icon=":material/search:",
        placeholder="Search for a word, a question, a sentence",
    )
    if presets:
        st.pills("Try", presets, key="documents_search_preset", label_visibility="collapsed", on_change=_use_preset)
    return query[:LONGEST_QUERY]


def _use_preset() -> None:
    if preset := st.session_state.get("documents_search_preset"):
        st.session_state["documents_search_query"] = preset
        st.session_state["documents_search_preset"] = None


def _read(answer: Answer) -> None:
    both = len(set(answer.rows("keyword")) & set(answer.rows("vector")))
    if not answer.ranking.keyword:
        show_reading("No document contains a word of {}; meaning still ranks all of them.", f"“{answer.query[:60]}”")
        return
    words, meaning = answer.surprise("keyword"), answer.surprise("vector")
    caveats = []
    if words:
        caveats.append(f"What words rank {ordinal(words.keyword_rank)} is {_place(words.vector_rank)} by meaning.")
    if meaning:
        caveats.append(
            f"What meaning ranks {ordinal(meaning.vector_rank)} "
            + (f"is {_place(meaning.keyword_rank)} by words." if meaning.keyword_rank else "has no word of the query.")
        )
    show_reading("Words and meaning agree on {} of their first {} hits.", both, answer.count, caveat=" ".join(caveats))


def _place(rank: int | None) -> str:
    return ordinal(rank) if rank else f"beyond the first {DEPTH}"


def _flow(answer: Answer) -> go.Figure:
    """Every document that one of the three has among its first, with its places."""
    found: dict[int, Found] = {}
    for mode in TITLES:
        for row, hit in zip(answer.rows(mode), answer.hits(mode), strict=True):
            places = [rows.index(row) + 1 if row in rows else None for rows in map(answer.rows, TITLES)]
            found[row] = Found(row + 1, answer.corpus.texts[row], answer.kind(hit), (places[0], places[1], places[2]))
    title = "Which hits does fusion raise or lower?"
    return fusion_figure(list(found.values()), title, answer.count, dark())


def _numbers(answer: Answer) -> dict[str, list[Any]]:
    hits = {
        hit.id: (row, hit) for mode in TITLES for row, hit in zip(answer.rows(mode), answer.hits(mode), strict=True)
    }
    return {
        "document": [row + 1 for row, _ in hits.values()],
        "text": [answer.corpus.texts[row] for row, _ in hits.values()],
        **{
            name: [getattr(hit, name) for _, hit in hits.values()]
            for name in ("keyword_rank", "vector_rank", "bm25", "cosine", "words", "meaning")
        },
    }


def _explain(page: PageSettings, index: Index, query: str, fusion: Fusion) -> None:
    show_method(
        r"\mathrm{BM25} = \sum_{t \in q} \ln\!\left(1 + \frac{N - n_t + 0.5}{n_t + 0.5}\right) \frac{f_t\,(k_1 + 1)}"
        r"{f_t + k_1 (1 - b + b\,|d| / \overline{|d|})} \\[1em] " + FORMULAS[fusion],
        f"Robertson and Zaragoza 2009; {SOURCES[fusion]}.",
        f"""
from core.documents import corpus, encoders, search
from core.documents.encoding import vector_store
from core.documents.retrieval.answer import ask

{loading(page)}
store = search.in_memory(made.texts, vectors)  # or search.open_store(a file or the address of a server, dimension)
query = {ascii(query)}
answer = ask(store, query, encoder.encode_query(query), made, {ascii(fusion)})
result = {{mode: [(one.row + 1, one.hit, one.kind) for one in answer.explained(mode)] for mode in search.MODES}}
""",
        {
            "k1": 1.2,
            "b": 0.75,
            "fused": f"the first {DEPTH} of each list",
            "fusion": NAMES[fusion].lower(),
            "encoder": encoder_title(page.encoder_key),
            "index": index.what,
        },
        "Words are split, lower-cased and stemmed (Porter), English stop words left out, before any engine sees them, "
        "so that all engines rank alike. Words and vectors are stored in Milvus; up to 500,000 documents "
        "on this machine are compared one by one, beyond that and on a server the engine ranks.",
    )


VIEW = View(key="search", title="Search", order=3, show=show)
