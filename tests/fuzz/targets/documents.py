"""Documents, bundles and judged sets: files as people choose them, and what lies on this machine."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import os
import random
import struct
import tempfile
import zipfile
from pathlib import Path

import numpy as np

from tests.fuzz.changes import change_bytes, change_json, change_words, imported
from tests.fuzz.harness import Target
from tests.support.office_files import docx_of, epub_of, odt_of, pptx_of, zip_of
from tests.support.pdf_files import pdf_of

PAGE_WORDS = (
    "<",
    ">",
    "<!--",
    "-->",
    "<a ",
    "</a>",
    "<p>",
    "<title>",
    "</title>",
    "<svg>",
    "<script>",
    "<![CDATA[",
    "&amp;",
    "&#x",
    "&#0;",
    '"',
    "'",
    "=",
    "<body>",
    "<div>",
    "</div>",
    "\0",
    "<?",
    "<!DOCTYPE ",
    "<template>",
)
TEXT_WORDS = ("[", "](", ")", "![", "# ", "```\n", "**", "__", "`", "---\n", "> ", "\n", "\n\n", " ", "\t", "\r", "é🤖")
TABLE_WORDS = (",", ";", "\t", "|", '"', '""', "\n", "\r\n", "\r", "\0", " ", "text", "1e999", "\ufeff", "é")


def look_and_gather(path: Path) -> None:
    """A file as the documents page reads it: a preview, then the whole."""
    from core.documents.ingest import importing, preview, sources

    os.environ["TEXTLAB_HOME"] = str(path.parent / "home")
    source = sources.find(str(path))
    looked = preview.look(source)
    names = tuple(looked.columns)
    likely = looked.likely_text()
    importing.import_corpus(
        source, sources.ImportOptions((likely,), tuple(name for name in names if name != likely)[:12])
    )


def pdf_tree(depth: int) -> bytes:
    """A tree of pages whose nodes each stand twice under the one above: 2^depth pages."""
    objects = [b"<</Type/Catalog/Pages 2 0 R>>"]
    objects += [b"<</Type/Pages/Count 2/Kids[%d 0 R %d 0 R]>>" % (number + 3, number + 3) for number in range(depth)]
    objects.append(b"<</Type/Page>>")
    body = b"".join(b"%d 0 obj%sendobj\n" % (number, one) for number, one in enumerate(objects, 1))
    return b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R>>\n%%EOF"


def parquet_seeds() -> list[bytes]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    made = []
    tables = [
        pa.table({"text": ["one text", "two", None], "year": [2001, 2002, 2003], "tags": [["a"], [], None]}),
        pa.table(
            {
                "text": pa.array(["a" * 50, "b"] * 40),
                "when": pa.array(range(80), pa.timestamp("us")),
                "part": pa.array([{"x": 1, "y": [1.5]}] * 80),
                "raw": [b"\xff"] * 80,
            }
        ),
    ]
    for table in tables:
        for how in ({}, {"compression": "zstd", "use_dictionary": False}, {"compression": "none", "version": "1.0"}):
            file = io.BytesIO()
            pq.write_table(table, file, **how)
            made.append(file.getvalue())
    big = pa.DictionaryArray.from_arrays(pa.array([0] * 200, pa.int32()), pa.array(["a" * 5_000_000]))
    file = io.BytesIO()
    pq.write_table(pa.table({"text": big}), file, compression="zstd", store_schema=False)
    return [*made, file.getvalue()]


def bundle_seeds() -> list[bytes]:
    from core.documents import corpus, projection
    from core.documents.mapping import clusters, neighbours
    from core.documents.pipeline import bundle

    with tempfile.TemporaryDirectory() as folder:
        chance = np.random.default_rng(0)
        vectors = chance.standard_normal((40, 6)).astype(np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        made = corpus.Corpus(
            "a title",
            tuple(f"text number {number}" for number in range(40)),
            {"kind": tuple("ab"[number % 2] for number in range(40)), "n": tuple(range(40))},
            ("note",),
        )
        levels = len(clusters.levels_for(40))
        whole = bundle.WholeMap(
            made,
            {"key": "minilm", "revision": "1" * 16, "precision": "float32"},
            projection.ProjectionSettings(),
            vectors,
            vectors[:, :2],
            np.zeros((40, levels), np.int32),
            [[["word", "other"]]] * levels,
            neighbours.find(vectors, 5),
            "",
            [["a name"]] * levels,
        )
        bundle.write(Path(folder, "map.zip"), whole)
        return [Path(folder, "map.zip").read_bytes()]


def open_bundle(path: Path) -> None:
    from core.documents.isolated import Identity
    from core.documents.pipeline import bundle

    os.environ["TEXTLAB_HOME"] = str(path.parent / "home")
    bundle.save(bundle.read(path), Identity("minilm", "minilm", "1" * 16))


def change_bundle(chance: random.Random, seeds: list[bytes]) -> bytes:
    """Half of the time the archive's bytes; else map.json's values, or the table's bytes with a digest that fits."""
    import hashlib

    way = chance.random()
    if way < 0.3:
        return change_bytes(chance, seeds)
    with zipfile.ZipFile(io.BytesIO(chance.choice(seeds))) as packed:
        about, table = packed.read("map.json"), packed.read("map.parquet")
    if way < 0.8:
        about = change_json(chance, [about])
    else:
        table = change_bytes(chance, [table])
        about = json.dumps({**json.loads(about), "sha256": hashlib.sha256(table).hexdigest()}).encode()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr("map.json", about)
        packed.writestr("map.parquet", table)
    return made.getvalue()


