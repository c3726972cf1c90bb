"""The engine on a real small model, in a real process."""

import os
import signal
import threading
import time

import pytest

from core.errors import UnreadableFile, UserError, WorkerDied
from core.prompting.engine import Settings, Step, open_model
from core.prompting.runs import Run
from tests.core.prompting.gguf_files import with_template

GREEDY = Settings(temperature=0, max_tokens=40)
ONCE = "Once upon a time"


@pytest.fixture(scope="module")
def stories_path():
    from tests.conftest import SHARED, skip_or_fail
    path = SHARED / "stories260k.gguf"
    if not path.exists():
        skip_or_fail("the shared test data has no stories260k.gguf here")
    return path


@pytest.fixture(scope="module")
def model(stories_path):
    opened = open_model(stories_path)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def chat_model(stories_path, tmp_path_factory):
    opened = open_model(with_template(stories_path, tmp_path_factory.mktemp("chat") / "chat.gguf"))
    yield opened
    opened.close()


def text_of(steps):
    return "".join(step.text for step in steps)


def test_greedy_text_is_that_of_llama_cpp_python(model, stories_path):
    """Against the binding's own high-level call, in a process of its own."""
    import subprocess
    import sys
    code = (f"from llama_cpp import Llama; m = Llama({str(stories_path)!r}, n_ctx=512, verbose=False);"
            f"answer = m.create_completion({ONCE!r}, max_tokens=40, temperature=0, repeat_penalty=1);"
            "print(answer['choices'][0]['text'])")
    theirs = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60).stdout
    assert text_of(model.generate(ONCE, GREEDY)) == theirs.removesuffix("\n")


def test_steps_carry_probabilities_that_are_true(model):
    steps = list(model.generate(ONCE, Settings(temperature=0, max_tokens=5, alternatives=4)))
    assert all(isinstance(step, Step) and 0 < step.probability <= 1 and step.rank == 1 for step in steps)
    for step in steps:
        probabilities = [other.probability for other in step.alternatives]
        assert len(probabilities) == 4 and probabilities == sorted(probabilities, reverse=True)
        assert step.alternatives[0].token_id == step.token_id
        assert sum(probabilities) <= 1 + 1e-6 and step.entropy >= 0


def test_probabilities_after_sampling_add_up(model):
    settings = Settings(temperature=0.8, top_k=4, top_p=1, min_p=0, seed=1, max_tokens=8, alternatives=4)
    for step in model.generate(ONCE, settings):
        assert sum(other.after_sampling for other in step.alternatives) == pytest.approx(1, abs=1e-4)


def test_the_same_seed_gives_the_same_text_and_another_does_not(model):
    texts = [text_of(model.generate(ONCE, Settings(temperature=1.2, seed=seed, max_tokens=30))) for seed in (7, 7, 8)]
    assert texts[0] == texts[1] != texts[2]
    assert model.timings.seed == 8


def test_timings_count_and_a_repeated_prompt_is_cached(model):
    prompt = "Lily saw a big red ball in the park and "
    list(model.generate(prompt, GREEDY, cold=True))
    cold = model.timings
    assert cold.cached_tokens == 0 and cold.evaluated_tokens == cold.prompt_tokens == len(model.tokens_of(prompt))
    cold_text = text_of(model.generate(prompt, GREEDY, cold=True))
    warm_text = text_of(model.generate(prompt, GREEDY))
    warm = model.timings
    assert warm.cached_tokens == warm.prompt_tokens - 1 and warm.evaluated_tokens == 1
    assert warm_text == cold_text
    assert warm.generated_tokens == 40 and warm.ended_by == "max tokens" and warm.context_size == 512
    assert warm.generation_speed > 20 and 0 < warm.first_token_seconds < 5


def test_a_stop_text_ends_the_answer_before_itself(model):
    assert text_of(model.generate("Once", Settings(temperature=0, max_tokens=60, stop=("was a",)))).endswith("there ")
    assert model.timings.ended_by == "stop text"


def test_exact_prompt_has_one_beginning_token(model):
    tokens = model.tokens_of(ONCE)
    assert tokens[0] == (1, "<s>", True) and [special for _, _, special in tokens[1:]] == [False] * (len(tokens) - 1)
    assert [token for token, _, _ in model.tokens_of("<s>" + ONCE)].count(1) == 1


