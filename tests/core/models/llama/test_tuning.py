"""Tuning: what follows from measurements that are given, and the measurement itself on a small real model."""

from __future__ import annotations

import numpy as np
import pytest

from core.models.llama import model as llama
from core.models.llama import safe_mode, tuning
from core.models.llama.background_tuning import BackgroundTuning
from core.models.llama.load_settings import LoadSettings
from core.models.llama.tuned import TunedContext
from core.models.llama.tuning import Curve, Tuning
from core.prompting.decoding.generation import ModelWorker
from core.prompting.engine import Settings, open_model
from core.prompting.settings import Step
from core.runtime.worker_process import Task
from tests.support.gguf_files import Shape, random_model

# Seconds a token as on the machine of the figures in the module: quick at once with flash attention, slow behind 2,048.
MEASURED = Tuning(
    2,
    2,
    Curve((0, 661, 2048), (1 / 112, 1 / 56.6, 1 / 27.9)),
    Curve((0, 661, 2048), (1 / 102, 1 / 85.3, 1 / 57.6)),
    0.08,
    2048,
    switchable=True,
)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    shape = Shape(width=64, layers=3, heads=4, hidden=96, vocabulary=600, context=4096)
    path = random_model(tmp_path_factory.mktemp("tuned") / "m.gguf", shape=shape)
    opened = llama.Model(str(path), lambda share: False)
    yield opened
    opened.close()


def test_the_gain_is_that_of_the_measured_speeds():
    assert MEASURED.gain(2048) == pytest.approx(57.6 / 27.9)
    assert MEASURED.gain(0) == 1, "where flash attention is quicker nothing is gained, and nothing lost"
    assert Tuning(2, 2).gain(2048) == 1


def test_between_two_depths_and_beyond_the_last_a_curve_is_straight():
    curve = Curve((32, 640, 2048), (1.0, 2.0, 4.0))
    assert [curve.at(depth) for depth in (0, 32, 336, 640, 1344, 2048, 3456)] == [1, 1, 1.5, 2, 3, 4, 6]
    assert Curve((5,), (0.25,)).at(1000) == 0.25


def test_ways_so_near_each_other_that_a_trial_cannot_tell_are_equal():
    near = Tuning(2, 2, Curve((0,), (1.03,)), Curve((0,), (1.0,)), 0.0, 1, switchable=True)
    assert near.lost_by_writing(True, 9) == 0 and near.gain(9) == 1


def test_it_survives_being_written_down():
    assert Tuning.from_dict(MEASURED.as_dict()) == MEASURED
    for wrong in (
        {},
        {"threads_writing": 2},
        MEASURED.as_dict() | {"flash": 3},
        MEASURED.as_dict() | {"plain": {"depths": [5, 1], "seconds": [1, 1]}},
    ):
        with pytest.raises((KeyError, TypeError, ValueError)):
            Tuning.from_dict(wrong)


def test_writing_behind_a_long_text_changes_to_plain_attention_and_a_long_prompt_back(model):
    context = TunedContext(model, 4096, 2, 512, MEASURED)
    tokens = np.random.default_rng(1).integers(300, 600, 4000).tolist()
    assert context.flash
    for number in range(40):
        context.decode([tokens[number]])
    assert context.flash, "behind a few tokens flash attention is the quicker way"
    for start in range(40, 2040, 500):
        context.decode(tokens[start : start + 500])
    assert context.flash and context.depth == 2040
    written = 0
    while context.flash and written < 40:
        context.decode([tokens[written]])
        written += 1
    assert not context.flash and written < 15, "as soon as more was lost than changing takes"
    context.decode(tokens[:20])
    assert not context.flash, "a short question is not worth a change"
    context.decode(tokens[:500])
    assert context.flash
    context.close()


def test_changing_changes_no_answer(model):
    tokens = np.random.default_rng(1).integers(300, 600, 900).tolist()

    def written(with_tuning: Tuning | None) -> tuple[list[int], bool]:
        context = TunedContext(model, 1024, 2, 512, with_tuning, flash=True)
        for start in (0, 450):
            context.decode(tokens[start : start + 450])
        found = []
        for _ in range(40):
            found.append(int(context.logits().argmax()))
            context.decode(found[-1:])
        changed = not context.flash
        context.close()
        return found, changed

    quick = Tuning(2, 2, Curve((0,), (1.0,)), Curve((0,), (0.5,)), 10.0, 10_000, switchable=True)
    (plain, _), (tuned, changed) = written(None), written(quick)
    assert changed and plain == tuned


