"""A score run: one recomputation over a set of scorecards, at once or portion by portion."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from services.performance.domain.scoring.scorecard import Scorecard
from shared.core.errors import Conflict

RunState = Literal["running", "failed", "finished"]

PORTION = 5_000
"""Scorecards settled in one transaction; a change that concerns more is followed in the background."""

RETRY_WAITS = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
)
"""How long a portion that failed waits before it is tried again; after the last the run is given up."""


@dataclass(frozen=True, slots=True)
class Problem:
    """Why a portion failed: a stable code, and a sentence without anything of its people."""

    code: str
    detail: str


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
    """The last person settled, in the order of ids; None before the first portion."""
    finished_at: datetime | None = None
    attempts: int = 0
    """Failures in a row since it last got on."""
    problem: Problem | None = None
    """Of the last of them."""
    failed_at: datetime | None = None
    """When it was given up."""

    @property
    def state(self) -> RunState:
        return "finished" if self.finished_at else "failed" if self.failed_at else "running"

    def settled(self, cards: Sequence[Scorecard], *, changed: int, last: bool, at: datetime) -> "ScoreRun":
        """Count another portion; `last` where nothing is left."""
        return replace(
            self,
            scored=self.scored + len(cards),
            changed=self.changed + changed,
            reached=cards[-1].employee_id if cards else self.reached,
            updated_at=at,
            finished_at=at if last else None,
            attempts=0,
            problem=None,
        )

    def attempt_failed(self, problem: Problem, *, last: bool, at: datetime) -> "ScoreRun":
        """Count a failure; after the `last` one nobody goes on by itself."""
        failed_at = at if last else None
        return replace(self, attempts=self.attempts + 1, problem=problem, failed_at=failed_at, updated_at=at)

    def retried(self, *, at: datetime) -> "ScoreRun":
        """Let it go on where it stopped. Raises Conflict (`score_run_not_failed`)."""
        if self.state != "failed":
            raise Conflict("score_run_not_failed", f"Nobody gave this run up: it is {self.state}.")
        return replace(self, attempts=0, problem=None, failed_at=None, updated_at=at)
