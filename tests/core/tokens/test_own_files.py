"""Models of other programs on this machine are offered as tokenizers, each once, and encode as their file says."""

from __future__ import annotations

import pytest

from core.errors import UnreadableFile
from core.models import on_disk
from core.tokens import own_files, tokenizers
from tests.support.tiny_vocabulary import tiny_gguf


@pytest.fixture
def machine(tmp_path, monkeypatch):
    """A person's folder in which nothing lies yet, the lab's own below it."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path / "lab"))
    for name in ("TEXTLAB_MODEL_FOLDERS", "XDG_CACHE_HOME", "HF_HOME", "HF_HUB_CACHE", "LLAMA_CACHE"):
        monkeypatch.delenv(name, raising=False)
    on_disk._elsewhere.cache_clear()
    yield tmp_path
    on_disk._elsewhere.cache_clear()


def put(folder, place, content=None):
    path = folder / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(tiny_gguf() if content is None else content)
    return path


@pytest.mark.parametrize(
    "place",
    [
        ".lmstudio/models/owner/Model-GGUF/model-q4.gguf",
        ".cache/llama.cpp/model-q4.gguf",
        "jan/models/m/model-q4.gguf",
        ".local/share/nomic.ai/GPT4All/model-q4.gguf",
        ".cache/huggingface/hub/models--o--m/snapshots/1/model-q4.gguf",
    ],
)
def test_a_model_of_another_program_is_a_tokenizer(machine, place):
    path = put(machine, place)
    assert own_files.found() == {f"file:{path}": ("model-q4", path)}
    assert own_files.path_of(f"file:{path}") == path
    made = tokenizers.load_file(path)
    assert [token.bytes for token in made.encode("ab a")] == [b" ab", b" ", b"a"]


def test_each_file_is_offered_once_and_what_is_no_language_model_is_not(machine, monkeypatch):
    program = machine / "program"
    monkeypatch.setenv("TEXTLAB_MODEL_FOLDERS", str(program))
    first = put(program, "big-00001-of-00002.gguf")
    put(program, "big-00002-of-00002.gguf")
    put(program, "mmproj-big.gguf")
    put(program, "notes.txt", b"GGUF")
    own = put(machine, "lab/models/own.gguf")
    (program / "again.gguf").symlink_to(own)
    (program / "lost.gguf").symlink_to(machine / "nowhere.gguf")
    assert own_files.found() == {"file:own.gguf": ("own", own), f"file:{first}": (first.stem, first)}


def test_a_file_that_went_and_a_damaged_one(machine, monkeypatch):
    monkeypatch.setenv("TEXTLAB_MODEL_FOLDERS", str(machine / "program"))
    path = put(machine, "program/model.gguf", tiny_gguf()[:300])
    assert list(own_files.found()) == [f"file:{path}"]  # its head is read when it is chosen, not at every look
    with pytest.raises(UnreadableFile, match=r"model\.gguf"):
        tokenizers.load_file(path)
    path.unlink()
    on_disk._elsewhere.cache_clear()  # as after some seconds
    assert own_files.path_of(f"file:{path}") is None
