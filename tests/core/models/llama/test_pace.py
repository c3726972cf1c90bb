"""How many threads: by a machine that is played, core by core."""

from core.models.llama.pace import FIRST_RETRY_S, LAST_RETRY_S, Pace


class Machine:
    """Cores, programs that hold some of them, and a clock; a thread without a core of its own gets half of one."""

    def __init__(self, cores: int, others: int = 0) -> None:
        self.cores, self.others, self.now, self.tells = cores, others, 0.0, True

    def since_last(self):
        return float(max(0, self.cores - self.others - 1)) if self.tells else None

    def compute(self, pace: Pace, times: int) -> list[int]:
        used = []
        for _ in range(times):
            free = pace.threads + self.others <= self.cores
            seconds = 0.03 / pace.threads if free else 0.1 if pace.threads > 1 else 0.04
            on_core = seconds if free or pace.threads == 1 else seconds / 2
            self.now += seconds
            used.append(pace.threads)
            pace.took(seconds, on_core)
        return used


def pace_on(machine: Machine) -> Pace:
    return Pace(machine.cores, idle=machine, clock=lambda: machine.now)


def test_idle_cores_are_all_used_all_the_time():
    machine = Machine(cores=4)
    assert set(machine.compute(pace_on(machine), 500)) == {4}


def test_busy_cores_are_left_to_others_after_two_computations():
    machine = Machine(cores=2, others=2)
    assert machine.compute(pace_on(machine), 40) == [2, 2] + [1] * 38


def test_one_busy_core_of_eight_costs_one_thread():
    machine = Machine(cores=8, others=1)
    assert machine.compute(pace_on(machine), 60)[-1] == 7


def test_the_threads_come_back_when_the_others_have_ended():
    machine = Machine(cores=2, others=2)
    pace = pace_on(machine)
    machine.compute(pace, 20)
    machine.others = 0
    assert machine.compute(pace, 60)[-1] == 2
    assert machine.compute(pace, 200) == [2] * 200


def test_where_the_system_does_not_tell_more_threads_are_tried_ever_less_often():
    machine = Machine(cores=2, others=2)
    machine.tells = False
    used = machine.compute(pace_on(machine), 2000)
    assert used.count(2) / len(used) < 0.02
    assert 0 < used[500:].count(2) <= (2000 * 0.04) / LAST_RETRY_S + 2
    assert FIRST_RETRY_S < LAST_RETRY_S


def test_a_question_starts_with_the_cores_that_nobody_uses(monkeypatch):
    monkeypatch.setattr("core.models.llama.pace.usable_cores", lambda: 4)
    cases = [
        (4.0, 0, 4),
        (3.0, 1, 3),
        (2.0, 2, 2),
        (0.0, 4, 1),
        (0.0, 0, 4),  # who was busy has ended
        (4.0, 3, 4),
    ]  # who wants a core now did not before: a page that is drawn
    for free, others, expected in cases:
        machine = Machine(cores=4)
        machine.since_last = lambda free=free: free
        pace = Pace(4, idle=machine, clock=lambda machine=machine: machine.now, others=lambda others=others: others)
        pace.begin()
        assert pace.threads == expected, (free, others)
    machine.since_last = lambda: None
    pace.threads = 1
    pace.begin()
    assert pace.threads == 1, "where nothing is told, all stays as it was"


def test_one_slow_moment_changes_nothing():
    machine = Machine(cores=2)
    pace = pace_on(machine)
    machine.compute(pace, 10)
    pace.took(0.05, 0.01)
    assert machine.compute(pace, 10) == [2] * 10
