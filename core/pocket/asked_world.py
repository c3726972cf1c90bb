"""How countries, animals and colours are asked for, answered and told.

A wording is a format string as `core.pocket.relations` describes it; "|" stands between wordings.
"""

from __future__ import annotations

from core.pocket import facts
from core.pocket.relations import Relation, columns, relation

_kinds = columns(facts.ANIMALS, 0, 4) + columns(facts.CREATURES, 0, 1)
_homes = columns(facts.ANIMALS, 0, 3) + columns(facts.CREATURES, 0, 2)

WORLD: tuple[Relation, ...] = (
    relation(
        "capital",
        columns(facts.COUNTRIES, 0, 1),
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
    relation(
        "country",
        columns(facts.COUNTRIES, 1, 0),
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
        9,
    ),
    relation(
        "continent",
        columns(facts.COUNTRIES, 0, 2),
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
    relation(
        "language",
        columns(facts.COUNTRIES, 0, 3),
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
        8,
    ),
    relation(
        "sound",
        columns(facts.ANIMALS, 0, 1),
        """
What sound does a {a} make?|What noise does a {a} make?|What does a {a} do when it makes a sound?|
How does a {a} sound?|Which sound do you hear from a {a}?|Tell me the sound of a {a}.|What does the {a} say?|
What sound does the {a} make?|How does a {a} call?|Which noise comes from a {a}?|What do you hear when a {a} is near?|
Name the sound that a {a} makes.|What is the sound of a {a}?|A {a} makes what sound?""",
        "A {a} {b}.",
        "A {a} {b}.|The {a} {b}.|Listen, the {a} {b}!|When a {a} makes a sound, it {b}.",
        True,
        6,
    ),
    relation(
        "young",
        columns(facts.ANIMALS, 0, 2),
        """
What is a young {a} called?|What do you call a young {a}?|What is a baby {a} called?|What do we call a baby {a}?|
What is the name for a young {a}?|A young {a} is called what?|What is the young of a {a} called?|
Name the young of a {a}.|How do you call a baby {a}?|Tell me what a young {a} is called.|
What is the word for a baby {a}?|What do you call the child of a {a}?|Which name does a baby {a} have?""",
        "A young {a} is called a {b}.",
        """
A young {a} is called a {b}.|A {b} is a young {a}.|A baby {a} is a {b}.|A {b} grows up to be a {a}.""",
        True,
        6,
    ),
    relation(
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
        9,
    ),
    relation(
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
        8,
    ),
    relation(
        "legs",
        columns(facts.CREATURES, 0, 3),
        """
How many legs does a {a} have?|How many legs has a {a}?|What number of legs does a {a} have?|
A {a} walks on how many legs?|Count the legs of a {a}.|How many legs are there on a {a}?|
Tell me how many legs a {a} has.|How many legs do you count on a {a}?|With how many legs is a {a} born?""",
        "A {a} has {b} legs.",
        "A {a} has {b} legs.|The {a} has {b} legs.",
        False,
        5,
    ),
    relation(
        "colour",
        columns(facts.COLOURS, 0, 1),
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
)
