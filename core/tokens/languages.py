"""What the same text costs in 204 languages: published counts, and counts of one's own parallel text.

Source: Petrov, La Malfa, Torr and Bibi 2023, "Language Model Tokenizers Introduce Unfairness Between Languages"
(arXiv:2305.15425): tokens for the whole of FLORES-200 (dev and devtest, 2,009 sentences) by tokenizer; table in
core/data/tokens_per_language.tsv.
"""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core import storage
from core.tokens.tokenizer import Tokenizer

_TABLE = storage.DATA / "tokens_per_language.tsv"
TODAY_TABLE = storage.DATA / "tokens_per_language_udhr.tsv"
TITLES = {
    "gpt-2": "GPT-2",
    "gpt-4": "GPT-4",
    "llama-2": "LLaMA",
    "qwen-2": "Qwen",
    "xlm-r": "XLM-R",
    "bloom": "BLOOM",
    "mt5": "mT5",
    "flan-t5": "Flan-T5",
    "nllb": "NLLB",
    "o200k": "GPT-4o (o200k)",
    "llama-3": "Llama 3",
    "gemma-4": "Gemma 4",
    "mistral-v3": "Mistral v3",
    "tekken": "Mistral Tekken",
    "qwen-3.5": "Qwen 3.5",
    "smollm2": "SmolLM2",
    "command-r": "Command R",
    "deepseek-llm": "DeepSeek LLM",
    "utf-8-bytes": "UTF-8 bytes",
    "characters": "Characters",
}
ENGLISH = "English"

# English words of FLORES-200 between blanks, to turn tokens into words: within 4 of the text's own, which is not ours
# to carry; it follows from published tokens per word (GPT-2 1.227, LLaMA 1.415).
ENGLISH_WORDS = 42_854
DECLARATION_WORDS = 1_747  # of the English declaration, as `core.tokens.count_parallel` reads it
SAMPLE_ENGLISH = (
    "The conference starts at nine. "
    "Please bring your own laptop, because we will try everything ourselves. "
    "Lunch is included, and there will be plenty of coffee. "
    "If you have a question, just raise your hand."
)
SAMPLE_SPANISH = (
    "La conferencia empieza a las nueve. "
    "Traiga su propio portátil, porque lo probaremos todo nosotros mismos. "
    "El almuerzo está incluido y habrá mucho café. "
    "Si tiene una pregunta, levante la mano."
)
"""The same four sentences in two languages, to begin with."""


@dataclass(frozen=True)
class Counts:
    """Tokens for the same text: `tokens[key]` (languages,) in the order of `languages`."""

    languages: tuple[str, ...]
    tokens: dict[str, np.ndarray]
    english_words: int = ENGLISH_WORDS
    """Words between blanks of the English text."""

    def premiums(self, key: str) -> np.ndarray:
        """Tokens of each language over those of English, (languages,): 2.0 means twice the tokens for the same text."""
        counts = self.tokens[key]
        return np.asarray(counts / counts[self.languages.index(ENGLISH)])

    def premium(self, key: str, language: str) -> float:
        return float(self.premiums(key)[self.languages.index(language)])


@functools.cache
def published() -> Counts:
    """Petrov and others' counts for 204 languages."""
    return _counts(_TABLE, ENGLISH_WORDS)


@functools.cache
def today() -> Counts:
    """Counts of today's tokenizers too, made here (`core.tokens.count_parallel`) of another parallel text: the
    Universal Declaration of Human Rights, in those of the 204 languages that it is at hand in."""
    return _counts(TODAY_TABLE, DECLARATION_WORDS)


def _counts(table: Path, english_words: int) -> Counts:
    with open(table, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    keys = [key for key in rows[0] if key not in ("language", "udhr")]
    return Counts(
        tuple(row["language"] for row in rows),
        {key: np.array([int(row[key]) for row in rows]) for key in keys},
        english_words,
    )


def share_of_context(premium: float) -> float:
    """How much of the English text fits the same window, 0..1 and more: the inverse of the premium.

    Example: a premium of 2 leaves half.
    """
    return 1 / premium


def tokens_for(words: float, key: str, premium: float = 1.0, counts: Counts | None = None) -> float:
    """Tokens that a text of so many English words takes; with a premium, those of its translation.

    Worked: 1,000 words in GPT-2 are 1,000 x 52,567 / 42,854 = 1,227 tokens, in Spanish 1.989 times as many.
    """
    counts = counts or published()
    return words * premium * float(counts.tokens[key][counts.languages.index(ENGLISH)]) / counts.english_words


def words_that_fit(window: int, key: str, premium: float = 1.0, counts: Counts | None = None) -> int:
    """English words whose translation fits a window of that many tokens. Worked: 2,048 / (52,567 / 42,854) = 1,669."""
    return int(window / tokens_for(1, key, premium, counts))


def cost(tokens: float, price_of_a_million: float) -> float:
    """What so many tokens cost, in the currency of the price."""
    return tokens * price_of_a_million / 1e6


@dataclass(frozen=True)
class OwnPremium:
    """One tokenizer over a pair of texts that say the same."""

    title: str
    tokens: int
    other_tokens: int

    @property
    def premium(self) -> float:
        return self.other_tokens / self.tokens if self.tokens else float("nan")


def own_premium(title: str, tokenizer: Tokenizer, text: str, other: str) -> OwnPremium:
    """Tokens of a text and of its translation."""
    return OwnPremium(title, len(tokenizer.ids(text)), len(tokenizer.ids(other)))
