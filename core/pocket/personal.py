"""Conversations in which the answer stands earlier: what people say about themselves, and questions about a text."""

from __future__ import annotations

from random import Random

from core.pocket import facts
from core.pocket.fact_questions import fact
from core.pocket.facts_personal import (
    ACKNOWLEDGEMENTS,
    ATTRIBUTES,
    FRAMED,
    JOBS,
    NOT_TOLD,
    draw_age,
    draw_place,
    person,
)
from core.pocket.frames import BEFORE_TELLING, in_a_hurry
from core.pocket.relations import worded
from core.pocket.sums import sum_question

Turn = tuple[str, str]


def _pet_attribute(random: Random) -> tuple[str, str, str, str, str]:
    """A pet of a kind with a name: what, how told, how asked, answer, answer to what kind it is."""
    kind, name = random.choice(facts.PETS), random.choice(facts.PET_NAMES) if random.random() < 0.6 else person(random)
    told = random.choice(
        [
            f"My {kind} is called {name}.",
            f"I have a {kind} called {name}.",
            f"My {kind}'s name is {name}.",
            f"I have a {kind}. Its name is {name}.",
            f"{name} is my {kind}.",
            f"We have a {kind} named {name}.",
        ]
    )
    ask = random.choice(
        [
            f"What is my {kind}'s name?",
            f"What is my {kind} called?",
            f"What is the name of my {kind}?",
            f"How is my {kind} called?",
            f"Tell me the name of my {kind}.",
            "What is my pet called?",
            "What is the name of my pet?",
            f"Do you remember the name of my {kind}?",
        ]
    )
    return "pet", told, ask, f"Your {kind} is called {name}.", f"{name} is a {kind}."


def told_and_asked(random: Random, what: str = "") -> tuple[str, str, str, str]:
    """(what, sentence that tells it, question about it, answer)."""
    what = what or random.choice(["name", "name", "name", "code", "code", "age", "pet", "pet", *ATTRIBUTES])
    if what == "pet":
        return _pet_attribute(random)[:4]
    draw, told, ask, answer = ATTRIBUTES[what]
    value = draw(random)
    tells = worded(random.choice(told.split("|")), "", value)
    if random.random() < 0.2:
        tells = random.choice(BEFORE_TELLING) + tells
    asks = random.choice(FRAMED[what] if random.random() < 0.5 else ask.split("|"))
    if random.random() < 0.3:
        asks = in_a_hurry(random, asks)
    return what, tells, asks, worded(answer, "", value)


def _reaction(random: Random, what: str, told: str, answer: str) -> str:
    if what == "name" and random.random() < 0.8:
        name = answer.removeprefix("Your name is ").rstrip(".")
        return random.choice(
            [
                f"Hello {name}!",
                f"Nice to meet you, {name}.",
                f"Hello {name}! How can I help you?",
                f"Hi {name}.",
                f"Good to meet you, {name}.",
            ]
        )
    return random.choice(ACKNOWLEDGEMENTS)


def remembering(random: Random) -> list[Turn]:
    """Somebody tells one to three things about themselves; later, often after another subject, asks for one."""
    if random.random() < 0.1:
        _, _, ask, _ = told_and_asked(random)
        return [("user", ask), ("assistant", random.choice(NOT_TOLD))]
    things: dict[str, tuple[str, str, str, str]] = {}
    for _ in range(random.choice([1, 1, 1, 2, 2, 3])):
        thing = told_and_asked(random)
        things.setdefault(thing[0], thing)
    turns: list[Turn] = []
    told = list(things.values())
    if len(told) > 1 and random.random() < 0.5:
        turns += [
            ("user", " ".join(thing[1] for thing in told)),
            ("assistant", _reaction(random, *told[0][:2], told[0][3])),
        ]
    else:
        for thing in told:
            turns += [("user", thing[1]), ("assistant", _reaction(random, *thing[:2], thing[3]))]
    if random.random() < 0.15:  # told and asked in one breath
        turns = [("user", " ".join([thing[1] for thing in told] + [told[0][2]])), ("assistant", told[0][3])]
        return turns
    for _ in range(random.choice([0, 0, 1, 1, 2])):
        turns += _between(random)
    for thing in random.sample(told, random.randint(1, len(told))):
        turns += [("user", thing[2]), ("assistant", thing[3])]
    return turns


def _between(random: Random) -> list[Turn]:
    """An exchange on another subject, so that the answer does not stand right before the question."""
    return random.choice([fact, fact, fact, sum_question])(random)


def about_a_text(random: Random) -> list[Turn]:
    """A short text about some people, and questions whose answers stand in it."""
    names = [person(random) for _ in range(random.choice([1, 2, 2, 3]))]
    sentences, questions = [], []
    for name in dict.fromkeys(names):
        for kind in random.sample(range(6), random.choice([1, 2, 2, 3])):
            sentence, ask, answer = _third_person(random, name, kind)
            sentences.append(sentence)
            questions.append((ask, answer))
    text = " ".join(sentences)
    chosen = random.sample(questions, min(len(questions), random.choice([1, 1, 2])))
    frame = random.choice(
        [
            "{t} {q}",
            "Text: {t} Question: {q}",
            "Read this: {t} {q}",
            "{t}\n{q}",
            "Context: {t}\nQuestion: {q}",
            "Use this text: {t}\n{q}",
        ]
    )
    turns: list[Turn] = [("user", frame.format(t=text, q=chosen[0][0])), ("assistant", chosen[0][1])]
    if random.random() < 0.15:
        turns = [("system", text), ("user", chosen[0][0]), ("assistant", chosen[0][1])]
    for ask, answer in chosen[1:]:
        turns += [("user", ask), ("assistant", answer)]
    return turns


def _third_person(random: Random, name: str, kind: int) -> tuple[str, str, str]:
    """A sentence about somebody, a question about it, and the answer."""
    place, food, hobby = draw_place(random), random.choice(facts.FOODS), random.choice(facts.HOBBIES)
    job, colour, age = random.choice(JOBS), random.choice(facts.COLOUR_NAMES), draw_age(random)
    sentence, asks, answer = [
        (
            f"{name} lives in {place}.",
            f"Where does {name} live?|In which place does {name} live?|Where is {name} at home?",
            f"{name} lives in {place}.",
        ),
        (
            f"{name} likes {food}.",
            f"What does {name} like?|What does {name} like to eat?|Which food does {name} like?",
            f"{name} likes {food}.",
        ),
        (
            f"{name}'s hobby is {hobby}.",
            f"What is {name}'s hobby?|What does {name} do for fun?|Which hobby does {name} have?",
            f"{name}'s hobby is {hobby}.",
        ),
        (
            f"{name} works as a {job}.",
            f"What is {name}'s job?|What does {name} work as?|What is the profession of {name}?",
            f"{name} works as a {job}.",
        ),
        (
            f"{name} has a {colour} car.",
            f"What colour is {name}'s car?|Which colour does the car of {name} have?|What car does {name} have?",
            f"{name} has a {colour} car.",
        ),
        (
            f"{name} is {age} years old.",
            f"How old is {name}?|What is the age of {name}?|Which age is {name}?",
            f"{name} is {age} years old.",
        ),
    ][kind]
    return worded(sentence, ""), random.choice(asks.split("|")), worded(answer, "")
