"""Chances that come out the same way whenever the seed is the same."""

from random import Random


def chances(seed: str, whose: str) -> Random:
    """Give somebody chances of their own, which do not depend on when others have their turn."""
    return Random(f"{seed}/{whose}")  # noqa: S311 -- repeatable on purpose, and no secret
