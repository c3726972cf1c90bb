"""The preview of files before they are imported: columns, types, languages, what is lost, how long it takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import streamlit as st

from core.cached import documents as cached_documents
from core.cached import jobs as cached_jobs
from core.documents import corpus
from core.documents.ingest import column_types, encodings, sources
from core.documents.ingest.formats import ending_of
from core.documents.ingest.sources import ImportOptions, Look, Source
from core.documents.pipeline import estimate, job_spec
from core.errors import UserError
from core.storage import content_key
from pages.documents.corpus import import_jobs, import_source
from pages.documents.corpus.choice import labels_of
from pages.documents.corpus.import_jobs import ImportJob
from pages.documents.corpus.import_preview import passages_of, show_lost, show_texts, show_warnings
from pages.shared.plain_label import plain_label
from pages.shared.progress import spoken, wait_for
from pages.shared.user_errors import user_errors

MOST_FIELDS = 50  # that are chosen at first
LIMITS = (1_000, 10_000, 100_000, 200_000)
RECOGNISED = ""
IN_TEXT = frozenset({"csv", "tsv", "txt", "json", "jsonl", "ndjson", "md", "html", "htm", "log", "tex", "rst", "org"})


def show_import(source: Source, encoder_key: str) -> bool:
    """Draw the preview of a source with its button; whether it is shown, so that the map can wait."""
    with user_errors():
        if ending_of(source.title) == "zip" and sources.is_bundle(source):
            _open_bundle(source, encoder_key)
            return False
        encoding = st.session_state.get(f"documents_encoding_{import_source.stamp_of(source)}") or RECOGNISED
        looked = _look(source, encoding)
        with st.container(border=True):
            _show_form(source, looked, encoder_key)
        return True
    return False


def _show_form(source: Source, looked: Look, encoder_key: str) -> None:
    size = f"{source.size / 1e6:,.1f} MB" if source.size > 50_000 else f"{source.size:,} bytes"
    files = f"{len(source.files):,} files, " if source.folder else ""
    many = looked.rows >= 200
    st.text(
        "; ".join(
            [
                f"{source.title[:80]}: {files}{size}, {'about ' if many else ''}{looked.rows:,} rows",
                *source.notes,
                *looked.notes,
            ]
        )
    )
    mark = content_key(source.title, list(looked.columns))[:8]  # other columns, other widgets
    text, fields = _pick_columns(looked, mark)
    top = st.container()  # the button stays above the fold; what it is given is chosen below it
    show_warnings(looked, text, encoder_key)
    show_lost(looked)
    kinds = _pick_kinds(looked, fields, mark)
    own = _pick_own(looked)
    options = replace(_pick_options(source, text, fields, kinds, bool(any(own))), vectors=own[0], places=own[1])
    show_texts(looked, text)
    passages = min(passages_of(looked, text, options), options.most)
    seconds = sum(second for _, second in estimate.stages(passages, source.size))
    with top:
        replaces = _pick_replaced(source)
        left, right = st.columns([3, 1])
        left.button(
            "Read and map",
            type="primary",
            width="stretch",
            on_click=import_jobs.start,
            args=(ImportJob(source, options, replaces, looked.rows),),
            disabled=not text,
        )
        right.button(
            "Cancel", key="documents_import_close", on_click=import_source.close, args=(source,), width="stretch"
        )
        first = " The map of a sample comes first." if passages > job_spec.SAMPLE_FROM else ""
        st.caption(f"About {passages:,} passages, about {spoken(seconds)} in all on this machine (an estimate).{first}")


def _pick_own(looked: Look) -> tuple[str, tuple[str, ...]]:
    """(the column of one's own vectors or "", the columns of one's own places or none)"""
    vectors, places = "", looked.likely_places()
    for name, width in looked.vectors[:1]:
        if st.toggle(
            f"Use the vectors in “{plain_label(name[:40])}” ({width:,} dimensions) instead of encoding the texts",
            key="documents_own_vectors",
            help="Map, clusters and neighbours are then those of your vectors. A query cannot be placed among them.",
        ):
            vectors = name
    if vectors and places:
        if not st.toggle(
            f"Use {plain_label(', '.join(places))} as the positions on the map", value=True, key="documents_own_places"
        ):
            places = ()
    return vectors, places if vectors else ()


def _open_bundle(source: Source, encoder_key: str) -> None:
    """A bundle: its corpus and its settings are chosen, and its map is shown."""
    spec = job_spec.opening(source, cached_documents.encoder(encoder_key))
    if st.session_state.get("documents_opened") == spec.key:
        return
    opened = wait_for(cached_jobs.submit(spec), "Opening")
    if opened is None:
        return
    st.session_state["documents_opened"] = spec.key
    st.session_state["documents_next"] = opened["key"]
    st.session_state["documents_query"] = ""
    st.session_state["documents_as_drawn"] = {**opened["settings"], "named": opened["named"]}
    cached_jobs.forget_job(spec.key)
    import_source.close(source)
    st.rerun()


def _look(source: Source, encoding: str) -> Look:
    key = (import_source.stamp_of(source), encoding)
    kept = st.session_state.get("documents_look")
    if not kept or kept[0] != key:
        try:
            kept = (key, sources.look(source, encoding))
        except UserError:
            if encoding:
                _pick_encoding(source)  # so that another one can be chosen
            raise
        st.session_state["documents_look"] = kept
    looked: Look = kept[1]
    return looked


def _pick_columns(looked: Look, mark: str) -> tuple[list[str], list[str]]:
    """(the columns of the text, those that become fields)"""
    names, likely = list(looked.columns), looked.likely_text()
    vectors = {name for name, _ in looked.vectors}
    if len(names) < 2:
        return [likely], []
    left, right = st.columns(2)
    text = left.multiselect(
        "Text columns",
        [name for name in names if name not in vectors],
        default=[likely],
        key=f"documents_text_{mark}",
        help="Several columns are joined, each on a line of its own.",
    )
    others = [name for name in names if name not in text and name not in vectors]
    fields = right.multiselect(
        "Import as fields",
        others,
        default=[name for name in others if name != likely][:MOST_FIELDS],
        key=f"documents_keep_{mark}",
        help="For the colour of the map, histograms and exports.",
    )
    return text, fields


def _pick_kinds(looked: Look, fields: Sequence[str], mark: str) -> tuple[tuple[str, str], ...]:
    """What the person says of the types of the fields: (column, kind) each where it is not the guess."""
    guesses = {name: (kind, why) for name, kind, why in looked.kinds}
    shown = [name for name in fields if name in guesses]
    if not shown:
        return ()
    with st.expander(f"Types of the {len(shown):,} fields", icon=":material/schema:", expanded=len(shown) <= 4):
        rows = [
            {
                "field": name,
                "type": guesses[name][0],
                "what was guessed": guesses[name][1],
                "example": next((str(value)[:80] for value in looked.columns[name] if value not in (None, "")), ""),
                "missing": f"{_missing(looked.columns[name]):.0f} %",
            }
            for name in shown
        ]
        edited: Any = st.data_editor(
            rows,
            key=f"documents_kinds_{content_key(mark, shown)[:12]}",
            hide_index=True,
            width="stretch",
            height=min(38 + 35 * len(rows), 250),
            disabled=["field", "what was guessed", "example", "missing"],
            column_config={
                "type": st.column_config.SelectboxColumn(
                    options=list(column_types.KINDS),
                    required=True,
                    help="Click to change it. The final guess looks at all rows.",
                )
            },
        )
    return tuple(
        (name, row["type"]) for name, row in zip(shown, edited, strict=True) if row["type"] != guesses[name][0]
    )


def _missing(values: Sequence[Any]) -> float:
    """Percent of the values that are not there."""
    empty = sum(value is None or str(value).strip().lower() in column_types.MISSING for value in values)
    return 100 * empty / max(len(values), 1)


def _pick_encoding(source: Source) -> None:
    if any(ending_of(name) in IN_TEXT for _, name in source.files[:20]):
        st.selectbox(
            "Encoding",
            [RECOGNISED, *encodings.TITLES],
            format_func=lambda codec: encodings.TITLES.get(codec, "recognised"),
            key=f"documents_encoding_{import_source.stamp_of(source)}",
            help="Choose another one where letters in the preview look wrong.",
        )


def _pick_options(
    source: Source, text: list[str], fields: list[str], kinds: tuple[tuple[str, str], ...], whole: bool
) -> ImportOptions:
    """How the texts are cut, decoded and limited; `whole`: they have vectors of their own and stay uncut."""
    with st.expander("Passages, encoding, limits", icon=":material/tune:"):
        words, overlap = 0, 0
        if st.toggle(
            "Cut long documents into passages",
            value=not whole,
            disabled=whole,
            key=f"documents_cut{'_whole' if whole else ''}",
            help="The encoder reads about 190 words of a text; the rest of a longer text is ignored.",
        ):
            words = st.slider("Words per passage", 20, 400, 150, 10, key="documents_words")
            overlap = st.slider("Words shared with the next passage (overlap)", 0, 100, 30, 5, key="documents_overlap")
        repeated = not st.checkbox("Skip repeated texts", key="documents_unrepeated")
        most = st.selectbox(
            "Max passages",
            LIMITS,
            index=2,
            format_func=lambda count: f"{count:,}",
            key="documents_most",
            help="Larger sets are sampled at random; the sample size is shown.",
        )
        _pick_encoding(source)
    encoding = st.session_state.get(f"documents_encoding_{import_source.stamp_of(source)}") or ""
    return ImportOptions(
        tuple(text),
        tuple(fields),
        int(words),
        int(overlap),
        repeated,
        int(most),
        encoding=encoding,
        kinds=kinds,
        origin=import_source.origin_of(source),
    )


def _pick_replaced(source: Source) -> str:
    """The key of an earlier corpus of the same files that this one takes the place of; "" for none."""
    origin = import_source.origin_of(source)
    earlier = [one for one in corpus.listed() if one.origin == origin]
    if not earlier:
        return ""
    labels = labels_of(corpus.listed())
    choices = {one.key: f"Replace {labels[one.key]}" for one in earlier[:4]} | {"": "Keep it beside the earlier one"}
    return str(
        st.radio(
            "It was imported before",
            list(choices),
            format_func=lambda key: choices[key],
            key=f"documents_replaced_{content_key(origin)[:8]}",
        )
    )
