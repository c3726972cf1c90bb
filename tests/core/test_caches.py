"""No cache is trusted: whatever lies in its place, it is made again or told as missing, and nothing else is raised."""

from __future__ import annotations

import ast
import json
import random
import unittest.mock
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core import storage
from core.errors import UserError
from tests.conftest import ROOT

VECTORS = np.eye(4, 8, dtype=np.float32)
TEXTS = ("one fire", "two fires", "three winds", "four seas")
KEY = "0123456789abcdef" * 2


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def results():
    from core.documents.pipeline import result_cache

    path = storage.folder("maps") / "map.npy"

    def make():
        storage.save_array(path, VECTORS)
        return {"points": str(path), "seconds": 1.0}

    answer = result_cache.get_or_compute("project", result_cache.key_of("project", {"vectors": "x"}), make)
    assert storage.load_array(Path(answer["points"])).tolist() == VECTORS.tolist() and answer["seconds"] == 1.0


def vectors():
    from core.documents.encoding import vector_store

    class Encoder:
        dimension = 8

        def identity(self):
            return "an encoder"

        def adopt(self):
            """Nothing was found meanwhile."""

        def changes(self, texts_left, share_left):
            return False

        def batches(self, texts):
            yield np.arange(len(texts)), VECTORS[: len(texts)]

    found, new = vector_store.encode(Encoder(), TEXTS)
    assert found.tolist() == VECTORS.tolist()


def corpora():
    from core.documents import corpus

    key = corpus.save(corpus.Corpus("A corpus", TEXTS, {"n": (1, 2, 3, 4)}))
    corpus.saved()
    assert tuple(corpus.load(key).texts) == TEXTS


def read_corpora():
    from core.documents import corpus

    for key in corpus.saved():
        corpus.load(key)


def thumbs():
    from core.documents import corpus
    from core.documents.retrieval import relevance_feedback as given

    made = corpus.Corpus("A corpus", TEXTS)
    given.give(made, "fires", made.ids[0], True)
    assert given.given(made)["fires"][made.ids[0]] == 1


def names():
    from core.documents.mapping import naming

    group = naming.Group(("fire", "wind"), TEXTS, VECTORS[0])
    if not naming.saved_name(group, "model"):
        naming.name(0, [group], "model", lambda *_: '{"topic": "Bush fires"}', lambda text: VECTORS[0])
    assert isinstance(naming.saved_name(group, "model"), (str, type(None)))


def search_arrays():
    from core.documents.retrieval.memory_store import MemoryStore

    folder = storage.folder("search") / "x.db" / "arrays"
    store = MemoryStore.load(folder, 8)
    if store is None:
        store = MemoryStore(8)
        store.add(list(range(4)), TEXTS, VECTORS)
        store.save(folder)
    assert len(store) == 4 and store.rank("wind", VECTORS[0]).vector[0][0] == 0


def word_sets():
    from core.words.files import store

    if store.find(KEY) is None:
        store.save(KEY, "A set", ["a", "b", "c", "d"], VECTORS)
    store.stored()
    opened = store.open_stored(KEY)
    assert opened.similarity("a", "a") == pytest.approx(1) and len(opened.words) == 4


def encoded():
    from core.workflows import encode_vocabulary

    encode_vocabulary.encode(
        ["a", "b"], str(storage.home()), "Words", lambda *_: None, lambda folder: lambda words: VECTORS[: len(words)]
    )


def fetched():
    import importlib

    kept = importlib.import_module("core.models.hub.cache")  # core.models.hub has a function of that name
    kept.kept_files("owner/name")
    kept.kept("owner/name", "*.gguf")
    place = kept.folder_of("owner/name")
    place.mkdir(parents=True, exist_ok=True)
    (place / "a.gguf").write_bytes(b"four")
    kept.note("owner/name", "c", "MIT", "a.gguf", 4, "d")
    assert kept.kept("owner/name", "*.gguf")


def proofs():
    from core.tokens import pack

    pack.proofs()
    with storage.writing(pack.folder() / "proofs.json") as part:
        part.write_text(json.dumps({"gpt-2": [1, 1, ""]}))
    assert pack.proofs()["gpt-2"].holds


def own_names():
    from core.tokens import own_files

    place = storage.folder("tokenizers") / "own" / "abc"
    place.mkdir(parents=True, exist_ok=True)
    (place / "tokenizer.json").write_text("{}")
    own_files.found()
    if not (place / "name.json").exists():
        (place / "name.json").write_text('"mine.json"')
    assert all(isinstance(title, str) for title, _ in own_files.found().values())


