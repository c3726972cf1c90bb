"""Which axis: one pair of words, a published list of pairs, or pairs that a person types."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.errors import UserError
from core.words.axis import Axis, Pair, axis_of, read_pairs
from core.words.lists import axis_pairs
from core.words.vectors import WordVectors

ONE, TYPED = "one pair of words", "typed pairs"
METHODS = {"mean": "their mean", "pca": "first principal component"}
PLACEHOLDER = "she - he, woman - man, her - his"


@dataclass(frozen=True)
class PickedAxis:
    """An axis, what its ends are called, and the expression of Python that gives its pairs."""

    axis: Axis
    high: str
    low: str
    pairs: tuple[Pair, ...]
    code: str
    source: str = ""


def pick_pairs(name: str, one_pair: bool, default: str = "gender") -> str:
    """A choice for the sidebar: a list of pairs by key, `TYPED`, or (with `one_pair`) `ONE`."""
    titles = {key: f"{one.title} ({len(one.pairs)} pairs)" for key, one in axis_pairs().items()}
    options = [*([ONE] if one_pair else []), *titles, TYPED]
    first = options.index(ONE if one_pair else default)
    chosen: str = (
        st.selectbox(
            "Axis",
            options,
            first,
            format_func=lambda key: titles.get(key, key),
            key=f"{name}_axis",
            bind="query-params",
        )
        or options[first]
    )
    return chosen


def pick_method(name: str) -> str:
    """Mean or first principal component of several pairs, for the sidebar."""
    method: str = (
        st.radio(
            "Several pairs: use",
            list(METHODS),
            key=f"{name}_by",
            bind="query-params",
            horizontal=True,
            format_func=METHODS.__getitem__,
        )
        or "mean"
    )
    return method


def pairs_of(vectors: WordVectors, key: str, typed: str = "") -> PickedAxis:
    """The pairs of a list by its key, or those that were typed; the axis is their mean until `with_method`.

    Raises:
        UserError: nothing was typed, or what was typed is no pairs.
    """
    if key != TYPED:
        one = axis_pairs()[key]
        pairs = tuple(read_pairs(vectors, one.text))
        axis = axis_of(vectors, pairs)
        code = f"read_pairs(vectors, axis_pairs()[{key!r}].text)"
        return PickedAxis(axis, one.high, one.low, pairs, code, one.source)
    found = tuple(read_pairs(vectors, typed))
    if not found:
        raise UserError("An axis is made of pairs of words.", f"Write pairs such as: {PLACEHOLDER}.")
    axis = axis_of(vectors, found)
    return PickedAxis(axis, axis.high, axis.low, found, f"read_pairs(vectors, {typed!r})")
