"""Employees of the archive: kept in the copy, and known to observations that waited for them."""

from collections.abc import Sequence

from services.connector.usecases.keep_organisation import keep_employees
from services.connector.usecases.ports import Work
from shared.contracts.envelope import Event
from shared.contracts.organisation import EmployeeChanged


async def on_employee_changed(events: Sequence[Event[EmployeeChanged]], work: Work) -> None:
    await keep_employees(work, [event.data for event in events])
