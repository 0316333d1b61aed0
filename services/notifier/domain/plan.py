"""What the inbox remembers of a department's plan, to know whether a reminder is still due."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

UNSUBMITTED = frozenset({"draft", "returned"})


@dataclass(frozen=True, slots=True)
class Plan:
    id: UUID
    sequence: int
    department_id: UUID
    cycle_id: UUID
    state: str
    due_on: date

    @property
    def unsubmitted(self) -> bool:
        return self.state in UNSUBMITTED