def native_code():
    """How llama.cpp is to be used here, and what was measured of a model."""
    from core.models.llama import safe_mode, trial
    from core.models.llama.tuning import Curve, Tuning

    trial._found.clear()
    with unittest.mock.patch.object(trial, "works_in", lambda mode: (True, {})):
        assert trial.verdict().mode is safe_mode.FULL
    measured = Tuning(2, 2, Curve((0, 2048), (0.01, 0.03)), Curve((0, 2048), (0.01, 0.02)), switchable=True)
    if (kept := safe_mode.remembered("abc", "tuning")) is None:
        safe_mode.remember("abc", measured.as_dict(), "tuning")
    else:
        assert Tuning.from_dict(kept) == measured


CACHES: dict[str, Callable[[], None]] = {
    "records maps": results,
    "vectors": vectors,
    "corpora": corpora,
    "judgements": thumbs,
    "names": names,
    "search": search_arrays,
    "vectors (words)": word_sets,
    "encoded": encoded,
    "models": fetched,
    "tokenizers": proofs,
    "tokenizers (own)": own_names,
    "llama": native_code,
}

OTHERS = {  # folders of the home that hold no cache of which something could be believed
    "matrices": "arrays with a checksum, named by a result: as maps",
    "neighbours": "the same",
    "exports": "written anew for every press",
    "incoming": "copies of uploads, read once",
    "uploads": "the same",
    "passing": "arrays on their way from one process to another",
    "downloads": "compared with the published digest",
    "compiled": "see test_compiled_code",
    "word_lists": "a person's own, no cache: see tests/core/words/test_own_lists",
}

CONTENTS = {
    "empty": b"",
    "zeros": b"\0" * 300,
    "list": b"[1, 2]",
    "object": b"{}",
    "null": b"null",
    "number": b"7",
    "nested": b'{"answer": [], "digest": 3, "files": 5, "title": {}, "keys": 1, "name": 1, "fires": 3}',
    "no text": b"\xff\xfe\xfa" * 40,
}


def damages(path: Path, seed: int) -> list[tuple[str, bytes]]:
    """What may stand in a file instead of what was written."""
    whole = path.read_bytes()
    draw = random.Random(seed)
    flipped = bytearray(whole)
    if flipped:
        flipped[draw.randrange(len(flipped))] ^= 1 << draw.randrange(8)
    return [
        *CONTENTS.items(),
        ("cut to 50 bytes", whole[:50]),
        ("half", whole[: len(whole) // 2]),
        ("a bit flipped", bytes(flipped)),
        ("longer", whole + b"x" * 100),
    ]


@pytest.mark.parametrize("name", CACHES)
def test_whatever_lies_there_it_is_made_again_or_told(name, home):
    use = CACHES[name]
    use()
    use()
    files = sorted(path for path in home.rglob("*") if path.is_file())
    assert files
    tried = 0
    for number, path in enumerate(files):
        for what, content in damages(path, number):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
            try:
                use()
            except UserError as error:
                assert error.next_step, what
                use()  # and that was all: the next try works
            tried += 1
        path.unlink(missing_ok=True)
        use()
    assert tried >= 12


@pytest.mark.parametrize("content", CONTENTS.values(), ids=CONTENTS)
def test_a_damaged_corpus_is_told_by_itself_and_the_list_lives(home, content):
    from core.documents import corpus

    good, bad = (corpus.save(corpus.Corpus(title, (title, *TEXTS))) for title in ("good", "bad"))
    (home / "corpora" / f"{bad}.json").write_bytes(content)
    assert corpus.saved()[good] == "good" and tuple(corpus.load(good).texts) == ("good", *TEXTS)
    with pytest.raises(UserError):
        corpus.load(bad)


def test_every_folder_of_the_home_is_spoken_of_here():
    """Whoever adds a cache says here how it is checked."""
    named = set()
    for path in (*(ROOT / "core").rglob("*.py"), *(ROOT / "pages").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = {
            node.targets[0].id: node.value.value
            for node in tree.body
            if isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and isinstance(node.value, ast.Constant)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("storage.folder", "storage.place", "folder"):
                for argument in node.args[:1]:
                    name = (
                        argument.value
                        if isinstance(argument, ast.Constant)
                        else constants.get(getattr(argument, "id", ""))
                    )
                    named |= {name} if isinstance(name, str) else set()
    spoken = {word for name in CACHES for word in name.split(" (")[0].split()} | set(OTHERS)
    assert named - {"records"} <= spoken, "the records of answers: see tests/core/prompting/test_records"
    assert {"vectors", "maps", "corpora"} <= named
