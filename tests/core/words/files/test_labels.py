"""Sets of one name: two keys, two labels; renamed and removed by key."""

from __future__ import annotations

import pytest

from core.errors import MissingModel, UserError
from core.words.files import store
from core.words.files.labels import labels, shortened
from core.words.files.store import Stored


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path / "home"))


def of(key: str, source: str, title: str = "vectors.txt", read_at: float = 0.0, words: int = 6) -> Stored:
    return Stored(key * 32, title, words, 5, source=source, read_at=read_at)


def test_files_of_one_name_are_told_apart_by_their_folders():
    found = labels(
        [of("a", "/data/a/vectors.txt"), of("b", "/data/b/vectors.txt"), of("c", "/x/other.txt", "other.txt")]
    )
    assert list(found.values()) == ["a/vectors.txt", "b/vectors.txt", "other.txt"]


def test_as_much_of_the_path_is_shown_as_it_takes():
    found = labels([of("a", "/1/x/y/vectors.txt"), of("b", "/2/x/y/vectors.txt"), of("c", "/2/z/vectors.txt")])
    assert list(found.values()) == ["1/x/y/vectors.txt", "2/x/y/vectors.txt", "z/vectors.txt"]


def test_a_file_read_again_and_uploads_of_one_name_get_their_time_then_their_size():
    minute = 1_700_000_000.0
    changed = labels([of("a", "/d/v.txt", "v.txt", minute), of("b", "/d/v.txt", "v.txt", minute + 3600)])
    assert len(set(changed.values())) == 2 and all(label.startswith("v.txt, ") for label in changed.values())
    uploads = labels([of("a", "v.txt", "v.txt", minute), of("b", "v.txt", "v.txt", minute, words=4)])
    assert [label[-5:] for label in uploads.values()] == ["6 x 5", "4 x 5"]
    same = labels([of("a", "v.txt", "v.txt", minute), of("b", "v.txt", "v.txt", minute)])
    assert len(set(same.values())) == 2


def test_a_renamed_set_keeps_its_name_and_a_title_of_the_catalogue_is_taken():
    found = labels([of("a", "/a/vectors.txt", "mine"), of("b", "/b/vectors.txt", "mine")])
    assert len(set(found.values())) == 2 and all(label.startswith("mine (") for label in found.values())
    assert labels([of("a", "/a/g.txt", "GloVe 6B 50d", 1e9)], ["GloVe 6B 50d"])["a" * 32] != "GloVe 6B 50d"


def test_two_files_of_one_name_are_two_sets_also_if_they_are_equal(tmp_path):
    paths = [tmp_path / folder / "vectors.txt" for folder in "ab"]
    for path in paths:
        path.parent.mkdir()
        path.write_bytes(b"a 1 2\nb 3 4\n")
    kept = [store.import_file(path) for path in paths]
    assert kept[0].key != kept[1].key and store.import_file(paths[0]).key == kept[0].key
    assert sorted(labels(store.stored()).values()) == ["a/vectors.txt", "b/vectors.txt"]
    store.rename(kept[0].key, "  mine   now ")
    assert store.open_stored(kept[0].key).title == "mine now" and store.stored()[0].words == 2
    store.remove(kept[0].key)
    assert [item.key for item in store.stored()] == [kept[1].key]
    for key, title, problem in (
        (kept[1].key, "  ", UserError),
        (kept[0].key, "x", MissingModel),
        ("../x", "x", UserError),
    ):
        with pytest.raises(problem):
            store.rename(key, title)


def test_a_changed_file_is_another_set_of_the_same_source(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_bytes(b"a 1 2\nb 3 4\n")
    first = store.import_file(path)
    path.write_bytes(b"a 1 2\nb 3 4\nc 5 6\n")
    second = store.import_file(path)
    assert first.key != second.key and first.source == second.source == str(path)
    assert len(set(labels(store.stored()).values())) == 2


def test_a_set_saved_before_there_were_sources_is_not_read_again(tmp_path):
    path = tmp_path / "vectors.txt"
    path.write_bytes(b"a 1 2\nb 3 4\n")
    import numpy as np

    from core.words.files.fingerprint import fingerprint

    earlier = store.save(fingerprint(path, None), "vectors.txt", ["a", "b"], np.eye(2))
    assert store.import_file(path).key == earlier.key


def test_a_part_of_a_marked_set_is_opened_by_its_key_and_mark(tmp_path):
    path = tmp_path / "numberbatch.txt"
    path.write_text("3 2\n/c/en/coffee_pot 1 2\n/c/en/king 1 1\n/c/de/könig 1 3\n", encoding="utf-8")
    key = store.import_file(path).key
    assert store.open_stored(f"{key}:en").words == ("coffee_pot", "king")
    assert store.open_stored(f"{key}:de").words == ("könig",) and len(store.open_stored(key)) == 3
    assert store.find(f"{key}:en").key == key
    with pytest.raises(MissingModel):
        store.open_stored("../../etc:en")


def test_long_labels_are_cut_where_they_are_alike_the_least_and_never_become_equal():
    names = {"a": "archive/2024/en/vectors.txt", "b": "archive/2024/de/vectors.txt", "c": "short.txt"}
    assert shortened({"a": names["a"]}, 21) == {"a": "archive/20…ectors.txt"}
    assert len(set(shortened(names, 21).values())) == 3 and shortened(names, 21)["c"] == "short.txt"
    assert all(len(label) == 21 for label in shortened({"a": names["a"]}, 21).values())
