"""Events of the archive about the organisation: whole documents, the higher sequence wins, nothing sensitive."""

from datetime import date
from typing import ClassVar, Literal
from uuid import UUID

from shared.contracts.decimals import DecimalText
from shared.contracts.envelope import EventData, Part
from shared.contracts.topics import ORGANISATION, Topic


class Employment(Part):
    """A spell in one department and position; `ends_on` is the first day it no longer holds."""

    id: UUID
    department_id: UUID
    position_id: UUID
    position_name: str
    manager_id: UUID | None = None
    """The employee reported to; authority follows the heads of departments all the same."""
    fte: DecimalText
    """Full-time equivalent, above 0 and at most 1."""
    starts_on: date
    ends_on: date | None = None


class Leave(Part):
    """Days away, `[starts_on, ends_on)`."""

    kind: str
    starts_on: date
    ends_on: date


class EmployeeChanged(EventData):
    """An employee as he or she now is: names and the whole timeline, no custom field and no sensitive one."""

    event_type: ClassVar[str] = "employee.changed.v1"
    topic: ClassVar[Topic] = ORGANISATION

    employee_id: UUID
    sequence: int
    work_number: str
    """The company's own number for this person, unique among its employees."""
    name: str
    email: str | None = None
    joined_on: date
    left_on: date | None = None
    """The first day no longer in the company; null for who is."""
    employments: tuple[Employment, ...]
    leaves: tuple[Leave, ...] = ()
    deleted: bool = False

    @property
    def subject(self) -> str:
        return f"employees/{self.employee_id}"


class Headship(Part):
    """Who heads a department, or stands in (`acting`), in `[starts_on, ends_on)`."""

    employee_id: UUID
    kind: Literal["head", "acting"]
    starts_on: date
    ends_on: date | None = None


class DepartmentChanged(EventData):
    """A department as it now is, with its place in the tree and its heads over time."""

    event_type: ClassVar[str] = "department.changed.v1"
    topic: ClassVar[Topic] = ORGANISATION

    department_id: UUID
    sequence: int
    code: str
    name: str
    parent_id: UUID | None = None
    """The department above; null at the top."""
    heads: tuple[Headship, ...] = ()
    deleted: bool = False

    @property
    def subject(self) -> str:
        return f"departments/{self.department_id}"


class PositionChanged(EventData):
    """A position as it now is; the competencies it asks for stay at home."""

    event_type: ClassVar[str] = "position.changed.v1"
    topic: ClassVar[Topic] = ORGANISATION

    position_id: UUID
    sequence: int
    code: str
    name: str

    @property
    def subject(self) -> str:
        return f"positions/{self.position_id}"


class CalendarChanged(EventData):
    """The company's work calendar: Monday to Friday corrected by these days."""

    event_type: ClassVar[str] = "calendar.changed.v1"
    topic: ClassVar[Topic] = ORGANISATION

    sequence: int
    holidays: tuple[date, ...] = ()
    """Weekdays on which nobody works."""
    workdays: tuple[date, ...] = ()
    """Saturdays and Sundays on which everybody does."""

    @property
    def subject(self) -> str:
        return "calendar"
