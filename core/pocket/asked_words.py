"""How opposites, the calendar, forms of words and translations are asked for, answered and told.

A wording is a format string as `core.pocket.relations` describes it; "|" stands between wordings.
"""

from __future__ import annotations

from core.pocket import facts
from core.pocket.relations import Relation, columns, relation

_opposites = columns(facts.OPPOSITES, 0, 1) + tuple(
    pair for pair in columns(facts.OPPOSITES, 1, 0) if pair[0] not in {row[0] for row in facts.OPPOSITES}
)
_days = tuple((facts.DAYS[i], facts.DAYS[(i + 1) % 7]) for i in range(7))
_months = tuple((facts.MONTHS[i], facts.MONTHS[(i + 1) % 12]) for i in range(12))

WORDS: tuple[Relation, ...] = (
    relation(
        "opposite",
        _opposites,
        """
What is the opposite of {a}?|What's the opposite of {a}?|What is the contrary of {a}?|Name the opposite of {a}.|
Tell me the opposite of {a}.|The opposite of {a} is what?|Which word is the opposite of {a}?|Opposite of {a}?|
What word means the opposite of {a}?|Give me the opposite of {a}.|If something is not {a}, what is it?|
What is the reverse of {a}?|{A} is the opposite of which word?|Which word means the contrary of {a}?|
I need the opposite of {a}.|Which word is contrary to {a}?|Find the opposite of the word {a}.|
Not {a} but what?|Turn {a} into its opposite.""",
        "The opposite of {a} is {b}.",
        """
The opposite of {a} is {b}.|{A} is the opposite of {b}.|Not {a} but {b}.|{A} and {b} are opposites.""",
        True,
        13,
    ),
    relation(
        "next day",
        _days,
        """
What day comes after {a}?|Which day comes after {a}?|Which day follows {a}?|What day is after {a}?|
What is the day after {a}?|If today is {a}, what day is tomorrow?|Today is {a}. What is tomorrow?|
After {a} comes which day?|Name the day after {a}.|Tell me the day that follows {a}.|What follows {a}?|
It is {a} today. Which day will it be tomorrow?|What is the next day after {a}?""",
        "The day after {a} is {b}.",
        "After {a} comes {b}.|{b} comes after {a}.|The day after {a} is {b}.",
        True,
        4,
    ),
    relation(
        "previous day",
        tuple((b, a) for a, b in _days),
        """
What day comes before {a}?|Which day is before {a}?|What is the day before {a}?|What day was before {a}?|
If today is {a}, what day was yesterday?|Today is {a}. What was yesterday?|Before {a} comes which day?|
Name the day before {a}.|Tell me the day that comes right before {a}.|It is {a}. Which day was yesterday?""",
        "The day before {a} is {b}.",
        "Before {a} comes {b}.|The day before {a} is {b}.",
        False,
        4,
    ),
    relation(
        "next month",
        _months,
        """
What month comes after {a}?|Which month comes after {a}?|Which month follows {a}?|What is the month after {a}?|
If it is {a} now, what is the next month?|After {a} comes which month?|Name the month after {a}.|
Tell me the month that follows {a}.|What month is next after {a}?|It is {a}. What month is next?|What follows {a}?""",
        "The month after {a} is {b}.",
        "After {a} comes {b}.|The month after {a} is {b}.|{b} follows {a}.",
        True,
        5,
    ),
    relation(
        "previous month",
        tuple((b, a) for a, b in _months),
        """
What month comes before {a}?|Which month is before {a}?|What is the month before {a}?|What month was before {a}?|
If it is {a} now, what was the last month?|Before {a} comes which month?|Name the month before {a}.|
Tell me the month that comes right before {a}.|It is {a}. What month was it before?""",
        "The month before {a} is {b}.",
        "Before {a} comes {b}.|The month before {a} is {b}.",
        False,
        5,
    ),
    relation(
        "days of a month",
        tuple(zip(facts.MONTHS, facts.MONTH_DAYS, strict=True)),
        """
How many days does {a} have?|How many days are there in {a}?|How many days has {a}?|What number of days has {a}?|
Tell me the number of days in {a}.|Count the days of {a}.|How long is {a} in days?|{a} has how many days?""",
        "{a} has {b} days.",
        "{a} has {b} days.|There are {b} days in {a}.",
        False,
        4,
    ),
    relation(
        "season",
        tuple(zip(facts.MONTHS, facts.SEASONS, strict=True)),
        """
Which season is {a} in?|In which season is {a}?|What season is it in {a}?|{a} belongs to which season?|
Which season does {a} belong to?|Tell me the season of {a}.|What is the season in {a}?|It is {a}. What season is it?""",
        "{a} is in {b}.",
        "{a} is in {b}.|In {a} it is {b}.|{a} is a month of {b}.",
        False,
        4,
    ),
    relation(
        "plural",
        columns(facts.PLURALS, 0, 1),
        """
What is the plural of {a}?|What's the plural of {a}?|One {a}, two what?|Tell me the plural of {a}.|
Name the plural of {a}.|How do you say {a} in the plural?|What do you call more than one {a}?|Plural of {a}?|
Give me the plural of {a}.|What is the plural form of {a}?|One {a}, many what?|
If there are two, it is not {a} but what?""",
        "The plural of {a} is {b}.",
        "The plural of {a} is {b}.|One {a}, two {b}.|One {a}, many {b}.",
        True,
    ),
    relation(
        "past",
        columns(facts.PAST, 0, 1),
        """
What is the past of {a}?|What is the past tense of {a}?|What's the past tense of {a}?|Put {a} into the past.|
Tell me the past tense of {a}.|How do you say {a} in the past?|Today I {a}, yesterday I what?|Past tense of {a}?|
What is the past form of {a}?|Name the past tense of {a}.|Give me the past of {a}.|Which word is the past of {a}?""",
        "The past tense of {a} is {b}.",
        "Today I {a}, yesterday I {b}.|The past tense of {a} is {b}.",
        True,
    ),
    relation(
        "comparative",
        columns(facts.DEGREES, 0, 1),
        """
What is the comparative of {a}?|What is the comparative form of {a}?|Name the comparative of {a}.|
Tell me the comparative of {a}.|Give me the comparative of {a}.|One is {a}, the other is even what?|
Comparative of {a}?|How do you compare with {a}?""",
        "The comparative of {a} is {b}.",
        "The comparative of {a} is {b}.|One is {a}, the other is {b}.",
        True,
    ),
    relation(
        "superlative",
        columns(facts.DEGREES, 0, 2),
        """
What is the superlative of {a}?|What is the superlative form of {a}?|Name the superlative of {a}.|
Tell me the superlative of {a}.|Give me the superlative of {a}.|Superlative of {a}?|
Of all, it is the most {a}, so it is the what?""",
        "The superlative of {a} is {b}.",
        "The superlative of {a} is {b}.|Many are {a}, but this one is the {b}.",
        True,
    ),
    *(
        relation(
            f"in {language}",
            columns(facts.TRANSLATIONS, 0, column),
            f"""
What is {{a}} in {language}?|How do you say {{a}} in {language}?|Translate {{a}} into {language}.|
What is the {language} word for {{a}}?|Say {{a}} in {language}.|Tell me the {language} word for {{a}}.|
What is the {language} for {{a}}?|How do people say {{a}} in {language}?|{{A}} in {language}?|
Give me the {language} word for {{a}}.|Which {language} word means {{a}}?|Translate to {language}: {{a}}|
In {language}, what is {{a}}?""",
            f"In {language}, {{a}} is {{b}}.",
            f"In {language}, {{a}} is {{b}}.|The {language} word for {{a}} is {{b}}.|{{B}} is {language} for {{a}}.",
            True,
            5,
        )
        for column, language in ((1, "German"), (2, "French"), (3, "Spanish"))
    ),
)
