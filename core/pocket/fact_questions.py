"""A question about the closed world as people type it, and its answer."""

from __future__ import annotations

from random import Random

from core.pocket.facts_asked import RELATIONS
from core.pocket.frames import in_a_hurry
from core.pocket.relations import Relation, worded

Turn = tuple[str, str]

OPENERS = [""] * 20 + (
    "Please tell me: |Quick question: |Hi! |Hello. |One more question: |Next question: |And now: |I have a question. |"
    "Help me, please. |Just curious: |Tell me, |For my homework: |A quiz question: |Dear model, |Okay. |Thanks. |"
    "Now this: |Good morning. |Good evening. |Something else: |And another thing: "
).split("|")
_WEIGHTS = [relation.weight for relation in RELATIONS]


def asked(random: Random, question: str) -> str:
    """The question as people type it: with an opener, in small letters, without its mark, now and then."""
    if random.random() < 0.3:
        question = in_a_hurry(random, question)
    opener = random.choice(OPENERS)
    if (
        opener.endswith((", ", ": "))
        and question[:1].isupper()
        and not question[1:2].isupper()
        and random.random() < 0.5
    ):
        first = question.split()[0]
        if first in {"What", "Which", "How", "Where", "Who", "Do", "Can", "Name", "Tell", "On", "In"}:
            question = question[0].lower() + question[1:]
    text = opener + question
    chance = random.random()
    if chance < 0.08:
        text = text.lower()
    if 0.04 < chance < 0.14:
        text = text.rstrip("?.")
    if chance > 0.95:
        text += random.choice([" Please answer in one sentence.", " Thank you.", " Please.", " Answer shortly."])
    return text


def fact(random: Random) -> list[Turn]:
    """One question about the closed world, and its answer."""
    relation: Relation = random.choices(RELATIONS, _WEIGHTS)[0]
    a, b = random.choice(relation.pairs)
    return [
        ("user", asked(random, worded(relation.question(random), a, b))),
        ("assistant", worded(random.choice(relation.answers), a, b)),
    ]
