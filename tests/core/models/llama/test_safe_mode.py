"""Native code that crashes here: tried before it is trusted, left out where it failed, told in a sentence.

The crash is a real one (SIGSEGV) that a switch for tests brings about in the first computation of the modes it names.
"""

from __future__ import annotations

import os
import signal

import pytest

from core import storage
from core.errors import WorkerDied
from core.models.llama import safe_mode, trial
from core.models.llama.embedding import open_embedder
from core.models.llama.safe_mode import FULL, MODES
from core.prompting.engine import Settings, open_model
from core.runtime import machine
from tests.support.gguf_files import Shape, random_model

GREEDY = Settings(temperature=0, max_tokens=12)
CPU, PLAIN, SINGLE = MODES[1:]


@pytest.fixture
def fresh(tmp_path, monkeypatch):
    """A home of one's own in which nothing was tried yet, and the file of a tiny model."""
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path / "home"))
    monkeypatch.delenv(safe_mode.SETTING, raising=False)
    monkeypatch.setattr(trial, "_found", {})
    shape = Shape(width=64, layers=2, heads=4, hidden=96, vocabulary=600, context=512)
    return random_model(tmp_path / "tiny.gguf", shape=shape)


def crash_in(monkeypatch, *modes: str) -> None:
    monkeypatch.setenv(safe_mode.SIMULATED_CRASH, ",".join(modes))


def modes_from(mode, has_gpu: bool) -> list:
    """A mode and all that follow it."""
    following = safe_mode.safer(mode, has_gpu)
    return [mode, *(modes_from(following, has_gpu) if following else [])]


def text_of(model) -> str:
    return "".join(step.text for step in model.generate([300, 301], GREEDY))


def test_the_modes_are_taken_one_after_the_other_and_the_gpu_step_only_with_a_gpu():
    assert modes_from(FULL, has_gpu=True) == [FULL, CPU, PLAIN, SINGLE]
    assert modes_from(FULL, has_gpu=False) == [FULL, PLAIN, SINGLE]
    assert safe_mode.safer(SINGLE, has_gpu=True) is None


def test_a_trial_of_a_library_that_works_finds_nothing_wrong_and_is_kept(fresh, monkeypatch):
    assert trial.verdict() == trial.Verdict(FULL)
    monkeypatch.setattr(trial, "_found", {})
    monkeypatch.setattr(trial, "works_in", lambda mode: pytest.fail("it was tried already"))
    assert trial.verdict() == trial.Verdict(FULL), "found again at the next start"


def test_the_trial_falls_back_step_by_step_and_remembers(fresh, monkeypatch):
    tried: list[str] = []
    works_in = trial.works_in
    monkeypatch.setattr(trial, "works_in", lambda mode: tried.append(mode.key) or works_in(mode))
    crash_in(monkeypatch, "full")
    found = trial.verdict()
    assert found.mode is PLAIN and tried == ["full", "plain"]
    assert "crashes with" in found.why and "running without" in found.why
    monkeypatch.setattr(trial, "_found", {})
    assert trial.verdict() == found and tried == ["full", "plain"]
    crash_in(monkeypatch, "full", "plain")  # another setting: tried again; the last mode is taken untried
    assert trial.verdict().mode is SINGLE and tried[2:] == ["full", "plain"]


def test_another_library_file_or_another_processor_is_tried_again(fresh, monkeypatch):
    key = safe_mode.holds_for("trial")
    monkeypatch.setattr(safe_mode, "_library_files", lambda: "libggml-cpu.so 1 1")
    other_library = safe_mode.holds_for("trial")
    monkeypatch.setattr(machine, "identity", lambda: "another processor")
    assert len({key, other_library, safe_mode.holds_for("trial")}) == 3


def test_a_damaged_record_is_as_none(fresh, monkeypatch):
    key = safe_mode.holds_for("trial", "")
    for content in ("", "[]", '{"mode": "warp"}', '{"mode": 3}', "\0"):
        (storage.folder("llama") / f"mode-{key}.json").write_text(content, encoding="utf-8")
        monkeypatch.setattr(trial, "_found", {})
        assert trial.verdict().mode is FULL
        assert (safe_mode.remembered(key) or {})["mode"] == "full"


def test_nonsense_numbers_are_a_failure_too(fresh, monkeypatch):
    monkeypatch.setattr(trial, "MODELS", (fresh,))  # random weights know nothing of English
    assert trial.works_in(FULL)[0] is False


