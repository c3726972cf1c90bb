"""Files of word vectors, tables of shares, stored sets."""

from __future__ import annotations

import gzip
import io
import json
import os
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np

from tests.fuzz.changes import change_bytes, change_json, change_words, imported
from tests.fuzz.harness import Target

WORDS, MATRIX = ["the", "new york", "Größe"], np.arange(9, dtype=np.float32).reshape(3, 3) + 0.5
TEXT = "".join(f"{word} {' '.join(map(str, row))}\n" for word, row in zip(WORDS, MATRIX.tolist(), strict=True)).encode()
BINARY = b"3 3\n" + b"".join(
    word.replace(" ", "_").encode() + b" " + row.tobytes() + b"\n" for word, row in zip(WORDS, MATRIX, strict=True)
)


def import_and_open(path: Path) -> None:
    """A file of vectors as the words page reads it, and the questions it asks first."""
    from core.words import isolated
    from core.words.files import store

    os.environ["TEXTLAB_HOME"] = str(path.parent / "home")
    names = [entry.name for entry in isolated.entries(str(path))]
    kept = store.import_file(path, names[0] if len(names) > 1 else None)
    assert store.stored()
    vectors = store.open_stored(kept.key)
    vectors.nearest(vectors.words[0], 3)


def zipped(compression: int, **parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("_", "."), content)
    return file.getvalue()


