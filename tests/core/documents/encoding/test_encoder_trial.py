"""Which way of computing is used: paired rounds on a fake clock, disturbances, GPUs that fail, and what is kept."""

import numpy as np
import pytest

from core.documents import encoders
from core.documents.encoding import encoder_trial, encoder_ways, vector_store
from core.documents.encoding.encoder_trial import AnotherWay, Choice, Evidence, choose, look, pays
from core.documents.encoding.sentence_bert import TorchBert
from core.errors import UserError

ROWS = np.eye(3, 4, dtype=np.float32)


class EndOfTheProcess(BaseException):
    """Nothing behind it is reached."""


class Machine:
    """A clock, and ways of computing that take their seconds on it. `busy` multiplies the run of that number."""

    def __init__(self, **seconds):
        self.now, self.seconds, self.busy, self.order, self.turned = 1000.0, seconds, {}, [], {}
        self.breaks, self.unit = {}, 0.01

    def way(self, name):
        def run():
            if name in self.breaks:
                raise self.breaks[name]
            self.order.append(name)
            self.now += self.seconds[name] * self.unit * self.busy.get(len(self.order), 1.0)
            rows = ROWS.copy()
            rows[0, :2] = np.cos(self.turned.get(name, 0.0)), np.sin(self.turned.get(name, 0.0))
            return rows

        return run

    def look(self, name):
        return look(self.way("float32"), self.way(name), lambda: self.now)

    def choice(self, *names, revision="r"):
        return Choice(
            {"revision": revision},
            self.way("float32"),
            {name: self.way(name) for name in names},
            clock=lambda: self.now,
            now=lambda: self.now,
        )


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))


def test_rounds_are_paired_and_each_way_comes_first_as_often():
    machine = Machine(float32=2.0, bfloat16=1.0)
    found = machine.look("bfloat16")
    assert "".join(name[0] for name in machine.order[2:10]) == "fbbffbbf", "after one run of each to warm up"
    assert found.ratios == pytest.approx((2.0,) * encoder_trial.ROUNDS) and found.lowest_cosine == 1.0


@pytest.mark.parametrize("disturbed", [[3], [4], [3, 5], [3, 4, 8, 9, 12], range(7, 11)])
def test_a_disturbance_of_some_rounds_does_not_change_the_choice(disturbed):
    machine = Machine(float32=1.8, bfloat16=1.0)
    machine.busy = dict.fromkeys(disturbed, 9.0)
    chosen = machine.choice("bfloat16").made()
    assert chosen.name == "bfloat16" and chosen.speedup == pytest.approx(1.8) and chosen.settled


def test_a_look_on_a_very_busy_machine_ends_early():
    machine = Machine(float32=2.0, bfloat16=1.0)
    machine.unit = 1.0
    assert machine.look("bfloat16").ratios == (2.0,) * encoder_trial.LEAST_ROUNDS


def test_a_drift_of_the_machine_favours_neither():
    machine = Machine(float32=1.8, bfloat16=1.0)
    machine.busy = {number: 1.0 + 0.2 * number for number in range(100)}
    assert machine.look("bfloat16").speedup == pytest.approx(1.8, rel=0.12)


def test_a_real_loss_of_bfloat16_changes_it():
    machine = Machine(float32=1.0, bfloat16=1.4)
    machine.busy = {3: 9.0, 6: 9.0}  # even where a disturbance hides it in two rounds
    chosen = machine.choice("bfloat16").made()
    assert chosen.name == "float32" and not chosen.settled
    assert chosen.reason == "bfloat16 was 0.7 times as fast in 7 paired rounds; looked at again in long jobs"


def test_the_flags_are_the_prior_a_small_loss_does_not_speak_against_them():
    machine = Machine(float32=1.0, bfloat16=1.05, cuda=0.95)
    assert machine.choice("bfloat16").made().name == "bfloat16"
    assert machine.choice("cuda", revision="2").made().name == "float32", "a GPU has to show its gain"


