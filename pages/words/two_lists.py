"""The answers of two sets of vectors side by side: neighbours and analogies, among the words that both have."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from core.cached import words as cached_words
from core.errors import UnknownWord
from core.figures.words_lists import side_by_side
from core.words.algebra import looked_up, parse, vector_of, written
from core.words.analogy import all_scores
from core.words.two_sets import Agreement, agreement
from pages.shared.export import show_figure
from pages.shared.frame import dark
from pages.shared.method import show_method
from pages.shared.reading import show_reading
from pages.words.sidebar import PageSettings, opening


def show_neighbours(first: PageSettings, second: PageSettings, typed: str, count: int) -> None:
    """The nearest words of a word or a sum in both sets."""
    shared = cached_words.shared_words(first.key, second.key)
    terms = parse(typed, first.vectors)
    with_name(first, tuple(term.word for term in terms))
    with naming(second):
        theirs = looked_up(terms, second.vectors)
    scores = [
        settings.vectors.cosines(vector_of(sum_, settings.vectors))
        for settings, sum_ in ((first, terms), (second, theirs))
    ]
    without = (terms[0].word,) if len(terms) == 1 and terms[0].weight > 0 else ()
    found = agreement(first.vectors, second.vectors, shared, scores[0], scores[1], count, without)
    text = written(terms)
    _draw(
        first, second, found, f"“{text}”: {len(found.common)} of {count} nearest words are the same", "two-neighbours"
    )
    _read(first, second, found, f"the nearest words of “{text}”")
    scored = (
        f"terms = parse({typed!r}, a)\nscores_a = a.cosines(vector_of(terms, a))\n"
        "scores_b = b.cosines(vector_of(looked_up(terms, b), b))\n"
    )
    _method(
        first,
        second,
        "from core.words.algebra import looked_up, parse, vector_of",
        scored,
        count,
        without,
        r"\cos(q, w)",
    )


def show_analogy(
    first: PageSettings,
    second: PageSettings,
    words: tuple[str, str, str],
    method: str,
    leave_out: bool,
    count: int = 10,
) -> None:
    """The answers of both sets to a is to b as c is to which word."""
    shared = cached_words.shared_words(first.key, second.key)
    for settings in (first, second):
        with_name(settings, words)
    scores = [all_scores(settings.vectors, *words, method) for settings in (first, second)]
    without = words if leave_out else ()
    found = agreement(first.vectors, second.vectors, shared, scores[0], scores[1], count, without)
    a, b, c = words
    best = f"“{found.first[0].word}” and “{found.second[0].word}”" if found.first and found.second else "nothing"
    _draw(first, second, found, f"{a} is to {b} as {c} is to {best}", "two-analogies", words)
    _read(first, second, found, f"the answers to {a} : {b} = {c} : ?")
    scored = "".join(
        f"{name} = all_scores({letter}, {a!r}, {b!r}, {c!r}, {method!r})\n"
        for name, letter in (("scores_a", "a"), ("scores_b", "b"))
    )
    _method(first, second, "from core.words.analogy import all_scores", scored, count, without, r"\text{score}(w)")


def with_name(settings: PageSettings, words: tuple[str, ...]) -> None:
    """Raises:
    UserError: a word is not in that set; it says in which."""
    with naming(settings):
        for word in words:
            settings.vectors.row(word)


@contextlib.contextmanager
def naming(settings: PageSettings) -> Iterator[None]:
    """An error about a word that is out of vocabulary names the set."""
    try:
        yield
    except UnknownWord as problem:
        problem.what = problem.what.replace("these vectors", settings.title)
        raise


def _draw(
    first: PageSettings, second: PageSettings, found: Agreement, title: str, name: str, marked: tuple[str, ...] = ()
) -> None:
    common = set(found.common)
    rows = [(0, item) for item in found.first] + [(1, item) for item in found.second]
    show_figure(
        side_by_side(found, (first.title, second.title), title, dark(), 450, marked),
        name,
        {
            "set": [(first, second)[which].title for which, _ in rows],
            "rank": [item.rank for _, item in rows],
            "word": [item.word for _, item in rows],
            "score": [item.similarity for _, item in rows],
            "in_both": [item.word in common for _, item in rows],
        },
    )


def _read(first: PageSettings, second: PageSettings, found: Agreement, what: str) -> None:
    count = len(found.first)
    show_reading(
        "{} of the first {} words are the same in both sets; two random lists would share {} on average.",
        len(found.common),
        count,
        f"{found.expected:.2g}",
        caveat=f"Compared are {what} among the {found.shared:,} words that both sets have. Scores of two sets cannot "
        "be compared, ranks can. Words in both lists are bold and joined.",
    )


def _method(
    first: PageSettings,
    second: PageSettings,
    imports: str,
    scored: str,
    count: int,
    without: tuple[str, ...],
    formula: str,
) -> None:
    (import_a, open_a), (import_b, open_b) = opening(first.key), opening(second.key)
    lines = "\n".join(
        dict.fromkeys([imports, import_a, import_b, "from core.words.two_sets import agreement, shared_words"])
    )
    show_method(
        r"\text{overlap@}k = |L^k_1 \cap L^k_2|, \qquad \mathbb{E} = k^2 / |V_1 \cap V_2|, \qquad "
        r"L^k: \text{the } k \text{ greatest } " + formula,
        "overlap of neighbourhoods: Wendlandt, Kummerfeld and Mihalcea 2018.",
        f"{lines}\na, b = {open_a}, {open_b}\n{scored}"
        f"found = agreement(a, b, shared_words(a, b), scores_a, scores_b, {count}, {without!r})\n"
        'result = {"first": found.first, "second": found.second, "common": found.common, "expected": found.expected}',
        {"vectors": f"{first.title}; {second.title}"},
    )