def open_corpus(path: Path) -> None:
    """The description of a corpus beside a whole file of texts; then the list of corpora, as the page shows it."""
    from core import storage
    from core.documents import corpus

    os.environ["TEXTLAB_HOME"] = str(path.parent / "home")
    key = corpus.save(corpus.Corpus("a title", ("one", "two"), {"f": ("a", "b")}, ("a note",)))
    about = storage.folder("corpora") / f"{key}.json"
    right = storage.sha256_of(about.with_suffix(".arrow")).encode()
    about.write_bytes(path.read_bytes().replace(b"DIGEST", right))
    assert all(isinstance(title, str) for title in corpus.saved().values())
    made = corpus.load(key)
    assert made.texts[0] and made.key and made.texts_key and " · ".join(made.notes) is not None


def corpus_seeds() -> list[bytes]:
    right = {"title": "a title", "notes": ["a note"], "fields": ["f"], "keys": ["1" * 32, "2" * 32], "sha256": "DIGEST"}
    return [
        json.dumps(about).encode()
        for about in (
            right,
            {**right, "notes": [], "fields": ["f", "g"]},
            {**right, "notes": ["one", "two", "three"], "more": {"a": 1}},
            [1, 2],
            {},
        )
    ]


def recall(path: Path) -> None:
    """A record of a map's groups, as the page asks for it."""
    from core import storage
    from core.documents.pipeline import result_cache

    os.environ["TEXTLAB_HOME"] = str(path.parent / "home")
    labels = storage.folder("maps") / "labels.npy"
    storage.save_array(labels, np.zeros((2, 3), np.int32))
    place = result_cache.path_of("x")
    place.parent.mkdir(parents=True, exist_ok=True)
    content = path.read_bytes().replace(b"LABELS", str(labels).encode())
    with contextlib.suppress(ValueError, RecursionError, TypeError):  # a checksum that fits, so that all is looked at
        answer = json.loads(content)
        content = json.dumps({"answer": answer, "digest": storage.content_key(answer)}).encode()
    place.write_bytes(content)
    found = result_cache.read("group", "x")
    if found is not None:
        assert storage.load_array(Path(found["labels"])).size and any(map(any, found.get("names", ()))) in (True, False)
        assert "".join(word for level in found["keywords"] for words in level for word in words) is not None


def record_seeds() -> list[bytes]:
    return [
        json.dumps({"labels": "LABELS", "keywords": [[["a", "b"]], [["a"]]], "names": [["x"], [""]]}).encode(),
        json.dumps({"labels": "LABELS", "keywords": [[["fire", "wind"], ["sea"]]]}).encode(),
        json.dumps({"keywords": [], "labels": "LABELS", "names": [], "seconds": 0.5, "more": {"a": [1]}}).encode(),
        b"[]",
        b"{}",
    ]


def judge(path: Path) -> None:
    """One file gives all three of a folder in BEIR's layout: its parts stand between lines of ====."""
    from core.documents.retrieval import judged_folder

    folder = path.parent / "beir"
    (folder / "qrels").mkdir(parents=True, exist_ok=True)
    parts = (path.read_bytes().split(b"====\n") + [b"", b"", b""])[:3]
    for name, part in zip(("corpus.jsonl", "queries.jsonl", "qrels/test.tsv"), parts, strict=True):
        (folder / name).write_bytes(part)
    judged_folder.read(folder).facts()


