"""Fetching from a hub on this machine that breaks off, sends wrong bytes, closes gates, or is not there."""

from __future__ import annotations

import json
import random
import shutil

import pytest

from core.errors import Cancelled, MissingModel, UnreadableFile, UserError
from core.models import hub
from core.models.hub.download import _check_room
from core.models.hub.listing import check_name
from core.runtime.worker import Worker
from tests.support.hub_server import FakeHub, fake_hub

GGUF = random.Random(1).randbytes(900_000)
FILES = {
    "lab/tiny-GGUF": {"tiny.Q8_0.gguf": GGUF, "tiny.Q4_K_M.gguf": GGUF[:200_000], "README.md": b"# Tiny\n"},
    "lab/encoder": {
        "config.json": b"{}",
        "modules.json": b"[]",
        "model.safetensors": GGUF[:5000],
        "vocab.txt": b"a\nb\n",
        "1_Pooling/config.json": b"{}",
        "pytorch_model.bin": b"pickle",
        "onnx/model.onnx": b"o",
        "onnx/model.safetensors": b"x",
        "custom.py": b"print(1)",
    },
    "lab/pickled": {"config.json": b"{}", "pytorch_model.bin": b"pickle"},
}


@pytest.fixture(scope="module")
def place(tmp_path_factory):
    return tmp_path_factory.mktemp("hub")


def process(url, place):
    return Worker(
        "core.models.hub.download:Hub",
        environment=hub.ENVIRONMENT
        | {
            "HF_ENDPOINT": url,
            "HF_HUB_OFFLINE": "0",
            "TEXTLAB_HOME": str(place),
            "HF_HOME": str(place / "hf"),
            "HF_TOKEN": "",
            "NO_PROXY": "127.0.0.1",
        },
        patience=2.0,
    )


@pytest.fixture(scope="module")
def running(place):
    """One server and one process for all tests: huggingface_hub reads where the hub is only once."""
    with fake_hub(FILES) as server:
        worker = process(server.url, place).start()
        yield server, worker
        worker.kill()


@pytest.fixture
def home(place, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(place))
    monkeypatch.delenv("HF_TOKEN", raising=False)
    for name in ("models", "downloads"):
        shutil.rmtree(place / name, ignore_errors=True)
    return place


@pytest.fixture
def lab(home, running):
    """The server without any fault, and the process that asks it."""
    server, worker = running
    fresh = FakeHub(FILES)
    for name in ("cut", "down", "wrong", "gone", "gated", "names_only", "slow_s", "asked", "_cut_once"):
        setattr(server, name, getattr(fresh, name))
    return server, worker


def test_a_file_is_fetched_checked_and_ready_offline(home, lab):
    server, worker = lab
    told = []
    assert hub.kept("lab/tiny-GGUF", "*Q8_0.gguf") is None
    listing = worker.call("listing", repo="lab/tiny-GGUF")
    assert listing["licence"] == "apache-2.0" and not listing["gated"]
    assert [(file["name"], file["size_bytes"]) for file in listing["files"]][0] == ("tiny.Q8_0.gguf", 900_000)
    folder = worker.call(
        "fetch", lambda fraction, doing: told.append((fraction, doing)), repo="lab/tiny-GGUF", names=["*q8_0.GGUF"]
    )
    path = hub.kept("lab/tiny-GGUF", "*Q8_0.gguf")
    assert str(path.parent) == folder and path.read_bytes() == GGUF and home in path.parents
    record = json.loads((path.parent / ".fetched.json").read_text())
    assert record["commit"].startswith("c0ffee") and record["licence"] == "apache-2.0"
    assert [name for name in (home / "downloads").iterdir()] == [], "no part file is left"
    before = len(server.asked)
    worker.call("fetch", repo="lab/tiny-GGUF", names=["tiny.Q8_0.gguf"])
    assert [path for _, path, _ in server.asked[before:]] == ["/api/models/lab/tiny-GGUF"], "not fetched again"
    assert {path.split("/")[1] for _, path, _ in server.asked} == {"api", "lab"}, "nothing else was asked"
    path.write_bytes(GGUF[:-1])
    assert hub.kept("lab/tiny-GGUF", "*Q8_0.gguf") is None, "a file cut short is not ready"


def test_a_connection_that_breaks_is_gone_on_with(home, lab):
    server, worker = lab
    server.cut = {"tiny.Q8_0.gguf": 500_000}
    worker.call("fetch", repo="lab/tiny-GGUF", names=["tiny.Q8_0.gguf"])
    assert hub.kept("lab/tiny-GGUF", "tiny.Q8_0.gguf").read_bytes() == GGUF
    ranges = [asked for _, path, asked in server.asked if path.endswith(".gguf")]
    assert ranges == ["", "bytes=262144-"], "what had come whole blocks of did not come again"


def test_a_download_that_failed_goes_on_at_the_next_press(home, lab):
    server, worker = lab
    server.cut = {"tiny.Q8_0.gguf": 300_000}
    server.down = {"tiny.Q8_0.gguf"}
    with pytest.raises(UserError, match=r"error \(503\).*0\.3 of 0\.9 MB are here and kept"):
        worker.call("fetch", repo="lab/tiny-GGUF", names=["tiny.Q8_0.gguf"])
    assert hub.kept("lab/tiny-GGUF", "tiny.Q8_0.gguf") is None
    server.down.clear()
    worker.call("fetch", repo="lab/tiny-GGUF", names=["tiny.Q8_0.gguf"])
    assert server.asked[-1][2] == "bytes=262144-"
    assert hub.kept("lab/tiny-GGUF", "tiny.Q8_0.gguf").read_bytes() == GGUF


