"""Tell every current document once more, which bootstraps and repairs whoever keeps a copy."""

from collections.abc import Callable
from typing import TypeVar

from services.archive.domain.department import Department
from services.archive.domain.employee import Employee
from services.archive.domain.position import Position
from services.archive.domain.record import Record
from services.archive.usecases.announce import (
    calendar_changed,
    department_changed,
    employee_changed,
    position_changed,
    record_changed,
)
from services.archive.usecases.ports import Sliced, UnitOfWork, Work
from shared.contracts.envelope import EventData

E = TypeVar("E", Department, Employee, Position, Record)
SLICE = 500
"""Documents one unit of work locks and tells."""


async def republish(work: Work) -> int:
    """Publish calendar, departments, positions, employees and records at their present sequences; gives how many.

    Each slice is a unit of its own, so that nothing stays locked for long; documents that change meanwhile are
    told by their own change.
    """
    told = await _calendar(work)
    told += await _each(work, lambda uow: uow.departments, department_changed)
    told += await _each(work, lambda uow: uow.positions, position_changed)
    told += await _each(work, lambda uow: uow.employees, employee_changed)
    return told + await _each(work, lambda uow: uow.records, record_changed)


async def _calendar(work: Work) -> int:
    async with work() as uow:
        calendars = await uow.calendars.all()
        for calendar in calendars:
            uow.publish(calendar_changed(calendar))
        await uow.commit()
    return len(calendars)


async def _each(work: Work, stored: Callable[[UnitOfWork], Sliced[E]], event: Callable[[E], EventData]) -> int:
    told, last = 0, None
    while True:
        async with work() as uow:
            entities = await stored(uow).after(last, limit=SLICE)
            for entity in entities:
                uow.publish(event(entity))
            await uow.commit()
        told += len(entities)
        if len(entities) < SLICE:
            return told
        last = entities[-1].id