def test_vectors_that_turn_too_far_are_refused_for_good():
    machine = Machine(float32=9.0, bfloat16=1.0)
    machine.turned["bfloat16"] = 0.11  # cosine 0.994
    chosen = machine.choice("bfloat16").made()
    assert (chosen.name, chosen.settled) == ("float32", True) and "0.9940" in chosen.reason
    machine.turned["bfloat16"] = 0.09  # 0.996
    assert machine.choice("bfloat16", revision="2").made().name == "bfloat16"


def test_the_fastest_is_chosen_and_its_reason_says_how_it_was_measured():
    machine = Machine(float32=9.0, bfloat16=4.0, cuda=0.5, mps=1.0)
    chosen = machine.choice("bfloat16", "cuda", "mps").made()
    assert chosen.title == "float32 on the GPU (CUDA)" and chosen.rounds == 7
    assert chosen.reason == ("18.0 times as fast as float32 on the CPU in 7 paired rounds here, cosine at least 1.0000")
    assert choose({}).reason == "this CPU has no bfloat16 instructions, and torch has no GPU here"


@pytest.mark.parametrize(
    "problem, says",
    [
        (RuntimeError("CUDA out of memory. Tried to allocate 20.00 MiB"), "the GPU (cuda) ran out of memory"),
        (
            NotImplementedError("The operator 'aten::x' is\nmissing"),
            "the GPU (cuda) failed (The operator 'aten::x' is)",
        ),
    ],
)
def test_a_gpu_that_fails_in_its_trial_costs_a_sentence(problem, says):
    machine = Machine(float32=2.0, bfloat16=1.0, cuda=0.1)
    machine.breaks["cuda"] = problem
    chosen = machine.choice("bfloat16", "cuda").made()
    assert chosen.name == "bfloat16" and says in chosen.reason and not chosen.settled
    del machine.breaks["cuda"]
    machine.now += 100
    assert machine.choice("bfloat16", "cuda").looked_at_again().name == "cuda"


# ---------------------------------------------------------------- what is kept


def test_a_choice_is_made_once_for_all_processes_and_corpora():
    machine = Machine(float32=2.0, bfloat16=1.0)
    first = machine.choice("bfloat16").made()
    runs = len(machine.order)
    machine.seconds["bfloat16"] = 9.0  # another moment, another process
    assert machine.choice("bfloat16").made() == first and len(machine.order) == runs
    machine.now += 1e9
    assert machine.choice("bfloat16").looked_at_again() == first and len(machine.order) == runs, "it does not go back"


def test_float32_out_of_a_busy_moment_does_not_stick_and_does_not_flip_before_its_time():
    machine = Machine(float32=2.0, bfloat16=3.0)
    assert machine.choice("bfloat16").made().name == "float32"
    machine.seconds["bfloat16"], runs = 1.0, len(machine.order)
    machine.now += encoder_trial.LOOK_AGAIN_S / 2
    assert machine.choice("bfloat16").looked_at_again().name == "float32" and len(machine.order) == runs, "not due"
    assert machine.choice("bfloat16").made().name == "float32", "the next corpus is encoded like the last one"
    machine.now += encoder_trial.LOOK_AGAIN_S
    chosen = machine.choice("bfloat16").looked_at_again()
    assert chosen.name == "bfloat16" and chosen.rounds == 14, "all rounds count"
    assert machine.choice("bfloat16").made() == chosen


def test_a_real_loss_is_looked_at_ever_more_seldom():
    machine = Machine(float32=1.0, bfloat16=2.0)
    choice = machine.choice("bfloat16")
    choice.made()
    looks = []
    for _ in range(3000):
        machine.now += 100
        runs = len(machine.order)
        assert choice.looked_at_again().name == "float32"
        if len(machine.order) > runs:
            looks.append(machine.now)
    assert len(looks) == 4, "in three and a half days"
    kept = choice._state()["evidence"]["bfloat16"]["ratios"]
    assert len(kept) == encoder_trial.REMEMBERED, "what is long past is forgotten"


