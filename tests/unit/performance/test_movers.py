"""Who moved within a cycle still holds the metrics of where they were, at the place where that was last so."""

from datetime import date
from decimal import Decimal
from uuid import UUID, uuid4

from services.performance.domain.goals.target_holders import holders_of_metrics
from services.performance.domain.organisation import Department, DepartmentTree, Employment
from services.performance.domain.schemes.assignment import Assignment, Assignments, Member, members_in
from shared.core.periods import Period
from tests.unit.performance.samples import RATIO, item, read_scheme

H1 = Period(date(2026, 1, 1), date(2026, 7, 1))
SALES, RISK, PERSON, POSITION = (uuid4() for _ in range(4))
OF_SALES, OF_RISK = Assignment(uuid4(), 1, (SALES,)), Assignment(uuid4(), 1, (RISK,))
SCHEMES = {
    (OF_SALES.scheme_id, 1): read_scheme({"items": [item("sales", 10_000, RATIO)]}),
    (OF_RISK.scheme_id, 1): read_scheme({"items": [item("conversion_rate", 10_000, RATIO)]}),
}


def spell(department: UUID, starts_on: date, ends_on: date | None = None) -> Employment:
    return Employment(uuid4(), PERSON, department, POSITION, "Somebody", Decimal(1), starts_on, ends_on)


def member(*spells: Employment) -> Member:
    tree = DepartmentTree([Department(SALES, "S", "Sales"), Department(RISK, "R", "Risk")])
    (found,) = members_in(H1, employments=spells, assignments=Assignments([OF_SALES, OF_RISK], tree))
    return found


def test_places_are_kept_in_order_each_as_it_was_last() -> None:
    april, may = date(2026, 4, 1), date(2026, 5, 1)
    moved = member(spell(SALES, date(2020, 1, 1), april), spell(RISK, april, may), spell(SALES, may))
    assert [(each.department_id, each.employment.starts_on) for each in moved.places] == [(RISK, april), (SALES, may)]
    assert moved.assignment == OF_SALES
    assert member(spell(SALES, date(2020, 1, 1))).former == ()


def test_a_mover_holds_the_metrics_of_both_places() -> None:
    april = date(2026, 4, 1)
    moved = member(spell(SALES, date(2020, 1, 1), april), spell(RISK, april))
    held = holders_of_metrics([moved], SCHEMES, wanted=frozenset())
    assert {key: [each.department_id for each in holders] for key, (_, holders) in held.items()} == {
        "sales": [SALES],
        "conversion_rate": [RISK],
    }
