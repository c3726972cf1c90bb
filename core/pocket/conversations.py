"""Conversations: lists of turns (role, text) on every subject that Pocket shall be able to talk about."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from core.pocket import facts
from core.pocket.fact_questions import Turn, fact
from core.pocket.facts_asked import RELATIONS
from core.pocket.personal import about_a_text, remembering
from core.pocket.relations import worded
from core.pocket.stories import HEROES, THINGS, tell
from core.pocket.sums import sum_question
from core.pocket.tasks import analogy_question, announcement, persona, record, rewriting, small_talk, summary


def yes_or_no(random: Random) -> list[Turn]:
    """Whether a statement is true; half of them are not."""
    wanted = random.choice(
        ["capital", "opposite", "next day", "animal kind", "colour", "continent", "class", "language"]
    )
    relation = next(each for each in RELATIONS if each.name == wanted)
    a, b = random.choice(relation.pairs)
    said = b if random.random() < 0.5 else random.choice(relation.pairs)[1]
    statement = worded(relation.answers[0], a, said).rstrip(".")
    question = random.choice(["Is this true: {}?", "True or false? {}.", "{}. Is that right?", "Right or wrong: {}."])
    right = worded(relation.answers[0], a, b)
    return [("user", question.format(statement)), ("assistant", f"Yes. {right}" if said == b else f"No. {right}")]


def listing(random: Random) -> list[Turn]:
    """Naming a few members of a class."""
    classes = sorted({kind for _, kind in facts.CLASSES if " " not in kind})
    kind = random.choice(classes)
    members = [member for member, its in facts.CLASSES if its == kind]
    count = random.randint(2, min(3, len(members))) if len(members) > 1 else 1
    plural = {"class": "classes", "fish": "fish"}.get(kind, kind + "s")
    if random.random() < 0.4:
        kind, members = random.choice(
            [
                ("animal", [row[0] for row in facts.ANIMALS + facts.CREATURES]),
                ("colour", facts.COLOUR_NAMES),
                ("country", [row[0] for row in facts.COUNTRIES]),
            ]
        )
        plural, count = {"country": "countries"}.get(kind, kind + "s"), random.randint(2, 5)
    number = facts.NUMBER_WORDS[count]
    ask = random.choice(
        [
            f"Name {number} {plural}.",
            f"Tell me {number} {plural}.",
            f"Give me {number} {plural}.",
            f"List {number} {plural}.",
            f"I need {number} {plural}.",
            f"Which {plural} do you know? Name {number}.",
        ]
    )
    chosen = random.sample(members, count)
    text = chosen[0] if count == 1 else ", ".join(chosen[:-1]) + " and " + chosen[-1]
    return [("user", ask), ("assistant", text[0].upper() + text[1:] + ".")]


def story(random: Random) -> list[Turn]:
    """A wish for a story, and the story."""
    topic = random.choice(
        [
            "",
            "",
            random.choice(THINGS),
            random.choice(HEROES).split()[-1],
            random.choice(facts.CREATURES)[0],
            random.choice(facts.ANIMALS)[0],
        ]
    )
    name = random.choice(facts.FIRST_NAMES) if random.random() < 0.35 else ""
    told = tell(random, topic, name)
    about = f" about a {topic}" if topic else ""
    named = f" called {name}" if name and topic else f" about {name}" if name else ""
    ask = random.choice(
        [
            "Tell me a story{}.",
            "Tell me a short story{}.",
            "Write a story{}.",
            "Please tell me a story{}.",
            "I would like to hear a story{}.",
            "Can you tell a story{}?",
            "Write a short story{}.",
            "Make up a story{}.",
            "Once upon a time ... tell me a story{}.",
            "Story{}, please.",
        ]
    )
    return [("user", worded(ask.replace("{}", about + named), "")), ("assistant", told.text)]


def continuing(random: Random) -> list[Turn]:
    """The beginning of a story, to be continued."""
    told = tell(random)
    cut = random.randint(1, 3)
    ask = random.choice(
        ["Continue this story: ", "Go on: ", "How does it go on? ", "Finish this story: ", "Continue: "]
    )
    return [("user", ask + " ".join(told.sentences[:cut])), ("assistant", " ".join(told.sentences[cut:]))]


KINDS: list[tuple[float, Callable[[Random], list[Turn]]]] = [
    (60, fact),
    (34, sum_question),
    (12, remembering),
    (9, about_a_text),
    (4, analogy_question),
    (2, yes_or_no),
    (2, listing),
    (5, story),
    (1.5, continuing),
    (3, summary),
    (2.5, persona),
    (2.5, announcement),
    (4, record),
    (2.5, small_talk),
    (2, rewriting),
]


def exchange(random: Random) -> list[Turn]:
    """Some turns on one subject, chosen by the shares in KINDS."""
    return random.choices([kind for _, kind in KINDS], [share for share, _ in KINDS])[0](random)


def conversation(random: Random) -> list[Turn]:
    """A conversation: one exchange, or several on different subjects one after another."""
    turns = exchange(random)
    told = "told" in str(turns)
    while random.random() < 0.35 and turns[0][0] != "system":
        more = exchange(random)
        # "You have not told me" must not follow where something was told
        if (
            more[0][0] == "system"
            or sum(len(text) for _, text in turns + more) > 1200
            or "not told me" in str(more)
            or told
        ):
            break
        turns = turns + more
    return turns
