"""What a vector is: the numbers of one to three words, and the product that makes the cosine of two."""

from __future__ import annotations

import re

import numpy as np
import streamlit as st

from core.errors import UnknownWord, UserError
from core.figures.words_vector import strips
from core.words.vector_parts import ORDERS, Product, numbers_of, product_of
from pages.shared.export import show_figure
from pages.shared.frame import View, dark
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.shared.user_errors import show_note
from pages.words.presets import pick_preset
from pages.words.sidebar import PageSettings

PRESETS = {
    "king, queen": "king, queen",
    "king, queen, bicycle": "king, queen, bicycle",
    "good, bad": "good, bad",
    "coffee, tractor": "coffee, tractor",
    "linux": "linux",
}
MOST = 3
LABELS = {"dimension": "Dimension", "contribution": "Contribution"}


def show(settings: PageSettings) -> None:
    """Draw the view."""
    with st.sidebar:
        pick_preset("words_vector", PRESETS, "Examples")
        by = st.radio(
            "Order of the dimensions",
            ORDERS,
            format_func=LABELS.__getitem__,
            key="words_vector_order",
            bind="query-params",
            help="By contribution: what adds most to the cosine of the first two words comes first",
        )
    typed = st.text_input(
        "One, two or three words", "king, queen", max_chars=200, key="words_vector", bind="query-params"
    )
    words = _words(settings, typed or "")
    numbers = numbers_of(settings.vectors, words)
    product = product_of(settings.vectors, words[0], words[1]) if len(words) > 1 else None
    order = product.order(by or ORDERS[0]) if product else np.arange(numbers.shape[1])
    title = (
        f"cos({words[0]}, {words[1]}) = {product.cosine:.3f}, the sum of {numbers.shape[1]} products"
        if product
        else f"“{words[0]}” is {numbers.shape[1]} numbers"
    )
    running = product.running(by or ORDERS[0]) if product else None
    show_figure(
        strips(words, numbers, order, product, running, title, dark(), 440),
        "word-vector",
        _table(words, numbers, order, product, running),
    )
    _read(words, numbers, product)
    _method(settings, words, by or ORDERS[0])


def _words(settings: PageSettings, typed: str) -> tuple[str, ...]:
    """The words of the vocabulary among those typed, at most three; the others are named.

    Raises:
        UserError: there is none.
    """
    parts = re.split(r"[,;]", typed) if re.search(r"[,;]", typed) else typed.split()
    wanted = list(dict.fromkeys(part.strip() for part in parts if part.strip()))
    if not wanted:
        raise UserError("There is no word yet.", "Type one, two or three words, separated by commas.")
    known = []
    for word in wanted:
        try:
            settings.vectors.row(word)
            known.append(word)
        except UnknownWord as missing:
            if len(wanted) == 1:
                raise
            show_note(missing.what, missing.next_step)
    if not known:
        raise UserError("None of these words is in the vocabulary.", "Type other words.")
    if len(known) > MOST:
        show_note(f"The first {MOST} are shown.", "More strips could not be told from each other.")
    return tuple(known[:MOST])


def _table(
    words: tuple[str, ...], numbers: np.ndarray, order: np.ndarray, product: Product | None, running: np.ndarray | None
) -> dict[str, list]:
    columns: dict[str, list] = {"dimension": [int(dimension) + 1 for dimension in order]}
    columns.update({word: numbers[row, order].tolist() for row, word in enumerate(words)})
    if product is not None and running is not None:
        columns["product"] = product.products[order].tolist()
        columns["added_to_cosine"] = product.contributions[order].tolist()
        columns["sum_so_far"] = running.tolist()
    return columns


def _read(words: tuple[str, ...], numbers: np.ndarray, product: Product | None) -> None:
    meaning = "A single dimension has no name: only the angles between vectors carry meaning."
    if product is None:
        show_reading(
            "{} is a list of {} numbers between {} and {}; its length is {}.",
            words[0],
            f"{numbers.shape[1]:,}",
            f"{float(numbers.min()):.2f}",
            f"{float(numbers.max()):.2f}",
            f"{float(np.linalg.norm(numbers[0])):.2f}",
            caveat=meaning + " Type a second word to see what makes their cosine.",
        )
        return
    positive = int((product.contributions > 0).sum())
    largest = int(np.argmax(np.abs(product.contributions)))
    show_reading(
        "{} products add up to {}; divided by the lengths {} and {}, that is the cosine {}.",
        f"{len(product.products):,}",
        f"{product.dot:.2f}",
        f"{product.length_a:.2f}",
        f"{product.length_b:.2f}",
        f"{product.cosine:.3f}",
        caveat=f"{positive} of {len(product.products):,} dimensions add to it, the others subtract; dimension "
        f"{largest + 1} alone makes {product.contributions[largest]:+.3f}. {meaning}",
    )


def _method(settings: PageSettings, words: tuple[str, ...], by: str) -> None:
    product = (
        f"product = product_of(vectors, {words[0]!r}, {words[1]!r})\n"
        f"order = product.order({by!r})\n"
        'result = {"numbers": numbers[:, order], "added": product.contributions[order],\n'
        f'          "sum": product.running({by!r}), "cosine": product.cosine}}'
        if len(words) > 1
        else 'result = {"numbers": numbers}'
    )
    show_method(
        r"\cos(a, b) = \frac{\sum_i a_i b_i}{|a|\,|b|} = \sum_i \frac{a_i b_i}{|a|\,|b|}",
        "the dot product and the cosine: Salton and McGill 1983; word vectors: Mikolov et al. 2013, Pennington et al. "
        "2014.",
        f"from core.words.vector_parts import numbers_of, product_of\n{settings.code}\n"
        f"numbers = numbers_of(vectors, {words!r})\n{product}",
        {"vectors": settings.title, "order": LABELS[by].lower()},
        "The cells are the numbers as they are in the file. Colours end at the 99th percentile of their sizes.",
    )


VIEW = View("vector", "Vector", 8, show)