def test_a_way_whose_trial_ends_the_process_is_left_out_in_the_end():
    machine = Machine(float32=2.0, bfloat16=1.0, cuda=0.1)
    machine.breaks["cuda"] = EndOfTheProcess()
    for _ in range(encoder_trial.MOST_ATTEMPTS):
        with pytest.raises(EndOfTheProcess):
            machine.choice("bfloat16", "cuda").made()
    chosen = machine.choice("bfloat16", "cuda").made()
    assert chosen.name == "bfloat16" and "the GPU (cuda) ended the process in its trial" in chosen.reason
    assert chosen.settled
    ended = Machine(float32=2.0, cuda=0.1)
    ended.choice("cuda", revision="2").made()
    assert not ended.choice("cuda", revision="2")._state()["attempts"], "a trial that came to its end is no attempt"


def test_a_third_way_has_to_overtake_the_one_in_use():
    known = {"bfloat16": Evidence((2.0,)), "cuda": Evidence((2.3,))}
    assert choose(known, "bfloat16").name == "bfloat16" and choose(known).name == "cuda"
    assert choose(known | {"cuda": Evidence((2.5,))}, "bfloat16").name == "cuda"


def test_beginning_again_pays_only_where_much_is_left():
    assert pays(1.0, 1.0) and pays(2.0, 0.7) and not pays(2.0, 0.6) and not pays(1.1, 0.99)


# ---------------------------------------------------------------- an encoder that changes in the middle


class FakeModel:
    """Vectors that show which way made them."""

    tokens_at_once = 40

    def __init__(self, encoder, name):
        self.encoder, self.name = encoder, name

    def encode_each(self, batches):
        for place, batch in enumerate(batches):
            if self.encoder.texts_until_failure <= 0 and self.name in encoder_trial.GPUS:
                raise RuntimeError("CUDA out of memory.")
            self.encoder.texts_until_failure -= len(batch)
            self.encoder.machine.now += self.encoder.machine.seconds[self.name] * len(batch)
            yield place, np.full((len(batch), 4), {"float32": 1, "bfloat16": 2, "cuda": 3}[self.name], np.float32)


class Fake(encoders.Encoder):
    dimension, revision = 4, "fake"
    texts_until_failure = 10**9

    def __init__(self, machine, *names, **asked):
        super().__init__("fake", None, **asked)
        self.machine, self.names = machine, names

    @property
    def _choice(self):
        return self.__dict__.setdefault("kept_choice", self.machine.choice(*self.names))

    @property
    def _pieces(self):
        class Pieces:
            def ids(self, texts):
                return [[1, 2, 3, 4] for _ in texts]

        return Pieces()

    def _model(self, name):
        self._models[name] = FakeModel(self, name)
        return self._models[name]


def texts(count, name="text"):
    return [f"{name} {number}" for number in range(count)]


def test_a_long_job_looks_again_before_its_first_text_and_takes_the_faster_way():
    machine = Machine(float32=2.0, bfloat16=3.0)
    encoder = Fake(machine, "bfloat16")
    assert set(vector_store.encode(encoder, texts(100))[0].ravel()) == {1}
    machine.seconds["bfloat16"] = 1.0
    machine.now += 1000
    assert set(vector_store.encode(encoder, texts(200))[0].ravel()) == {1}, "a short one does not look"
    vectors, new = vector_store.encode(encoder, texts(3000, "other"))
    assert set(vectors.ravel()) == {2} and new == 3000 and encoder.choose_precision().rounds == 14
    assert set(vector_store.encode(Fake(machine, "bfloat16"), texts(10))[0].ravel()) == {2}, "and all others after it"


