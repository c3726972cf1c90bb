"""What people say about themselves: how each thing is drawn, told, asked for and answered."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from core.pocket import facts

_ONSETS = "b br c ch d dr f fl g gr h j k kl l m n p pr r s st t tr v w z".split()
_VOWELS = "a e i o u ai ea oo".split()
_ENDS = ["", "n", "l", "r", "s", "ra", "na", "lo", "mi", "ta", "x", "nd", "ck", "ton", "vin", "bel"]


def invented_name(random: Random) -> str:
    """A name that nobody has, so that a name must be copied and cannot be guessed."""
    return (random.choice(_ONSETS) + random.choice(_VOWELS) + random.choice(_ENDS)).capitalize()


def person(random: Random) -> str:
    """A first name, common or invented."""
    return random.choice(facts.FIRST_NAMES) if random.random() < 0.6 else invented_name(random)


def draw_age(random: Random) -> str:
    return str(random.randint(3, 99))


def draw_place(random: Random) -> str:
    roll = random.random()
    if roll < 0.5:
        return random.choice(facts.CITIES)
    return random.choice(facts.COUNTRIES)[random.randint(0, 1)] if roll < 0.85 else invented_name(random) + "ville"


def pick(words: list[str]) -> Callable[[Random], str]:
    return lambda random: random.choice(words)


def code(random: Random) -> str:
    return "".join(random.choice("0123456789") for _ in range(random.randint(3, 5)))


JOBS = [row[0] for row in facts.JOBS]
_THINGS = [row[0] for row in facts.CLASSES if " " not in row[0]]

# what: how a value is drawn, how it is told, how it is asked for, how it is answered
ATTRIBUTES: dict[str, tuple[Callable[[Random], str], str, str, str]] = {
    "name": (
        person,
        "My name is {b}.|I am {b}.|Hi, I am {b}.|Hello, my name is {b}.|I'm {b}.|You can call me {b}.|"
        "They call me {b}.|"
        "People call me {b}.|This is {b}.|{b} is my name.",
        "What is my name?|What's my name?|Who am I?|Do you know my name?|Do you remember my name?|How am I called?|"
        "Which name did I tell you?|Can you say my name?|Tell me my name.|What did I say my name was?|My name is what?|"
        "Do you still know who I am?|What am I called?",
        "Your name is {b}.",
    ),
    "age": (
        draw_age,
        "I am {b} years old.|I'm {b} years old.|My age is {b}.|I turned {b} this year.|I am {b}.",
        "How old am I?|What is my age?|Do you know how old I am?|Tell me my age.|Which age did I tell you?|"
        "Do you remember how old I am?|My age is what?",
        "You are {b} years old.",
    ),
    "home": (
        draw_place,
        "I live in {b}.|My home is in {b}.|I come from {b}.|I am from {b}.|My home town is {b}.|I have a flat in {b}.",
        "Where do I live?|Where am I from?|Where is my home?|Do you know where I live?|Which place do I live in?|"
        "Tell me where I live.|Where do I come from?|In which place do I live?|Do you remember where I live?",
        "You live in {b}.",
    ),
    "colour": (
        pick(facts.COLOUR_NAMES),
        "My favourite colour is {b}.|I like the colour {b} best.|The colour I love is {b}.|"
        "{b} is my favourite colour.|I love {b}, it is the nicest colour.",
        "What is my favourite colour?|Which colour do I like?|What colour do I like best?|Tell me my favourite colour.|"
        "Do you remember my favourite colour?|Which colour do I love?|What is the colour I like most?",
        "Your favourite colour is {b}.",
    ),
    "food": (
        pick(facts.FOODS),
        "My favourite food is {b}.|I love to eat {b}.|I like {b} best of all foods.|I eat {b} every day.|"
        "{b} is my favourite food.",
        "What is my favourite food?|What do I like to eat?|Which food do I like best?|"
        "Do you know what I like to eat?|Tell me my favourite food.|What food do I love?|What should you cook for me?",
        "Your favourite food is {b}.",
    ),
    "hobby": (
        pick(facts.HOBBIES),
        "My hobby is {b}.|I like {b}.|In my free time I go for {b}.|I enjoy {b}.|My favourite hobby is {b}.",
        "What is my hobby?|What do I like to do?|What do I do in my free time?|Which hobby do I have?|"
        "Tell me my hobby.|"
        "Do you remember my hobby?|What do I enjoy?",
        "Your hobby is {b}.",
    ),
    "job": (
        pick(JOBS),
        "I am a {b}.|I work as a {b}.|My job is {b}.|I'm a {b} by profession.|I earn my money as a {b}.",
        "What is my job?|What do I work as?|What is my profession?|What do I do for a living?|Which job do I have?|"
        "Tell me my job.|Do you know what my job is?|Do you remember my profession?",
        "You are a {b}.",
    ),
    "city visit": (
        draw_place,
        "Tomorrow I travel to {b}.|I am on my way to {b}.|Next week I will fly to {b}.|My next trip goes to {b}.",
        "Where do I travel?|Where am I going?|Where does my trip go?|Which place will I visit?|"
        "Tell me where I am going.",
        "You travel to {b}.",
    ),
    "code": (
        code,
        "My number is {b}.|The secret number is {b}.|Remember the number {b}.|Please remember this number: {b}.|"
        "The code is {b}.",
        "What is the number?|Which number did I tell you?|What is the secret number?|Tell me the number.|"
        "What is the code?|"
        "Do you remember the number?|What number should you remember?",
        "The number is {b}.",
    ),
    "word": (
        pick(_THINGS),
        "The secret word is {b}.|Remember the word {b}.|My password is {b}.|Please remember this word: {b}.|"
        "The magic word is {b}.",
        "What is the secret word?|Which word did I tell you?|What is my password?|Tell me the word.|"
        "What is the magic word?|Do you remember the word?|What word should you remember?",
        "The word is {b}.",
    ),
    "meeting": (
        pick(facts.DAYS),
        "We meet on {b}.|The meeting is on {b}.|My appointment is on {b}.|The party is on {b}.",
        "When do we meet?|When is the meeting?|On which day is it?|What day is the appointment?|When is the party?|"
        "Tell me the day.|Which day did I tell you?",
        "It is on {b}.",
    ),
    "friend": (
        person,
        "My best friend is called {b}.|My friend's name is {b}.|My best friend is {b}.|I have a friend called {b}.",
        "What is my friend's name?|Who is my best friend?|What is my friend called?|Tell me the name of my friend.|"
        "Do you remember my friend's name?|How is my friend called?",
        "Your friend is called {b}.",
    ),
    "sister": (
        person,
        "My sister is called {b}.|My sister's name is {b}.|I have a sister called {b}.|{b} is my sister.",
        "What is my sister's name?|Who is my sister?|What is my sister called?|Tell me the name of my sister.|"
        "How is my sister called?|Do you know my sister's name?",
        "Your sister is called {b}.",
    ),
    "brother": (
        person,
        "My brother is called {b}.|My brother's name is {b}.|I have a brother called {b}.|{b} is my brother.",
        "What is my brother's name?|Who is my brother?|What is my brother called?|Tell me the name of my brother.|"
        "How is my brother called?|Do you know my brother's name?",
        "Your brother is called {b}.",
    ),
}
ACKNOWLEDGEMENTS = [
    "Okay.",
    "I see.",
    "Good to know.",
    "Thank you for telling me.",
    "I will remember that.",
    "That is nice.",
    "All right.",
    "Noted.",
    "How interesting!",
]
NOT_TOLD = ["You have not told me that yet.", "I do not know that. You have not told me."]
