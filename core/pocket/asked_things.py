"""How things, jobs, books, records and the words of this lab are asked for, answered and told.

A wording is a format string as `core.pocket.relations` describes it; "|" stands between wordings.
"""

from __future__ import annotations

from core.pocket import facts
from core.pocket.relations import Relation, columns, relation

_COUNTABLE = set(
    "token|tokenizer|vocabulary|embedding|vector|dimension|context window|prompt|language model|parameter|base model|"
    "chat model|transformer|neural network|hallucination|bias|analogy|cluster|projection|vector database|"
    "nearest neighbour|stop word|grammar|database|checkpoint|seed|batch|system prompt|laptop|logit".split("|")
)

THINGS: tuple[Relation, ...] = (
    relation(
        "class",
        columns(facts.CLASSES, 0, 1),
        """
What is a {a}?|What kind of thing is a {a}?|What kind of thing is {a}?|To which class does {a} belong?|
Is {a} a fruit, a tool or something else?|What sort of thing is {a}?|{A} is a kind of what?|A {a} is what?|
Which group does {a} belong to?|Tell me what kind of thing {a} is.|What category does {a} belong to?|
What type of thing is {a}?|How would you classify {a}?""",
        "{A} is a kind of {b}.",
        "{A} is a kind of {b}.|{A} belongs to this group: {b}.",
        True,
        9,
    ),
    relation(
        "job",
        columns(facts.JOBS, 0, 1),
        """
What does a {a} do?|What is the work of a {a}?|What does a {a} do all day?|Tell me what a {a} does.|
What is the job of a {a}?|Describe the work of a {a}.|What is a {a} paid for?|What work does a {a} do?|
What do you do if you are a {a}?|Explain what a {a} does.""",
        "A {a} {b}.",
        "A {a} {b}.|The {a} {b} every day.|Somebody who is a {a} {b}.",
    ),
    relation(
        "who works",
        tuple((b, a) for a, b in columns(facts.JOBS, 0, 1)),
        """
Who {a}?|Which person {a}?|What do you call somebody who {a}?|What is the name for a person who {a}?|
Which profession {a}?|Tell me who {a}.|Somebody who {a} is called what?|What is somebody who {a}?|
My neighbour {a}. What is the profession?|Name the person who {a}.""",
        "A {b} {a}.",
        "A {b} {a}.|Somebody who {a} is a {b}.",
    ),
    relation(
        "workplace",
        columns(facts.JOBS, 0, 2),
        """
Where does a {a} work?|In which place does a {a} work?|What is the workplace of a {a}?|Where do you find a {a} at work?|
Tell me where a {a} works.|Where is a {a} during working hours?|Name the workplace of a {a}.|
At what place does a {a} work?""",
        "The workplace of a {a}: {b}.",
        "The workplace of a {a}: {b}.|Where does a {a} work? {B}.",
    ),
    relation(
        "purpose",
        columns(facts.TOOLS, 0, 1),
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
    relation(
        "tool",
        tuple((b, a) for a, b in columns(facts.TOOLS, 0, 1)),
        """
What do you use to {a}?|What do you need to {a}?|Which thing do you use to {a}?|I want to {a}. What do I need?|
With what do you {a}?|Tell me what I need to {a}.|Which tool helps you to {a}?|What should I take to {a}?|
I would like to {a}. Which thing helps?|What does one need to {a}?""",
        "You use a {b} to {a}.",
        "To {a}, you use a {b}.|You use a {b} to {a}.",
    ),
    relation(
        "author",
        columns(facts.AUTHORS, 0, 1),
        """
Who wrote {a}?|Who is the author of {a}?|By whom is {a}?|Who was the author of {a}?|{a} was written by whom?|
Tell me who wrote {a}.|Name the author of {a}.|Which writer wrote {a}?|Do you know who wrote {a}?|
Whose book is {a}?|Who is the writer of {a}?|Give me the author of {a}.|The author of {a} is who?""",
        "{a} was written by {b}.",
        "{a} was written by {b}.|{b} wrote {a}.|The author of {a} is {b}.",
        False,
        5,
    ),
    relation(
        "record",
        columns(facts.RECORDS, 0, 1),
        """
What is the {a}?|What's the {a}?|Which is the {a}?|Name the {a}.|Tell me the {a}.|Do you know the {a}?|
Which one is the {a}?|What do you know about the {a}?|The {a} is what?|Give me the {a}.|Say what the {a} is.|
What is the name of the {a}?""",
        "The {a} is {b}.",
        "The {a} is {b}.|{B} is the {a}.",
        False,
        4,
    ),
    relation(
        "symbol",
        columns(facts.SYMBOLS, 0, 1),
        """
What is the symbol for {a}?|What is the chemical symbol of {a}?|What's the symbol of {a}?|
Which letters stand for {a} in chemistry?|Name the symbol for {a}.|Tell me the chemical symbol for {a}.|
How do chemists write {a}?|What is {a}'s chemical symbol?|Symbol of {a}?""",
        "The symbol for {a} is {b}.",
        "The symbol for {a} is {b}.|{B} stands for {a}.",
        True,
        3,
    ),
    relation(
        "sense",
        columns(facts.SENSES, 0, 1),
        """
What do you do with your {a}?|What are {a} for?|Why do people have {a}?|What can you do with {a}?|
What do we use our {a} for?|Tell me what {a} are for.|What do people do with their {a}?""",
        "You {b} with your {a}.",
        "You {b} with your {a}.|With your {a} you {b}.",
    ),
    relation(
        "made from",
        columns(facts.MADE_FROM, 0, 1),
        """
What is {a} made from?|What is {a} made of?|From what do you make {a}?|What do you need to make {a}?|
Tell me what {a} is made from.|Out of what is {a} made?|Where does {a} come from?|What goes into {a}?|
Which material is {a} made from?|How is {a} made?""",
        "{A} is made from {b}.",
        "{A} is made from {b}.|From {b} people make {a}.",
    ),
    relation(
        "next planet",
        tuple(zip(facts.PLANETS, facts.PLANETS[1:], strict=False)),
        """
Which planet comes after {a}?|What planet is next after {a}?|Counted from the sun, which planet comes after {a}?|
Which planet follows {a}?|What is the planet after {a}?|Name the planet that comes after {a}.|
After {a} comes which planet?""",
        "The planet after {a} is {b}.",
        "After {a} comes {b}.|The planet after {a} is {b}.",
    ),
    relation(
        "term",
        columns(facts.TERMS, 0, 1),
        """
What is {a}?|What does {a} mean?|Explain {a}.|What is meant by {a}?|Define {a}.|What do you mean by {a}?|
Tell me what {a} means.|Can you explain {a}?|What is the meaning of {a}?|What is the meaning of the word {a}?|
Explain the word {a} to me.|I do not know what {a} means.|How would you explain {a}?|What does the term {a} stand for?|
Give me a definition of {a}.|Explain {a} in simple words.|What should I know about {a}?|Help me understand {a}.""",
        "{A} means: {b}.",
        "{A} means: {b}.|{A}: {b}.|In this lab, {a} means {b}.",
        False,
        11,
    ),
    relation(
        "term with article",
        tuple(pair for pair in columns(facts.TERMS, 0, 1) if pair[0] in _COUNTABLE),
        """
What is a {a}?|Explain what a {a} is.|What do you call a {a}?|Tell me what a {a} is.|What does one mean by a {a}?|
Do you know what a {a} is?|Can you explain what a {a} is?""",
        "A {a} is {b}.",
        "A {a} is {b}.|By a {a} people mean {b}.",
        False,
        5,
    ),
)
