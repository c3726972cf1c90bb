"""Prompt sets: read strictly, checked, run, killed, gone on with, and reported."""

import os
import signal
import subprocess
import sys
import time

import pytest

from core import catalog
from core.errors import UserError
from core.figures import prompting_sets
from core.prompting.engine import Model, Settings, open_model
from core.prompting.evals import checks, eval_report, eval_runs, eval_sets
from core.prompting.history import records
from core.prompting.history.database import connected
from pages.prompting.evals import eval_grid
from tests.conftest import ROOT

SMALL = """
name: Two hundred
variables: [{n: one}, {n: two}, {n: three}, {n: four}, {n: five}, {n: six}, {n: seven}, {n: eight}, {n: nine}, {n: ten}]
prompts:
  - text: "What comes after {n}?"
    checks: [{lacks: "zzz"}]
  - text: "Say {n}."
seeds: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]
settings: {temperature: 0.9, max_tokens: 6}
"""
CHILD = """
from core import catalog
from core.prompting.evals import eval_runs, eval_sets
from core.prompting.engine import Settings, open_model
import sys
model = open_model(catalog.find("pocket-chat").path)
run = eval_runs.SetRun(eval_sets.read(sys.stdin.read()), [(model, "Pocket Chat")], Settings())
run.start()
run.finish()
"""


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture(scope="module")
def model():
    opened = open_model(catalog.find("pocket-chat").path)
    yield opened
    opened.close()


def test_the_sets_of_the_talk_are_there():
    assert list(eval_sets.shipped())[:4] == [
        "Berlin Buzzwords",
        "A tweet, warm and cold",
        "Tourist advice as JSON",
        "A sentient cheesecake",
    ]
    first = eval_sets.shipped()["Berlin Buzzwords"]
    assert [prompt.truth for prompt in first.prompts][1:] == ["2010, June 7 and 8", "Kosmos Berlin"]
    cities = [prompt.row.split(",")[0] for prompt in eval_sets.shipped()["Tourist advice as JSON"].prompts]
    assert cities == ["New York", "Sydney", "Berlin", "Lille", "Oxford"]


def test_a_table_is_a_set_too():
    found = eval_sets.read(
        'prompt,capital,contains,truth\n"What is the capital of {land}?",x,,\n'
        '"Is {capital} a capital, {odd}?",Rome,Rome,Yes\n',
        "mine.csv",
    )
    assert found.name == "mine" and found.prompts[1].text == "Is Rome a capital, {odd}?"
    assert found.prompts[1].checks == (checks.Check("contains", "Rome"),) and found.prompts[0].text.endswith("{land}?")


@pytest.mark.parametrize(
    "text, says",
    [
        ("prompts:\n  - text: a: b: c", "Line 2, column"),
        ("just words", "list of prompts"),
        ("prompts: []", "list of prompts"),
        ("prompts: [{}]", "Prompt 1 has no text"),
        ("prompts: [{text: a, cheks: []}]", "cheks"),
        ("prompts: [a]\nseeds: [1, 1]", "different whole"),
        ("prompts: [a]\nsettings: {temprature: 1}", "unknown"),
        ("prompts: [a]\nsettings: {temperature: 99}", "temperature"),
        ("prompts: [{text: a, checks: [{regex: '('}]}]", "cannot be"),
        ("prompts: [{text: a, checks: [{schema: {type: strin}}]}]", "not valid"),
        ("a: &x [1]\nb: *x", "aliases"),
        ("prompts: [{text: a, checks: [{python: 'x'}]}]", "is no check"),
        ("prompts: !!python/object:os.system [a]", "not YAML"),
        ("prompts: [a]\nseeds: [" + ", ".join(map(str, range(6000))) + "]", "6,000 prompts"),
        ("x" * 1_000_001, "characters"),
    ],
)
def test_a_set_with_a_fault_gets_a_sentence(text, says):
    with pytest.raises(UserError, match=says):
        eval_sets.read(text)


def test_a_table_with_a_fault_gets_a_sentence():
    for text, says in (
        ("a,b\n1,2\n", "no column named prompt"),
        ("prompt\na,b,c\n", "Line 2"),
        ('prompt\n"a', "cannot be read"),
    ):
        with pytest.raises(UserError, match=says):
            eval_sets.read(text, "x.csv")


def test_wilson_s_interval_against_worked_numbers():
    """8 of 10: 0.490 to 0.943; 0 of 10: 0 to 0.278; both as published for Wilson's score interval."""
    assert checks.wilson(8, 10) == pytest.approx((0.490, 0.943), abs=5e-4)
    assert checks.wilson(0, 10) == pytest.approx((0, 0.2775), abs=5e-4)
    assert checks.wilson(0, 0) == (0.0, 1.0)