def test_the_prompt_is_counted_by_the_idle_model_itself_and_beside_a_busy_one(stories_path):
    model = open_model(stories_path)
    try:
        cold = model.tokens_of(ONCE)
        assert not model.alive, "counting alone does not load the weights"
        list(model.generate(ONCE, Settings(temperature=0, max_tokens=1)))
        counter, model._counter = model._counter, None
        counter.close()
        assert model.tokens_of(ONCE) == cold and model._counter is None
        answer = model.ask(ONCE, Settings(temperature=0, max_tokens=400))
        assert model.tokens_of(ONCE) == cold and model._counter is not None
        answer.cancel()
    finally:
        model.close()


def test_a_completion_model_refuses_turns(model):
    with pytest.raises(UserError, match="no chat template"):
        next(iter(model.generate([{"role": "user", "content": "hi"}])))


def test_messages_go_through_the_template_of_the_file(chat_model):
    messages = [{"role": "user", "content": "Hello"}]
    tokens = chat_model.tokens_of(messages)
    assert "".join(text for _, text, _ in tokens).strip().replace("  ", " ") == "<s> user: Hello\nassistant:"
    assert [token for token, _, _ in tokens].count(1) == 1
    assert text_of(chat_model.generate(messages, GREEDY))
    for wrong in ([], [{"role": "judge", "content": "x"}], [{"role": "user"}], ["hello"]):
        with pytest.raises(UserError):
            next(iter(chat_model.generate(wrong)))


def test_a_prompt_too_long_gets_a_sentence_with_both_numbers(model):
    with pytest.raises(UserError, match=r"tokens; the context holds 512"):
        list(model.generate("word " * 20_000))
    assert text_of(model.generate(ONCE, GREEDY))


def test_odd_prompts_do_not_trouble_it(model):
    for prompt in ("", "\0\1\2", "🧀" * 50, "\ud800 alone", " "):
        list(model.generate(prompt, Settings(max_tokens=3)))


def test_the_context_full_is_said(model):
    list(model.generate("word " * 120, Settings(max_tokens=1000, seed=1, temperature=1.5)))
    assert model.timings.ended_by in ("context full", "end of text")
    assert model.timings.prompt_tokens + model.timings.generated_tokens <= 512


def test_stop_while_writing_and_afterwards_all_is_as_before(model):
    before = text_of(model.generate(ONCE, GREEDY))
    answer = model.ask(ONCE, Settings(max_tokens=400, temperature=1))
    steps = answer.steps()
    next(steps)
    asked = time.monotonic()
    answer.cancel()
    assert len(list(steps)) < 400
    assert time.monotonic() - asked < 0.3
    assert answer.timings.ended_by == "stopped"
    assert text_of(model.generate(ONCE, GREEDY)) == before


def test_leaving_the_loop_stops_the_model(model):
    for _ in model.generate(ONCE, Settings(max_tokens=400)):
        break
    began = time.monotonic()
    list(model.generate(ONCE, Settings(max_tokens=1)))
    assert time.monotonic() - began < 1


def test_first_come_first_served(model):
    answers = [model.ask(ONCE, Settings(max_tokens=60, seed=number)) for number in range(10)]
    assert answers[9].place >= answers[1].place
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
    starts = [answer.timings.queue_seconds for answer in answers]
    assert starts == sorted(starts), "the later it was asked, the longer it waited"


def test_a_killed_process_costs_one_answer_and_keeps_its_text(stories_path):
    model = open_model(stories_path)
    run = Run(lambda: model.ask(ONCE, Settings(max_tokens=400, temperature=1)))
    while not run.text and run.look(0.05):
        pass
    os.kill(model.pid, signal.SIGKILL)
    run.finish(5)
    assert isinstance(run.error, WorkerDied) and run.ended_by == "broken off" and run.text
    assert text_of(model.generate(ONCE, GREEDY)), "asking again starts it anew"
    model.close()


def test_nobody_watching_stops_the_model(model):
    run = Run(lambda: model.ask("Lily " * 3, Settings(max_tokens=500, temperature=1.5, seed=3)), patience=0.0)
    time.sleep(1.0)
    assert run.done


