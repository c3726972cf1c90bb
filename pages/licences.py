"""Licences: everything that is installed for the lab, and what comes with it. Reached from About in the menu"""

import dataclasses
from pathlib import Path

import streamlit as st

from core.text import csv_text

README = Path(__file__).resolve().parent.parent / "README.md"
COLUMNS = {
    "name": "Distribution",
    "version": "Version",
    "licence": "Licence, as it states itself",
    "needed_by": "Needed by",
    "part": "Installed for",
}


def what_comes_with_the_lab() -> str:
    """The README's section on licences: models, vocabularies and texts that are part of the lab or of its packages."""
    return README.read_text(encoding="utf-8").partition("\n## Licences\n")[2].partition("\n## ")[0].strip()


def show_licences() -> None:
    """A table with a row for each installed distribution. It is read when the page is opened, never at start."""
    import pandas

    from core.licences import NOT_STATED, installed

    st.markdown("# Licences")
    rows = installed()
    silent = sum(row.licence == NOT_STATED for row in rows)
    st.markdown(
        f"{len(rows)} distributions are installed for the lab and its tests. "
        + (f"{silent} of them state no licence." if silent else "Each states its licence.")
    )
    table = pandas.DataFrame([{**dataclasses.asdict(row), "needed_by": ", ".join(row.needed_by)} for row in rows])
    table = table.rename(columns=COLUMNS)
    st.dataframe(table, hide_index=True, height=420)
    columns = {str(name): table[name].tolist() for name in table}
    st.download_button("Export as CSV", csv_text.as_csv(columns).encode(), "licences.csv", "text/csv")
    st.markdown("## What comes with it")
    st.markdown(what_comes_with_the_lab())
