"""The company of the matrix: a small tree, somebody for every relation, and the days on which heads change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

ZONE = "Asia/Shanghai"
TODAY = datetime.now(ZoneInfo(ZONE)).date()
JOINED = date(2019, 1, 1)
LAST_YEAR = date(TODAY.year - 1, 1, 1)

TOP = "headquarters"
PARENTS: Mapping[str, str | None] = {
    TOP: None,
    "sales": TOP,
    "team": "sales",
    "cell": "team",
    "field": TOP,
    "finance": TOP,
}
"""Departments, those above first."""
HOMES: Mapping[str, str] = {
    "chief": TOP,
    "head": "sales",
    "report": "sales",
    "seller": "sales",
    "hr_sales": "sales",
    "deep": "cell",
    "cell_head": "cell",
    "fielder": "field",
    "field_head": "field",
    "former": "field",
    "outsider": "finance",
    "finance_head": "finance",
    "acting": "finance",
    "hr": "finance",
    "admin": "finance",
    "auditor": "finance",
}
"""Where people work."""


@dataclass(frozen=True, slots=True)
class Headship:
    department: str
    person: str
    starts_on: date = JOINED
    ends_on: date | None = None
    kind: str = "head"

    def holds_on(self, day: date) -> bool:
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)


HEADSHIPS: Sequence[Headship] = (
    Headship(TOP, "chief"),
    Headship("sales", "former", ends_on=TODAY),
    Headship("sales", "head", starts_on=TODAY),
    Headship("sales", "acting", kind="acting"),
    Headship("cell", "cell_head"),
    Headship("field", "head", ends_on=LAST_YEAR),
    Headship("field", "field_head", starts_on=LAST_YEAR),
    Headship("finance", "finance_head"),
)
"""Sales changes hands today: who headed it until yesterday has lost it, who heads it from today has it."""


APPOINTED = "outsider"
"""Whom the matrix makes a head, in the place of everybody who leads, led or will lead."""


def line(department: str) -> Sequence[str]:
    """Give a department and those above it."""
    above = PARENTS[department]
    return (department, *(line(above) if above is not None else ()))


def heads_of(department: str) -> frozenset[str]:
    """Name who leads a department today, acting heads included."""
    return frozenset(each.person for each in HEADSHIPS if each.department == department and each.holds_on(TODAY))


def moved_by_appointing(department: str) -> frozenset[str]:
    """Name whose headships change when somebody else gets the whole timeline of a department."""
    return frozenset({APPOINTED} | {each.person for each in HEADSHIPS if each.department == department})


def leads(person: str, department: str) -> bool:
    """Tell whether a person leads a department today, or one above it."""
    return any(person in heads_of(at) for at in line(department))
