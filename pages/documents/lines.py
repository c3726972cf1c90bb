"""The lines of Python under a view that several views begin with: a corpus and its vectors."""

from __future__ import annotations

from pages.documents.sidebar import PageSettings


def loading(page: PageSettings) -> str:
    """`made` (the corpus), `encoder` and `vectors` (N, D): from the disk, where the page encoded them already."""
    if page.corpus is not None and page.corpus.vectors:
        return f"""import numpy

made = corpus.load({ascii(page.corpus_key)})
vectors = numpy.load(made.vectors)"""
    return f"""made = corpus.load({ascii(page.corpus_key)})
encoder = encoders.load({ascii(page.encoder.key)})
vectors, _ = vector_store.encode(encoder, made.texts)"""
