"""The client against a server that others wrote: `python -m llama_cpp.server`, on loopback, with three small models."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
import urllib.request

import numpy as np
import pytest

from core import catalog
from core.errors import UserError
from core.prompting.endpoint import connect
from core.prompting.engine import Settings, open_model
from tests.conftest import SHARED, skip_or_fail
from tests.support.bert_files import minilm_as_gguf
from tests.support.gguf_files import with_template

GREEDY = Settings(temperature=0, max_tokens=24, seed=1)
ONCE, HELLO = "Once upon a time", [{"role": "user", "content": "Hello"}]


class LlamaServer:
    """Three models on one address, loaded by turns as they are asked for."""

    def __init__(self, folder, port: int) -> None:
        self.chat = with_template(SHARED / "stories260k.gguf", folder / "chat.gguf")
        bert = minilm_as_gguf(catalog.find("minilm").path, folder / "minilm.gguf")
        # flash_attn as llama.cpp has it by itself: without it numbers are rounded otherwise, and near ties go otherwise
        (folder / "models.json").write_text(
            json.dumps(
                {
                    "host": "127.0.0.1",
                    "port": port,
                    "models": [
                        {
                            "model": str(self.chat),
                            "model_alias": "chat",
                            "n_ctx": 512,
                            "logits_all": True,
                            "n_threads": 1,
                            "flash_attn": True,
                        },
                        {"model": str(bert), "model_alias": "minilm", "embedding": True, "n_threads": 1},
                    ],
                }
            )
        )
        self.url = f"http://127.0.0.1:{port}/v1"
        self.log = folder / "server.log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "llama_cpp.server", "--config_file", str(folder / "models.json")],
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        for _ in range(600):
            assert self.process.poll() is None, self.log.read_text()
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{self.url}/models", timeout=1).close()
                return
            time.sleep(0.1)
        raise TimeoutError(self.log.read_text())

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    pytest.importorskip("fastapi", reason="the server's packages are among the tests' requirements")
    if not (SHARED / "stories260k.gguf").exists():
        skip_or_fail("the shared test data has no stories260k.gguf here")
    from tests.browser.conftest import free_port

    running = LlamaServer(tmp_path_factory.mktemp("server"), free_port())
    yield running
    running.kill()


def text_of(steps):
    return "".join(step.text for step in steps)


def test_it_says_which_models_it_has(server):
    assert connect(server.url).models() == ["chat", "minilm"]


@pytest.mark.parametrize("prompt", [ONCE, HELLO], ids=["text", "messages"])
def test_the_same_file_says_the_same_over_there_and_here(server, prompt):
    far, near = connect(server.url, "chat"), open_model(server.chat)
    assert text_of(far.generate(prompt, GREEDY)) == text_of(near.generate(prompt, GREEDY)) != ""
    assert far.timings.generated_tokens >= 20 and far.timings.first_token_seconds
    assert far.timings.ended_by == "max tokens"
    near.close()


def test_probabilities_come_along(server):
    asked = Settings(temperature=0, max_tokens=6, alternatives=3)
    for prompt in (ONCE, HELLO):
        steps = list(connect(server.url, "chat").generate(prompt, asked))
        assert all(0 < step.probability <= 1 and step.alternatives for step in steps)
        assert all(step.alternatives[0].text == step.text for step in steps)


def test_it_hears_of_grammars_and_stop_texts(server):
    far = connect(server.url, "chat")
    assert text_of(far.generate("So?", Settings(grammar='root ::= "yes" | "no"', max_tokens=9))) in ("yes", "no")
    assert text_of(far.generate("Once", Settings(temperature=0, max_tokens=60, stop=("was a",)))).endswith("there ")


def test_leaving_early_frees_it(server):
    far = connect(server.url, "chat")
    for _ in far.generate(ONCE, Settings(max_tokens=450, temperature=1)):
        break
    began = time.monotonic()
    assert text_of(far.generate(ONCE, Settings(temperature=0, max_tokens=2)))
    assert time.monotonic() - began < 60


def test_what_it_refuses_is_told_in_its_words(server):
    with pytest.raises(UserError, match="context") as refused:
        list(connect(server.url, "chat").generate("word " * 2000, GREEDY))
    assert "status 400" in refused.value.what


def test_its_vectors_are_those_of_our_own_encoder(server):
    texts = ["A llama in the Andes.", "The bank of the river"]
    ours = np.stack([catalog.load("minilm").encode_query(text) for text in texts])
    theirs = connect(server.url, "minilm").embed(texts)
    assert theirs.shape == (2, 384) and ((theirs * ours).sum(axis=1) > 0.9995).all()
    with pytest.raises(UserError):
        connect(server.url, "chat").embed(texts)


def test_the_server_cuts_a_text_as_its_model_s_file_does(server):
    from core.tokens import tokenizers
    from core.tokens.engines import remote

    theirs, ours = remote.connect(server.url, "chat"), tokenizers.load_file(server.chat)
    assert theirs.protocol.name == "llama_cpp.server"
    for text in ("Once upon a time", "  two  spaces", "é 片 🤖!", ""):
        assert theirs.ids(text) == ours.ids(text)
        assert theirs.ids(text, add_special=True) == ours.ids(text, add_special=True)
        assert [token.bytes for token in theirs.encode(text)] == [token.bytes for token in ours.encode(text)]
        assert theirs.decode(theirs.ids(text)) == ours.decode(ours.ids(text))


def test_a_server_killed_in_the_middle_keeps_what_came(server):  # the last one: nothing is left of the server after it
    far, got = connect(server.url, "chat", patience=5), []
    with pytest.raises(UserError, match="ended the answer too soon"):
        for step in far.generate(ONCE, Settings(max_tokens=480, temperature=1)):
            got.append(step.text)
            if len(got) == 3:
                os.kill(server.process.pid, signal.SIGKILL)
    assert len(got) >= 3
    with pytest.raises(UserError, match="Nothing answers"):
        list(far.generate(ONCE))
