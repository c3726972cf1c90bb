"""Files of vectors that once froze the lab, filled its memory or raised what is no sentence; damaged stored sets."""

from __future__ import annotations

import gzip
import io
import json
import struct
import time
import zipfile

import numpy as np
import pytest

from core.errors import UnreadableFile
from core.words.files import arrays, formats, store
from core.words.files.formats import entries
from core.words.vectors import load

pytestmark = pytest.mark.timeout(120)


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path / "home"))


@pytest.fixture
def refused(tmp_path):
    """Write a file and read it: within 10 seconds it is refused with these words."""

    def check(name, content, says):
        path = tmp_path / name
        path.write_bytes(content)
        began = time.process_time()
        with pytest.raises(UnreadableFile, match=says) as caught:
            load(path)
        assert time.process_time() - began < 10 and caught.value.next_step

    return check


def npy(header: str, data: bytes = b"") -> bytes:
    text = header.encode() + b"\n"
    return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + data


def npz(**parts: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(f"{name}.npy", content)
    return file.getvalue()


WORDS = npy("{'descr': '<U1', 'fortran_order': False, 'shape': (2,), }", "ab".encode("utf-32-le"))
MATRIX = npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }", bytes(24))


def test_the_samples_here_are_read():
    with zipfile.ZipFile(io.BytesIO(npz(words=WORDS, matrix=MATRIX))) as archive:
        content = arrays.read_npz(archive, "a.npz", None, None)
    assert content.words == ["a", "b"] and content.matrix.shape == (2, 3)


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3, }",
        "{'descr': '<f4'}",
        "[1, 2]",
        "5",
        "",
        "(" * 5000,
        "{'descr': '<f4', 'fortran_order': 5, 'shape': (2, 3)}",
        "{'descr': [5], 'fortran_order': False, 'shape': (2, 3)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-2, 3)}",
        "{'descr': 'x', 'fortran_order': False, 'shape': (2,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': 'ab'}",
        "x" * 20_000,
        "-" * 9000 + "1",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3.0)}",
    ],
)
def test_a_damaged_header_of_an_array_is_told(refused, header):
    refused("a.npz", npz(words=WORDS, matrix=npy(header, bytes(24))), "header is damaged|does not match its header")
    refused(
        "a.npz", npz(words=npy(header, bytes(24)), matrix=MATRIX), "header is damaged|does not match its header|of type"
    )


@pytest.mark.parametrize("shape", ["(2000000000, 300)", "(2, 3, 1000000000)", f"({10**30}, 1)", "(2, 4)"])
def test_a_shape_that_is_larger_than_its_file_is_refused_before_it_is_made(refused, shape):
    header = f"{{'descr': '<f4', 'fortran_order': False, 'shape': {shape}, }}"
    refused("a.npz", npz(words=WORDS, matrix=npy(header, bytes(24))), "does not match its header|ends too soon")


def test_objects_structures_and_letters_that_are_none_are_refused(refused):
    described = "{'descr': %s, 'fortran_order': False, 'shape': (2,), }"
    refused("a.npz", npz(words=npy(described % "'|O'", bytes(99)), matrix=MATRIX), "pickle")
    refused("a.npz", npz(words=npy(described % "[('a', '|O')]", bytes(99)), matrix=MATRIX), "pickle")
    refused("a.npz", npz(words=npy(described % "[('a', '<f4')]", bytes(99)), matrix=MATRIX), "of type")
    refused("a.npz", npz(words=npy(described % "'<U1'", b"\xff" * 8), matrix=MATRIX), "damaged")
    refused("a.npz", npz(words=npy(described % "'<U100000'", bytes(900_000)), matrix=MATRIX), "of type")


def test_an_archive_that_unpacks_to_far_more_than_it_is_is_refused(refused):
    header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 20000000), }"
    refused("a.npz", npz(words=WORDS, matrix=npy(header, bytes(160_000_000))), "unpacks from")
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("vectors.txt", b"a 1 2\n" * 20_000_000)
    refused("a.zip", file.getvalue(), "unpacks from")


def test_columns_in_the_file_one_after_the_other_and_other_numbers_are_read(tmp_path):
    whole = np.arange(12).reshape(4, 3)
    for kind in ("f8", "i2", "u1", ">f4"):
        np.savez(tmp_path / "a.npz", words=np.array(list("abcd")), matrix=np.asfortranarray(whole.astype(kind)))
        assert np.array_equal(load(tmp_path / "a.npz").matrix, whole)


def test_a_matrix_is_read_block_by_block(tmp_path, monkeypatch):
    monkeypatch.setattr(arrays, "BLOCK", 24)
    np.savez(tmp_path / "a.npz", words=np.array(list("abcde")), matrix=np.arange(15.0).reshape(5, 3))
    assert load(tmp_path / "a.npz").matrix.tolist() == np.arange(15.0).reshape(5, 3).tolist()


# ---------------------------------------------------------------- safetensors


def tensors(about, data=bytes(24)) -> bytes:
    text = about if isinstance(about, bytes) else json.dumps(about).encode()
    return struct.pack("<Q", len(text)) + text + data


RIGHT = {"dtype": "F32", "shape": [2, 3], "data_offsets": [0, 24]}


