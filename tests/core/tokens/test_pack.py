"""The archive's vocabularies: every pair that came with them, published ids, OpenAI's files byte for byte."""

from __future__ import annotations

import hashlib
import inspect
import io
import os
import tarfile

import pytest

from core.errors import Cancelled, MissingModel, UnreadableFile, UserError
from core.tokens import pack, tokenizers
from core.tokens.formats import source_archive
from tests.core.tokens.conftest import loaded


@pytest.fixture
def from_pack(packed):
    return loaded


@pytest.mark.parametrize("key", pack.FILES)
def test_every_pair_of_the_archive(packed, key):
    proof = pack.prove(key, loaded(key))
    assert proof.good == proof.pairs
    assert proof.pairs == {"qwen-3.5": 51, "gemma-4": 46, "gpt-neox": 0, "xlm-r": 0, "aquila": 0, "baichuan": 0}.get(
        key, 47
    )


def test_a_proof_that_does_not_hold(packed):
    assert pack.prove("gpt-2").holds
    other = pack.prove("gpt-2", loaded("mpt"))
    assert other.pairs == 47 and 0 < other.good < 47 and not other.holds


def test_there_are_708_pairs(packed):
    assert sum(len(pack.pairs_of(key)) for key in pack.FILES) == 708


@pytest.mark.parametrize("key", pack.REBUILT)
def test_openai_s_files_byte_for_byte(packed, key):
    from tiktoken_ext import openai_public

    rebuilt = pack.REBUILT[key]
    source, count, expected = rebuilt.source, rebuilt.count, rebuilt.sha256
    body = pack.tiktoken_file(pack.path_of(source), count)
    assert hashlib.sha256(body).hexdigest() == expected
    published = inspect.getsource(openai_public.cl100k_base if key == "gpt-4" else openai_public.r50k_base)
    assert expected in published, "the hash is the one that tiktoken itself checks"
    assert pack._rebuild().keys() == pack.REBUILT.keys()


# text, tokenizer, ids; from the sources named in each line
PUBLISHED = [
    ("The dog eats the apples", "gpt-2", [464, 3290, 25365, 262, 22514]),  # Willison 2023
    ("片仮名", "gpt-2", [31965, 229, 20015, 106, 28938, 235]),
    ("hello world", "gpt-2", [31373, 995]),
    ("hello world", "gpt-4", [15339, 1917]),  # tiktoken's tests
    ("antidisestablishmentarianism", "gpt-2", [415, 29207, 44390, 3699, 1042]),  # OpenAI cookbook
    ("antidisestablishmentarianism", "gpt-4", [519, 85342, 34500, 479, 8997, 2191]),
    ("2 + 2 = 4", "gpt-3", [17, 1343, 362, 796, 604]),
    ("2 + 2 = 4", "gpt-4", [17, 489, 220, 17, 284, 220, 19]),
    ("お誕生日おめでとう", "gpt-4", [33334, 45918, 243, 21990, 9080, 33334, 62004, 16556, 78699]),
    ("tiktoken is great!", "gpt-4", [83, 1609, 5963, 374, 2294, 0]),
    (
        "hello123!!!? (안녕하세요!) 😉",
        "gpt-4",
        [15339, 4513, 12340, 30, 320, 31495, 230, 75265, 243, 92245, 16715, 57037],
    ),  # minbpe's README
    ("Hello World", "llama-2", [15043, 2787]),  # llama-cpp-python's tests
    ("Hello World</s>", "llama-2", [15043, 2787, 829, 29879, 29958]),
    (" SolidGoldMagikarp", "gpt-2", [43453]),
    (" davidjl", "gpt-4", [99944]),
]


@pytest.mark.parametrize(("text", "key", "ids"), PUBLISHED)
def test_published_ids(from_pack, text, key, ids):
    assert from_pack(key).ids(text) == ids


def test_published_ids_with_special_tokens(from_pack):
    assert from_pack("llama-2").ids("Hello World</s>", True, True) == [1, 15043, 2787, 2]
    assert from_pack("gpt-2").ids("hello <|endoftext|>", parse_special=True) == [31373, 220, 50256]
    assert from_pack("gpt-4").ids("hello <|endoftext|>", parse_special=True) == [15339, 220, 100257]
    assert len(from_pack("gpt-2").ids("El perro come las manzanas")) == 8
    assert len(from_pack("gpt-2").ids("お誕生日おめでとう")) == 14


