"""Long texts in chunks, questions in a chain: what fits, what each step is asked, what a stop keeps."""

import time

import pytest

from core import catalog
from core.errors import UserError
from core.prompting.engine import open_model
from core.prompting.lessons import definitions, long_summary
from core.prompting.lessons.chain import Chain
from core.prompting.settings import Settings
from tests.support.fake_models import FakeModel, last_of


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("TEXTLAB_HOME", str(tmp_path))


@pytest.fixture(scope="module")
def pocket():
    opened = open_model(catalog.find("pocket-chat").path)
    yield opened
    opened.close()


def test_chunks_hold_the_whole_text_and_fit_with_what_stands_before_them(pocket):
    text, most_new = long_summary.TEXT + " " + "word " * 300 + "x" * 2_000, 60
    room = long_summary.room(pocket, most_new)
    parts = long_summary.chunks(pocket, text, room)
    assert "".join("".join(parts).split()) == "".join(text.split()), "nothing is lost, nothing comes twice"
    assert len(parts) > 3 and all(pocket.count(part) <= room for part in parts)
    longest = max(parts, key=pocket.count)
    before = "word " * (most_new - 3)
    assert pocket.count(before) <= most_new
    prompt = [{"role": "user", "content": long_summary.prompt_text(longest, before)}]
    assert pocket.count(prompt) + most_new <= pocket.n_ctx


def test_no_room_and_no_text_are_said(pocket):
    with pytest.raises(UserError, match="no room"):
        long_summary.room(pocket, 250)
    with pytest.raises(UserError, match="no text"):
        long_summary.chunks(pocket, " \n ", 50)
    with pytest.raises(UserError, match="Up to 60"):
        long_summary.chunks(FakeModel("f", lambda prompt, settings: ""), "one two three. " * 500, 8)


def test_each_chunk_is_asked_with_the_summary_before_it():
    said = iter(["first", "second", "third"])
    fake = FakeModel("f", lambda prompt, settings: next(said))
    chain = Chain(fake, "f", long_summary.plan(fake, ["AAA", "BBB", "CCC"], Settings(), 30))
    chain.finish()
    assert chain.answers == ["first", "second", "third"]
    asked = [last_of(prompt) for prompt in chain.prompts]
    assert "AAA" in asked[0] and "so far" not in asked[0]
    assert "so far: first" in asked[1] and "BBB" in asked[1] and "AAA" not in asked[1]
    assert "so far: second" in asked[2] and "CCC" in asked[2]
    assert all(run.settings.max_tokens == 30 for run in chain.runs)


def test_a_stop_keeps_what_was_summarised(pocket):
    chain = Chain(pocket, "p", long_summary.plan(pocket, ["Anna went to the park."] * 40, Settings(temperature=0), 40))
    end = time.monotonic() + 60
    while len(chain.answers) < 2 and time.monotonic() < end:
        chain.look(0.02)
    chain.stop()
    chain.finish(10)
    assert chain.done and 2 <= len(chain.answers) < 40 and not chain.error


def test_a_break_ends_the_chain_and_is_kept():
    fake = FakeModel("f", lambda prompt, settings: "half", broken=True)
    chain = Chain(fake, "f", long_summary.plan(fake, ["A", "B"], Settings(), 30))
    chain.finish()
    assert len(chain.runs) == 1 and chain.answers == [] and "The process ended." in str(chain.error)


def test_two_sessions_ask_the_same_question_last():
    fake = FakeModel("f", lambda prompt, settings: f"answer {len(prompt)}")
    chain = Chain(fake, "f", definitions.two_sessions(fake, ["Q1?", "Q2?"], "Last?", Settings()))
    chain.finish()
    assert chain.prompts[0] == [{"role": "user", "content": "Last?"}]
    assert [turn["content"] for turn in chain.prompts[3]] == ["Q1?", "answer 1", "Q2?", "answer 3", "Last?"]
    assert len(chain.prompts) == 4
