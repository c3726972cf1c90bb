"""Comparing: fair turns, how answers vary, blind votes; and the series underneath."""

import threading
import time

import pytest

from core import catalog
from core.errors import UserError, WorkerDied
from core.prompting.comparison import Comparison, Contestant, labels, spread, tally
from core.prompting.engine import Settings, open_model
from core.prompting.history import records
from core.prompting.series import Question, Series, prompt_for

GREEDY = Settings(temperature=0, seed=1, max_tokens=30)
QUESTION = "What is the capital of France?"


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))


@pytest.fixture(scope="module")
def models():
    opened = {key: open_model(catalog.find(key).path) for key in ("pocket-chat", "pocket-chat-q4", "pocket-base")}
    yield opened
    for model in opened.values():
        model.close()


def test_each_column_answers_costs_and_is_kept(models):
    columns = [Contestant(model, key, GREEDY) for key, model in models.items()]
    comparison = Comparison(QUESTION, columns)
    comparison.series.finish()
    assert comparison.labels == list(models) and records.count() == {"compare": 3}
    for place, model in enumerate(models.values()):
        (run,) = comparison.runs(place)
        cost = comparison.cost(place)
        assert run.text and not run.error and cost.words == len(run.text.split()) and cost.speed > 0
        assert cost.file_bytes == model.path.stat().st_size and cost.first_token_seconds > 0
    base = comparison.series.questions[2].prompt
    assert base == QUESTION, "a model without a chat template is given the bare text"


def test_one_after_another_never_overlaps_and_together_does(models):
    def spans(together):
        settings = Settings(temperature=1, seed=3, max_tokens=200)
        questions = [Question(model, key, "Once upon a time", settings) for key, model in models.items()]
        series = Series(questions, "compare", together)
        most = 0
        while series.look(0.001):
            most = max(most, sum(1 for run in series.runs if run and not run.done))
        return most

    assert spans(False) == 1 and spans(True) > 1


def test_asked_n_times_greedy_answers_are_one_and_hot_ones_are_many(models):
    hot = Settings(temperature=1.5, seed=1, max_tokens=30)
    model = models["pocket-chat"]
    comparison = Comparison("Tell me a story.", [Contestant(model, "a", GREEDY), Contestant(model, "a", hot)], times=6)
    comparison.series.finish()
    cold, warm = comparison.spread(0), comparison.spread(1)
    assert cold.answers[0][1] == 6 and cold.likeness == 1
    assert len(warm.answers) >= 5 and warm.likeness < 0.9 and sum(count for _, count in warm.answers) == 6
    assert [run.settings.seed for run in comparison.runs(1)] == [1, 2, 3, 4, 5, 6]


def test_how_far_texts_agree_worked_by_hand():
    found = spread(["a b", "a b ", "a c"])
    assert found.answers == (("a b", 2), ("a c", 1)) and found.shared_words == 1
    assert found.likeness == pytest.approx((1 + 0.5 + 0.5) / 3)
    assert spread([]).answers == () and spread(["x"]).likeness == 1.0


def test_a_series_can_be_stopped_and_ends_when_nobody_looks(models):
    model = models["pocket-chat"]
    long = Settings(temperature=1.4, seed=1, max_tokens=400)
    questions = [Question(model, "x", "Tell me a long story.", long)] * 50
    series = Series(questions, "compare")
    while not series.finished:
        series.look(0.01)
    series.stop()
    series.finish()
    assert series.done and 1 <= series.finished < 50
    left = Series(questions, "compare", patience=0.3)
    end = time.monotonic() + 60
    while not left.done and time.monotonic() < end:
        time.sleep(0.02)
    assert left.done and left.stopped and left.finished < 50


def test_others_have_their_turn_between_two_questions_of_a_series(models):
    model = models["pocket-chat"]
    series = Series(
        [Question(model, "x", "Tell me a story.", Settings(seed=1, max_tokens=60))] * 60, "compare", patience=None
    )
    waits = []

    def ask():
        began = time.monotonic()
        list(model.generate(QUESTION, Settings(temperature=0, max_tokens=4)))
        waits.append(time.monotonic() - began)

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join(60)
    assert waits and not series.done, "another session was answered while the series went on"
    series.stop()
    series.finish()


def test_labels_name_what_differs(models):
    chat, base = models["pocket-chat"], models["pocket-base"]
    assert labels([Contestant(chat, "Chat", GREEDY), Contestant(base, "Base", GREEDY)]) == ["Chat", "Base"]
    assert labels([Contestant(chat, "Chat", Settings(temperature=value, seed=1)) for value in (0, 0.8)]) == [
        "temperature 0",
        "temperature 0.8",
    ]
    assert labels([Contestant(chat, "Chat", Settings(seed=seed)) for seed in (1, 2)]) == ["seed 1", "seed 2"]
    assert labels([Contestant(chat, "Chat", GREEDY)] * 2) == ["Chat (1)", "Chat (2)"]


def test_blind_votes_are_counted(models):
    columns = [Contestant(models[key], key, GREEDY) for key in ("pocket-chat", "pocket-chat-q4")]
    for choice in (0, 0, 1, None):
        comparison = Comparison(QUESTION, columns)
        comparison.vote(choice)
        comparison.series.stop()
        assert sorted(comparison.order) == [0, 1]
    assert tally() == [("pocket-chat", 2, 4), ("pocket-chat-q4", 1, 4)]


def test_system_and_earlier_turns_reach_both_kinds_of_model(models):
    before = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
    assert [turn["role"] for turn in prompt_for(models["pocket-chat"], "x", "Be brief.", before)] == [
        "system",
        "user",
        "assistant",
        "user",
    ]
    assert prompt_for(models["pocket-base"], "x", "", before) == "Hi\nHello\nx"


def test_an_answer_that_broke_off_is_neither_counted_nor_voted_on(models):
    """Its text is there as far as it came, but it says nothing about the model."""
    chat = models["pocket-chat"]
    comparison = Comparison(
        QUESTION, [Contestant(chat, "a", GREEDY), Contestant(chat, "b", GREEDY), Contestant(chat, "c", GREEDY)], times=2
    )
    comparison.series.finish()
    for number in (1, 4):  # both of the second column's
        comparison.series.runs[number].error = WorkerDied("The process ended.")
    comparison.series.runs[3].error = WorkerDied("The process ended.")
    assert [sum(count for _, count in comparison.spread(place).answers) for place in range(3)] == [1, 0, 2]
    assert [comparison.unanswered(place) for place in range(3)] == [1, 2, 0]
    assert comparison.standing == [0, 2] and comparison.cost(1).speed is None
    with pytest.raises(UserError, match="cut short"):
        comparison.vote(1)
    comparison.vote(2)
    assert tally() == [("c", 1, 1), ("a", 0, 1)], "b did not take part"
    for run in comparison.series.runs:
        run.error = WorkerDied("The process ended.")
    with pytest.raises(UserError, match="no choice"):
        comparison.vote(None)