def npz(**arrays: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def safetensors(about: dict) -> bytes:
    text = json.dumps(about).encode()
    return struct.pack("<Q", len(text)) + text + MATRIX.tobytes()


def array_seeds() -> list[bytes]:
    return [
        npz(words=np.array(WORDS), matrix=MATRIX),
        npz(vocab=np.array([b"a", b"b"]), vectors=np.eye(2, order="F")),
        npz(words=np.array(["a", "b"], dtype=object), matrix=np.eye(2)),
    ]


def change_array(chance, seeds):
    """The archive's bytes, or those of an array in it, headers above all."""
    if chance.random() < 0.3:
        return change_bytes(chance, seeds)
    with zipfile.ZipFile(io.BytesIO(chance.choice(seeds))) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    name = chance.choice(sorted(parts))
    parts[name] = (
        change_bytes(chance, [parts[name]])
        if chance.random() < 0.5
        else change_words(("(", ")", ",", "9" * 12, "-1", "'<f4'", "'|O'", "'<U9'", "{", "}", "True", "None", ":"))(
            chance, [parts[name]]
        )
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for each, content in parts.items():
            archive.writestr(each, content)
    return made.getvalue()


def tensor_seeds() -> list[bytes]:
    tensor = {"dtype": "F32", "shape": [3, 3], "data_offsets": [0, 36]}
    return [
        safetensors({"matrix": tensor, "__metadata__": {"words": json.dumps(WORDS)}}),
        safetensors({"matrix": tensor, "__metadata__": {"words": "nope"}}),
        safetensors({"a": tensor}),
    ]


def change_tensors(chance, seeds):
    """The file's bytes, or the values of its description."""
    if chance.random() < 0.4:
        return change_bytes(chance, seeds)
    whole = chance.choice(seeds)
    (length,) = struct.unpack_from("<Q", whole)
    about = change_json(chance, [whole[8 : 8 + length]])
    return struct.pack("<Q", len(about)) + about + whole[8 + length :]


def shares(path: Path) -> None:
    from core.errors import UserError
    from core.words import isolated

    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as problem:  # the page says so
        raise UserError("The table is not UTF-8 text.", "Save it as UTF-8.") from problem
    isolated.shares(text)


def own(reader: str) -> Callable[[Path], None]:
    """A person's own lists, read as the page does, and exported again."""

    def attempt(path: Path) -> None:
        from core.errors import UserError
        from core.words import isolated, own_lists

        try:
            text = path.read_bytes().decode("utf-8-sig")
        except UnicodeDecodeError as problem:
            raise UserError("The file is not UTF-8 text.", "Save it as UTF-8.") from problem
        content = getattr(isolated, reader)(text, "own.csv")
        kind: own_lists.Kind = "lists" if "lists" in content else "analogies" if "questions" in content else "ratings"
        own_lists.export(own_lists.OwnList("0" * 32, kind, "own", content))

    return attempt


def facts(path: Path) -> None:
    """The facts of a stored set, as the page lists and opens it."""
    from core.words.files import store

    os.environ["TEXTLAB_HOME"] = str(path.parent / "home")
    (path.parent / "a.txt").write_bytes(TEXT)
    kept = store.import_file(path.parent / "a.txt")
    (store._folder(kept.key) / "facts.json").write_bytes(path.read_bytes().replace(b"KEY", kept.key.encode()))
    try:
        assert all(item.title.lower() and item.words >= 0 for item in store.stored())
        store.open_stored(kept.key)
    finally:
        store.remove(kept.key)


SHARES = [b"word,women\nnurse,90\na,1\nb,2\nc,3\n", b"a;1\nb;2\nc;3,5\nd;4 %\n"]
FACTS = [
    json.dumps(
        {"key": "KEY", "title": "a.txt", "words": 3, "dimension": 3, "notes": ["a note"], "seconds": 0.1}
    ).encode()
]
WORD_LISTS = [
    b'{"X": ["rose"], "Y": ["ant"], "A": ["love"], "B": ["hate"]}',
    b'{"title": "t", "x": ["a", 1], "x_name": "n", "targets": {"q": ["b"]}}',
    b"X,Y,A,B\nrose,ant,love,hate\ntulip,bee,joy,pain\n",
    b"list,word\nX,rose\nX,tulip\nA,love\nA,joy\n",
]
ANALOGIES = [b": capitals\nathens greece oslo norway\n", b"a,b,c,d\nathens,greece,oslo,norway\ns,a,b,c,d\n"]
RATINGS = [b"word1,word2,score\ncoffee,cup,6.6\na,b,1\n", b"6.6\tcoffee\tcup\n# a\n3,5\ttea\tcar\n"]
_NEEDS = ("core.words.isolated", "core.words.files.store", "core.words.files.formats", "pandas")
_TEXT_WORDS = (" ", "\t", "\n", "1", "-", "e", ".", "nan", "inf", "9" * 9, "\0", "a")


def file(kind, seeds, ending, change=change_bytes, **more) -> Target:
    """A target for files of vectors, of one kind."""
    return Target(
        f"vectors {kind}",
        import_and_open,
        imported(seeds, *_NEEDS),
        "vectors file",
        f"vectors.{ending}",
        change,
        **more,
    )


def packed_seeds() -> list[bytes]:
    return [
        gzip.compress(TEXT),
        zipped(zipfile.ZIP_STORED, a_txt=TEXT, b_txt=TEXT),
        *(zipped(how, a_txt=TEXT) for how in (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)),
    ]


TARGETS = [
    file(
        "text",
        lambda: [TEXT, b"3 3\n" + TEXT, b"a\t1\t2\nb\t3\t4\n", b"a 1e-400 inf\n"],
        "txt",
        change_words(_TEXT_WORDS),
        covers=("vectors archive",),
    ),
    file("binary", lambda: [BINARY, TEXT], "bin"),
    file("packed", packed_seeds, "zip"),
    file("npz", array_seeds, "npz", change_array),
    file("safetensors", tensor_seeds, "safetensors", change_tensors),
    Target(
        "table of shares",
        shares,
        imported(lambda: SHARES, "core.words.occupations"),
        "table of shares",
        "shares.csv",
        change_words((",", ";", "\t", '"', "\n", "%", "nan", "1e999", "\0", "é")),
    ),
    *(
        Target(
            name,
            own(function),
            imported(lambda seeds=seeds: seeds, "core.words.own_lists", "core.words.isolated"),
            name,
            "own.csv",
            change_words((",", ";", "\t", '"', "\n", "[", "]", "{", "}", ":", "null", "1e999", "\0", "é")),
        )
        for name, function, seeds in (
            ("word lists", "word_lists", WORD_LISTS),
            ("own analogies", "own_analogies", ANALOGIES),
            ("own ratings", "own_ratings", RATINGS),
        )
    ),
    Target("stored vectors", facts, imported(lambda: FACTS, *_NEEDS), "", "facts.json", change_json),
]
