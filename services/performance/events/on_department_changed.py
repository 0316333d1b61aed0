"""A department changed: the copy and running cycles follow."""

from collections.abc import Sequence

from services.performance.usecases.cycles.follow_organisation import follow_organisation
from services.performance.usecases.ports import Work
from shared.contracts.envelope import Event
from shared.contracts.organisation import DepartmentChanged


async def on_department_changed(events: Sequence[Event[DepartmentChanged]], work: Work) -> None:
    await follow_organisation(work, [event.data for event in events])