def test_phi_3_s_names_take_the_blanks_behind_them(from_pack):
    """As the tokenizer.json of its maker has it (rstrip), and llama.cpp by the model's name."""
    text = "<|user|>\nHi<|end|>\n<|assistant|>\n"
    assert from_pack("phi-3").ids(text, parse_special=True) == [32010, 6324, 32007, 32001]
    as_file = tokenizers.load_file(pack.path_of("phi-3"))
    assert as_file.ids(text, parse_special=True) == [32010, 6324, 32007, 32001]
    assert [token.id for token in as_file.encode(text, parse_special=True)] == [32010, 6324, 32007, 32001]


def test_qwen_normalises_first(from_pack):
    qwen = from_pack("qwen-2")
    assert qwen.ids("e\u0301") == qwen.ids("é")
    assert qwen.analyse("xe\u0301y").typed_ends.tolist()[-1] == 5


@pytest.mark.parametrize("key", ["gemma-4", "deepseek-llm", "falcon"])
def test_a_long_text_is_encoded_in_stretches_as_a_whole(from_pack, key):
    made = from_pack(key)
    engine = made.engine if key == "gemma-4" else made.engine._engine
    text = "Größe,\n\n 12  片仮名 🤖 \r\n  x ▁ y.\n" * 900
    assert made.plain_ids(text) == engine.encode(text, add_special_tokens=False).ids


def test_xlm_r_normalises_as_sentencepiece_does(from_pack):
    xlm = from_pack("xlm-r")
    assert [xlm.piece(token) for token in xlm.ids("ﬁne ½ …")] == ["▁fine", "▁1⁄2", "▁..."]


def test_an_archive_of_another_content_is_refused(tmp_path):
    path = tmp_path / "llama_cpp_python-0.3.36.tar.gz"
    path.write_bytes(b"something else")
    with pytest.raises(UnreadableFile, match="SHA-256"):
        pack.download(path)


def test_only_known_names_come_out_of_an_archive(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path / "home"))
    archive = tmp_path / "evil.tar.gz"
    prefix = f"llama_cpp_python-{source_archive.VERSION}/{source_archive.FOLDER}/"
    with tarfile.open(archive, "w:gz") as tar:
        for name in (
            "ggml-vocab-gpt-2.gguf",
            "../../../escaped",
            "templates/../../up.jinja",
            "templates/a.jinja",
            "other.gguf",
        ):
            info = tarfile.TarInfo(prefix + name)
            info.size = 4
            tar.addfile(info, io.BytesIO(b"GGUF"))
        link = tarfile.TarInfo(prefix + "ggml-vocab-mpt.gguf")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        tar.addfile(link)
    source_archive.unpack(archive, pack.FILES, pack.folder())
    home = tmp_path / "home"
    found = sorted(str(path.relative_to(home)) for path in home.rglob("*") if path.is_file())
    assert found == ["tokenizers/gpt-2.gguf", "tokenizers/templates/a.jinja"]
    assert not pack.path_of("mpt").exists()


def test_without_the_pack_the_way_to_it_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    with pytest.raises(MissingModel, match="core.tokens.pack"):
        tokenizers.load("gpt-2")


def _pip_that(does: str, folder, monkeypatch) -> None:
    """Stands in for Python: what pip would do with the arguments that it is given."""
    stand_in = folder / "python"
    stand_in.write_text(f'#!/bin/sh\nwhile [ "$1" != --dest ]; do shift; done\n{does}\n')
    stand_in.chmod(0o755)
    monkeypatch.setattr(source_archive.sys, "executable", str(stand_in))


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for pip is a shell script")
def test_fetching_tells_how_much_has_come(tmp_path, monkeypatch):
    name = "llama_cpp_python-0.3.36.tar.gz"
    monkeypatch.setattr(source_archive, "BYTES", 1000)
    _pip_that(
        f'mkdir "$TMPDIR/pip-unpack"; head -c 500 /dev/zero > "$TMPDIR/pip-unpack/{name}"; sleep 0.9;'
        f'head -c 1000 /dev/zero > "$2/{name}"',
        tmp_path,
        monkeypatch,
    )
    told: list[float] = []
    (tmp_path / "into").mkdir()
    assert source_archive.fetch(tmp_path / "into", told.append).name == name
    assert 0.5 in told and told == sorted(told)


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for pip is a shell script")
def test_fetching_can_fail_and_be_cancelled(tmp_path, monkeypatch):
    _pip_that("echo 'ERROR: no such index' >&2; exit 1", tmp_path, monkeypatch)
    with pytest.raises(UserError, match="no such index"):
        source_archive.fetch(tmp_path)
    _pip_that('echo $$ > "$2/running"; exec sleep 60', tmp_path, monkeypatch)

    def cancel(_share: float) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        source_archive.fetch(tmp_path, cancel)
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "running").read_text()), 0)