def test_a_file_cut_short_is_refused_before_anything_starts(stories_path, tmp_path):
    cut = tmp_path / "cut.gguf"
    cut.write_bytes(stories_path.read_bytes()[:600_000])
    with pytest.raises(UnreadableFile, match="cut short"):
        open_model(cut)


def test_a_grammar_is_followed_and_a_schema_too(model):
    import json
    yes = text_of(model.generate("Is it so?", Settings(grammar='root ::= "yes" | "no"', max_tokens=10)))
    assert yes in ("yes", "no")
    schema = {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}
    answer = text_of(model.generate("A record:", Settings(json_schema=schema, max_tokens=200, seed=2)))
    assert isinstance(json.loads(answer)["age"], int)


@pytest.mark.parametrize("grammar", ["root ::= (", "root ::= nowhere", 'root ::= root "a"', "root ::= " + "(" * 30_000,
                                     "hello", "\0"])
def test_a_broken_grammar_only_ever_gives_a_sentence(model, grammar):
    pid = model.pid
    with pytest.raises(UserError):
        list(model.generate(ONCE, Settings(grammar=grammar, max_tokens=5)))
    assert model.alive and model.pid == pid


def test_a_prompt_is_measured_as_if_it_were_written(model):
    """Reading tells the same probabilities as writing the same tokens; also across slices of 64 tokens."""
    written = list(model.generate(ONCE, Settings(temperature=0, max_tokens=90, alternatives=3), cold=True))
    prompt = [token for token, _, _ in model.tokens_of(ONCE)]
    measured = model.measure(prompt + [step.token_id for step in written], alternatives=3)
    assert len(measured) == len(prompt) + len(written) and measured[0].probability == 1
    for read, wrote in zip(measured[len(prompt):], written, strict=True):
        assert read.probability == pytest.approx(wrote.probability, abs=2e-2)  # batches round differently
        assert read.entropy == pytest.approx(wrote.entropy, abs=5e-2)


def test_taking_another_token_goes_on_from_there_and_reads_almost_nothing_again(model):
    steps = list(model.generate(ONCE, Settings(temperature=0, max_tokens=30, alternatives=5)))
    prompt = [token for token, _, _ in model.tokens_of(ONCE)]
    other = steps[6].alternatives[1]
    branch = prompt + [step.token_id for step in steps[:6]] + [other.token_id]
    text = text_of(model.generate(branch, GREEDY))
    assert text and model.timings.evaluated_tokens <= 2
    assert model.timings.cached_tokens >= len(branch) - 2


def test_stop_while_reading_a_long_prompt_and_afterwards_all_is_as_before(tmp_path):
    from tests.core.prompting.gguf_files import Shape, random_model
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
    assert time.monotonic() - asked < 0.3 and answer.timings.ended_by == "stopped"
    assert answer.timings.evaluated_tokens < answer.timings.prompt_tokens
    assert text_of(model.generate("w1 w2", GREEDY)) == fresh
    model.close()


def test_stop_while_loading_and_loading_again(stories_path):
    from core.errors import Cancelled
    from core.prompting.generation import Host
    from core.worker_process import Task
    host, stopped = Host(str(stories_path)), Task(1, lambda message: None)
    stopped.cancel()
    with pytest.raises(Cancelled):
        host.load(stopped)
    assert host.load(Task(2, lambda message: None))["n_ctx"] == 512


def test_a_shortlist_draws_as_the_whole_vocabulary_does(stories_path):
    """Tokens below the top-k cannot be drawn, so leaving them out beforehand changes nothing: seed by seed."""
    import numpy as np

    from core.llama import Model
    from core.prompting.llama_sampler import Sampler
    native = Model(str(stories_path), lambda fraction: False)
    chance = np.random.default_rng(3)
    for seed in range(40):
        logits = chance.normal(0, 3, native.size).astype(np.float32)
        drawn = []
        for shortlist in (True, False):
            sampler = Sampler(native, temperature=0.9, top_k=20, top_p=0.95, min_p=0.02, repeat_penalty=1.0,
                              repeat_window=64, seed=seed)
            sampler._shortlist_of = 20 if shortlist else 0
            token, left = sampler.draw(logits)
            drawn.append((token, sorted(left["id"].tolist())))
            sampler.close()
        assert drawn[0] == drawn[1]
    native.close()
