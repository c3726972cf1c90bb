"""How many layers go onto a graphics card: by arithmetic, and by what a process chooses with cards that are played."""

import pytest

from core.errors import UserError
from core.models.llama import gpu
from core.models.llama import model as llama
from core.models.llama.gpu import Device, layers_that_fit
from core.models.llama.load_settings import LoadSettings
from core.prompting.decoding.generation import ModelWorker
from core.runtime.worker_process import Task
from tests.support.gguf_files import Shape, random_model

GB = 1_000_000_000


@pytest.mark.parametrize("free, total, expected", [(3 * GB, 4 * GB, 15), (24 * GB, 24 * GB, 33), (GB // 4, 4 * GB, 0)])
def test_layers_that_fit_by_hand(free, total, expected):
    """4.4 GB in 32 layers and 0.5 GB of keys and values: 4.9 / 33 = 148 MB a layer."""
    assert layers_that_fit(4_400_000_000, 32, 500_000_000, [Device("card", free, total)]) == expected


def test_two_cards_hold_more_and_none_holds_nothing():
    one = Device("card", 3 * GB, 4 * GB)
    assert layers_that_fit(4_400_000_000, 32, 500_000_000, [one, one]) == 30
    assert layers_that_fit(4_400_000_000, 32, 500_000_000, []) == 0


@pytest.mark.parametrize(
    "wanted, mode, expected",
    [(-1, "full", 4), (2, "full", 2), (99, "full", 4), (0, "full", 0), (-1, "plain", 0), (-1, "cpu", 0)],
)
def test_what_a_process_chooses_and_tells(tmp_path, monkeypatch, wanted, mode, expected):
    monkeypatch.setattr(llama, "offloads", lambda: True)
    monkeypatch.setattr(gpu, "devices", lambda: [Device("A card", 8 * GB, 8 * GB)])
    path = random_model(tmp_path / "m.gguf", shape=Shape(width=32, layers=3, heads=2, hidden=64, vocabulary=400))
    worker, told = ModelWorker(str(path), mode=mode, gpu_layers=wanted), []
    assert worker._gpu_layers(Task(1, told.append)) == expected
    if expected:
        assert worker.gpu == {"layers": expected, "of": 4, "names": ["A card"]}
        assert {"has_gpu": True} in [message.get("note") for message in told]


def test_without_a_library_that_offloads_all_stays_on_the_processor(tmp_path):
    if llama.offloads():
        pytest.skip("this library computes on a GPU")
    assert gpu.devices() == []


@pytest.mark.parametrize(
    "wrong, words",
    [
        ({"flash_attention": "sometimes"}, "Flash attention"),
        ({"cache_type": "f4"}, "KV cache type"),
        ({"cache_type": "q8_0", "flash_attention": "off"}, "needs flash attention"),
        ({"threads": -1}, "threads"),
        ({"gpu_layers": -2}, "layers"),
        ({"n_ctx": 1 << 22}, "trained for 4,096"),
    ],
)
def test_settings_that_cannot_be_had_get_a_sentence(wrong, words):
    with pytest.raises(UserError, match=words):
        LoadSettings(**wrong).checked(4096)
