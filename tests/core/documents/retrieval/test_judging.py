"""Measures against a hand-worked example and against trec_eval; folders in BEIR's layout; thumbs."""

from __future__ import annotations

import numpy as np
import pytest

from core.documents import corpus
from core.documents.retrieval import judging, relevance_feedback
from core.documents.retrieval.judging import ndcg, read_folder, recall, reciprocal_rank
from core.errors import UnreadableFile, UserError
from core.workflows import evaluate_search
from core.workflows.compare_encoders import DEFAULTS, Source
from tests.benchmarks.documents_judged import names_and_numbers
from tests.support.document_maps import judged_folder

WEAK = Source("words", "Averaged word vectors", "minilm-words")


def test_measures_worked_by_hand():
    grades = {1: 3.0, 2: 1.0}
    assert ndcg([2, 5, 1], grades) == pytest.approx((1 + 3 / 2) / (3 + 1 / np.log2(3)))
    assert ndcg([1, 2], grades) == 1 and ndcg([], grades) == 0
    assert recall([2, 5, 1], grades) == 1 and recall([2, 5, 1], grades, 1) == 0.5
    assert reciprocal_rank([5, 6, 2], grades) == pytest.approx(1 / 3) and reciprocal_rank([5], grades) == 0


def test_measures_are_those_of_trec_eval():
    import pytrec_eval

    draw = np.random.default_rng(5)
    grades, runs = {}, {}
    for query in range(40):
        grades[f"q{query}"] = {f"d{one}": int(draw.integers(1, 4)) for one in draw.choice(60, 6, replace=False)}
        runs[f"q{query}"] = {
            f"d{one}": 1.0 / (place + 1) for place, one in enumerate(draw.choice(60, 10, replace=False))
        }
    measured = pytrec_eval.RelevanceEvaluator(grades, {"ndcg_cut_10", "recall_10", "recip_rank"}).evaluate(runs)
    for query, expected in measured.items():
        ranked = sorted(runs[query], key=lambda one: -runs[query][one])
        for name, ours in (("ndcg_cut_10", ndcg), ("recall_10", recall), ("recip_rank", reciprocal_rank)):
            assert ours(ranked, grades[query]) == pytest.approx(expected[name], abs=1e-6), (query, name)


def test_a_folder_in_beirs_layout_is_read_and_judged(tmp_path):
    judged = read_folder(judged_folder(tmp_path))
    assert judged.texts[0] == "Bush fires burn near the town" and judged.queries == ("cricket batsman", "fires")
    assert judged.grades == ({1: 1.0}, {0: 2.0}) and "1 judgements" in judged.notes[0]
    verdict = evaluate_search.judge(judged, DEFAULTS[0], lambda *_: None)
    assert verdict.values.shape == (2, 3, 3) and (verdict.values == 1).all(), "every way finds these at once"


@pytest.mark.parametrize(
    "spoil, says",
    [
        (lambda path: (path / "corpus.jsonl").unlink(), "no corpus.jsonl"),
        (lambda path: (path / "queries.jsonl").write_text("{"), "not made of JSON lines"),
        (lambda path: (path / "queries.jsonl").write_text('{"_id": 1}'), "has no _id or no text"),
        (lambda path: (path / "qrels" / "test.tsv").unlink(), "no judgements"),
        (lambda path: (path / "qrels" / "test.tsv").write_text("head\nq1 d1 1\n"), "Line 2 of test.tsv"),
        (lambda path: (path / "qrels" / "test.tsv").write_text("q9\td9\t1\n"), "names a query and a document"),
        (lambda path: (path / "corpus.jsonl").write_bytes(b"\xff\xfe\x00"), "not made of JSON lines"),
    ],
)
def test_what_is_wrong_with_a_folder_is_said(tmp_path, spoil, says):
    spoil(judged_folder(tmp_path))
    with pytest.raises(UnreadableFile, match=says):
        read_folder(tmp_path)


def test_the_samples_are_judged_by_people_and_by_topic():
    people = judging.sample("lee-people")
    assert len(people.texts) == 50 and all(0.4 <= grade <= 1 for one in people.grades for grade in one.values())
    alike = [place for place, query in enumerate(people.queries) if people.texts.index(query) in people.grades[place]]
    assert not alike, "no article is among its own"
    topics = judging.sample("everyday-topics")
    fields = corpus.load("everyday").fields["topic"]
    assert {fields[row] for row in topics.grades[0]} == {fields[0]}


@pytest.mark.parametrize(
    "source, sets",
    [
        (DEFAULTS[0], ("lee-people", "everyday-topics")),
        (WEAK, ("lee-people", "everyday-topics", "names")),
        (DEFAULTS[1], ("lee-people", "everyday-topics")),
        (DEFAULTS[2], ("lee-people", "everyday-topics")),
    ],
    ids=("tfidf", "minilm-words", "words", "minilm"),
)
def test_fusing_is_as_good_as_the_better_of_its_two(source, sets):
    """nDCG@10 at least that of the better single mode less 0.01, whichever of the two is the weak one."""
    for name in sets:
        judged = names_and_numbers() if name == "names" else judging.sample(name)
        words, meaning, fused = evaluate_search.judge(judged, source, lambda *_: None).values.mean(axis=0)[:, 0]
        assert fused >= max(words, meaning) - 0.01, (name, words, meaning, fused)
        if source == WEAK:
            assert (words > meaning + 0.3) if name == "names" else meaning > words, "a weak one on either side"


def test_thumbs_are_kept_as_they_come_and_judge(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    made = corpus.Corpus("few", ("bush fires burn", "a cricket match", "rain fell"))
    with pytest.raises(UserError, match="no thumb up"):
        relevance_feedback.judged(made)
    relevance_feedback.give(made, " fires ", made.ids[0], True)
    relevance_feedback.give(made, "fires", made.ids[2], False)
    relevance_feedback.give(made, "rain", made.ids[2], False)
    assert relevance_feedback.given(made) == {"fires": {made.ids[0]: 1, made.ids[2]: 0}, "rain": {made.ids[2]: 0}}
    judged = relevance_feedback.judged(made)
    assert judged.queries == ("fires",) and judged.grades == ({0: 1.0},)
    assert evaluate_search.judge(judged, DEFAULTS[0], lambda *_: None).values[0, 0, 0] == 1
    relevance_feedback.give(made, "rain", made.ids[2], None)
    assert "rain" not in relevance_feedback.given(made)
    with pytest.raises(UserError, match="nothing to judge"):
        relevance_feedback.give(made, "fires", "another", True)
    relevance_feedback._path(made).write_text("{half")
    assert relevance_feedback.given(made) == {}


def test_the_interval_holds_the_mean_and_narrows_with_more_queries():
    few = np.tile([0.0, 1.0], 10)
    low, high = judging.interval(few)
    assert low < 0.5 < high and high - low == pytest.approx(2 * 1.96 * 0.5 / np.sqrt(20), rel=0.15)
    again = judging.interval(np.tile(few, 10))
    assert again[1] - again[0] < (high - low) / 2
