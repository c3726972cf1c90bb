"""Any text as a strategy of hypothesis, and the embedded tokenizers that must bear it."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

EMBEDDED = ["utf-8-bytes", "bert", "mistral-v1", "mistral-v3", "tekken"]
EXACT = ["utf-8-bytes", "tekken"]
# Any text that UTF-8 can carry, with what is hard to draw and to cut made likely.
HARD = st.sampled_from("aé 片🤖\u200d\u202e\u0301\n\t\0▁ಠ")
TEXT = st.text(st.one_of(st.characters(exclude_categories=["Cs"]), HARD), max_size=60)
THOROUGH = settings(max_examples=250, deadline=None, suppress_health_check=list(HealthCheck))
