import json
import math

import pytest

from core.errors import UserError
from core.prompting.settings import Alternative, Settings, Step, Timings


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


def test_a_step_comes_back_from_its_list_and_short_ones_stay_short():
    whole = Step("a", 7, 0.5, (Alternative(8, "b", 0.25, 0.125),), 0.75, 1.5, 2, "refused")
    assert Step.from_list(json.loads(json.dumps(whole.as_list()))) == whole
    assert Step("a", 7, 0.5).as_list() == ["a", 7, 0.5] and Step.from_list(["a", 7, 0.5]) == Step("a", 7, 0.5)
    told = Step.from_list(json.loads(json.dumps(Step("a", 7, math.nan).as_list())))
    assert math.isnan(told.probability) and told.token_id == 7


def test_steps_as_earlier_versions_wrote_them_are_read():
    assert Step.from_list(["a", 7, None, 0, 0, 1, []]).rank == 1
    assert Step.from_list(["a", 7, 0.5, 0.0, 0.0, 0, [], ""]) == Step("a", 7, 0.5)
    assert Step.from_list(["a", 7, 0.5, 0.6, 1.0, 3, [[8, "b", 0.2, 0.1]]]).alternatives == (
        Alternative(8, "b", 0.2, 0.1),
    )


@pytest.mark.parametrize(
    "values", [[], ["a", 7], ["a", 7, 0.5, 0, 0, 1, [], "", "thinking", "more"], ["a", 7, 0.5, 0, 0, 1, [1]]]
)
def test_what_is_no_step_is_refused(values):
    with pytest.raises((ValueError, TypeError)):
        Step.from_list(values)


def test_settings_as_code_make_the_same_settings():
    settings = Settings(temperature=0, stop=("a'b",), grammar='root ::= "x"', seed=7)
    assert eval(settings.as_code()) == settings and Settings().as_code() == "Settings()"
