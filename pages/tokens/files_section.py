"""In the view Languages: tokens of files, folders and columns of tables, and what they cost."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.cached import tokens as cached_tokens
from core.errors import UserError
from core.figures import tokens_count as figures
from core.tokens import languages
from core.tokens.count import Counted, columns_of, decoded, prices, rows_of, total
from core.tokens.training import sample_texts
from pages.shared.csv_button import show_csv
from pages.shared.export import show_figure
from pages.shared.frame import dark
from pages.shared.reading import show_reading
from pages.shared.user_errors import show_note, user_errors
from pages.tokens.sidebar import PageSettings, titles_by_key

SOURCES = ("Files", "Folder")
MOST_SHOWN = 500


def show_files(settings: PageSettings) -> None:
    """Draw the section: one's own files, by the tokenizers of the sidebar."""
    st.markdown("### Your own files, folders and tables")
    source = st.segmented_control(
        "What to count",
        SOURCES,
        default=SOURCES[0],
        required=True,
        key="tokens_count_source",
        bind="query-params",
        label_visibility="collapsed",
    )
    uploaded = st.file_uploader(
        "Text files, Markdown, code, CSV: whatever is text",
        accept_multiple_files="directory" if source == SOURCES[1] else True,
        key=f"tokens_count_{source}",
        max_upload_size=200,
    )
    with user_errors():
        whole, problems = _texts(uploaded or [])
        texts = _of_column(whole, problems)
        counted = [_counted(settings, name, parts) for name, parts in texts.items()]
        every = [*counted, *(Counted(name, 0, {}, problem) for name, problem in problems.items())]
        if not counted:
            raise UserError("None of the files is a text that can be counted.", "Choose others.")
        _show_counts(settings, every, total("all", counted), bool(uploaded))
        _show_costs(texts)


def _texts(uploaded: list[Any]) -> tuple[dict[str, str], dict[str, str]]:
    """The texts by name, and why others are none. Of two files of one name the second gets a number."""
    if not uploaded:
        return {f"our sample text in {name}": text for name, text in sample_texts().items()}, {}
    texts: dict[str, str] = {}
    problems: dict[str, str] = {}
    for number, file in enumerate(uploaded, 1):
        name = file.name if file.name not in texts and file.name not in problems else f"{file.name} ({number})"
        try:
            texts[name] = decoded(file.name, file.getvalue())
        except UserError as error:
            problems[name] = error.what
    return texts, problems


def _of_column(texts: dict[str, str], problems: dict[str, str]) -> dict[str, list[str]]:
    """Each text in the parts that are counted: whole, or the rows of one column, if one is chosen."""
    tables = {name: columns_of(text) for name, text in texts.items() if name.lower().endswith((".csv", ".tsv"))}
    names = list(dict.fromkeys(column for columns in tables.values() for column in columns))
    column = (
        st.selectbox("Column of the tables", ["the whole file", *names], key="tokens_count_column") if names else ""
    )
    if not column or column not in names:
        return {name: [text] for name, text in texts.items()}
    parts: dict[str, list[str]] = {}
    for name, text in texts.items():
        try:
            parts[name] = rows_of(name, text, column) if name in tables else [text]
        except UserError as error:
            problems[name] = error.what
    return parts


def _counted(settings: PageSettings, name: str, parts: list[str]) -> Counted:
    """Tokens of the parts of one text; a tokenizer that cannot costs its own number."""
    tokens, problems = {}, []
    for key, title in zip(settings.keys, settings.titles, strict=True):
        try:
            tokens[title] = cached_tokens.count_of(key, tuple(parts))
        except UserError as error:
            problems.append(f"{title}: {error.what}")
    return Counted(name, sum(map(len, parts)), tokens, " ".join(problems))


def _show_counts(settings: PageSettings, every: list[Counted], whole: Counted, uploaded: bool) -> None:
    if not whole.tokens:
        raise UserError(f"None of the tokenizers can count this. {whole.problem}", "Choose others in the sidebar.")
    few, many = (pick(whole.tokens, key=lambda title: whole.tokens[title]) for pick in (min, max))
    words = [f"{whole.characters:,}", f"{whole.tokens[few]:,}", few, f"{whole.tokens[many]:,}", many]
    differ = whole.tokens[few] < whole.tokens[many]
    show_reading(
        "{} characters are {} tokens for {}" + (" and {} for {}." if differ else "."),
        *(words if differ else words[:3]),
        caveat=f"{len(every)} {'files' if uploaded else 'sample texts of ours: drop in files of your own'}.",
    )
    for one in every:
        if one.problem:
            show_note(one.problem, "It is left out of what could not be counted; the others are counted.")
    title = f"{few} needs the fewest tokens, {many} the most" if differ else f"{few} needs {whole.tokens[few]:,} tokens"
    table: dict[str, list[Any]] = {
        "file": [one.name for one in every],
        "characters": [one.characters for one in every],
        **{title: [one.tokens.get(title) for one in every] for title in settings.titles},
        "problem": [one.problem for one in every],
    }
    show_figure(figures.bars(whole.tokens, title, dark()), "tokens-count", table)
    st.dataframe({name: column[:MOST_SHOWN] for name, column in table.items()}, hide_index=True, width="stretch")


def _show_costs(texts: dict[str, list[str]]) -> None:
    """A table of prices that can be edited; what the texts cost at each, by the model's own tokenizer."""
    st.markdown("#### What they cost")
    st.caption("US dollars for a million tokens, with the day they were looked up. Edit them: prices change often.")
    rows = prices()
    edited = st.data_editor(
        {
            "model": [row.model for row in rows],
            "tokenizer": [row.tokenizer for row in rows],
            "input": [row.input for row in rows],
            "date": [row.date for row in rows],
        },
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        key="tokens_prices",
    )
    table = edited if isinstance(edited, dict) else edited.to_dict("list")
    titles = titles_by_key()
    lines: dict[str, list[Any]] = {"model": [], "tokens": [], "cost of the input": [], "price of": []}
    missing = set()
    for model, key, price, date in zip(*(table[name] for name in ("model", "tokenizer", "input", "date")), strict=True):
        if key not in titles or not isinstance(price, (int, float)) or price != price:
            missing.add(str(key))
            continue
        tokens = sum(cached_tokens.count_of(key, tuple(parts)) for parts in texts.values())
        lines["model"].append(str(model))
        lines["tokens"].append(tokens)
        lines["cost of the input"].append(f"{languages.cost(tokens, float(price)):,.4f}")
        lines["price of"].append(str(date))
    st.dataframe(lines, hide_index=True, width="stretch", key="tokens_count_costs")
    show_csv(lines, "token-costs", "tokens_count_costs_table")
    if missing:
        names = ", ".join(sorted(name for name in missing if name != "None"))
        show_note(
            f"Left out: models whose tokenizer is not here or whose price is no number ({names}).",
            "Add them in the sidebar.",
        )
