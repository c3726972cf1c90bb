"""The same six words of five numbers in every form that programs write: all are read alike, oddities are noted."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import struct
import tarfile
import zipfile

import numpy as np
import pytest

from core.errors import UnreadableFile
from core.words.files import store
from core.words.files.formats import entries
from core.words.vectors import load

WORDS = ["king", "queen", "man", "woman", "apple", "pear"]
MATRIX = np.random.default_rng(5).normal(size=(6, 5)).round(4).astype(np.float32)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path / "home"))


def numbers(row, point: str = ".") -> list[str]:
    return [f"{value:.4f}".replace(".", point) for value in row]


def text(between: str = " ", after: str = " ", point: str = ".", end: str = "\n", quote: str = "") -> str:
    """Rows with these separators; `after` is what stands between a word and its numbers."""
    return "".join(
        f"{quote}{word}{quote}{after}{between.join(numbers(row, point))}{end}"
        for word, row in zip(WORDS, MATRIX, strict=True)
    )


def aligned() -> str:
    return "".join(
        f"{word:<10}" + "".join(f"{n:>12}" for n in numbers(row)) + "\n"
        for word, row in zip(WORDS, MATRIX, strict=True)
    )


def check(path, notes: str = "", words=WORDS) -> None:
    vectors = load(path)
    assert list(vectors.words) == list(words)
    assert np.allclose(vectors.matrix, MATRIX, atol=1e-4)
    said = "; ".join(vectors.notes)
    assert (notes in said) if notes else not said, said


TEXTS = {
    "several spaces": (text("   ", "  "), ""),
    "aligned columns": (aligned(), ""),
    "a tab after the word": (text(" ", "\t"), ""),
    "tabs": (text("\t", "\t"), ""),
    "tabs and spaces mixed": (text(" \t ", "\t \t"), ""),
    "leading spaces": ("".join("   " + line + "\n" for line in text().splitlines()), ""),
    "trailing spaces": (text(end=" \n"), ""),
    "trailing tabs": (text("\t", "\t", end="\t\n"), ""),
    "windows": (text(end="\r\n"), ""),
    "old macs": (text(end="\r"), ""),
    "byte order mark": ("\ufeff" + text(), ""),
    "byte order mark and header": ("\ufeff6 5\n" + text(), ""),
    "header by tab": ("6\t5\n" + text("\t", "\t"), ""),
    "header on windows": ("6 5\r\n" + text(end="\r\n"), ""),
    "header after a comment": ("# vectors\n6 5\n" + text(), "1 comment line was skipped"),
    "header count too small": ("3 5\n" + text(), "the file announces 3 words and holds 6"),
    "header count too large": ("9 5\n" + text(), "the file announces 9 words and holds 6"),
    "header dimension too small": ("6 4\n" + text(), "the header says 4 dimensions, the rows have 5"),
    "header dimension too large": ("6 300\n" + text(), "the header says 300 dimensions, the rows have 5"),
    "blank lines": (text().replace("man", "\n\nman", 1) + "\n", "3 blank lines were skipped"),
    **{
        f"comments by {mark}": (f"{mark} my vectors\n{mark} made in 2024\n" + text(), "2 comment lines were skipped")
        for mark in ("#", "//", "%", ";", "--", "!")
    },
    "a comment with five fields": ("# one two three four 5\n" + text(), "1 comment line was skipped"),
    "commas": (text(",", ","), ""),
    "commas and spaces": (text(", ", ", "), ""),
    "semicolons": (text(";", ";"), ""),
    "bars": (text("|", "|"), ""),
    "decimal commas": (text(";", ";", ","), ""),
    "decimal commas and tabs": (text("\t", "\t", ","), ""),
    "quotes": (text(",", ",", quote='"'), ""),
    "quotes everywhere": ("".join(f'"{line}"\n' for line in text('","', '","').splitlines()), ""),
    "quoted words with spaces": (text(quote='"'), ""),
    "decimal commas in quotes": (text('","', ',"', ",", end='"\n'), ""),
    "numbers in brackets": (text(", ", " [", end="]\n"), ""),
    "a column of lists": ("word,vector\n" + text(", ", ',"[', end=']"\n'), "the first line names the columns"),
    "a colon after the word": (text(" ", ": "), ""),
    "names of columns": ("word,a,b,c,d,e\n" + text(",", ","), "the first line names the columns"),
    "numbers of columns": (",0,1,2,3,4\n" + text(",", ","), "the first line names the columns"),
    "names of columns, semicolons": ("token;x1;x2;x3;x4;x5\n" + text(";", ";", ","), "names the columns"),
    "numbers of rows": (
        "".join(f"{i},{line}\n" for i, line in enumerate(text(",", ",").splitlines())),
        "the number that each row begins with was left out",
    ),
    "no line end": (text().rstrip("\n"), ""),
}


@pytest.mark.parametrize("name", TEXTS)
def test_text_is_read_however_it_is_written(tmp_path, name):
    content, notes = TEXTS[name]
    (tmp_path / "vectors.txt").write_bytes(content.encode())
    check(tmp_path / "vectors.txt", notes)


def test_words_may_hold_the_separator_and_quotes_are_words_where_not_all_have_them(tmp_path):
    (tmp_path / "a.txt").write_text("new york 1 2 3\n. . . 4 5 6\n\" 7 8 9\n' 1 1 2\nin 1999 3 2 1\n", encoding="utf-8")
    assert load(tmp_path / "a.txt").words == ("new york", ". . .", '"', "'", "in 1999")
    (tmp_path / "a.csv").write_text('"new york",1,2,3\n"say ""hi""",4,5,6\n",",7,8,9\n', encoding="utf-8")
    assert load(tmp_path / "a.csv").words == ("new york", 'say "hi"', ",")