def test_a_look_in_the_middle_begins_again_where_it_pays_and_never_mixes(monkeypatch):
    monkeypatch.setattr(vector_store, "TEXTS_AT_A_TIME", 1000)
    machine = Machine(float32=2.0, bfloat16=2.5)
    encoder = Fake(machine, "bfloat16")
    assert encoder.choose_precision().name == "float32"

    def calmer(fraction, doing):  # the load goes away after the first texts
        machine.seconds["bfloat16"] = 0.8
        said.append(doing)

    said = []
    vectors, new = vector_store.encode(encoder, texts(8000), calmer)
    assert set(vectors.ravel()) == {2} and new == 8000, "all of one kind"
    (again,) = [doing for doing in said if "begun again" in doing]
    assert again.startswith("begun again in bfloat16: ") and "14 paired rounds" in again


def test_a_look_near_the_end_changes_the_next_job_only(monkeypatch):
    monkeypatch.setattr(vector_store, "TEXTS_AT_A_TIME", 1000)
    machine = Machine(float32=2.0, bfloat16=3.0)
    encoder = Fake(machine, "bfloat16")
    vector_store.encode(encoder, texts(9000))
    machine.seconds["bfloat16"] = 1.0
    machine.now += 1e6
    vectors, new = vector_store.encode(encoder, texts(11_500))  # 9,000 of them stored: little is left
    assert set(vectors.ravel()) == {1} and new == 2500
    assert set(vector_store.encode(encoder, texts(50, "other"))[0].ravel()) == {2}


def test_a_gpu_that_fails_in_the_middle_is_left_and_everything_is_of_the_cpu():
    machine = Machine(float32=2.0, bfloat16=1.0, cuda=0.1)
    encoder = Fake(machine, "bfloat16", "cuda")
    assert encoder.choose_precision().name == "cuda"
    encoder.texts_until_failure = 500
    vectors, new = vector_store.encode(encoder, texts(1000))
    assert set(vectors.ravel()) == {2} and new == 1000
    assert "the GPU (cuda) ran out of memory while encoding" in encoder.choose_precision().reason
    encoder.texts_until_failure = 0
    assert set(encoder.encode(texts(10)).ravel()) == {2}, "this process does not try it again"
    asked = Fake(machine, "cuda", precision="cuda")
    asked.texts_until_failure = 500
    with pytest.raises(UserError, match="ran out of memory"):
        asked.encode(texts(1000))


def test_encoding_without_a_store_begins_again_too():
    encoder = Fake(Machine(float32=2.0, cuda=0.1), "cuda")
    encoder.choose_precision()
    encoder.texts_until_failure = 500
    assert set(encoder.encode(texts(1000)).ravel()) == {1}
    with pytest.raises(AnotherWay):
        encoder._leave("cuda", RuntimeError("x"))


# ---------------------------------------------------------------- torch


def test_a_batch_too_large_for_the_gpu_is_halved():
    model, asked = TorchBert.__new__(TorchBert), []

    def encode(batch):
        asked.append(len(batch))
        if len(batch) > 3:
            raise RuntimeError("MPS backend out of memory (MPS allocated: 18 GB)")
        return np.array([[row[0]] for row in batch])

    model.encode, model.on_gpu = encode, True
    ((place, rows),) = model.encode_each([[[number] for number in range(10)]])
    assert place == 0 and rows.ravel().tolist() == list(range(10)) and asked == [10, 5, 2, 3, 5, 2, 3]
    model.encode = lambda batch: (_ for _ in ()).throw(RuntimeError("out of memory"))
    with pytest.raises(RuntimeError):
        list(model.encode_each([[[1], [2]]]))


def test_the_ways_of_a_machine(monkeypatch):
    import torch

    monkeypatch.setattr(encoder_ways, "multiplies_bfloat16", lambda: True)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert encoder_ways.names() == ["bfloat16", "cuda", "mps"]

    def broken():
        raise RuntimeError("the driver is too old")

    monkeypatch.setattr(torch.cuda, "is_available", broken)
    monkeypatch.setattr(encoder_ways, "multiplies_bfloat16", lambda: False)
    assert encoder_ways.names() == ["mps"]
    assert encoder_ways.in_device("mps") == ("mps", torch.float32)
    assert encoder_ways.in_device("bfloat16") == ("cpu", torch.bfloat16)