def test_a_cancelled_download_and_a_killed_process_lose_no_more_than_a_block(home, lab):
    server, worker = lab
    server.slow_s = 0.05
    for stop in (lambda request: request.cancel(), lambda request: worker.kill()):
        request = worker.submit("fetch", repo="lab/tiny-GGUF", names=["tiny.Q8_0.gguf"])
        begun = len(server.asked)
        while request.fraction < 0.4 or len(server.asked) < begun:
            request._finished.wait(0.02)
        stop(request)
        with pytest.raises((Cancelled, UserError)):
            request.result(timeout=30)
    (part,) = (home / "downloads").glob("*.part")
    assert part.stat().st_size > 300_000
    server.slow_s = 0.0
    worker.call("fetch", repo="lab/tiny-GGUF", names=["tiny.Q8_0.gguf"])
    assert hub.kept("lab/tiny-GGUF", "tiny.Q8_0.gguf").read_bytes() == GGUF


def test_wrong_bytes_are_refused_and_not_kept(home, lab):
    server, worker = lab
    server.wrong = {"tiny.Q8_0.gguf", "config.json"}
    for repo, name in (("lab/tiny-GGUF", "tiny.Q8_0.gguf"), ("lab/encoder", "config.json")):
        with pytest.raises(UnreadableFile, match="checksum differs"):
            worker.call("fetch", repo=repo, names=[name])
        assert hub.kept(repo, name) is None and not list((home / "downloads").glob("*.part"))


def test_every_refusal_is_a_sentence(home, lab):
    server, worker = lab
    server.gone = {"tiny.Q4_K_M.gguf"}
    server.gated = {"lab/encoder"}
    for repo, name, kind, says in (
        ("lab/none", "x.gguf", MissingModel, "no repository “lab/none”"),
        ("lab/tiny-GGUF", "big.gguf", MissingModel, "for example: tiny.Q8_0.gguf"),
        ("lab/tiny-GGUF", "tiny.Q4_K_M.gguf", MissingModel, "no file “tiny.Q4_K_M.gguf” any more"),
        ("lab/encoder", "model.safetensors", UserError, "licence accepted first.*HF_TOKEN"),
        ("../../etc", "passwd", UserError, "not the name of a repository"),
        ("lab/pickled", "pytorch_model.bin", UserError, "can run code"),
    ):
        with pytest.raises(kind, match=says):
            worker.call("fetch", repo=repo, names=[name])
    assert not list(home.rglob("*.gguf"))


def test_without_a_network_it_says_so(home):
    worker = process("http://127.0.0.1:9", home)
    with pytest.raises(UserError, match="does not answer.*everything that is here works without it"):
        worker.call("listing", repo="lab/tiny-GGUF")
    worker.kill()
    worker = Worker("core.models.hub.download:Hub", environment={"HF_HUB_OFFLINE": "1"})
    with pytest.raises(UserError, match="HF_HUB_OFFLINE"):
        worker.call("fetch", repo="lab/tiny-GGUF", names=["tiny.Q8_0.gguf"])
    worker.kill()


def test_an_encoder_comes_without_pickles_and_code(home, lab):
    server, worker = lab
    folder = worker.call("fetch", repo="lab/encoder")
    assert sorted(hub.kept_files("lab/encoder")) == [
        "1_Pooling/config.json",
        "config.json",
        "model.safetensors",
        "modules.json",
        "vocab.txt",
    ]
    assert folder == str(hub.folder_of("lab/encoder"))
    with pytest.raises(UserError, match="no weights as safetensors"):
        worker.call("fetch", repo="lab/pickled")
    hub.remove("lab/encoder", "*.txt")
    assert "vocab.txt" not in hub.kept_files("lab/encoder") and hub.kept("lab/encoder", "model.safetensors")
    hub.remove("lab/encoder")
    assert hub.kept_files("lab/encoder") == {} and not hub.folder_of("lab/encoder").exists()


def test_of_several_models_that_fit_a_pattern_one_is_meant():
    def listed(*names):
        return hub.Listing("lab/x", "c", "", False, tuple(hub.HubFile(name, 1) for name in names))

    several = listed("x-UD-Q4_K_M.gguf", "x-Q4_K_M.gguf", "old/x-Q4_K_M.gguf", "x-Q8_0.gguf")
    assert [file.name for file in several.matching(["*q4_k_m.gguf"])] == ["x-Q4_K_M.gguf"]
    parts = listed("x-Q4_K_M-00001-of-00002.gguf", "x-Q4_K_M-00002-of-00002.gguf")
    assert len(parts.matching(["*Q4_K_M*.gguf"])) == 2


def test_a_mirror_that_lists_names_only(home, lab):
    server, worker = lab
    server.names_only = True
    worker.call("fetch", repo="lab/tiny-GGUF", names=["tiny.Q8_0.gguf"])
    assert hub.kept("lab/tiny-GGUF", "tiny.Q8_0.gguf").read_bytes() == GGUF


@pytest.mark.parametrize("name", ["../up.gguf", "a/../../b.gguf", ".hidden", "a/b/c/d/e.gguf", "x.py", "nul\0.gguf"])
def test_names_that_lead_elsewhere_are_refused(name):
    with pytest.raises(UserError):
        check_name(name)


def test_a_full_disk_is_said_before_anything_is_fetched(home):
    with pytest.raises(UserError, match="GB left"):
        _check_room(10**15)