def test_who_chose_threads_or_attention_gets_just_that(model):
    for settings in (LoadSettings(threads=2), LoadSettings(flash_attention="on")):
        assert settings.fixed
    context = TunedContext(model, 1024, 2, 512, MEASURED, fixed=True, flash=True)
    for _ in range(30):
        context.decode([300] * 30)
        context.decode([300])
    assert context.flash and context._threads == (2, 2)
    context.close()


def test_the_measurement_on_a_real_model_finds_plausible_lines_in_time(model):
    found = next(filter(None, (tuning.measure(model, 2048, 2, safe_mode.FULL, 1536) for _ in range(5))), None)
    if found is None:
        pytest.skip("other programs took the processor during each of five trials")
    assert found.switchable and 0 < found.flash.at(0) < 1 and 0 < found.plain.at(2048) < 1
    assert found.flash.depths == (32, 640, 1984) and found.threads_writing in (1, 2) and found.switch_at(2048) > 0
    assert found.seconds < 3.5


def test_a_model_whose_cache_cannot_be_carried_over_stays_as_llama_cpp_chooses(model, monkeypatch):
    monkeypatch.setattr(tuning.cache_layout, "repeated", lambda *_, **__: (_ for _ in ()).throw(ValueError("other")))
    found = tuning.measure(model, 1024, 2, safe_mode.FULL, 1536)
    assert found is not None and not found.switchable
    context = TunedContext(model, 1024, 2, 512, found)
    context.decode([300] * 100)
    assert context.flash is None
    context.close()


def test_the_worker_tunes_and_follows_in_the_middle_of_a_conversation(model, tmp_path, monkeypatch):
    shape = Shape(width=64, layers=3, heads=4, hidden=96, vocabulary=600, context=1024)
    worker = ModelWorker(str(random_model(tmp_path / "m.gguf", shape=shape)), n_ctx=1024, threads=0)
    worker.threads = 2
    task = Task(1, lambda message: None)
    settings = {"temperature": 0.0, "max_tokens": 8}

    def answer() -> list[int]:
        return [
            Step.from_list(step).token_id
            for event in worker.generate(task, prompt=[300] * 200, settings=settings)
            for step in event.get("steps", ())
        ]

    before = answer()
    assert worker.context and worker.context.flash is None
    quick = Tuning(2, 2, Curve((0,), (1.0,)), Curve((0,), (0.5,)), 1.0, 10_000, switchable=True)
    monkeypatch.setattr(tuning, "measure", lambda *_, **__: quick)
    assert worker.tune(task) == quick.as_dict() and worker.context.flash is not None
    assert answer() == before and worker.context.flash is False


def test_a_model_is_tried_once_after_an_answer_and_found_again_at_the_next_start(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    monkeypatch.setattr("core.models.llama.background_tuning.SMALL_BYTES", 0)
    monkeypatch.setattr("core.models.llama.background_tuning.WAIT_S", 0.0)
    asked: list[str] = []
    monkeypatch.setattr(BackgroundTuning, "_try", _told(asked))
    shape = Shape(width=64, layers=2, heads=4, hidden=96, vocabulary=600, context=512)
    path = random_model(tmp_path / "m.gguf", shape=shape)
    model = open_model(path)
    list(model.generate([300], Settings(max_tokens=2)))
    for _ in range(100):
        if model.tuning:
            break
        __import__("time").sleep(0.02)
    assert model.tuning == MEASURED and asked == ["tune"]
    list(model.generate([300], Settings(max_tokens=2)))
    model.close()
    assert asked == ["tune"] and open_model(path).tuning == MEASURED
    assert open_model(path, threads=1).tuning is None, "the person chose"


def _told(asked: list[str]):
    def try_it(self: BackgroundTuning) -> None:
        asked.append("tune")
        self.known = MEASURED
        safe_mode.remember(self._key, MEASURED.as_dict(), "tuning")

    return try_it
