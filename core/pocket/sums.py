"""Small sums, in digits and in words, with the way to the answer written out where there is one."""

from __future__ import annotations

from random import Random

from core.pocket import facts

Turn = tuple[str, str]

WORDS = {"+": "plus", "-": "minus", "*": "times"}
QUESTIONS = """What is {s}?|How much is {s}?|{s}?|What's {s}?|Work out {s}.|What do you get for {s}?|
Tell me what {s} is.|{s} = ?|
Calculate {s}.|{s} is how much?|Can you work out {s}?|What is the result of {s}?|What does {s} give?|
Add it up: {s}|
Could you work out {s}?|Please calculate {s}.|I want to know how much {s} makes.|How much do I get for {s}?|
What comes out of {s}?|Let me know the result of {s}.|Please tell me how much {s} is.|What is the answer to {s}?|
Solve {s}.|What does {s} make?|{s} makes what?|I wonder what {s} gives.|Tell me the result of {s}.|
Can you calculate {s}?|My homework says {s}. What is it?|I must know what {s} is.|Do this sum: {s}""".replace(
    "\n", ""
).split("|")


def in_words(number: int) -> str:
    """A whole number from 0 to 999 in words: 42 -> "forty-two"."""
    if number <= 20:
        return facts.NUMBER_WORDS[number]
    if number < 100:
        tens, ones = divmod(number, 10)
        return facts.TENS[tens - 2] + (f"-{facts.NUMBER_WORDS[ones]}" if ones else "")
    hundreds, rest = divmod(number, 100)
    return f"{facts.NUMBER_WORDS[hundreds]} hundred" + (f" and {in_words(rest)}" if rest else "")


def small_sum(random: Random) -> tuple[int, str, int, int]:
    """(left, sign, right, result): sums and differences up to 40, products up to 10 x 10; small ones more often."""
    sign = random.choice("+++--**")
    if sign == "*":
        left, right = random.randint(0, 10), random.randint(0, 10)
        return left, sign, right, left * right
    largest = random.choice([9, 9, 9, 12, 12, 12, 20])
    left, right = random.randint(0, largest), random.randint(0, largest)
    if sign == "-":
        left, right = max(left, right), min(left, right)
        return left, sign, right, left - right
    return left, sign, right, left + right


def sum_question(random: Random) -> list[Turn]:
    """A question with numbers, and its answer."""
    roll = random.random()
    if roll < 0.05:
        return _comparison(random)
    if roll < 0.12:
        return _word_problem(random)
    if roll < 0.17:
        number = random.randint(0, 100)
        if random.random() < 0.5:
            return [
                (
                    "user",
                    random.choice(["How do you write {} in words?", "Write {} in words.", "{} in words?"]).format(
                        number
                    ),
                ),
                ("assistant", f"{number} in words is {in_words(number)}."),
            ]
        ask = random.choice(["How do you write {} in digits?", "Write {} in digits.", "Write {} as a number."])
        return [("user", ask.format(in_words(number))), ("assistant", f"{in_words(number).capitalize()} is {number}.")]
    left, sign, right, result = small_sum(random)
    question = random.choice(QUESTIONS)
    if random.random() < 0.5:
        shown = f"{left} {sign} {right}" if random.random() < 0.8 else f"{left}{sign}{right}"
        if sign == "*" and random.random() < 0.5:
            shown = f"{left} x {right}"
        return [("user", question.format(s=shown)), ("assistant", f"{left} {sign} {right} = {result}.")]
    if random.random() < 0.7:
        return [
            ("user", question.format(s=f"{left} {WORDS[sign]} {right}")),
            ("assistant", f"{left} {WORDS[sign]} {right} is {result}."),
        ]
    shown = f"{in_words(left)} {WORDS[sign]} {in_words(right)}"
    text = question.format(s=shown)
    return [("user", text[0].upper() + text[1:]), ("assistant", f"{shown.capitalize()} is {in_words(result)}.")]


def _comparison(random: Random) -> list[Turn]:
    left, right = random.sample(range(0, 100), 2)
    if random.random() < 0.5:
        ask = random.choice(
            ["Which is larger, {} or {}?", "Which number is larger: {} or {}?", "What is more, {} or {}?"]
        )
        return [
            ("user", ask.format(left, right)),
            ("assistant", f"{max(left, right)} is larger than {min(left, right)}."),
        ]
    number = random.randint(0, 60)
    ask = random.choice(["Which number comes after {}?", "What comes after {}?", "Count on: {}, then what?"])
    return [("user", ask.format(number)), ("assistant", f"After {number} comes {number + 1}.")]


def _word_problem(random: Random) -> list[Turn]:
    """Things that somebody has, gets and gives away; the sum is written out before the answer."""
    name, thing = (
        random.choice(facts.FIRST_NAMES),
        random.choice(["apples", "books", "coins", "pens", "cards", "balls", "eggs", "stamps"]),
    )
    left, right = random.randint(2, 12), random.randint(1, 9)
    if random.random() < 0.5:
        more = random.choice(
            [f"{name} gets {right} more.", f"{name} buys {right} more.", f"{name} finds {right} more."]
        )
        working, result = f"{left} + {right} = {left + right}", left + right
    else:
        left = max(left, right)
        more = random.choice([f"{name} gives away {right}.", f"{name} loses {right}.", f"{name} sells {right}."])
        working, result = f"{left} - {right} = {left - right}", left - right
    ask = random.choice(
        [
            f"How many {thing} does {name} have now?",
            f"How many {thing} has {name} now?",
            f"How many {thing} are there now?",
        ]
    )
    return [
        ("user", f"{name} has {left} {thing}. {more} {ask}"),
        ("assistant", f"{working}. {name} has {result} {thing} now."),
    ]


def sums_written_out(random: Random) -> str:
    """A page of sums as plain text: a row of a table, or mixed ones, or the same in words."""
    roll, lines = random.random(), []
    if roll < 0.3:
        fixed, sign = random.randint(0, 12), random.choice("++-*")
        for other in range(0, random.randint(8, 13)):
            left = fixed + other if sign == "-" else other
            result = {"+": left + fixed, "-": left - fixed, "*": left * fixed}[sign]
            lines.append(f"{left} {sign} {fixed} = {result}")
    else:
        for _ in range(random.randint(6, 14)):
            left, sign, right, result = small_sum(random)
            lines.append(
                f"{left} {sign} {right} = {result}"
                if roll < 0.65
                else f"{left} {WORDS[sign]} {right} is {result}."
                if roll < 0.75
                else f"{in_words(left).capitalize()} {WORDS[sign]} {in_words(right)} is {in_words(result)}."
            )
    return "\n".join(lines)
