"""Small tables of names and values, escaped."""

from __future__ import annotations

import html
from collections.abc import Sequence


def facts_html(rows: Sequence[tuple[str, str]]) -> str:
    """Two columns: what, and its value."""
    cells = "".join(
        f'<tr><td style="opacity:.75;padding:.12rem .9rem .12rem 0;white-space:nowrap;vertical-align:top">'
        f'{html.escape(name)}</td><td style="overflow-wrap:anywhere;padding:.12rem 0">{html.escape(value)}</td></tr>'
        for name, value in rows
    )
    return f'<table style="font-size:.95rem;border-collapse:collapse;width:100%">{cells}</table>'
