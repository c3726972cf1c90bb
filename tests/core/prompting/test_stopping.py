"""Stopping, waiting, dying: whatever happens to an answer, the next one is as good as ever."""

import os
import signal
import threading
import time

import pytest

from core.errors import WorkerDied
from core.models.llama.context import tokens_at_once
from core.prompting.engine import Settings, open_model
from core.prompting.runs import Run
from tests.support.gguf_files import Shape, random_model
from tests.support.greedy import GREEDY, ONCE, text_of
from tests.support.processes import cut_off, held

HEARD_S = 2  # seconds, beside other tests; that it is within 0.3 s: tests.benchmarks.prompting_stop


def test_stop_while_writing_and_afterwards_all_is_as_before(model):
    before = text_of(model.generate(ONCE, GREEDY))
    answer = model.ask(ONCE, Settings(max_tokens=400, temperature=1))
    steps = answer.steps()
    next(steps)
    asked = time.monotonic()
    answer.cancel()
    assert len(list(steps)) < 400
    assert time.monotonic() - asked < HEARD_S
    assert answer.timings.ended_by == "stopped"
    assert text_of(model.generate(ONCE, GREEDY)) == before


def test_leaving_the_loop_stops_the_model(model):
    for _ in model.generate(ONCE, Settings(max_tokens=400)):
        break
    began = time.monotonic()
    list(model.generate(ONCE, Settings(max_tokens=1)))
    assert time.monotonic() - began < HEARD_S


