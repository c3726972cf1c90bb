"""The sidebar of the documents page: one's own files, which corpus, what gives the colour, how its map is drawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import streamlit as st

from core import catalog
from core.cached import documents as cached_documents
from core.cached import jobs as cached_jobs
from core.documents.corpus import Corpus
from core.documents.encoders import DEFAULT_ENCODER, Encoder
from core.documents.mapping import clusters
from core.documents.pipeline import job_spec
from core.documents.pipeline.job_spec import JobSpec
from core.documents.projection import ProjectionSettings
from pages.documents.corpus.choice import pick_corpus, show_management
from pages.documents.corpus.corpus_fields import field_of, why_not_of
from pages.documents.corpus.import_form import show_import
from pages.documents.corpus.import_jobs import show_import_jobs
from pages.documents.corpus.import_source import pick_source
from pages.documents.map.cluster_names import CAME, KEYWORDS, path_of, pick_namer
from pages.documents.map.export_map import show_export
from pages.shared.plain_label import plain_label
from pages.shared.user_errors import user_errors

QUERIES = {
    "lee": ("bush fires near Sydney", "cricket test match", "war in Afghanistan", "airline collapse and jobs"),
    "everyday": ("something sweet to eat", "a long bicycle race", "looking at the night sky", "saving for old age"),
}
COLOURS = {
    "group": "clusters",
    "search rank": "rank for the query",
    "distortion": "distortion: neighbours kept",
}


@dataclass(frozen=True)
class PageSettings:
    """What was chosen. `colour` is "group", "search rank", "distortion" or the id of a field, whose name is `field`
    (never one of those); `level` how fine the clusters are, 0 the coarsest; `namer` what names them; `encoder_key` a
    key of the catalogue or a folder; `importing`: a file was chosen, and its preview is shown."""

    corpus: Corpus | None
    corpus_key: str
    projection: ProjectionSettings
    colour: str = "group"
    level: int = 1
    namer: str = KEYWORDS
    encoder_key: str = DEFAULT_ENCODER
    field: str = ""
    importing: bool = False

    @property
    def encoder(self) -> Encoder:
        """The sentence encoder, loaded."""
        return cached_documents.encoder(self.encoder_key)

    def encoding(self) -> JobSpec:
        """The job that encodes the corpus."""
        assert self.corpus is not None
        return encoding(self.corpus, self.corpus_key, self.encoder_key)


def show_sidebar() -> PageSettings:
    """Draw the sidebar and give what was chosen."""
    _settings_of_a_bundle()
    encoder_key = st.session_state.get("documents_encoder") or DEFAULT_ENCODER
    with st.sidebar:
        importing = pick_source()
        key = pick_corpus()
        show_management(key)
        chosen: Corpus | None = None
        with user_errors():
            chosen = cached_documents.corpus(key)
        if chosen:
            _describe(chosen, encoding(chosen, key, encoder_key))
        if chosen:
            _offer_queries(key)
        colour, field, level = _pick_colour(chosen, key)
        namer = pick_namer(bool(chosen and _names_came(key, encoding(chosen, key, encoder_key))))
        projection = _pick_projection()
        if chosen:
            names = namer if namer == CAME else str(path_of(namer) or "")
            show_export(chosen, key, cached_documents.encoder(encoder_key), projection, names)
    show_import_jobs()
    importing_now = importing is not None and show_import(importing, encoder_key)
    return PageSettings(chosen, key, projection, colour, level, namer, encoder_key, field, importing_now)


def encoder_title(key: str) -> str:
    """What an encoder is called on the screen."""
    return next((spec.title for spec in catalog.of_kind("sentence-encoder") if spec.key == key), Path(key).name)


def encoding(chosen: Corpus, key: str, encoder_key: str) -> JobSpec:
    """The job that encodes a corpus."""
    return job_spec.encoding(chosen, key, cached_documents.encoder(encoder_key))


def _settings_of_a_bundle() -> None:
    """The settings of a bundle that was just opened, before the sliders are drawn."""
    drawn = st.session_state.pop("documents_as_drawn", None)
    if drawn:
        st.session_state["documents_map"] = f"{drawn['dimensions']}-D"
        st.session_state["documents_neighbours"] = min(max(int(drawn["n_neighbors"]), 2), 50)
        st.session_state["documents_distance"] = float(drawn["min_dist"])
        st.session_state["documents_seed"] = int(drawn["seed"])
        if drawn.get("named"):
            st.session_state["documents_namer"] = CAME


def _names_came(key: str, encoding: JobSpec) -> bool:
    """Whether the corpus is of a bundle that has names for its clusters."""
    encoded = cached_jobs.cached_result(encoding)
    grouped = encoded and cached_jobs.cached_result(job_spec.grouping(key, encoded["vectors"]))
    return bool(grouped and any(map(any, grouped.get("names", ()))))


def _describe(chosen: Corpus, encoding: JobSpec) -> None:
    kind = "passages" if {"document", "passage"} <= set(chosen.fields) else "documents"
    own = ["own vectors"] if chosen.vectors else []
    st.text(" · ".join([f"{len(chosen.texts):,} {kind}", *own, *chosen.notes]))
    if chosen.lost:
        with st.expander(f"{len(chosen.lost):,} rows left out", icon=":material/report:"):
            st.dataframe(
                [{"file": file, "line": line, "why": reason} for file, line, reason in chosen.lost],
                hide_index=True,
                height=38 + 35 * min(len(chosen.lost), 5),
            )
    if chosen.vectors:
        return
    with user_errors():
        encoded = cached_jobs.cached_result(encoding)
        if encoded:
            st.caption(f"Vectors in {encoded.get('where', encoded['precision'])}: {encoded['reason']}")


def _offer_queries(key: str) -> None:
    queries = QUERIES.get(key)
    if queries:
        st.pills("Example queries", queries, key="documents_preset", on_change=_use_preset)


def _use_preset() -> None:
    if preset := st.session_state.get("documents_preset"):
        st.session_state["documents_query"], st.session_state["documents_panel"] = preset, "Hits"
        st.session_state["documents_preset"] = None


def ids_of(names: Sequence[str]) -> dict[str, str]:
    """An id for each field among what gives the colour, id -> name: a column called "group" is never the clusters.

    Example: "topic" and "group" give {"topic": "topic", "column: group": "group"}.
    """
    found: dict[str, str] = {}
    for name in names:
        taken = name in COLOURS or name in COLOURS.values()
        made = f"column: {name}" if taken else name
        while made in found or (taken and made in names):
            made += " "
        found[made] = name
    return found


def _pick_colour(chosen: Corpus | None, key: str) -> tuple[str, str, int]:
    """(what gives the colour, the field's name where it is one, how fine the clusters are)."""
    names = [name for name in (chosen.fields if chosen else ()) if field_of(key, name) is not None]
    ids = ids_of(names)
    colour = st.selectbox(
        "Colour",
        [*COLOURS, *ids],
        key="documents_colour",
        bind="query-params",
        format_func=lambda name: COLOURS.get(name, name),
        help=_not_offered(chosen, key, names),
    )
    level = 1
    if colour == "group":
        counts = clusters.levels_for(len(chosen.texts) if chosen else 0)
        if st.session_state.get("documents_groups") not in counts:  # those of a larger corpus
            st.session_state.pop("documents_groups", None)
        count = st.segmented_control(
            "Clusters",
            counts,
            default=counts[1],
            required=True,
            key="documents_groups",
            bind="query-params",
            width="stretch",
            help="The number of clusters: finer ones are parts of coarser ones, and a larger corpus has more levels. "
            "When you zoom in, the map names finer clusters.",
        )
        level = counts.index(count) if count in counts else 1
    return colour, ids.get(colour, ""), level


def _not_offered(chosen: Corpus | None, key: str, offered: Sequence[str]) -> str | None:
    """Which fields are not offered, and why."""
    others = [name for name in (chosen.fields if chosen else ()) if name not in offered]
    if not others:
        return None
    told = [f"{plain_label(name[:40])}: {why_not_of(key, name)}" for name in others[:12]]
    more = f"; and {len(others) - 12:,} more" if len(others) > 12 else ""
    return f"Not offered: {'; '.join(told)}{more}."


def _pick_projection() -> ProjectionSettings:
    shape = st.segmented_control(
        "Map", ["2-D", "3-D"], default="2-D", required=True, key="documents_map", bind="query-params", width="stretch"
    )
    with st.expander("Projection (UMAP)", icon=":material/tune:"):
        n_neighbors = st.slider(
            "Neighbours",
            2,
            50,
            15,
            key="documents_neighbours",
            bind="query-params",
            help="How many nearest texts each text is kept close to. Few show detail, many the overall structure.",
        )
        min_dist = st.slider(
            "Minimum distance (min_dist)",
            0.0,
            1.0,
            0.1,
            0.05,
            key="documents_distance",
            bind="query-params",
            help="How close two points may come: 0 packs similar texts tightly.",
        )
        seed = st.number_input(
            "Seed",
            0,
            9999,
            42,
            key="documents_seed",
            bind="query-params",
            help="Another seed gives another map of the same neighbourhoods.",
        )
    return ProjectionSettings(3 if shape == "3-D" else 2, int(n_neighbors), float(min_dist), int(seed))
