import os
import signal
import subprocess
import sys
import textwrap

import numpy as np
import pytest

from core import storage
from core.errors import UnreadableFile


def test_home_follows_the_environment(monkeypatch, tmp_path):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path / "here"))
    assert storage.home() == tmp_path / "here"
    assert storage.models_folder() == tmp_path / "here" / "models"


def test_equal_content_has_an_equal_key_in_every_process():
    parts = ("text", b"bytes", {"b": 1, "a": [1, 2.5]}, np.arange(3, dtype=np.float32))
    key = storage.content_key(*parts)
    code = (
        "import numpy as np; from core.storage import content_key; print(content_key('text', b'bytes', "
        "{'a': [1, 2.5], 'b': 1}, np.arange(3, dtype=np.float32)))"
    )
    assert (
        subprocess.check_output(
            [sys.executable, "-c", code], cwd=storage.__file__.rsplit("core", 1)[0], text=True
        ).strip()
        == key
    )
    assert len(key) == 32


@pytest.mark.parametrize(
    "one, other",
    [
        (("ab", "c"), ("a", "bc")),
        (("1",), (1,)),
        (("a",), (b"a",)),
        ((np.zeros((2, 3)),), (np.zeros((3, 2)),)),
        ((np.zeros(2, np.float32),), (np.zeros(2, np.float64),)),
    ],
)
def test_different_content_has_different_keys(one, other):
    assert storage.content_key(*one) != storage.content_key(*other)


def test_one_changed_cell_of_a_large_array_changes_the_key():
    """Streamlit's own hash looks at a sample of such an array; this one must not."""
    array = np.zeros((2000, 384), np.float32)
    key = storage.content_key(array)
    array[1234, 56] = 1
    assert storage.content_key(array) != key


def test_an_error_while_writing_leaves_the_old_file(tmp_path):
    path = tmp_path / "figures.txt"
    path.write_text("old")
    with pytest.raises(RuntimeError), storage.writing(path) as part:
        part.write_text("half of the ne")
        raise RuntimeError
    assert path.read_text() == "old"
    assert [file.name for file in tmp_path.iterdir()] == ["figures.txt"]


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is a POSIX matter")
def test_a_kill_while_writing_leaves_the_old_file(tmp_path):
    path = tmp_path / "figures.txt"
    path.write_text("old")
    code = f"""
        import os, signal
        from pathlib import Path
        from core import storage
        with storage.writing(Path({str(path)!r})) as part:
            part.write_text("half")
            os.kill(os.getpid(), signal.SIGKILL)
    """
    ended = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], cwd=storage.__file__.rsplit("core", 1)[0])
    assert ended.returncode == -signal.SIGKILL
    assert path.read_text() == "old"


def test_arrays_come_back_read_only_and_damage_is_noticed(tmp_path):
    path = tmp_path / "vectors.npy"
    storage.save_array(path, np.arange(6, dtype=np.float32).reshape(2, 3))
    array = storage.load_array(path)
    assert array.tolist() == [[0, 1, 2], [3, 4, 5]]
    with pytest.raises(ValueError):
        array[0, 0] = 1
    damaged = bytearray(path.read_bytes())
    damaged[-1] ^= 255
    path.write_bytes(damaged)
    with pytest.raises(UnreadableFile, match="checksum"):
        storage.load_array(path)


def test_a_pickle_dressed_as_an_array_is_refused(tmp_path):
    path = tmp_path / "vectors.npy"
    np.save(path, np.array([{"a": 1}], dtype=object), allow_pickle=True)
    with pytest.raises(UnreadableFile):
        storage.load_array(path, check=False)


def test_missing_array_is_a_user_error(tmp_path):
    with pytest.raises(UnreadableFile):
        storage.load_array(tmp_path / "none.npy")


def test_sha256_is_the_published_one(tmp_path):
    path = tmp_path / "abc"
    path.write_bytes(b"abc")  # FIPS 180-4, example B.1
    assert storage.sha256_of(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
