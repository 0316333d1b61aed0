"""Somebody was hired, moved or left: keep the copy by which accounts find their person."""

from collections.abc import Sequence

from services.gateway.usecases.ports import Work
from services.gateway.usecases.tenancy.keep_organisation import keep_organisation
from shared.contracts.envelope import Event
from shared.contracts.organisation import EmployeeChanged


async def on_employee_changed(events: Sequence[Event[EmployeeChanged]], work: Work) -> None:
    await keep_organisation(work, [event.data for event in events])
