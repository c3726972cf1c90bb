import errno
import os
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path

import pytest

from core.errors import Cancelled, OutOfMemory, UnreadableFile, UserError, WorkerDied
from core.runtime import jobs
from core.runtime.worker import Worker
from tests.conftest import ROOT

pytestmark = pytest.mark.timeout(60)


@pytest.fixture
def counter():
    worker = Worker("tests.support.counter:Counter", {"start": 10})
    yield worker
    worker.kill()


def wait_until(true, seconds=30.0):
    end = time.monotonic() + seconds
    while not true() and time.monotonic() < end:
        time.sleep(0.02)
    assert true()


def test_calls_and_streams_an_object_in_another_process(counter):
    assert counter.call("add", number=5) == 15
    assert counter.call("add", number=1) == 16, "the object keeps its state between calls"
    assert list(counter.stream("count", upto=4)) == [0, 1, 2, 3]
    assert counter.call("pid") == counter.pid != os.getpid()


def test_threads_of_a_worker_wait_briefly_unless_somebody_says_otherwise(counter, monkeypatch):
    name = "OPENBLAS_THREAD_TIMEOUT"
    monkeypatch.delenv(name, raising=False)
    assert counter.call("environment", name=name) == "18"
    monkeypatch.setenv(name, "22")
    for own, expected in (({}, "22"), ({name: "26"}, "26")):
        other = Worker("tests.support.counter:Counter", environment=own)
        assert other.call("environment", name=name) == expected
        other.kill()


def test_leaving_a_stream_early_cancels_it_and_the_worker_goes_on(counter):
    for number in counter.stream("count", upto=100_000, pause=0.005):
        if number == 3:
            break
    started = time.monotonic()
    assert counter.call("add", number=0) == 10
    assert time.monotonic() - started < 5, "of its own it would go on for eight minutes"


def test_progress_arrives_and_an_exception_from_it_cancels_the_call(counter):
    seen = []
    counter.call("long", steps=20, on_progress=lambda fraction, doing: seen.append((fraction, doing)))
    assert seen and seen[-1][1].startswith("step")

    def stop(fraction, doing):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        counter.call("long", steps=10_000, on_progress=stop)
    assert counter.call("add", number=0) == 10


def test_cancel_raises_cancelled(counter):
    request = counter.submit("long", steps=10_000)
    wait_until(lambda: request.started_at)
    request.cancel()
    with pytest.raises(Cancelled):
        request.result(timeout=30)


def test_first_come_first_served_with_the_place_in_the_queue(counter):
    requests = [counter.submit("long", steps=15) for _ in range(10)]
    assert requests[9].place >= 8
    for request in requests:
        assert request.result(timeout=20) == 15
        assert request.place == 0
    finished = [request.number for request in requests]
    assert finished == sorted(finished)


def test_a_request_in_the_queue_can_be_cancelled_before_it_starts(counter):
    first, second = counter.submit("long", steps=50), counter.submit("add", number=1)
    second.cancel()
    assert first.result(timeout=20) == 50
    with pytest.raises(Cancelled):
        second.result(timeout=30)
    assert counter.call("add", number=0) == 10


def test_a_user_error_keeps_its_kind_and_words(counter):
    with pytest.raises(UnreadableFile, match="cut short") as caught:
        counter.call("refuse")
    assert caught.value.next_step == "Fetch it again."


def test_a_bug_in_the_worker_surfaces_with_its_traceback(counter):
    with pytest.raises(RuntimeError, match="ZeroDivisionError"):
        counter.call("bug")


def test_what_a_worker_prints_does_not_disturb_its_answers(counter, capfd):
    assert counter.call("print_to_stdout") == "ok"


def test_a_target_that_does_not_exist_is_reported_with_each_request():
    with pytest.raises(RuntimeError, match="nowhere"):
        Worker("core.nowhere:Nothing").call("anything")


