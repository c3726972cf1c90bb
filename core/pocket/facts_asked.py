"""The relations of the closed world with the many ways in which they are asked, answered and told.

A wording is a format string as `core.pocket.relations` describes it; "|" stands between wordings.
"""

from __future__ import annotations

from core.pocket import facts
from core.pocket.relations import Relation


def _split(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.replace("\n", " ").split("|") if part.strip())


def _columns(rows: list[tuple[str, ...]], a: int, b: int) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys((row[a], row[b]) for row in rows))


def _relation(
    name: str,
    pairs: tuple[tuple[str, str], ...],
    questions: str,
    answers: str,
    statements: str,
    analogy: bool = False,
    weight: float = 0.0,
) -> Relation:
    # By default a relation counts by the square root of its size: large tables get more, small ones are not starved.
    return Relation(
        name, pairs, _split(questions), _split(answers), _split(statements), analogy, weight or len(pairs) ** 0.5
    )


_opposites = _columns(facts.OPPOSITES, 0, 1) + tuple(
    pair for pair in _columns(facts.OPPOSITES, 1, 0) if pair[0] not in {row[0] for row in facts.OPPOSITES}
)
_kinds = _columns(facts.ANIMALS, 0, 4) + _columns(facts.CREATURES, 0, 1)
_homes = _columns(facts.ANIMALS, 0, 3) + _columns(facts.CREATURES, 0, 2)
_days = tuple((facts.DAYS[i], facts.DAYS[(i + 1) % 7]) for i in range(7))
_months = tuple((facts.MONTHS[i], facts.MONTHS[(i + 1) % 12]) for i in range(12))

_COUNTABLE = {
    "token",
    "tokenizer",
    "vocabulary",
    "embedding",
    "vector",
    "dimension",
    "context window",
    "prompt",
    "language model",
    "parameter",
    "base model",
    "chat model",
    "transformer",
    "neural network",
    "hallucination",
    "bias",
    "analogy",
    "cluster",
    "projection",
    "vector database",
    "nearest neighbour",
    "stop word",
    "grammar",
    "database",
    "checkpoint",
    "seed",
    "batch",
    "system prompt",
    "laptop",
    "logit",
}

