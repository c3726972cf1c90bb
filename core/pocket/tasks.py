"""Tasks in conversation: analogies, summaries, personas, announcements, records as JSON, rewriting, small talk."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from core.pocket import facts
from core.pocket.facts_asked import RELATIONS
from core.pocket.facts_personal import code, invented_name
from core.pocket.facts_said import GREETINGS, PERSONAS, SMALL_TALK
from core.pocket.relations import worded

Turn = tuple[str, str]
_ANALOGIES = [relation for relation in RELATIONS if relation.analogy]
_ANALOGY_WEIGHTS = [relation.weight for relation in _ANALOGIES]


def two_pairs(random: Random) -> tuple[tuple[str, str], tuple[str, str]]:
    """Two pairs of one relation that can be compared; now and then the famous ones of kings and queens."""
    if random.random() < 0.12:
        first, second = random.sample(random.choice([facts.ROYALTY, facts.KIN]), 2)
        return (first[0], first[1]), (second[0], second[1])
    relation = random.choices(_ANALOGIES, _ANALOGY_WEIGHTS)[0]
    first, second = random.sample(relation.pairs, 2)
    return (
        ((first[1], first[0]), (second[1], second[0]))
        if random.random() < 0.35 and relation.name == "capital"
        else (first, second)
    )


def analogy_question(random: Random) -> list[Turn]:
    """a is to b as c is to what?"""
    (a, b), (c, d) = two_pairs(random)
    ask = random.choice(
        [
            "{a} is to {b} as {c} is to what?",
            "{a} is to {b} as {c} is to ...",
            "{a} is to {b} like {c} is to what?",
            "Complete: {a} is to {b} as {c} is to",
            "If {a} belongs to {b}, what belongs to {c}?",
            "{a} -> {b}, {c} -> ?",
            "What is to {c} as {b} is to {a}?",
            "{a} : {b} = {c} : ?",
        ]
    )
    text = ask.format(a=a, b=b, c=c)
    return [("user", text[0].upper() + text[1:]), ("assistant", worded("{a} is to {b} as " + f"{c} is to {d}.", a, b))]


def summary(random: Random) -> list[Turn]:
    """Two sentences, and one that says both."""
    name, pet = random.choice(facts.FIRST_NAMES), random.choice(facts.PETS)
    place = random.choice(
        ["park", "garden", "market", "school", "lake", "library", "station", "kitchen", "forest", "museum"]
    )
    thing, food = random.choice([row[0] for row in facts.TOOLS]), random.choice(facts.FOODS)
    day, city = random.choice(facts.DAYS), random.choice(facts.CITIES)
    two, one = random.choice(
        [
            (f"{name} went to the {place}. There {name} found a {thing}.", f"{name} found a {thing} at the {place}."),
            (f"{name} has a {pet}. The {pet} likes {food}.", f"{name} has a {pet} that likes {food}."),
            (
                f"On {day}, {name} travelled to {city}. In {city}, {name} ate {food}.",
                f"{name} ate {food} in {city} on {day}.",
            ),
            (f"It rained all day. {name} stayed at home and read a book.", f"{name} read at home because it rained."),
            (f"{name} was hungry. So {name} made some {food}.", f"{name} made {food} because of hunger."),
            (f"{name} bought a {thing}. It broke on {day}.", f"{name}'s new {thing} broke on {day}."),
            (f"The {pet} ran to the {place}. {name} followed the {pet}.", f"{name} followed the {pet} to the {place}."),
            (
                f"{name} lives in {city}. {name} works there as a {(job := random.choice(facts.JOBS)[0])}.",
                f"{name} works as a {job} in {city}.",
            ),
        ]
    )
    ask = random.choice(
        [
            "Summarise: {}",
            "Summarise this text: {}",
            "Sum this up in one sentence: {}",
            "Make one sentence of this: {}",
            "Say it in one sentence: {}",
            "{}\nSummarise this in one sentence.",
            "Give me a summary: {}",
            "Shorten this: {}",
        ]
    )
    return [("user", worded(ask.format(two), "")), ("assistant", worded(one, ""))]


def persona(random: Random) -> list[Turn]:
    """A persona explains something of SQL or a word of the lab."""
    who = random.choice(PERSONAS) if random.random() > 0.15 else "sentient cheesecake"
    hello, image, goodbye = GREETINGS[who]
    if random.random() < 0.55:
        topics = random.sample(facts.SQL_TOPICS, random.choice([1, 1, 2]))
        subject = random.choice(["SQL", topics[0][0]]) if len(topics) == 1 else "SQL"
        body = f"Today I teach you {subject}. " + " ".join(text[0].upper() + text[1:] + "." for _, text in topics)
    else:
        subject, meaning = random.choice(facts.TERMS)
        body = f"Today I explain {subject}. {subject[0].upper() + subject[1:]} means: {meaning}."
    answer = f"{hello} {body} {image} {goodbye}"
    if random.random() < 0.4:
        system = random.choice([f"You are a {who}.", f"You are a {who} who teaches {subject}.", f"Answer as a {who}."])
        ask = random.choice(
            [f"Teach me {subject}.", f"Explain {subject}.", f"What is {subject}?", f"Tell me about {subject}."]
        )
        return [("system", worded(system, "")), ("user", ask), ("assistant", answer)]
    ask = random.choice(
        [
            f"You are a {who} who teaches {subject}. Give me a lesson.",
            f"Explain {subject} as a {who}.",
            f"Pretend to be a {who} and explain {subject}.",
            f"Explain {subject} like a {who} would.",
            f"You are a {who}. Teach me {subject}.",
            f"Write as a {who} who explains {subject}.",
        ]
    )
    return [("user", worded(ask, "")), ("assistant", answer)]


def announcement(random: Random) -> list[Turn]:
    """An announcement of an event with day, time and place."""
    event = random.choice(
        [
            "concert",
            "picnic",
            "meeting",
            "book sale",
            "football match",
            "talk",
            "party",
            "workshop",
            "film night",
            "conference",
            "market",
            "race",
            "quiz night",
            "exhibition",
        ]
    )
    place = random.choice([*facts.CITIES, "the park", "the library", "the town hall", "the school", "the museum"])
    day, hour = (
        random.choice(facts.DAYS),
        random.choice(["10 am", "11 am", "noon", "2 pm", "3 pm", "5 pm", "6 pm", "7 pm", "8 pm"]),
    )
    opening = random.choice(
        [
            "Dear friends, we invite you to our {e}!",
            "Attention please: the {e} is coming!",
            "Come to our {e}!",
            "Good news: there will be a {e}!",
        ]
    )
    closing = random.choice(
        ["Everybody is welcome.", "Bring your friends.", "We look forward to seeing you.", "Entry is free."]
    )
    text = f"{opening.format(e=event)} It takes place in {place} on {day} at {hour}. {closing}".replace(
        "in the", "at the"
    )
    ask = random.choice(
        [
            "Write an announcement for a {e} in {p} on {d} at {h}.",
            "Announce a {e} in {p} on {d} at {h}.",
            "Please write an invitation to a {e} in {p} on {d} at {h}.",
            "We have a {e} in {p} on {d} at {h}. Write an announcement.",
            "I need an announcement: {e}, {p}, {d}, {h}.",
        ]
    )
    return [("user", worded(ask.format(e=event, p=place, d=day, h=hour), "")), ("assistant", worded(text, ""))]


def record(random: Random) -> list[Turn]:
    """Something said in words, and the same as JSON."""
    name, age, city = random.choice(facts.FIRST_NAMES), random.randint(3, 99), random.choice(facts.CITIES)
    country, capital, continent, language = random.choice(facts.COUNTRIES)
    food, job, colour = random.choice(facts.FOODS), random.choice(facts.JOBS)[0], random.choice(facts.COLOUR_NAMES)
    options: list[tuple[str, dict[str, Any]]] = [
        (f"{name} is {age} years old.", {"name": name, "age": age}),
        (f"{name} is {age} years old and lives in {city}.", {"name": name, "age": age, "city": city}),
        (f"{name} lives in {city}.", {"name": name, "city": city}),
        (f"{name} is {age} years old and is from {city}.", {"name": name, "age": age, "city": city}),
        (f"{name} from {city} likes {food}.", {"name": name, "city": city, "likes": food}),
        (f"{name} works as a {job}.", {"name": name, "job": job}),
        (f"{name} likes {food}.", {"name": name, "food": food}),
        (f"{name} likes {food} and the colour {colour}.", {"name": name, "food": food, "colour": colour}),
        (country, {"country": country, "capital": capital}),
        (country, {"country": country, "capital": capital, "continent": continent}),
        (country, {"country": country, "language": language}),
        (country, {"country": country, "capital": capital, "continent": continent, "language": language}),
    ]
    said, value = random.choice(options)
    keys = ", ".join(list(value)[:-1]) + " and " + list(value)[-1]
    ask = random.choice(
        [
            "Write this as JSON: {}",
            "{} As JSON, please.",
            "Turn this into JSON: {}",
            "Answer in JSON with the keys {k}: {}",
            "JSON with {k} for: {}",
            "Give me a JSON record with {k}: {}",
            "{} Write it as JSON with {k}.",
            "Return JSON with {k}. {}",
            "Make a JSON object of this: {}",
            "{} Convert this to JSON.",
            "{} Give me only the JSON.",
            "Put this into a JSON object: {}",
        ]
    )
    if said == country:
        ask = random.choice(
            [
                "Give me a JSON record of {} with {k}.",
                "Describe {} as JSON with the keys {k}.",
                "JSON with {k} for {}",
                "Answer in JSON with {k}: {}",
                "Tell me {k} of {} as JSON.",
                "I need {k} of {} as a JSON object.",
                "{}: {k}, as a JSON object, please.",
            ]
        )
    return [("user", worded(ask.replace("{k}", keys).replace("{}", said), "")), ("assistant", json.dumps(value))]


def rewriting(random: Random) -> list[Turn]:
    """Repeating words, names and numbers, counting words, or naming the first."""
    words = random.sample([row[0] for row in facts.CLASSES if " " not in row[0]], random.randint(2, 5))
    roll = random.random()
    if roll < 0.5:
        text = " ".join(random.choice([word, word, invented_name(random), code(random)]) for word in words)
        ask = random.choice(["Repeat: ", "Say this again: ", "Repeat after me: ", "Copy this: "])
        return [("user", ask + text), ("assistant", text)]
    if roll < 0.75:
        number = facts.NUMBER_WORDS[len(words)]
        return [("user", f"How many words are these: {' '.join(words)}?"), ("assistant", f"These are {number} words.")]
    ask = random.choice(["Which word comes first: ", "What is the first word of this list: "])
    return [("user", f"{ask}{', '.join(words)}?"), ("assistant", f"The first word is {words[0]}.")]


def small_talk(random: Random) -> list[Turn]:
    """A greeting, thanks, or a question about the model itself."""
    said, answer = random.choice(SMALL_TALK)
    said = said if random.random() > 0.15 else said.lower().rstrip(".")
    return [("user", said), ("assistant", answer)]
