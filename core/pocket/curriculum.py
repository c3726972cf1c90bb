"""The training text of Pocket, generated from a seed: plain text for Base, conversations for Chat.

`documents(seed)` yields plain texts for the first stage: facts told, lists, worksheets, quizzes, sums, stories,
scripts of conversations between people. `conversations(seed)` yields lists of turns for the second. Both never end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random

from core.pocket import facts
from core.pocket.conversations import conversation, exchange
from core.pocket.fact_questions import Turn, fact
from core.pocket.facts_asked import RELATIONS
from core.pocket.facts_personal import person
from core.pocket.personal import about_a_text, remembering
from core.pocket.relations import worded
from core.pocket.stories import tell
from core.pocket.sums import sum_question, sums_written_out
from core.pocket.tasks import announcement, record, rewriting, summary, two_pairs

_WEIGHTS = [relation.weight for relation in RELATIONS]


def _statement(random: Random) -> str:
    relation = random.choices(RELATIONS, _WEIGHTS)[0]
    return worded(random.choice(relation.statements), *random.choice(relation.pairs))


def facts_told(random: Random) -> str:
    """Facts one after another: mixed, of one relation, or all about one subject."""
    if random.random() < 0.4:
        lines = [_statement(random) for _ in range(random.randint(3, 10))]
    else:
        relation = random.choices(RELATIONS, _WEIGHTS)[0]
        wording = random.choice(relation.statements)
        pairs = random.sample(relation.pairs, min(len(relation.pairs), random.randint(3, 10)))
        lines = [
            worded(wording if random.random() < 0.7 else random.choice(relation.statements), *pair) for pair in pairs
        ]
    return random.choice([" ", " ", "\n"]).join(lines)


def about_a_country(random: Random) -> str:
    """A short portrait of a country."""
    country, capital, continent, language = random.choice(facts.COUNTRIES)
    sentences = [
        f"{country} is a country in {continent}.",
        random.choice([f"The capital of {country} is {capital}.", f"Its capital is {capital}."]),
        random.choice([f"People in {country} speak {language}.", f"The people there speak {language}."]),
        f"If you travel to {country}, visit {capital}.",
    ]
    return " ".join(sentences[: random.randint(2, 4)])


def quiz(random: Random) -> str:
    """Questions with their answers, in one of the forms that quizzes have on paper."""
    mark, answer_mark, gap = random.choice(
        [("Q: ", "A: ", "\n"), ("Question: ", "Answer: ", "\n"), ("Q: ", "A: ", "\n"), ("- ", "", " "), ("* ", "", " ")]
    )
    lines = []
    for _ in range(random.randint(2, 8)):
        turns = fact(random) if random.random() < 0.85 else sum_question(random)
        lines.append(f"{mark}{turns[0][1]}{gap}{answer_mark}{turns[1][1]}")
    return "\n".join(lines)


def worksheet(random: Random) -> str:
    """Questions without answers, as on a sheet for school: what a model that only continues makes of a question."""
    same = random.choices(RELATIONS, _WEIGHTS)[0] if random.random() < 0.6 else None
    lines = []
    wording = same.question(random) if same else ""
    for _ in range(1, random.randint(4, 9)):
        relation = same or random.choices(RELATIONS, _WEIGHTS)[0]
        text = worded(wording or relation.question(random), *random.choice(relation.pairs))
        lines.append(text)
    return random.choice([" ", "\n"]).join(lines)


def by_example(random: Random) -> str:
    """A relation shown by pairs, as a list or as analogies."""
    if random.random() < 0.5:
        lines = []
        for _ in range(random.randint(2, 6)):
            (a, b), (c, d) = two_pairs(random)
            lines.append(worded("{a} is to {b} as ", a, b) + f"{c} is to {d}.")
        return random.choice([" ", "\n"]).join(lines)
    relation = random.choices(
        [each for each in RELATIONS if each.analogy], [each.weight for each in RELATIONS if each.analogy]
    )[0]
    pairs = random.sample(relation.pairs, min(len(relation.pairs), random.randint(3, 9)))
    sign = random.choice([" -> ", ": ", " = ", " - ", ", "])
    return "\n".join(a + sign + b for a, b in pairs)


def script(random: Random) -> str:
    """A conversation written down as in a play."""
    first, second = person(random), person(random)
    turns = [
        turn
        for turn in random.choice([remembering, remembering, remembering, exchange, conversation])(random)
        if turn[0] != "system"
    ]
    return "\n".join(f"{first if role == 'user' else second}: {text}" for role, text in turns)


def text_and_questions(random: Random) -> str:
    """A text about people with a question and its answer, as in a reader for school."""
    turns = about_a_text(random)
    return "\n".join(text for _, text in turns)


def small_text(random: Random) -> str:
    """An announcement, a record, a summary: only what was written, or the wish and the answer on two lines."""
    turns = random.choice([announcement, record, summary])(random)
    return turns[-1][1] if random.random() < 0.5 else turns[0][1] + "\n" + turns[-1][1]


def calendar(random: Random) -> str:
    """Days, months, numbers, planets in their order."""
    what = random.choice(
        [
            facts.DAYS,
            facts.MONTHS,
            facts.PLANETS,
            facts.ORDINALS,
            facts.NUMBER_WORDS,
            [str(number) for number in range(100)],
        ]
    )
    start = random.randrange(len(what) - 2)
    row = (
        (what + what)[start : start + random.randint(3, 12)]
        if what in (facts.DAYS, facts.MONTHS)
        else what[start : start + random.randint(3, 14)]
    )
    return ", ".join(row) + random.choice(["", "."])


def story(random: Random) -> str:
    """A story, now and then with a title."""
    told = tell(random)
    return (f"The story of {told.name}\n" if random.random() < 0.1 else "") + told.text


DOCUMENTS: list[tuple[float, Callable[[Random], str]]] = [
    (20, facts_told),
    (3, about_a_country),
    (30, quiz),
    (4, worksheet),
    (5, by_example),
    (22, script),
    (6, text_and_questions),
    (4, small_text),
    (2, calendar),
    (5, sums_written_out),
    (5, story),
]


def documents(seed: int, extra: tuple[str, ...] = (), extra_share: float = 0.02) -> Iterator[str]:
    """Plain texts without end, the same for the same seed; `extra` texts are mixed in with the given share."""
    random = Random(seed)
    kinds, shares = [kind for _, kind in DOCUMENTS], [share for share, _ in DOCUMENTS]
    while True:
        if extra and random.random() < extra_share:
            yield random.choice(extra)
        else:
            yield random.choices(kinds, shares)[0](random)


def conversations(seed: int) -> Iterator[list[Turn]]:
    """Conversations without end, the same for the same seed.

    A good part asks for what was told before, or to repeat something: copying is what a small model learns last.
    """
    random = Random(seed)
    while True:
        roll = random.random()
        yield remembering(random) if roll < 0.38 else rewriting(random) if roll < 0.40 else conversation(random)
