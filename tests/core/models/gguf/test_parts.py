"""A language model in several files: all parts count, missing and foreign ones are named, llama.cpp reads the same."""

import hashlib

import pytest

from core.errors import MissingModel, UnreadableFile
from core.models.gguf import header as gguf_header
from core.models.gguf import parts as gguf_parts
from core.prompting.decoding.memory_estimate import estimate
from core.prompting.engine import Settings, open_model
from core.prompting.history import records
from core.prompting.runs import Run
from core.workflows import compare_encoders
from core.workflows.compare_encoders import Source
from tests.support.gguf_files import Shape, random_model, split


@pytest.fixture(scope="module")
def one(tmp_path_factory):
    return random_model(tmp_path_factory.mktemp("one") / "one.gguf", shape=Shape(width=64, hidden=128))


@pytest.fixture
def parts(one, tmp_path):
    return split(one, tmp_path, 3)


def test_all_parts_count(one, parts):
    alone, header = gguf_header.read(one), gguf_header.read(parts[0])
    assert header.tensors == alone.tensors and header.parameters == alone.parameters
    assert header.size_bytes == sum(path.stat().st_size for path in parts) > 1.5 * parts[0].stat().st_size
    assert header.path == parts[0] and header.architecture == "llama"
    assert estimate(header, 512).weights == header.size_bytes, "what the check of the memory goes by"
    assert gguf_parts.whole(alone, lambda path: pytest.fail("there are no others")) is alone


def test_the_names_of_the_parts(tmp_path):
    named = [path.name for path in gguf_parts.paths(tmp_path / "a-00001-of-00002.gguf")]
    assert named == ["a-00001-of-00002.gguf", "a-00002-of-00002.gguf"]
    assert gguf_parts.paths(tmp_path / "a-00002-of-00002.gguf")[0].name == named[0]
    for name in ("a.gguf", "a-1-of-2.gguf", "a-00001-of-00001.gguf", "a-00001-of-99999.gguf"):
        assert gguf_parts.paths(tmp_path / name) == [tmp_path / name]


def test_missing_parts_are_named_and_found_once_they_are_there(parts):
    gguf_header.read(parts[0])
    moved = parts[1].rename(parts[1].with_name("elsewhere"))
    with pytest.raises(MissingModel, match="1 of the 3 files .* missing: “split-00002-of-00003.gguf”") as refused:
        gguf_header.read(parts[0])
    assert "split-00001-of-00003.gguf" in refused.value.next_step
    moved.rename(parts[1])
    assert gguf_header.read(parts[0]).size_bytes == sum(path.stat().st_size for path in parts)


def test_of_many_missing_parts_some_are_named(one, tmp_path):
    parts = split(one, tmp_path, 8)
    for path in parts[1:]:
        path.unlink()
    with pytest.raises(MissingModel, match="7 of the 8 .*00002-of-00008.*00003.*00004-of-00008.gguf” and 4 more"):
        gguf_header.read(parts[0])


def test_a_later_part_a_renamed_one_and_a_foreign_one_get_a_sentence(one, parts, tmp_path):
    with pytest.raises(UnreadableFile, match="not the first part") as refused:
        gguf_header.read(parts[1])
    assert "split-00001-of-00003.gguf" in refused.value.next_step
    renamed = tmp_path / "renamed.gguf"
    renamed.write_bytes(parts[0].read_bytes())
    with pytest.raises(UnreadableFile, match="was renamed"):
        gguf_header.read(renamed)
    parts[2].write_bytes(parts[1].read_bytes())
    with pytest.raises(UnreadableFile, match="is not part 3 of"):
        gguf_header.read(parts[0])
    parts[2].write_bytes(one.read_bytes())
    with pytest.raises(UnreadableFile, match="is not part 3 of"):
        gguf_header.read(parts[0])
    parts[2].write_bytes(parts[1].read_bytes()[:-64])
    with pytest.raises(UnreadableFile, match="split-00003-of-00003.gguf” is cut short"):
        gguf_header.read(parts[0])


def test_llama_cpp_answers_alike_from_parts_linked_to_under_other_names(one, parts, tmp_path, monkeypatch):
    """As they lie in the hub's cache: links whose targets are named by a digest."""
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path / "home"))
    blobs, links = tmp_path / "blobs", tmp_path / "links"
    blobs.mkdir()
    links.mkdir()
    for number, path in enumerate(parts):
        (links / path.name).symlink_to(path.rename(blobs / f"{number:064}"))
    answers = []
    for path in (one, links / parts[0].name):
        model = open_model(path)
        run = Run(lambda model=model: model.ask([300, 301, 302], Settings(temperature=0, max_tokens=8)))
        run.finish()
        records.save(run, "completion", model, "a model", [300, 301, 302])
        model.close()
        assert not run.error and len(run.steps) == 8
        answers.append([step.token_id for step in run.steps])
    assert answers[0] == answers[1]
    (kept,) = [record for record in records.search() if "split-" in record.path]
    digest = hashlib.sha256(b"".join((links / path.name).read_bytes() for path in parts)).hexdigest()
    assert kept.about["sha256"] == digest and kept.about["bytes"] == gguf_parts.size_bytes(links / parts[0].name)


def test_an_encoder_in_parts_is_measured_whole_and_is_another_when_a_part_is(parts):
    source = Source("gguf", "in parts", str(parts[0]))
    assert compare_encoders.size_of(source) == sum(path.stat().st_size for path in parts)
    before = compare_encoders.inputs_of(source, "texts")
    parts[2].write_bytes(parts[2].read_bytes() + b"\0")
    assert compare_encoders.inputs_of(source, "texts") != before
