import math

import pytest

from core.errors import UserError
from core.prompting.settings import Settings, Timings


def test_a_seed_is_always_drawn_and_differs():
    seeds = {Settings().checked().seed for _ in range(5)}
    assert None not in seeds and len(seeds) > 1
    assert Settings(seed=0).checked().seed == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"temperature": -1},
        {"temperature": math.nan},
        {"top_p": 1.5},
        {"max_tokens": 0},
        {"seed": -3},
        {"repeat_penalty": 0},
        {"stop": ("",)},
        {"top_k": "many"},
        {"grammar": 'root ::= "a"', "json_schema": {}},
    ],
)
def test_a_value_out_of_bounds_is_refused_with_a_sentence(wrong):
    with pytest.raises(UserError) as refused:
        Settings(**wrong).checked()
    assert refused.value.next_step


def test_speeds_by_hand():
    """100 new prompt tokens in 0.5 s: 200 a second. 21 tokens, the last 2 s after the first: 20 / 2 = 10 a second."""
    timings = Timings(evaluated_tokens=100, prompt_seconds=0.5, generated_tokens=21, generation_seconds=2)
    assert timings.prompt_speed == 200 and timings.generation_speed == 10
    assert Timings(evaluated_tokens=1, prompt_seconds=0.001).prompt_speed is None, "one token says nothing about speed"