def test_a_request_cancelled_in_the_queue_ends_at_once_and_the_others_go_on(counter):
    first, second, third = (
        counter.submit("long", steps=60),
        counter.submit("long", steps=60),
        counter.submit("add", number=3),
    )
    second.cancel()
    assert second.done and third.place <= 1 and not first.done
    with pytest.raises(Cancelled):
        second.result(timeout=0)
    assert first.result(timeout=30) == 60 and third.result(timeout=30) == 13


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is a POSIX matter")
def test_a_killed_worker_costs_its_requests_and_starts_again(counter):
    streamed = []
    stream = counter.stream("count", upto=100_000, pause=0.01)
    with pytest.raises(WorkerDied):
        for number in stream:
            streamed.append(number)
            if number == 5:
                os.kill(counter.pid, signal.SIGKILL)
    assert streamed[:6] == [0, 1, 2, 3, 4, 5], "what came before stays"
    assert counter.call("add", number=1) == 11


def test_requests_of_a_killed_process_fail_even_if_a_new_one_starts_at_once(counter):
    lost = [counter.submit("long", steps=1000) for _ in range(3)]
    counter.kill()
    assert counter.call("add", number=2) == 12
    for request in lost:
        with pytest.raises(WorkerDied):
            request.result(timeout=30)


@pytest.mark.skipif(os.name == "nt", reason="kill -9 is a POSIX matter")
def test_a_worker_ends_when_its_parent_is_killed():
    code = """
        import sys, time
        from core.runtime.worker import Worker
        worker = Worker("tests.support.counter:Counter")
        print(worker.call("pid"), flush=True)
        worker.submit("long", steps=100_000)
        time.sleep(60)
    """
    parent = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    child = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    wait_until(lambda: not _runs(child))


def test_works_from_any_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    worker = Worker("tests.support.counter:Counter")
    assert worker.call("add", number=1) == 1
    worker.close()
    assert not worker.alive


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_a_request_that_does_not_heed_its_cancellation_costs_the_process_which_starts_again_warm():
    worker = Worker("tests.support.counter:Counter", {"start": 10}, patience=0.3, first="pid")
    try:
        deaf = worker.submit("deaf")
        wait_until(lambda: deaf.doing)  # a cancellation that comes before would still be heard
        before = worker.pid
        deaf.cancel()
        with pytest.raises(Cancelled):
            deaf.result(timeout=20)
        wait_until(lambda: worker.alive and worker.pid != before)
        assert worker.call("add", number=1) == 11
    finally:
        worker.kill()


def test_who_only_waited_for_a_process_that_is_replaced_goes_on_with_the_next_one():
    worker = Worker("tests.support.counter:Counter", {"start": 10}, patience=0.3)
    try:
        deaf, waiting = worker.submit("deaf"), worker.submit("add", number=5)
        wait_until(lambda: deaf.doing)
        deaf.cancel()
        assert waiting.result(timeout=20) == 15
        with pytest.raises(Cancelled):
            deaf.result(timeout=0)
    finally:
        worker.kill()


@pytest.mark.skipif(os.name == "nt", reason="SIGSTOP is a POSIX matter")
@pytest.mark.parametrize("first", ["", "pid"])
@pytest.mark.parametrize("begun", [False, True])
def test_a_process_that_is_held_before_a_question_begins_is_replaced_when_it_is_cancelled(first, begun):
    worker = Worker("tests.support.counter:Counter", {"start": 10}, patience=0.3, first=first)
    try:
        if begun:
            assert worker.call("add", number=1) == 11
        worker.start()
        before = worker.pid
        os.kill(before, signal.SIGSTOP)
        request = worker.submit("add", number=1)
        request.cancel()
        assert request.done
        wait_until(lambda: worker.pid != before)
        assert worker.call("add", number=2) == 12
    finally:
        worker.kill()


