"""How the probabilities are computed: the words and the lines of Python under the view."""

from __future__ import annotations

from pages.prompting.sidebar import PageSettings
from pages.shared.method import show_method

ALTERNATIVES = 10
LONGEST_ANSWER = 120


def show_heat_method(page: PageSettings, code: str) -> None:
    """The panel under the view, with its lines of Python."""
    show_method(
        r"p(t) = \frac{e^{z_t}}{\sum_j e^{z_j}}, \qquad H = -\sum_j p(j) \log_2 p(j)",
        "the model's scores z as llama.cpp gives them, before any sampler; Gehrmann, Strobelt and Rush 2019 (GLTR) "
        "for the picture",
        code,
        {
            "alternatives": ALTERNATIVES,
            "temperature": page.settings.temperature,
            "max tokens": min(page.settings.max_tokens, LONGEST_ANSWER),
        },
        "Probabilities are the model's own, before sampling; *after sampling* is what was left after top-k, top-p, "
        "min-p and temperature. Tokens "
        "of the prompt (paler) are measured by reading it in slices. A token taken by hand becomes a branch: all "
        "tokens before it stay in the context, only the new one is read.",
    )
