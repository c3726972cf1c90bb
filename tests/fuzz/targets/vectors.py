"""Files of word vectors in the forms that programs write beside GloVe's and word2vec's: JSON, CSV, models, archives."""

from __future__ import annotations

import bz2
import io
import json
import lzma
import struct
import tarfile
from pathlib import Path

import numpy as np

from tests.fuzz.changes import change_bytes, change_json, change_words, imported
from tests.fuzz.harness import Target
from tests.fuzz.targets.words import MATRIX, TEXT, WORDS, import_and_open, safetensors

_NEEDS = (
    "gensim.models.fasttext",
    "core.words.isolated",
    "core.words.files.store",
    "core.words.files.formats",
    "pandas",
)
LIST = "\n".join(WORDS).encode() + b"\n"
ROWS = b"".join("\t".join(map(str, row)).encode() + b"\n" for row in MATRIX.tolist())
PAIRS = list(zip(WORDS, MATRIX.tolist(), strict=True))
TOKENIZER = {
    "model": {"type": "BPE", "vocab": {"Ġthe": 0, "Ġking": 1, "ing": 2}},
    "added_tokens": [{"id": 2, "content": "ing", "special": True}],
}


def fasttext() -> bytes:
    """A model of three words and four buckets."""
    rows = np.arange(21, dtype="<f4").reshape(7, 3)
    return (
        struct.pack("<2i12id", 793712314, 12, 3, 5, 5, 1, 5, 1, 2, 2, 4, 3, 4, 100, 1e-4)
        + struct.pack("<3i2q", 3, 3, 0, 9, -1)
        + b"".join(word.encode() + b"\0" + struct.pack("<qb", 3, 0) for word in WORDS)
        + struct.pack("<b2q", 0, 7, 3)
        + rows.tobytes()
    )


def doubles() -> bytes:
    return b"3 3\n" + b"".join(
        word.replace(" ", "_").encode() + b" " + row.astype(">f8").tobytes()
        for word, row in zip(WORDS, MATRIX, strict=True)
    )


def tarred(mode: str) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode=mode) as archive:
        for name, content in (("a/vectors.tsv", ROWS), ("a/metadata.tsv", LIST), ("b.txt", TEXT)):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return file.getvalue()


def json_seeds() -> list[bytes]:
    return [
        json.dumps(value).encode()
        for value in (
            dict(PAIRS),
            [{"word": word, "vector": row} for word, row in PAIRS],
            {"words": WORDS, "vectors": MATRIX.tolist()},
            {"columns": [0, 1, 2], "index": WORDS, "data": MATRIX.tolist()},
            [[word, *row] for word, row in PAIRS],
        )
    ]


def array() -> bytes:
    file = io.BytesIO()
    np.save(file, MATRIX)
    return file.getvalue()


def beside_words(path: Path) -> None:
    """A matrix whose words lie beside it."""
    (path.parent / "words.txt").write_bytes(LIST)
    import_and_open(path)


def beside_tokenizer(path: Path) -> None:
    """A tokenizer that names the rows of a sound table."""
    about = {"embeddings": {"dtype": "F32", "shape": [3, 3], "data_offsets": [0, 36]}}
    (path.parent / "model.safetensors").write_bytes(safetensors(about))
    import_and_open(path.parent / "model.safetensors")


def projector(path: Path) -> None:
    """A configuration beside sound files."""
    (path.parent / "vectors.tsv").write_bytes(ROWS)
    (path.parent / "metadata.tsv").write_bytes(LIST)
    import_and_open(path)


CONFIG = {"embeddings": [{"tensorShape": [3, 3], "tensorPath": "vectors.tsv", "metadataPath": "metadata.tsv"}]}


def file(kind, seeds, ending, change=change_bytes, attempt=import_and_open) -> Target:
    """A target for files of vectors, of one kind."""
    name = ending if "." in ending else f"vectors.{ending}"
    return Target(f"vectors {kind}", attempt, imported(seeds, *_NEEDS), "vectors file", name, change)


TARGETS = [
    file("json", json_seeds, "json", change_json),
    file(
        "csv",
        lambda: [
            b"word,a,b\nthe,1,2\nking,3,4\n",
            b'"the";0,5;1,5\n"king";1,5;2,5\n',
            b"\xef\xbb\xbf,0,1\n0,a,1,2\n1,b,3,4\n",
        ],
        "csv",
        change_words((",", ";", '"', "'", "|", "\n", "\r", "0,5", "# ", "\0", "1e999", "a")),
    ),
    file("fasttext", lambda: [fasttext()], "bin"),
    file("doubles", lambda: [doubles(), doubles().partition(b"\n")[2]], "bin"),
    file("archives", lambda: [tarred("w"), tarred("w:gz"), bz2.compress(TEXT), lzma.compress(TEXT)], "tar"),
    file("array", lambda: [array()], "npy", attempt=beside_words),
    file("numbers", lambda: [ROWS, ROWS.replace(b"\t", b" ")], "tsv", attempt=beside_words),
    file("tokenizer", lambda: [json.dumps(TOKENIZER).encode()], "tokenizer.json", change_json, beside_tokenizer),
    file("projector", lambda: [json.dumps(CONFIG).encode()], "projector_config.json", change_json, projector),
]
