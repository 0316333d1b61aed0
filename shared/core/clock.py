"""Time is passed in: whoever needs the present moment takes a `Clock`."""

from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo


class Clock(Protocol):
    """A source of the present instant, always aware and in UTC."""

    def now(self) -> datetime: ...


class SystemClock:
    def now(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until moved; for tests."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        self.at += by


def business_date(instant: datetime, zone: str) -> date:
    """Tell the calendar day of `instant` in the IANA time zone `zone`."""
    return instant.astimezone(ZoneInfo(zone)).date()
