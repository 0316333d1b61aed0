"""The organisation as scores see it: departments in a tree with their heads, and who worked where from when."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Literal
from uuid import UUID

from shared.core.access import Reach
from shared.core.periods import FOREVER, Period

PositionsPolicy = Literal["allocate", "principal"]
"""Whether of several positions at once each has its part of a score, by FTE, or the principal one all of it."""


@dataclass(frozen=True, slots=True)
class Headship:
    """Who leads in `[starts_on, ends_on)`: the head, or somebody acting in the head's place."""

    employee_id: UUID
    kind: Literal["head", "acting"]
    starts_on: date
    ends_on: date | None = None

    def holds_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


@dataclass(frozen=True, slots=True)
class Department:
    id: UUID
    code: str
    name: str
    parent_id: UUID | None = None
    heads: tuple[Headship, ...] = ()


@dataclass(frozen=True, slots=True)
class Employment:
    """A spell of one person in one department and position."""

    id: UUID
    employee_id: UUID
    department_id: UUID
    position_id: UUID
    position_name: str
    fte: Decimal
    starts_on: date
    ends_on: date | None = None

    @property
    def period(self) -> Period:
        return Period(self.starts_on, self.ends_on or FOREVER)


class DepartmentTree:
    """All departments of a company; a parent that is not known ends the line upwards."""

    def __init__(self, departments: Iterable[Department]) -> None:
        self._by_id: Mapping[UUID, Department] = {department.id: department for department in departments}

    def __iter__(self) -> Iterator[Department]:
        return iter(self._by_id.values())

    def get(self, department_id: UUID) -> Department | None:
        return self._by_id.get(department_id)

    def line(self, department_id: UUID) -> tuple[UUID, ...]:
        """Give a department and those above it, nearest first; a circle is walked once."""
        seen: dict[UUID, None] = {}
        at: UUID | None = department_id
        while at is not None and at not in seen:
            seen[at] = None
            department = self._by_id.get(at)
            at = department.parent_id if department else None
        return tuple(seen)

    def heads_on(self, department_id: UUID, day: date) -> frozenset[UUID]:
        """Give those who lead a department on a day, acting ones included."""
        department = self._by_id.get(department_id)
        heads = department.heads if department else ()
        return frozenset(head.employee_id for head in heads if head.holds_on(day))

    def planning(self, department_id: UUID, day: date) -> UUID | None:
        """Give the department whose head plans for a department: itself, or the nearest above that has a head."""
        return next((at for at in self.line(department_id) if self.heads_on(at, day)), None)

    def planning_above(self, department_id: UUID, day: date) -> UUID | None:
        """Give the nearest department strictly above that has a head."""
        return next((at for at in self.line(department_id)[1:] if self.heads_on(at, day)), None)

    def leads(self, employee_id: UUID, department_id: UUID, day: date) -> bool:
        """Tell whether a person leads a department on a day, or one above it."""
        return any(employee_id in self.heads_on(at, day) for at in self.line(department_id))

    def within(self, reach: Reach, department_id: UUID, day: date) -> bool:
        """Tell whether a caller's reach covers a department's rows on a day."""
        headed = reach.headed_by is not None and self.leads(reach.headed_by, department_id, day)
        listed = not set(reach.departments).isdisjoint(self.line(department_id))
        return reach.everything or headed or listed


def principal_spells(employments: Iterable[Employment], period: Period) -> Iterator[tuple[Employment, Period]]:
    """Give which employment speaks for a person's days inside `period`, in order; days without one are left out.

    Of several at once it is the largest, then the oldest.
    """
    return ((held[0], days) for held, days in concurrent_spells(employments, period))


def concurrent_spells(
    employments: Iterable[Employment], period: Period
) -> Iterator[tuple[Sequence[Employment], Period]]:
    """Give a person's employments of the days inside `period`, in order, of each day the principal one first."""
    spells = [(each, days) for each in employments if (days := each.period.overlap(period))]
    if len(spells) == 1:  # as most people's, and then there is nothing to compare
        ((only, days),) = spells
        yield [only], days
        return
    cuts = sorted({day for _, days in spells for day in (days.starts_on, days.ends_on)})
    for starts_on, ends_on in pairwise(cuts):
        holding = sorted((each for each, days in spells if starts_on in days), key=_precedence)
        if holding:
            yield holding, Period(starts_on, ends_on)


def principal_employment(employments: Iterable[Employment], period: Period) -> Employment | None:
    """Pick the employment that speaks for a person's whole `period`, or None for who did not work in it.

    It is the one that holds on the person's last day inside the period; of several at once the largest, then the
    oldest.
    """
    spells = [spell for spell, _ in principal_spells(employments, period)]
    return spells[-1] if spells else None


def _precedence(employment: Employment) -> tuple[Decimal, date, UUID]:
    return -employment.fte, employment.starts_on, employment.id
