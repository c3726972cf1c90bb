"""The engine on a real small model, in a real process."""

import pytest

from core.errors import UnreadableFile, UserError
from core.prompting.engine import Settings, Step, open_model
from tests.support.gguf_files import Shape, random_model, with_template
from tests.support.greedy import GREEDY, ONCE, text_of


def test_greedy_text_is_that_of_llama_cpp_python(model, stories_path):
    """Against the binding's own high-level call, in a process of its own."""
    import subprocess
    import sys

    code = (
        f"from llama_cpp import Llama; m = Llama({str(stories_path)!r}, n_ctx=512, verbose=False);"
        f"answer = m.create_completion({ONCE!r}, max_tokens=40, temperature=0, repeat_penalty=1);"
        "print(answer['choices'][0]['text'])"
    )
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
    with pytest.raises(UserError, match=r"tokens; the context holds 512") as raised:
        list(model.generate("word " * 20_000))
    assert raised.value.next_step.endswith("; this model was not trained for a longer context."), "none is offered"
    short = open_model(model.path, n_ctx=256)
    with pytest.raises(UserError, match=r"tokens; the context holds 256") as raised:
        list(short.generate("word " * 20_000))
    short.close()
    assert "choose a longer context: this model reads up to 512 tokens" in raised.value.next_step
    assert text_of(model.generate(ONCE, GREEDY))


def test_odd_prompts_do_not_trouble_it(model):
    for prompt in ("", "\0\1\2", "🧀" * 50, "\ud800 alone", " "):
        list(model.generate(prompt, Settings(max_tokens=3)))


def test_the_context_full_is_said(model):
    list(model.generate("word " * 120, Settings(max_tokens=1000, seed=1, temperature=1.5)))
    assert model.timings.ended_by in ("context full", "end of text")
    assert model.timings.prompt_tokens + model.timings.generated_tokens <= 512


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


@pytest.mark.parametrize(
    "grammar", ["root ::= (", "root ::= nowhere", 'root ::= root "a"', "root ::= " + "(" * 30_000, "hello", "\0"]
)
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
    for read, wrote in zip(measured[len(prompt) :], written, strict=True):
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


def test_a_shortlist_draws_as_the_whole_vocabulary_does(stories_path):
    """Tokens below the top-k cannot be drawn, so leaving them out beforehand changes nothing: seed by seed."""
    import numpy as np

    from core.models.llama.model import Model
    from core.prompting.decoding.sampler import Sampler

    native = Model(str(stories_path), lambda fraction: False)
    chance = np.random.default_rng(3)
    for seed in range(40):
        logits = chance.normal(0, 3, native.size).astype(np.float32)
        drawn = []
        for shortlist in (True, False):
            sampler = Sampler(
                native,
                temperature=0.9,
                top_k=20,
                top_p=0.95,
                min_p=0.02,
                repeat_penalty=1.0,
                repeat_window=64,
                seed=seed,
            )
            sampler._shortlist_of = 20 if shortlist else 0
            token, left = sampler.draw(logits)
            drawn.append((token, sorted(left["id"].tolist())))
            sampler.close()
        assert drawn[0] == drawn[1]
    native.close()


def test_conversations_keep_their_context_while_others_are_answered(model):
    """Three conversations in turn: from the second round on, only what is new is read, and the text is a cold run's."""
    talks = {
        name: f"{name} saw a big red ball in the park. {name} and Ben went to play with it. They were happy, and "
        for name in ("Lily", "Tom", "Anna")
    }
    for name, text in talks.items():
        talks[name] = text + text_of(model.generate(text, GREEDY, conversation=name))
    for name, text in talks.items():
        warm = text_of(model.generate(text, GREEDY, conversation=name))
        assert model.timings.cached_tokens >= model.timings.prompt_tokens - 3, "its own answer is in the context too"
        assert warm == text_of(model.generate(text, GREEDY, conversation="", cold=True))


def test_a_saved_state_is_the_keys_and_values_and_hardly_more(tmp_path):
    """4 layers x 2 x 256 wide x 500 tokens x 2 bytes = 2,048,000 bytes; at most 1 % more."""
    from core.prompting.decoding.generation import ModelWorker
    from core.runtime.worker_process import Task

    shape = Shape(width=256, layers=4, heads=4, hidden=256, vocabulary=600, context=1024)
    worker = ModelWorker(str(random_model(tmp_path / "m.gguf", shape=shape)), n_ctx=1024, threads=1)
    worker.load(Task(1, lambda message: None))
    worker.kv_cache.read(list(range(300, 600)) + list(range(300, 500)))
    assert 2_048_000 <= len(worker.context.save()) <= 2_048_000 * 1.01
    worker.context.close()


def test_thinking_is_switched_where_the_template_has_it(stories_path, tmp_path):
    template = (
        "{% for m in messages %}{{ m.role }}: {{ m.content }}\n{% endfor %}bot:"
        "{% if enable_thinking is defined and enable_thinking is false %}<think>\n\n</think>{% endif %}"
    )
    model = open_model(with_template(stories_path, tmp_path / "thinks.gguf", template))
    question = [{"role": "user", "content": "Hi"}]
    on, off = ("".join(text for _, text, _ in model.tokens_of(question, thinking)) for thinking in (True, False))
    assert off.endswith("<think>\n\n</think>") and not on.endswith("</think>")
    list(model.generate(question, GREEDY, thinking=False))
    assert model.timings.prompt_tokens == model.count(question, False) > model.count(question, True)
    model.close()