def test_a_cancelled_question_in_a_healthy_queue_costs_no_process(counter):
    counter.patience = 0.3
    running, waiting = counter.submit("long", steps=150), counter.submit("long", steps=1)
    before = counter.pid
    waiting.cancel()
    assert running.result(timeout=20) == 150, "it went on for longer than the patience"
    assert counter.pid == before and counter.call("add", number=0) == 10


@pytest.mark.skipif(os.name == "nt", reason="SIGSTOP is a POSIX matter")
def test_a_long_question_to_a_process_that_is_held_keeps_nobody_waiting(counter):
    """A pipe holds 64 KiB: who wrote more into it himself would wait until it is read."""
    counter.start()
    os.kill(counter.pid, signal.SIGSTOP)
    began = time.monotonic()
    request = counter.submit("echo", text="x" * 3_000_000)
    request.cancel()
    assert request.done and time.monotonic() - began < 2
    counter.close()
    assert not counter.alive


@pytest.mark.skipif(sys.platform != "linux", reason="Linux says whether a process is held")
def test_who_waits_without_a_way_to_cancel_is_told_that_the_process_is_held(counter, monkeypatch):
    monkeypatch.setattr("core.runtime.worker.HELD_S", 0.5)
    assert counter.call("add", number=0) == 10
    os.kill(counter.pid, signal.SIGSTOP)
    with pytest.raises(WorkerDied):
        counter.call("add", number=1)
    assert counter.call("add", number=1) == 11


def test_what_runs_out_of_memory_is_told_and_the_process_goes_on(counter):
    before = counter.call("pid")
    with pytest.raises(OutOfMemory, match="not enough memory") as caught:
        counter.call("much", count=1 << 62)
    assert caught.value.next_step and counter.call("pid") == before


@pytest.mark.parametrize(
    "fault, sentence",
    [
        (BlockingIOError(errno.EAGAIN, "Resource temporarily unavailable"), "does not let another process start"),
        (OSError(errno.EMFILE, "Too many open files"), "Too many files are open"),
        (OSError(errno.ENOMEM, "Cannot allocate memory"), "not enough memory"),
    ],
)
def test_a_process_that_cannot_be_started_is_told_and_the_next_try_works(counter, monkeypatch, fault, sentence):
    def refuse(*_, **__):
        raise fault

    with monkeypatch.context() as refused:
        refused.setattr(subprocess, "Popen", refuse)
        with pytest.raises(UserError, match=sentence) as caught:
            counter.call("add", number=1)
        assert caught.value.next_step
    assert counter.call("add", number=1) == 11


def test_something_else_on_its_pipe_ends_a_process_and_is_told(counter):
    """Native code that writes where the answers go: nothing after it can be relied on."""
    with pytest.raises(WorkerDied):
        counter.call("garble")
    assert counter.call("add", number=1) == 11


def test_an_object_that_could_not_be_built_is_built_again_for_the_next_question(tmp_path):
    worker = Worker("tests.support.counter:Picky", {"path": str(tmp_path / "there")})
    try:
        with pytest.raises(UnreadableFile):
            worker.call("add", number=1)
        (tmp_path / "there").touch()
        assert worker.call("add", number=1) == 1
    finally:
        worker.kill()


def test_a_process_at_long_work_is_not_waited_for(counter):
    second = Worker("tests.support.counter:Counter", {"start": 0})
    workers = (counter, second)
    try:
        assert jobs.free_one(lambda number: workers[number]) is counter
        request = counter.submit("long", steps=800)
        assert jobs.free_one(lambda number: workers[number]) is counter, "it has only begun"
        wait_until(lambda: counter.busy_seconds > jobs.LONG_S)
        book = jobs.JobRegistry()
        other = book.ask(lambda: jobs.free_one(lambda number: workers[number]), "a key", "add", {"number": 1})
        assert other.result(timeout=20) == 1, "another session's job goes to the second process"
        assert not request.done
        request.cancel()
    finally:
        second.kill()