def test_where_no_trial_can_be_had_nothing_is_remembered(fresh, monkeypatch):
    monkeypatch.setattr(trial, "works_in", lambda mode: (None, {}))
    assert trial.verdict().mode is FULL and not list(storage.folder("llama").iterdir())


def test_the_environment_can_name_the_mode(fresh, monkeypatch):
    monkeypatch.setenv(safe_mode.SETTING, "plain")
    monkeypatch.setattr(trial, "works_in", lambda mode: pytest.fail("nothing is tried"))
    model = open_model(fresh)
    assert text_of(model) and model._worker.mode is PLAIN and "TEXTLAB_SAFE_MODE" in model.safe_note
    model.close()


def test_a_model_whose_first_computation_crashes_answers_all_the_same(fresh, monkeypatch):
    """The trial passed, then this model crashes: the person sees an answer and a sentence, no error."""
    expected = text_of(open_model(fresh))
    monkeypatch.setattr(trial, "verdict", lambda: trial.Verdict(FULL))
    crash_in(monkeypatch, "full")
    model = open_model(fresh)
    assert text_of(model) == expected and model._worker.mode is PLAIN
    assert model.safe_note.startswith("With this model llama.cpp crashes with")
    model.close()
    again = open_model(fresh)
    assert text_of(again) == expected and again._worker.mode is PLAIN, "remembered for this file"
    again.close()


def test_questions_behind_the_one_that_crashed_are_answered_in_their_order(fresh, monkeypatch):
    monkeypatch.setattr(trial, "verdict", lambda: trial.Verdict(FULL))
    crash_in(monkeypatch, "full")
    model = open_model(fresh)
    answers = [model.ask([300, 301 + number], GREEDY) for number in range(3)]
    texts = ["".join(step.text for step in answer.steps() if step) for answer in answers]
    assert all(answer.timings.generated_tokens == 12 for answer in answers) and len(set(texts)) > 1
    assert [step.token_id for step in model.measure([300, 301, 302])] == [300, 301, 302]
    model.close()


def test_where_every_mode_crashes_the_error_names_processor_library_and_what_to_try(fresh, monkeypatch):
    monkeypatch.setattr(trial, "verdict", lambda: trial.Verdict(FULL))
    crash_in(monkeypatch, "full", "plain", "single")
    model = open_model(fresh)
    with pytest.raises(WorkerDied) as died:
        text_of(model)
    assert "SIGSEGV" in died.value.what and "also in its safest mode" in died.value.what
    assert machine.cpu_name() in died.value.what and safe_mode.library_version() in died.value.what
    assert died.value.next_step
    assert not list(storage.folder("llama").glob("mode-*.json")), "a file that always crashes says nothing of a mode"
    model.close()


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is a POSIX matter")
def test_a_process_that_was_killed_or_crashed_later_is_not_started_in_another_mode(fresh, monkeypatch):
    monkeypatch.setattr(trial, "verdict", lambda: trial.Verdict(FULL))
    model = open_model(fresh)
    assert text_of(model)
    for number in (signal.SIGKILL, signal.SIGSEGV):
        answer = model.ask([300] * 20, Settings(temperature=1, max_tokens=480))
        steps = answer.steps()
        next(step for step in steps if step)
        os.kill(model.pid, number)
        with pytest.raises(WorkerDied):
            list(steps)
        assert model._worker.mode is FULL and text_of(model)
    model.close()


def test_an_embedder_falls_back_as_well(fresh, monkeypatch):
    expected = open_embedder(fresh).embed(["w1 w2"])
    monkeypatch.setattr(trial, "verdict", lambda: trial.Verdict(FULL))
    crash_in(monkeypatch, "full")
    embedder = open_embedder(fresh)
    assert float((embedder.embed(["w1 w2"]) * expected).sum()) > 0.999
    embedder.close()


@pytest.mark.parametrize(
    "features, mode, words",
    [
        ({"amx_tile", "amx_int8"}, PLAIN, "This build of llama.cpp crashes with AMX on this CPU; running without it."),
        ({"avx2"}, PLAIN, "This build of llama.cpp crashes with weights repacked for this CPU; running without them."),
        ({"avx2"}, CPU, "This build of llama.cpp crashes on this GPU; running on the CPU."),
        ({"avx2"}, FULL, ""),
    ],
)
def test_the_sentence_says_what_is_left_out(monkeypatch, features, mode, words):
    monkeypatch.setattr(machine, "cpu_features", lambda: frozenset(features))
    assert safe_mode.sentence(mode) == words
