"""All relations of the closed world with the many ways in which they are asked, answered and told."""

from __future__ import annotations

from core.pocket.asked_things import THINGS
from core.pocket.asked_words import WORDS
from core.pocket.asked_world import WORLD
from core.pocket.relations import Relation

RELATIONS: tuple[Relation, ...] = WORLD + WORDS + THINGS
