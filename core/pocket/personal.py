"""Conversations in which the answer stands earlier: what people say about themselves, and questions about a text."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from core.pocket import facts
from core.pocket.relations import worded

Turn = tuple[str, str]

_ONSETS = "b br c ch d dr f fl g gr h j k kl l m n p pr r s st t tr v w z".split()
_VOWELS = "a e i o u ai ea oo".split()
_ENDS = ["", "n", "l", "r", "s", "ra", "na", "lo", "mi", "ta", "x", "nd", "ck", "ton", "vin", "bel"]


def invented_name(random: Random) -> str:
    """A name that nobody has, so that a name must be copied and cannot be guessed."""
    return (random.choice(_ONSETS) + random.choice(_VOWELS) + random.choice(_ENDS)).capitalize()


def person(random: Random) -> str:
    """A first name, common or invented."""
    return random.choice(facts.FIRST_NAMES) if random.random() < 0.6 else invented_name(random)


def _age(random: Random) -> str:
    return str(random.randint(3, 99))


def _place(random: Random) -> str:
    roll = random.random()
    if roll < 0.5:
        return random.choice(facts.CITIES)
    return random.choice(facts.COUNTRIES)[random.randint(0, 1)] if roll < 0.85 else invented_name(random) + "ville"


def _pick(words: list[str]) -> Callable[[Random], str]:
    return lambda random: random.choice(words)


def _code(random: Random) -> str:
    return "".join(random.choice("0123456789") for _ in range(random.randint(3, 5)))


_JOBS = [row[0] for row in facts.JOBS]
_THINGS = [row[0] for row in facts.CLASSES if " " not in row[0]]

# what / how a value is drawn / how it is told / how it is asked / how it is answered / the answer where nothing was told
ATTRIBUTES: dict[str, tuple[Callable[[Random], str], str, str, str]] = {
    "name": (person, "My name is {b}.|I am {b}.|Hi, I am {b}.|Hello, my name is {b}.|I'm {b}.|You can call me {b}.|They call me {b}.|"
             "People call me {b}.|This is {b}.|{b} is my name.",
             "What is my name?|What's my name?|Who am I?|Do you know my name?|Do you remember my name?|How am I called?|"
             "Which name did I tell you?|Can you say my name?|Tell me my name.|What did I say my name was?|My name is what?|"
             "Do you still know who I am?|What am I called?", "Your name is {b}."),
    "age": (_age, "I am {b} years old.|I'm {b} years old.|My age is {b}.|I turned {b} this year.|I am {b}.",
            "How old am I?|What is my age?|Do you know how old I am?|Tell me my age.|Which age did I tell you?|"
            "Do you remember how old I am?|My age is what?", "You are {b} years old."),
    "home": (_place, "I live in {b}.|My home is in {b}.|I come from {b}.|I am from {b}.|My home town is {b}.|I have a flat in {b}.",
             "Where do I live?|Where am I from?|Where is my home?|Do you know where I live?|Which place do I live in?|"
             "Tell me where I live.|Where do I come from?|In which place do I live?|Do you remember where I live?", "You live in {b}."),
    "colour": (_pick(facts.COLOUR_NAMES), "My favourite colour is {b}.|I like the colour {b} best.|The colour I love is {b}.|"
               "{b} is my favourite colour.|I love {b}, it is the nicest colour.",
               "What is my favourite colour?|Which colour do I like?|What colour do I like best?|Tell me my favourite colour.|"
               "Do you remember my favourite colour?|Which colour do I love?|What is the colour I like most?",
               "Your favourite colour is {b}."),
    "food": (_pick(facts.FOODS), "My favourite food is {b}.|I love to eat {b}.|I like {b} best of all foods.|I eat {b} every day.|"
             "{b} is my favourite food.", "What is my favourite food?|What do I like to eat?|Which food do I like best?|"
             "Do you know what I like to eat?|Tell me my favourite food.|What food do I love?|What should you cook for me?",
             "Your favourite food is {b}."),
    "hobby": (_pick(facts.HOBBIES), "My hobby is {b}.|I like {b}.|In my free time I go for {b}.|I enjoy {b}.|My favourite hobby is {b}.",
              "What is my hobby?|What do I like to do?|What do I do in my free time?|Which hobby do I have?|Tell me my hobby.|"
              "Do you remember my hobby?|What do I enjoy?", "Your hobby is {b}."),
    "job": (_pick(_JOBS), "I am a {b}.|I work as a {b}.|My job is {b}.|I'm a {b} by profession.|I earn my money as a {b}.",
            "What is my job?|What do I work as?|What is my profession?|What do I do for a living?|Which job do I have?|"
            "Tell me my job.|Do you know what my job is?|Do you remember my profession?", "You are a {b}."),
    "city visit": (_place, "Tomorrow I travel to {b}.|I am on my way to {b}.|Next week I will fly to {b}.|My next trip goes to {b}.",
                   "Where do I travel?|Where am I going?|Where does my trip go?|Which place will I visit?|Tell me where I am going.",
                   "You travel to {b}."),
    "code": (_code, "My number is {b}.|The secret number is {b}.|Remember the number {b}.|Please remember this number: {b}.|The code is {b}.",
             "What is the number?|Which number did I tell you?|What is the secret number?|Tell me the number.|What is the code?|"
             "Do you remember the number?|What number should you remember?", "The number is {b}."),
    "word": (_pick(_THINGS), "The secret word is {b}.|Remember the word {b}.|My password is {b}.|Please remember this word: {b}.|"
             "The magic word is {b}.", "What is the secret word?|Which word did I tell you?|What is my password?|Tell me the word.|"
             "What is the magic word?|Do you remember the word?|What word should you remember?", "The word is {b}."),
    "meeting": (_pick(facts.DAYS), "We meet on {b}.|The meeting is on {b}.|My appointment is on {b}.|The party is on {b}.",
                "When do we meet?|When is the meeting?|On which day is it?|What day is the appointment?|When is the party?|"
                "Tell me the day.|Which day did I tell you?", "It is on {b}."),
    "friend": (person, "My best friend is called {b}.|My friend's name is {b}.|My best friend is {b}.|I have a friend called {b}.",
               "What is my friend's name?|Who is my best friend?|What is my friend called?|Tell me the name of my friend.|"
               "Do you remember my friend's name?|How is my friend called?", "Your friend is called {b}."),
    "sister": (person, "My sister is called {b}.|My sister's name is {b}.|I have a sister called {b}.|{b} is my sister.",
               "What is my sister's name?|Who is my sister?|What is my sister called?|Tell me the name of my sister.|"
               "How is my sister called?|Do you know my sister's name?", "Your sister is called {b}."),
    "brother": (person, "My brother is called {b}.|My brother's name is {b}.|I have a brother called {b}.|{b} is my brother.",
                "What is my brother's name?|Who is my brother?|What is my brother called?|Tell me the name of my brother.|"
                "How is my brother called?|Do you know my brother's name?", "Your brother is called {b}."),
}
ACKNOWLEDGEMENTS = ["Okay.", "I see.", "Good to know.", "Thank you for telling me.", "I will remember that.", "That is nice.",
                    "All right.", "Noted.", "How interesting!"]
NOT_TOLD = ["You have not told me that yet.", "I do not know that. You have not told me."]


def _pet_attribute(random: Random) -> tuple[str, str, str, str, str]:
    """A pet of a kind with a name: what, how told, how asked, answer, answer to what kind it is."""
    kind, name = random.choice(facts.PETS), random.choice(facts.PET_NAMES) if random.random() < 0.6 else person(random)
    told = random.choice([f"My {kind} is called {name}.", f"I have a {kind} called {name}.", f"My {kind}'s name is {name}.",
                          f"I have a {kind}. Its name is {name}.", f"{name} is my {kind}.", f"We have a {kind} named {name}."])
    ask = random.choice([f"What is my {kind}'s name?", f"What is my {kind} called?", f"What is the name of my {kind}?",
                         f"How is my {kind} called?", f"Tell me the name of my {kind}.", "What is my pet called?",
                         "What is the name of my pet?", f"Do you remember the name of my {kind}?"])
    return "pet", told, ask, f"Your {kind} is called {name}.", f"{name} is a {kind}."


def told_and_asked(random: Random, what: str = "") -> tuple[str, str, str, str]:
    """(what, sentence that tells it, question about it, answer)."""
    what = what or random.choice(["name", "name", "name", "pet", "pet", *ATTRIBUTES])
    if what == "pet":
        return _pet_attribute(random)[:4]
    draw, told, ask, answer = ATTRIBUTES[what]
    value = draw(random)
    return (what, worded(random.choice(told.split("|")), "", value), random.choice(ask.split("|")),
            worded(answer, "", value))


def _reaction(random: Random, what: str, told: str, answer: str) -> str:
    if what == "name" and random.random() < 0.8:
        name = answer.removeprefix("Your name is ").rstrip(".")
        return random.choice([f"Hello {name}!", f"Nice to meet you, {name}.", f"Hello {name}! How can I help you?", f"Hi {name}.",
                              f"Good to meet you, {name}."])
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
        turns += [("user", " ".join(thing[1] for thing in told)), ("assistant", _reaction(random, *told[0][:2], told[0][3]))]
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
    from core.pocket.conversations import fact  # fact() lives above this module; only a sentence of talk is needed
    from core.pocket.sums import sum_question
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
    frame = random.choice(["{t} {q}", "Text: {t} Question: {q}", "Read this: {t} {q}", "{t}\n{q}", "Context: {t}\nQuestion: {q}",
                           "Use this text: {t}\n{q}"])
    turns: list[Turn] = [("user", frame.format(t=text, q=chosen[0][0])), ("assistant", chosen[0][1])]
    if random.random() < 0.15:
        turns = [("system", text), ("user", chosen[0][0]), ("assistant", chosen[0][1])]
    for ask, answer in chosen[1:]:
        turns += [("user", ask), ("assistant", answer)]
    return turns


def _third_person(random: Random, name: str, kind: int) -> tuple[str, str, str]:
    """A sentence about somebody, a question about it, and the answer."""
    place, food, hobby = _place(random), random.choice(facts.FOODS), random.choice(facts.HOBBIES)
    job, colour, age = random.choice(_JOBS), random.choice(facts.COLOUR_NAMES), _age(random)
    sentence, asks, answer = [
        (f"{name} lives in {place}.", f"Where does {name} live?|In which place does {name} live?|Where is {name} at home?",
         f"{name} lives in {place}."),
        (f"{name} likes {food}.", f"What does {name} like?|What does {name} like to eat?|Which food does {name} like?",
         f"{name} likes {food}."),
        (f"{name}'s hobby is {hobby}.", f"What is {name}'s hobby?|What does {name} do for fun?|Which hobby does {name} have?",
         f"{name}'s hobby is {hobby}."),
        (f"{name} works as a {job}.", f"What is {name}'s job?|What does {name} work as?|What is the profession of {name}?",
         f"{name} works as a {job}."),
        (f"{name} has a {colour} car.", f"What colour is {name}'s car?|Which colour does the car of {name} have?|What car does {name} have?",
         f"{name} has a {colour} car."),
        (f"{name} is {age} years old.", f"How old is {name}?|What is the age of {name}?|Which age is {name}?",
         f"{name} is {age} years old."),
    ][kind]
    return worded(sentence, ""), random.choice(asks.split("|")), worded(answer, "")
