"""Which way of computing an encoder's vectors is the fastest on this machine: found by trial, kept, looked at again.

A way is timed beside float32 on the CPU in pairs, in the order A B, B A, A B ...: what else runs meanwhile slows both
of a pair alike, a drift favours each as often, and the median of the ratios leaves out the pairs that were disturbed.
The flags of the CPU are the prior: where they promise bfloat16, only a clear loss speaks against it.

Vectors of two ways never lie in one matrix, and another way means encoding everything once more. So a choice is kept,
every corpus on the machine is encoded that way, and only a way that was left out is looked at again, at longer and
longer intervals: what lost in a busy moment comes to its right, what was chosen stays.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from statistics import median
from typing import Any

import numpy as np

from core.documents.pipeline import result_cache

TRIAL = "encoder trial"  # the kind of its saved results
ROUNDS = 7  # pairs in a look: up to three of them may be disturbed
LEAST_ROUNDS, LONGEST_S = 3, 5.0  # where the machine is so busy that a look takes longer, it ends after three
REMEMBERED = 2 * ROUNDS  # of the last two looks: one moment, busy or lucky, does not decide alone
LOWEST_COSINE = 0.995
LEAST_SPEEDUP = {"bfloat16": 0.9, "cuda": 1.1, "mps": 1.1}  # the CPU's flags are a promise; a GPU has to show its gain
TITLES = {
    "float32": "float32",
    "bfloat16": "bfloat16",
    "cuda": "float32 on the GPU (CUDA)",
    "mps": "float32 on the GPU (Metal)",
}
GPUS = ("cuda", "mps")
OVERTAKES = 1.2  # times as fast as the way in use, before that is given up for a third one
LOOK_AGAIN_S, LONGER = 60.0, 10.0  # until a look again, and how many times as long until each later one
MOST_ATTEMPTS = 3  # trials of a way that did not come to their end: its process died in them
TRIAL_TEXTS = 6  # for each core: with fewer it would not be busy
LONG_JOB = 2000  # texts left, from which on a look again is worth its half second
WORTH = 0.8  # of the time that is left: what beginning again may take at most

Run = Callable[[], np.ndarray]


class AnotherWay(Exception):
    """The way of computing has changed: what is under way begins again, so that its vectors are all of one kind."""


@dataclass(frozen=True)
class Precision:
    """How and where the numbers are multiplied, and why. `name`, part of the key of every stored vector, is "float32",
    "bfloat16", "cuda" or "mps"; `settled` whether nothing that was left out is to be looked at again."""

    name: str
    reason: str
    speedup: float = 1.0
    lowest_cosine: float = 1.0
    rounds: int = 0
    settled: bool = True

    @property
    def title(self) -> str:
        """What a person reads: "float32 on the GPU (CUDA)"."""
        return TITLES.get(self.name, self.name)


@dataclass(frozen=True)
class Evidence:
    """What is known of a way beside float32: ratios of speed, pair by pair, the least cosine, or what went wrong."""

    ratios: tuple[float, ...] = ()
    lowest_cosine: float = 1.0
    problem: str = ""

    @property
    def speedup(self) -> float:
        return median(self.ratios) if self.ratios else 0.0

    def usable(self, name: str, least_cosine: float = LOWEST_COSINE) -> bool:
        return not self.problem and self.lowest_cosine >= least_cosine and self.speedup >= LEAST_SPEEDUP[name]


def look(base: Run, other: Run, clock: Callable[[], float] = time.perf_counter) -> Evidence:
    """Evidence for `other` beside `base`, which give the same texts' vectors (N, D), rows of length 1.

    Whatever `other` raises speaks against it and goes no further.
    """
    expected = base()
    try:
        lowest = float((expected * other()).sum(axis=1).min())
        ratios: list[float] = []
        begun = clock()
        for number in range(ROUNDS):
            if number >= LEAST_ROUNDS and clock() - begun > LONGEST_S:
                break
            seconds = {}
            for run in (base, other) if number % 2 == 0 else (other, base):
                started = clock()
                run()
                seconds[run] = clock() - started
            ratios.append(seconds[base] / max(seconds[other], 1e-9))
    except Exception as problem:  # of a driver or a library: there are too many kinds to name them
        return Evidence(problem=what_failed(problem))
    return Evidence(tuple(ratios), lowest if np.isfinite(lowest) else -1.0)


def sample() -> list[str]:
    """Texts for a trial, of a hundred tokens each, some for every core."""
    import torch

    return [
        f"{number} " + "A storm has closed the road along the coast to the north. " * 8
        for number in range(TRIAL_TEXTS * torch.get_num_threads())
    ]


def what_failed(problem: BaseException) -> str:
    """In a person's words: "ran out of memory", or the beginning of the message."""
    if out_of_memory(problem):
        return "ran out of memory"
    return f"failed ({(str(problem).splitlines() or [type(problem).__name__])[0][:100]})"


def out_of_memory(problem: BaseException) -> bool:
    """Whether a GPU had no room: CUDA has a class of its own for that, Metal only the words."""
    return isinstance(problem, MemoryError) or "out of memory" in str(problem).lower()


def pays(speedup: float, share_left: float) -> bool:
    """Whether to do everything again `speedup` times as fast, when `share_left` (0..1) of it is still to be done."""
    return share_left >= 1 or 1 / speedup < WORTH * share_left


