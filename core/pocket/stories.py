"""Short stories in plain words, put together so that each sentence follows from the one before."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from core.pocket import facts
from core.pocket.relations import worded

_MEN = set(
    """Ben David Felix Hugo Jonas Max Oscar Quinn Sam Tom Walter Amir Carlos Farid Ivan Karim Marco Pedro Sven Victor
    Yusuf Bob Dan Frank Harry Jack Leo Noah Peter Simon Vincent Adam Bruno Erik George Igor Kurt Martin Nick Otto Ralf
    Theo Ulrich Anton Ravi Chen Kofi Tariq Omar Mateo Hiro Zack Milo Finn Oliver Louis Henry Arthur Dylan""".split()
)  # among facts.FIRST_NAMES; so that a name, its pronoun, a boy and a girl fit together

HEROES = """little girl|little boy|old farmer|young fox|small rabbit|brave mouse|clever owl|shy turtle|tired baker|
happy dog|curious cat|lonely dragon|tiny robot|gentle bear|quiet librarian|young sailor|kind teacher|funny llama|
proud rooster|sleepy alpaca|small penguin|young inventor""".replace("\n", "").split("|")

PLACES = """in a small village|near a deep forest|by the sea|in a big city|on a green hill|beside a quiet lake|
in a house with a red roof|at the edge of a desert|on a small island|next to an old mill|in a warm valley|
above a busy bakery""".replace("\n", "").split("|")

OPENINGS = """Once upon a time there was a {hero} called {name} who lived {place}.|
Once upon a time, a {hero} named {name} lived {place}.|There once was a {hero} called {name}. {name} lived {place}.|
Long ago, a {hero} named {name} lived {place}.|{name} was a {hero} who lived {place}.|
A {hero} called {name} lived {place}.""".replace("\n", "").split("|")

WISHES = """{name} loved {hobby} more than anything else.|Every morning {name} ate {food} and looked out of the window.|
{name} had a friend called {friend}, and they played together every day.|
{name} was often bored and wished for an adventure.|
Everybody liked {name} because {he} always helped others.""".replace("\n", "").split("|")

# Each plot is one chain: what is found or lost, what is tried, who helps, how it ends. {thing} stays the same in all.
PLOTS = """
One {weather} day, {name} lost {his} {thing}.|
{He} looked under the bed and behind the door, but the {thing} was not there.|
{He} felt {sad} and went to {friend} for help.|"Do not worry," said {friend}. "We will look for it together."|
They searched all afternoon, and at last they found the {thing} under a {tree}.|
{name} thanked {friend} and never forgot to take care of the {thing} again.
##
One {weather} morning, {name} found a {colour} {thing} under a {tree}.|"Whose {thing} is this?" {he} asked.|
{name} went from door to door, but nobody knew it.|
Then {friend} came and said, "That is mine! I have looked for it for days."|
{name} gave the {thing} back, and {friend} was so happy that they shared some {food}.|
From that day on they were good friends.
##
{name} wanted to build a {thing}, but {he} did not know how.|First {he} tried it alone, and the {thing} fell apart.|
Then {he} asked {friend}, who was good at building things.|"You need more wood and more time," said {friend}.|
They worked together until the evening, and at last the {thing} was ready.|
{name} was proud and said, "Together it is easy."
##
One night there was a big storm, and {name} could not sleep.|The wind blew so hard that the door opened.|
Outside stood {friend}, cold and wet.|"May I come in?" asked {friend}.|{name} made a fire and some hot {food}.|
When the sun rose, the storm was over, and both of them laughed.
##
One {weather} day, {name} met {friend} on the way to the market.|{friend} looked {sad}.|
"What is wrong?" asked {name}.|"I have no {food} for my family," said {friend}.|
{name} had two bags of {food} and gave one away.|
A week later {friend} came back with a {colour} {thing} as a present.|{name} learned that kindness comes back.
##
{name} was afraid of the dark.|One evening the lamp went out, and everything was black.|{name} called for {friend}.|
{friend} came with a candle and said, "Look up."|Above them {name} saw a thousand stars.|
After that {name} was not afraid any more and looked at the stars every night.
##
One day {name} planted a small seed in the garden.|{He} gave it water every morning, but nothing happened.|
"Be patient," said {friend}.|After two weeks a green leaf came out of the ground.|
In summer there was a tall plant with {colour} flowers.|
{name} gave the first flower to {friend}.
##
One {weather} day, {name} and {friend} had a race to the {tree}.|{friend} was fast and laughed at {name}.|
But {friend} stopped to eat some {food} and fell asleep.|{name} walked slowly and did not stop.|
When {friend} woke up, {name} was already at the {tree}.|"Slow and steady wins the race," said {name}.
##
A strange noise came from the attic, and {name} wanted to know what it was.|{He} took a lamp and climbed up the ladder.|
Behind an old {thing} sat a small {pet}.|The {pet} was hungry, so {name} gave it some {food}.|
Soon the {pet} slept in {his} arms.|{name} called it {petname} and kept it for ever.
##
One {weather} morning, {name} made {food} for the first time.|{He} took too much salt, and it tasted terrible.|
{name} was {sad}, but {friend} only smiled.|"Try again with less salt," said {friend}.|
The second time the {food} was very good, and they ate all of it.|{name} learned that mistakes help you to get better.
"""

THINGS = "key ball book hat kite lamp box drum bell boat map ring cart basket clock chair bag flute".split()
TREES = ["tree", "oak", "pine", "bush", "willow", "bench", "bridge", "fence", "wall"]
WEATHER = "sunny rainy cold windy warm cloudy snowy bright quiet foggy".split()
SAD = ["sad", "unhappy", "worried", "upset", "lonely"]


@dataclass(frozen=True)
class Story:
    """A story: its hero's name, what it is about, its sentences in order, and one sentence that sums it up."""

    name: str
    topic: str
    sentences: tuple[str, ...]

    @property
    def text(self) -> str:
        """The whole story as one paragraph."""
        return " ".join(self.sentences)


