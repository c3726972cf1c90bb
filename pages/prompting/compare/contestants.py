"""Who takes part in a comparison: presets, and the columns one chooses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import streamlit as st

from core import catalog
from core.cached import prompting as cached_prompting
from core.errors import MissingModel, UserError
from core.models.gguf import header as gguf_header
from core.models.llama.load_settings import LoadSettings
from core.prompting.comparison import LETTERS, Contestant
from core.prompting.engine import Model
from pages.prompting import state_keys
from pages.prompting.code_lines import catalogue_key
from pages.prompting.sidebar import PageSettings

HERE = "sidebar"  # the key that stands for the model chosen there
HERE_TITLE = "The model in the sidebar"
TINY, TINY_4, SMALL = (
    "pocket-chat",
    "pocket-chat-q4",
    "smollm2-135m",
)  # that ship with the lab, to compare with one another
Column = dict[str, Any]


def language_models() -> dict[str, tuple[str, Path]]:
    """The models on this computer by key: title and file."""
    found = {spec.key: (spec.title, spec.path) for spec in catalog.of_kind("language-model") if spec.path}
    return found | {name: (name.removesuffix(".gguf"), path) for name, path in catalog.files_on_disk().items()}


def open_model(key: str, page: PageSettings) -> tuple[Any, str]:
    """A model by its key (`HERE`: that of the page) with its title; shared with every other view.

    Raises:
        UserError: it is not there any more, or cannot be read.
    """
    if key == HERE:
        return page.model, page.title
    if key not in language_models():
        raise MissingModel(f"The model “{key[:80]}” is no longer here.", "Choose another one.")
    title, path = language_models()[key]
    if isinstance(page.model, Model) and path.resolve() == page.model.path:
        return page.model, title  # not a second time in memory, with other settings
    trained = gguf_header.read(path).context_length or 4096
    longest = max(4096, page.model.n_ctx if isinstance(page.model, Model) else 0)
    return cached_prompting.language_model(
        str(path.resolve()), path.stat().st_mtime, LoadSettings(n_ctx=min(trained, longest))
    ), title


def first_pair(page: PageSettings) -> tuple[str, list[str]]:
    """The chosen model beside one of another size: a name for the two, and their keys; one key where there is none."""
    models, chosen = language_models(), catalogue_key(page.model)
    if chosen == TINY:
        if SMALL in models or TINY_4 not in models:
            return "A tiny and a small model", [HERE, *([SMALL] if SMALL in models else [])]
        return "8 bits or 4 bits", [TINY, TINY_4]
    other = [TINY] if TINY in models else []
    return "A tiny and a small model" if chosen == SMALL else "Beside a tiny model", [*other, HERE]


def follow(key: str, first: list[Any]) -> None:
    """Put `first` into the session's state under `key`, unless something else was chosen there: what nobody chose
    follows the model in the sidebar."""
    state, mark = st.session_state, f"{key}_opened_with"
    if state.get(key) in (None, state.get(mark)):
        state[key] = first
    state[mark] = first


def presets(page: PageSettings) -> dict[str, list[Column]]:
    """Ready-made line-ups of what is on this computer."""
    models, here = language_models(), page.settings.temperature
    found: dict[str, list[Column]] = {}
    name, keys = first_pair(page)
    if len(keys) == 2:
        found[name] = [{"model": key, "temperature": 0.0, "seed": 1} for key in keys]
    else:
        found["Two temperatures"] = [{"model": HERE, "temperature": value, "seed": 1} for value in (0.0, 1.0)]
    bits = [key for key in (TINY, TINY_4) if key in models]
    if len(bits) == 2:
        found["8 bits or 4 bits"] = [{"model": key, "temperature": 0.0, "seed": 1} for key in bits]
    pair = [key for key in ("pocket-base", "pocket-chat") if key in models]
    if len(pair) == 2:
        found["Before and after tuning"] = [{"model": key, "temperature": 0.0, "seed": 1} for key in pair]
    found["Three temperatures"] = [{"model": HERE, "temperature": value, "seed": 1} for value in (0.0, 0.8, 1.6)]
    found["Three seeds"] = [{"model": HERE, "temperature": here or 0.8, "seed": seed} for seed in (1, 2, 3)]
    return found


def pick_columns(page: PageSettings, ready: dict[str, list[Column]]) -> tuple[list[Column], bool]:
    """The columns in use, those of a preset or as changed in the popover, and whether all are asked at once."""
    state = st.session_state
    follow(state_keys.COMPARE_COLUMNS, next(iter(ready.values())))

    def take() -> None:
        if chosen := state.get("prompting_compare_preset"):
            state[state_keys.COMPARE_COLUMNS] = ready[chosen]
            for name in [name for name in state if str(name).startswith("prompting_column_")]:
                del state[name]

    current = next((name for name, columns in ready.items() if columns == state[state_keys.COMPARE_COLUMNS]), None)
    state["prompting_compare_preset"] = current
    st.pills("Compare", list(ready), key="prompting_compare_preset", on_change=take, label_visibility="collapsed")
    with st.popover("Columns", icon=":material/view_column:", width="content"):
        state[state_keys.COMPARE_COLUMNS] = _change(state[state_keys.COMPARE_COLUMNS])
        together = st.toggle(
            "All at the same time",
            key="prompting_compare_together",
            help="Faster to watch, but they slow each other down, so their times mean little",
        )
    return state[state_keys.COMPARE_COLUMNS], together


def _change(columns: list[Column]) -> list[Column]:
    # Not the model's own title: the browser answers with the label, and the catalogue's entry has that title too.
    titles = {HERE: HERE_TITLE, **{key: title for key, (title, _) in language_models().items()}}
    count = st.segmented_control(
        "How many", [2, 3, 4], default=len(columns), required=True, key=f"prompting_column_count_{len(columns)}"
    )
    columns = [*columns, *[dict(columns[-1], seed=columns[-1]["seed"] + 1 + extra) for extra in range(2)]][:count]
    changed = []
    for place, column in enumerate(columns):
        model, temperature, seed = st.columns([3, 2, 2])
        key = column["model"]
        titles.setdefault(key, f"{key[:80]} (no longer here)")
        changed.append(
            {
                "model": model.selectbox(
                    f"{LETTERS[place]}: model",
                    list(titles),
                    index=list(titles).index(key),
                    format_func=titles.__getitem__,
                    key=f"prompting_column_model_{place}",
                ),
                "temperature": temperature.number_input(
                    "Temperature",
                    0.0,
                    2.0,
                    float(column["temperature"]),
                    0.1,
                    key=f"prompting_column_temperature_{place}",
                ),
                "seed": int(
                    seed.number_input("Seed", 0, 2**32 - 2, column["seed"], key=f"prompting_column_seed_{place}")
                ),
            }
        )
    return changed


def contestants(page: PageSettings, columns: list[Column]) -> list[Contestant]:
    """The columns as what core compares. A model that cannot be read raises a `UserError`."""
    found = []
    for column in columns:
        model, title = open_model(column["model"], page)
        if model is None:
            raise UserError("No model is chosen in the sidebar.", "Choose one.")
        found.append(
            Contestant(
                model,
                title,
                replace(
                    page.settings,
                    temperature=column["temperature"],
                    seed=column["seed"],
                    grammar=None,
                    json_schema=None,
                ),
            )
        )
    return found
