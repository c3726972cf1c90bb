"""One's own judgements of a corpus: thumbs up and down, kept on this machine as they are given."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from core import storage
from core.documents.corpus import Corpus
from core.documents.retrieval.judging import Judged
from core.errors import UserError

LONGEST_QUERY = 500


def _path(corpus: Corpus) -> Path:
    return storage.place("judgements") / f"{corpus.texts_key}.json"


def given(corpus: Corpus) -> dict[str, dict[str, int]]:
    """The thumbs so far: query -> document id -> 1 (relevant) or 0. A file that cannot be read is put aside."""
    path = _path(corpus)
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        return {str(query): {str(one): int(bool(up)) for one, up in thumbs.items()} for query, thumbs in found.items()}
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, AttributeError, TypeError):
        with contextlib.suppress(OSError):
            path.replace(path.with_suffix(".damaged"))
        return {}


def give(corpus: Corpus, query: str, document: str, up: bool | None) -> None:
    """Keep one thumb; None takes it back.

    Raises:
        UserError: there is no query, or no such document.
    """
    if not query.strip() or document not in corpus.ids:
        raise UserError("There is nothing to judge.", "Type a query and judge what is found.")
    thumbs = given(corpus)
    chosen = thumbs.setdefault(query.strip()[:LONGEST_QUERY], {})
    chosen.pop(document, None)
    if up is not None:
        chosen[document] = int(up)
    with storage.writing(_path(corpus)) as part:
        part.write_text(
            json.dumps({name: one for name, one in thumbs.items() if one}, ensure_ascii=False, indent=1),
            encoding="utf-8",
        )


def judged(corpus: Corpus) -> Judged:
    """The thumbs as a judged set; queries without a thumb up tell nothing and are left out.

    Raises:
        UserError: there is no thumb up yet.
    """
    places = {one: row for row, one in enumerate(corpus.ids)}
    grades = {
        query: {places[one]: 1.0 for one, up in thumbs.items() if up and one in places}
        for query, thumbs in given(corpus).items()
    }
    grades = {query: one for query, one in grades.items() if one}
    if not grades:
        raise UserError("There is no thumb up yet.", "Judge what is found for a query or two.")
    return Judged(
        f"Your thumbs on {corpus.title}",
        tuple(corpus.texts),
        tuple(grades),
        tuple(grades.values()),
        notes=("what you did not judge counts as not relevant",),
    )
