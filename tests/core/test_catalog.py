import importlib

import pytest

from core import catalog
from core.errors import MissingModel


def test_unknown_key_names_near_ones():
    with pytest.raises(MissingModel, match="minilm"):
        catalog.find("minilmm")


def test_a_key_is_registered_once():
    with pytest.raises(ValueError, match="already"):
        catalog.register(catalog.find("minilm"))


@pytest.mark.parametrize("spec", catalog.of_kind("sentence-encoder") + catalog.of_kind("word-vectors")
                         + catalog.of_kind("tokenizer") + catalog.of_kind("corpus") + catalog.of_kind("language-model"),
                         ids=lambda spec: spec.key)
def test_every_spec_can_be_loaded_and_says_where_it_is_from(spec):
    module, function = spec.load.split(":")
    assert callable(getattr(importlib.import_module(module), function))
    assert spec.title and spec.source and spec.licence


def test_what_comes_embedded_is_on_this_machine():
    for key in ("minilm", "minilm-words", "lee", "pocket-chat", "pocket-base"):
        assert catalog.find(key).path is not None, key


def test_a_new_model_is_one_spec(monkeypatch):
    monkeypatch.setattr(catalog, "_specs", dict(catalog._specs))
    catalog.register(catalog.Spec("tiny", "Tiny", "corpus", "here", "none", "yes", "tests.core.counter:Counter"))
    assert catalog.load("tiny").value == "tiny"


def test_what_is_not_here_says_where_it_comes_from(monkeypatch, tmp_path):
    monkeypatch.setattr(catalog, "_specs", {})
    catalog.register(catalog.Spec("far", "Far away", "corpus", "the moon", "none", "yes", "x:y",
                                  locate=lambda: tmp_path / "none"))
    assert catalog.of_kind("corpus") == []
    with pytest.raises(MissingModel, match="the moon"):
        catalog.load("far")
