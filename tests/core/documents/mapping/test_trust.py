import numpy as np
import pytest

from core.documents.mapping import neighbours, trust
from tests.support.document_maps import blobs


def test_ranks_by_hand():
    distances = np.array([[0, 1, 3], [1, 0, 2], [3, 2, 0.0]])
    assert trust.ranks(distances).tolist() == [[0, 1, 2], [1, 0, 2], [2, 1, 0]]


def test_a_map_that_keeps_everything_is_perfect():
    angles = np.linspace(0, 1, 40) ** 2
    circle = np.column_stack([np.cos(angles), np.sin(angles)]).astype(np.float32)
    found = trust.measure(circle, circle, 5)
    assert (found.trustworthiness, found.continuity, found.overlap) == (1, 1, 1) and (found.kept == 1).all()


def test_trustworthiness_is_that_of_sklearn_and_continuity_its_mirror():
    from sklearn.manifold import trustworthiness

    vectors, _ = blobs(150)
    points = np.random.default_rng(1).standard_normal((150, 2)).astype(np.float32) + vectors[:, :2]
    found = trust.measure(vectors, points, 7)
    assert found.trustworthiness == pytest.approx(trustworthiness(vectors, points, n_neighbors=7, metric="cosine"))
    assert 0 < found.overlap < 0.5 and found.kept.shape == (150,)


def test_of_many_documents_a_sample_is_compared():
    vectors, _ = blobs(2500)
    found = trust.measure(vectors, vectors[:, :2], 10)
    assert len(found.rows) == trust.LARGEST and (np.diff(found.rows) > 0).all()


def test_the_share_kept_of_every_document():
    near = np.array([[1], [0], [0]])
    assert trust.kept_of_each(near, np.array([[0.0], [1], [3]]), 1).tolist() == [1, 1, 0]
    assert trust.kept_of_each(near, np.zeros((3, 2)), 1).shape == (3,), "equal points"
    vectors, _ = blobs(300)
    points = np.random.default_rng(1).standard_normal((300, 2)).astype(np.float32) + vectors[:, :2]
    each = trust.kept_of_each(neighbours.find(vectors, 50).indices, points, 10)
    np.testing.assert_allclose(each, trust.measure(vectors, points, 10).kept, atol=1e-6)


@pytest.mark.parametrize("count", [1, 2, 3, 5])
def test_few_documents(count):
    found = trust.measure(blobs()[0][:count], np.zeros((count, 2)), 10)
    assert 0 <= found.trustworthiness <= 1 and len(found.kept) == count
