import os
import signal
import threading
import time

import numpy as np
import pytest

from core.errors import StoppedAtGate, UnreadableFile, UserError
from core.runtime import readers
from core.runtime.clock import Clock
from core.runtime.gate import Gate
from core.runtime.payload import pack, unpack
from core.runtime.readers import MIB, READERS, Reader
from tests.support.hostile import reader

pytestmark = pytest.mark.timeout(120)


@pytest.fixture
def gate():
    opened = Gate(most=2)
    yield opened
    opened.close()


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_reader_runs_in_another_process_that_stays_warm(gate):
    first = gate.read(reader("pid"))
    assert first != os.getpid()
    assert gate.read(reader("pid")) == first
    assert gate.pids == [first]


def test_a_warm_round_trip_takes_milliseconds(gate):
    gate.read(reader("pid"))
    began = time.perf_counter()
    for _ in range(100):
        gate.read(reader("pid"))
    assert (time.perf_counter() - began) / 100 < 0.02


@pytest.mark.parametrize("count", [0, 256, 100_000])
def test_arrays_and_bytes_pass_both_ways_whole(gate, count):
    answer = gate.read(reader("numbers"), count=count)
    np.testing.assert_array_equal(answer["ids"], np.arange(count))
    assert answer["bytes"] == bytes(range(256)) * (count // 256)
    assert answer["nested"] == [{"half": 0.5}]
    back = gate.read(reader("echo"), given=[answer["ids"], answer["bytes"], {"a": None, "b": True}, "ä\ud800"])["given"]
    np.testing.assert_array_equal(back[0], answer["ids"])
    assert back[1:] == [answer["bytes"], {"a": None, "b": True}, "ä\ud800"]
    assert not any(slot.folder.exists() for slot in gate._slots), "nothing is left lying"


def test_no_pickle_and_no_path_outside_passes(tmp_path):
    with pytest.raises(TypeError):
        pack(np.array([{"an": "object"}], dtype=object), tmp_path)
    (tmp_path.parent / "secret").write_bytes(b"secret")
    for name in ("../secret", "/etc/hostname", "..", ""):
        with pytest.raises(ValueError):
            unpack({"\u0000payload": "bytes", "file": name}, tmp_path)
    evil = pack(np.zeros(3), tmp_path)
    evil["inline"] = "gASVAAAA"  # how a pickle begins
    with pytest.raises(ValueError):
        unpack(evil, tmp_path)


def test_what_a_reader_refuses_comes_as_it_was_said(gate):
    with pytest.raises(UnreadableFile, match="cut short") as caught:
        gate.read(reader("refuse"))
    assert type(caught.value) is UnreadableFile and caught.value.next_step == "Fetch it again."
    assert gate.read(reader("pid")) == gate.pids[0], "a refusal costs no process"


@pytest.mark.parametrize(
    "name, said",
    [
        ("bug", "IndexError"),
        ("panic", "PanicException: index out"),
        ("quit_python", "SystemExit"),
        ("unsendable", "TypeError"),
    ],
)
def test_everything_else_that_is_raised_is_told_and_costs_the_process(gate, name, said):
    before = gate.read(reader("pid"))
    with pytest.raises(StoppedAtGate, match=said) as caught:
        gate.read(reader(name), named="a.bin")
    assert caught.value.what.startswith("Reading the sample “a.bin” failed (") and caught.value.next_step
    assert gate.read(reader("pid")) != before, "what an engine left behind is not trusted"


def test_too_much_memory_is_a_sentence(gate):
    small = {"memory_bytes": 64 * MIB}
    assert gate.read(reader("eat", **small), mib=30) == 30 * MIB
    for hungry, arguments in ((reader("eat", **small), {"mib": 100}), (reader("eat_many", **small), {})):
        with pytest.raises(StoppedAtGate, match="more than 67 MB of memory"):
            gate.read(hungry, **arguments)
    assert gate.read(reader("eat", memory_bytes=200 * MIB), mib=100) == 100 * MIB, "the limit is the request's own"


@pytest.mark.parametrize("name, arguments", [("sleep", {"seconds": 60}), ("stop_self", {})])
def test_too_much_time_costs_the_process(gate, name, arguments):
    pid = gate.read(reader("pid"))
    began = time.monotonic()
    with pytest.raises(StoppedAtGate, match="longer than 1 seconds"):
        gate.read(reader(name, seconds=1), **arguments)
    assert time.monotonic() - began < 4
    assert not alive(pid) and gate.read(reader("pid")) != pid


def test_the_clock_begins_again_with_each_sign_of_progress(gate):
    seen = []
    assert (
        gate.read(
            reader("steady", seconds=0.8), steps=8, pause=0.3, on_progress=lambda fraction, doing: seen.append(doing)
        )
        == 8
    )
    assert "step 7" in seen


def test_an_exception_from_progress_ends_the_request(gate):
    def stop(fraction, doing):
        raise KeyboardInterrupt

    pid = gate.read(reader("pid"))
    with pytest.raises(KeyboardInterrupt):
        gate.read(reader("sleep", seconds=60), seconds=60, on_progress=stop)
    assert not alive(pid)
    assert gate.read(reader("echo"), a=1) == {"a": 1}


@pytest.mark.skipif(os.name == "nt", reason="signals")
def test_a_process_that_dies_is_told_by_its_signal(gate):
    with pytest.raises(StoppedAtGate, match="SIGABRT"):
        gate.read(reader("abort"), named="b.bin")
    gate.read(reader("pid"))
    timer = threading.Timer(0.5, lambda: os.kill(gate.pids[0], signal.SIGKILL))
    timer.start()
    with pytest.raises(StoppedAtGate, match="SIGKILL"):
        gate.read(reader("sleep"), seconds=30)
    assert gate.read(reader("echo"), a=1) == {"a": 1}


def test_a_process_that_was_killed_while_idle_is_replaced(gate):
    os.kill(gate.read(reader("pid")), signal.SIGKILL)
    time.sleep(0.2)
    assert gate.read(reader("echo"), a=1) == {"a": 1}


@pytest.mark.parametrize("name", ["connect", "look_up", "start_program"])
def test_no_socket_no_name_looked_up_no_program(gate, name):
    with pytest.raises(StoppedAtGate, match="PermissionError"):
        gate.read(reader(name))


def test_keys_and_tokens_of_the_environment_stay_outside(gate, monkeypatch):
    monkeypatch.setenv("TEXTLAB_API_KEY", "secret")
    monkeypatch.setenv("HF_TOKEN", "secret")
    assert "secret" not in gate.read(reader("environment")).values()


def test_a_reader_inside_the_gate_runs_where_it_is(gate):
    outer, inner = gate.read(reader("nested"))
    assert outer == inner


def test_the_same_question_about_the_same_content_needs_no_round_trip(gate):
    first = gate.read(reader("pid"), keep="digest of the file")
    gate.close()
    trips = gate.round_trips
    assert gate.read(reader("pid"), keep="digest of the file") == first
    assert gate.round_trips == trips and not gate.pids
    assert gate.read(reader("pid"), keep="of another file") != first


def test_what_is_kept_depends_on_the_arguments_and_is_small(gate):
    ask = reader("echo")
    assert [gate.read(ask, keep="k", a=value)["a"] for value in (1, 2, 1)] == [1, 2, 1]
    assert gate.round_trips == 2
    for _ in range(2):
        gate.read(ask, keep="k", a="x" * 2_000_000)
    assert gate.round_trips == 4


def test_what_was_stopped_is_not_tried_again_at_every_rerun_of_a_page(gate, monkeypatch):
    def ask(keep):
        with pytest.raises(StoppedAtGate, match="longer than") as caught:
            gate.read(reader("sleep", seconds=0.3), keep=keep, seconds=60)
        return caught.value.next_step

    assert ask("a") == ask("a") and gate.round_trips == 1
    ask("b")
    assert gate.round_trips == 2, "of another file nothing is known"
    monkeypatch.setattr("core.runtime.answers._STOPPED_SECONDS", 0.0)
    ask("a")
    assert gate.round_trips == 3, "it may have been the machine that was busy"


def test_processes_are_few_and_others_wait(gate):
    pids, threads = [], []
    for _ in range(6):
        threads.append(
            threading.Thread(target=lambda: (gate.read(reader("sleep"), seconds=0.3), pids.extend(gate.pids)))
        )
        threads[-1].start()
    for thread in threads:
        thread.join()
    assert len(pids) == 12 and len(set(pids)) == 2


def test_one_file_that_hangs_does_not_hold_up_another(gate):
    hanging = threading.Thread(
        target=lambda: pytest.raises(StoppedAtGate, gate.read, reader("sleep", seconds=3), seconds=60)
    )
    hanging.start()
    time.sleep(0.1)
    began = time.monotonic()
    assert gate.read(reader("echo"), a=1) == {"a": 1}
    assert time.monotonic() - began < 2.5
    hanging.join(timeout=20)
    assert not hanging.is_alive()


def test_requests_of_one_key_go_to_the_process_that_knows_it(gate):
    both = threading.Barrier(2)
    where = {}

    def ask(near):
        both.wait()
        where[near] = gate.read(reader("sleep"), near=near, seconds=0.3) and None

    threads = [threading.Thread(target=ask, args=(near,)) for near in "ab"]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    a, b = (gate.read(reader("pid"), near=near) for near in "ab")
    assert a != b
    assert [gate.read(reader("pid"), near=near) for near in "abba"] == [a, b, b, a]


def test_processes_end_when_idle_and_when_the_gate_closes():
    gate = Gate(most=1, idle_seconds=0.4)
    pid = gate.read(reader("pid"))
    end = time.monotonic() + 10
    while alive(pid) and time.monotonic() < end:
        time.sleep(0.05)
    assert not alive(pid)
    pid = gate.read(reader("pid"))
    gate.close()
    assert not alive(pid)


def test_no_file_is_left_by_a_process_that_dies_nor_by_a_dashboard_that_did(gate, tmp_path, monkeypatch):
    monkeypatch.setattr("core.runtime.gate.tempfile.gettempdir", lambda: str(tmp_path))
    left, other = tmp_path / "textlab-gate-old", tmp_path / "something else"
    for folder in (left, other):
        folder.mkdir()
        (folder / "bytes-1").write_bytes(b"x")
        os.utime(folder, (0, 0))
    with pytest.raises(StoppedAtGate):
        gate.read(reader("die_with"), content=b"large" * 100_000)
    assert [path.name for path in tmp_path.iterdir()] == ["something else"]


def test_no_process_can_be_started(gate, monkeypatch):
    def no_fork(*arguments, **settings):
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr("core.runtime.worker_child.subprocess.Popen", no_fork)
    with pytest.raises(UserError, match="does not let another process start"):
        gate.read(reader("pid"))


def test_a_reader_is_declared_once():
    assert len({one.function for one in READERS.values()}) == len(READERS)
    known = Reader("test twice", "a:b", "Reading")
    try:
        readers.declare(known)
        with pytest.raises(ValueError):
            readers.declare(known)
    finally:
        READERS.pop("test twice")


def test_a_process_that_gets_no_processor_has_longer_and_one_that_sleeps_has_not(monkeypatch):
    now, used, wants = [100.0], [5.0], [True]
    monkeypatch.setattr("core.runtime.clock.time.monotonic", lambda: now[0])
    monkeypatch.setattr("core.runtime.clock.limits.cpu_seconds", lambda pid: used[0])
    monkeypatch.setattr("core.runtime.clock.limits.wants_to_run", lambda pid: wants[0])
    clock, quiet = Clock(7.0, 1), (0.0, "")

    def over(at, processor_s, running=True, sign=quiet):
        now[0], used[0], wants[0] = 100.0 + at, 5.0 + processor_s, running
        return clock.is_over(100.0, sign)

    assert not over(0, 0) and not over(6.9, 6.9)
    assert over(7.1, 7.0), "it worked all the time"
    assert not over(7.1, 2.0) and not over(9.4, 6.0), "others worked"
    assert over(7.1, 2.0, running=False), "it sleeps, or was stopped"
    assert over(9.6, 6.0), "not for ever"
    assert not over(22, 6.0, sign=(0.5, "half")) and not over(28.9, 12.9, sign=(0.5, "half"))
    assert over(29.1, 13.0, sign=(0.5, "half"))
    monkeypatch.setattr("core.runtime.clock.limits.cpu_seconds", lambda pid: None)
    now[0], unknown = 100.0, Clock(7.0, 1)
    assert not unknown.is_over(100.0, quiet)
    now[0] = 107.1
    assert unknown.is_over(100.0, quiet), "where nothing is known, the clock counts"
