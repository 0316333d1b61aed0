"""A calendar changed: the copy and running cycles follow."""

from collections.abc import Sequence

from services.performance.usecases.cycles.follow_organisation import follow_organisation
from services.performance.usecases.ports import Work
from shared.contracts.envelope import Event
from shared.contracts.organisation import CalendarChanged


async def on_calendar_changed(events: Sequence[Event[CalendarChanged]], work: Work) -> None:
    await follow_organisation(work, [event.data for event in events])
