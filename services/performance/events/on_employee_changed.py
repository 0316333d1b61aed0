"""A employee changed: the copy and running cycles follow."""

from collections.abc import Sequence

from services.performance.usecases.cycles.follow_organisation import follow_organisation
from services.performance.usecases.ports import Work
from shared.contracts.envelope import Event
from shared.contracts.organisation import EmployeeChanged


async def on_employee_changed(events: Sequence[Event[EmployeeChanged]], work: Work) -> None:
    await follow_organisation(work, [event.data for event in events])