def test_checks_judge():
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
    made = [
        checks.check_from(values)
        for values in ({"contains": 2010}, {"lacks": "Rome"}, {"regex": r"(?i)\bin\b"}, {"schema": schema})
    ]
    passed = [each.passed for each in checks.judge("It was IN 2010.", made)]
    assert passed == [True, True, True, False]
    assert checks.judge('{"a": 1}', made[3:])[0].passed


def test_a_pattern_that_takes_for_ever_fails_in_time():
    began = time.monotonic()
    (found,) = checks.judge("a" * 60 + "!", [checks.check_from({"regex": "(a+)+$"})])
    assert not found.passed and time.monotonic() - began < 30


def test_a_set_is_run_checked_and_reported(model):
    plan = eval_sets.read(
        "name: Two <b>\nprompts:\n  - {text: 'What is the capital of {x}?', truth: '{y}', "
        "checks: [{contains: '{y}'}]}\nvariables: [{x: France, y: Paris}, {x: Japan, y: Nowhere}]\n"
        "seeds: [1, 2]\nsettings: {temperature: 0, max_tokens: 20}"
    )
    run = eval_runs.SetRun(plan, [(model, "Pocket | Chat")], Settings())
    run.start()
    run.finish()
    outcomes = run.outcomes()
    assert len(outcomes) == 4 and records.count() == {"set": 4}
    ((title, passed, count, low, high),) = run.shares(outcomes)
    assert (passed, count) == (2, 4) and low < 0.5 < high
    report = eval_report.as_markdown(run)
    assert r"\<b\>" in report and r"Pocket \| Chat" in report and "### Expected\n\nNowhere" in report
    assert r"**Pocket \| Chat passes 2 of 4 answers.**" in report
    assert "4 of 4 answers. Of 2 questions asked with several seeds, every one got the same answer" in report
    assert "2 of 4 | 50% | 15% to 85%" in report and report.count("tokens/s") == 4
    assert eval_runs.earlier()[0][2:] == (4, 4)


def test_what_was_asked_before_stands_in_the_conversation(model):
    plan = eval_sets.read(
        "prompts: [{text: 'And now?', system: Be brief., before: ['The capital of France?']}]\n"
        "settings: {temperature: 0, max_tokens: 16}"
    )
    run = eval_runs.SetRun(plan, [(model, "Pocket")], Settings())
    run.start()
    run.finish()
    (record,) = records.search(kind="set")
    assert [turn["role"] for turn in record.prompt] == ["system", "user", "assistant", "user"]
    assert record.prompt[2]["content"]


def test_a_model_named_twice_is_asked_once(model):
    plan = eval_sets.read("prompts: [a]\nsettings: {max_tokens: 2}")
    run = eval_runs.SetRun(plan, [(model, "at the side"), (model, "Pocket")], Settings())
    run.start()
    run.finish()
    assert [title for _, title in run.models] == ["at the side"] and len(run.outcomes()) == 1 and not run.error


def test_a_set_can_be_stopped_and_goes_on(model):
    run = eval_runs.SetRun(eval_sets.read(SMALL), [(model, "Pocket")], Settings())
    run.start()
    while len(run.done_keys()) < 5:
        time.sleep(0.01)
    run.stop()
    run.finish(60)
    kept = len(run.done_keys())
    assert not run.running and 5 <= kept < 200
    other = eval_runs.SetRun(eval_sets.read(SMALL), [(model, "Pocket")], Settings(), run_name="another")
    assert other.done_keys() == set() and other.id != run.id


def test_two_hundred_runs_killed_in_the_middle_go_on_without_repeating_or_losing_one(model):
    child = subprocess.Popen([sys.executable, "-c", CHILD], stdin=subprocess.PIPE, cwd=ROOT, env=os.environ)
    child.stdin.write(SMALL.encode())
    child.stdin.close()
    run = eval_runs.SetRun(eval_sets.read(SMALL), [(model, "Pocket Chat")], Settings())
    assert len(run.cells) == 200 == len({cell.key for cell in run.cells})
    end = time.monotonic() + 60
    while len(run.done_keys()) < 70 and time.monotonic() < end:
        time.sleep(0.01)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()

    def kept():
        with connected() as connection:
            return dict(connection.execute("SELECT key, run FROM cells").fetchall())

    before = kept()
    assert 70 <= len(before) < 200
    run.start()
    run.finish(120)
    after = kept()
    assert len(after) == 200 and records.count() == {"set": 200}
    assert {key: after[key] for key in before} == before, "what was kept was not asked again"
    assert len(set(after.values())) == 200


