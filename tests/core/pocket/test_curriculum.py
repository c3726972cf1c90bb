"""The training text: the same for the same seed, right in what it says, and grammatical where a rule can tell."""

import json
import re
from itertools import islice
from random import Random

import pytest

from core.pocket import facts
from core.pocket.conversations import KINDS, fact
from core.pocket.curriculum import DOCUMENTS, conversations, documents
from core.pocket.facts_asked import RELATIONS
from core.pocket.personal import NOT_TOLD, remembering
from core.pocket.relations import worded
from core.pocket.stories import HEROES, OPENINGS, plots, tell
from core.pocket.sums import in_words, sum_question
from core.pocket.tasks import record


def test_the_same_seed_gives_the_same_text():
    assert list(islice(documents(5), 300)) == list(islice(documents(5), 300))
    assert list(islice(conversations(5), 300)) == list(islice(conversations(5), 300))
    assert list(islice(documents(5), 300)) != list(islice(documents(6), 300))


def test_the_size_of_the_closed_world():
    assert sum(len(relation.pairs) for relation in RELATIONS) >= 1450
    assert all(len(relation.questions) >= 7 for relation in RELATIONS), "every relation is asked in many ways"


def test_columns_are_complete():
    tables = [value for name, value in vars(facts).items() if name.isupper() and isinstance(value[0], tuple)]
    assert tables
    for table in tables:
        assert len({len(row) for row in table}) == 1
        assert all(cell for row in table for cell in row)


@pytest.mark.parametrize("relation", RELATIONS, ids=lambda relation: relation.name)
def test_every_wording_is_filled_in(relation):
    a, b = relation.pairs[0]
    for wording in relation.questions:
        assert not re.search(r"[{}]", worded(wording, a, b))
        assert "{b}" not in wording.lower(), "a question does not give its answer away"
    for wording in relation.answers + relation.statements:
        filled = worded(wording, a, b)
        assert b.lower() in filled.lower() and not re.search(r"[{}]", filled)


def test_known_facts_by_hand():
    by_name = {relation.name: dict(relation.pairs) for relation in RELATIONS}
    assert by_name["capital"]["Portugal"] == "Lisbon" and by_name["country"]["Lisbon"] == "Portugal"
    assert by_name["opposite"]["hot"] == "cold" and by_name["opposite"]["cold"] == "hot"
    assert by_name["next day"]["Sunday"] == "Monday" and by_name["previous month"]["January"] == "December"
    assert by_name["legs"]["spider"] == "eight" and by_name["in French"]["milk"] == "lait"


def test_the_article_fits_the_word():
    assert worded("what does a {a} do?", "owl") == "What does an owl do?"
    assert worded("a {a}", "unicorn") == "A unicorn" and worded("a {a}", "useful thing") == "A useful thing"


def test_sums_are_right():
    random = Random(3)
    seen = 0
    for _ in range(800):
        turns = sum_question(random)
        for left, sign, right, result in re.findall(r"(\d+) ([-+*]) (\d+) = (\d+)", turns[1][1]):
            right_answer = {"+": int(left) + int(right), "-": int(left) - int(right), "*": int(left) * int(right)}[sign]
            assert int(result) == right_answer
            seen += 1
    assert seen > 200
    assert [in_words(number) for number in (0, 19, 20, 42, 100, 215)] == [
        "zero",
        "nineteen",
        "twenty",
        "forty-two",
        "one hundred",
        "two hundred and fifteen",
    ]


def test_what_is_asked_back_was_told_before():
    random = Random(4)
    for _ in range(500):
        turns = remembering(random)
        assert [role for role, _ in turns] == ["user", "assistant"] * (len(turns) // 2)
        answer = turns[-1][1]
        if answer in NOT_TOLD:
            assert len(turns) == 2
            continue
        start = r"^(Your (favourite )?\w+ is (called )?|You (live in|travel to|are an?|are)|It is on|The \w+ is) ?"
        value = re.sub(start, "", answer)
        value = value.removesuffix(".").removesuffix(" years old")
        assert value.lower() in " ".join(text for role, text in turns[:-1] if role == "user").lower()


def test_json_in_the_training_text_is_json():
    random = Random(5)
    for _ in range(200):
        asked, answered = record(random)
        value = json.loads(answered[1])
        assert all(key in asked[1] or len(value) > 1 for key in value)


def test_stories_are_whole_and_keep_to_their_topic():
    random = Random(6)
    for topic in ("key", "fox", "", "dragon"):
        story = tell(random, topic)
        assert topic in story.text and story.name in story.text
        assert len(story.sentences) >= 5 and not re.search(r"[{}|]", story.text)
    assert all(len(plot) >= 5 for plot in plots()) and len(HEROES) > 15 and len(OPENINGS) >= 5


@pytest.mark.parametrize("make", [make for _, make in DOCUMENTS], ids=lambda make: make.__name__)
def test_documents_of_every_kind(make):
    texts = {make(Random(seed)) for seed in range(60)}
    assert len(texts) > 30, "they vary"
    assert all(text.strip() == text and "{" not in text.replace('{"', "") for text in texts)


@pytest.mark.parametrize("make", [make for _, make in KINDS], ids=lambda make: make.__name__)
def test_exchanges_of_every_kind_end_with_the_assistant(make):
    for seed in range(60):
        turns = make(Random(seed))
        assert turns[-1][0] == "assistant" and turns[0][0] in {"user", "system"}
        assert all(text and text == text.strip() for _, text in turns)


def test_a_fact_is_asked_in_many_ways():
    random = Random(7)
    assert len({fact(random)[0][1] for _ in range(1500)}) > 1200
