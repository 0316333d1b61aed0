"""Business targets: what an ERP or a plan of the business wants to reach; scores follow them untyped."""

from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from services.connector.domain.identity import Subject
from shared.core.periods import Period


@dataclass(frozen=True, slots=True)
class Aim:
    """A value of a metric for somebody in `[starts_on, ends_on)`."""

    metric: str
    subject: Subject
    period: Period
    value: Decimal
    currency: str | None = None


@dataclass(frozen=True, slots=True)
class BusinessTarget:
    """An aim under the id a source gave it; the newest document of the source holds."""

    id: UUID
    connection_id: UUID
    remote_id: str
    aim: Aim
    created_at: datetime
    updated_at: datetime
    sequence: int = 1
    deleted: bool = False

    def set(self, aim: Aim, *, at: datetime) -> "BusinessTarget":
        """Take another aim; gives itself where that is the present one already."""
        if aim == self.aim and not self.deleted:
            return self
        return replace(self, aim=aim, deleted=False, sequence=self.sequence + 1, updated_at=at)

    def withdrawn(self, *, at: datetime) -> "BusinessTarget":
        """Let the target hold no longer; gives itself where it does not already."""
        return self if self.deleted else replace(self, deleted=True, sequence=self.sequence + 1, updated_at=at)
