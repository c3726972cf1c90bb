"""A row of the catalogue of models: what its card says, and once the file is here, what its header says."""

from __future__ import annotations

import html
from dataclasses import dataclass
from pathlib import Path

from core.catalog import Spec
from core.errors import UserError
from core.models.gguf import header as gguf_header
from core.prompting.decoding import memory_estimate

COMMERCE = {
    "yes": "commercial use allowed",
    "terms": "commercial use under conditions",
    "no": "no commercial use",
    "unknown": "commercial use unclear",
}
_COLOURS = {"yes": "#009E73", "terms": "#E69F00", "no": "#D55E00", "unknown": "#8A8F98"}
READ_AT_ONCE = 4096


@dataclass(frozen=True)
class Facts:
    """Of a model, from its spec (`sure` False) or from its file's header; `problem`: what is wrong with the file."""

    parameters: int
    context: int
    chats: bool
    size_bytes: int
    memory_bytes: int
    sure: bool
    path: Path | None = None
    problem: tuple[str, str] | None = None


def facts_of(spec: Spec) -> Facts:
    """What is known of a model: its file's own header where it is here."""
    known = Facts(
        spec.parameters or 0,
        spec.context or 0,
        bool(spec.chats),
        spec.size_bytes or 0,
        spec.memory_bytes or 0,
        False,
        spec.path,
    )
    if known.path is None:
        return known
    try:
        header = gguf_header.read(known.path)
    except UserError as error:
        return Facts(**vars(known) | {"problem": (error.what, error.next_step)})
    context = header.context_length or known.context
    return Facts(
        header.parameters,
        context,
        bool(header.chat_template),
        header.size_bytes,
        memory_estimate.estimate(header, min(context or READ_AT_ONCE, READ_AT_ONCE)).total,
        True,
        known.path,
    )


def row_html(spec: Spec, facts: Facts, memory: tuple[int, int] | None) -> str:
    """Title and note, then licence, size and memory against this machine's."""
    about = "" if facts.sure else "about "
    billions = facts.parameters / 1e9
    size = f"{billions:.1f} billion" if billions >= 1 else f"{facts.parameters / 1e6:,.0f} million"
    kind = "chat model" if facts.chats else "base model (completion only)"
    mark = (
        '<span style="font-weight:600"> <span style="color:#009E73">✓</span> ready offline</span>'
        if facts.path and not facts.problem
        else ""
    )
    doubt = f" <i>Not sure: {html.escape(spec.doubt)}.</i>" if spec.doubt and not facts.sure else ""
    return (
        f'<div style="line-height:1.4"><b style="font-size:1.08rem">{html.escape(spec.title)}</b>{mark}'
        f'<span style="opacity:.72;font-size:.88rem"> · {size} parameters · {facts.context:,} tokens of context · '
        f"{kind}</span>"
        f'<div style="font-size:.95rem">{html.escape(spec.note[:1].upper() + spec.note[1:])}.{doubt}</div>'
        f'<div style="display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;font-size:.87rem;margin-top:.15rem">'
        f'<span><span style="color:{_COLOURS[spec.commercial]}">●</span> {html.escape(spec.licence)}: '
        f"{COMMERCE[spec.commercial]}</span><span>{size_words(facts.size_bytes)} on disk</span>"
        f"{_memory_html(facts, about, memory)}</div></div>"
    )


def _memory_html(facts: Facts, about: str, memory: tuple[int, int] | None) -> str:
    need = f"{about}{size_words(facts.memory_bytes)} of memory with {min(facts.context, READ_AT_ONCE):,} tokens"
    if memory is None:
        return f"<span>{need}</span>"
    free, total = memory
    share = min(1.0, facts.memory_bytes / total)
    fits = facts.memory_bytes <= free - total * memory_estimate.LEFT_FREE
    colour = "#0072B2" if fits else "#D55E00"
    said = (
        f"{100 * facts.memory_bytes / total:.0f} % of this machine's"
        if fits
        else f"more than the {max(free - total * memory_estimate.LEFT_FREE, 0) / 1e9:.1f} GB that can be given now"
    )
    bar = (
        '<span style="display:inline-block;width:4.5rem;height:.5rem;border-radius:.25rem;vertical-align:middle;'
        f'background:rgba(138,143,152,.28);overflow:hidden"><span style="display:block;height:100%;'
        f'min-width:4px;width:{share:.0%};background:{colour}"></span></span>'
    )
    return f"<span>{need} {bar} {said}</span>"


def size_words(size: int) -> str:
    """Decimal, as the hub shows it: 145 MB, 4.1 GB."""
    return (
        f"{size / 1e9:.1f} GB"
        if size >= 999.5e6
        else f"{size / 1e6:,.0f} MB"
        if size >= 9.95e6
        else f"{size / 1e6:,.1f} MB"
    )