def test_a_model_killed_under_a_question_is_asked_again(model):
    run = eval_runs.SetRun(eval_sets.read(SMALL), [(model, "Pocket")], Settings(), run_name="killed")
    run.start()
    while len(run.done_keys()) < 3:
        time.sleep(0.01)
    model.kill()
    run.finish(120)
    outcomes = run.outcomes()
    assert len(outcomes) == 200 and not [each for each in outcomes.values() if each.record.error]


# ---------------------------------------------------------------- an answer that broke off is no answer

CAPITALS = """
name: Capitals
variables: [{x: France, y: Paris}, {x: Japan, y: Tokyo}, {x: Spain, y: Madrid}]
prompts: [{text: "What is the capital of {x}?", checks: [{contains: "{y}"}, {lacks: "zzz"}]}]
settings: {temperature: 0, max_tokens: 20}
"""


class Dying(Model):
    """A model whose process ends under every question that holds one of the words in `under`."""

    under: tuple[str, ...] = ()
    asked = 0

    def ask(self, prompt, *args, **how):
        answer = super().ask(prompt, *args, **how)
        self.asked += 1
        if any(word in prompt[-1]["content"] for word in self.under):
            self.kill()
        return answer


@pytest.fixture
def dying():
    opened = Dying(catalog.find("pocket-chat").path)
    yield opened
    opened.close()


def run_of(model, text=CAPITALS):
    run = eval_runs.SetRun(eval_sets.read(text), [(model, "Pocket")], Settings())
    run.start()
    run.finish(60)
    assert not run.running and run.error is None
    return run


def test_a_question_whose_process_dies_is_not_answered_counts_in_no_share_and_is_asked_again(dying):
    dying.under = ("Japan", "Spain")
    run = run_of(dying)
    outcomes = run.outcomes()
    assert dying.asked == 1 + 2 * eval_runs.ATTEMPTS and len(outcomes) == 3
    assert [outcomes[cell.key].answered for cell in run.cells] == [True, False, False]
    assert outcomes[run.cells[1].key].verdicts == () and "ended" in outcomes[run.cells[1].key].record.error
    assert run.shares(outcomes)[0][:3] == ("Pocket", 1, 1) and run.unanswered(outcomes) == [2]
    assert len(run.done_keys()) == 1 and eval_runs.earlier()[0][2:] == (1, 3)
    dying.under, dying.asked = (), 0
    run = run_of(dying)  # as another session would find it
    outcomes = run.outcomes()
    assert dying.asked == 2, "what was answered was not asked again"
    assert run.shares(outcomes)[0][2] == 3 and run.unanswered(outcomes) == [0]
    assert len(run.done_keys()) == 3 and eval_runs.earlier()[0][2:] == (3, 3)


def test_the_report_and_the_grid_say_what_was_not_answered(dying):
    dying.under = ("Japan", "Spain")
    run = run_of(dying)
    report = eval_report.as_markdown(run)
    assert "1 of 3 answers" in report and "2 were not answered" in report
    assert "| Pocket | 1 of 1 | 100% | 21% to 100% | 2 |" in report and report.count("(not answered: ") == 2
    grid = eval_grid.grid_html(run, run.outcomes())
    assert grid.count("not answered") == 2 and "✗" not in grid and "exit code" in grid
    figure = prompting_sets.shares(run.shares(run.outcomes()), unanswered=run.unanswered(run.outcomes()))
    assert figure.layout.annotations[-1].text == "1 of 1, 2 not answered"


def test_cells_that_an_earlier_version_judged_although_they_broke_off_count_as_not_answered(dying):
    run = run_of(dying)
    with connected() as connection:
        connection.execute(
            "UPDATE runs SET ended_by='broken off', error='The process ended.', answer='Par' "
            "WHERE id IN (SELECT run FROM cells WHERE key=?)",
            (run.cells[0].key,),
        )
    outcomes = run.outcomes()
    assert outcomes[run.cells[0].key].verdicts, "judged by the earlier version"
    assert run.shares(outcomes)[0][2] == 2 and run.unanswered(outcomes) == [1] and len(run.done_keys()) == 2
    asked = dying.asked
    assert run_of(dying).unanswered(run.outcomes()) == [0] and dying.asked == asked + 1


def test_a_conversation_whose_beginning_broke_off_is_not_answered(dying):
    dying.under = ("France",)
    run = run_of(
        dying,
        "prompts: [{text: 'And now?', before: ['The capital of France?'], checks: [{lacks: zzz}]}]\n"
        "settings: {temperature: 0, max_tokens: 8}",
    )
    assert run.unanswered(run.outcomes()) == [1] and dying.asked == eval_runs.ATTEMPTS, "the question was never asked"
    dying.under = ()
    run.start()
    run.finish(60)
    assert run.shares(run.outcomes())[0][1:3] == (1, 1)
