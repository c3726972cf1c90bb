"""The architectures of the talk's models, each as a tiny file with random weights and a matching vocabulary."""

import pytest

from core.errors import UserError
from core.pocket.gguf_writer import write_gguf
from core.prompting.engine import Settings, open_model
from tests.support.gguf_files import random_model


@pytest.mark.parametrize("architecture", ["llama", "mpt", "gptneox", "bloom", "falcon"])
def test_it_writes_stops_and_keeps_its_context(tmp_path, architecture):
    model = open_model(random_model(tmp_path / f"{architecture}.gguf", architecture), threads=1)
    prompt, ask = "the tall café 🧀", Settings(temperature=0, max_tokens=12, alternatives=3)
    first = [step.token_id for step in model.generate(prompt, ask, cold=True)]
    assert model.header.architecture == architecture and 0 < len(first) <= 13
    read = "".join(text for _, text, special in model.tokens_of(prompt) if not special)
    assert read.replace("\u2581", " ").strip() == prompt, "the vocabulary gives back the text"
    warm = [step.token_id for step in model.generate(prompt, ask)]
    assert model.timings.cached_tokens == model.timings.prompt_tokens - 1 and warm == first
    assert not model.chat_template
    model.close()


def test_a_model_that_only_embeds_is_refused_with_a_sentence(tmp_path):
    import numpy as np

    path = tmp_path / "bert.gguf"
    write_gguf(
        path,
        {"general.architecture": "bert", "bert.context_length": 64},
        {"token_embd.weight": np.zeros((4, 4), np.float32)},
    )
    with pytest.raises(UserError, match="turns texts into vectors"):
        open_model(path)


def test_a_sound_header_of_an_unknown_kind_gets_a_sentence(tmp_path):
    import numpy as np

    path = tmp_path / "new.gguf"
    write_gguf(path, {"general.architecture": "tomorrow"}, {"token_embd.weight": np.zeros((4, 4), np.float32)})
    model = open_model(path)
    with pytest.raises(UserError, match="cannot load") as refused:
        list(model.generate("x"))
    assert "newer than the installed" in refused.value.next_step
    model.close()