@pytest.mark.parametrize("kind", ["<f4", "<f8", ">f4", ">f8"])
@pytest.mark.parametrize("end", [b"\n", b""])
@pytest.mark.parametrize("header", ["6 5\n", "", "4 5\n", "9 5\n", "6 7\n"])
def test_binary_is_read_in_any_width_and_order_with_a_right_wrong_or_missing_header(tmp_path, kind, end, header):
    rows = [word.encode() + b" " + row.astype(kind).tobytes() + end for word, row in zip(WORDS, MATRIX, strict=True)]
    (tmp_path / "a.bin").write_bytes(header.encode() + b"".join(rows))
    vectors = load(tmp_path / "a.bin")
    count = 4 if header.startswith("4") else 6
    assert list(vectors.words) == WORDS[:count] and np.allclose(vectors.matrix, MATRIX[:count], atol=1e-6)
    said = "; ".join(vectors.notes)
    for what, when in (
        ("64 bits", kind[1:] == "f8"),
        ("big-endian", kind[0] == ">"),
        ("no header", not header),
        ("bytes after them were not read", header.startswith("4")),
        ("announces 9 words and holds 6", header.startswith("9")),
        ("the header says 7 dimensions, the rows have 5", "7" in header),
    ):
        assert (what in said) == when, said


def packed(how: str, name: str, content: bytes, *more: tuple[str, bytes]) -> bytes:
    """One file, or some, packed."""
    file = io.BytesIO()
    if how in ("gz", "bz2", "xz"):
        return {"gz": gzip, "bz2": bz2, "xz": lzma}[how].compress(content)
    if how == "zip":
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for entry, data in ((name, content), *more):
                archive.writestr(entry, data)
    else:
        with tarfile.open(fileobj=file, mode=how.replace("tar.", "w:").replace("tar", "w")) as archive:
            for entry, data in ((name, content), *more):
                info = tarfile.TarInfo(entry)
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
    return file.getvalue()


def saved(**arrays) -> bytes:
    file = io.BytesIO()
    np.savez(file, **arrays)
    return file.getvalue()


def one_array() -> bytes:
    file = io.BytesIO()
    np.save(file, MATRIX)
    return file.getvalue()


def binary() -> bytes:
    rows = [word.encode() + b" " + row.tobytes() + b"\n" for word, row in zip(WORDS, MATRIX, strict=True)]
    return b"6 5\n" + b"".join(rows)


def tensors(name: str = "embeddings", matrix=MATRIX, kind: str = "F32", **more) -> bytes:
    about, data = {}, b""
    for key, (dtype, array) in {name: (kind, matrix), **more}.items():
        about[key] = {"dtype": dtype, "shape": list(array.shape), "data_offsets": [len(data), len(data) + array.nbytes]}
        data += array.tobytes()
    head = json.dumps(about).encode()
    return struct.pack("<Q", len(head)) + head + data


