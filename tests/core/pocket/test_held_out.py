"""The probe asks in wordings that training does not have, and its verdicts are right."""

import re
from itertools import islice

import pytest

from core.pocket.curriculum import conversations, documents
from core.pocket.facts_asked import RELATIONS
from core.pocket.facts_personal import ATTRIBUTES, FRAMED
from core.pocket.sums import QUESTIONS
from tests.benchmarks import pocket_questions as probe
from tests.benchmarks import pocket_second_questions as second
from tests.benchmarks.pocket_probe import is_json, is_right, loops


def bare(text: str) -> str:
    """Small letters and single spaces, without marks: so that a comma makes no new wording."""
    return " ".join(re.sub(r"[^a-z0-9{}' ]", " ", text.lower()).split())


def trained_wordings() -> set[str]:
    told = [wording for _, tell, ask, _ in ATTRIBUTES.values() for wording in (tell + "|" + ask).split("|")]
    told += [wording for several in FRAMED.values() for wording in several]
    asked = [wording for relation in RELATIONS for wording in relation.questions + relation.framed]
    return {bare(text) for text in [*asked, *told, *QUESTIONS]}


def test_no_wording_of_the_probe_is_a_wording_of_training():
    probed = {bare(wording) for several in probe.FACT_WORDINGS.values() for wording in several}
    probed |= {bare(wording) for both in probe.RECALL_WORDINGS.values() for several in both for wording in several}
    probed |= {bare(wording) for wording in probe.SUM_WORDINGS}
    assert len(probed) > 100
    assert not probed & trained_wordings()


def test_no_wording_of_the_second_set_is_one_of_training_or_of_the_first():
    facts = {bare(wording) for several in second.FACT_WORDINGS.values() for wording in several}
    recalled = {bare(wording) for both in second.RECALL_WORDINGS.values() for several in both for wording in several}
    first = {bare(wording) for several in probe.FACT_WORDINGS.values() for wording in several}
    first |= {bare(wording) for both in probe.RECALL_WORDINGS.values() for several in both for wording in several}
    assert len(facts) > 50 and len(recalled) > 15
    assert not (facts | recalled) & (first | trained_wordings())


@pytest.fixture(scope="module")
def training_text() -> str:
    texts = list(islice(documents(1), 12_000))
    texts += [text for turns in islice(conversations(2), 12_000) for _, text in turns]
    return "\n".join(bare(line) for text in texts for line in text.split("\n"))


def test_no_question_of_the_probe_stands_in_the_training_text(training_text):
    asked = {bare(question.messages[-1][1]) for question in probe.all_questions() + second.second_questions()}
    assert len(asked) > 330
    assert not [question for question in asked if question in training_text]


def test_the_probe_is_three_hundred_questions_and_the_same_each_time():
    questions = probe.all_questions()
    assert len(questions) == 300 and questions == probe.all_questions()
    assert {question.part for question in questions} == {"fact", "recall", "json", "open"}
    assert all(question.cold for question in questions if question.part == "recall")
    assert len({question.wording for question in questions if question.part == "fact"}) > 80


def test_what_counts_as_right():
    assert is_right("The capital of France is Paris.", ("Paris",)) and is_right("paris", ("Paris",))
    assert not is_right("August has 31 days.", ("31",), "January") and is_right("31 days.", ("31",), "January")
    assert not is_right("Parisian", ("Paris",)) and not is_right("15 + 1 = 161.", ("16",))
    assert is_right("Six and six is twelve.", ("12", "twelve"))


def test_what_counts_as_a_loop():
    assert loops("I see a cat. I see a cat. I see a cat.")
    assert loops("the dog and the dog and the dog and the dog and the dog and the dog and ")
    assert not loops("I see a cat. I see a dog. It was a good day. They went home.")


def test_what_counts_as_json():
    assert is_json('{"a": 1}') and not is_json('Here: {"a": 1}') and not is_json("")
