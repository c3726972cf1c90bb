"""Small things that a ranking rests on, each against a hand-worked value or another library."""

from __future__ import annotations

import numpy as np
import pytest

from core.documents.retrieval import judging, tfidf
from core.documents.retrieval.bm25 import Postings
from core.documents.retrieval.judging import ndcg, recall, reciprocal_rank
from core.documents.search import open_store
from core.text import analysis

TEXTS = ["Fire, fire!", "Fire and rain.", "The rain in the hills", "", "hills hills hills rain"]


def test_grades_of_zero_and_no_grades_at_all_are_no_relevance():
    assert recall([1, 2], {1: 1.0, 2: 0.0, 3: 2.0}) == 0.5 and recall([1], {}) == 0
    assert ndcg([1], {}) == 0 and ndcg([1], {1: 0.0}) == 0
    assert reciprocal_rank([2, 1], {1: 1.0, 2: 0.0}) == 0.5


def test_tf_idf_is_that_of_scikit_learn():
    from sklearn.feature_extraction.text import TfidfVectorizer

    theirs = TfidfVectorizer(analyzer=analysis.terms_of).fit(TEXTS)
    assert tfidf.tf_idf(TEXTS).toarray() == pytest.approx(theirs.transform(TEXTS).toarray(), abs=1e-6)


def test_averaged_vectors_have_length_one_and_pass_over_what_is_unknown():
    matrix = np.array([[3.0, 0.0], [0.0, 1.0]], np.float32)
    found = tfidf.averaged(["fire unknown", "Fire rain rain", "the", ""], ["fire", "rain"], matrix)
    mean = np.array([1.0, 2 / 3]) / np.hypot(1.0, 2 / 3)
    assert found == pytest.approx(np.array([[1, 0], mean, [0, 0], [0, 0]]), abs=1e-6)


def test_overlap_counts_what_the_first_neighbours_have_in_common():
    one, other = np.array([[1, 2, 3], [4, 5, 6]]), np.array([[3, 2, 9], [7, 8, 4]])
    assert tfidf.overlap(one, other, 3).tolist() == [2, 1] and tfidf.overlap(one, other, 2).tolist() == [1, 0]


def test_postings_of_no_documents_and_of_many_terms():
    assert Postings([], 3).scores([0, 1]).tolist() == []
    rows = [np.array([0, 0, 2]), np.array([2]), np.array([], np.int64)]
    scores = Postings(rows, 3).scores([2])
    assert scores.dtype == np.float32 and scores[1] > scores[0] > 0 == scores[2]


def test_a_synchronized_store_loses_what_is_gone_and_says_how_far_it_is():
    told = []
    with open_store(":memory:", 2) as store:
        store.add([1, 2, 3], ["fire", "rain", "hills"], np.eye(3, 2) + 1)
        done = store.sync([2, 4], ["rain", "snow"], np.ones((2, 2)), lambda share, said: told.append((share, said)))
        assert (done.added, done.removed) == (1, 2) and set(store.contents()) == {2, 4}
        assert [hit.id for hit in store.search("fire", None, "keyword")] == []
    assert told[-1][0] == 1 and "of 2 documents" in told[-1][1]


def test_as_many_are_found_as_are_asked_for():
    with open_store(":memory:", 2) as store:
        angles = np.linspace(0, 1, 900)
        store.add(list(range(900)), ["rain"] * 900, np.stack([np.cos(angles), np.sin(angles)], axis=1))
        found = store.search("", np.array([1.0, 0.0]), "vector", 700)
    assert [hit.id for hit in found] == list(range(700))


def test_articles_judged_just_as_alike_as_asked_count():
    people = judging.sample("lee-people")
    assert min(grade for one in people.grades for grade in one.values()) == pytest.approx(judging.ALIKE)
    assert str(len(people.queries)) in people.notes[0] and "query" in judging.sample("everyday-topics").notes[0]
