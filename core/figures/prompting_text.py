"""Answers as coloured text, and a saved run as a page that opens without a network. Words in it are never markup."""

from __future__ import annotations

import html
import json
import math
from collections.abc import Iterable, Sequence

from plotly.colors import sample_colorscale

from core.figures import style
from core.prompting.history.record_export import when
from core.prompting.history.record_rows import Record
from core.prompting.settings import Step

_COLOURS = sample_colorscale(style.AMOUNTS, [step / 100 for step in range(101)])


def heat_html(steps: Iterable[Step]) -> str:
    """Each token on a ground that shows its probability (cividis, 0 to 1), with the likeliest others in its tip."""
    pieces = []
    for step in steps:
        if math.isnan(step.probability):
            pieces.append(html.escape(step.text))
            continue
        place = round(100 * min(max(step.probability, 0.0), 1.0))
        ink = "#FFFFFF" if place < 55 else "#10151B"
        tip = f"{step.probability:.1%}"
        if step.alternatives:
            tip += "; " + ", ".join(f"{other.text!r} {other.probability:.1%}" for other in step.alternatives[:5])
        shown = html.escape(step.text) or "·"
        pieces.append(
            f'<span title="{html.escape(tip)}" style="background:{_COLOURS[place]};color:{ink};'
            f'border-radius:3px;padding:1px 0">{shown}</span>'
        )
    return (
        '<p style="white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.9;margin:0;font-size:1.08rem">'
        f"{''.join(pieces) or '(no words)'}</p>"
    )


def scale_html() -> str:
    """The colours of `heat_html` with their two ends."""
    blocks = "".join(
        f'<span style="background:{_COLOURS[round(100 * step / 12)]};width:.8rem;height:.9rem;'
        'display:inline-block"></span>'
        for step in range(13)
    )
    return f'<span style="font-size:.92rem;white-space:nowrap">probability 0 % {blocks} 100 %</span>'


def facts(record: Record) -> list[tuple[str, str]]:
    """What is known of a run, in pairs of name and value, for a list beside it."""
    timings, settings = record.timings, record.settings
    speed = f"{timings.generation_speed:,.0f} tokens/s" if timings.generation_speed else "unknown"
    drawn = (
        "the likeliest token each time"
        if settings.temperature <= 0
        else (
            f"temperature {settings.temperature:g}, top-k {settings.top_k or 'off'}, top-p {settings.top_p:g}, "
            f"min-p {settings.min_p:g}, seed {timings.seed}"
        )
    )
    form = "a grammar" if settings.grammar else "a JSON schema" if settings.json_schema is not None else "free"
    rows = [
        ("When", when(record.at)),
        ("Model", record.title),
        ("File", record.path or record.about.get("server", "")),
        ("SHA-256", record.about.get("sha256", "not computed yet")),
        ("Sampling", drawn),
        ("Form", form),
        ("Prompt", f"{timings.prompt_tokens:,} tokens, {timings.cached_tokens:,} of them cached"),
        ("Answer", f"{timings.generated_tokens:,} tokens, {speed}; {record.ending}"),
        ("Computed by", ", ".join(f"{name} {value}" for name, value in record.versions.items())),
    ]
    return [(name, str(value)) for name, value in rows if value]


def page_html(records: Sequence[Record]) -> str:
    """A stand-alone page of saved runs with their heatmaps: no script, nothing fetched."""
    parts = []
    for record in records:
        if isinstance(record.prompt, list) and record.prompt and isinstance(record.prompt[0], dict):
            turns = "".join(
                f"<p><b>{html.escape(str(turn.get('role', '')))}</b><br>{html.escape(str(turn.get('content', '')))}</p>"
                for turn in record.prompt
            )
        else:
            turns = f"<p>{html.escape(record.question)}</p>"
        rows = "".join(
            f"<tr><th>{html.escape(name)}</th><td>{html.escape(value)}</td></tr>" for name, value in facts(record)
        )
        form = record.settings.grammar or (
            json.dumps(record.settings.json_schema, indent=1) if record.settings.json_schema is not None else ""
        )
        bound = f"<h3>Form</h3><pre>{html.escape(form)}</pre>" if form else ""
        parts.append(
            f"<article><h2>{html.escape(' '.join(record.question.split())[:120]) or 'An empty prompt'}</h2>"
            f"<h3>Prompt</h3><div class='turns'>{turns}</div>{bound}<h3>Answer</h3>{heat_html(record.steps)}"
            f"<h3>How</h3><table>{rows}</table></article>"
        )
    return _PAGE.replace("@SCALE@", scale_html()).replace("@BODY@", "".join(parts))


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Saved runs</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width"><style>
:root { color-scheme: light dark }
body { font: 17px/1.5 system-ui, sans-serif; max-width: 56rem; margin: 2rem auto; padding: 0 1rem }
article { border-top: 1px solid #8A8F98; padding: 1rem 0 }
.turns p, pre { white-space: pre-wrap; overflow-wrap: anywhere; margin: .3rem 0 }
h3 { font-size: 1rem; margin: 1rem 0 .2rem } table { border-collapse: collapse; font-size: .92rem }
th { text-align: left; padding: .1rem 1rem .1rem 0; vertical-align: top; white-space: nowrap }
td { overflow-wrap: anywhere }
</style></head><body><h1>Saved runs</h1><p>@SCALE@</p>@BODY@</body></html>
"""
