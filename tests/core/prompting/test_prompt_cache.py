import types

from core.prompting.prompt_cache import Pair
from core.prompting.settings import Timings


def answer(seconds: float):
    return types.SimpleNamespace(done=True, timings=Timings(first_token_seconds=seconds))


def test_a_quick_model_is_asked_in_three_rounds_and_the_median_counts():
    quick = Pair("x", [answer(seconds) for seconds in (0, 0.02, 0.3, 0, 0.9, 0.2, 0, 0.01)])
    assert quick.wanted == 9 and not quick.done
    quick.runs.append(answer(0.1))
    assert quick.done
    assert quick.middle(1).timings.first_token_seconds == 0.02 and quick.middle(2).timings.first_token_seconds == 0.2


def test_a_slow_one_is_asked_once():
    slow = Pair("x", [answer(0), answer(0.1), answer(4)])
    assert slow.wanted == 3 and slow.done and slow.middle(2).timings.first_token_seconds == 4
