import random
import struct
import time

import pytest

from core.errors import MissingModel, UnreadableFile, UserError
from core.models.gguf import header as gguf_header
from core.runtime.worker import Worker
from tests.support.evil_files import gguf_with, value_number, value_numbers, value_text, value_texts
from tests.support.gguf_files import with_template


@pytest.fixture
def stories(shared_data):
    return shared_data("stories260k.gguf")


def test_facts_of_a_real_model(stories):
    """stories260K: 5 layers, 64 wide, 8 heads of which 4 for keys and values (Karpathy's llama2.c, table of models)."""
    header = gguf_header.read(stories)
    assert (header.architecture, header.context_length, header.vocabulary_size) == ("llama", 512, 512)
    assert header.parameters == pytest.approx(260_000, rel=0.15)
    assert header.cache_bytes(512) == 5 * 2 * 4 * 8 * 512 * 2
    assert header.chat_template is None and header.generates


def test_a_template_is_found(stories, tmp_path):
    header = gguf_header.read(with_template(stories, tmp_path / "chat.gguf"))
    assert "message['role']" in header.chat_template


@pytest.mark.parametrize("share", [0.001, 0.01, 0.3, 0.9, 0.999])
def test_a_file_cut_short_is_named_as_such(stories, tmp_path, share):
    content = stories.read_bytes()
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(content[: int(len(content) * share)])
    with pytest.raises(UnreadableFile, match="cut short") as refused:
        gguf_header.read(cut)
    assert "again" in refused.value.next_step


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"GGUF",
        b"PK\x03\x04" + b"x" * 400,
        b"tjgg" + b"\1" * 100,
        b"GGUF\x03\0\0\0" + b"\xff" * 400,
        b"\x80\x04\x95" + b"." * 100,
        "täxt".encode() * 99,
    ],
)
def test_what_is_no_model_gets_a_sentence(tmp_path, content):
    path = tmp_path / "odd.gguf"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile) as refused:
        gguf_header.read(path)
    assert refused.value.next_step


@pytest.mark.parametrize("path", ["/no/such/file.gguf", "/tmp", "nul\0byte", "x" * 5000, ""])
def test_a_wrong_path_gets_a_sentence(path):
    with pytest.raises(MissingModel):
        gguf_header.read(path)


def test_two_hundred_broken_headers(stories, tmp_path):
    """Each is refused with a sentence, by us or by llama.cpp in its process, or is still sound; the page never dies."""
    content, chance, refused, loaded = stories.read_bytes(), random.Random(5), 0, 0
    path, worker = tmp_path / "broken.gguf", Worker("tests.support.gguf_loader:Loader")
    for _ in range(200):
        broken = bytearray(content)
        for _ in range(chance.choice((1, 3, 30))):
            broken[chance.randrange(13_000 if chance.random() < 0.7 else 64)] = chance.randrange(256)
        path.write_bytes(broken)
        gguf_header._read.cache_clear()
        try:
            gguf_header.read(path)
            loaded += worker.submit("load", path=path).result(timeout=20)
        except UserError as error:
            refused += 1
            assert error.what and error.next_step
    worker.close()
    assert refused > 30 and loaded > 10 and refused + loaded == 200


def test_a_vocabulary_that_is_a_text_counts_as_none(tmp_path):
    path = tmp_path / "tokens_str.gguf"
    for tokens in (value_text(b"abc"), value_number(7), value_numbers(1, 2, 3), value_texts(b"a", b"b")):
        path.write_bytes(
            gguf_with(
                general__architecture=value_text(b"llama"),
                general__name=value_number(1),
                llama__context_length=value_text(b"long"),
                tokenizer__chat_template=value_number(1),
                tokenizer__ggml__tokens=tokens,
            )
        )
        gguf_header._read.cache_clear()
        header = gguf_header.read(path)
        assert header.vocabulary_size in (0, 7, 2) and header.context_length == 0 and header.chat_template is None
        assert header.cache_bytes(100) == 0 and header.parameters == 0 and isinstance(header.name, str)


@pytest.mark.parametrize(
    "value, said",
    [
        (struct.pack("<IIQ", 9, 8, 4_000_000) + bytes(32_000_000), "3,000,000 values"),
        (struct.pack("<IIQ", 9, 9, 400_000) + struct.pack("<IQ6b", 0, 6, *range(6)) * 400_000, "10,000 lists of lists"),
        (struct.pack("<IIQ", 9, 9, 9_000) + (struct.pack("<IQ", 0, 1000) + bytes(1000)) * 9_000, "3,000,000 values"),
        (struct.pack("<IQ", 8, 70_000_000) + bytes(70_000_000), "64 MB of text"),
        (struct.pack("<IQ", 8, 1 << 62), "longer than the file"),
        (struct.pack("<IIQ", 9, 4, 1 << 62), "longer than"),
        (struct.pack("<IIQ", 9, 4, 2000), "ends in the middle|longer than"),
        (b"\x09\0\0\0" + struct.pack("<IQ", 9, 1) * 40, "unknown kind"),
        (struct.pack("<I", 99), "unknown kind"),
    ],
)
def test_what_a_header_may_hold_is_bounded_and_read_in_one_pass(tmp_path, value, said):
    path = tmp_path / "greedy.gguf"
    path.write_bytes(gguf_with(general__architecture=value_text(b"llama"), greedy=value))
    began = time.process_time()
    with pytest.raises(UnreadableFile, match=said):
        gguf_header.read(path)
    assert time.process_time() - began < 5


def test_a_file_that_is_shortened_while_it_is_read_is_a_sentence(tmp_path, monkeypatch):
    path = tmp_path / "shrinks.gguf"
    path.write_bytes(gguf_with(general__architecture=value_text(b"llama"), long=value_text(b"x" * 3_000_000)))
    window = gguf_header.Window

    def shorter(file, size):
        path.write_bytes(path.read_bytes()[:1_000_000])
        return window(file, size)

    monkeypatch.setattr(gguf_header, "Window", shorter)
    with pytest.raises(UnreadableFile, match="ends in the middle"):
        gguf_header.read(path)