LIST = "\n".join(WORDS).encode() + b"\n"
ROWS = "".join("\t".join(numbers(row)) + "\n" for row in MATRIX).encode()
TOKENIZER = {"model": {"type": "WordPiece", "vocab": {word: i for i, word in enumerate(WORDS)}}}
PACKABLE = {
    "vectors.txt": (text().encode(),),
    "vectors.csv": (text(",", ",").encode(),),
    "vectors.bin": (binary(),),
    "vectors.json": (json.dumps(dict(zip(WORDS, MATRIX.tolist(), strict=True))).encode(),),
    "vectors.npz": (saved(words=np.array(WORDS), matrix=MATRIX),),
    "vectors.npy": (one_array(), ("words.txt", LIST)),
    "vectors.tsv": (ROWS, ("metadata.tsv", LIST)),
    "model.safetensors": (tensors(), ("tokenizer.json", json.dumps(TOKENIZER).encode())),
}


@pytest.mark.parametrize("how", ["", "gz", "bz2", "xz", "zip", "tar", "tar.gz", "tar.bz2", "tar.xz"])
@pytest.mark.parametrize("name", PACKABLE)
def test_every_format_is_read_from_every_packing(tmp_path, name, how):
    content, *more = PACKABLE[name]
    archive = how == "zip" or how.startswith("tar")
    for other, data in [] if archive else more:
        (tmp_path / other).write_bytes(data)
    path = tmp_path / (f"{name}.{how}" if how else name)
    path.write_bytes(packed(how, f"set/{name}", content, *((f"set/{o}", d) for o, d in more)) if how else content)
    check(path)
    assert [entry.name for entry in entries(path)] == ([f"set/{name}"] if archive else [])
    kept = store.import_file(path)
    assert list(store.open_stored(kept.key).words) == WORDS


@pytest.mark.parametrize(
    "arrays",
    [
        {"arr_0": np.array(WORDS), "arr_1": MATRIX},
        {"arr_0": MATRIX, "arr_1": np.array(WORDS)},
        {"whatever": MATRIX.astype(np.float64), "names": np.array([word.encode() for word in WORDS])},
        {"freqs": np.arange(6), "mean": np.zeros((1, 5)), "w": MATRIX, "id2word": np.array(WORDS)},
        {"vectors": np.asfortranarray(MATRIX), "words": np.array(WORDS).reshape(6, 1)},
        dict(zip(WORDS, MATRIX, strict=True)),
    ],
)
def test_the_arrays_of_an_npz_may_have_any_names_and_order(tmp_path, arrays):
    (tmp_path / "a.npz").write_bytes(saved(**arrays))
    check(tmp_path / "a.npz")


@pytest.mark.parametrize("turned", [MATRIX.T.copy(), np.asfortranarray(MATRIX.T)])
def test_a_matrix_with_a_column_for_each_word_is_turned(tmp_path, turned):
    (tmp_path / "a.npz").write_bytes(saved(a=turned, b=np.array(WORDS)))
    check(tmp_path / "a.npz", "has a column for each word")


PAIRS = list(zip(WORDS, MATRIX.tolist(), strict=True))


@pytest.mark.parametrize(
    "value",
    [
        dict(PAIRS),
        {word: {"vector": row} for word, row in PAIRS},
        [{"word": word, "vector": row} for word, row in PAIRS],
        [{"token": word, "embedding": row, "count": 3} for word, row in PAIRS],
        {"words": WORDS, "vectors": MATRIX.tolist()},
        {"vectors": MATRIX.tolist(), "vocab": {word: i for i, word in enumerate(WORDS)}},
        {"columns": [0, 1, 2, 3, 4], "index": WORDS, "data": MATRIX.tolist()},
        [[word, row] for word, row in PAIRS],
        [[word, *row] for word, row in PAIRS],
        {"data": dict(PAIRS)},
        {"data": [{"text": word, "embedding": row} for word, row in PAIRS], "model": "x"},
        {"word": WORDS, "vector": MATRIX.tolist()},
        [{"word": word, **{f"d{i}": value for i, value in enumerate(row)}} for word, row in PAIRS],
        {word: " ".join(map(str, row)) for word, row in PAIRS},
        {"title": "mine", "vectors": dict(PAIRS)},
    ],
)
def test_json_is_read_in_its_common_shapes(tmp_path, value):
    for indent in (None, 1):
        (tmp_path / "a.json").write_text(json.dumps(value, indent=indent), encoding="utf-8")
        check(tmp_path / "a.json")


