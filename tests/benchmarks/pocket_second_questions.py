"""A second set of held-out wordings, written when those of version 1.1 were settled and before it was looked at.

The first set (pocket_questions.py) was known when the curriculum of 1.1 was widened; this one was not. It is asked of
finished models only, and nothing is tuned to it.
"""

from __future__ import annotations

from random import Random

from core.pocket.facts_asked import RELATIONS
from core.pocket.facts_personal import ATTRIBUTES
from core.pocket.relations import worded
from tests.benchmarks.pocket_questions import Question

SEED = 11_26

FACT_WORDINGS: dict[str, list[str]] = {
    "capital": ["Which place serves as the capital of {a}?", "A friend moves to the capital of {a}. Which city is it?"],
    "country": ["Name the land where I can visit {a}.", "{a} is a place in which country?"],
    "continent": ["Is {a} in Europe, or on which other continent?", "{a} can be found on which continent?"],
    "language": [
        "Which language would I hear on the streets of {a}?",
        "How do the people of {a} speak, in which language?",
    ],
    "sound": ["When a {a} is loud, what does it do?", "Imitate a {a}: what does it do?"],
    "young": ["Somebody shows me a very young {a}. What is its name?", "A little {a} goes by what name?"],
    "animal kind": ["Would you say a {a} is a mammal, a bird, a fish or what?", "A {a} counts as what kind of animal?"],
    "animal home": ["Where should I search if I want to find a {a}?", "What is the typical home of a {a}?"],
    "legs": ["Guess how many legs a {a} has.", "On how many legs does a {a} run around?"],
    "colour": ["If I saw a {a}, which colour would it have?", "Pick the right colour for a {a}."],
    "opposite": [
        "The exact opposite of {a} is which word?",
        "Someone says {a}, but means the opposite. Which word is meant?",
    ],
    "next day": ["One day after {a}: which day is that?"],
    "previous day": ["One day before {a}: which day is that?"],
    "next month": ["One month after {a}: which month is that?"],
    "previous month": ["One month before {a}: which month is that?"],
    "days of a month": ["For how many days does {a} go on?"],
    "season": ["Is {a} in spring, summer, autumn or winter?"],
    "plural": ["First there was one {a}, now there are many. Many what?", "Make a plural out of {a}."],
    "past": ["Change {a} to its past tense.", "Grammar question: {a}, past tense?"],
    "comparative": ["Grammar question: {a}, comparative?"],
    "superlative": ["Grammar question: {a}, superlative?"],
    "in German": ["My German friend wants to say {a}. Which German word is it?"],
    "in French": ["My French friend wants to say {a}. Which French word is it?"],
    "in Spanish": ["My Spanish friend wants to say {a}. Which Spanish word is it?"],
    "class": ["{A} would be an example of what?", "A dictionary says that {a} is a kind of what?"],
    "job": ["What is it that a {a} does?", "A {a} earns money in which way?"],
    "who works": ["Whose job is it: who {a}?"],
    "workplace": ["Somebody works as a {a}. Where?", "Where will I find a {a} during the day?"],
    "purpose": ["Why would anybody buy a {a}?", "A {a} is useful for what?"],
    "tool": ["Which thing should I get in order to {a}?"],
    "author": ["{a} is a book. Who is its writer?", "Who has written {a}?"],
    "record": ["In the whole world, what is the {a}?"],
    "symbol": ["On the periodic table, how is {a} written?"],
    "sense": ["What does a person do with the {a}?"],
    "made from": ["Which thing do I need before I can make {a}?", "The main thing in {a} is what?"],
    "next planet": ["Leaving {a} and going outwards, which planet is the next one?"],
    "term": ["Someone used the word {a}. What is that?", "How would you define {a}?", "Tell a beginner what {a} is."],
}
RECALL_WORDINGS: dict[str, tuple[list[str], list[str]]] = {
    "name": (
        ["I'd like to introduce myself, I am {b}.", "The name is {b}."],
        ["So, who am I?", "Could you repeat my name?"],
    ),
    "age": (["Next to you I am old: I am {b}."], ["Which age do I have?", "Say again how old I am."]),
    "home": (["You will find me in {b}, that is my home."], ["Which town do I live in?"]),
    "colour": (["I painted my room {b}, my favourite colour."], ["Which colour do I like better than others?"]),
    "food": (["What I like to eat most is {b}."], ["Which food would make me happy today?"]),
    "job": (["I have worked as a {b} for ten years."], ["What is it that I work as?"]),
    "code": (
        ["The number on my door is {b}.", "Learn this number: {b}."],
        ["Which number was on my mind?", "And the number was?"],
    ),
    "word": (["Learn this word: {b}."], ["Which word did you learn?"]),
    "friend": (["I have one very good friend, {b}."], ["What do people call my friend?"]),
}


def second_questions() -> list[Question]:
    """120 questions, the same each time: 80 facts, 40 recalled after none, one or two other exchanges."""
    random = Random(SEED)
    by_name = {relation.name: relation for relation in RELATIONS}
    wordings = [(name, wording) for name, several in FACT_WORDINGS.items() for wording in several]
    random.shuffle(wordings)
    questions = []
    for number in range(80):
        name, wording = wordings[number % len(wordings)]
        a, _ = random.choice(by_name[name].pairs)
        right = tuple(b for subject, b in by_name[name].pairs if subject == a)
        questions.append(Question("fact", (("user", worded(wording, a)),), right, wording, subject=a))
    kinds = list(RECALL_WORDINGS)
    for number in range(40):
        kind = kinds[number % len(kinds)]
        tell, ask = (random.choice(several) for several in RECALL_WORDINGS[kind])
        value = ATTRIBUTES[kind][0](random)
        messages = [("user", worded(tell, "", value)), ("assistant", "Good to know.")]
        for _ in range(number % 3):
            name = random.choice(["capital", "opposite", "plural", "sound"])
            a, b = random.choice(by_name[name].pairs)
            messages += [
                ("user", worded(random.choice(FACT_WORDINGS[name]), a)),
                ("assistant", worded(by_name[name].answers[0], a, b)),
            ]
        questions.append(Question("recall", (*messages, ("user", ask)), (value,), ask, (("user", ask),)))
    return questions
