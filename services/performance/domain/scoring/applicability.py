"""Whether an item applies to a person: asked for by a head or HR with a reason, decided by somebody else of HR."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from shared.core.errors import Conflict, Forbidden


@dataclass(frozen=True, slots=True)
class Applicability:
    scorecard_id: UUID
    item: str
    """Key of a weighted item, in whatever segment it stands."""
    applicable: bool
    """What holds."""
    proposed: bool | None
    """What waits for approval; None where nothing does."""
    reason: str
    """Of what was asked for last."""
    proposed_by: str
    """Account or client."""
    decided_by: str | None
    sequence: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def untouched(cls, scorecard_id: UUID, item: str, *, at: datetime) -> "Applicability":
        """Give what holds of an item about which nobody ever asked."""
        return cls(scorecard_id, item, True, None, "", "", None, sequence=0, created_at=at, updated_at=at)  # noqa: FBT003

    @property
    def waits(self) -> bool:
        """Whether something waits for approval."""
        return self.proposed is not None

    def asked(self, *, applicable: bool, reason: str, by: str, at: datetime) -> "Applicability":
        """Ask for another state; to ask for what holds takes back what waits."""
        return replace(
            self,
            proposed=None if applicable == self.applicable else applicable,
            reason=reason,
            proposed_by=by,
            sequence=self.sequence + 1,
            updated_at=at,
        )

    def approved(self, *, by: str, at: datetime) -> "Applicability":
        """Let hold what was asked for.

        Raises Conflict (`nothing_to_approve`), Forbidden (`separation_of_duties`) for whoever asked for it.
        """
        if self.proposed is None:
            raise Conflict("nothing_to_approve", "Nothing waits for approval here.")
        if by == self.proposed_by:
            raise Forbidden("separation_of_duties", "You asked for this; somebody else has to approve it.")
        return replace(
            self,
            applicable=self.proposed,
            proposed=None,
            decided_by=by,
            sequence=self.sequence + 1,
            updated_at=at,
        )