@pytest.mark.parametrize("row", [lambda w, v: {"word": w, "vector": v}, lambda w, v: [w, v], lambda w, v: {w: v}])
def test_json_lines_are_read_and_a_bad_line_costs_itself(tmp_path, row):
    lines = [json.dumps(row(word, vector)) for word, vector in PAIRS]
    (tmp_path / "a.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
    check(tmp_path / "a.jsonl")
    (tmp_path / "a.jsonl").write_text("\n".join([*lines, '{"word": "cut", "vec']) + "\n", encoding="utf-8")
    check(tmp_path / "a.jsonl", "1 line was skipped: line 7")


def test_bad_entries_of_json_are_skipped_and_named(tmp_path):
    bad = {"short": [1], "text": ["a"] * 5, "nothing": None, "nan": [1, 2, 3, 4, float("nan")]}
    (tmp_path / "a.json").write_text(json.dumps(dict(PAIRS) | bad), encoding="utf-8")
    check(tmp_path / "a.json", "4 entries were skipped: entry 7 (“short”) has 1 values; 5 are expected")


@pytest.mark.parametrize(
    "name, content",
    [
        ("words.txt", LIST),
        ("vectors.txt", LIST.rstrip()),
        ("vocab.json", json.dumps(WORDS).encode()),
        ("vectors.json", json.dumps({word: i for i, word in enumerate(WORDS)}).encode()),
        ("labels.csv", b"id,word\n" + b"".join(f"{i},{word}\n".encode() for i, word in enumerate(WORDS))),
        ("vectors_words.csv", LIST),
        ("metadata.tsv", b"label\tcount\n" + b"".join(f"{word}\t7\n".encode() for word in WORDS)),
    ],
)
@pytest.mark.parametrize("matrix", ["vectors.npy", "vectors.tsv", "vectors.safetensors"])
def test_words_are_found_beside_a_matrix(tmp_path, matrix, name, content):
    (tmp_path / matrix).write_bytes({"npy": one_array(), "tsv": ROWS}.get(matrix[8:], tensors("matrix")))
    with pytest.raises(UnreadableFile, match="without words|no words"):
        load(tmp_path / matrix)
    (tmp_path / "words.txt").write_bytes(b"one\ntwo\n")
    with pytest.raises(UnreadableFile, match="words.txt has 2"):
        load(tmp_path / matrix)
    (tmp_path / name).write_bytes(content)
    check(tmp_path / matrix)


@pytest.mark.parametrize("tensor", ["vectors.tsv", "state.bytes"])
def test_the_projectors_configuration_names_its_files(tmp_path, tensor):
    (tmp_path / tensor).write_bytes(ROWS if tensor.endswith("tsv") else MATRIX.tobytes())
    (tmp_path / "labels_of_it.tsv").write_bytes(LIST)
    about = {
        "tensorName": "w",
        "tensorShape": [6, 5],
        "tensorPath": f"../x/{tensor}",
        "metadataPath": "labels_of_it.tsv",
    }
    (tmp_path / "projector_config.json").write_text(json.dumps({"embeddings": [about]}), encoding="utf-8")
    check(tmp_path / "projector_config.json")
    check(tmp_path)


def test_the_projectors_words_alone_are_told(tmp_path):
    (tmp_path / "vectors.tsv").write_bytes(ROWS)
    (tmp_path / "metadata.tsv").write_bytes(LIST)
    with pytest.raises(UnreadableFile, match="holds the words of “vectors.tsv”"):
        load(tmp_path / "metadata.tsv")


def vocabulary(kind: str) -> dict:
    """A tokenizer of that kind, with pieces and special tokens between the six words."""
    begins = {"BPE": "Ġ", "Unigram": "▁"}.get(kind, "")
    tokens = ["[PAD]", *(begins + word for word in WORDS), "ing" if begins else "##ing"]
    vocab = [[token, -1.0] for token in tokens] if kind == "Unigram" else {token: i for i, token in enumerate(tokens)}
    return {"model": {"type": kind, "vocab": vocab}, "added_tokens": [{"id": 0, "content": "[PAD]", "special": True}]}


@pytest.mark.parametrize("kind", ["WordPiece", "BPE", "Unigram", "WordLevel"])
@pytest.mark.parametrize("number", ["F32", "F16", "BF16", "I8"])
@pytest.mark.parametrize("folder", [".", "0_StaticEmbedding"])
def test_folders_of_static_models_give_their_whole_words(tmp_path, kind, number, folder):
    table = np.vstack([np.ones((1, 5)), MATRIX, np.ones((1, 5))]).astype(np.float32)
    if number == "I8":
        table = np.clip(table * 40, -127, 127).astype(np.int8)
    elif number == "BF16":
        table = (table.view(np.uint32) >> 16).astype(np.uint16)
    else:
        table = table.astype("f4" if number == "F32" else "f2")
    place = tmp_path / "model" / folder
    place.mkdir(parents=True)
    name = "embedding.weight" if folder != "." else "embeddings"
    (place / "model.safetensors").write_bytes(tensors(name, table, number))
    (place / "tokenizer.json").write_text(json.dumps(vocabulary(kind)), encoding="utf-8")
    (tmp_path / "model" / "config.json").write_text("{}", encoding="utf-8")
    vectors = load(tmp_path / "model")
    assert list(vectors.words) == WORDS
    assert "2 tokens that are pieces of words or special signs were left out" in vectors.notes
    cosines = [
        np.dot(a, b) / np.linalg.norm(a) / np.linalg.norm(b) for a, b in zip(vectors.matrix, MATRIX, strict=True)
    ]
    assert min(cosines) > 0.99


def test_model2vecs_mapping_gives_several_words_one_row(tmp_path):
    mapping = np.array([0, 1, 2, 3, 4, 4], np.int64)
    (tmp_path / "model.safetensors").write_bytes(tensors("embeddings", MATRIX[:5], mapping=("I64", mapping)))
    (tmp_path / "tokenizer.json").write_text(json.dumps(TOKENIZER), encoding="utf-8")
    assert np.array_equal(load(tmp_path).matrix, MATRIX[mapping])


@pytest.mark.parametrize(
    "content, says",
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:abc\nsize 12345\n", "Git LFS pointer"),
        (b"\n <!DocType html><html>", "a web page"),
        (b"\x28\xb5\x2f\xfd" + bytes(50), "Zstandard"),
        (b"word,count\nking,5\nqueen,6\n", "not a file of word vectors"),
        (ROWS, "without words|no words"),
    ],
)
def test_what_is_no_file_of_vectors_is_named(tmp_path, content, says):
    (tmp_path / "a.txt").write_bytes(content)
    with pytest.raises(UnreadableFile, match=says):
        load(tmp_path / "a.txt")


@pytest.mark.parametrize(
    "content, says",
    [
        (b"a 1 2\nb 1 2\nc 1 2\n", "all vectors are equal"),
        (b"a 1\nb 2\nc 3\n", "only one number per word"),
        (b"1990 1 2 3\n1991 3 1 2\n1992 2 2 1\n", "100 % of the words are numbers"),
        (b"a 0 0\nb 1 2\na 3 4\n", "1 word occurs twice; the first one counts (a); 1 vector is all zeros"),
    ],
)
def test_what_looks_wrong_is_noted(tmp_path, content, says):
    (tmp_path / "a.txt").write_bytes(content)
    assert says in "; ".join(load(tmp_path / "a.txt").notes)


@pytest.mark.parametrize("name", ["vectors.txt", "vectors.bin", "vectors.json", "vectors.npz"])
def test_the_first_words_only_are_read_where_so_many_are_asked_for(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(PACKABLE[name][0])
    kept = store.import_file(path, most=4)
    assert list(store.open_stored(kept.key).words) == WORDS[:4] and "only the first 4 words were read" in kept.notes
    assert store.import_file(path).words == 6, "all of them are another set"
