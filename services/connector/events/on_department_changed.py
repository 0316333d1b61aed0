"""Departments of the archive: kept in the copy, and known to observations that waited for them."""

from collections.abc import Sequence

from services.connector.usecases.keep_organisation import keep_departments
from services.connector.usecases.ports import Work
from shared.contracts.envelope import Event
from shared.contracts.organisation import DepartmentChanged


async def on_department_changed(events: Sequence[Event[DepartmentChanged]], work: Work) -> None:
    await keep_departments(work, [event.data for event in events])
