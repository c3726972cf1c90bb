"""The recorded run that the prompts page opens with, against the model that gave it; and preparing a model."""

import math
from dataclasses import replace

import pytest

from core import catalog
from core.prompting.engine import Settings, open_model
from core.prompting.recorded import QUESTION, SETTINGS, opening_run, recorded_for
from core.prompting.runs import Run

PROMPT = [{"role": "user", "content": QUESTION}]
FREE = replace(SETTINGS, seed=None)


@pytest.fixture(scope="module")
def model():
    opened = open_model(catalog.find("smollm2-135m").path)
    yield opened
    opened.close()


def test_it_is_told_only_for_what_was_recorded_and_only_by_a_model_that_is_not_loaded(model):
    other = open_model(catalog.find("pocket-chat").path)
    assert recorded_for(model, PROMPT, FREE) is opening_run()
    assert recorded_for(model, PROMPT, SETTINGS) is opening_run(), "the seed it was drawn with"
    assert recorded_for(other, PROMPT, FREE) is None and recorded_for(None, PROMPT, FREE) is None
    assert recorded_for(model, [{"role": "user", "content": "Another"}], FREE) is None
    assert recorded_for(model, [{"role": "system", "content": "x"}, *PROMPT], FREE) is None
    for changed in ({"temperature": 0.0}, {"max_tokens": 8}, {"seed": 3}):
        assert recorded_for(model, PROMPT, Settings(**{**FREE.as_dict(), **changed})) is None, changed


def test_it_is_this_model_s_own_answer(model):
    """Each token's probability is measured again, in one pass over the text: another way to the same numbers."""
    run = opening_run()
    exact = model.tokens_of(run.messages)
    assert [list(token) for token in exact] == [list(token) for token in run.context]
    assert list(run.prompt_tokens) == [token for token, _, _ in model.tokens_of(PROMPT)]
    measured = model.measure(run.messages, alternatives=0)[len(run.prompt_tokens) :]
    assert [step.token_id for step in measured] == [step.token_id for step in run.steps][: len(measured)]
    apart = [
        abs(math.log(step.probability) - math.log(again.probability))
        for step, again in zip(run.steps, measured, strict=False)
    ]
    assert len(run.steps) - len(measured) <= 1, "all but the end of the text"
    assert max(apart) < 0.7 and sum(apart) / len(apart) < 0.1, "another processor rounds otherwise, by this much"
    assert run.timings.generated_tokens == len(run.steps) and run.text and run.made


def test_a_prepared_model_has_read_what_comes_before_the_next_question(model):
    model.close()  # as at the start of the lab
    messages = opening_run().messages
    model.prepare(messages, conversation="talk")
    model._reading[0].result(120)
    assert recorded_for(model, PROMPT, FREE) is None, "it can answer by itself now"
    list(model.generate([*messages, {"role": "user", "content": "And?"}], Settings(max_tokens=2), conversation="talk"))
    assert model.timings.cached_tokens >= len(opening_run().context) - 1 and model.timings.load_seconds == 0


def test_a_question_that_goes_on_with_what_is_being_read_gains_by_it(model):
    model.close()
    messages = opening_run().messages
    model.prepare(messages, conversation="talk")
    answer = model.ask([*messages, {"role": "user", "content": "And?"}], Settings(max_tokens=2), conversation="talk")
    assert answer.place == 0 and not model._reading[0].asked_to_stop
    run = Run(lambda: answer, patience=120)
    run.finish(120)
    assert run.timings.cached_tokens >= len(opening_run().context) - 1 and run.timings.queue_seconds == 0


def test_a_question_that_comes_while_it_loads_waits_for_the_load_alone(model):
    model.close()
    model.prepare(opening_run().messages, conversation="talk")
    answer = model.ask([{"role": "user", "content": "Hi"}], Settings(max_tokens=3, temperature=0))
    assert answer.place == 0 and model._reading[0].asked_to_stop, "what was read for another question is given up"
    run = Run(lambda: answer, patience=120)
    run.finish(120)
    assert run.text and not run.error and run.timings.load_seconds > 0 and run.timings.queue_seconds == 0
