"""A short greedy answer of the small story model, as several tests ask for it."""

from core.prompting.settings import Settings

GREEDY = Settings(temperature=0, max_tokens=40)
ONCE = "Once upon a time"


def text_of(steps):
    return "".join(step.text for step in steps)
