"""Round trip: which of sixty hard strings decode to the text that was encoded."""

from __future__ import annotations

import numpy as np
import streamlit as st

from core.cached import tokens as cached_tokens
from core.figures import tokens as figures
from core.tokens.display import describe
from core.tokens.round_trip import OUTCOMES, hard_strings, matrix
from pages.shared.csv_button import show_csv
from pages.shared.export import show_figure
from pages.shared.frame import View, dark
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.tokens.ids_section import show_ids
from pages.tokens.method_code import imports_code, made_code
from pages.tokens.sidebar import PageSettings


def show(settings: PageSettings) -> None:
    names = list(hard_strings())
    trips = matrix([cached_tokens.tokenizer(key) for key in settings.keys])
    outcomes = np.array([[OUTCOMES.index(one.outcome) for one in row] for row in trips])
    perfect = [title for i, title in enumerate(settings.titles) if not outcomes[:, i].any()]
    worst = int((outcomes == 2).sum(axis=0).argmax())
    lost = int((outcomes[:, worst] == 2).sum())
    show_reading(
        "{} of {} hard strings do not survive {}; {} "
        + ("restore" if len(perfect) > 1 else "restores")
        + " every one.",
        lost,
        len(names),
        settings.titles[worst],
        " and ".join(perfect) or "none",
        caveat="Blue: the same text. Yellow ≈: the same letters, written differently. Red ✕: something is lost.",
    )
    title = f"{settings.titles[worst]} loses {lost} of {len(names)} strings on the round trip"
    columns = {heading: [OUTCOMES[value] for value in outcomes[:, i]] for i, heading in enumerate(settings.titles)}
    show_figure(
        figures.round_trips(names, settings.titles, outcomes, title, dark()),
        "tokens-round-trip",
        {"string": names, **columns},
    )
    chosen = _show_one(settings, names, trips)
    show_ids(settings)
    show_method(
        "",
        "the strings are our own list, core/data/hard_strings.json",
        f"{imports_code(settings.keys, 'round_trip')}\n{made_code(settings.keys, settings.titles)}"
        "names, rows = list(round_trip.hard_strings()), round_trip.matrix(list(made.values()))\n"
        "outcomes = [[trip.outcome for trip in row] for row in rows]\n"
        f"one = [(title, trip.back) for title, trip in zip(made, rows[names.index({chosen!r})])]\n"
        'result = {"outcomes": outcomes, "one": one}',
        explanation="*Lossless*: decoding the ids gives the same text. *Normalised*: the same letters after Unicode's "
        "compatibility decomposition, accents, case and spaces ignored. *Lost*: anything else, and "
        "every text with an unknown token. Your own text: `round_trip.trip(tokenizer, text)`, `tokenizer.ids(text)`, "
        "`tokenizer.decode(ids)`, and `core.tokens.id_lists.differences(tokenizer, text, other)` for two.",
    )


def _show_one(settings: PageSettings, names: list[str], trips: list) -> str:
    """Draw what became of one string; gives its name."""
    start = names.index("ligatures")
    name = st.selectbox("Details of", names, start, key="tokens_string", bind="query-params") or names[0]
    row = trips[names.index(name)]
    table = {
        "Tokenizer": list(settings.titles),
        "Typed": [repr(one.text)[1:-1] for one in row],
        "Decoded": [repr(one.back)[1:-1] for one in row],
        "Outcome": [one.outcome for one in row],
        "Removed": ["; ".join(dict.fromkeys(map(describe, one.gone))) for one in row],
        "Added": ["; ".join(dict.fromkeys(map(describe, one.new))) for one in row],
    }
    st.dataframe(table, hide_index=True, width="stretch", key="tokens_trip")
    show_csv(table, "round-trip", "tokens_trip")
    return name


VIEW = View(key="round-trip", title="Round trip", order=5, show=show)
