"""What people say about themselves: how each thing is drawn, told, asked for and answered."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from core.pocket import facts
from core.pocket.frames import composed

_ONSETS = "b br c ch d dr f fl g gr h j k kl l m n p pr r s st t tr v w z".split()
_VOWELS = "a e i o u ai ea oo".split()
_ENDS = ["", "n", "l", "r", "s", "ra", "na", "lo", "mi", "ta", "x", "nd", "ck", "ton", "vin", "bel"]


def invented_name(random: Random) -> str:
    """A name that nobody has, so that a name must be copied and cannot be guessed."""
    syllables = [random.choice(_ONSETS) + random.choice(_VOWELS) for _ in range(random.choice([1, 1, 2]))]
    return ("".join(syllables) + random.choice(_ENDS)).capitalize()


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
    return "".join(random.choice("0123456789") for _ in range(random.randint(2, 6)))


JOBS = [row[0] for row in facts.JOBS]
_THINGS = [row[0] for row in facts.CLASSES if " " not in row[0]]

# what: how a value is drawn, how it is told, how it is asked for, how it is answered
ATTRIBUTES: dict[str, tuple[Callable[[Random], str], str, str, str]] = {
    "name": (
        person,
        "My name is {b}.|I am {b}.|Hi, I am {b}.|Hello, my name is {b}.|I'm {b}.|You can call me {b}.|"
        "They call me {b}.|"
        "People call me {b}.|This is {b}.|{b} is my name."
        "|Hello, {b} is my name.|It is me, {b}.|My friends call me {b}.|Good evening, I am {b}.|I go by {b}."
        "|Hi, {b} speaking.|I was named {b}.|Let me introduce myself: {b}.",
        "What is my name?|What's my name?|Who am I?|Do you know my name?|Do you remember my name?|How am I called?|"
        "Which name did I tell you?|Can you say my name?|Tell me my name.|What did I say my name was?|My name is what?|"
        "Do you still know who I am?|What am I called?"
        "|Which name have I got?|What name do I have?|What name did I tell you?|I said my name. What was it?"
        "|How do people call me?",
        "Your name is {b}.",
    ),
    "age": (
        draw_age,
        "I am {b} years old.|I'm {b} years old.|My age is {b}.|I turned {b} this year.|I am {b}."
        "|I am now {b}.|I became {b} years old.|It was my birthday, now I am {b} years old.|Today I turn {b}."
        "|At the moment I am {b} years old.",
        "How old am I?|What is my age?|Do you know how old I am?|Tell me my age.|Which age did I tell you?|"
        "Do you remember how old I am?|My age is what?"
        "|What age have I reached?|How many years old am I?|What age did I tell you?"
        "|I said my age. What was it?|How many years have I lived?",
        "You are {b} years old.",
    ),
    "home": (
        draw_place,
        "I live in {b}.|My home is in {b}.|I come from {b}.|I am from {b}.|My home town is {b}.|I have a flat in {b}."
        "|My flat is in {b}.|I moved to {b}.|{b} is where I live.|I have lived in {b} for years."
        "|My house stands in {b}.|I have a house near {b}.",
        "Where do I live?|Where am I from?|Where is my home?|Do you know where I live?|Which place do I live in?|"
        "Tell me where I live.|Where do I come from?|In which place do I live?|Do you remember where I live?"
        "|Where is my flat?|Where do I have my home?|In what place is my home?|Where does my house stand?"
        "|What place do I call home?|Which place did I tell you?",
        "You live in {b}.",
    ),
    "colour": (
        pick(facts.COLOUR_NAMES),
        "My favourite colour is {b}.|I like the colour {b} best.|The colour I love is {b}.|"
        "{b} is my favourite colour.|I love {b}, it is the nicest colour."
        "|I like {b} more than any other colour.|The best colour is {b}, I think."
        "|For me the nicest colour is {b}.|Everything I wear is {b}, I love that colour.",
        "What is my favourite colour?|Which colour do I like?|What colour do I like best?|Tell me my favourite colour.|"
        "Do you remember my favourite colour?|Which colour do I love?|What is the colour I like most?"
        "|What colour is my favourite?|Which colour is the best for me?|What colour did I say I like?"
        "|Which colour is dear to me?",
        "Your favourite colour is {b}.",
    ),
    "food": (
        pick(facts.FOODS),
        "My favourite food is {b}.|I love to eat {b}.|I like {b} best of all foods.|I eat {b} every day.|"
        "{b} is my favourite food."
        "|There is nothing better than {b} for dinner.|I could eat {b} all day.|The food I like most is {b}."
        "|{b} tastes best to me.|I always order {b}.",
        "What is my favourite food?|What do I like to eat?|Which food do I like best?|"
        "Do you know what I like to eat?|Tell me my favourite food.|What food do I love?|What should you cook for me?"
        "|What meal do I love?|Which food makes me happy?|Which dish is my favourite?"
        "|What did I say I like to eat?|Which food is the best for me?|What do I love to eat?",
        "Your favourite food is {b}.",
    ),
    "hobby": (
        pick(facts.HOBBIES),
        "My hobby is {b}.|I like {b}.|In my free time I go for {b}.|I enjoy {b}.|My favourite hobby is {b}."
        "|On Sundays I love {b}.|I spend my weekends with {b}.|{b} is what I do for fun."
        "|What I like to do is {b}.|I am happy when I do my hobby, {b}.",
        "What is my hobby?|What do I like to do?|What do I do in my free time?|Which hobby do I have?|"
        "Tell me my hobby.|"
        "Do you remember my hobby?|What do I enjoy?"
        "|Which hobby did I name?|What do I do for fun?|What is it that I like to do?"
        "|How do I spend my free time?|What did I say my hobby was?",
        "Your hobby is {b}.",
    ),
    "job": (
        pick(JOBS),
        "I am a {b}.|I work as a {b}.|My job is {b}.|I'm a {b} by profession.|I earn my money as a {b}."
        "|For a living I am a {b}.|I was trained as a {b}.|People pay me as a {b}.|My profession is {b}."
        "|I have a job as a {b}.",
        "What is my job?|What do I work as?|What is my profession?|What do I do for a living?|Which job do I have?|"
        "Tell me my job.|Do you know what my job is?|Do you remember my profession?"
        "|What work do I do?|What am I by profession?|As what do I work?|Which profession do I have?"
        "|What did I say my job was?",
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
        "The code is {b}."
        "|Here is a number for you: {b}.|Do not forget the number {b}.|My locker has the number {b}."
        "|The number of today is {b}.|Write down this number: {b}.|{b} is the number."
        "|I will tell you a number: {b}.|Here comes the number: {b}.",
        "What is the number?|Which number did I tell you?|What is the secret number?|Tell me the number.|"
        "What is the code?|"
        "Do you remember the number?|What number should you remember?"
        "|What number did I give you?|Say the number again.|Repeat the number.|Which number was it?"
        "|Which number should you not forget?|What number was I talking about?|Which number should you know?",
        "The number is {b}.",
    ),
    "word": (
        pick(_THINGS),
        "The secret word is {b}.|Remember the word {b}.|My password is {b}.|Please remember this word: {b}.|"
        "The magic word is {b}."
        "|Here is a word for you: {b}.|Do not forget the word {b}.|The word of today is {b}."
        "|Write down this word: {b}.|{b} is the word.|I will tell you a word: {b}.|Here comes the word: {b}.",
        "What is the secret word?|Which word did I tell you?|What is my password?|Tell me the word.|"
        "What is the magic word?|Do you remember the word?|What word should you remember?"
        "|What word did I give you?|Say the word again.|Repeat the word.|Which word was it?"
        "|Which word should you not forget?|What word was I talking about?|Which word should you know?",
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
        "My best friend is called {b}.|My friend's name is {b}.|My best friend is {b}.|I have a friend called {b}."
        "|My closest friend is {b}.|{b} is my best friend.|{b} and I are best friends."
        "|The friend I like most is {b}.",
        "What is my friend's name?|Who is my best friend?|What is my friend called?|Tell me the name of my friend.|"
        "Do you remember my friend's name?|How is my friend called?"
        "|Which friend did I name?|Who is my friend?|How is my best friend called?"
        "|What is my best friend's name?|Which name does my friend have?",
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

# what: (noun phrases, indirect questions); frames make dozens of questions of each
_ASKED_INDIRECTLY = {
    "name": ("my name", "what my name is|what I am called|who I am"),
    "age": ("my age", "how old I am|what my age is"),
    "home": ("my home|the place where I live", "where I live|where I am from|where my home is"),
    "colour": ("my favourite colour|the colour I like best", "what my favourite colour is|which colour I like best"),
    "food": ("my favourite food|what I like to eat", "what my favourite food is|what I like to eat"),
    "hobby": ("my hobby|what I like to do", "what my hobby is|what I like to do in my free time"),
    "job": ("my job|my profession", "what my job is|what I do for a living"),
    "city visit": ("the place of my trip", "where I travel|where my trip goes"),
    "code": ("the number|that number|the number that I told you", "what the number is|which number I told you"),
    "word": ("the word|that word|the word that I told you", "what the word is|which word I told you"),
    "meeting": ("the day", "when we meet|on which day it is"),
    "friend": ("my friend's name|my best friend's name", "who my best friend is|how my friend is called"),
    "sister": ("the name of my sister|my sister's name", "who my sister is|how my sister is called"),
    "brother": ("the name of my brother|my brother's name", "who my brother is|how my brother is called"),
}
FRAMED = {what: composed(*both, recall=True) for what, both in _ASKED_INDIRECTLY.items()}

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
