"""Tenants: companies with their zone, currency and locale; sandboxes have a business clock that may be set."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from shared.core.errors import Conflict, Invalid

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""Between which a business clock may stand."""
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True, slots=True)
class Tenant:
    id: UUID
    sequence: int
    name: str
    status: Literal["active", "suspended"]
    zone: str
    """IANA time zone."""
    currency: str
    """ISO 4217 code."""
    locale: Literal["zh", "en"]
    sandbox: bool
    clock_offset_seconds: int
    """How far a sandbox's business clock is ahead of real time."""

    def __post_init__(self) -> None:
        _require_zone(self.zone)
        if not _CURRENCY.fullmatch(self.currency):
            raise Invalid.at("/currency", "currency_invalid", "A currency is three capital letters such as CNY.")

    def changed(self, changes: Mapping[str, Any]) -> "Tenant":
        """Apply a merge patch of `name`, `zone`, `currency`, `locale`. Raises Invalid (`zone_unknown`)."""
        return replace(self, **changes, sequence=self.sequence + 1)

    def suspended(self) -> "Tenant":
        """Shut it for everybody; what it keeps stays as it is."""
        return replace(self, status="suspended", sequence=self.sequence + 1)

    def resumed(self) -> "Tenant":
        return replace(self, status="active", sequence=self.sequence + 1)

    def at_time(self, instant: datetime | None, *, real_now: datetime) -> "Tenant":
        """Set the business clock, forwards or back, or let it show real time again (None).

        Raises Conflict (`not_a_sandbox`), Invalid (`clock_out_of_range`).
        """
        if not self.sandbox:
            raise Conflict("not_a_sandbox", "Only the clock of a sandbox can be set.")
        if instant is not None and not EARLIEST <= instant < LATEST:
            raise Invalid.at("/now", "clock_out_of_range", "The clock may stand between 2000 and 2100.")
        ahead = 0 if instant is None else round((instant - real_now).total_seconds())
        return replace(self, clock_offset_seconds=ahead, sequence=self.sequence + 1)


def _require_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, no relative path, a folder of the database
        raise Invalid.at("/zone", "zone_unknown", "This is not an IANA time zone such as Asia/Shanghai.") from None
