"""The fields of a corpus, read once for the whole server."""

from __future__ import annotations

import streamlit as st

from core.cached import documents as cached_documents
from core.documents.ingest import fields


@st.cache_resource(show_spinner=False, max_entries=32)
def field_of(corpus_key: str, name: str) -> fields.Field | None:
    """A field of a corpus as numbers, times or kinds; None if it tells nothing apart."""
    return fields.read(name, cached_documents.corpus(corpus_key).fields[name])


@st.cache_resource(show_spinner=False, max_entries=256)
def why_not_of(corpus_key: str, name: str) -> str:
    """Why a field of a corpus is not offered for colours."""
    return fields.why_not(name, cached_documents.corpus(corpus_key).fields[name])
