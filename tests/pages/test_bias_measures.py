"""One entry in `core.words.measures.MEASURES` is all that a new measure of bias takes."""

from __future__ import annotations

import numpy as np
import pytest

from core.cached import words as cached_words
from core.words import measures
from core.words.bias_measure import Measure, RandomWords
from core.words.measures import mean
from tests.support.methods import lines_of, open_view

TOY = Measure(
    key="toy",
    title="Toy length",
    per_target=lambda inputs, words: np.array([float(len(word)) for word in words]),
    summary=mean,
    formula=r"\frac1N \sum_w \mathrm{letters}(w)",
    convention="letters, not vectors",
    source="a test",
    unbiased=7.25,
    direction="higher",
    null=RandomWords(120),
)


@pytest.fixture
def fresh_report():
    """The cached report is that of the measures of now, before and after."""
    cached_words.bias_report.clear()
    yield
    cached_words.bias_report.clear()


@pytest.mark.usefixtures("fresh_report")
def test_a_measure_that_is_registered_is_in_the_report_the_table_the_picture_and_the_lines(open_page, monkeypatch):
    monkeypatch.setattr(measures, "MEASURES", (*measures.MEASURES, TOY))
    app = open_view(open_page, "words", "bias", words_bias="All measures")
    figure = app.get("plotly_chart")[0].proto.spec
    assert "Toy length" in figure and "unbiased: 7.25" in figure
    said = [block.value for block in app.markdown]
    assert "**Toy length**: letters, not vectors. Without bias: 7.25. More bias: higher. a test." in said
    assert any(TOY.formula in block.value for block in app.latex)
    space: dict = {}
    exec(lines_of(app), space)  # here, where it is registered: another interpreter has only the measures that ship
    assert [item.measure.key for item in space["result"]] == [measure.key for measure in measures.MEASURES]
    last = space["result"][-1]
    shown = next(text.value for text in app.text if text.value.startswith(f"{last.value:.4g}   95 %"))
    assert f"null {last.null[0]:.4g} to {last.null[2]:.4g}" in shown and last.targets == 70
    settings = next(text.value for text in app.text if text.value.startswith("Settings used"))
    assert "Toy length 120" in settings
