"""Search stores: each engine against the same oracle, adding and changing, a killed owner, and what can go wrong."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from core.documents import search
from core.documents.corpus import document_ids
from core.documents.retrieval import engines
from core.documents.retrieval.bm25 import Postings, most, terms_of
from core.documents.retrieval.milvus_store import MilvusStore
from core.documents.retrieval.ranking import DEPTH, Ranking, fuse
from core.documents.search import open_store
from core.errors import DamagedIndex, HeldElsewhere, LostServer, OtherDimension, UserError, WorkerDied
from core.runtime.worker import Worker
from tests.browser.conftest import free_port
from tests.support.search_oracle import Oracle, news

ANOTHER = os.environ.get("TEXTLAB_TEST_MILVUS_URI", "")  # any Milvus, to be put to the same tests
ENGINES = ("memory", "file", "milvus-lite", "server", *([ANOTHER] if ANOTHER else []))
COLLECTION = "textlab_conformance"


def test_bm25_of_two_texts_worked_by_hand():
    postings = Postings([np.array([0, 1]), np.array([1])], 2)
    assert postings.scores([0]) == pytest.approx([0.6931 * 2.2 / 2.5, 0], abs=1e-4)
    assert postings.scores([1, 1])[1] == pytest.approx(2 * np.log(1 + 0.5 / 2.5) * 2.2 / (1 + 1.2 * 0.75), abs=1e-4)


def test_reciprocal_rank_fusion_worked_by_hand():
    assert fuse([["a", "b"], ["b", "c"]]) == pytest.approx({"b": 1 / 62 + 1 / 61, "a": 1 / 61, "c": 1 / 62})
    hits = Ranking((("a", 3.0), ("b", 2.0)), (("b", 0.9), ("c", 0.8))).hits("hybrid", 3)
    assert [(hit.id, hit.keyword_rank, hit.vector_rank) for hit in hits] == [
        ("b", 2, 1),
        ("a", 1, None),
        ("c", None, 2),
    ], "by ranks, where nobody tells how strong the scores are"


def test_fusion_of_scores_worked_by_hand():
    assert most(["a", "z", "a"], {"a": 1}, 2) == pytest.approx(2.2 * (2 * np.log(2) + np.log(6)))
    ranking = Ranking((("a", 6.0), ("b", 1.0)), (("c", 0.7), ("a", 0.3), ("b", -0.2)), most=10.0)
    hits = ranking.hits("hybrid", 3)
    assert [(hit.id, hit.words, hit.meaning) for hit in hits] == [("c", 0, 0.7), ("a", 0.6, 0.3), ("b", 0.1, 0)]
    assert [hit.score for hit in hits] == pytest.approx([0.7 / 2**0.5, (0.45 / 2) ** 0.5, 0.1 / 2**0.5])
    assert [hit.id for hit in ranking.hits("hybrid", 3, "ranks")] == ["a", "b", "c"]
    with pytest.raises(UserError, match="no way to fuse"):
        ranking.hits("hybrid", 3, "magic")


def test_what_stands_deeper_than_is_fused_counts_like_the_last():
    deep = tuple((f"v{place}", 0.9 - place / 1000) for place in range(DEPTH))
    (only_words,) = [hit for hit in Ranking((("w", 3.0),), deep, most=10.0).hits("hybrid", 600) if hit.id == "w"]
    assert only_words.meaning == pytest.approx(0.9 - (DEPTH - 1) / 1000) and only_words.vector_rank is None
    (only_words,) = [hit for hit in Ranking((("w", 3.0),), deep[:5], most=10.0).hits() if hit.id == "w"]
    assert only_words.meaning == 0 and only_words.words == 0.3


def test_terms_are_the_same_for_every_engine():
    assert terms_of("The fires burned at 3.14, John's") == ["fire", "burn", "x332e3134", "john"]
    assert all(term.isalnum() for term in terms_of("can't naïve 1,000.5 e-mail 你好 हिन्दी 🙂 o'clock"))
    assert len(" ".join(terms_of("word " * 40_000)).encode()) < 65_535


@pytest.fixture(scope="module")
def material():
    return news()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """`milvus-lite server` on loopback."""
    port = free_port()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "milvus_lite.cmdline",
            "server",
            "--data-dir",
            str(tmp_path_factory.mktemp("milvus")),
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield f"http://127.0.0.1:{port}"
    process.kill()
    process.wait()


def store_worker(path, **options):
    """The process of a file, not shared with others."""
    return Worker(search.WORKER, {"uri": str(path), "opener": engines.engine_of(str(path)).opener, **options})


def opened_when_it_answers(uri: str, dimension: int, collection: str):
    end = time.monotonic() + 60
    while True:
        try:
            return open_store(uri, dimension, collection)
        except LostServer:
            assert time.monotonic() < end, "milvus-lite server did not start"
            time.sleep(0.3)


@pytest.fixture(scope="module", params=ENGINES)
def store(request, material, tmp_path_factory):
    """The same documents in each engine."""
    texts, vectors, _, _ = material
    path, dimension = tmp_path_factory.mktemp("search") / "news.db", vectors.shape[1]
    if request.param == "memory":
        made = open_store(":memory:", dimension)
    elif request.param == "file":
        made = open_store(path, dimension)
    elif request.param == "milvus-lite":  # Milvus Lite answers itself, as it does beyond MOST_IN_MEMORY
        made = search.SharedStore(str(path), dimension)
        made._owner.worker = store_worker(path, most_in_memory=0)
    elif request.param == "server":
        made = opened_when_it_answers(request.getfixturevalue("server"), dimension, COLLECTION)
    else:
        MilvusStore(ANOTHER, dimension, COLLECTION).drop()
        made = open_store(ANOTHER, dimension, COLLECTION)
    made.add(list(range(len(texts))), texts, vectors)
    yield made
    made.close()


def overlap(found: list, expected: list) -> float:
    return len(set(found) & set(expected)) / max(len(expected), 1)


@pytest.mark.parametrize("mode, least", [("vector", 0.95), ("keyword", 0.9), ("hybrid", 0.9), ("ranks", 0.9)])
def test_every_engine_agrees_with_the_oracle(store, material, mode, least):
    texts, vectors, queries, asked = material
    oracle, shares = Oracle(texts, vectors), []
    for query, vector in zip(queries, asked, strict=True):
        expected = {
            "vector": lambda q, v: oracle.vector(v, 10),
            "keyword": lambda q, v: oracle.keyword(q, 10),
            "hybrid": lambda q, v: oracle.hybrid(q, v, 10),
            "ranks": lambda q, v: oracle.reciprocal(q, v, 10),
        }[mode](query, vector)
        hits = (
            store.search(query, vector, "hybrid", 10, "ranks")
            if mode == "ranks"
            else store.search(query, vector, mode, 10)
        )
        assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
        shares.append(overlap([hit.id for hit in hits], expected))
    assert len(shares) >= 25 and np.mean(shares) >= least, shares


def test_a_hit_carries_both_ranks_and_the_scores_behind_them(store, material):
    texts, vectors, queries, asked = material
    oracle = Oracle(texts, vectors)
    hit = store.search(queries[0], asked[0], "hybrid", 1)[0]
    assert hit.vector_rank == oracle.vector(asked[0], 500).index(hit.id) + 1
    assert hit.keyword_rank == oracle.keyword(queries[0], 500).index(hit.id) + 1
    unit = asked[0] / np.linalg.norm(asked[0])
    assert hit.cosine == pytest.approx(float(oracle.vectors[hit.id] @ unit), abs=1e-3)
    assert hit.words == pytest.approx(hit.bm25 / oracle.most(queries[0]), abs=0.01)
    assert hit.score == pytest.approx(oracle.joined(queries[0], asked[0])[hit.id], abs=0.01)
    hit = store.search(queries[0], asked[0], "hybrid", 1, "ranks")[0]
    assert hit.score == pytest.approx(1 / (60 + hit.keyword_rank) + 1 / (60 + hit.vector_rank), abs=1e-6)


def test_add_change_and_remove_keep_the_index_right(store, material):
    texts, vectors, _, _ = material
    before = len(store)
    done = store.add([5, 90_001], ["a zebra crossing", "another zebra"], vectors[[5, 6]])
    assert (done.added, done.changed, done.unchanged) == (1, 1, 0) and len(store) == before + 1
    assert {hit.id for hit in store.search("zebra", None, "keyword")} == {5, 90_001}
    assert store.remove([90_001, 90_002]) == 1 and len(store) == before
    assert {hit.id for hit in store.search("zebra", vectors[6], "hybrid")} >= {5} - {90_001}
    done = store.sync(list(range(len(texts))), texts, vectors)
    assert (done.added, done.changed, done.removed, done.unchanged) == (0, 1, 0, len(texts) - 1)
    assert store.search("zebra", None, "keyword") == []
    assert [hit.id for hit in store.search("", vectors[6], "hybrid", 1)] == [6]


@pytest.mark.parametrize(
    "query", ["", "   ", "zzxqj", "the of and", "x" * 100_000, "\x00\x01", "\ud800", "' OR 1=1 \"", "你好 🙂 naïve"]
)
def test_any_query_is_answered(store, material, query):
    assert (store.search(query, None, "keyword") == []) is ("OR 1=1" not in query)
    assert len(store.search(query, material[3][0], "hybrid", 5)) == 5


# ---------------------------------------------------------------- the file and its owner


def test_a_file_is_found_again_and_its_arrays_are_kept(tmp_path, material):
    texts, vectors, queries, asked = material
    with open_store(tmp_path / "a.db", 48) as store:
        store.add(document_ids(texts), texts, vectors)
        expected = store.search(queries[0], asked[0])
    with open_store(tmp_path / "a.db", 48) as store, open_store(tmp_path / "a.db", 48) as same:
        assert store.search(queries[0], asked[0]) == expected == same.search(queries[0], asked[0])
        assert store._owner is same._owner, "one owner for one file"
    kept = next((tmp_path / "a.db" / "arrays").glob("*/vectors.npy"))
    kept.write_bytes(kept.read_bytes()[:-100])
    with open_store(tmp_path / "a.db", 48) as store:
        assert [hit.id for hit in store.search(queries[0], asked[0])] == [hit.id for hit in expected], (
            "damaged arrays are read anew from the engine"
        )


def added_until_killed(path, many, rows) -> list[int]:
    """The numbers of rows that were reported as added before the process was killed, which the third report does."""
    store, reported = open_store(path, 48), []

    def note(fraction: float, doing: str) -> None:
        reported.append(round(fraction * len(many)))
        if len(reported) == 3:
            os.kill(store._owner.worker.pid, getattr(signal, "SIGKILL", signal.SIGTERM))

    try:
        store.add(list(range(len(many))), many, rows, note)
    except WorkerDied:
        return reported
    finally:
        store.close()
    return []  # on a busy machine the reports came late, and it had ended before


def test_kill_in_the_middle_of_adding_loses_nothing_reported_as_done(tmp_path, material):
    texts, vectors, _, _ = material
    many, rows = [f"{text} {number}" for number in range(12) for text in texts], np.tile(vectors, (12, 1))
    rows += np.random.default_rng(0).standard_normal(rows.shape).astype(np.float32) / 100
    tries = ((path, added_until_killed(path, many, rows)) for path in (tmp_path / f"{n}.db" for n in range(8)))
    path, reported = next(found for found in tries if found[1])
    with open_store(path, 48) as again:
        there = again.contents()
        assert 1500 <= reported[-1] < len(many) and set(range(reported[-1])) <= set(there)
        assert [hit.id for hit in again.search(many[1200], rows[1200], "hybrid", 1)] == [1200]
        done = again.add(list(range(len(many))), many, rows)
        assert done.changed == 0 and done.unchanged == len(there) and len(again) == len(many)


def test_a_lock_held_elsewhere_says_so(tmp_path):
    other = store_worker(tmp_path / "a.db")
    other.call("open", collection="documents", dimension=4)
    with pytest.raises(HeldElsewhere, match="Another process is using"):
        open_store(tmp_path / "a.db", 4)
    other.close()
    open_store(tmp_path / "a.db", 4).close()


def test_a_server_that_is_not_there_says_so():
    started = time.monotonic()
    with pytest.raises(LostServer, match="does not answer"):
        open_store(f"http://127.0.0.1:{free_port()}", 4)
    assert time.monotonic() - started < 30


def test_a_server_that_goes_away_says_so(tmp_path):
    port = free_port()
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "milvus_lite.cmdline",
            "server",
            "--data-dir",
            str(tmp_path / "s"),
            "--host",
            "127.0.0.1",
            "--port",
            str(port),
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        store = opened_when_it_answers(f"http://127.0.0.1:{port}", 2, "few")
        store.add(["a"], ["a text"], np.eye(2)[:1])
        assert store.search("text", np.eye(2)[0])[0].id == "a"
    finally:
        process.kill()
        process.wait()
    with pytest.raises(LostServer, match="does not answer"):
        store.search("text", np.eye(2)[0])
    store.close(settle=False)


def test_vectors_of_another_size_ids_of_another_kind_and_twice(tmp_path):
    with open_store(tmp_path / "a.db", 2) as store:
        store.add([1, 2], ["one", "two"], np.eye(2))
        for ids, texts, vectors, says in (
            ([3], ["x"], np.ones((1, 3)), "have 3 numbers"),
            (["a"], ["x"], np.ones((1, 2)), "whole numbers"),
            ([3, 3], ["x", "y"], np.ones((2, 2)), "twice"),
            ([3, "a"], ["x", "y"], np.ones((2, 2)), "several kinds"),
            ([3], ["x"], np.full((1, 2), np.nan), "no numbers"),
            ([3], ["x", "y"], np.ones((1, 2)), "belong"),
        ):
            with pytest.raises(UserError, match=says):
                store.add(ids, texts, vectors)
        with pytest.raises(UserError, match="no way to search"):
            store.search("x", None, "psychic")
        assert len(store) == 2
        with pytest.raises(OtherDimension, match="vectors of 2 numbers"):
            open_store(tmp_path / "a.db", 3)


@pytest.mark.parametrize("victim", ["manifest.json", "*.parquet"])
def test_a_half_written_index_says_so_and_can_be_made_anew(tmp_path, victim):
    path = tmp_path / "a.db"
    with open_store(path, 2) as store:
        store.add([1, 2], ["one", "two"], np.eye(2))
    for file in path.rglob(victim):
        file.write_bytes(file.read_bytes()[:20])
    for file in path.rglob("manifest.json.prev"):
        file.unlink()
    with pytest.raises(DamagedIndex, match="cannot be read"):
        open_store(path, 2)
    search.discard(path)
    with open_store(path, 2) as store:
        assert len(store) == 0


def test_only_an_index_is_ever_deleted(tmp_path):
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "a.txt").write_text("dear")
    with pytest.raises(UserError, match="is not a search index"):
        search.discard(tmp_path / "letters")
    with pytest.raises(UserError, match="is not a search index"):
        search.discard("http://127.0.0.1:19530")
    assert (tmp_path / "letters" / "a.txt").exists()


# ---------------------------------------------------------------- another engine


@pytest.fixture
def toy():
    engine = engines.register(
        engines.Engine("toy", "toy://.*", "core.documents.retrieval.memory_store:opened", "A toy at {uri}")
    )
    yield engine
    engines.unregister(engine)


def test_an_engine_is_registered_in_one_place_and_open_store_finds_it_by_its_address(toy):
    with open_store("toy://here", 2) as store:
        assert isinstance(store, search.SharedStore) and store.worker.alive, "in a process of its own"
        store.add(["a", "b"], ["one", "two"], np.eye(2))
        assert store.search("two", np.float32([0, 1]), count=1)[0].id == "b"
    assert engines.engine_of("http://127.0.0.1:19530").name == "milvus"
    assert engines.engine_of("/a/b.db").name == engines.engine_of("b.db").name == "milvus-lite"
    assert engines.engine_of(":memory:").name == "memory"
    with pytest.raises(UserError, match="is not a search index"):
        search.discard("toy://here")
