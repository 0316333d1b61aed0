"""A score run: one recomputation over a set of scorecards, at once or portion by portion."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.performance.domain.scoring.scorecard import Scorecard

PORTION = 5_000
"""Scorecards settled in one transaction; a change that concerns more is followed in the background."""


@dataclass(frozen=True, slots=True)
class ScoreRun:
    """Why scores are computed anew, how many are concerned, and how far it is."""

    id: UUID
    cycle_id: UUID
    cause_kind: str
    cause_reference: str | None
    concerned: int
    """Scorecards there were to settle when it began."""
    started_at: datetime
    updated_at: datetime
    scored: int = 0
    changed: int = 0
    """How many of `scored` came out differently."""
    reached: UUID | None = None
    """The last scorecard settled, in the order of ids; None before the first portion."""
    finished_at: datetime | None = None

    def settled(self, cards: Sequence[Scorecard], *, changed: int, last: bool, at: datetime) -> "ScoreRun":
        """Count another portion; `last` where nothing is left."""
        return replace(
            self,
            scored=self.scored + len(cards),
            changed=self.changed + changed,
            reached=cards[-1].id if cards else self.reached,
            updated_at=at,
            finished_at=at if last else None,
        )
