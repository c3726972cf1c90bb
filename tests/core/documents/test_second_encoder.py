"""Any BERT sentence encoder can draw a map and search: here a tiny one in a folder, beside the default one."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from core import storage
from core.documents import corpus, encoders, search
from core.documents.pipeline import bundle, job_spec
from core.documents.projection import ProjectionSettings
from core.documents.retrieval import judging
from core.workflows import evaluate_search
from core.workflows.compare_encoders import Source
from tests.support.bert_files import tiny_bert
from tests.support.document_maps import run_job

FLAT = ProjectionSettings(method="pca")
KEY = "everyday"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny_bert(tmp_path_factory.mktemp("encoders") / "tiny")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path / "home"))


def test_it_draws_a_map_of_its_own_and_a_bundle_names_it(folder, tmp_path):
    made, tiny = corpus.load(KEY), encoders.load(str(folder))
    vectors = run_job(job_spec.encoding(made, KEY, tiny))["vectors"]
    rows = storage.load_array(Path(vectors))
    assert rows.shape == (len(made.texts), 64)
    np.testing.assert_allclose((rows * tiny.encode(made.texts)).sum(axis=1), 1, atol=1e-2)
    run_job(job_spec.grouping(KEY, vectors))
    run_job(job_spec.projecting(vectors, FLAT))
    exported = run_job(job_spec.exporting("bundle", made, KEY, tiny, FLAT))
    whole = bundle.read(Path(exported["file"]))
    assert whole.encoder["key"] == "tiny" and whole.encoder["revision"] == tiny.revision
    assert str(folder) not in str(whole.encoder), "no path of this machine travels"
    key = bundle.save(whole, encoders.load(str(shutil.copytree(folder, tmp_path / "elsewhere" / "tiny"))))
    assert job_spec.encoding(made, key, tiny).read(), "the same encoder in another folder has these vectors"
    assert job_spec.encoding(made, key, encoders.load()).read() is None, "the default encoder has not"


def test_it_searches_in_an_index_of_its_own(folder):
    made, tiny = corpus.load(KEY), encoders.load(str(folder))
    vectors = tiny.encode(made.texts)
    keys = {search.index_key(made.texts_key, one.identity()) for one in (tiny, encoders.load())}
    assert len(keys) == 2
    with search.open_store(":memory:", tiny.dimension) as store:
        store.add(list(range(len(made.texts))), made.texts, vectors)
        for row in (3, 40, 99):
            query = made.texts[row]
            hits = store.search(query, tiny.encode_query(query), mode="vector", count=3)
            assert hits[0].id == row and hits[0].cosine == pytest.approx(1, abs=2e-2)


def test_it_is_judged_by_its_folder(folder):
    judged = judging.sample("lee-people")
    verdict = evaluate_search.judge(judged, Source("encoder", "Tiny", str(folder)), lambda *_: None)
    words, meaning = verdict.values[:, 0, 0].mean(), verdict.values[:, 1, 0].mean()
    assert 0 < meaning < 1 and meaning != words
