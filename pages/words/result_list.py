"""Lists of words with bars and numbers, large enough for a lecture hall. Words are escaped, never markup."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st

_STYLE = """
<style>
.words-list { width: 100%; border-collapse: collapse; font-size: 1.05rem; line-height: 1.2; }
.words-list th { text-align: right; font-weight: 500; font-size: .85rem; opacity: .7; padding: .1rem .45rem .3rem; }
.words-list th:first-child, .words-list td:first-child { text-align: left; padding-left: 0; }
.words-list td { text-align: right; padding: .22rem .45rem; font-variant-numeric: tabular-nums; border: 0;
  border-top: 1px solid rgba(138,143,152,.22); white-space: nowrap; }
.words-list td:first-child { max-width: 11rem; overflow: hidden; text-overflow: ellipsis; }
.words-list s { opacity: .62; text-decoration-thickness: 2px; text-decoration-color: #D55E00; }
.words-list .bar { display: inline-block; height: .5rem; border-radius: .25rem; background: #0072B2;
  vertical-align: middle; }
.words-list .input .bar { background: #E69F00; opacity: .55; }
.words-list td.bars { width: 32%; text-align: left; }
.words-list small { opacity: .7; font-size: .8rem; }
</style>
"""


@dataclass(frozen=True)
class Row:
    """One word: its numbers as text, the length of its bar (0..1), whether it is struck through, and a remark."""

    word: str
    cells: Sequence[str]
    bar: float = 0.0
    struck: bool = False
    remark: str = ""


def show_list(heads: Sequence[str], rows: Sequence[Row]) -> None:
    """Draw the list: the word, a bar, then the numbers. `heads` names word, bar and numbers."""
    head = "".join(f"<th>{html.escape(text)}</th>" for text in heads)
    lines = []
    for row in rows:
        word = html.escape(row.word[:60])
        shown = f"<s>{word}</s>" if row.struck else word
        remark = f" <small>{html.escape(row.remark)}</small>" if row.remark else ""
        width = 100 * max(0.0, min(1.0, row.bar))
        cells = "".join(f"<td>{html.escape(cell)}</td>" for cell in row.cells)
        lines.append(
            f'<tr class="{"input" if row.struck else ""}"><td title="{word}">{shown}{remark}</td>'
            f'<td class="bars"><span class="bar" style="width:{width:.1f}%"></span></td>{cells}</tr>'
        )
    st.html(f'{_STYLE}<table class="words-list"><thead><tr>{head}</tr></thead><tbody>{"".join(lines)}</tbody></table>')
