"""A person's own lists in the sidebar: type them or open a file, save, choose, rename, remove, export.

The choice is part of the link, by the list's id.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.words import own_lists
from core.words.own_files import SLOTS, split_words
from core.words.own_lists import Kind, OwnList
from pages.shared.user_errors import show_note, user_errors

HELP = {
    "lists": "CSV with a column for each list (X, Y, A, B) or the columns list and word; or JSON "
    '{"X": [...], "Y": [...], "A": [...], "B": [...]}',
    "analogies": "Lines of four words with “: section” lines (questions-words.txt), or a CSV of a,b,c,d",
    "ratings": "CSV or TSV: two words and a number in each row, in any order of columns",
}
ROLES = ("Target list X", "Target list Y", "Attribute list A", "Attribute list B")


@dataclass(frozen=True)
class _Names:
    """What a kind is called on the screen, and the ending and type of its exported file."""

    one: str
    label: str
    ending: str
    mime: str


NAMES: dict[str, _Names] = {
    "lists": _Names("lists", "Own word lists", "json", "application/json"),
    "analogies": _Names("analogies", "Own analogies", "txt", "text/plain"),
    "ratings": _Names("ratings", "Own ratings", "tsv", "text/tab-separated-values"),
}


def pick_own(kind: Kind) -> OwnList | None:
    """Draw the choice of saved lists of a kind and the panel that makes new ones; the chosen one, or None.

    To be called in the sidebar. A link to lists that are no longer here gets a sentence.
    """
    name, names = f"words_own_{kind}", NAMES[kind]
    saved = {one.id: one for one in own_lists.saved(kind)}
    _follow_link(name, kind, saved)
    if st.session_state.get(name) not in saved:
        st.session_state[name] = None
    labels = _labels(list(saved.values()))
    key = st.selectbox(
        names.label,
        list(saved),
        format_func=lambda key: labels.get(key, key),
        key=name,
        placeholder="None" if saved else "None saved yet",
    )
    if key:
        st.query_params[name] = key
    elif name in st.query_params:
        del st.query_params[name]
    chosen = saved.get(key) if key else None
    with st.expander(
        f"Edit {names.label.lower()}", icon=":material/edit_note:", key=f"{name}_open", on_change="rerun"
    ) as panel:
        if panel.open:
            with user_errors():
                _panel(kind, name, chosen)
    return chosen


def _follow_link(name: str, kind: Kind, saved: dict[str, OwnList]) -> None:
    """Choose what the address names by its id, the first time, and what was saved in the run before."""
    wanted = st.session_state.pop(f"{name}_next", None)
    if wanted in saved:
        st.session_state[name] = wanted
    elif name not in st.session_state:
        linked = st.query_params.get(name, "")
        st.session_state[name] = linked if linked in saved else None
        if linked and linked not in saved:
            show_note(f"The {NAMES[kind].one} of this link are not on this computer.", "Choose others below.")


def _labels(saved: list[OwnList]) -> dict[str, str]:
    """The names of the lists by id; two of one name show the beginning of their ids."""
    titles = [one.title for one in saved]
    return {one.id: f"{one.title} ({one.id[:6]})" if titles.count(one.title) > 1 else one.title for one in saved}


def _panel(kind: Kind, name: str, chosen: OwnList | None) -> None:
    st.caption(HELP[kind])
    content = _uploaded(kind, name)
    if kind == "lists":
        content = _typed(name, chosen, content)
    title = st.text_input(
        "Name",
        (content or {}).get("title") or (chosen.title if chosen else ""),
        max_chars=60,
        key=f"{name}_title_{_mark(chosen, content)}",
        placeholder="my lists",
    )
    if st.button("Save", key=f"{name}_save", icon=":material/save:", width="stretch", disabled=content is None):
        own = own_lists.save(kind, title, content or {})
        st.session_state[f"{name}_turn"] = st.session_state.get(f"{name}_turn", 0) + 1
        _show_next(name, own.id)
    if chosen:
        _manage(kind, name, chosen, title)


def _manage(kind: Kind, name: str, chosen: OwnList, title: str) -> None:
    """Rename, export, remove the chosen lists."""
    if st.button("Rename", key=f"{name}_rename", icon=":material/edit:", width="stretch"):
        own_lists.rename(chosen.id, title)
        _show_next(name, chosen.id)
    st.download_button(
        "Export",
        lambda: own_lists.export(chosen),
        f"{kind}.{NAMES[kind].ending}",
        NAMES[kind].mime,
        key=f"{name}_export",
        on_click="ignore",
        icon=":material/download:",
        width="stretch",
    )
    if st.button("Remove", key=f"{name}_remove", icon=":material/delete:", width="stretch"):
        own_lists.remove(chosen.id)
        st.session_state[f"{name}_next"] = None
        st.query_params.pop(name, None)
        del st.session_state[name]
        st.rerun()


def _show_next(name: str, key: str) -> None:
    st.session_state[f"{name}_next"] = key
    st.rerun()


def _uploaded(kind: Kind, name: str) -> dict[str, Any] | None:
    """The content of an uploaded file; its bad rows are counted and named."""
    turn = st.session_state.get(f"{name}_turn", 0)  # after saving, the file is no longer the panel's
    file = st.file_uploader(
        "From a file", type=["csv", "tsv", "txt", "json"], key=f"{name}_file_{turn}", max_upload_size=20
    )
    if file is None:
        return None
    content = own_lists.read_file(kind, file.getvalue(), file.name)
    content = {"title": file.name.rsplit(".", 1)[0][:60]} | content | {"file": file.file_id}
    if content["skipped"]:
        show_note(
            f"{len(content['skipped']):,} rows could not be read and were skipped:", "; ".join(content["skipped"][:5])
        )
    return content


def _mark(chosen: OwnList | None, content: dict[str, Any] | None) -> str:
    """Part of the fields' keys: other lists, or another file, fill them again."""
    return f"{(content or {}).get('file', '')}{chosen.id[:8] if chosen else ''}"


def _typed(name: str, chosen: OwnList | None, content: dict[str, Any] | None) -> dict[str, Any] | None:
    """Four fields for words, filled from the file or from the chosen lists; None while all are empty."""
    source = content or (chosen.content if chosen else None)
    mark = _mark(chosen, content)
    names, lists = [], []
    for i, role in enumerate(ROLES):
        label = source["names"][i] if source else SLOTS[i]
        words = ", ".join(source["lists"][i]) if source else ""
        names.append(
            st.text_input(f"{role}: what it is called", label, max_chars=40, key=f"{name}_n{i}_{mark}").strip()
            or SLOTS[i]
        )
        lists.append(
            split_words(
                st.text_area(
                    f"{role}: words",
                    words,
                    key=f"{name}_w{i}_{mark}",
                    height=80,
                    max_chars=100_000,
                    label_visibility="collapsed",
                    placeholder="separated by commas or lines",
                )
            )
        )
    if not any(lists):
        return None
    return {**(content or {}), "names": names, "lists": lists, "skipped": []}
