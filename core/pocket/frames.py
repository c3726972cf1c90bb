"""Frames: ways to ask that fit every question, put around a noun phrase or an indirect question.

"the capital of {a}" and "which city is the capital of {a}" become dozens of wordings each, so that a model learns to
look for what is asked, whatever stands around it. Wordings are divided by "|".
"""

from __future__ import annotations

from random import Random

from core.pocket.relations import split

# around a noun phrase {p}, with a capital {P}
AROUND_PHRASES = split("""
What is {p}?|Tell me {p}.|Please tell me {p}.|Name {p}.|Give me {p}.|Say {p}.|I want to know {p}.|Let me know {p}.|
{P}, please.|{P}?|I am looking for {p}.|I forgot {p}.|What might {p} be?|Do you happen to know {p}?|
My teacher asks for {p}.|I must know {p}.|Help me find {p}.|Can you name {p}?|Will you name {p}?|
Any idea what {p} is?|Could you say {p}?|Write down {p}.|I wonder about {p}.|My question is about {p}.|
What do you think is {p}?|{P}: what is it?|{P} is what?
""")

# around an indirect question {q}
AROUND_QUESTIONS = split("""
Tell me {q}.|Please tell me {q}.|I want to know {q}.|Let me know {q}.|I wonder {q}.|Do you happen to know {q}?|
I forgot {q}.|Say {q}.|My teacher asks {q}.|Have you any idea {q}?|I would love to hear {q}.|Try to say {q}.|
Will you say {q}?|I must find out {q}.|Do you know {q}?|Could you say {q}?|Can you say {q}?|Nobody could say {q}.|
It is not clear to me {q}.|I have no idea {q}.|My question is {q}.|Please say {q}.
""")

# what was told before, asked for by a noun phrase or an indirect question
RECALL_PHRASES = split("""
What is {p}?|Tell me {p}.|Please tell me {p}.|What was {p} again?|Say {p}.|Remind me of {p}.|I forgot {p}. What is it?|
Do you remember {p}?|Do you still know {p}?|{P}?|Let me hear {p}.|Could you say {p}?|Can you say {p}?|
Please repeat {p}.|Do you know {p}?|Now I want to hear {p}.|Have you noted {p}?|Will you say {p}?|{P}, please.
""")
RECALL_QUESTIONS = split("""
Tell me {q}.|Please tell me {q}.|Do you know {q}?|Do you remember {q}?|Do you still know {q}?|Say {q}.|Let me hear {q}.|
I wonder if you know {q}.|Could you say {q}?|Can you say {q}?|Now say {q}.|Have you noted {q}?|Will you say {q}?
""")

# what may stand before something that is told
BEFORE_TELLING = (
    "Just so you know: |One thing about me: |You should know: |Please note: |Let me tell you: |Hello! |Hi. |"
    "To begin with: |Oh, one more thing: |This is true: |Good evening. |I will tell you something. "
).split("|")


_SMALL_WORDS = {"the", "a", "an", "is", "do", "does", "of", "to", "it", "me", "I", "are", "in"}
_FILLERS = ["please", "really", "now", "exactly", "then", "actually", "maybe", "just", "still"]


def in_a_hurry(random: Random, question: str) -> str:
    """The question with a small word left out or a filler put in, so that no single word of it is relied on."""
    words = question.split()
    small = [place for place, word in enumerate(words) if place and word in _SMALL_WORDS]
    if small and random.random() < 0.5:
        del words[random.choice(small)]
        return " ".join(words)
    gaps = [place for place in range(1, len(words)) if (words[place - 1] + words[place]).islower()]
    if gaps:
        words.insert(random.choice(gaps), random.choice(_FILLERS))
    return " ".join(words)


def around(frames: tuple[str, ...], phrase: str, mark: str) -> tuple[str, ...]:
    """Every frame with the phrase in place of {p} or {q} (`mark`), and with a capital in place of {P}."""
    capital = "{A}" + phrase[3:] if phrase.startswith("{a}") else phrase[:1].upper() + phrase[1:]
    return tuple(frame.replace("{" + mark + "}", phrase).replace("{" + mark.upper() + "}", capital) for frame in frames)


def composed(phrases: str, questions: str, recall: bool = False) -> tuple[str, ...]:
    """All wordings that frames make of noun phrases and of indirect questions, both divided by "|"."""
    around_p, around_q = (RECALL_PHRASES, RECALL_QUESTIONS) if recall else (AROUND_PHRASES, AROUND_QUESTIONS)
    made = [wording for phrase in split(phrases) for wording in around(around_p, phrase, "p")]
    made += [wording for phrase in split(questions) for wording in around(around_q, phrase, "q")]
    return tuple(dict.fromkeys(made))