RELATIONS: tuple[Relation, ...] = (
    _relation(
        "capital",
        _columns(facts.COUNTRIES, 0, 1),
        """
What is the capital of {a}?|What's the capital of {a}?|Which city is the capital of {a}?|Name the capital of {a}.|
Tell me the capital of {a}.|What city is the capital of {a}?|{a}'s capital is which city?|What is {a}'s capital?|
Do you know the capital of {a}?|The capital of {a} is what?|Can you name the capital of {a}?|{a}: capital?|
I want to know the capital of {a}.|What is the name of the capital city of {a}?|What is the capital city of {a}?|
What do we call the capital of {a}?|Which town is {a}'s capital?|Give me the capital of {a}.|Capital of {a}?|
From which city is {a} governed?|Where does the government of {a} sit?|Say which city is the capital of {a}.|
Which is the main city where {a} has its government?|I forgot what the capital of {a} is.""",
        "The capital of {a} is {b}.|The capital of {a} is {b}.|{b} is the capital of {a}.",
        """
The capital of {a} is {b}.|{b} is the capital of {a}.|{a} has its capital in {b}.|{a}'s capital is {b}.|
The government of {a} sits in {b}.|{b}, the capital of {a}, is a big city.|In {a}, the capital is called {b}.""",
        True,
        14,
    ),
    _relation(
        "country",
        _columns(facts.COUNTRIES, 1, 0),
        """
{a} is the capital of which country?|Which country has {a} as its capital?|What country is {a} the capital of?|
Of which country is {a} the capital?|In which country is {a}?|Which country is {a} in?|Where is {a}?|
In what country do you find {a}?|{a} lies in which country?|Where is the city of {a}?|Tell me the country of {a}.|
Which country does {a} belong to?|Name the country whose capital is {a}.|To which country does {a} belong?|
I am in {a}. Which country am I in?|Where in the world is {a}?|What country is home to {a}?|Whose capital is {a}?""",
        "{a} is the capital of {b}.|{a} is in {b}.",
        """
{a} is in {b}.|{a} is a city in {b}.|{a} is the capital of {b}.|If you travel to {b}, visit {a}.|
People who live in {a} live in {b}.""",
        True,
        8,
    ),
    _relation(
        "continent",
        _columns(facts.COUNTRIES, 0, 2),
        """
On which continent is {a}?|Which continent is {a} on?|What continent is {a} in?|{a} is on which continent?|
On what continent does {a} lie?|Name the continent of {a}.|Tell me the continent of {a}.|
Which continent does {a} belong to?|To which continent does {a} belong?|In which part of the world is {a}?|
What is the continent of {a}?|Where in the world is the country {a}?|{a} belongs to which continent?|
Which continent would I visit if I went to {a}?|Say which continent {a} is on.""",
        "{a} is in {b}.",
        "{a} is a country in {b}.|{a} is in {b}.|{a} lies in {b}.",
        False,
        6,
    ),
    _relation(
        "language",
        _columns(facts.COUNTRIES, 0, 3),
        """
What language do people speak in {a}?|Which language is spoken in {a}?|What do people speak in {a}?|
What is the language of {a}?|In {a}, people speak which language?|Which language do they speak in {a}?|
Tell me the language of {a}.|Name the language that is spoken in {a}.|What is the main language in {a}?|
Which language should I learn for {a}?|I am going to {a}. What language will I hear?|
What language is used in {a}?|What language do they talk in {a}?|The people of {a} speak what?|
Which language do you hear in {a}?|What tongue is spoken in {a}?""",
        "People in {a} speak {b}.",
        """
People in {a} speak {b}.|In {a}, people speak {b}.|The language of {a} is {b}.|{b} is spoken in {a}.""",
        False,
        7,
    ),
    _relation(
        "sound",
        _columns(facts.ANIMALS, 0, 1),
        """
What sound does a {a} make?|What noise does a {a} make?|What does a {a} do when it makes a sound?|
How does a {a} sound?|Which sound do you hear from a {a}?|Tell me the sound of a {a}.|What does the {a} say?|
What sound does the {a} make?|How does a {a} call?|Which noise comes from a {a}?|What do you hear when a {a} is near?|
Name the sound that a {a} makes.|What is the sound of a {a}?|A {a} makes what sound?""",
        "A {a} {b}.",
        "A {a} {b}.|The {a} {b}.|Listen, the {a} {b}!|When a {a} makes a sound, it {b}.",
        True,
        5,
    ),
    _relation(
        "young",
        _columns(facts.ANIMALS, 0, 2),
        """
What is a young {a} called?|What do you call a young {a}?|What is a baby {a} called?|What do we call a baby {a}?|
What is the name for a young {a}?|A young {a} is called what?|What is the young of a {a} called?|
Name the young of a {a}.|How do you call a baby {a}?|Tell me what a young {a} is called.|
What is the word for a baby {a}?|What do you call the child of a {a}?|Which name does a baby {a} have?""",
        "A young {a} is called a {b}.",
        """
A young {a} is called a {b}.|A {b} is a young {a}.|A baby {a} is a {b}.|A {b} grows up to be a {a}.""",
        True,
        5,
    ),
    _relation(
        "animal kind",
        _kinds,
        """
What kind of animal is a {a}?|Is a {a} a mammal, a bird or something else?|What sort of animal is the {a}?|
To which group of animals does the {a} belong?|A {a} is what kind of animal?|Which kind of animal is a {a}?|
What type of animal is a {a}?|Which group of animals does a {a} belong to?|What is a {a}?|
Tell me what kind of animal a {a} is.|How do you classify a {a}?|What kind of creature is a {a}?""",
        "A {a} is a {b}.",
        "A {a} is a {b}.|The {a} is a {b}.|Every {a} is a {b}.",
        True,
        7,
    ),
    _relation(
        "animal home",
        _homes,
        """
Where does a {a} live?|Where do you find a {a}?|What is the home of a {a}?|Where is a {a} at home?|
In what place does a {a} live?|Where would I look for a {a}?|Where does the {a} have its home?|
Tell me where a {a} lives.|Where do you see a {a}?|What place is home to a {a}?|Where can I find a {a}?|
In which place is a {a} at home?|Which place does a {a} live in?""",
        "You find a {a} in this place: {b}.",
        """
The home of the {a}: {b}.|Where does the {a} live? {B}.|You find a {a} in this place: {b}.""",
        False,
        5,
    ),
    _relation(
        "legs",
        _columns(facts.CREATURES, 0, 3),
        """
How many legs does a {a} have?|How many legs has a {a}?|What number of legs does a {a} have?|
A {a} walks on how many legs?|Count the legs of a {a}.|How many legs are there on a {a}?|
Tell me how many legs a {a} has.|How many legs do you count on a {a}?|With how many legs is a {a} born?""",
        "A {a} has {b} legs.",
        "A {a} has {b} legs.|The {a} has {b} legs.",
        False,
        5,
    ),
    _relation(
        "colour",
        _columns(facts.COLOURS, 0, 1),
        """
What colour is a {a}?|What is the colour of {a}?|Which colour does {a} have?|What colour is {a}?|
Tell me the colour of {a}.|Which colour is the {a}?|What colour does {a} have?|{A} is what colour?|
Name the colour of {a}.|If you paint a {a}, which colour do you take?|Of what colour is {a}?|
What colour is the {a}?|Think of {a}. What colour is it?|Say the colour of {a}.|
In which colour would you draw a {a}?""",
        "The colour of {a} is {b}.",
        """
The colour of {a} is {b}.|{A} is {b}.|As {b} as {a}.|Think of {a}: it is {b}.""",
        True,
        6,
    ),
    _relation(
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
    _relation(
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
    _relation(
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
    _relation(
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
    _relation(
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
    _relation(
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
    _relation(
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
    _relation(
        "plural",
        _columns(facts.PLURALS, 0, 1),
        """
What is the plural of {a}?|What's the plural of {a}?|One {a}, two what?|Tell me the plural of {a}.|
Name the plural of {a}.|How do you say {a} in the plural?|What do you call more than one {a}?|Plural of {a}?|
Give me the plural of {a}.|What is the plural form of {a}?|One {a}, many what?|
If there are two, it is not {a} but what?""",
        "The plural of {a} is {b}.",
        "The plural of {a} is {b}.|One {a}, two {b}.|One {a}, many {b}.",
        True,
    ),
    _relation(
        "past",
        _columns(facts.PAST, 0, 1),
        """
What is the past of {a}?|What is the past tense of {a}?|What's the past tense of {a}?|Put {a} into the past.|
Tell me the past tense of {a}.|How do you say {a} in the past?|Today I {a}, yesterday I what?|Past tense of {a}?|
What is the past form of {a}?|Name the past tense of {a}.|Give me the past of {a}.|Which word is the past of {a}?""",
        "The past tense of {a} is {b}.",
        "Today I {a}, yesterday I {b}.|The past tense of {a} is {b}.",
        True,
    ),
    _relation(
        "comparative",
        _columns(facts.DEGREES, 0, 1),
        """
What is the comparative of {a}?|What is the comparative form of {a}?|Name the comparative of {a}.|
Tell me the comparative of {a}.|Give me the comparative of {a}.|One is {a}, the other is even what?|
Comparative of {a}?|How do you compare with {a}?""",
        "The comparative of {a} is {b}.",
        "The comparative of {a} is {b}.|One is {a}, the other is {b}.",
        True,
    ),
    _relation(
        "superlative",
        _columns(facts.DEGREES, 0, 2),
        """
What is the superlative of {a}?|What is the superlative form of {a}?|Name the superlative of {a}.|
Tell me the superlative of {a}.|Give me the superlative of {a}.|Superlative of {a}?|
Of all, it is the most {a}, so it is the what?""",
        "The superlative of {a} is {b}.",
        "The superlative of {a} is {b}.|Many are {a}, but this one is the {b}.",
        True,
    ),
    *(
        _relation(
            f"in {language}",
            _columns(facts.TRANSLATIONS, 0, column),
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
    _relation(
        "class",
        _columns(facts.CLASSES, 0, 1),
        """
What is a {a}?|What kind of thing is a {a}?|What kind of thing is {a}?|To which class does {a} belong?|
Is {a} a fruit, a tool or something else?|What sort of thing is {a}?|{A} is a kind of what?|A {a} is what?|
Which group does {a} belong to?|Tell me what kind of thing {a} is.|What category does {a} belong to?|
What type of thing is {a}?|How would you classify {a}?""",
        "{A} is a kind of {b}.",
        "{A} is a kind of {b}.|{A} belongs to this group: {b}.",
        True,
        7,
    ),
    _relation(
        "job",
        _columns(facts.JOBS, 0, 1),
        """
What does a {a} do?|What is the work of a {a}?|What does a {a} do all day?|Tell me what a {a} does.|
What is the job of a {a}?|Describe the work of a {a}.|What is a {a} paid for?|What work does a {a} do?|
What do you do if you are a {a}?|Explain what a {a} does.""",
        "A {a} {b}.",
        "A {a} {b}.|The {a} {b} every day.|Somebody who is a {a} {b}.",
    ),
    _relation(
        "who works",
        tuple((b, a) for a, b in _columns(facts.JOBS, 0, 1)),
        """
Who {a}?|Which person {a}?|What do you call somebody who {a}?|What is the name for a person who {a}?|
Which profession {a}?|Tell me who {a}.|Somebody who {a} is called what?|What is somebody who {a}?|
My neighbour {a}. What is the profession?|Name the person who {a}.""",
        "A {b} {a}.",
        "A {b} {a}.|Somebody who {a} is a {b}.",
    ),
    _relation(
        "workplace",
        _columns(facts.JOBS, 0, 2),
        """
Where does a {a} work?|In which place does a {a} work?|What is the workplace of a {a}?|Where do you find a {a} at work?|
Tell me where a {a} works.|Where is a {a} during working hours?|Name the workplace of a {a}.|
At what place does a {a} work?""",
        "The workplace of a {a}: {b}.",
        "The workplace of a {a}: {b}.|Where does a {a} work? {B}.",
    ),
    _relation(
        "purpose",
        _columns(facts.TOOLS, 0, 1),
        """
What is a {a} used for?|What do you use a {a} for?|What is a {a} for?|Why do you need a {a}?|
What can you do with a {a}?|
What do people do with a {a}?|Tell me what a {a} is for.|What do you do with a {a}?|What purpose does a {a} have?|
For what do you need a {a}?|What is the use of a {a}?|What does one do with a {a}?""",
        "You use a {a} to {b}.",
        "You use a {a} to {b}.|A {a} is used to {b}.|With a {a} you can {b}.",
        False,
        6,
    ),
    _relation(
        "tool",
        tuple((b, a) for a, b in _columns(facts.TOOLS, 0, 1)),
        """
What do you use to {a}?|What do you need to {a}?|Which thing do you use to {a}?|I want to {a}. What do I need?|
With what do you {a}?|Tell me what I need to {a}.|Which tool helps you to {a}?|What should I take to {a}?|
I would like to {a}. Which thing helps?|What does one need to {a}?""",
        "You use a {b} to {a}.",
        "To {a}, you use a {b}.|You use a {b} to {a}.",
    ),
    _relation(
        "author",
        _columns(facts.AUTHORS, 0, 1),
        """
Who wrote {a}?|Who is the author of {a}?|By whom is {a}?|Who was the author of {a}?|{a} was written by whom?|
Tell me who wrote {a}.|Name the author of {a}.|Which writer wrote {a}?|Do you know who wrote {a}?|
Whose book is {a}?|Who is the writer of {a}?|Give me the author of {a}.|The author of {a} is who?""",
        "{a} was written by {b}.",
        "{a} was written by {b}.|{b} wrote {a}.|The author of {a} is {b}.",
        False,
        5,
    ),
    _relation(
        "record",
        _columns(facts.RECORDS, 0, 1),
        """
What is the {a}?|What's the {a}?|Which is the {a}?|Name the {a}.|Tell me the {a}.|Do you know the {a}?|
Which one is the {a}?|What do you know about the {a}?|The {a} is what?|Give me the {a}.|Say what the {a} is.|
What is the name of the {a}?""",
        "The {a} is {b}.",
        "The {a} is {b}.|{B} is the {a}.",
        False,
        4,
    ),
    _relation(
        "symbol",
        _columns(facts.SYMBOLS, 0, 1),
        """
What is the symbol for {a}?|What is the chemical symbol of {a}?|What's the symbol of {a}?|
Which letters stand for {a} in chemistry?|Name the symbol for {a}.|Tell me the chemical symbol for {a}.|
How do chemists write {a}?|What is {a}'s chemical symbol?|Symbol of {a}?""",
        "The symbol for {a} is {b}.",
        "The symbol for {a} is {b}.|{B} stands for {a}.",
        True,
        3,
    ),
    _relation(
        "sense",
        _columns(facts.SENSES, 0, 1),
        """
What do you do with your {a}?|What are {a} for?|Why do people have {a}?|What can you do with {a}?|
What do we use our {a} for?|Tell me what {a} are for.|What do people do with their {a}?""",
        "You {b} with your {a}.",
        "You {b} with your {a}.|With your {a} you {b}.",
    ),
    _relation(
        "made from",
        _columns(facts.MADE_FROM, 0, 1),
        """
What is {a} made from?|What is {a} made of?|From what do you make {a}?|What do you need to make {a}?|
Tell me what {a} is made from.|Out of what is {a} made?|Where does {a} come from?|What goes into {a}?|
Which material is {a} made from?|How is {a} made?""",
        "{A} is made from {b}.",
        "{A} is made from {b}.|From {b} people make {a}.",
    ),
    _relation(
        "next planet",
        tuple(zip(facts.PLANETS, facts.PLANETS[1:], strict=False)),
        """
Which planet comes after {a}?|What planet is next after {a}?|Counted from the sun, which planet comes after {a}?|
Which planet follows {a}?|What is the planet after {a}?|Name the planet that comes after {a}.|
After {a} comes which planet?""",
        "The planet after {a} is {b}.",
        "After {a} comes {b}.|The planet after {a} is {b}.",
    ),
    _relation(
        "term",
        _columns(facts.TERMS, 0, 1),
        """
What is {a}?|What does {a} mean?|Explain {a}.|What is meant by {a}?|Define {a}.|What do you mean by {a}?|
Tell me what {a} means.|Can you explain {a}?|What is the meaning of {a}?|What is the meaning of the word {a}?|
Explain the word {a} to me.|I do not know what {a} means.|How would you explain {a}?|What does the term {a} stand for?|
Give me a definition of {a}.|Explain {a} in simple words.|What should I know about {a}?|Help me understand {a}.""",
        "{A} means: {b}.",
        "{A} means: {b}.|{A}: {b}.|In this lab, {a} means {b}.",
        False,
        14,
    ),
    _relation(
        "term with article",
        tuple(pair for pair in _columns(facts.TERMS, 0, 1) if pair[0] in _COUNTABLE),
        """
What is a {a}?|Explain what a {a} is.|What do you call a {a}?|Tell me what a {a} is.|What does one mean by a {a}?|
Do you know what a {a} is?|Can you explain what a {a} is?""",
        "A {a} is {b}.",
        "A {a} is {b}.|By a {a} people mean {b}.",
        False,
        7,
    ),
)
