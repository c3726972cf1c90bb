import subprocess
import sys
import textwrap

import numpy as np
import pytest

from core.documents import projection
from core.documents.mapping import clusters, neighbours
from core.documents.projection import ProjectionSettings, project
from core.errors import Cancelled, UserError
from tests.conftest import ROOT
from tests.support.document_maps import blobs


def test_nearest_by_hand():
    vectors = np.float32([[1, 0], [0, 1], [0.6, 0.8]])
    rows, cosines = neighbours.nearest(vectors, np.float32([1, 0]), 3)
    assert rows.tolist() == [0, 2, 1] and cosines == pytest.approx([1, 0.6, 0])


def test_neighbours_are_those_of_sklearn():
    from sklearn.neighbors import NearestNeighbors

    vectors, _ = blobs(700)
    ours = neighbours.find(vectors, 12)
    distances, indices = NearestNeighbors(n_neighbors=13, metric="cosine").fit(vectors).kneighbors(vectors)
    np.testing.assert_array_equal(ours.indices, indices[:, 1:])
    np.testing.assert_allclose(ours.similarities, 1 - distances[:, 1:], atol=1e-5)


def test_many_neighbours_tile_by_tile_are_those_of_sorting(monkeypatch):
    vectors, _ = blobs(1100)
    vectors[500:600] = vectors[:100]  # ties
    sorted_ = neighbours.find(vectors, 30)
    for name, value in (("SMALL", 10), ("ROWS", 96), ("COLUMNS", 250)):
        monkeypatch.setattr(neighbours, name, value)
    tiled = neighbours.find(vectors, 30)
    np.testing.assert_allclose(tiled.similarities, sorted_.similarities, atol=1e-6)
    apart = np.abs(np.diff(sorted_.similarities, axis=1, append=-2, prepend=2))
    clear = (apart[:, :-1] > 1e-5) & (apart[:, 1:] > 1e-5)
    np.testing.assert_array_equal(tiled.indices[clear], sorted_.indices[clear])
    assert clear.mean() > 0.8


def test_the_search_for_neighbours_can_be_stopped(monkeypatch):
    monkeypatch.setattr(neighbours, "ROWS", 10)
    seen = []

    def stop(fraction, doing):
        seen.append(fraction)
        raise Cancelled

    with pytest.raises(Cancelled):
        neighbours.find(blobs()[0], 5, stop)
    assert seen == [10 / 120]


def test_of_equal_texts_neither_is_its_own_neighbour():
    vectors = np.float32([[1, 0]] * 4 + [[0, 1]])
    found = neighbours.find(vectors, 50)
    assert found.indices.shape == (5, 4)
    assert all(row not in found.indices[row] for row in range(5))
    assert neighbours.find(vectors[:1]).indices.shape == (1, 0)


@pytest.mark.timeout(120)
@pytest.mark.parametrize("dimensions", [2, 3])
def test_groups_stay_together_and_the_same_seed_gives_the_same_map(dimensions):
    from sklearn.metrics import silhouette_score

    vectors, labels = blobs()
    settings = ProjectionSettings(dimensions=dimensions, seed=3)
    made = project(vectors, settings)
    assert made.points.shape == (120, dimensions) and np.isfinite(made.points).all() and made.settings == settings
    assert silhouette_score(made.points, labels) > 0.6
    np.testing.assert_array_equal(project(vectors, settings).points, made.points)
    np.testing.assert_array_equal(project(vectors, settings, neighbours.find(vectors, 50)).points, made.points)


def test_the_same_map_as_umap_learn_from_the_same_neighbours():
    vectors, _ = blobs(90)
    ours = project(vectors, ProjectionSettings(n_neighbors=10)).points
    known = neighbours.find(vectors, 9)
    nearest = np.column_stack([np.arange(90), known.indices]), np.column_stack([np.zeros(90), 1 - known.similarities])
    theirs = (
        projection.umap_steps()
        .UMAP(
            n_neighbors=10,
            random_state=42,
            metric="cosine",
            n_jobs=1,
            precomputed_knn=(nearest[0], nearest[1].astype(np.float32), None),
        )
        .fit_transform(vectors)
    )
    np.testing.assert_allclose(ours, theirs - theirs.mean(axis=0), atol=1e-3)


def test_compiled_code_is_kept_between_starts():
    """The second process finds the machine code of the slow functions on disk: nothing of them is compiled again."""
    code = """
        import numpy as np
        from core.documents import projection
        from core.documents.mapping import neighbours
        random = np.random.default_rng(0)
        rows = random.standard_normal((80, 8)).astype(np.float32)
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        neighbours.SMALL = 10
        projection.project(rows, projection.ProjectionSettings(n_neighbors=5))
        steps = projection.umap_steps()
        with projection._private_umap():
            import umap.layouts
        for function in (steps.smooth_knn_dist, steps.compute_membership_strengths, neighbours._compiled(),
                         umap.layouts._nb_optimize_layout_euclidean_single_epoch):
            print(sum(function.stats.cache_hits.values()), sum(function.stats.cache_misses.values()))
    """
    for _ in range(2):
        printed = subprocess.check_output(
            [sys.executable, "-W", "ignore", "-c", textwrap.dedent(code)], cwd=ROOT, text=True
        )
    assert [line.split() for line in printed.splitlines()] == [["1", "0"]] * 4


