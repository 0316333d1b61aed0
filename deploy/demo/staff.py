"""Who comes, goes and moves within the half-year, as HR files it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

MINIMUM_WORKDAYS = 20


@dataclass(frozen=True, slots=True)
class Move:
    """From `on` somebody holds another position; `rated_on` is when colleagues of the old one speak."""

    on: date
    department: str
    position: str
    rated_on: date


@dataclass(frozen=True, slots=True)
class Split:
    """From `on` somebody gives `part` of full time to a second position, and the rest to the one held before."""

    on: date
    department: str
    position: str
    part: Decimal
    rated_on: date


@dataclass(frozen=True, slots=True)
class Arrival:
    department: str
    position: str
    joined_on: date
    name: str


MOVES: Mapping[str, Move] = {
    "TELE-telesales-60": Move(date(2026, 4, 1), "RISK", "risk_officer", date(2026, 3, 27)),
    "TECH-engineer-79": Move(date(2026, 5, 6), "OPS", "specialist", date(2026, 4, 28)),
}
"""The first gets another scheme, the second the same with other weights."""
STORY_MOVER = "TELE-telesales-60"
SPLITS: Mapping[str, Split] = {
    "TECH-engineer-78": Split(date(2026, 4, 1), "OPS", "specialist", Decimal("0.4"), date(2026, 3, 27)),
}
"""Both positions are under the same scheme, which their departments weigh differently."""
LEAVERS: Mapping[str, date] = {"TELE-telesales-59": date(2026, 5, 16), "RISK-risk_officer-39": date(2026, 3, 2)}
"""The first day on which somebody no longer belongs to the company."""
ARRIVALS: Mapping[str, Arrival] = {
    "TELE-telesales-61": Arrival("TELE", "telesales", date(2026, 3, 16), "林小雨"),
    "OPS-specialist-76": Arrival("OPS", "specialist", date(2026, 6, 15), "高子轩"),
}
"""The second works for fewer days than `MINIMUM_WORKDAYS`."""
TARGETS: Mapping[tuple[str, str], str] = {
    ("TELE-telesales-61", "call_minutes"): "27000",
    (STORY_MOVER, "overdue"): "40000",
}
"""What HR sets by hand for who has no history, by person and metric, of the whole half-year."""
RATED_ON = date(2026, 6, 20)


def rated_on(key: str) -> tuple[date, ...]:
    """Give the days on which colleagues' feedback about somebody is filed: before each change, and at the end."""
    if key in LEAVERS:
        return (LEAVERS[key].replace(day=1),)
    change = MOVES.get(key) or SPLITS.get(key)
    return (RATED_ON,) if change is None else (change.rated_on, RATED_ON)