@pytest.mark.parametrize("words", ["nope", "[1, 2]", "{}", "5", "[" * 100_000, 5, ["a", "b"], None])
def test_words_that_are_no_list_are_told(refused, words):
    about = {"matrix": RIGHT, "__metadata__": {"words": words}}
    refused("a.safetensors", tensors(about), "not a list of texts|no words")


@pytest.mark.parametrize(
    "changes",
    [
        {"dtype": 5},
        {"dtype": "F8_E4M3"},
        {"shape": [2, "3"]},
        {"shape": [2, -3]},
        {"shape": [2 << 60, 3]},
        {"shape": 5},
        {"data_offsets": None},
        {"data_offsets": [24, 0]},
        {"data_offsets": [-24, 0]},
        {"data_offsets": [0, 1 << 62]},
        {"data_offsets": [0, 23]},
        {"data_offsets": ["0", 24]},
    ],
)
def test_a_tensor_that_is_not_what_it_says_is_refused(refused, changes):
    about = {"matrix": {**RIGHT, **changes}, "__metadata__": {"words": '["a", "b"]'}}
    refused("a.safetensors", tensors(about), "cannot be read|no matrix")


@pytest.mark.parametrize(
    "about", [b"{]" * 9, b"{" + b'"a":{' * 100_000, b'{"a":5}' + b" " * 10, b"{}      ", b'{"__metadata__": 5}']
)
def test_a_description_that_is_none_is_refused(refused, about):
    refused("a.safetensors", tensors(about), "cannot be read|no matrix")


def test_halves_of_letters_are_replaced(tmp_path):
    path = tmp_path / "a.safetensors"
    path.write_bytes(tensors({"matrix": RIGHT, "__metadata__": {"words": '["a", "\\ud800"]'}}))
    assert store.import_file(path).words == 2 and load(path).words == ("a", "?")


# ---------------------------------------------------------------- text and binary


@pytest.mark.parametrize(
    "name, content, says",
    [
        ("wide.txt", b"a " + b"1 " * 1_000_000 + b"\n", "1,000,000 numbers in a row"),
        ("endless.txt", b"a " + b"1 " * 30_000_000, "a line of more than"),
        ("bomb.txt.gz", gzip.compress(b"a 1 2\n" + bytes(200_000_000), 1), "more than"),
        ("zeros.txt.gz", gzip.compress(bytes(200_000_000), 1), "no numbers"),
        ("rows.bin", b"999999999 20000\na " + bytes(100), "ends within row 1"),
        ("columns.bin", b"9 99999\na " + bytes(100), "says it holds"),
        ("word.bin", b"9 300\n" + b"a" * 30_000_000, "sensible length"),
    ],
)
def test_sizes_are_bounded_before_anything_is_made(refused, name, content, says):
    refused(name, content, says)


def test_a_packed_text_that_goes_on_for_ever_is_stopped(refused, monkeypatch):
    monkeypatch.setattr(formats.zip_files, "FREE_BYTES", 1_000_000)
    refused("bomb.txt.gz", gzip.compress(b"word 1 2\n" * 2_000_000), "unpacks to more than 7 MB")


def test_an_archive_with_a_damaged_list_gives_a_sentence(tmp_path):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.txt", b"a 1\n")
    (tmp_path / "a.zip").write_bytes(file.getvalue().replace(b"PK\1\2", b"PK\1\0"))
    with pytest.raises(UnreadableFile):
        entries(tmp_path / "a.zip")
    assert entries(tmp_path / "nothing.zip") == []


# ---------------------------------------------------------------- stored sets


@pytest.mark.parametrize(
    "changes",
    [
        {"title": 5},
        {"title": None},
        {"words": "2"},
        {"words": -1},
        {"dimension": 1.5},
        {"notes": [5]},
        {"notes": 5},
        {"seconds": "x"},
        {"key": "another"},
        {"more": 1},
    ],
)
def test_facts_of_another_kind_are_damage(tmp_path, changes):
    (tmp_path / "a.txt").write_bytes(b"a 1 2\nb 3 4\n")
    kept = store.import_file(tmp_path / "a.txt")
    facts = store._folder(kept.key) / "facts.json"
    facts.write_text(json.dumps({**json.loads(facts.read_text()), **changes}))
    assert store.stored() == []
    with pytest.raises(UnreadableFile):
        store.open_stored(kept.key)


@pytest.mark.parametrize(
    "name, content",
    [
        ("matrix.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3, }")),
        ("matrix.npy", b""),
        ("matrix.npy", npy("{'descr': '<i4', 'fortran_order': False, 'shape': (2, 2), }", bytes(16))),
        ("lengths.npy", npy("{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }", bytes(4))),
        ("words.txt", b"a\nb\nc"),
        ("words.txt", b"\xff\xfe"),
        ("facts.json", b"[" * 100_000),
        ("facts.json", b"[]"),
    ],
)
def test_parts_of_a_stored_set_that_do_not_fit_are_damage(tmp_path, name, content):
    (tmp_path / "a.txt").write_bytes(b"a 1 2\nb 3 4\n")
    kept = store.import_file(tmp_path / "a.txt")
    (store._folder(kept.key) / name).write_bytes(content)
    with pytest.raises(UnreadableFile):
        store.open_stored(kept.key)
    assert store.import_file(tmp_path / "a.txt").words == 2, "its file can be opened again"
