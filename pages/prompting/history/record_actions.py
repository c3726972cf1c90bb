"""What can be done with saved runs: running one again, and exporting."""

from __future__ import annotations

import streamlit as st

from core.errors import UserError
from core.figures.prompting_text import page_html
from core.prompting.engine import Model
from core.prompting.history import record_export
from core.prompting.history.records import Record
from pages.shared.reading import show_reading


def repeat(model: object, record: Record) -> None:
    """Ask the same again and say where, if anywhere, the answer differs."""
    assert isinstance(model, Model)
    with st.spinner("The same prompt on a fresh context …"):
        run = record_export.repeat(record, model)
        run.finish(120)
    if run.error:
        raise UserError(run.error.what, run.error.next_step)
    place = record_export.first_difference(record, run)
    if place is None:
        show_reading("All {} tokens are {}.", f"{len(run.steps):,}", "the same as in the saved run")
        return
    other = "" if str(model.path) == record.path else " Another model answered."
    show_reading(
        "The first {} tokens are the same; then {} instead of {}.",
        f"{place:,}",
        run.steps[place].text if place < len(run.steps) else "the end",
        record.steps[place].text if place < len(record.steps) else "the end",
        caveat=f"{other} An answer on a cached prompt is rounded differently from one on a fresh context.",
    )


def offer(chosen: list[Record]) -> None:
    """The export of runs."""
    label = "Export" if len(chosen) == 1 else f"Export {len(chosen)}"
    popover = st.popover(label, icon=":material/download:", on_change="rerun", key="prompting_records_take")
    if not popover.open:
        return
    with popover:
        for name, ending, kind, content in (
            ("HTML with the heatmap", "html", "text/html", page_html(chosen)),
            ("Markdown", "md", "text/markdown", record_export.as_markdown(chosen)),
            ("JSON Lines, all numbers", "jsonl", "application/jsonl", record_export.as_jsonl(chosen)),
            ("Python that runs it again", "py", "text/x-python", record_export.as_python(chosen[0])),
        ):
            st.download_button(
                name,
                content,
                f"runs.{ending}",
                kind,
                key=f"prompting_records_{ending}",
                on_click="ignore",
                width="stretch",
            )
