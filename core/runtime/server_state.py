"""What all browser sessions of one server share and a reload must find again: conversations, runs and jobs under way.

Each dict belongs to the module named beside it, is keyed by ids, and lives until the server ends. What must outlive the
server is written to disk by `core.prompting.history` and `core.storage`.
"""

from __future__ import annotations

from typing import Any

conversations: dict[str, Any] = {}  # pages.prompting.chat.conversation: trees of turns
prompting_windows: dict[str, dict[str, Any]] = {}  # pages.prompting.window_state: a browser window's inputs and results
model_servers: dict[str, Any] = {}  # pages.prompting.sidebar: what servers said their models are called
model_downloads: dict[str, Any] = {}  # pages.prompting.model.get_model
comparisons: dict[str, Any] = {}  # pages.prompting.views.compare
structured_runs: dict[str, Any] = {}  # pages.prompting.views.structured_output
eval_runs: dict[str, Any] = {}  # pages.prompting.views.evals
lesson_runs: dict[str, Any] = {}  # pages.prompting.lessons: answers of the lessons
next_word_runs: dict[str, Any] = {}  # pages.prompting.lessons.lesson_words
sentiment_runs: dict[str, Any] = {}  # pages.prompting.lessons.lesson_sentiment
word_benchmarks: dict[str, Any] = {}  # pages.words.views.benchmark
tokenizer_servers: dict[str, Any] = {}  # core.cached.tokens: tokenizers of connected servers
tokenizer_jobs: dict[str, Any] = {}  # pages.tokens.sidebar: published tokenizers on their way
tokenizer_downloads: dict[str, Any] = {}  # pages.tokens.add_tokenizer
cluster_names: dict[str, Any] = {}  # pages.documents.map.cluster_names
import_jobs: dict[str, Any] = {}  # pages.documents.corpus.import_jobs
compared_encoders: dict[str, Any] = {}  # pages.documents.encoder_choice


def clear() -> None:
    """Forget everything, as a restart of the server does; for tests."""
    for name in __annotations__:
        globals()[name].clear()