def plots() -> list[list[str]]:
    """The plots as lists of wordings."""
    return [[part.strip() for part in plot.replace("\n", "").split("|") if part.strip()] for plot in PLOTS.split("##")]


_PLOTS = plots()


def tell(random: Random, topic: str = "", name: str = "") -> Story:
    """A story of five to nine sentences. `topic`: a hero ("fox") or a thing ("key") that shall be in it."""
    hero = random.choice(HEROES)
    thing = random.choice(THINGS)
    if topic in THINGS:
        thing = topic
    elif topic:
        hero = next((known for known in HEROES if known.endswith(topic)), f"little {topic}")
    name = name or random.choice(facts.FIRST_NAMES)
    he, his = ("he", "his") if name in _MEN else ("she", "her")
    if hero in ("little boy", "little girl"):
        hero = "little boy" if name in _MEN else "little girl"
    words = {
        "hero": hero,
        "thing": thing,
        "name": name,
        "he": he,
        "He": he.capitalize(),
        "his": his,
        "friend": random.choice([friend for friend in facts.FIRST_NAMES if friend != name]),
        "place": random.choice(PLACES),
        "hobby": random.choice(facts.HOBBIES),
        "food": random.choice(facts.FOODS),
        "colour": random.choice(facts.COLOUR_NAMES),
        "tree": random.choice(TREES),
        "pet": random.choice(facts.PETS),
        "petname": random.choice(facts.PET_NAMES),
        "weather": random.choice(WEATHER),
        "sad": random.choice(SAD),
    }
    plot = random.choice(_PLOTS)
    if topic in THINGS:
        plot = random.choice([each for each in _PLOTS if any("{thing}" in part for part in each)])
    parts = [random.choice(OPENINGS).strip(), *plot]
    if random.random() < 0.4:
        parts.insert(1, random.choice(WISHES).strip())
    return Story(name, topic or hero.split()[-1], tuple(worded(part.format(**words), "") for part in parts))
