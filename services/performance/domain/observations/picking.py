"""Which observations a number is made of, where an aggregation does not need all that it takes in."""

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from services.performance.domain.observations.observation import Fate
from services.performance.domain.schemes.metric import Side

Picks = Mapping[str, UUID]
"""By group, the observation that counts for all of it; a group is missing where there is no number."""


class Part(NamedTuple):
    """What an observation that a side takes in is to the number."""

    fate: Fate
    counted_instead: UUID | None = None
    """Which observation counts in its place, where one does."""


COUNTED = Part("counted")


def part_of(side: Side, observation_id: UUID, group: str | None, picks: Picks) -> Part:
    """Say whether an observation counts for its group, or which one does instead."""
    if not side.is_selective:
        return COUNTED
    if group is None:
        return Part("no_dimension")
    picked = picks.get(group, observation_id)
    if picked == observation_id:
        return COUNTED
    return Part("outranked" if side.distinct_by is None else "repeated", picked)
