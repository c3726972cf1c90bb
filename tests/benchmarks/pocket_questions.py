"""The probe's questions: wordings that Pocket was not trained on. tests/core/pocket/test_held_out.py compares them.

They were written before the first trained model was looked at and are not changed to suit it.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from core.pocket import facts
from core.pocket.facts_asked import RELATIONS
from core.pocket.facts_personal import ATTRIBUTES
from core.pocket.relations import worded
from core.pocket.sums import in_words

SEED = 20_26

# relation: wordings that training does not have; {a} is the subject
FACT_WORDINGS: dict[str, list[str]] = {
    "capital": [
        "Could you say what {a}'s capital city is called?",
        "I need the capital city of {a}, please.",
        "Someone asked me about the capital of {a}. What should I answer?",
        "Which city would be {a}'s capital?",
        "{a} has a capital. What is it called?",
    ],
    "country": [
        "If I stand in the middle of {a}, what country am I standing in?",
        "{a} is found in what country?",
        "Which nation is {a} the capital city of?",
    ],
    "continent": [
        "On a globe, which continent would I look at to find {a}?",
        "{a} is part of which continent?",
        "What continent could {a} be found on?",
    ],
    "language": [
        "What language should a visitor to {a} speak?",
        "Which language do most people in {a} use?",
        "In what language do people in {a} talk to each other?",
    ],
    "sound": [
        "Can you tell me which sound a {a} makes?",
        "What sort of noise would I hear from the {a}?",
        "What is the noise made by a {a}?",
    ],
    "young": [
        "What would you call a {a} that was just born?",
        "Which word do we use for a baby {a}?",
        "How is a young {a} called?",
    ],
    "animal kind": ["In biology, what kind of animal would a {a} be?", "The {a} is what type of animal?"],
    "animal home": ["Where might I see a {a} living?", "In what kind of place does the {a} live?"],
    "legs": ["A {a} has how many legs?", "What is the number of legs of a {a}?"],
    "colour": [
        "What is the usual colour of a {a}?",
        "Do you know which colour a {a} has?",
        "What colour would you say a {a} is?",
    ],
    "opposite": [
        "Can you give me a word with the opposite meaning of {a}?",
        "What would be the opposite of {a}?",
        "Which word is opposite in meaning to {a}?",
        "Do you know the opposite of {a}?",
    ],
    "next day": ["Yesterday it was {a}, what day do we have now?", "Can you tell me which day comes right after {a}?"],
    "previous day": ["Can you tell me which day comes just before {a}?", "What is the day that comes before {a}?"],
    "next month": ["Can you tell me which month comes right after {a}?", "What is the month that comes after {a}?"],
    "previous month": [
        "Can you tell me which month comes just before {a}?",
        "What is the month that comes before {a}?",
    ],
    "days of a month": ["What is the number of days in {a}?", "Can you tell me how many days {a} has?"],
    "season": ["When it is {a}, which season do we have?", "During which season is {a}?"],
    "plural": [
        "What does {a} become when there are several?",
        "Can you tell me the plural of {a}?",
        "What's the plural form of {a}?",
    ],
    "past": ["Which form does {a} take in the past tense?", "Can you tell me the past tense of {a}?"],
    "comparative": ["Can you tell me the comparative of {a}?", "What's the comparative of {a}?"],
    "superlative": ["Can you tell me the superlative of {a}?", "What's the superlative of {a}?"],
    "in German": ["Can you translate {a} to German for me?", "What do Germans say in German for {a}?"],
    "in French": ["Can you translate {a} to French for me?", "What would {a} be in French?"],
    "in Spanish": ["Can you translate {a} to Spanish for me?", "What would {a} be in Spanish?"],
    "class": ["Can you tell me what kind of thing a {a} is?", "In which category would you put {a}?"],
    "job": ["Can you tell me what a {a} does for work?", "What are the tasks of a {a}?"],
    "who works": ["Can you tell me who {a}?", "What kind of person {a}?"],
    "workplace": ["Can you tell me where a {a} works?", "At which place would I meet a working {a}?"],
    "purpose": ["Can you tell me what a {a} is used for?", "What would you use a {a} for?"],
    "tool": ["Can you tell me what I need to {a}?", "Which object would you use to {a}?"],
    "author": ["Can you tell me who wrote {a}?", "Which author wrote {a}?", "The book {a} is by whom?"],
    "record": ["Can you tell me what the {a} is?", "Which one would be the {a}?"],
    "symbol": ["Can you tell me the chemical symbol for {a}?", "Which symbol does {a} have in chemistry?"],
    "sense": ["What can one do with the {a}?", "What purpose do {a} have?"],
    "made from": ["Can you tell me what {a} is made from?", "What is used to make {a}?"],
    "next planet": ["Can you tell me which planet comes after {a}?", "What is the planet right behind {a}?"],
    "term": [
        "Could you explain what {a} means?",
        "In a few words, what is {a}?",
        "What do people mean when they say {a}?",
    ],
}
SUM_WORDINGS = [
    "Could you do this sum for me: {s}?",
    "I would like to know what {s} is.",
    "What do I get when I calculate {s}?",
    "Do you know how much {s} is?",
]

# what is told: (ways to tell it, ways to ask for it), neither in training; {b} is the value
RECALL_WORDINGS: dict[str, tuple[list[str], list[str]]] = {
    "name": (
        ["Hey, {b} here.", "Good morning, my name is {b}.", "Everybody calls me {b}."],
        [
            "Can you tell me my name?",
            "What name did I give you?",
            "By which name do you know me?",
            "Do you recall my name?",
        ],
    ),
    "age": (
        ["By the way, I am {b} years old.", "I just turned {b} years old."],
        ["Can you tell me how old I am?", "What age am I?", "Do you recall how old I am?"],
    ),
    "home": (
        ["By the way, I live in {b}.", "My house is in {b}."],
        ["Can you tell me where I live?", "Where is my house?", "Do you recall where I live?"],
    ),
    "colour": (
        ["By the way, my favourite colour is {b}.", "Of all colours I like {b} best."],
        ["Can you tell me my favourite colour?", "What colour do I love most?"],
    ),
    "food": (
        ["By the way, my favourite food is {b}.", "Nothing tastes as good to me as {b}."],
        ["Can you tell me my favourite food?", "What is the food I love?"],
    ),
    "hobby": (
        ["By the way, my hobby is {b}.", "What I love to do is {b}."],
        ["Can you tell me my hobby?", "What hobby did I tell you about?"],
    ),
    "job": (["By the way, I work as a {b}.", "At work I am a {b}."], ["Can you tell me my job?", "What job do I do?"]),
    "code": (
        ["Keep this number in mind: {b}.", "The number to remember is {b}."],
        ["Can you tell me the number?", "Which number should you keep in mind?"],
    ),
    "word": (
        ["Keep this word in mind: {b}.", "The word to remember is {b}."],
        ["Can you tell me the word?", "Which word should you keep in mind?"],
    ),
    "friend": (
        ["By the way, my best friend is {b}.", "The name of my best friend is {b}."],
        ["Can you tell me the name of my best friend?", "What is the name of my friend?"],
    ),
}
REPLIES = ["Thank you for telling me.", "I see.", "Okay."]


@dataclass(frozen=True)
class Question:
    """Messages to send, the texts of which one must be in the answer, and which part of the probe it belongs to.

    `cold` is the same question without what was told before, where there is such. `subject` is what a fact is about.
    """

    part: str
    messages: tuple[tuple[str, str], ...]
    expected: tuple[str, ...]
    wording: str
    cold: tuple[tuple[str, str], ...] = ()
    subject: str = ""


def fact_questions(random: Random, count: int = 170) -> list[Question]:
    """Facts of the closed world in new words, `count` of them, every relation in turn; every tenth is a sum."""
    by_name = {relation.name: relation for relation in RELATIONS}
    wordings = [(name, wording) for name, several in FACT_WORDINGS.items() for wording in several]
    random.shuffle(wordings)
    asked: dict[str, Question] = {}
    turn = 0
    while len(asked) < count - count // 10:
        name, wording = wordings[turn % len(wordings)]
        turn += 1
        relation = by_name[name]
        a, _ = random.choice(relation.pairs)
        text = worded(wording, a)
        right = tuple(b for subject, b in relation.pairs if subject == a)  # two jobs may share a place, and the like
        asked.setdefault(text, Question("fact", (("user", text),), right, wording, subject=a))
    for number in range(count // 10):
        left, right_hand = random.randint(0, 12), random.randint(0, 12)
        sign, word, result = (
            ("+", "plus", left + right_hand) if number % 2 else ("*", "times", left * right_hand % 1000)
        )
        if sign == "*":
            left, right_hand = left % 11, right_hand % 11
            result = left * right_hand
        shown = random.choice([f"{left} {sign} {right_hand}", f"{left} {word} {right_hand}"])
        wording = random.choice(SUM_WORDINGS)
        text = wording.format(s=shown)
        asked[text + " "] = Question("fact", (("user", text),), (str(result), in_words(result)), wording)
    return list(asked.values())


def recall_questions(random: Random, count: int = 60) -> list[Question]:
    """Something told, another exchange in between for two thirds, then asked for; and the same question cold."""
    questions = []
    kinds = list(RECALL_WORDINGS)
    by_name = {relation.name: relation for relation in RELATIONS}
    for number in range(count):
        kind = kinds[number % len(kinds)]
        tell, ask = (random.choice(wordings) for wordings in RECALL_WORDINGS[kind])
        value = ATTRIBUTES[kind][0](random)
        messages = [("user", worded(tell, "", value)), ("assistant", random.choice(REPLIES))]
        for _ in range(number % 3):
            name = random.choice(["capital", "opposite", "language", "colour"])
            a, b = random.choice(by_name[name].pairs)
            messages += [
                ("user", worded(random.choice(FACT_WORDINGS[name]), a)),
                ("assistant", worded(by_name[name].answers[0], a, b)),
            ]
        questions.append(Question("recall", (*messages, ("user", ask)), (value,), ask, (("user", ask),)))
    return questions


JSON_SCHEMAS = [
    {
        "type": "object",
        "properties": {"name": {"type": "string", "maxLength": 40}, "age": {"type": "integer"}},
        "required": ["name", "age"],
    },
    {
        "type": "object",
        "properties": {"country": {"type": "string", "maxLength": 40}, "capital": {"type": "string", "maxLength": 40}},
        "required": ["country", "capital"],
    },
    {
        "type": "object",
        "properties": {
            "name": {"type": "string", "maxLength": 40},
            "city": {"type": "string", "maxLength": 40},
            "likes": {"type": "string", "maxLength": 40},
        },
        "required": ["name", "city", "likes"],
    },
    {
        "type": "object",
        "properties": {"answer": {"type": "boolean"}, "word": {"enum": ["yes", "no", "perhaps"]}},
        "required": ["answer", "word"],
    },
]


def json_questions(random: Random, count: int = 30) -> list[Question]:
    """Wishes for JSON in new words; a third of them about people, a third about countries, a third about neither."""
    questions = []
    for number in range(count):
        name, age, city = random.choice(facts.FIRST_NAMES), random.randint(5, 90), random.choice(facts.CITIES)
        country, capital, *_ = random.choice(facts.COUNTRIES)
        text, value = [
            (f"Please convert into a JSON object: {name} is {age} years old and comes from {city}.", name),
            (f"I want the country {country} and its capital as a JSON object.", capital),
            (f"What do you know about {name} from {city}? Reply with JSON only.", name),
        ][number % 3]
        questions.append(
            Question(
                "json",
                (("user", text),),
                (value,),
                text.replace(name, "{name}")
                .replace(country, "{country}")
                .replace(city, "{city}")
                .replace(str(age), "{age}"),
            )
        )
    return questions


OPEN_PROMPTS = [
    "Could you write me a little tale about a fox?",
    "Let me hear a bedtime story with a dragon.",
    "Begin a story in which a robot loses a key.",
    "I want a story with a penguin, please.",
    "Entertain me with a story about a llama.",
    "What happens in a story about a turtle?",
    "When was the first Berlin Buzzwords held?",
    "Who invented the sandwich?",
    "How far away is the moon?",
    "Which song was number one in 1987?",
    "What is the meaning of life?",
    "How do I repair a bicycle?",
    "Who won the match yesterday?",
    "Which film should I watch tonight?",
    "Give me some advice for a talk.",
    "Why is the sky dark at night?",
    "What should I wear tomorrow?",
    "Where can I buy a good laptop?",
    "You are a sentient cheesecake who teaches SQL. Begin.",
    "As a sentient cheesecake, tell us how a JOIN works.",
    "Let a pirate tell me what a token is.",
    "Speak like a wizard and describe an embedding.",
    "A wise owl should explain the context window.",
    "Compose an announcement: a talk about language models, Berlin, Monday, 3 pm.",
    "Tell everybody that there is a picnic in Leeds on Sunday at noon.",
    "Condense into one sentence: Rosa has a cat. The cat likes fish.",
    "Make this shorter: Sam went to the park. There Sam found a key.",
    "Complete the pattern: Rome is to Italy what Madrid is to ...",
    "Fill in: hot relates to cold like up relates to ...",
    "Good afternoon, little model.",
    "What topics can we talk about?",
    "Do you like music?",
    "I had a long day.",
    "Let us talk about animals.",
    "Which is better, tea or coffee?",
    "Say something nice.",
    "Describe a forest.",
    "Invent a new word.",
    "What do llamas think about?",
    "How many stars are there?",
]


def open_questions() -> list[Question]:
    """Prompts without one right answer: for ending the turn and for loops."""
    return [Question("open", (("user", text),), (), text) for text in OPEN_PROMPTS]


def all_questions() -> list[Question]:
    """The 300 questions, the same each time: 170 facts, 60 recalled, 30 in JSON, 40 open ones."""
    random = Random(SEED)
    return fact_questions(random) + recall_questions(random) + json_questions(random) + open_questions()
