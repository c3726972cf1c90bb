"""The ten likeliest tokens at one position of a text, each of which can be taken instead."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from core.figures import prompting as figures
from core.figures import style
from core.prompting.settings import Alternative, Step
from pages.shared.export import show_ways
from pages.shared.frame import dark

_JS = """
export default function ({ data, parentElement, setTriggerValue }) {
  const list = parentElement.querySelector(".list");
  list.replaceChildren();
  data.rows.forEach((row) => {
    const line = document.createElement(data.takes && !row.came ? "button" : "div");
    line.className = "row" + (row.came ? " came" : "");
    const cell = (name, text) => {
      const made = document.createElement("span");
      made.className = name;
      made.textContent = text;
      line.appendChild(made);
      return made;
    };
    cell("rank", row.rank);
    cell("token", row.token);
    const bar = cell("bar", "");
    for (const [name, share] of [["own", row.own], ["after", row.after]]) {
      const part = document.createElement("i");
      part.className = name;
      part.style.width = (100 * share / data.longest) + "%";
      bar.appendChild(part);
    }
    cell("share", row.ownText);
    cell("share soft", row.afterText);
    if (line.tagName === "BUTTON") {
      line.type = "button";
      line.title = "Take this token and continue from it";
      line.onclick = () => setTriggerValue("taken", row.id);
    }
    list.appendChild(line);
  });
}
"""
_CSS = f"""
.list {{ font-family: var(--st-font); font-size: 1.08rem; color: var(--st-text-color); }}
.head, .row {{ display: grid; grid-template-columns: 2.2rem minmax(4rem, 9rem) 1fr 4.6rem 6.4rem; gap: .6rem;
  align-items: center; width: 100%; padding: .12rem .4rem; box-sizing: border-box; }}
.head {{ font-size: .85rem; opacity: .75; font-family: var(--st-font); color: var(--st-text-color); }}
.head span:nth-child(n+4), .share {{ text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }}
.row {{ font: inherit; color: inherit; background: none; border: 0; border-radius: .4rem; text-align: left; }}
button.row {{ cursor: pointer; }}
button.row:hover, button.row:focus-visible {{ outline: 2px solid var(--st-primary-color); outline-offset: -2px; }}
.rank {{ opacity: .6; text-align: right; }}
.token {{ overflow: hidden; text-overflow: ellipsis; white-space: pre; font-weight: 600; }}
.soft {{ opacity: .75; }}
.bar {{ position: relative; height: 1.25rem; }}
.bar i {{ position: absolute; left: 0; border-radius: 0 3px 3px 0; }}
.own {{ top: 0; height: 62%; background: {style.BLUE}; min-width: 2px; }}
.after {{ bottom: 0; height: 30%; background: {style.SKY}; }}
.came .own {{ background: {style.VERMILLION}; }}
.came .after {{ background: {style.ORANGE}; }}
"""
_HTML = """
<div class="head"><span></span><span>token</span><span></span><span>the model</span><span>after sampling</span></div>
<div class="list"></div>
"""

_list = st.components.v2.component("textlab_alternatives", html=_HTML, css=_CSS, js=_JS)


def show_alternatives(step: Step, place: int, takes: bool, on_take: Callable[[int], None]) -> None:
    """The likeliest tokens where `step` came, and under them the ways to export the picture.

    `takes`: whether one can be taken; `on_take` is given its number among `step.alternatives`.
    """
    key = f"prompting_alternatives_{place}_{step.token_id}"

    def take() -> None:
        # By its id: another branch may stand here by the time the press arrives, with the same tokens in another order.
        numbers = {other.token_id: number for number, other in enumerate(step.alternatives)}
        if (number := numbers.get(st.session_state[key].taken)) is not None:
            on_take(number)

    rows = _rows(step)
    st.html(f'<p style="font-size:1.25rem;font-weight:600;margin:.2rem 0 0">Alternatives at token {place + 1}</p>')
    longest = max((max(row["own"], row["after"]) for row in rows), default=0) or 1
    _list(key=key, data={"rows": rows, "takes": takes, "longest": longest}, on_taken_change=take)
    show_ways(
        lambda: figures.likeliest(step, f"Alternatives at token {place + 1}", dark()),
        "likeliest_tokens",
        {
            "token": [other.text for other in step.alternatives],
            "probability": [other.probability for other in step.alternatives],
            "after sampling": [other.after_sampling for other in step.alternatives],
        },
        f"likeliest_{place}",
    )


def _rows(step: Step) -> list[dict[str, Any]]:
    came = Alternative(step.token_id, step.text, step.probability, step.after_sampling)
    others: Sequence[Alternative] = step.alternatives
    rows = [_row(rank, other, other.token_id == step.token_id) for rank, other in enumerate(others, 1)]
    return rows if any(row["came"] for row in rows) else [*rows, _row(step.rank, came, True)]


def _row(rank: int, other: Alternative, came: bool) -> dict[str, Any]:
    after = other.after_sampling
    return {
        "id": other.token_id,
        "rank": f"{rank:,}",
        "token": figures.visible(other.text)[:40],
        "came": came,
        "own": other.probability,
        "after": min(after, 1.0),
        "ownText": _per_cent(other.probability),
        "afterText": _per_cent(after) if after else "left out",
    }


def _per_cent(share: float) -> str:
    return f"{share:.1%}".replace("%", " %") if share >= 0.0005 else "< 0.1 %"
