"""What stands in a person's inbox."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Notification:
    id: UUID
    employee_id: UUID
    kind: str
    title: str
    body: str
    about: str
    """The resource it is about, such as `plans/{id}`."""
    link: str
    """Where the API shows it."""
    dedupe_key: str
    """Unique for an employee: the same again is no news, and another text under it takes the older one's place."""
    created_at: datetime
    updated_at: datetime
    read_at: datetime | None = None

    def read(self, *, at: datetime) -> "Notification":
        """Mark as read, the first time that is."""
        return self if self.read_at else replace(self, read_at=at, updated_at=at)
