"""The work calendar, one of each tenant."""

from services.archive.domain.calendar import Calendar
from services.archive.store.tables import calendars
from shared.core.paging import Row
from shared.kit.repository import Repository


class CalendarRepository(Repository[Calendar]):
    table = calendars
    entity = Calendar
    noun = "calendar"

    def to_entity(self, row: Row) -> Calendar:
        return super().to_entity({**row, "holidays": tuple(row["holidays"]), "workdays": tuple(row["workdays"])})