def choose(evidence: Mapping[str, Evidence], current: str = "", least_cosine: float = LOWEST_COSINE) -> Precision:
    """The fastest usable way; `current`, the one in use, unless another overtakes it; float32 where there is none."""
    usable = {name: each.speedup for name, each in evidence.items() if each.usable(name, least_cosine)}
    best = max(usable, key=usable.__getitem__, default="float32")
    if current in usable and usable[best] < OVERTAKES * usable[current]:
        best = current
    left_out = {name: each for name, each in evidence.items() if name not in usable}
    settled = all(each.lowest_cosine < least_cosine for each in left_out.values())  # that does not change with the load
    why = [_why_not(name, each, least_cosine) for name, each in left_out.items()]
    if best == "float32":
        reason = "; ".join(why) or "this CPU has no bfloat16 instructions, and torch has no GPU here"
        return Precision("float32", reason + ("" if settled else "; looked at again in long jobs"), settled=settled)
    won = evidence[best]
    least = int(1e4 * won.lowest_cosine) / 1e4  # 0.99996 is not 1
    reason = (
        f"{won.speedup:.1f} times as fast as float32{' on the CPU' if best in GPUS else ''} in "
        f"{len(won.ratios)} paired rounds here, cosine at least {least:.4f}"
    )
    return Precision(best, "; ".join([reason, *why]), won.speedup, won.lowest_cosine, len(won.ratios), settled)


def _why_not(name: str, each: Evidence, least_cosine: float) -> str:
    what = f"the GPU ({name})" if name in GPUS else name
    if each.problem:
        return f"{what} {each.problem}"
    if each.lowest_cosine < least_cosine:
        return f"{what} turned a vector too far (cosine {each.lowest_cosine:.4f})"
    return f"{what} was {each.speedup:.1f} times as fast in {len(each.ratios)} paired rounds"


@dataclass
class Choice:
    """The choice for one model on one machine, saved on disk under `inputs`. `ways`: what else there is, by name."""

    inputs: dict[str, Any]
    base: Run
    ways: Mapping[str, Run]
    least_cosine: float = LOWEST_COSINE
    clock: Callable[[], float] = time.perf_counter
    now: Callable[[], float] = time.time
    _problems: dict[str, str] = field(default_factory=dict)

    def made(self) -> Precision:
        """The current choice; what was never tried is tried now."""
        unseen = [name for name in self.ways if name not in self._state()["evidence"]]
        return self._look(unseen) if unseen else self._stands(self._state())

    def looked_at_again(self) -> Precision:
        """The choice after another look at what was left out, if that is due."""
        state = self._state()
        stands = self._stands(state)
        waited, due = self.now() - state["at"], LOOK_AGAIN_S * LONGER ** max(0, state["looks"] - 1)
        if stands.settled or 0 <= waited < due:
            return stands
        known = _evidence(state)
        return self._look(
            [
                name
                for name in self.ways
                if name in known
                and not known[name].usable(name, self.least_cosine)
                and known[name].lowest_cosine >= self.least_cosine
            ]
        )

    def failed(self, name: str, problem: str) -> Precision:
        """The choice once a way has failed in the middle of work; it is not taken again by this process."""
        self._problems[name] = problem
        state = self._state()
        state["evidence"][name] = asdict(Evidence(problem=problem))
        state |= {"at": self.now(), "looks": max(1, state["looks"]), "current": ""}
        return self._kept(state)

    def _look(self, names: Sequence[str]) -> Precision:
        for name in names:
            state = self._state()
            attempts = state["attempts"].get(name, 0) + 1
            if attempts > MOST_ATTEMPTS:
                found = Evidence(problem="ended the process in its trial", lowest_cosine=-1.0)
            else:  # kept before it is tried: native code can end its process
                state["attempts"][name] = attempts
                self._keep(state)
                found = look(self.base, self.ways[name], self.clock)
            state = self._state()
            before = _evidence(state).get(name, Evidence())
            ratios = (*before.ratios, *found.ratios)[-REMEMBERED:]
            state["evidence"][name] = asdict(replace(found, ratios=ratios))
            state["attempts"].pop(name, None)
            self._keep(state)
        state = self._state()
        state |= {"at": self.now(), "looks": state["looks"] + 1}
        return self._kept(state)

    def _stands(self, state: dict[str, Any]) -> Precision:
        known = {name: each for name, each in _evidence(state).items() if name in self.ways}
        known |= {name: Evidence(problem=problem) for name, problem in self._problems.items()}
        return choose(known, state["current"], self.least_cosine)

    def _kept(self, state: dict[str, Any]) -> Precision:
        stands = self._stands(state)
        self._keep(state | {"current": stands.name})
        return stands

    def _state(self) -> dict[str, Any]:
        kept = result_cache.read(TRIAL, result_cache.key_of(TRIAL, self.inputs)) or {}
        return {"evidence": {}, "attempts": {}, "looks": 0, "at": 0.0, "current": "", **kept}

    def _keep(self, state: dict[str, Any]) -> None:
        stored = {name: value for name, value in state.items() if name != "from_disk"}
        result_cache.write(TRIAL, result_cache.key_of(TRIAL, self.inputs), stored)


def in_use(inputs: dict[str, Any]) -> str:
    """The name of the way that was chosen for `inputs` (see `Choice`); float32 where none was."""
    return (result_cache.read(TRIAL, result_cache.key_of(TRIAL, inputs)) or {}).get("current") or "float32"


def _evidence(state: dict[str, Any]) -> dict[str, Evidence]:
    return {
        name: Evidence(tuple(each["ratios"]), each["lowest_cosine"], each["problem"])
        for name, each in state["evidence"].items()
    }
