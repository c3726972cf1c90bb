"""Names of the clusters by a language model on this machine, written in the background; until then the keywords."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import streamlit as st

from core import catalog
from core.documents.encoders import Encoder
from core.documents.mapping import naming
from core.documents.mapping.clusters import Clusters
from core.errors import UserError
from core.runtime import server_state

KEYWORDS = "keywords"
CAME = naming.CAME
CONTEXT = 1024  # tokens; differs from the prompts page's, so that its prompts never wait for names


@dataclass
class Writing:
    """Names being written: how many are there, and whether to stop."""

    total: int
    done: int = 0
    stop: bool = False
    over: bool = False
    problem: str = ""


def pick_namer(came: bool = False) -> str:
    """Which model names the clusters: KEYWORDS (none), a key of the catalogue or a file; or CAME: names in a bundle."""
    specs = {spec.key: spec.title for spec in catalog.of_kind("language-model")}
    titles = {
        KEYWORDS: "their keywords",
        **({CAME: "those of the bundle"} if came else {}),
        **specs,
        **{name: name for name in catalog.files_on_disk()},
    }
    if st.session_state.get("documents_namer") not in titles:
        st.session_state.pop("documents_namer", None)
    return (
        st.selectbox(
            "Cluster names",
            list(titles),
            format_func=lambda key: titles[key],
            key="documents_namer",
            bind="query-params",
            help="A language model reads the keywords and some documents of each "
            "cluster and writes a name. A name is used only if it is closest to its own cluster; otherwise the "
            "keywords stay.",
        )
        or KEYWORDS
    )


def named(
    clusters: Clusters,
    labels: str,
    level: int,
    vectors: np.ndarray,
    texts: Any,
    namer: str,
    encoder: Encoder,
    came: Sequence[Sequence[str]] = (),
) -> Clusters:
    """The clusters with the names that are there, after starting (and drawing) the writing of the others."""
    path = path_of(namer)
    if namer == CAME:
        return naming.NamedClusters(clusters.labels, clusters.keywords, naming.as_given(came))
    if path is None:
        return clusters
    groups = _groups(labels, level, clusters, vectors, texts)
    kept = [naming.saved_name(group, str(path)) for group in groups]
    missing = [place for place, name in enumerate(kept) if name is None]
    book, key = server_state.cluster_names, f"{labels} {level} {path}"
    if not missing:
        book.pop(key, None)
    else:
        writing = book.get(key)
        if writing is None:
            writing = book[key] = Writing(len(groups), len(groups) - len(missing))
            threading.Thread(
                target=_write, args=(writing, groups, missing, path, encoder), daemon=True, name="names"
            ).start()
        _watch(writing, key)
    return naming.NamedClusters(
        clusters.labels, clusters.keywords, {(level, place): name for place, name in enumerate(kept) if name}
    )


@st.cache_resource(show_spinner=False, max_entries=8)
def _groups(labels: str, level: int, _clusters: Clusters, _vectors: np.ndarray, _texts: Any) -> list[naming.Group]:
    return naming.groups_of(_vectors, np.asarray(_clusters.labels[:, level]), _clusters.keywords[level], _texts)


def path_of(namer: str) -> Path | None:
    """The file of the model that names; None where none does."""
    if namer in (KEYWORDS, CAME):
        return None
    return catalog.files_on_disk().get(namer) or catalog.find(namer).path


def _write(writing: Writing, groups: list[naming.Group], missing: list[int], path: Path, encoder: Encoder) -> None:
    """In a thread of its own: no call of Streamlit's drawing here."""
    from core.prompting.engine import Settings, open_model

    try:
        model = open_model(path, n_ctx=CONTEXT)

        def write(messages: Any, schema: dict[str, Any]) -> str:
            prompt = messages if model.chat_template else messages[0]["content"] + "\n"
            return "".join(
                step.text for step in model.generate(prompt, Settings(temperature=0, max_tokens=40, json_schema=schema))
            )

        try:
            for place in missing:
                if writing.stop:
                    break
                naming.name(place, groups, str(path), write, encoder.encode_query)
                writing.done += 1
        finally:
            model.close()
    except UserError as problem:
        writing.problem = f"{problem.what} {problem.next_step}"
    except Exception as problem:  # shown where the names would have come; the keywords stay
        writing.problem = f"The model could not name the clusters ({type(problem).__name__})."
    writing.over = True


@st.fragment(run_every=0.7)
def _watch(writing: Writing, key: str) -> None:
    """The progress of the names; the page is drawn again when all are there. This part is redrawn alone."""
    if writing.problem or writing.stop:
        st.caption(writing.problem or "Stopped: the keywords stay.")
        if st.button("Name the clusters again", type="tertiary", key="documents_names_again"):
            server_state.cluster_names.pop(key, None)
            st.rerun()
    elif writing.over:
        server_state.cluster_names.pop(key, None)
        st.rerun()
    else:
        left, right = st.columns([4, 1], vertical_alignment="center")
        left.progress(writing.done / max(writing.total, 1), text=f"Naming clusters: {writing.done} of {writing.total}")
        if right.button("Cancel", key="documents_names_stop", width="stretch"):
            writing.stop = True
