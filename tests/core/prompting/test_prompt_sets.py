"""Prompt sets: read strictly, checked, run, killed, gone on with, and reported."""

import os
import signal
import subprocess
import sys
import time

import pytest

from core import catalog
from core.errors import UserError
from core.prompting import checks, prompt_sets, records, set_report, set_runs
from core.prompting.database import connected
from core.prompting.engine import Settings, open_model
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
from core.prompting import prompt_sets, set_runs
from core.prompting.engine import Settings, open_model
import sys
model = open_model(catalog.find("pocket-chat").path)
run = set_runs.SetRun(prompt_sets.read(sys.stdin.read()), [(model, "Pocket Chat")], Settings())
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
    assert list(prompt_sets.shipped())[:4] == ["Berlin Buzzwords", "A tweet, warm and cold", "Tourist advice as JSON",
                                               "A sentient cheesecake"]
    first = prompt_sets.shipped()["Berlin Buzzwords"]
    assert [prompt.truth for prompt in first.prompts][1:] == ["2010, June 7 and 8", "Kosmos Berlin"]
    cities = [prompt.row.split(",")[0] for prompt in prompt_sets.shipped()["Tourist advice as JSON"].prompts]
    assert cities == ["New York", "Sydney", "Berlin", "Lille", "Oxford"]


def test_a_table_is_a_set_too():
    found = prompt_sets.read('prompt,capital,contains,truth\n"What is the capital of {land}?",x,,\n'
                             '"Is {capital} a capital, {odd}?",Rome,Rome,Yes\n', "mine.csv")
    assert found.name == "mine" and found.prompts[1].text == "Is Rome a capital, {odd}?"
    assert found.prompts[1].checks == (checks.Check("contains", "Rome"),) and found.prompts[0].text.endswith("{land}?")


@pytest.mark.parametrize("text, says", [
    ("prompts:\n  - text: a: b: c", "Line 2, column"), ("just words", "list of prompts"),
    ("prompts: []", "list of prompts"),
    ("prompts: [{}]", "Prompt 1 has no text"), ("prompts: [{text: a, cheks: []}]", "cheks"),
    ("prompts: [a]\nseeds: [1, 1]", "different whole"), ("prompts: [a]\nsettings: {temprature: 1}", "unknown"),
    ("prompts: [a]\nsettings: {temperature: 99}", "temperature"),
    ("prompts: [{text: a, checks: [{regex: '('}]}]", "cannot be"),
    ("prompts: [{text: a, checks: [{schema: {type: strin}}]}]", "not valid"), ("a: &x [1]\nb: *x", "aliases"),
    ("prompts: [{text: a, checks: [{python: 'x'}]}]", "is no check"),
    ("prompts: !!python/object:os.system [a]", "no YAML"),
    ("prompts: [a]\nseeds: [" + ", ".join(map(str, range(6000))) + "]", "6,000 prompts"),
    ("x" * 1_000_001, "characters")])
def test_a_set_with_a_fault_gets_a_sentence(text, says):
    with pytest.raises(UserError, match=says):
        prompt_sets.read(text)


def test_a_table_with_a_fault_gets_a_sentence():
    for text, says in (("a,b\n1,2\n", "no column called prompt"), ("prompt\na,b,c\n", "Line 2"),
                       ('prompt\n"a', "cannot be read")):
        with pytest.raises(UserError, match=says):
            prompt_sets.read(text, "x.csv")


def test_wilson_s_interval_against_worked_numbers():
    """8 of 10: 0.490 to 0.943; 0 of 10: 0 to 0.278; both as published for Wilson's score interval."""
    assert checks.wilson(8, 10) == pytest.approx((0.490, 0.943), abs=5e-4)
    assert checks.wilson(0, 10) == pytest.approx((0, 0.2775), abs=5e-4)
    assert checks.wilson(0, 0) == (0.0, 1.0)


