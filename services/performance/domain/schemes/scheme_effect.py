"""From when on a published version of a scheme scores, in cycles that move and in those opened later."""

from collections.abc import Iterable
from dataclasses import dataclass

from services.performance.domain.effect import Effect
from services.performance.domain.schemes.assignment import Assignment
from shared.core.periods import Period


@dataclass(frozen=True, slots=True)
class SchemeEffect(Effect):
    """What is declared about a published version."""

    def pinned(self, new: Assignment, before: Assignment | None, cycle: Period) -> Assignment | None:
        """Tell what a scheme's assignment in a cycle becomes, `before` being the one so far; a first one is whole."""
        if self.effective_on is None or self.effective_on <= cycle.starts_on:
            return new
        if self.effective_on >= cycle.ends_on:
            return before
        return new if before is None else new.after(before, self.effective_on)


def pinned_at_opening(published: Iterable[tuple[SchemeEffect, Assignment]], cycle: Period) -> Assignment | None:
    """Tell what holds in a cycle that is opened now, of one scheme's published versions in their order."""
    pinned: Assignment | None = None
    for effect, assignment in published:
        pinned = effect.pinned(assignment, pinned, cycle)
    return pinned
