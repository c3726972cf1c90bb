"""Words of people and models as labels of buttons and menus, which Streamlit reads as Markdown."""

from __future__ import annotations

import re


def plain_label(text: str, longest: int = 60) -> str:
    """The text in one line, cut to `longest` characters, with every sign that Markdown could read made a plain one.

    Example: "a *b* :red[c]" -> "a \\*b\\* \\:red\\[c\\]"
    """
    line = " ".join(text.split())
    cut = line if len(line) <= longest else line[: longest - 1] + "…"
    return re.sub(r"([\\`*_{}\[\]()<>#+\-.!|~$:&@/=])", r"\\\1", cut)
