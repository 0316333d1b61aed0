"""Chances that come out the same way whenever the seed is the same."""

from random import Random
from uuid import UUID


def chances(seed: str, whose: str) -> Random:
    """Give somebody chances of their own, which do not depend on when others have their turn."""
    return Random(f"{seed}/{whose}")  # noqa: S311 -- repeatable on purpose, and no secret


def drawn_id(random: Random) -> UUID:
    """Draw an id that looks like any other and is the same whenever the seed is."""
    return UUID(int=random.getrandbits(128), version=4)