def test_whoever_imports_umap_learn_afterwards_gets_the_whole_of_it():
    code = (
        "import sys; from core.documents.projection import umap_steps; umap_steps()\n"
        "assert not [name for name in sys.modules if name.split('.')[0] in ('umap', 'pynndescent')]"
    )
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_t_sne_keeps_groups_together_too():
    from sklearn.metrics import silhouette_score

    vectors, labels = blobs()
    settings = ProjectionSettings(method="tsne")
    made = project(vectors, settings, neighbours.find(vectors, 50))
    assert silhouette_score(made.points, labels) > 0.6
    np.testing.assert_array_equal(project(vectors, settings).points, made.points)


@pytest.mark.parametrize("count", [1, 2, 3, 5, 7, 20])
def test_few_texts_have_a_map_too(count):
    for dimensions in (2, 3):
        points = project(blobs()[0][:count], ProjectionSettings(dimensions=dimensions)).points
        assert points.shape == (count, dimensions) and np.isfinite(points).all()


def test_equal_texts_have_a_map():
    vectors = np.repeat(blobs()[0][:6], 10, axis=0)
    assert np.isfinite(project(vectors, ProjectionSettings()).points).all()


def test_a_map_of_nothing_and_settings_that_mean_nothing():
    for vectors, settings in (
        (np.zeros((0, 4)), ProjectionSettings()),
        (np.full((9, 4), np.nan), ProjectionSettings()),
        (blobs()[0], ProjectionSettings(n_neighbors=1)),
        (blobs()[0], ProjectionSettings(min_dist=2)),
        (blobs()[0], ProjectionSettings(dimensions=4)),
    ):
        with pytest.raises(UserError):
            project(vectors, settings)


def test_the_fit_can_be_stopped_between_rounds():
    rounds = []

    def stop(fraction, doing):
        rounds.append(fraction)
        if fraction > 0.4:
            raise Cancelled

    with pytest.raises(Cancelled):
        project(blobs(400)[0], ProjectionSettings(), on_progress=stop)
    assert 0.4 < rounds[-1] < 1


def test_principal_components_by_hand():
    points = projection.principal_components(np.float32([[0, 0], [2, 0], [4, 0]]), 2)
    np.testing.assert_allclose(points, [[-2, 0], [0, 0], [2, 0]], atol=1e-6)


def test_groups_are_found_and_finer_ones_lie_within():
    vectors, labels = blobs(90)
    found = clusters.find(vectors, ["word"] * 90, levels=(3, 6))
    assert found.labels.shape == (90, 2)
    assert len({(a, b) for a, b in zip(labels, found.labels[:, 0], strict=True)}) == 3
    assert len({(a, b) for a, b in found.labels}) == 6, "each fine group lies in one coarse group"
    assert np.bincount(found.labels[:, 1]).tolist() == sorted(np.bincount(found.labels[:, 1]), reverse=True)


def test_more_documents_have_finer_groups_within_the_coarser():
    assert [clusters.levels_for(count)[-1] for count in (1, 300, 2047, 2048, 8192, 32_768, 10**6)] == [
        16,
        16,
        16,
        32,
        64,
        128,
        128,
    ]
    found = clusters.find(blobs(2100, groups=40)[0], ["word"] * 2100)
    assert [len(words) for words in found.keywords] == [4, 8, 16, 32]
    for coarse, fine in zip(found.labels.T, found.labels.T[1:], strict=False):
        assert len(set(zip(coarse.tolist(), fine.tolist(), strict=True))) == fine.max() + 1, "each lies within one"


def test_many_documents_are_gathered_first():
    vectors, labels = blobs(4500)
    (found,) = clusters.ward_levels(vectors, [3], lambda fraction, doing: None)
    assert len({(a, b) for a, b in zip(labels, found, strict=True)}) == 3


def test_keywords_by_hand():
    counted = [clusters.words_of("cat cat dog"), clusters.words_of("The dog.")]
    assert clusters.keywords(counted, np.array([0, 1])) == (("cat", "dog"), ("dog",))
    assert clusters.by_size(np.array([7, 5, 5])).tolist() == [1, 0, 0]


def test_one_document_is_one_group():
    found = clusters.find(np.float32([[1, 0]]), ["alone"])
    assert found.labels.tolist() == [[0, 0, 0]] and found.name(0, 0) == "alone"
    assert clusters.find(np.float32([[1, 0]]), ["..."]).name(2, 0) == "group 1"