def test_first_come_first_served(model):
    list(model.generate(ONCE, Settings(max_tokens=1)))
    with held(model.pid):
        answers = [model.ask(ONCE, Settings(max_tokens=60, seed=number)) for number in range(10)]
        assert [answer.place for answer in answers] == list(range(10))
    ended: list[int] = []

    def follow(number):
        list(answers[number].steps())
        ended.append(number)

    threads = [threading.Thread(target=follow, args=(number,)) for number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(ended) == list(range(10))
    starts = [answer.timings.queue_seconds + answer._request.submitted_at for answer in answers]
    assert starts == sorted(starts), "the later it was asked, the later its turn came"


def test_a_killed_process_costs_one_answer_and_keeps_its_text(stories_path):
    model = open_model(stories_path)
    run = cut_off(lambda: Run(lambda: model.ask(ONCE, Settings(max_tokens=400, temperature=1))), model)
    assert isinstance(run.error, WorkerDied) and run.ended_by == "broken off" and run.text
    assert text_of(model.generate(ONCE, GREEDY)), "asking again starts it anew"
    model.close()


@pytest.mark.skipif(os.name == "nt", reason="SIGSTOP is a POSIX matter")
def test_stop_ends_a_model_that_hangs_in_mid_answer_and_the_next_question_is_answered(stories_path):
    """As one does that waits for a disk, or a debugger: the system holds it, and it hears nothing."""
    model = open_model(stories_path)
    try:
        for _ in range(50):  # until it is held in the middle of an answer
            run = Run(lambda: model.ask(ONCE, Settings(max_tokens=480, temperature=1)), patience=60)
            while not run.text and run.look(0.01):
                pass
            hanging = model.pid
            os.kill(hanging, signal.SIGSTOP)
            if not run.look(0.3):
                os.kill(hanging, signal.SIGCONT)
                continue
            break
        written, asked = run.text, time.monotonic()
        assert written and not run.done
        run.stop()
        run.finish(HEARD_S)
        assert run.ended_by == "stopped" and run.text.startswith(written) and not run.error
        assert text_of(model.generate(ONCE, GREEDY)).startswith(", there was a little girl named Lily")
        assert time.monotonic() - asked < model._worker.patience + 10
        assert model.pid != hanging and not os.path.exists(f"/proc/{hanging}")
    finally:
        model.kill()


def test_nobody_watching_stops_the_model(model):
    run = Run(lambda: model.ask("Lily " * 3, Settings(max_tokens=500, temperature=1.5, seed=3)), patience=0.0)
    end = time.monotonic() + 60
    while not run.done and time.monotonic() < end:
        time.sleep(0.02)
    assert run.done and run.ended_by == "stopped"


def test_stop_while_reading_a_long_prompt_and_afterwards_all_is_as_before(tmp_path):
    shape = Shape(width=256, layers=6, heads=4, hidden=512, vocabulary=600, context=8192)
    model = open_model(random_model(tmp_path / "long.gguf", shape=shape), n_ctx=8192, threads=1)
    fresh = text_of(model.generate("w1 w2", GREEDY, cold=True))
    answer = model.ask([300, 301, 302] * 2400, GREEDY)
    steps = answer.steps(timeout=0.02)
    while answer.timings.evaluated_tokens == 0:
        next(steps)
    asked = time.monotonic()
    answer.cancel()
    assert list(step for step in steps if step) == []
    assert time.monotonic() - asked < HEARD_S and answer.timings.ended_by == "stopped"
    assert answer.timings.evaluated_tokens < answer.timings.prompt_tokens
    assert text_of(model.generate("w1 w2", GREEDY)) == fresh
    model.close()


def test_stop_while_loading_and_loading_again(stories_path):
    from core.errors import Cancelled
    from core.prompting.decoding.generation import ModelWorker
    from core.runtime.worker_process import Task

    host, stopped = ModelWorker(str(stories_path)), Task(1, lambda message: None)
    stopped.cancel()
    with pytest.raises(Cancelled):
        host.load(stopped)
    assert host.load(Task(2, lambda message: None))["n_ctx"] == 512


def test_an_answer_goes_on_while_its_tab_is_open_on_another_page(model):
    run = Run(lambda: model.ask(ONCE, Settings(max_tokens=450, temperature=1.5, seed=3)), patience=0.0)
    run.watched = lambda: True
    end = time.monotonic() + 60
    while not run.done and time.monotonic() < end:
        time.sleep(0.02)
    assert run.ended_by in ("max tokens", "end of text", "context full") and run.text


def test_stop_while_the_process_starts_and_loads(stories_path):
    """The first question starts an interpreter, imports llama.cpp and loads the file: a stop ends any of these."""
    for wait in (0.0, 0.1, 0.3):
        model = open_model(stories_path)
        run = Run(lambda model=model: model.ask(ONCE, Settings(max_tokens=480, temperature=1)))
        time.sleep(wait)
        asked = time.monotonic()
        run.stop()
        run.finish()
        assert time.monotonic() - asked < HEARD_S and run.ended_by == "stopped" and not run.error
        assert text_of(model.generate(ONCE, GREEDY)).startswith(", there was a little girl named Lily")
        model.close()


def test_stop_while_waiting_for_earlier_answers(model):
    list(model.generate(ONCE, Settings(max_tokens=1)))
    with held(model.pid):
        runs = []
        for ahead in range(5):
            runs.append(Run(lambda: model.ask(ONCE, Settings(max_tokens=480, temperature=1.5, seed=3)), patience=60))
            while not runs[-1].waiting_for:
                time.sleep(0.005)
            assert runs[-1].waiting_for.startswith(f"waiting: {ahead} " if ahead else "starting")
        last, asked = runs[-1], time.monotonic()
        last.stop()
        last.finish()
        assert time.monotonic() - asked < HEARD_S and last.ended_by == "stopped" and last.text == ""
    for run in runs:
        run.stop()
        run.finish()
        assert run.ended_by in ("stopped", "max tokens", "context full", "end of text")


def test_the_place_in_the_queue_counts_down(model):
    list(model.generate(ONCE, Settings(max_tokens=1)))
    with held(model.pid):
        ahead = model.ask(ONCE, Settings(max_tokens=480, temperature=1, seed=5))
        run = Run(lambda: model.ask(ONCE, GREEDY))
        while not run.waiting_for:
            time.sleep(0.005)
        assert run.waiting_for == "waiting: 1 answer ahead of this one"
    list(ahead.steps())
    run.finish()
    assert run.text and not run.waiting_for


def test_a_wide_model_reads_fewer_tokens_together_so_that_a_stop_is_heard():
    """Width 4,096: 8e9 / (7 x 4096^2) = 68 -> 64 tokens; 2,048: 272 -> 256; 768 and less: 512."""
    assert [tokens_at_once(width) for width in (0, 64, 768, 2048, 4096, 16_384)] == [512, 512, 512, 256, 64, 32]


def test_ten_sessions_see_their_places_and_who_leaves_gives_his_up(model):
    list(model.generate(ONCE, Settings(max_tokens=1)))
    before, runs = model.pid, []
    with held(before):
        for ahead in range(10):
            runs.append(Run(lambda: model.ask(ONCE, Settings(max_tokens=200, seed=3)), patience=600))
            waits_for(runs[-1], ahead)
        gone = runs.pop(4)
        gone._patience = 0.0  # its tab is closed: nobody looks any more
        gone_by = time.monotonic() + 60
        while not gone.done and time.monotonic() < gone_by:
            time.sleep(0.01)
        assert gone.ended_by == "stopped" and gone.text == "" and not gone.error
        for ahead, run in enumerate(runs):
            waits_for(run, ahead)
    for run in runs:
        run.finish()
        assert run.text and not run.error
    turns = [run._answer._request.started_at for run in runs]
    assert turns == sorted(turns), "first come, first served"
    assert model.pid == before and model.alive


def waits_for(run, ahead: int) -> None:
    """Wait until the run says that so many are ahead of it."""
    answers = "answer" if ahead == 1 else "answers"
    said = f"waiting: {ahead} {answers} ahead of this one" if ahead else "starting the model"
    end = time.monotonic() + 60
    while run.waiting_for != said and time.monotonic() < end:
        time.sleep(0.005)
    assert run.waiting_for == said
