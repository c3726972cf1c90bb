"""How a chat is computed: the words and the lines of Python under it."""

from __future__ import annotations

from pages.prompting.sidebar import PageSettings, path_code
from pages.shared.method import show_method


def show_chat_method(page: PageSettings) -> None:
    """The panel under the chat."""
    show_method(
        r"p_i = \frac{e^{z_i / T}}{\sum_j e^{z_j / T}}",
        "llama.cpp (its sampler chain, in its order); Holtzman et al. 2020 for top-p, Nguyen et al. 2024 for min-p",
        _code(page),
        {
            "temperature": page.settings.temperature,
            "top-k": page.settings.top_k,
            "top-p": page.settings.top_p,
            "min-p": page.settings.min_p,
        },
        "The model's file carries a chat template, a small program that writes the turns as one text with special "
        "tokens between them. The model gives a score z for every token of its vocabulary; the repeat penalty, top-k, "
        "top-p and min-p leave some of them out; one of the rest is drawn with probability p at temperature T. Speeds "
        "are tokens by wall-clock time in the model's own process; *first word* counts from the start of work, after "
        "loading and queue. Tokens in the context are counted by the model's own tokenizer, a moment after each key; "
        "a third of the context, or less where fewer tokens were asked for, is kept for the answer.",
    )


def _code(page: PageSettings) -> str:
    return (
        f"from core import catalog\n"
        f"from core.prompting.engine import Settings, open_model\n"
        f"model = open_model({path_code(page)})\n"
        f'messages = [{{"role": "user", "content": "What is the capital of France?"}}]\n'
        f'result = "".join(step.text for step in model.generate(messages, Settings(temperature=0)))\n'
        f"timings = model.timings\n"
        f"model.close()"
    )
