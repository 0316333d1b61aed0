"""Events of the archive about the organisation: whole documents, the higher sequence wins, nothing sensitive."""

from datetime import date
from decimal import Decimal
from typing import ClassVar, Literal
from uuid import UUID

from shared.contracts.envelope import EventData, Part
from shared.contracts.topics import ORGANISATION, Topic


class Employment(Part):
    """A spell in one department and position; `ends_on` is the first day it no longer holds."""

    id: UUID
    department_id: UUID
    position_id: UUID
    position_name: str
    manager_id: UUID | None = None
    fte: Decimal
    starts_on: date
    ends_on: date | None = None


class Leave(Part):
    """Days away, `[starts_on, ends_on)`."""

    kind: str
    starts_on: date
    ends_on: date


class EmployeeChanged(EventData):
    event_type: ClassVar[str] = "employee.changed.v1"
    topic: ClassVar[Topic] = ORGANISATION

    employee_id: UUID
    sequence: int
    work_number: str
    name: str
    email: str | None = None
    joined_on: date
    left_on: date | None = None
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
    event_type: ClassVar[str] = "department.changed.v1"
    topic: ClassVar[Topic] = ORGANISATION

    department_id: UUID
    sequence: int
    code: str
    name: str
    parent_id: UUID | None = None
    heads: tuple[Headship, ...] = ()
    deleted: bool = False

    @property
    def subject(self) -> str:
        return f"departments/{self.department_id}"


class CalendarChanged(EventData):
    """The company's work calendar: Monday to Friday corrected by these days."""

    event_type: ClassVar[str] = "calendar.changed.v1"
    topic: ClassVar[Topic] = ORGANISATION

    sequence: int
    holidays: tuple[date, ...] = ()
    workdays: tuple[date, ...] = ()

    @property
    def subject(self) -> str:
        return "calendar"
