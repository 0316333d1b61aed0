"""Tenants: companies with their zone, currency and locale; sandboxes have a business clock that may be set."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from shared.core.currencies import CURRENCIES
from shared.core.errors import Conflict, Invalid

EARLIEST, LATEST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)
"""Between which a business clock may stand."""
_NO_PLACES = frozenset({"Factory", "localtime", "posixrules"})
"""Entries of the time zone database that are no zones: what they mean differs from machine to machine."""


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
        if self.currency not in CURRENCIES:
            raise Invalid.at("/currency", "currency_invalid", "This is not a code of ISO 4217 such as CNY.")

    def changed(self, changes: Mapping[str, Any]) -> "Tenant":
        """Apply a merge patch of `name`, `zone`, `currency`, `locale`.

        Raises Invalid (`zone_unknown`, `currency_invalid`).
        """
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
    if name in _NO_PLACES or not _is_known(name):
        raise Invalid.at("/zone", "zone_unknown", "This is not an IANA time zone such as Asia/Shanghai.")


def _is_known(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):  # unknown, no relative path, a folder of the database
        return False
    return True
