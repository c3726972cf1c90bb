"""How relations are asked for in other words: noun phrases | indirect questions | further direct questions.

`core.pocket.frames` puts dozens of frames around each phrase and each indirect question.
"""

from __future__ import annotations

# relation: (noun phrases, indirect questions, direct questions), each divided by "|"
INDIRECT: dict[str, tuple[str, str, str]] = {
    "capital": (
        "the capital of {a}|{a}'s capital|the city that is the capital of {a}|the capital city of {a}",
        "which city is the capital of {a}|what the capital of {a} is|how the capital of {a} is called|"
        "from which city {a} is governed",
        "Every country has a capital, and that of {a} is which city?|I travel to the capital of {a}. Where do I go?|"
        "Which capital belongs to {a}?|What capital does {a} have?|If I want to see the capital of {a}, where do I go?",
    ),
    "country": (
        "the country of {a}|the country whose capital is {a}|the country in which {a} lies",
        "which country {a} is in|in which country {a} lies|which country has {a} as its capital|"
        "to which country {a} belongs",
        "When you visit {a}, you are in which country?|What nation is {a} in?|Which nation does {a} belong to?|"
        "I live in {a}. Which country is that?|{a} is a city of which country?|Walking through {a}, where are you?",
    ),
    "continent": (
        "the continent of {a}|the continent on which {a} lies",
        "on which continent {a} is|which continent {a} belongs to|what continent {a} is on|on what continent {a} lies",
        "Looking at a map, on which continent do you see {a}?|Which continent has {a} in it?|"
        "{a} lies on what continent?|Where do I find {a}: Europe, Asia, Africa, America or Oceania?",
    ),
    "language": (
        "the language of {a}|the main language of {a}|the language that people speak in {a}",
        "which language people speak in {a}|what people speak in {a}|which language is spoken in {a}|"
        "what language they use in {a}",
        "Which language do I need for a trip to {a}?|If I go to {a}, what language should I learn?|"
        "People from {a} speak what language?|What language do children in {a} learn first?",
    ),
    "sound": (
        "the sound of a {a}|the noise of a {a}|the sound that a {a} makes",
        "what sound a {a} makes|what noise a {a} makes|how a {a} sounds|what the {a} says",
        "I hear a {a}. What does it do?|What noise comes out of a {a}?|Which noise does the {a} make?",
    ),
    "young": (
        "the young of a {a}|the name for a young {a}|the word for a baby {a}|the name of a newborn {a}",
        "what a young {a} is called|what a baby {a} is called|what people call a baby {a}|"
        "which name the child of a {a} has",
        "A {a} has just had a baby. What is it called?|A newborn {a} is called what?|Which name has a newborn {a}?|"
        "What do you call the little one of a {a}?|What do people call a {a} that is still very young?",
    ),
    "animal kind": (
        "the kind of animal that a {a} is|the group of animals of the {a}",
        "what kind of animal a {a} is|which group of animals a {a} belongs to|what sort of animal the {a} is",
        "Among animals, what is a {a}?|How do biologists classify a {a}?|For a biologist a {a} is what?|"
        "Into which group of animals do you put the {a}?|What kind of animal do you call a {a}?",
    ),
    "animal home": (
        "the home of a {a}|the place where a {a} lives|the place where you find a {a}",
        "where a {a} lives|where I find a {a}|in which place a {a} lives|where a {a} is at home",
        "Where does one see a {a}?|If I want to see a {a}, where do I go?|What kind of place is home to the {a}?",
    ),
    "legs": (
        "the leg count of a {a}",
        "how many legs a {a} has|on how many legs a {a} walks|how many legs there are on a {a}",
        "If I count the legs of a {a}, how many are there?|How many legs does the {a} stand on?|"
        "How many legs belong to a {a}?",
    ),
    "colour": (
        "the colour of {a}|the colour of a {a}",
        "what colour {a} is|what colour a {a} is|of what colour a {a} is|what the colour of {a} is",
        "Usually, a {a} is of which colour?|What colour do most people give to a {a}?|What colour has a {a}?|"
        "Which colour do you think of when I say {a}?|A {a} is mostly of what colour?",
    ),
    "opposite": (
        "the opposite of {a}|the contrary of {a}|a word that means the opposite of {a}|the word opposite to {a}",
        "what the opposite of {a} is|which word is the opposite of {a}|what the contrary of {a} is|"
        "which word means the contrary of {a}",
        "What is not {a} at all but the other way round?|Which word says the contrary of {a}?|"
        "{A} and what are opposites?|The contrary of {a} would be what?|The other way round from {a} is what?",
    ),
    "next day": (
        "the day after {a}|the next day after {a}|the day that follows {a}",
        "which day comes after {a}|what day follows {a}|which day is after {a}",
        "Yesterday was {a}. What is today?|If yesterday was {a}, which day is today?|"
        "It was {a} yesterday, so which day is it today?|{A} was yesterday. Which day is today?",
    ),
    "previous day": (
        "the day before {a}|the day right before {a}",
        "which day comes before {a}|what day was before {a}|which day is right before {a}",
        "Tomorrow is {a}. What is today?|If tomorrow is {a}, which day is today?|"
        "It will be {a} tomorrow, so which day is it today?",
    ),
    "next month": (
        "the month after {a}|the next month after {a}|the month that follows {a}",
        "which month comes after {a}|what month follows {a}|which month is next after {a}",
        "{A} is over. Which month begins?|Last month was {a}. Which month is it?|When {a} ends, what month begins?",
    ),
    "previous month": (
        "the month before {a}|the month right before {a}",
        "which month comes before {a}|what month was before {a}|which month is right before {a}",
        "Next month is {a}. Which month is it now?|{A} begins tomorrow. Which month ends?",
    ),
    "days of a month": (
        "the length of {a} in days",
        "how many days there are in {a}|how long {a} is in days|how many days {a} lasts",
        "How many days long is {a}?|{A} lasts how many days?|After how many days does {a} end?",
    ),
    "season": (
        "the season of {a}|the season in {a}",
        "which season {a} is in|what season it is in {a}|to which season {a} belongs",
        "In {a}, which season is it?|When {a} comes, what season is it?|If it is {a}, what is the season?|"
        "{A} falls into which season?|Which season do people have in {a}?|{A} is a month of which season?",
    ),
    "plural": (
        "the plural of {a}|the word for more than one {a}",
        "what the plural of {a} is|how {a} looks in the plural|what more than one {a} is called",
        "How is {a} written when there is more than one?|Which word do I use for more than one {a}?|"
        "In the plural, {a} becomes what?|What do you say for {a} if you mean many?|Not one {a} but two what?",
    ),
    "past": (
        "the past tense of {a}|the past form of {a}|the past of {a}",
        "what the past tense of {a} is|how {a} looks in the past|how to put {a} into the past",
        "What does {a} become in the past?|How does the verb {a} look in the past tense?|"
        "Which past tense does {a} have?|In the past, {a} becomes what?|{A}: and what is it in the past?",
    ),
    "comparative": (
        "the comparative of {a}|the comparative form of {a}",
        "what the comparative of {a} is|how to compare with {a}",
        "Which comparative does {a} have?|In the comparative, {a} becomes what?|First {a}, and then even what?",
    ),
    "superlative": (
        "the superlative of {a}|the superlative form of {a}",
        "what the superlative of {a} is|how {a} looks in the superlative",
        "Which superlative does {a} have?|In the superlative, {a} becomes what?|"
        "If nothing is more {a}, it is the what?",
    ),
    "class": (
        "the group of {a}|the class of {a}|the kind of thing that {a} is",
        "what kind of thing {a} is|which group {a} belongs to|to which class {a} belongs|what sort of thing a {a} is",
        "Into which class would you sort {a}?|{A} goes into which group?|What sort of thing would you call {a}?|"
        "Under which heading do I find {a}?|Which category is right for {a}?",
    ),
    "job": (
        "the work of a {a}|the job of a {a}",
        "what a {a} does|what the work of a {a} is|what a {a} does all day|what a {a} gets paid for",
        "If I become a {a}, what will I do?|What is the daily work of a {a}?|What must a {a} do?",
    ),
    "who works": (
        "the person who {a}|the name for somebody who {a}|the profession of somebody who {a}",
        "who {a}|which profession {a}|what you call somebody who {a}",
        "What is the job of a person who {a}?|A person who {a} is a what?|Who is it that {a}?|Which worker {a}?",
    ),
    "workplace": (
        "the workplace of a {a}|the place where a {a} works",
        "where a {a} works|in which place a {a} works|where to find a {a} at work",
        "Where would you go to see a {a} at work?|In what place is a {a} at work?|Where does a {a} go to work?",
    ),
    "purpose": (
        "the use of a {a}|the purpose of a {a}",
        "what a {a} is for|what people do with a {a}|what a {a} is good for|what I need a {a} for",
        "I have a {a}. What can I do with it?|What would one do with a {a}?|For which purpose do people have a {a}?",
    ),
    "tool": (
        "the thing that you use to {a}|the right tool to {a}",
        "what you use to {a}|what I should take to {a}|which thing helps to {a}",
        "Which object do people take to {a}?|What helps me to {a}?|You want to {a}. Which thing do you take?",
    ),
    "author": (
        "the author of {a}|the writer of {a}|the person who wrote {a}",
        "who the author of {a} is|by whom {a} was written|who the writer of {a} was",
        "Which person wrote {a}?|I am reading {a}. Who is the author?|The book {a}: who is its author?|"
        "Which author do we thank for {a}?",
    ),
    "record": (
        "the {a}|the name of the {a}",
        "which one is the {a}|what the name of the {a} is",
        "Of all, which is the {a}?|What do people call the {a}?|Which one do you call the {a}?",
    ),
    "symbol": (
        "the symbol for {a}|the chemical symbol of {a}|the sign that chemists use for {a}",
        "how chemists write {a}|what the symbol for {a} is|which letters stand for {a}",
        "In chemistry, how is {a} written?|Which chemical symbol does {a} have?|What letters do chemists use for {a}?",
    ),
    "sense": (
        "the use of the {a}",
        "what people do with their {a}|what {a} are for|what we need our {a} for|why people have {a}",
        "What is the purpose of the {a}?|For what do we have {a}?|What does one do with the {a}?|"
        "What are the {a} good for?",
    ),
    "made from": (
        "the material of {a}|what goes into {a}",
        "what {a} is made of|what people make {a} from|from what {a} is made|what one needs for {a}",
        "What is needed to make {a}?|What do people use when they make {a}?|Which thing becomes {a}?",
    ),
    "next planet": (
        "the planet after {a}|the next planet after {a}|the planet that follows {a}",
        "which planet follows {a}|which planet is next after {a}",
        "Farther out than {a}, which planet is next?|Beyond {a}, which planet comes first?|"
        "I fly from the sun past {a}. Which planet do I see next?",
    ),
    "term": (
        "the meaning of {a}|the definition of {a}|the sense of the word {a}",
        "what {a} means|what {a} is|what the word {a} means|what people call {a}",
        "What is {a}, in short?|People talk about {a}. What is it?|I read the word {a}. What does it mean?|"
        "In this lab, what is {a}?|When somebody says {a}, what is meant?|In simple words: what is {a}?",
    ),
    "term with article": (
        "the meaning of a {a}",
        "what a {a} is|what you call a {a}|what one means by a {a}",
        "Somebody speaks of a {a}. What is it?|In short, what is a {a}?|In this lab, what is a {a}?",
    ),
}
for _language in ("German", "French", "Spanish"):
    INDIRECT[f"in {_language}"] = (
        f"the {_language} word for {{a}}|the {_language} translation of {{a}}|the {_language} for {{a}}",
        f"what {{a}} is in {_language}|how to say {{a}} in {_language}|how people say {{a}} in {_language}|"
        f"which {_language} word means {{a}}",
        f"Please translate {{a}} into {_language}.|I want to say {{a}} in {_language}.|"
        f"Put the word {{a}} into {_language}.|What word do they have for {{a}} in {_language}?|"
        f"I am learning {_language}. What is {{a}}?",
    )
