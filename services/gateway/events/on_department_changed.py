"""A department was founded, renamed or got another head: keep the copy HR's scope refers to."""

from collections.abc import Sequence

from services.gateway.usecases.ports import Work
from services.gateway.usecases.tenancy.keep_organisation import keep_organisation
from shared.contracts.envelope import Event
from shared.contracts.organisation import DepartmentChanged


async def on_department_changed(events: Sequence[Event[DepartmentChanged]], work: Work) -> None:
    await keep_organisation(work, [event.data for event in events])
