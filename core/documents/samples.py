"""The sample corpora, one spec each: the catalogue lists them, `core.documents.corpus` makes them."""

from __future__ import annotations

from core import storage
from core.models import packaged
from core.models.specs import Spec

SPECS = (
    Spec(
        "lee",
        "News of 2001 (Lee)",
        "corpus",
        "Lee, Pincombe and Welsh 2005, in the package gensim",
        "research use",
        "unknown",
        "core.documents.corpus:from_spec",
        "300 news articles of the year 2001, Australian Broadcasting",
        locate=packaged.lee_corpus,
    ),
    Spec(
        "everyday",
        "Everyday topics",
        "corpus",
        "written for this project, core/data/everyday_topics.tsv",
        "Apache-2.0",
        "yes",
        "core.documents.corpus:from_spec",
        "128 short texts on eight everyday topics, each with its topic",
        locate=lambda: storage.DATA / "everyday_topics.tsv",
    ),
)
BY_KEY = {spec.key: spec for spec in SPECS}