def test_checks_judge():
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
    made = [checks.check_from(values) for values in (
        {"contains": 2010}, {"lacks": "Rome"}, {"regex": r"(?i)\bin\b"}, {"schema": schema})]
    passed = [each.passed for each in checks.judge("It was IN 2010.", made)]
    assert passed == [True, True, True, False]
    assert checks.judge('{"a": 1}', made[3:])[0].passed


def test_a_pattern_that_takes_for_ever_fails_in_time():
    began = time.monotonic()
    (found,) = checks.judge("a" * 60 + "!", [checks.check_from({"regex": "(a+)+$"})])
    assert not found.passed and time.monotonic() - began < 30


def test_a_set_is_run_checked_and_reported(model):
    plan = prompt_sets.read("name: Two <b>\nprompts:\n  - {text: 'What is the capital of {x}?', truth: '{y}', "
                            "checks: [{contains: '{y}'}]}\nvariables: [{x: France, y: Paris}, {x: Japan, y: Nowhere}]\n"
                            "seeds: [1, 2]\nsettings: {temperature: 0, max_tokens: 20}")
    run = set_runs.SetRun(plan, [(model, "Pocket | Chat")], Settings())
    run.start()
    run.finish()
    outcomes = run.outcomes()
    assert len(outcomes) == 4 and records.count() == {"set": 4}
    ((title, passed, count, low, high),) = run.shares(outcomes)
    assert (passed, count) == (2, 4) and low < 0.5 < high
    report = set_report.as_markdown(run)
    assert r"\<b\>" in report and r"Pocket \| Chat" in report and "### Actual\n\nNowhere" in report
    assert "2 of 4 | 50% | 15% to 85%" in report and report.count("tokens/s") == 4
    assert set_runs.earlier()[0][2:] == (4, 4)


def test_what_was_asked_before_stands_in_the_conversation(model):
    plan = prompt_sets.read("prompts: [{text: 'And now?', system: Be brief., before: ['The capital of France?']}]\n"
                            "settings: {temperature: 0, max_tokens: 16}")
    run = set_runs.SetRun(plan, [(model, "Pocket")], Settings())
    run.start()
    run.finish()
    (record,) = records.search(kind="set")
    assert [turn["role"] for turn in record.prompt] == ["system", "user", "assistant", "user"]
    assert record.prompt[2]["content"]


def test_a_model_named_twice_is_asked_once(model):
    plan = prompt_sets.read("prompts: [a]\nsettings: {max_tokens: 2}")
    run = set_runs.SetRun(plan, [(model, "at the side"), (model, "Pocket")], Settings())
    run.start()
    run.finish()
    assert [title for _, title in run.models] == ["at the side"] and len(run.outcomes()) == 1 and not run.error


def test_a_set_can_be_stopped_and_goes_on(model):
    run = set_runs.SetRun(prompt_sets.read(SMALL), [(model, "Pocket")], Settings())
    run.start()
    while len(run.done_keys()) < 5:
        time.sleep(0.01)
    run.stop()
    run.finish(60)
    kept = len(run.done_keys())
    assert not run.running and 5 <= kept < 200
    other = set_runs.SetRun(prompt_sets.read(SMALL), [(model, "Pocket")], Settings(), run_name="another")
    assert other.done_keys() == set() and other.id != run.id


def test_two_hundred_runs_killed_in_the_middle_go_on_without_repeating_or_losing_one(model):
    child = subprocess.Popen([sys.executable, "-c", CHILD], stdin=subprocess.PIPE, cwd=ROOT, env=os.environ)
    child.stdin.write(SMALL.encode())
    child.stdin.close()
    run = set_runs.SetRun(prompt_sets.read(SMALL), [(model, "Pocket Chat")], Settings())
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
    run = set_runs.SetRun(prompt_sets.read(SMALL), [(model, "Pocket")], Settings(), run_name="killed")
    run.start()
    while len(run.done_keys()) < 3:
        time.sleep(0.01)
    model.kill()
    run.finish(120)
    outcomes = run.outcomes()
    assert len(outcomes) == 200 and not [each for each in outcomes.values() if each.record.error]
