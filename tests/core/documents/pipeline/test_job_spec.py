"""A job's key is made by its specification alone: the job saves under it whatever it is made of."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import numpy as np
import pytest

from core import storage
from core.documents import corpus, encoders
from core.documents.ingest import sources
from core.documents.pipeline import bundle, job_spec, result_cache
from core.documents.pipeline.jobs import JobsWorker
from core.documents.projection import ProjectionSettings
from core.documents.retrieval import judging
from core.workflows import compare_encoders, evaluate_search
from core.workflows.compare_encoders import Source
from core.workflows.evaluate_search import EvaluateWorker
from tests.support.bert_files import tiny_bert
from tests.support.document_maps import blobs, run_job

KEY = "everyday"
FLAT = ProjectionSettings(method="pca")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny_bert(tmp_path_factory.mktemp("encoders") / "tiny")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path / "home"))


def specs(folder):
    """Every job whose result is saved, with the worker that computes it."""
    made = corpus.load(KEY)
    jobs, evaluating = JobsWorker("read"), EvaluateWorker()
    vectors, points = storage.folder("matrices") / "v.npy", storage.folder("maps") / "p.npy"
    storage.save_array(vectors, blobs(len(made.texts))[0])
    storage.save_array(points, blobs(len(made.texts))[0][:, :2])
    tf_idf, judged = Source("tfidf", "TF-IDF"), judging.sample("lee-people")
    return [
        (jobs, job_spec.encoding(made, KEY, encoders.load(str(folder)))),
        (jobs, job_spec.projecting(str(vectors), FLAT)),
        (jobs, job_spec.grouping(KEY, str(vectors))),
        (jobs, job_spec.clustering(str(vectors))),
        (jobs, job_spec.trusting(str(vectors), str(points))),
        (evaluating, compare_encoders.comparing(tf_idf, made, KEY)),
        (evaluating, compare_encoders.encoding_texts(Source("encoder", "tiny", str(folder)), ["a text", "another"])),
        (evaluating, evaluate_search.judging_job(judged.facts(), "lee-people", KEY, tf_idf, "scores")),
    ]


def test_every_job_saves_its_result_where_the_specification_looks_for_it(folder):
    """An input that one side alone knows of changes the key on both sides."""
    kinds = set()
    for worker, spec in specs(folder):
        changed = dataclasses.replace(spec, inputs={**spec.inputs, "one more": 1})
        assert changed.key != spec.key and changed.read() is None
        result = run_job(changed, worker=worker)
        assert changed.read() == {**json.loads(json.dumps(result)), "from_disk": True}, spec.kind
        assert spec.read() is None, "nothing was saved under a key that the job made by itself"
        kinds.add(spec.kind)
    assert kinds == set(result_cache.HOLDS) - {"neighbours", "precision", "sample"}, "every kind of saved result"


def test_an_export_finds_what_the_jobs_saved_when_a_job_gets_one_more_input(folder, monkeypatch):
    plain = job_spec.projecting

    def with_one_more(vectors, settings):
        spec = plain(vectors, settings)
        return dataclasses.replace(spec, inputs={**spec.inputs, "one more": 1})

    monkeypatch.setattr(job_spec, "projecting", with_one_more)
    made, encoder = corpus.load(KEY), encoders.load(str(folder))
    vectors = run_job(job_spec.encoding(made, KEY, encoder))["vectors"]
    points = run_job(job_spec.projecting(vectors, FLAT))["points"]
    run_job(job_spec.grouping(KEY, vectors))
    exported = run_job(job_spec.exporting("bundle", made, KEY, encoder, FLAT))
    read = bundle.read(Path(exported["file"]))
    np.testing.assert_array_equal(read.points, storage.load_array(Path(points)))


def test_a_second_request_reads_what_the_first_saved(folder, monkeypatch):
    spec = job_spec.encoding(corpus.load(KEY), KEY, encoders.load(str(folder)))
    first = run_job(spec)
    monkeypatch.setattr(encoders.Encoder, "batches", None)  # encoding again would fail
    assert run_job(spec) == {**first, "from_disk": True}


def test_jobs_that_differ_have_other_keys(folder):
    made, tiny = corpus.load(KEY), encoders.load(str(folder))
    source = sources.Source("a", (("/a.csv", "a.csv"),), 5)
    keys = [
        job_spec.encoding(made, KEY, tiny).key,
        job_spec.encoding(made, KEY, encoders.load()).key,
        job_spec.encoding(corpus.load("lee"), "lee", tiny).key,
        *(job_spec.projecting("v.npy", ProjectionSettings(seed=seed)).key for seed in (1, 2)),
        *(job_spec.trusting("v.npy", points, 10).key for points in ("p.npy", "q.npy")),
        *(job_spec.importing(source, sources.ImportOptions(words=words)).key for words in (0, 9)),
        *(job_spec.exporting(kind, made, KEY, tiny, FLAT).key for kind in ("bundle", "atlas")),
        job_spec.exporting("bundle", made, KEY, encoders.load(), FLAT).key,
        job_spec.exporting("bundle", made, KEY, tiny, FLAT, "a model").key,
    ]
    assert len(set(keys)) == len(keys)