def judged_seeds() -> list[bytes]:
    return [
        b'{"_id": "d1", "title": "T", "text": "one"}\n{"_id": 2, "text": "two"}\n====\n{"_id": "q", "text": "?"}\n'
        b"====\nquery\tdocument\tgrade\nq\td1\t2\nq\t2\t0\nq\tnone\t1\n"
    ]


JSON_LINES = [b'{"text": "one", "n": 1, "tags": ["x", {"y": null}]}\n"two"\n\n{"text": "three"}\n', b"[" * 50_000]
TABLES = [
    b'title;body\r\nA;"x; ""y""\nz"\r\nB;w\r\n',
    b"text,year\none,2001\ntwo,2002\n",
    b"a\tb\n1\t2\n",
    ",".join(f"c{number}" for number in range(20_000)).encode() + b"\n1\n",
    "text\ncafé\n".encode("utf-16"),
    struct.pack("<8I", *range(8)),
]
TEXTS = [
    b"---\ntags: x\n---\n# On **cats**\nSee [this](http://x) and `that`.\n```py\nx = 1\n```\n",
    b"[" * 50_000,
    b"# a" + b" " * 20_000,
    b"One. Two.\n\nThree.\n" * 30,
    b"a" * 50_000,
]
PAGES = [
    b"<html><head><title>T &amp; U</title><style>p {}</style></head><body><p>one <b>two</b></p><script>x</script>"
    b"three<br>four<table><tr><td>5</table></body></html>",
    b"<!--" * 10_000,
    b"<a " * 10_000,
    b"<div>" * 5_000,
]

PACKED_SEEDS = {
    "docx": lambda: [docx_of("One &amp; two.", "Three.", heading="Four")],
    "odt": lambda: [odt_of("A heading", "one")],
    "epub": lambda: [epub_of("<p>one</p>", "<p>two</p>")],
    "pptx": lambda: [pptx_of(("Hello", "world"))],
    "zip": lambda: [zip_of(a_0_txt="one", b_0_csv="text,n\ntwo,1\n", c_0_zip=zip_of(d_0_txt="three"))],
    "gz": lambda: [gzip.compress(b"one\ntwo\n" * 50)],
}
MAILS = [
    b"From a@b Mon Jan  1 10:00:00 2024\nSubject: =?utf-8?q?caf=C3=A9?=\nContent-Type: multipart/mixed; boundary=x\n\n"
    b"--x\nContent-Type: text/html; charset=koi8-r\n\n<p>one</p>\n--x--\n\n" * 3
]

_NEEDS = (
    "core.documents.ingest.importing",
    "core.documents.ingest.preview",
    "pyarrow.parquet",
    "pandas",
    "lxml.etree",
    "pypdf",
)


def file(kind, seeds, ending, change=change_bytes, **more) -> Target:
    """A target for files that people choose, of one kind."""
    return Target(
        f"documents {kind}",
        look_and_gather,
        imported(seeds, *_NEEDS),
        "documents import",
        f"a.{ending}",
        change,
        **more,
    )


TARGETS = [
    file("table", lambda: TABLES, "csv", change_words(TABLE_WORDS), covers=("documents look",)),
    file("json lines", lambda: JSON_LINES, "jsonl"),
    file("text", lambda: TEXTS, "txt", change_words(TEXT_WORDS)),
    file("markdown", lambda: TEXTS, "md", change_words(TEXT_WORDS)),
    file("page", lambda: PAGES, "html", change_words(PAGE_WORDS)),
    file("bytes", lambda: [*TEXTS[:1], *TABLES], "tsv"),
    file("pdf", lambda: [pdf_of("A storm", "closed the road", packed=True), pdf_tree(3), pdf_tree(40)], "pdf"),
    *(file(ending, seeds, ending) for ending, seeds in PACKED_SEEDS.items()),
    file("mail", lambda: MAILS, "mbox"),
    file("parquet", parquet_seeds, "parquet", may_end=True),
    Target(
        "documents bundle",
        open_bundle,
        imported(bundle_seeds, "core.documents.isolated", "pandas"),
        "documents bundle",
        "map.zip",
        change_bundle,
        may_end=True,
    ),
    Target(
        "kept corpus",
        open_corpus,
        imported(corpus_seeds, "core.documents.corpus", "pandas"),
        "",
        "about.json",
        change_json,
    ),
    Target(
        "kept record",
        recall,
        imported(record_seeds, "core.documents.pipeline.result_cache"),
        "",
        "record.json",
        change_json,
    ),
    Target(
        "judged folder",
        judge,
        imported(judged_seeds, "core.documents.retrieval.judged_folder"),
        "judged folder",
        "a.txt",
    ),
]
