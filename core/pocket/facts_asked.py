"""All relations of the closed world with the many ways in which they are asked, answered and told."""

from __future__ import annotations

from dataclasses import replace

from core.pocket.asked_indirectly import INDIRECT
from core.pocket.asked_things import THINGS
from core.pocket.asked_words import WORDS
from core.pocket.asked_world import WORLD
from core.pocket.frames import composed
from core.pocket.relations import Relation, split


def _in_more_words(relation: Relation) -> Relation:
    phrases, indirect, direct = INDIRECT[relation.name]
    own = tuple(dict.fromkeys(relation.questions + split(direct)))
    framed = tuple(wording for wording in composed(phrases, indirect) if wording not in own)
    return replace(relation, questions=own, framed=framed)


RELATIONS: tuple[Relation, ...] = tuple(_in_more_words(relation) for relation in WORLD + WORDS + THINGS)
