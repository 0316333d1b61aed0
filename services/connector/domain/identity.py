"""Who is meant: references as sources write them, the links that translate them, and whom they name on a day."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from shared.core.errors import Conflict, placed
from shared.core.periods import FOREVER, Period

ReferenceKind = Literal["employee_ref", "employee_id", "department_code", "department_id", "company"]
SubjectKind = Literal["employee", "department", "company"]
Unresolved = Literal["identity_unknown", "identity_ambiguous", "department_unknown"]
"""Why nobody can be told by a reference."""


@dataclass(frozen=True, slots=True)
class Reference:
    """How a source names somebody; `place` is the JSON pointer at which its message did so."""

    kind: ReferenceKind
    value: str = ""
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Subject:
    """An employee, a department, or (without an id) the company itself."""

    kind: SubjectKind
    id: UUID | None = None


COMPANY = Subject("company")


@dataclass(frozen=True, slots=True)
class IdentityLink:
    """In `[starts_on, ends_on)` a connection means this employee by `value`; codes are given to others later."""

    id: UUID
    connection_id: UUID
    value: str
    employee_id: UUID
    starts_on: date | None
    ends_on: date | None
    created_at: datetime

    @property
    def period(self) -> Period:
        with placed("/ends_on"):
            return Period(self.starts_on or date.min, self.ends_on or FOREVER)

    def ended(self, on: date | None) -> "IdentityLink":
        """Let the link hold up to, not including, a day; None lets it hold for ever."""
        return replace(self, ends_on=on)


def refuse_overlap(link: IdentityLink, others: Iterable[IdentityLink]) -> None:
    """Raise Conflict (`identity_links_overlap`) where one value would name two people, Invalid (`period_empty`)."""
    period = link.period
    if any(other.id != link.id and other.period.overlap(period) for other in others):
        raise Conflict("identity_links_overlap", "This value is linked already on some of these days.")


@dataclass(frozen=True, slots=True)
class KnownEmployee:
    """An employee of the archive with the spells of employment."""

    id: UUID
    work_number: str
    spells: Sequence[Period] = ()

    def is_employed(self, day: date) -> bool:
        return any(day in spell for spell in self.spells)


class Directory:
    """What is known about the references of a batch: links first, then unique work numbers."""

    def __init__(
        self,
        *,
        links: Iterable[IdentityLink] = (),
        employees: Iterable[KnownEmployee] = (),
        departments: Mapping[str, UUID] | None = None,
    ) -> None:
        self._links: dict[str, list[IdentityLink]] = defaultdict(list)
        for link in links:
            self._links[link.value].append(link)
        self._by_number: dict[str, list[KnownEmployee]] = defaultdict(list)
        self._subjects: dict[UUID, Subject] = {}
        for employee in employees:
            self._by_number[employee.work_number].append(employee)
            self._subjects[employee.id] = Subject("employee", employee.id)
        self._employees = {str(employee_id): subject for employee_id, subject in self._subjects.items()}
        self._departments = dict(departments or {})
        self._department_ids = {str(department_id): department_id for department_id in self._departments.values()}

    def resolve(self, reference: Reference, *, on: date) -> Subject | Unresolved:
        """Tell whom a reference means on a day, or why nobody can."""
        match reference.kind:
            case "employee_ref":
                return self._by_link(reference.value, on) or self._by_work_number(reference.value, on)
            case "employee_id":
                return self._employees.get(reference.value, "identity_unknown")
            case "department_code":
                return _subject("department", self._departments.get(reference.value)) or "department_unknown"
            case "department_id":
                return _subject("department", self._department_ids.get(reference.value)) or "department_unknown"
            case "company":
                return COMPANY

    def _by_link(self, value: str, on: date) -> Subject | None:
        links = self._links.get(value)
        if links is None:
            return None
        return next((Subject("employee", link.employee_id) for link in links if on in link.period), None)

    def _by_work_number(self, number: str, on: date) -> Subject | Unresolved:
        """Prefer whom the company employed that day where a number was given out more than once."""
        candidates = self._by_number.get(number, ())
        if len(candidates) > 1:
            candidates = [employee for employee in candidates if employee.is_employed(on)]
            if len(candidates) != 1:
                return "identity_ambiguous"
        return self._subjects[candidates[0].id] if candidates else "identity_unknown"


def _subject(kind: SubjectKind, subject_id: UUID | None) -> Subject | None:
    return None if subject_id is None else Subject(kind, subject_id)
