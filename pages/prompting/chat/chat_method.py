"""How a chat is computed: the words and the lines of Python under it."""

from __future__ import annotations

from core.prompting.runs import Question
from core.prompting.settings import Settings
from pages.prompting.code_lines import answer_code
from pages.shared.method import show_method


def show_chat_method(question: Question, settings: Settings) -> None:
    """The panel under the chat, for the answer on the page: what was asked, and the settings that it was drawn with."""
    show_method(
        r"p_i = \frac{e^{z_i / T}}{\sum_j e^{z_j / T}}",
        "llama.cpp (its sampler chain, in its order); Holtzman et al. 2020 for top-p, Nguyen et al. 2024 for min-p",
        answer_code(question, settings),
        {
            "temperature": settings.temperature,
            "top-k": settings.top_k,
            "top-p": settings.top_p,
            "min-p": settings.min_p,
        },
        "The model's file carries a chat template, a small program that writes the turns as one text with special "
        "tokens between them. The model gives a score z for every token of its vocabulary; the repeat penalty, top-k, "
        "top-p and min-p leave some of them out; one of the rest is sampled with probability p at temperature T. "
        "Speeds are tokens by wall-clock time in the model's own process; *time to first token* counts from the start "
        "of work, after load and queue. Tokens in the context are counted by the model's own tokenizer, a moment "
        "after each key; a third of the context, or less where fewer tokens were asked for, is reserved for the "
        "answer.",
    )
